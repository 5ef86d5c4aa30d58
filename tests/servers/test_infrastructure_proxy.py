"""The proxy before a real server."""

from __future__ import annotations

import socket
import struct
import time

import pytest

from tests.mailboxes.generate import expected_snapshot, fill, generate_mailbox
from tests.proxies.imap_proxy import ImapProxy
from tests.servers.compare import Snapshot, assert_equal_mailboxes, snapshot, total
from tests.servers.conftest import Pair
from tests.servers.dovecot import Dovecot, User
from tests.servers.wire import Wire, WireError

MESSAGE = b"Subject: one\r\nMessage-ID: <1@example.org>\r\n\r\nbody\r\n"


def _look(server: Dovecot, user: User) -> Snapshot:
    return snapshot(server.host, server.imaps_port, user.name, user.password, server.ca_file)


def _hang_up(connection: socket.socket) -> None:
    """As the kernel does for a killed process that has not read everything: a reset, not an orderly end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _logged_in(proxy: ImapProxy, user: User) -> socket.socket:
    connection = socket.create_connection((proxy.host, proxy.port), timeout=10)
    connection.sendall(f'1 LOGIN {user.name} "{user.password}"\r\n'.encode())
    answer = b""
    while b"\n1 OK " not in answer:
        more = connection.recv(4096)
        assert more, answer
        answer += more
    return connection


def _append(*messages: bytes) -> bytes:
    literals = b"".join(b" {%d+}\r\n%s" % (len(message), message) for message in messages)
    return b"2 APPEND INBOX" + literals + b"\r\n"


def test_the_proxy_hides_uidplus_truly(dovecot_pair: Pair) -> None:
    server = dovecot_pair.destination
    user = server.new_user()
    lying = b"Subject: * CAPABILITY UIDPLUS\r\n\r\n* CAPABILITY IMAP4rev1 UIDPLUS\r\n1 OK [APPENDUID 1 2] x\r\n"
    with ImapProxy(server.host, server.imap_port, hide=["UIDPLUS", "LITERAL+"]) as proxy:
        with Wire(proxy.host, proxy.port) as wire:
            announced = wire.greeting.upper() + b" ".join(wire.capabilities())
            in_login = wire.run(b"LOGIN", user.name.encode(), b'"%s"' % user.password.encode())
            announced += b" ".join(answer.text for answer in in_login) + b" ".join(
                wire.run(b"CAPABILITY")[0].text.split()
            )
            answer = wire.append(b"INBOX", [(b"", lying)])
        through_proxy = snapshot(proxy.host, proxy.port, user.name, user.password)
    assert b"IMAP4REV1" in announced
    assert not any(word in announced for word in (b"UIDPLUS", b"LITERAL+", b"STARTTLS"))
    assert answer.startswith(b"OK Append completed")
    assert through_proxy == _look(server, user)
    assert total(through_proxy) == 1


@pytest.mark.parametrize("messages", [1, 3])
def test_what_a_killed_client_has_sent_is_stored_later(dovecot_pair: Pair, messages: int) -> None:
    server = dovecot_pair.destination
    user = server.new_user()
    with ImapProxy(server.host, server.imap_port, commit_delay_s=1.0) as proxy:
        connection = _logged_in(proxy, user)
        sent = time.monotonic()
        connection.sendall(_append(*[MESSAGE] * messages))
        _hang_up(connection)
        at_first = total(_look(server, user))
        looked_after_s = time.monotonic() - sent
        proxy.wait_until_idle()
        counts = proxy.counts()
    assert total(_look(server, user)) == messages
    # On a machine that stood still for a second, the first look says nothing.
    assert at_first == 0 or looked_after_s > 1.0
    assert (counts.append_commands, counts.messages_appended, counts.messages_confirmed) == (1, messages, messages)


def test_half_a_message_is_not_stored(dovecot_pair: Pair) -> None:
    server = dovecot_pair.destination
    user = server.new_user()
    with ImapProxy(server.host, server.imap_port) as proxy:
        connection = _logged_in(proxy, user)
        connection.sendall(_append(MESSAGE)[:-10])
        _hang_up(connection)
        proxy.wait_until_idle()
        counts = proxy.counts()
    assert counts.bytes_to_server > len(MESSAGE)
    assert (counts.append_commands, counts.messages_appended) == (0, 0)
    assert total(_look(server, user)) == 0


def test_the_proxy_counts_and_changes_nothing(dovecot_pair: Pair) -> None:
    server = dovecot_pair.source
    user = server.new_user()
    mailbox = generate_mailbox(300, 5)
    with ImapProxy(server.host, server.imap_port) as proxy:
        with Wire(proxy.host, proxy.port) as wire:
            wire.login(user.name, user.password)
            fill(wire, mailbox)
        filled = proxy.counts()
        proxy.reset_counts()
        found = snapshot(proxy.host, proxy.port, user.name, user.password)
        read = proxy.counts()
    assert_equal_mailboxes(expected_snapshot(mailbox), found)
    size_bytes = sum(len(message.body) for folder in mailbox for message in folder.messages)
    assert (filled.messages_appended, filled.messages_confirmed, filled.plus_literals) == (300, 300, 300)
    assert filled.append_commands >= filled.multi_append_commands > 0
    assert filled.bytes_to_server > size_bytes
    assert (read.append_commands, read.messages_appended, read.commands.get("APPEND", 0)) == (0, 0, 0)
    assert read.bytes_to_client > size_bytes
    assert read.commands["UID FETCH"] == len([facts for facts in found.values() if facts])


def test_a_refused_append_does_not_confuse_the_proxy(dovecot_pair: Pair) -> None:
    server = dovecot_pair.destination
    user = server.new_user()
    with ImapProxy(server.host, server.imap_port, hide=["LITERAL+"]) as proxy:
        with Wire(proxy.host, proxy.port) as wire:
            wire.login(user.name, user.password)
            with pytest.raises(WireError, match="TRYCREATE"):
                wire.append(b"Nowhere", [(b"", MESSAGE)])
            wire.append(b"INBOX", [(b"", MESSAGE)])
        counts = proxy.counts()
    assert (counts.append_commands, counts.messages_confirmed, counts.plus_literals) == (1, 1, 0)
    assert total(_look(server, user)) == 1


def test_round_trips_take_as_long_as_asked_for(dovecot_pair: Pair) -> None:
    server = dovecot_pair.source
    user = server.new_user()
    with (
        ImapProxy(server.host, server.imap_port, round_trip_delay_s=0.1) as proxy,
        Wire(proxy.host, proxy.port) as wire,
    ):
        wire.login(user.name, user.password)
        before = time.monotonic()
        for _ in range(3):
            wire.run(b"NOOP")
        assert time.monotonic() - before >= 0.3


def test_a_proxy_before_nothing_hangs_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = int(closed.getsockname()[1])
    with ImapProxy("127.0.0.1", port) as proxy, pytest.raises(WireError):
        Wire(proxy.host, proxy.port)
