"""What servers with a provider's manners say on the wire, asked without the program."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailmove_gui.demo import EmbeddedServer
from mailmove_gui.demo.personalities import (
    EXCHANGE_ERRORS,
    GMAIL_CONNECTIONS,
    GMAIL_TOO_MANY,
    YAHOO_UNREADABLE,
    Allowance,
    Personality,
    Troubles,
    courier,
    exchange,
    gmail,
    netease,
    newest,
    tencent,
    yahoo,
    younger_than,
)
from mailmove_gui.demo.traits import Interruption
from tests.servers.wire import Wire, WireError, encode_name

NOW = datetime(2026, 6, 1, tzinfo=UTC)
MESSAGE = b"From: a@example.org\r\nSubject: %s\r\n\r\nText\r\n"


@contextlib.contextmanager
def running(personality: Personality, messages: int = 0) -> Iterator[EmbeddedServer]:
    store = personality.store()
    inbox = personality.add_user(store, "anna", "secret").folder("INBOX")
    for number in range(messages):
        date = NOW - timedelta(days=10 * (messages - number))
        inbox.add_message(MESSAGE % b"%d" % number, internal_date=date)
    with EmbeddedServer(store, personality.options) as server:
        yield server


@contextlib.contextmanager
def logged_in(server: EmbeddedServer) -> Iterator[Wire]:
    wire = Wire(server.host, server.imap_port, timeout_s=5)
    try:
        wire.login("anna", "secret")
        yield wire
    finally:
        wire.close()


def texts(wire: Wire, *command: bytes) -> list[bytes]:
    return [answer.text for answer in wire.run(*command)]


def listed(wire: Wire, command: bytes) -> dict[bytes, set[bytes]]:
    """Attributes by name."""
    found = {}
    for answer in wire.run(command, b'"" "*"'):
        match answer.words():
            case [_, [*attributes], _, bytes(name)]:
                found[name] = {one for one in attributes if isinstance(one, bytes)}
            case _:
                pass
    return found


def test_netease_refuses_every_folder_until_it_knows_who_asks() -> None:
    with running(netease(), 2) as server, logged_in(server) as wire:
        assert b"Coremail" in wire.greeting
        for command in (b"EXAMINE INBOX", b"SELECT INBOX"):
            with pytest.raises(WireError, match="Unsafe Login"):
                wire.run(command)
        assert encode_name("已发送") in listed(wire, b"LIST")
        wire.run(b'ID ("name" "test")')
        assert b"2 EXISTS" in texts(wire, b"EXAMINE INBOX")
        assert server.errors_seen == {"NO EXAMINE": 1, "NO SELECT": 1}


def test_a_window_hides_old_mail_from_every_command() -> None:
    with running(tencent(window=younger_than(30, NOW)), 9) as server, logged_in(server) as wire:
        assert texts(wire, b"STATUS INBOX (MESSAGES UIDNEXT)") == [b'STATUS "INBOX" (MESSAGES 3 UIDNEXT 10)']
        assert b"3 EXISTS" in texts(wire, b"EXAMINE INBOX")
        assert texts(wire, b"UID FETCH 1:* (UID)") == [b"1 FETCH (UID 7)", b"2 FETCH (UID 8)", b"3 FETCH (UID 9)"]
        assert texts(wire, b"UID SEARCH ALL") == [b"SEARCH 7 8 9"]
        server.options = replace(server.options, traits=replace(server.options.traits, shows=None))
        assert b"9 EXISTS" in texts(wire, b"EXAMINE INBOX")


def test_tencent_tells_roles_by_xlist_alone() -> None:
    with running(tencent(search_finds=lambda message: message.uid < 3), 3) as server, logged_in(server) as wire:
        assert not {b"SPECIAL-USE", b"LITERAL+", b"MULTIAPPEND"} & wire.capabilities()
        by_list, by_xlist = listed(wire, b"LIST"), listed(wire, b"XLIST")
        assert by_xlist[b"Junk"] - by_list[b"Junk"] == {b"\\Spam"}
        assert by_xlist[b"INBOX"] - by_list[b"INBOX"] == {b"\\Inbox"}
        assert b"\\Noselect" in by_list[encode_name("其他文件夹")]
        wire.run(b"EXAMINE INBOX")
        assert texts(wire, b"SEARCH ALL") == [b"SEARCH 1 2"]
        assert len(wire.run(b"UID FETCH 1:2,3:* (UID)")) == 3
        for odd in (b"3:1", b"3,1:2"):
            with pytest.raises(WireError, match="UID parameters!"):
                wire.run(b"UID FETCH " + odd + b" (UID)")


def test_gmail_shows_one_message_under_every_label() -> None:
    with running(gmail()) as server, logged_in(server) as wire:
        assert b"X-GM-EXT-1" in wire.capabilities()
        assert b"\\All" in listed(wire, b"LIST")[b"[Gmail]/" + encode_name("所有邮件")]
        assert b"\\AllMail" in listed(wire, b"XLIST")[b"[Gmail]/" + encode_name("所有邮件")]
        wire.run(b"CREATE Acme")
        first = wire.append(b"INBOX", [(b"", MESSAGE % b"a")])
        assert wire.append(b"INBOX", [(b"", MESSAGE % b"a")]) == first
        wire.append(b"Acme", [(b"", MESSAGE % b"a")])
        numbers = set()
        for folder, labels in ((b"INBOX", b'("Acme")'), (b"Acme", b'("\\\\Inbox")')):
            wire.run(b"EXAMINE " + folder)
            (text,) = texts(wire, b"UID FETCH 1:* (X-GM-MSGID X-GM-LABELS)")
            assert text.endswith(b"X-GM-LABELS " + labels + b")")
            numbers.add(text.split()[5])
        assert len(numbers) == 1
        assert len(server.store.user("anna").folder(("[Gmail]", "所有邮件"))) == 1


def test_gmail_takes_fifteen_connections_of_a_user() -> None:
    with running(gmail()) as server, contextlib.ExitStack() as stack:
        for _ in range(GMAIL_CONNECTIONS):
            stack.enter_context(logged_in(server))
        with pytest.raises(WireError, match="Too many simultaneous connections") as refused:
            stack.enter_context(logged_in(server))
        assert GMAIL_TOO_MANY in str(refused.value)


def test_gmail_hangs_up_when_the_allowance_is_used_up() -> None:
    allowance = Allowance(100)
    with running(gmail(allowance=allowance), 5) as server:
        for _ in range(2):
            with logged_in(server) as wire:
                wire.run(b"EXAMINE INBOX")
                with pytest.raises(WireError, match=r"\[OVERQUOTA\] Account exceeded command or bandwidth limits"):
                    wire.run(b"FETCH 1:* (BODY.PEEK[])")
                with pytest.raises((WireError, OSError)):
                    wire.run(b"NOOP")
        allowance.renew()
        with logged_in(server) as wire:
            wire.run(b"EXAMINE INBOX")
            assert len(wire.run(b"FETCH 1 (BODY.PEEK[])")) == 1


def test_a_server_may_say_that_it_is_slow_on_purpose() -> None:
    with running(gmail(slowed_down=True), 1) as server:
        said = raw(server, b"a LOGIN anna secret", b"b EXAMINE INBOX", b"c FETCH 1 UID")
        assert b"c OK Success [THROTTLED]\r\n" in said


def raw(server: EmbeddedServer, *commands: bytes) -> bytes:
    """All that a server says to these commands before it, or LOGOUT, ends the connection."""
    with socket.create_connection((server.host, server.imap_port), timeout=5) as connection:
        connection.sendall(b"\r\n".join((*commands, b"z LOGOUT", b"")))
        said = bytearray()
        while data := connection.recv(65536):
            said += data
    return bytes(said)


def test_exchange_hangs_up_after_ten_errors_of_either_kind() -> None:
    with running(exchange()) as server:
        commands = [b"%d SELECT nowhere" % number if number % 2 else b"%d NONSENSE" % number for number in range(12)]
        said = raw(server, b"a LOGIN anna secret", *commands)
        assert said.endswith(b"* BYE Connection closed. 14\r\n")
        assert server.errors_seen.total() == EXCHANGE_ERRORS


def test_exchange_tells_how_long_to_wait_and_hangs_up() -> None:
    with running(exchange(allowance=Allowance(50)), 3) as server:
        said = raw(server, b"a LOGIN anna secret", b"b EXAMINE INBOX", b"c FETCH 1:3 (BODY.PEEK[])")
        assert said.endswith(
            b"c BAD Request is throttled. Suggested Backoff Time: 299910 milliseconds\r\n"
            b"* BYE Connection closed. 14\r\n"
        )


def test_exchange_says_other_sizes_and_has_troubles_once() -> None:
    troubles = Troubles([("EXAMINE", Interruption("NO", "Server Unavailable. 15"))])
    with running(exchange(troubles=troubles), 1) as server, logged_in(server) as wire:
        with pytest.raises(WireError, match="Server Unavailable"):
            wire.run(b"EXAMINE INBOX")
        wire.run(b"EXAMINE INBOX")
        (text,) = texts(wire, b"FETCH 1 (RFC822.SIZE)")
        assert text != b"1 FETCH (RFC822.SIZE %d)" % len(MESSAGE % b"0")


def test_a_message_that_is_too_large_is_refused_before_its_bytes() -> None:
    with running(exchange(largest_bytes=100)) as server:
        said = raw(server, b"a LOGIN anna secret", b"b APPEND INBOX {101+}", b"x" * 101, b"c NOOP")
        assert b"b BAD command line limit exceeded\r\n" in said
        assert b"c OK" in said


def test_yahoo_shows_the_newest_and_keeps_one_for_itself() -> None:
    with running(yahoo(shown=3, unreadable=lambda message: message.uid == 5), 6) as server, logged_in(server) as wire:
        assert b"3 EXISTS" in texts(wire, b"EXAMINE INBOX")
        assert len(wire.run(b"UID FETCH 1:* (UID RFC822.SIZE)")) == 3
        for _ in range(2):
            with pytest.raises(WireError) as refused:
                wire.run(b"UID FETCH 4:6 (BODY.PEEK[])")
            assert YAHOO_UNREADABLE in str(refused.value)
        assert len(wire.run(b"UID FETCH 6 (BODY.PEEK[])")) == 1
    assert newest(3)(()) == ()


def test_courier_closes_without_a_word_and_shows_new_mail_after_noop() -> None:
    with running(courier(connections=1)) as server, logged_in(server) as wire:
        assert not {b"UIDPLUS", b"LITERAL+", b"MULTIAPPEND", b"SPECIAL-USE"} & wire.capabilities()
        assert b"INBOX.Sent" in listed(wire, b"LIST")
        with socket.create_connection((server.host, server.imap_port), timeout=5) as connection:
            assert connection.recv(100) == b""
        wire.run(b"EXAMINE INBOX")
        server.store.user("anna").folder("INBOX").add_message(MESSAGE % b"new")
        assert wire.run(b"UID FETCH 1:* (UID)") == []
        assert texts(wire, b"NOOP") == [b"1 EXISTS"]
        assert texts(wire, b"UID FETCH 1:* (UID)") == [b"1 FETCH (UID 1)"]
