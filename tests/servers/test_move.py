"""`mailmove run` between two Dovecots, compared by code that shares nothing with the engine."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.mailboxes.cpython_mails import CpythonMailsMissingError
from tests.mailboxes.fill import fill
from tests.mailboxes.folders import GeneratedFolder, GeneratedMessage
from tests.mailboxes.generate import cpython_mails, generate_mailbox
from tests.servers.compare import (
    FolderPath,
    Snapshot,
    assert_equal_mailboxes,
    multiset_of_hashes,
    snapshot,
    subscriptions,
    total,
)
from tests.servers.conftest import Pair
from tests.servers.dovecot import Dovecot, User
from tests.servers.moving import mailmove, run_arguments, write_accounts
from tests.servers.wire import Wire

_DATE = datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC)


def put(server: Dovecot, user: User, folders: list[GeneratedFolder]) -> None:
    with Wire(server.host, server.imap_port) as wire:
        wire.login(user.name, user.password)
        fill(wire, folders)


def look(server: Dovecot, user: User) -> Snapshot:
    return snapshot(server.host, server.imap_port, user.name, user.password)


def folder(path: FolderPath, *bodies: bytes) -> GeneratedFolder:
    return GeneratedFolder(
        path, tuple(GeneratedMessage(body, ("\\Seen",), _DATE) for body in bodies), is_subscribed=True
    )


def with_cpython_mails(folders: list[GeneratedFolder]) -> list[GeneratedFolder]:
    """CPython's own odd mails in a folder more."""
    try:
        mails = cpython_mails()
    except CpythonMailsMissingError as missing:
        pytest.skip(str(missing))
    messages = tuple(GeneratedMessage(mail.body, (), _DATE) for mail in mails)
    return [*folders, GeneratedFolder(("CPython", "odd mails"), messages, is_subscribed=False)]


def test_a_mailbox_arrives_whole_and_a_second_run_moves_nothing(dovecot_pair: Pair, tmp_path: Path) -> None:
    source, destination = dovecot_pair
    old, new = source.new_user(), destination.new_user()
    put(source, old, with_cpython_mails(generate_mailbox(2000, 12)))
    accounts = write_accounts(tmp_path / "accounts.csv", [(old, new)])
    arguments = run_arguments(source, destination, accounts, tmp_path / "state.mailmove")

    first = mailmove(tmp_path, *arguments)
    assert first.status == 0, first.errors
    before, after = look(source, old), look(destination, new)
    assert total(before) >= 2000
    assert_equal_mailboxes(
        before,
        after,
        source_subscriptions=subscriptions(source.host, source.imap_port, old.name, old.password),
        destination_subscriptions=subscriptions(destination.host, destination.imap_port, new.name, new.password),
    )
    assert first.summary["moved"] == total(before)
    assert first.summary["verified"] is True

    second = mailmove(tmp_path, *arguments)
    assert second.status == 0, second.errors
    assert second.summary["moved"] == 0
    assert second.summary["already_there"] == total(before)
    assert look(destination, new) == after

    fresh = mailmove(tmp_path, *run_arguments(source, destination, accounts, tmp_path / "fresh.mailmove"))
    assert fresh.status == 0, fresh.errors
    assert fresh.summary["moved"] == 0
    assert fresh.summary["already_there"] == total(before)
    assert look(destination, new) == after

    verified = mailmove(tmp_path, "verify", "--state", tmp_path / "state.mailmove", "--deep", "--accounts", accounts)
    assert verified.status == 0, verified.output + verified.errors


