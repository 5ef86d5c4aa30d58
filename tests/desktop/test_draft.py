from dataclasses import replace
from pathlib import Path

import pytest

from mailmove_gui.batch import AccountRow
from mailmove_gui.desktop.wizard.draft import (
    MigrationDraft,
    draft_of_samples,
    file_name_of,
    free_path,
    hinders,
    is_about_password,
)
from mailmove_gui.desktop.wizard.problem_words import row_sentence
from mailmove_gui.desktop.wizard.server_entry import ServerEntry
from mailmove_gui.domain.endpoints import Endpoint, Security
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.findings import AccountCheck
from mailmove_gui.domain.problems import Problem, ProblemKind
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.secret import Secret, SecretKey
from tests.desktop.services import NEW, OLD, account

SERVERS = MigrationDraft(ServerEntry(OLD.host), ServerEntry(NEW.host))


def row(source: str, destination: str = "", password: str = "s", target_password: str = "d") -> AccountRow:
    return AccountRow(1, source, Secret(password), destination, Secret(target_password))


@pytest.mark.parametrize(
    ("typed", "entry"),
    [
        ("imap.example.com", ServerEntry("imap.example.com", 993, Security.TLS)),
        (" imap.example.com:1993 ", ServerEntry("imap.example.com", 1993, Security.TLS)),
        ("imap://10.0.0.7", ServerEntry("10.0.0.7", 143, Security.PLAIN)),
        ("imap+starttls://mail.example:2143", ServerEntry("mail.example", 2143, Security.STARTTLS)),
        ("2001:db8::7", ServerEntry("2001:db8::7", 993, Security.TLS)),
    ],
)
def test_addresses_of_servers_fill_in_what_they_say(typed: str, entry: ServerEntry) -> None:
    read = ServerEntry().with_host(typed)
    assert read == entry
    assert read.endpoint == Endpoint(entry.host, entry.port, entry.security)


@pytest.mark.parametrize("typed", ["anna@acme.cn", "imap example", "imap.example/inbox", "https://mail.example"])
def test_what_is_no_server_is_said_in_a_sentence(typed: str) -> None:
    entry = ServerEntry().with_host(typed)
    assert entry.problem.endswith(".")
    assert not entry.is_complete
    assert entry.endpoint is None


def test_nothing_typed_is_no_problem_but_not_complete() -> None:
    assert ServerEntry().problem == ""
    assert not ServerEntry().is_complete


def test_the_port_follows_encryption_until_it_is_chosen() -> None:
    entry = ServerEntry("mail.example").with_security(Security.STARTTLS)
    assert entry.port == 143
    assert entry.with_security(Security.TLS).port == 993
    assert replace(entry, port=2143).with_security(Security.TLS).port == 2143


def test_what_follows_from_the_options_is_filled_in() -> None:
    draft = replace(SERVERS, destination_domain="@new.example", same_passwords=True)
    draft = replace(
        draft, rows=(row("anna@old.example", target_password=""), row("bo", password="x", target_password="y"))
    )
    anna, bo = draft.accounts()
    assert (anna.destination.user, bo.destination.user) == ("anna@new.example", "bo@new.example")
    passwords = draft.passwords()
    assert passwords[SecretKey(Side.DESTINATION, NEW.host, NEW.port, "anna@new.example")] == Secret("s")
    assert passwords[SecretKey(Side.DESTINATION, NEW.host, NEW.port, "bo@new.example")] == Secret("y")


def test_blank_rows_do_not_count_and_problems_name_rows_of_the_table() -> None:
    draft = replace(SERVERS, rows=(row("", "", "", ""), row("anna@a"), row("", "bo@b"), row("anna@a")))
    assert len(draft.accounts()) == 1
    found = {(problem.row, problem.kind) for problem in draft.problems()}
    assert found == {(3, ProblemKind.VALUE_MISSING), (4, ProblemKind.DUPLICATE_ACCOUNT)}
    assert not draft.can_check


def test_missing_passwords_are_told_but_hinder_nothing() -> None:
    draft = replace(SERVERS, rows=(row("anna@a", password="", target_password=""),))
    assert [is_about_password(problem) for problem in draft.problems()] == [True, True]
    assert not any(map(hinders, draft.problems()))
    assert draft.can_check
    assert row_sentence(draft.problems()) == "Both passwords are missing."


def test_nothing_can_be_checked_without_accounts() -> None:
    assert not SERVERS.can_check


def test_the_worst_problem_of_a_row_is_said() -> None:
    shared = Problem(ProblemKind.SHARED_DESTINATION, row=1, value="anna@b")
    twice = Problem(ProblemKind.DUPLICATE_ACCOUNT, row=1, value="anna@a")
    missing = Problem(ProblemKind.VALUE_MISSING, row=1, field="source_user")
    assert row_sentence([shared]).startswith("Another account also goes to anna@b")
    assert row_sentence([shared, twice]).startswith("anna@a with this destination is in the list")
    assert row_sentence([shared, twice, missing]) == "The source address is missing."
    assert row_sentence([]) == ""


