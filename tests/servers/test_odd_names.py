"""Odd names of folders and keywords between two Dovecots."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailmove_gui.domain.records import Change
from mailmove_gui.ledger import open_ledger
from tests.mailboxes.fill import fill
from tests.mailboxes.folders import GeneratedFolder, GeneratedMessage
from tests.mailboxes.maildir import Filed, put_on_disk
from tests.mailboxes.odd_names import ATOMS, FOLDERS, NO_ATOMS
from tests.servers.compare import FolderPath, Snapshot, assert_equal_mailboxes, snapshot
from tests.servers.conftest import Pair
from tests.servers.dovecot import Dovecot, User
from tests.servers.moving import mailmove, run_arguments, write_accounts
from tests.servers.wire import Wire

_DATE = datetime(2017, 3, 14, 1, 26, 53, tzinfo=UTC)


def _message(text: str, *flags: str) -> GeneratedMessage:
    return GeneratedMessage(f"Message-ID: <{text}@odd.example>\r\n\r\n{text}\r\n".encode(), flags, _DATE)


def _look(server: Dovecot, user: User) -> Snapshot:
    return snapshot(server.host, server.imap_port, user.name, user.password)


def _move(source: Dovecot, old: User, destination: Dovecot, new: User, home: Path) -> Counter[Change]:
    """Move, twice, and give the changes that were named."""
    state = home / "state.mailmove"
    accounts = write_accounts(home / "accounts.csv", [(old, new)])
    first = mailmove(home, *run_arguments(source, destination, accounts, state))
    assert first.status == 0, first.errors
    again = mailmove(home, *run_arguments(source, destination, accounts, home / "fresh.mailmove"))
    assert (again.status, again.summary["moved"]) == (0, 0)
    ledger = open_ledger(state)
    try:
        return Counter(ledger.change_counts(ledger.accounts()[0].account_id))
    finally:
        ledger.close()


@pytest.fixture(scope="module")
def with_odd_folders(dovecot_pair: Pair) -> User:
    source = dovecot_pair.source
    user = source.new_user()
    folders = [GeneratedFolder(path, (_message(str(number)),)) for number, path in enumerate(FOLDERS)]
    with Wire(source.host, source.imap_port) as wire:
        wire.login(user.name, user.password)
        fill(wire, folders)
    return user


def test_folders_keep_odd_names(dovecot_pair: Pair, with_odd_folders: User, tmp_path: Path) -> None:
    source, destination = dovecot_pair
    new = destination.new_user()
    assert not _move(source, with_odd_folders, destination, new, tmp_path)
    before = _look(source, with_odd_folders)
    assert set(FOLDERS) <= set(before)
    assert_equal_mailboxes(before, _look(destination, new))


def test_where_a_dot_separates_names_have_none(
    dovecot_pair: Pair, dovecot_dot: Dovecot, with_odd_folders: User, tmp_path: Path
) -> None:
    source, new = dovecot_pair.source, dovecot_dot.new_user()
    _move(source, with_odd_folders, dovecot_dot, new, tmp_path)
    before = _look(source, with_odd_folders)
    renamed: dict[FolderPath, FolderPath] = {
        path: tuple(part.replace(".", "_") for part in path) for path in before if "." in "".join(path)
    }
    # Below the prefix INBOX. there is no other level of INBOX.
    renamed |= {path: path[1:] for path in before if path[0] == "INBOX" and len(path) > 1}
    assert_equal_mailboxes(before, _look(dovecot_dot, new), renamed)


def test_what_no_server_lets_be_made_is_written_otherwise(dovecot_pair: Pair, tmp_path: Path) -> None:
    source, destination = dovecot_pair
    old, new = source.new_user(), destination.new_user()
    renamed = {"one&AAE-two": "one_two", "line&AAo-end": "line_end"}
    for name in renamed:
        put_on_disk(source, old, name, [Filed(_message(name).body)])
    _move(source, old, destination, new, tmp_path)
    after = _look(destination, new)
    assert {path[0]: len(facts) for path, facts in after.items() if facts} == dict.fromkeys(renamed.values(), 1)


def test_sixty_keywords_and_all_flags(dovecot_pair: Pair, tmp_path: Path) -> None:
    source, destination = dovecot_pair
    old, new = source.new_user(), destination.new_user()
    sixty = _message("sixty", *(f"label{number}" for number in range(60)))
    everything = _message("all", "\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft", "$Forwarded", "$MDNSent")
    atoms = [_message(f"atom {number}", atom) for number, atom in enumerate(ATOMS)]
    with Wire(source.host, source.imap_port) as wire:
        wire.login(old.name, old.password)
        fill(wire, [GeneratedFolder(("INBOX",), (sixty, everything, *atoms))])
    assert not _move(source, old, destination, new, tmp_path)
    assert_equal_mailboxes(_look(source, old), _look(destination, new))
    assert max(len(fact.flags) for fact in _look(destination, new)[("INBOX",)]) == 60


def test_a_keyword_that_breaks_the_grammar_costs_the_keyword_and_not_the_message(
    dovecot_pair: Pair, tmp_path: Path
) -> None:
    source, destination = dovecot_pair
    old, new = source.new_user(), destination.new_user()
    files = [Filed(_message(f"keyword {number}").body, keyword=keyword) for number, keyword in enumerate(NO_ATOMS)]
    put_on_disk(source, old, "INBOX", [*files, Filed(_message("proper").body, keyword=b"proper")])
    changes = _move(source, old, destination, new, tmp_path)
    assert sum(changes.values()) == len(NO_ATOMS)
    after = _look(destination, new)[("INBOX",)]
    assert {fact.sha256 for fact in after} == {_message(f"keyword {n}").fact.sha256 for n in range(len(files))} | {
        _message("proper").fact.sha256
    }
    assert Counter(flag for fact in after for flag in fact.flags) == {"proper": 1}
