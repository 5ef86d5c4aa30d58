"""Which folders of an account move, and where they go."""

from dataclasses import replace

import pytest

from mailmove_gui.domain.account_folders import map_account, remapped
from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.findings import AccountCheck, FolderFinding
from mailmove_gui.domain.folders import INBOX, Folder, FolderPath, FolderRole, NamingRules
from mailmove_gui.domain.plan import Account, Mailbox, Options
from mailmove_gui.domain.reasons import Reason, Side

SOURCE = (
    Folder(("Junk",), FolderRole.JUNK),
    Folder(("Work",)),
    Folder(("Out",), FolderRole.SENT),
    Folder(INBOX, FolderRole.INBOX),
)
DESTINATION = (Folder(INBOX, FolderRole.INBOX), Folder(("Sent",), FolderRole.SENT))
ANNA = Account("anna", Mailbox(Endpoint("old.example", 993), "anna"), Mailbox(Endpoint("new.example", 993), "anna"))
SLASH = NamingRules("/")


def found(options: Options = Options()) -> AccountCheck:  # noqa: B008 -- immutable
    mapped = map_account(ANNA, options, SOURCE, DESTINATION, SLASH)
    findings = tuple(FolderFinding(one, number, number * 10) for number, one in enumerate(mapped.wanted))
    return AccountCheck(
        ANNA.id,
        folders=findings,
        left_out=mapped.left_out,
        source_folders=SOURCE,
        destination_folders=DESTINATION,
        naming=SLASH,
    )


def test_inbox_and_sent_come_first() -> None:
    wanted = map_account(ANNA, Options(), SOURCE, DESTINATION, SLASH).wanted
    assert [one.source.path for one in wanted] == [INBOX, ("Out",), ("Junk",), ("Work",)]


@pytest.mark.parametrize(
    ("known", "common", "own", "expected"),
    [
        (None, None, None, ("Work",)),
        ("known", None, None, ("known",)),
        ("known", "common", None, ("common",)),
        ("known", "common", "own", ("own",)),
    ],
)
def test_who_wins(known: str | None, common: str | None, own: str | None, expected: FolderPath) -> None:
    def pair(name: str | None) -> tuple[tuple[FolderPath, FolderPath], ...]:
        return ((("Work",), (name,)),) if name else ()

    account = replace(ANNA, folder_map=pair(own))
    mapped = map_account(account, Options(folder_map=pair(common)), SOURCE, DESTINATION, SLASH, dict(pair(known)))
    assert {one.source.path: one.destination for one in mapped.wanted}["Work",] == expected


def test_what_was_counted_stays_when_it_is_mapped_anew() -> None:
    check = found()
    options = Options(folder_map=((("Work",), ("Job",)),), exclude=("Out",))
    anew = remapped(check, ANNA, options)
    assert anew is not None
    assert {one.mapping.destination: one.messages for one in anew.folders} == {INBOX: 0, ("Junk",): 2, ("Job",): 3}
    assert [one.source.path for one in anew.left_out] == [("Out",)]


def test_a_folder_that_was_not_counted_needs_another_check() -> None:
    check = found(Options(exclude_roles=frozenset({FolderRole.JUNK})))
    assert remapped(check, ANNA, Options()) is None
    assert remapped(check, ANNA, Options(exclude=("Junk",))) == check


def test_what_is_repeated_depends_on_the_folders_that_are_moved() -> None:
    check = found()
    repeated = replace(check, folders=(*check.folders[:-1], replace(check.folders[-1], repeated=2)))
    assert remapped(repeated, ANNA, Options(below=("old",))) is not None
    assert remapped(repeated, ANNA, Options(exclude=("Work",))) is None
    assert remapped(check, ANNA, Options(exclude=("Work",))) is not None


def test_what_collects_the_mail_of_others_comes_last() -> None:
    roles = (FolderRole.ALL, FolderRole.IMPORTANT, FolderRole.FLAGGED, FolderRole.NONE, FolderRole.SENT)
    source = (*(Folder((role.value,), role) for role in roles), Folder(INBOX, FolderRole.INBOX))
    wanted = map_account(ANNA, Options(), source, DESTINATION, SLASH).wanted
    assert [one.source.role for one in wanted] == [FolderRole.INBOX, *reversed(roles)]


def test_a_check_that_failed_stays_what_it_is() -> None:
    failed = AccountCheck(ANNA.id, Failure(Reason.WRONG_PASSWORD, Side.SOURCE))
    assert remapped(failed, ANNA, Options(exclude=("Work",))) is failed