def test_a_server_with_another_separator_gets_every_folder(
    dovecot_pair: Pair, dovecot_dot: Dovecot, tmp_path: Path
) -> None:
    source = dovecot_pair.source
    old, new = source.new_user(), dovecot_dot.new_user()
    folders = generate_mailbox(300, 12, seed=2)
    put(source, old, [*folders, folder(("v1_2 notes",), b"Subject: underscore\r\n\r\nbody\r\n")])
    accounts = write_accounts(tmp_path / "accounts.csv", [(old, new)])
    arguments = run_arguments(source, dovecot_dot, accounts, tmp_path / "state.mailmove")
    outcome = mailmove(tmp_path, *arguments)
    assert outcome.status == 0, outcome.errors
    before, after = look(source, old), look(dovecot_dot, new)
    renamed: dict[FolderPath, FolderPath] = {
        path: tuple(part.replace(".", "_") for part in path) for path in before if any("." in part for part in path)
    }
    assert renamed == {("v1.2 notes",): ("v1_2 notes",)}
    # Both names would be the same one at the destination, so one of them is numbered.
    numbered = [path for path in after if path[0].startswith("v1_2 notes")]
    assert sorted(numbered) == [("v1_2 notes",), ("v1_2 notes (1)",)]
    assert multiset_of_hashes(before) == multiset_of_hashes(after)
    mapping: dict[FolderPath, FolderPath] = {("v1.2 notes",): ("v1_2 notes",), ("v1_2 notes",): ("v1_2 notes (1)",)}
    assert_equal_mailboxes(before, after, mapping)
    assert mailmove(tmp_path, *arguments).summary["moved"] == 0
    assert look(dovecot_dot, new) == after


def _mail(name: str, text: str, *, message_id: bool) -> bytes:
    identity = f"Message-ID: <{name}@example.org>\r\n" if message_id else ""
    return (
        f"From: {name}@example.org\r\nTo: all@example.org\r\nSubject: {name}\r\n"
        f"Date: Thu, 04 Mar 2021 05:06:07 +0000\r\n{identity}\r\n{text}\r\n"
    ).encode()


@pytest.mark.parametrize("message_id", [True, False], ids=["message-id", "no-message-id"])
@pytest.mark.parametrize("filed", [("INBOX",), ("Later", "filed")], ids=["in-place", "re-filed"])
def test_what_is_there_already_is_neither_doubled_nor_touched(
    dovecot_pair: Pair, tmp_path: Path, message_id: bool, filed: FolderPath
) -> None:
    source, destination = dovecot_pair
    old, new = source.new_user(), destination.new_user()
    a = _mail("a", "text", message_id=message_id)
    c, c_other = (_mail("c", text, message_id=message_id) for text in ("one body", "two body"))
    unrelated = [_mail(f"unrelated {number}", "hello", message_id=True) for number in range(3)]
    assert len(c) == len(c_other)
    put(source, old, [folder(("INBOX",), a, a, c, c_other)])
    put(destination, new, [folder(filed, a, c, *unrelated)])
    untouched = {fact.uid: fact for fact in look(destination, new)[filed]}
    accounts = write_accounts(tmp_path / "accounts.csv", [(old, new)])
    arguments = run_arguments(source, destination, accounts, tmp_path / "state.mailmove")

    def expect(*bodies: bytes) -> None:
        expected = Counter(GeneratedMessage(body, (), _DATE).fact.sha256 for body in bodies)
        now = look(destination, new)
        assert multiset_of_hashes(now) == expected
        assert {fact.uid: fact for fact in now[filed] if fact.uid in untouched} == untouched

    assert mailmove(tmp_path, *arguments).status == 0
    expect(a, a, c, c_other, *unrelated)

    put(source, old, [folder(("INBOX",), a)])
    assert mailmove(tmp_path, *arguments).status == 0
    expect(a, a, a, c, c_other, *unrelated)

    fresh = mailmove(tmp_path, *run_arguments(source, destination, accounts, tmp_path / "fresh.mailmove"))
    assert (fresh.status, fresh.summary["moved"]) == (0, 0)
    expect(a, a, a, c, c_other, *unrelated)


def test_source_is_never_changed(dovecot_pair: Pair, tmp_path: Path) -> None:
    source, destination = dovecot_pair
    old, new = source.new_user(), destination.new_user()
    put(source, old, [replace(one, messages=one.messages[:20]) for one in generate_mailbox(200, 6, seed=5)])
    # What a server keeps of a mailbox on disk: names of Maildir files hold the flags.
    maildir = source.folder / "home" / old.name
    before, listing = look(source, old), sorted(str(path) for path in maildir.rglob("cur/*"))
    accounts = write_accounts(tmp_path / "accounts.csv", [(old, new)])
    assert mailmove(tmp_path, *run_arguments(source, destination, accounts, tmp_path / "s.mailmove")).status == 0
    assert look(source, old) == before
    assert sorted(str(path) for path in maildir.rglob("cur/*")) == listing
