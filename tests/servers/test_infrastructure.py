"""What the other tests rest on is tested itself: the servers, the mailboxes on them, the comparison."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.mailboxes.cpython_mails import CpythonMailsMissingError
from tests.mailboxes.generate import (
    GeneratedFolder,
    GeneratedMessage,
    cpython_mails,
    expected_snapshot,
    fill,
    generate_mailbox,
)
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
from tests.servers.dovecot import Dovecot, DovecotMissingError, User, dovecot_program
from tests.servers.wire import Wire, WireError, decode_name, encode_name

_ROOT = Path(__file__).parent.parent.parent
MESSAGE = b"Subject: one\r\nMessage-ID: <1@example.org>\r\n\r\nbody\r\n"
DATE = datetime(2020, 2, 3, 4, 5, 6, tzinfo=UTC)


def _look(server: Dovecot, user: User) -> Snapshot:
    return snapshot(server.host, server.imaps_port, user.name, user.password, server.ca_file)


def _put(server: Dovecot, user: User, folders: list[GeneratedFolder]) -> None:
    with Wire(server.host, server.imap_port) as wire:
        wire.login(user.name, user.password)
        fill(wire, folders)


def _inbox(*messages: tuple[bytes, tuple[str, ...], datetime]) -> GeneratedFolder:
    return GeneratedFolder(("INBOX",), tuple(GeneratedMessage(*message) for message in messages))


# -- Dovecot ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("password", ['=x§*("ü', "%s\\n", "a:b{PLAIN}c#$%u", ' "密码" ', "\\", "x" * 300])
def test_any_password_opens_the_mailbox(dovecot_pair: Pair, password: str) -> None:
    server = dovecot_pair.source
    user = server.new_user(password)
    assert total(_look(server, user)) == 0
    with (
        pytest.raises(WireError, match="AUTHENTICATIONFAILED"),
        Wire(server.host, server.imap_port) as wire,
    ):
        wire.login(user.name, password + "x")


def test_a_changed_password_holds_at_once_and_the_mail_stays(dovecot_pair: Pair) -> None:
    server = dovecot_pair.source
    user = server.new_user("old")
    _put(server, user, [_inbox((MESSAGE, (), DATE))])
    server.set_password(user.name, "new")
    with pytest.raises(WireError, match="AUTHENTICATIONFAILED"):
        _look(server, user)
    assert total(_look(server, User(user.name, "new"))) == 1


def test_a_full_mailbox_refuses(dovecot_pair: Pair) -> None:
    server = dovecot_pair.destination
    user = server.new_user(quota_bytes=10_000)
    with pytest.raises(WireError, match="OVERQUOTA"):
        _put(server, user, [_inbox((MESSAGE * 1000, (), DATE))])


def test_tls_needs_the_ca_file(dovecot_pair: Pair) -> None:
    server = dovecot_pair.source
    with (
        socket.create_connection((server.host, server.imaps_port), timeout=10) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        ssl.create_default_context().wrap_socket(plain, server_hostname=server.host)


def test_hidden_capabilities_are_not_announced_but_still_work(dovecot_installed: None) -> None:
    hidden = {"UIDPLUS", "MULTIAPPEND", "LITERAL+"}
    with Dovecot(hidden_capabilities=hidden) as server:
        user = server.new_user()
        with Wire(server.host, server.imap_port) as wire:
            before = wire.capabilities()
            wire.login(user.name, user.password)
            after = wire.capabilities()
            answer = wire.append(b"INBOX", [(b"", MESSAGE)])
    names = {name.encode() for name in hidden}
    assert not names & (before | after)
    assert {b"IMAP4REV1", b"NAMESPACE", b"MOVE", b"QUOTA"} <= after
    # Why tests that need UIDPLUS to be away put the proxy before it.
    assert b"[APPENDUID " in answer


def test_it_comes_back_with_its_mail(dovecot_installed: None) -> None:
    with Dovecot(users={"anna": "secret"}) as server:
        user = User("anna", "secret")
        _put(server, user, [_inbox((MESSAGE, ("\\Seen",), DATE))])
        before = _look(server, user)
        server.go_down()
        with pytest.raises(ConnectionRefusedError):
            _look(server, user)
        server.come_back()
        assert _look(server, user) == before
        assert total(before) == 1
        folder, port = server.folder, server.imap_port
    assert not folder.exists()
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_it_ends_when_whoever_started_it_is_killed(dovecot_installed: None) -> None:
    code = (
        "from tests.servers.dovecot import Dovecot\n"
        "server = Dovecot().start()\n"
        "print(server.imap_port, server.folder, flush=True)\n"
        "input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as starter:
        assert starter.stdout is not None
        port, folder = starter.stdout.readline().split()
        socket.create_connection(("127.0.0.1", int(port)), timeout=10).close()
        starter.kill()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", int(port)), timeout=10).close()
        except ConnectionRefusedError:
            break
        time.sleep(0.05)
    else:
        pytest.fail("Dovecot outlives its starter")
    shutil.rmtree(folder)


def test_a_missing_dovecot_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(DovecotMissingError, match="apt-get install dovecot-imapd"):
        dovecot_program()


def test_another_version_of_dovecot_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "dovecot"
    program.write_text("#!/bin/sh\necho '2.4.1 (7d8c0e5759)'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(DovecotMissingError, match=r"is 2\.4\.1"):
        dovecot_program()


# -- Mailboxes and their comparison -----------------------------------------------------------------------------------


def test_what_was_generated_is_what_is_found(dovecot_pair: Pair, dovecot_dot: Dovecot) -> None:
    slash = dovecot_pair.source
    for server, mailbox in ((slash, generate_mailbox(2000, 16)), (dovecot_dot, generate_mailbox(500, 16, avoid="."))):
        user = server.new_user()
        _put(server, user, mailbox)
        expected, found = expected_snapshot(mailbox), _look(server, user)
        assert_equal_mailboxes(expected, found)
        # The other way round only the special folders, that the server has by itself, are more.
        more = {path for path in found if path not in expected}
        assert all(not found[path] for path in more)
        assert more <= {("Drafts",), ("Sent",), ("Trash",), ("Junk",), ("Archive",)}
        assert total(found) == sum(len(folder.messages) for folder in mailbox)
        subscribed = subscriptions(server.host, server.imaps_port, user.name, user.password, server.ca_file)
        assert subscribed == {folder.path for folder in mailbox if folder.is_subscribed}


def test_odd_dates_are_accepted(dovecot_pair: Pair) -> None:
    server = dovecot_pair.source
    user = server.new_user()
    mailbox = generate_mailbox(200, 3, odd_dates=True)
    _put(server, user, mailbox)
    assert multiset_of_hashes(_look(server, user)) == multiset_of_hashes(expected_snapshot(mailbox))


def test_dovecot_keeps_every_mail_of_cpythons_tests(dovecot_pair: Pair) -> None:
    try:
        mails = cpython_mails()
    except CpythonMailsMissingError as missing:
        pytest.skip(str(missing))
    assert len(mails) > 40
    server = dovecot_pair.source
    user = server.new_user()
    mailbox = [_inbox(*((mail.body, (), DATE) for mail in mails))]
    _put(server, user, mailbox)
    assert_equal_mailboxes(expected_snapshot(mailbox), _look(server, user))


def test_looking_changes_nothing(dovecot_pair: Pair) -> None:
    server = dovecot_pair.source
    user = server.new_user()
    _put(server, user, [_inbox((MESSAGE, (), DATE))])
    first = _look(server, user)
    assert first == _look(server, user)
    assert first[("INBOX",)][0].flags == frozenset()


def _run(*commands: bytes) -> Callable[[Wire], None]:
    def change(wire: Wire) -> None:
        for command in commands:
            wire.run(command)

    return change


def _replace_by_other_date(wire: Wire) -> None:
    wire.append(b"INBOX", [(b'(\\Seen) "03-Feb-2020 04:05:07 +0000"', MESSAGE)])
    _run(b"SELECT INBOX", b"STORE 1 +FLAGS.SILENT (\\Deleted)", b"EXPUNGE")(wire)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_run(b"SELECT INBOX", b"STORE 1 +FLAGS.SILENT (\\Deleted)", b"EXPUNGE"), r"missing: UID 1 'one'.*2020-02-03"),
        (_run(b"SELECT INBOX", b"STORE 1 +FLAGS.SILENT (\\Flagged)"), r"changed: UID 1 .*: gained \\Flagged$"),
        (_run(b"SELECT INBOX", b"STORE 1 -FLAGS.SILENT (\\Seen)"), r"changed: UID 1 .*: lost \\Seen$"),
        (_run(b"SELECT INBOX", b"STORE 1 +FLAGS.SILENT (keyword)"), r"changed: UID 1 .*: gained keyword$"),
        (_replace_by_other_date, r"changed: UID 1 .*: date \+1 s$"),
        (_run(b"SELECT INBOX", b"COPY 1 INBOX"), r"extra:   UID 3 'one'"),
        (_run(b"SELECT INBOX", b"MOVE 1 Empty"), r"'Empty': 0 messages at the source, 1 at the destination"),
        (_run(b"DELETE Empty"), r"'Empty': is missing at the destination \(0 messages at the source\)"),
        (_run(b"SUBSCRIBE INBOX"), r"subscribed to only at the destination: \[\"'INBOX'\"\]"),
        (_run(b"UNSUBSCRIBE Empty"), r"not subscribed to at the destination: \[\"'Empty'\"\]"),
    ],
)
def test_the_comparison_notices(dovecot_pair: Pair, change: Callable[[Wire], None], said: str) -> None:
    server = dovecot_pair.destination
    user = server.new_user()
    messages = tuple(GeneratedMessage(body, ("\\Seen",), DATE) for body in (MESSAGE, MESSAGE.replace(b"y", b"z")))
    mailbox = [GeneratedFolder(("INBOX",), messages, is_subscribed=False), GeneratedFolder(("Empty",), ())]
    _put(server, user, mailbox)

    def compare() -> None:
        subscribed = subscriptions(server.host, server.imap_port, user.name, user.password)
        assert_equal_mailboxes(
            expected_snapshot(mailbox),
            _look(server, user),
            source_subscriptions={("Empty",)},
            destination_subscriptions=subscribed,
        )

    compare()
    with Wire(server.host, server.imap_port) as wire:
        wire.login(user.name, user.password)
        change(wire)
    with pytest.raises(AssertionError) as difference:
        compare()
    # Numbers of generated messages are not known before the server has given them.
    assert re.search(said.replace("UID 1 ", r"UID \d "), str(difference.value), re.MULTILINE), str(difference.value)


def test_folders_are_compared_by_the_map() -> None:
    fact = GeneratedMessage(MESSAGE, (), DATE).fact
    source: Snapshot = {("Sent",): [fact], ("Sent", "2020"): [fact], ("Other sent",): [fact], ("A",): []}
    destination: Snapshot = {("Gesendet",): [fact, fact], ("Gesendet", "2020"): [fact]}
    mapping: dict[FolderPath, FolderPath] = {("Sent",): ("Gesendet",), ("Other sent",): ("Gesendet",)}
    assert_equal_mailboxes(source, destination, mapping, empty_folders_too=False)
    with pytest.raises(AssertionError, match="'A': is missing"):
        assert_equal_mailboxes(source, destination, mapping)
    with pytest.raises(AssertionError, match="'Sent' > '2020': is missing at the destination"):
        assert_equal_mailboxes(source, destination, {("Other sent",): ("Gesendet",)}, empty_folders_too=False)


def test_a_flag_can_be_left_out_of_the_comparison() -> None:
    source: Snapshot = {("INBOX",): [GeneratedMessage(MESSAGE, ("\\Seen", "todo"), DATE).fact]}
    destination: Snapshot = {("INBOX",): [GeneratedMessage(MESSAGE, ("\\Seen",), DATE).fact]}
    assert_equal_mailboxes(source, destination, ignored_flags={"TODO"})
    with pytest.raises(AssertionError, match="lost todo"):
        assert_equal_mailboxes(source, destination)


@pytest.mark.parametrize(
    ("name", "encoded"),
    [
        ("~peter/mail/台北/日本語", b"~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
        ("Entwürfe & Co", b"Entw&APw-rfe &- Co"),
        ("🎉", b"&2DzfiQ-"),
        ("", b""),
    ],
)
def test_names_in_modified_utf7(name: str, encoded: bytes) -> None:
    assert encode_name(name) == encoded
    assert decode_name(encoded) == name
