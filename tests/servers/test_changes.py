"""What users and servers change between two passes, on a real Dovecot and on the embedded server.

The comparison shares nothing with the engine; `tests/unit/engine/test_changes.py` has the cases no server can be made
to do at a chosen moment.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailmove_gui.demo import EmbeddedServer, Store
from mailmove_gui.domain.records import AccountRecord
from mailmove_gui.domain.states import AccountState
from tests.mailboxes.folders import GeneratedFolder, GeneratedMessage
from tests.servers.changing import (
    ChangingAccount,
    OnDovecot,
    OnEmbedded,
    Served,
    delete,
    look,
    put,
    remove_folder,
    rename,
)
from tests.servers.compare import FolderPath, total
from tests.servers.conftest import Pair
from tests.servers.moving import mailmove, plain_url, write_accounts

DATE = datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC)
INBOX, PROJECTS, FILED = ("INBOX",), ("Projects", "2024"), ("Filed",)
MESSAGES = 12


def message(subject: str, days: int = 0) -> GeneratedMessage:
    body = (
        f"From: {subject.replace(' ', '.')}@example.org\r\nSubject: {subject}\r\n"
        f"Message-ID: <{subject.replace(' ', '.')}@example.org>\r\n\r\nText of {subject}\r\n"
    )
    return GeneratedMessage(body.encode(), ("\\Seen",), DATE + timedelta(days=days))


def folder(path: FolderPath, *messages: GeneratedMessage) -> GeneratedFolder:
    return GeneratedFolder(path, messages, is_subscribed=True)


def on_dovecot(pair: Pair) -> Iterator[tuple[Served, Served]]:
    source, destination = pair
    yield OnDovecot(source, source.new_user()), OnDovecot(destination, destination.new_user())


def on_embedded(_pair: Pair) -> Iterator[tuple[Served, Served]]:
    stores = Store(), Store()
    users = [store.add_user("anna", "pass word") for store in stores]
    with EmbeddedServer(stores[0]) as source, EmbeddedServer(stores[1]) as destination:
        yield OnEmbedded(source, users[0]), OnEmbedded(destination, users[1])


@pytest.fixture(params=[on_dovecot, on_embedded], ids=["dovecot", "embedded"])
def moved(request: pytest.FixtureRequest, dovecot_pair: Pair, tmp_path: Path) -> Iterator[ChangingAccount]:
    """A dozen messages in two folders, moved; each subject is once in INBOX, and "twin" three times."""
    make: Callable[[Pair], Iterator[tuple[Served, Served]]] = request.param
    for old, new in make(dovecot_pair):
        inbox = [message(f"m {number}", number) for number in range(MESSAGES - 6)]
        put(
            old,
            folder(INBOX, *inbox, *[message("twin", 30)] * 3),
            folder(PROJECTS, *[message(f"project {number}", number) for number in range(3)]),
        )
        put(new, folder(FILED))
        account = ChangingAccount(old, new, tmp_path / "state.mailmove")
        record = account.pass_over()
        assert (record.state, record.counts.moved) == (AccountState.DONE, MESSAGES)
        assert_equal(account)
        yield account


def assert_equal(account: ChangingAccount) -> None:
    at_source, at_destination = account.hashes()
    assert at_source == at_destination


def assert_settled(record: AccountRecord, *, moved: int, refiled: int = 0, removed: int = 0) -> None:
    """The numbers are these, and nothing is left to be looked at."""
    counts = record.counts
    assert record.state is AccountState.DONE
    assert (counts.moved, counts.refiled, counts.removed, counts.unverified) == (moved, refiled, removed, 0)


@pytest.mark.server
@pytest.mark.parametrize("path", [INBOX, PROJECTS])
def test_a_source_that_was_renumbered_is_recognised(moved: ChangingAccount, path: FolderPath) -> None:
    moved.old.renumber(path)
    put(moved.old, folder(path, message("twin", 40)))
    assert_settled(moved.pass_over(), moved=MESSAGES + 1)
    assert_equal(moved)


@pytest.mark.server
@pytest.mark.parametrize("path", [INBOX, PROJECTS])
def test_a_destination_that_was_renumbered_is_recognised(moved: ChangingAccount, path: FolderPath) -> None:
    moved.new.renumber(path)
    put(moved.old, folder(path, message("twin", 40)))
    assert_settled(moved.pass_over(), moved=MESSAGES + 1)
    assert_equal(moved)


@pytest.mark.server
def test_a_source_that_was_restored_brings_what_has_old_uids(moved: ChangingAccount) -> None:
    moved.old.keep_copy()
    put(moved.old, folder(INBOX, *[message(f"lost {number}", 50 + number) for number in range(3)]))
    assert moved.pass_over().counts.moved == MESSAGES + 3
    moved.old.restore()
    put(moved.old, folder(INBOX, *[message(f"came later {number}", 60 + number) for number in range(4)]))
    assert_settled(moved.pass_over(), moved=MESSAGES + 3 + 4)
    at_source, at_destination = moved.hashes()
    assert not at_source - at_destination
    assert sum((at_destination - at_source).values()) == 3


@pytest.mark.server
def test_a_destination_that_was_restored_is_missing_what_is_not_in_it(moved: ChangingAccount) -> None:
    moved.new.keep_copy()
    put(moved.old, folder(INBOX, *[message(f"moved later {number}", 50 + number) for number in range(3)]))
    assert moved.pass_over().counts.moved == MESSAGES + 3
    moved.new.restore()
    # Under the UIDs that the three had.
    put(moved.new, folder(INBOX, *[message(f"foreign {number}", 60 + number) for number in range(2)]))
    assert_settled(moved.pass_over(), moved=MESSAGES + 3, removed=3)
    assert_settled(moved.bring_back(), moved=MESSAGES + 3)
    at_source, at_destination = moved.hashes()
    assert not at_source - at_destination
    assert sum((at_destination - at_source).values()) == 2


@pytest.mark.server
def test_a_folder_renamed_at_the_source_keeps_its_place_at_the_destination(moved: ChangingAccount) -> None:
    rename(moved.old, PROJECTS, ("Customers",))
    put(moved.old, folder(("Customers",), message("new customer", 50)))
    assert_settled(moved.pass_over(), moved=MESSAGES + 1)
    assert_equal(moved)
    there = look(moved.new)
    assert len(there[PROJECTS]) == 4
    assert ("Customers",) not in there


@pytest.mark.server
def test_a_folder_deleted_at_the_source_stays_at_the_destination(moved: ChangingAccount) -> None:
    remove_folder(moved.old, PROJECTS)
    record = moved.pass_over()
    assert_settled(record, moved=MESSAGES)
    assert record.counts.gone == 3
    assert total(look(moved.new)) == MESSAGES


@pytest.mark.server
def test_a_folder_renamed_at_the_destination_is_not_filled_again(moved: ChangingAccount) -> None:
    rename(moved.new, PROJECTS, ("Old projects",))
    assert_settled(moved.pass_over(), moved=MESSAGES, refiled=3)
    assert PROJECTS not in look(moved.new)
    put(moved.old, folder(PROJECTS, message("project 0", 70)))
    assert_settled(moved.pass_over(), moved=MESSAGES + 1, refiled=3)
    there = look(moved.new)
    assert (len(there[PROJECTS]), len(there[("Old projects",)])) == (1, 3)
    assert_equal(moved)


@pytest.mark.server
def test_a_folder_deleted_at_the_destination_comes_back_only_when_it_is_asked_for(moved: ChangingAccount) -> None:
    remove_folder(moved.new, PROJECTS)
    for _ in range(2):
        assert_settled(moved.pass_over(), moved=MESSAGES, removed=3)
        assert PROJECTS not in look(moved.new)
    assert_settled(moved.bring_back(), moved=MESSAGES)
    assert_equal(moved)


@pytest.mark.server
def test_refiled_messages_are_not_taken_for_later_twins(moved: ChangingAccount) -> None:
    delete(moved.new, INBOX, "twin", filed_to=FILED)
    delete(moved.new, INBOX, "m 1", filed_to=FILED)
    delete(moved.new, INBOX, "m 2")
    put(moved.old, folder(INBOX, message("twin", 40), message("m 1", 41)))
    assert_settled(moved.pass_over(), moved=MESSAGES + 2, refiled=2, removed=1)
    assert_settled(moved.bring_back(), moved=MESSAGES + 2, refiled=2)
    assert_equal(moved)


@pytest.mark.server
def test_the_command_tells_what_is_missing_and_brings_it_back(dovecot_pair: Pair, tmp_path: Path) -> None:
    source, destination = dovecot_pair
    old, new = source.new_user(), destination.new_user()
    there = OnDovecot(destination, new)
    put(OnDovecot(source, old), folder(INBOX, message("one"), message("two")))
    accounts = write_accounts(tmp_path / "accounts.csv", [(old, new)])
    servers = ("--source", plain_url(source.imap_port), "--destination", plain_url(destination.imap_port))
    state = ("--state", tmp_path / "state.mailmove", "--accounts", accounts)
    assert mailmove(tmp_path, "run", *servers, *state).status == 0
    assert mailmove(tmp_path, "verify", *state, "--deep").status == 0
    delete(there, INBOX, "one")
    assert mailmove(tmp_path, "verify", *state).status == 1
    again = mailmove(tmp_path, "run", *state)
    assert (again.status, total(look(there))) == (0, 1)
    assert "--bring-back" in again.output
    report = tmp_path / "report.html"
    mailmove(tmp_path, "report", "--state", tmp_path / "state.mailmove", "--html", report)
    assert "1 message has been deleted at the destination since" in report.read_text("utf-8")
    brought = mailmove(tmp_path, "run", *state, "--bring-back", "--json")
    assert (brought.status, brought.summary["moved"], brought.summary["removed"]) == (0, 1, 0)
    assert total(look(there)) == 2
