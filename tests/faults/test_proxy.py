"""Each fault does what it says, seen by a client that is not the program's."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator

import pytest

from mailmove_gui.demo.options import ServerOptions
from mailmove_gui.demo.server import EmbeddedServer
from mailmove_gui.demo.store import Store, User
from tests.faults.faults import (
    Bye,
    Drop,
    Fault,
    Nil,
    Omit,
    Say,
    Shorten,
    Stall,
    Trickle,
    count_lie,
    size_lie,
)
from tests.faults.moments import Way, Where
from tests.faults.proxy import FaultProxy
from tests.faults.script import Faults, When, once
from tests.servers.wire import Wire, WireError

_ONE = b"Subject: one\r\nMessage-ID: <1@example.org>\r\n\r\nbody\r\n"
_TWO = b"Subject: two\r\nMessage-ID: <2@example.org>\r\n\r\nanother body\r\n"
_LARGE = b"Subject: large\r\n\r\n" + b"x" * 70 * 1024 * 8


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    store = Store()
    store.add_user("anna", "secret")
    with EmbeddedServer(store, ServerOptions()) as running:
        yield running


@pytest.fixture
def anna(server: EmbeddedServer) -> User:
    return server.store.user("anna")


@contextlib.contextmanager
def _wire(proxy: FaultProxy) -> Iterator[Wire]:
    """A client that is logged in, and does not mind how the connection ends."""
    wire = Wire(proxy.host, proxy.port, timeout_s=10.0)
    try:
        wire.login("anna", "secret")
        yield wire
    finally:
        wire.close()


def _faulty(server: EmbeddedServer, when: When, fault: Fault) -> FaultProxy:
    return FaultProxy(server.host, server.imap_port, once(when, fault))


def _bodies(user: User) -> list[bytes]:
    return [message.content for message in user.folder("INBOX").messages]


@pytest.mark.parametrize(
    ("where", "nth", "stored"),
    [
        (Where.BEFORE_COMMAND, 2, 1),
        (Where.IN_LINE, 1, 0),
        (Where.IN_LITERAL, 2, 1),
        (Where.BEFORE_LINE, 2, 1),
        (Where.IN_LINE, 4, 1),
        (Where.AFTER_COMMAND, 2, 2),
    ],
)
def test_a_connection_is_cut_on_the_way_to_the_server(
    server: EmbeddedServer, anna: User, where: Where, nth: int, stored: int
) -> None:
    with _faulty(server, When(where, "APPEND", nth), Drop()) as proxy:
        with _wire(proxy) as wire, contextlib.suppress(WireError, OSError):
            wire.append(b"INBOX", [(b"", _ONE)])
            wire.append(b"INBOX", [(b"", _TWO)])
        proxy.wait_until_idle()
        assert proxy.counts().messages_confirmed == stored
    assert _bodies(anna) == [_ONE, _TWO][:stored]


def test_what_was_sent_before_a_cut_can_be_delivered_late(server: EmbeddedServer, anna: User) -> None:
    with _faulty(server, When(Where.AFTER_COMMAND, "APPEND"), Drop(hold=True)) as proxy:
        with _wire(proxy) as wire, pytest.raises((WireError, OSError)):
            wire.append(b"INBOX", [(b"", _ONE)])
        with _wire(proxy) as wire:
            assert any(answer.text == b"0 EXISTS" for answer in wire.run(b"EXAMINE INBOX"))
            proxy.wait_until_delivered()
            assert any(answer.text == b"1 EXISTS" for answer in wire.run(b"NOOP"))
    assert _bodies(anna) == [_ONE]


def test_a_long_literal_has_several_moments_however_it_comes(server: EmbeddedServer) -> None:
    with FaultProxy(server.host, server.imap_port) as proxy, _wire(proxy) as wire:
        wire.append(b"INBOX", [(b"", _LARGE)])
        wire.run(b"EXAMINE INBOX")
        wire.run(b"UID FETCH 1 BODY.PEEK[]")
        inside = [moment.where for moment in proxy.moments if moment.where in {Where.IN_LITERAL, Where.IN_BODY}]
    assert inside == [Where.IN_LITERAL] * 4 + [Where.IN_BODY] * 4


@pytest.mark.parametrize(
    ("when", "seen"),
    [
        (When(Where.BEFORE_RESPONSE, ""), b""),
        (When(Where.BEFORE_RESPONSE, "UID FETCH", 2), b"body\r\n)\r\n"),
        (When(Where.IN_BODY, "UID FETCH", 1), _ONE[: (len(_ONE) + 1) // 2]),
        (When(Where.BEFORE_REST, "UID FETCH", 1), _ONE),
        (When(Where.BEFORE_ANSWER, "UID FETCH"), b"another body\r\n)\r\n"),
        (When(Where.IN_ANSWER, "UID FETCH"), b"f OK UID FETC"),
    ],
    ids=str,
)
def test_a_connection_is_cut_on_the_way_to_the_client(
    server: EmbeddedServer, anna: User, when: When, seen: bytes
) -> None:
    anna.folder("INBOX").add_message(_ONE)
    anna.folder("INBOX").add_message(_TWO)
    with _faulty(server, when, Drop()) as proxy, socket.create_connection((proxy.host, proxy.port), 10) as client:
        with contextlib.suppress(OSError):
            client.sendall(b"a LOGIN anna secret\r\nb EXAMINE INBOX\r\nf UID FETCH 1:* BODY.PEEK[]\r\n")
        got = b""
        with contextlib.suppress(OSError):
            while more := client.recv(4096):
                got += more
    assert got.endswith(seen)
    assert bool(got) == bool(seen)


def test_a_command_can_be_carried_out_and_its_answer_lost(server: EmbeddedServer, anna: User) -> None:
    with _faulty(server, When(Where.BEFORE_ANSWER, "APPEND"), Drop()) as proxy, _wire(proxy) as wire:
        with pytest.raises(WireError, match="hung up"):
            wire.append(b"INBOX", [(b"", _ONE)])
        # Before any wait: the server had answered.
        assert _bodies(anna) == [_ONE]


def test_a_line_can_stall(server: EmbeddedServer) -> None:
    with _faulty(server, When(Where.BEFORE_COMMAND, "NOOP"), Stall()) as proxy, _wire(proxy) as wire:
        wire._socket.settimeout(0.3)
        with pytest.raises(TimeoutError):
            wire.run(b"NOOP")
        assert server.commands_seen["NOOP"] == 0


def test_a_stalled_line_can_go_on(server: EmbeddedServer) -> None:
    with _faulty(server, When(Where.BEFORE_ANSWER, "NOOP"), Stall(0.2)) as proxy, _wire(proxy) as wire:
        before = time.monotonic()
        wire.run(b"NOOP")
        assert time.monotonic() - before >= 0.2


def test_a_command_can_be_answered_without_the_server(server: EmbeddedServer, anna: User) -> None:
    with (
        _faulty(server, When(Where.BEFORE_COMMAND, "APPEND"), Say("NO [OVERQUOTA] No.")) as proxy,
        _wire(proxy) as wire,
    ):
        with pytest.raises(WireError, match=r"NO \[OVERQUOTA\] No"):
            wire.append(b"INBOX", [(b"", _ONE)])
        wire.append(b"INBOX", [(b"", _TWO)])
    assert _bodies(anna) == [_TWO]


def test_a_command_whose_literal_waits_can_be_answered_without_the_server(server: EmbeddedServer, anna: User) -> None:
    script = once(When(Where.BEFORE_COMMAND, "APPEND"), Say("NO No."))
    with FaultProxy(server.host, server.imap_port, script, hide=["LITERAL+"]) as proxy, _wire(proxy) as wire:
        with pytest.raises(WireError, match=r"NO No\."):
            wire.append(b"INBOX", [(b"", _ONE)])
        wire.append(b"INBOX", [(b"", _TWO)])
    assert _bodies(anna) == [_TWO]


def test_an_answer_instead_of_the_servers_comes_in_its_turn(server: EmbeddedServer) -> None:
    with _faulty(server, When(Where.BEFORE_COMMAND, "NOOP", 2), Say("BAD What?")) as proxy, _wire(proxy) as wire:
        wire._send(b"x NOOP\r\ny NOOP\r\nz NOOP\r\n")
        assert [wire._line()[:5] for _ in range(3)] == [b"x OK ", b"y BAD", b"z OK "]


def test_an_answer_can_be_another_than_the_servers(server: EmbeddedServer, anna: User) -> None:
    proxy = _faulty(server, When(Where.BEFORE_ANSWER, "APPEND"), Say("NO Not now."))
    with proxy, _wire(proxy) as wire, pytest.raises(WireError, match="NO Not now"):
        wire.append(b"INBOX", [(b"", _ONE)])
    assert _bodies(anna) == [_ONE]


@pytest.mark.parametrize("where", [Where.BEFORE_COMMAND, Where.BEFORE_ANSWER])
def test_a_server_can_say_goodbye(server: EmbeddedServer, where: Where) -> None:
    with _faulty(server, When(where, "NOOP"), Bye("Too many errors.")) as proxy, _wire(proxy) as wire:
        wire._send(b"x NOOP\r\n")
        assert wire._line() == b"* BYE Too many errors.\r\n"
        with pytest.raises((WireError, OSError)):
            wire._line()
    assert server.commands_seen["NOOP"] == (where is Where.BEFORE_ANSWER)


@pytest.mark.parametrize(
    ("fault", "bodies"),
    [
        (Omit(), [_TWO]),
        (Nil(), [None, _TWO]),
        (Shorten(5), [_ONE[:-5], _TWO]),
    ],
    ids=str,
)
def test_a_body_can_be_missing_or_short(
    server: EmbeddedServer, anna: User, fault: Fault, bodies: list[bytes | None]
) -> None:
    anna.folder("INBOX").add_message(_ONE)
    anna.folder("INBOX").add_message(_TWO)
    with _faulty(server, When(Where.BEFORE_RESPONSE, "UID FETCH"), fault) as proxy, _wire(proxy) as wire:
        wire.run(b"EXAMINE INBOX")
        answers = wire.run(b"UID FETCH 1:* (UID BODY.PEEK[])")
        assert [answer.words()[2][-1] for answer in answers] == bodies  # type: ignore[index]
        # The connection is as it was.
        assert len(wire.run(b"UID FETCH 1:* (UID BODY.PEEK[])")) == 2


def test_sizes_and_counts_can_be_lies(server: EmbeddedServer, anna: User) -> None:
    anna.folder("INBOX").add_message(_ONE)
    script = Faults(
        [
            (When(Where.BEFORE_RESPONSE, "EXAMINE", containing=b" EXISTS"), count_lie(7)),
            (When(Where.BEFORE_RESPONSE, "FETCH"), size_lie(4711)),
        ]
    )
    with FaultProxy(server.host, server.imap_port, script) as proxy, _wire(proxy) as wire:
        assert b"7 EXISTS" in [answer.text for answer in wire.run(b"EXAMINE INBOX")]
        assert [answer.text for answer in wire.run(b"FETCH 1 RFC822.SIZE")] == [b"1 FETCH (RFC822.SIZE 4711)"]
        assert [moment.verb for moment in script.happened] == ["EXAMINE", "FETCH"]


def test_bytes_can_trickle(server: EmbeddedServer, anna: User) -> None:
    with _faulty(server, When(Where.BEFORE_COMMAND, "APPEND"), Trickle(10, 0.001)) as proxy, _wire(proxy) as wire:
        wire.append(b"INBOX", [(b"", _ONE)])
        wire.run(b"EXAMINE INBOX")
        (answer,) = wire.run(b"UID FETCH 1 BODY.PEEK[]")
    assert answer.literals == (_ONE,)
    assert _bodies(anna) == [_ONE]


def test_steps_are_counted_each_way_and_can_be_named(server: EmbeddedServer, anna: User) -> None:
    with FaultProxy(server.host, server.imap_port) as proxy:
        with _wire(proxy) as wire:
            wire.append(b"INBOX", [(b"", _ONE)])
        steps = [moment for moment in proxy.moments if moment.where is Where.AFTER_COMMAND and moment.verb == "APPEND"]
        for way in Way:
            counted = [moment.step for moment in proxy.moments if moment.where.way is way]
            assert counted == list(range(1, len(counted) + 1))
        proxy.script = once(When(step=steps[0].step, way=Way.TO_SERVER), Say("NO No."))
        assert proxy.moments == ()
        proxy.script = script = once(When(step=steps[0].step, way=Way.TO_SERVER), Drop())
        with _wire(proxy) as wire, pytest.raises((WireError, OSError)):
            wire.append(b"INBOX", [(b"", _ONE)])
        assert script.happened == steps
        with _wire(proxy) as wire:
            wire.append(b"INBOX", [(b"", _TWO)])
        proxy.wait_until_idle()
    assert _bodies(anna) == [_ONE, _ONE, _TWO]


def test_without_faults_nothing_changes(server: EmbeddedServer, anna: User) -> None:
    with FaultProxy(server.host, server.imap_port, hide=["UIDPLUS"]) as proxy, Wire(proxy.host, proxy.port) as wire:
        wire.login("anna", "secret")
        assert wire.append(b"INBOX", [(b"", _ONE), (b"", _LARGE)]) == b"OK APPEND completed."
        wire.run(b"EXAMINE INBOX")
        assert [answer.literals for answer in wire.run(b"UID FETCH 1:* BODY.PEEK[]")] == [(_ONE,), (_LARGE,)]
    assert _bodies(anna) == [_ONE, _LARGE]