def test_those_that_passed_can_go_on() -> None:
    draft = replace(SERVERS, rows=(row("anna@a"), row("bo@a")))
    anna, bo = draft.accounts()
    failed = AccountCheck(bo.id, source_failure=Failure(Reason.WRONG_PASSWORD, Side.SOURCE))
    draft = replace(draft, checks={anna.id: AccountCheck(anna.id), bo.id: failed})
    assert draft.passed() == (anna.id,)
    assert len(draft.plan().accounts) == 2


def test_corrected_passwords_go_to_the_side_that_they_are_for() -> None:
    draft = replace(SERVERS, rows=(row("anna@a", "anna@b", "old", ""),), same_passwords=True)
    corrected = draft.with_passwords({SecretKey(Side.SOURCE, OLD.host, OLD.port, "anna@a"): Secret("new")}).passwords()
    assert corrected == {
        SecretKey(Side.SOURCE, OLD.host, OLD.port, "anna@a"): Secret("new"),
        SecretKey(Side.DESTINATION, NEW.host, NEW.port, "anna@b"): Secret("old"),
    }


@pytest.mark.parametrize(
    ("side", "users"), [(Side.SOURCE, ("ann@a", "anna@b")), (Side.DESTINATION, ("anna@a", "ann@b"))]
)
def test_a_corrected_user_name_leaves_the_other_side_as_it_is(side: Side, users: tuple[str, str]) -> None:
    draft = replace(SERVERS, rows=(row("anna@a", ""), row("bo@a", "")), destination_domain="b")
    wrong = draft.accounts()[0]
    corrected = draft.with_users({wrong.secret_key(side): users[0 if side is Side.SOURCE else 1]})
    found = [(one.source.user, one.destination.user) for one in corrected.accounts()]
    assert found == [users, ("bo@a", "bo@b")]
    assert corrected.rows[1] is draft.rows[1]
    assert draft.with_users({}) == draft


def test_accounts_have_their_own_folder_wishes() -> None:
    draft = replace(SERVERS, rows=(row("anna@a"), row("bo@a")))
    anna, bo = draft.accounts()
    own = ((("Work",), ("Job",)),)
    draft = replace(draft, folder_maps={bo.id: own}, excluded={bo.id: ("Old",)})
    assert draft.accounts() == (anna, replace(bo, folder_map=own, exclude=("Old",)))
    assert draft.plan().accounts == draft.accounts()


def test_a_name_is_made_of_the_domains() -> None:
    draft = replace(
        SERVERS, rows=(row("anna@old.example", "anna@new.example"), row("bo@old.example", "bo@new.example"))
    )
    assert draft.default_name() == "old.example to new.example"
    same = replace(SERVERS, rows=(row("anna@acme.example"),))
    assert same.default_name() == f"{OLD.host} to {NEW.host}"


def test_names_become_file_names_that_every_system_takes(tmp_path: Path) -> None:
    assert file_name_of('a/b\\c: "d"?*<x>|') == "a b c d x"
    assert file_name_of(" ... ") == "Migration"
    assert file_name_of("永新阀门\n邮箱") == "永新阀门 邮箱"
    first = free_path(tmp_path, "Acme", ".mailmove")
    assert first == tmp_path / "Acme.mailmove"
    first.touch()
    assert free_path(tmp_path, "Acme", ".mailmove") == tmp_path / "Acme 2.mailmove"


def test_samples_fill_the_draft(tmp_path: Path) -> None:
    accounts = (account("anna"), account("bo"))
    passwords = {accounts[0].secret_key(Side.SOURCE): Secret("x")}
    draft = draft_of_samples(accounts, passwords, tmp_path, "Sample")
    assert draft.accounts() == accounts
    assert draft.passwords() == passwords
    assert draft.is_sample
    assert draft.source.endpoint == OLD


@pytest.mark.parametrize("host", ["127.0.0.1", "Imap.Old.Example", "::1"])
@pytest.mark.parametrize("port", [993, 14143])
def test_corrected_passwords_find_their_rows_whatever_the_server_is_called(host: str, port: int) -> None:
    form = ServerEntry(host, port)
    rows = (AccountRow(1, "anna", Secret("old"), "anna", Secret("old")),)
    draft = MigrationDraft(form, form, rows=rows)
    (account,) = draft.accounts()
    corrected = draft.with_passwords({account.secret_key(Side.SOURCE): Secret("new")})
    assert corrected.rows[0].source_password == Secret("new")
