"""A proxy before an IMAP server (without TLS) at which things go wrong when a script says so.

    with FaultProxy(server.host, server.imap_port, once(When(Where.AFTER_COMMAND, "APPEND", nth=3), Drop())) as proxy:
        ...  # the third APPEND reaches the server, its answer does not reach the client

How many moments a run without faults has, `proxy.moments` tells after it; `When(step=k, way=...)` names one of them.
"""

from __future__ import annotations

import re
import threading
from collections import Counter, deque
from collections.abc import Collection
from typing import assert_never

from tests.faults.faults import Bye, Drop, Fault, Nil, Omit, Replace, Say, Shorten, Stall, Trickle
from tests.faults.moments import Moment, Way, Where, moments_of_said, moments_of_sent
from tests.faults.script import NoFaults, Script
from tests.proxies.imap_link import Link
from tests.proxies.imap_proxy import ImapProxy
from tests.proxies.imap_streams import ClientPiece, Piece, ServerPiece

__all__ = ["FaultProxy"]

_LINGER_S = 10.0
# More than any one move has; a soak goes on for hours.
_REMEMBERED = 100_000
_LITERAL_AT_END = re.compile(rb"~?\{(\d+)\}\r?\n\Z")


class FaultProxy(ImapProxy):
    """An `ImapProxy` with faults; `script` may be changed at any time.

    A client's connection that was cut stays with the server until the server has dealt with all that had been sent;
    `wait_until_delivered` waits for that.
    """

    def __init__(
        self, upstream_host: str, upstream_port: int, script: Script | None = None, *, hide: Collection[str] = ()
    ) -> None:
        super().__init__(
            upstream_host,
            upstream_port,
            hide=hide,
            linger_s=_LINGER_S,
            hangs_up=True,
            new_passage=lambda: _Passage(self._moments),
        )
        self._moments = _Moments(script or NoFaults())

    @property
    def script(self) -> Script:
        return self._moments.script

    @script.setter
    def script(self, script: Script) -> None:
        """Counts all moments from 1 again."""
        self._moments.restart(script)

    @property
    def moments(self) -> tuple[Moment, ...]:
        """The moments since the script was set."""
        return self._moments.past


class _Moments:
    """The script, and the counting that it relies on; for the threads of all connections."""

    def __init__(self, script: Script) -> None:
        self._lock = threading.Lock()
        self.restart(script)

    def restart(self, script: Script) -> None:
        with self._lock:
            self.script = script
            self._past: deque[Moment] = deque(maxlen=_REMEMBERED)
            self._steps: Counter[Way] = Counter()
            self._kinds: Counter[tuple[Where, str]] = Counter()
            self._connections = 0

    def new_connection(self) -> int:
        with self._lock:
            self._connections += 1
            return self._connections

    def come(self, connection: int, where: Where, verb: str, line: bytes) -> Fault | None:
        with self._lock:
            self._steps[where.way] += 1
            self._kinds[where, verb] += 1
            moment = Moment(self._steps[where.way], connection, where, verb, self._kinds[where, verb], line)
            self._past.append(moment)
            return self.script.fault_at(moment)

    @property
    def past(self) -> tuple[Moment, ...]:
        with self._lock:
            return tuple(self._past)


class _Passage:
    """What goes through one connection, and what becomes of it."""

    def __init__(self, moments: _Moments) -> None:
        self._moments = moments
        self._connection = moments.new_connection()
        self._greeted = False
        self._unanswered: dict[bytes, str] = {}
        self._said_after: dict[bytes, bytes] = {}
        self._swallowed: bytes | None = None
        self._altered: _Altered | None = None

    # -- commands

    def from_client(self, piece: ClientPiece, link: Link) -> None:
        if self._swallowed == piece.command.tag:
            if piece.ends:
                self._swallowed = None
            return
        if piece.begins:
            self._unanswered[piece.command.tag] = piece.command.verb
        passed = 0
        for place, where in moments_of_sent(piece):
            if where is Where.AFTER_COMMAND:
                link.pass_to_server(piece, passed)
            fault = self._moments.come(self._connection, where, piece.command.verb, _line_of(piece))
            if fault is None:
                continue
            if isinstance(fault, Say) and where is Where.BEFORE_COMMAND:
                self._answer_instead(piece, link, fault)
                return
            if where is not Where.AFTER_COMMAND:
                link.send_to_server(piece.data[passed:place])
                passed = place
            if _happens_on_the_line(fault, where, link):
                return
        if not piece.ends:
            link.pass_to_server(piece, passed)

    def _answer_instead(self, piece: ClientPiece, link: Link, fault: Say) -> None:
        tag = piece.command.tag
        del self._unanswered[tag]
        answer = b"%b %b\r\n" % (tag, fault.text.encode())
        if before := next(reversed(self._unanswered), None):
            self._said_after[before] = self._said_after.get(before, b"") + answer
        else:
            link.send_to_client(answer)
        # A literal that is asked for first will not come; one that is not is on its way.
        link.refused(tag)
        self._swallowed = tag if piece.command.plus_literals and not piece.ends else None

    # -- answers

    def from_server(self, piece: ServerPiece, link: Link) -> None:
        verb = self._verb_of(piece)
        if self._altered is not None and not piece.begins:
            link.send_to_client(self._altered.rest(piece))
            if piece.ends:
                self._altered = None
            return
        passed = 0
        for place, where in moments_of_said(piece):
            fault = self._moments.come(self._connection, where, verb, _line_of(piece))
            if fault is None:
                continue
            link.send_to_client(piece.data[passed:place])
            passed = place
            if isinstance(fault, Say) and where is Where.BEFORE_ANSWER and piece.tagged is not None:
                link.send_to_client(b"%b %b\r\n" % (piece.tagged.tag, fault.text.encode()))
                passed = len(piece.data)
                break
            if isinstance(fault, Omit | Nil | Shorten | Replace) and where is Where.BEFORE_RESPONSE:
                self._altered = None if piece.ends else _Altered(fault)
                link.send_to_client(_altered_line(piece.data, fault))
                return
            if _happens_on_the_line(fault, where, link):
                return
        link.pass_to_client(piece, passed)
        if piece.tagged is not None:
            self._unanswered.pop(piece.tagged.tag, None)
            link.send_to_client(self._said_after.pop(piece.tagged.tag, b""))

    def _verb_of(self, piece: ServerPiece) -> str:
        """Untagged responses belong to the oldest command that is not answered yet."""
        if not self._greeted:
            self._greeted = piece.ends
            return ""
        if piece.tagged is not None:
            return self._unanswered.get(piece.tagged.tag, "")
        return next(iter(self._unanswered.values()), "")


def _line_of(piece: Piece) -> bytes:
    return b"" if piece.literal_bytes else piece.data


def _happens_on_the_line(fault: Fault, where: Where, link: Link) -> bool:
    """Do what can happen at any moment; True if it ended the connection."""
    match fault:
        case Drop(hold):
            if where.way is Way.TO_SERVER:
                link.cut(hold=hold)
            else:
                # What came before this moment has been seen.
                link.hang_up()
            return True
        case Bye(text):
            link.send_to_client(b"* BYE %b\r\n" % text.encode())
            link.hang_up()
            return True
        case Stall(seconds):
            link.stall(seconds)
            return False
        case Trickle(portion_bytes, pause_s):
            link.trickle(portion_bytes, pause_s)
            return False
        case Say() | Omit() | Nil() | Shorten() | Replace():
            raise ValueError(f"{fault} cannot happen {where.value}")
        case _:
            assert_never(fault)


def _altered_line(line: bytes, fault: Omit | Nil | Shorten | Replace) -> bytes:
    match fault:
        case Omit():
            return b""
        case Nil():
            return _LITERAL_AT_END.sub(b"NIL", line)
        case Shorten(by_bytes):
            return _LITERAL_AT_END.sub(lambda match: b"{%d}\r\n" % max(0, int(match[1]) - by_bytes), line)
        case Replace(pattern, replacement):
            return re.sub(pattern, replacement, line)
        case _:
            assert_never(fault)


class _Altered:
    """The rest of a response whose first line was altered."""

    def __init__(self, fault: Omit | Nil | Shorten | Replace) -> None:
        self._fault = fault
        self._in_first_literal = True

    def rest(self, piece: ServerPiece) -> bytes:
        """What is left of a later line, or of a part of a literal."""
        match self._fault:
            case Omit():
                return b""
            case Nil():
                return b"" if piece.literal_bytes else _altered_line(piece.data, self._fault)
            case Shorten(by_bytes):
                self._in_first_literal = self._in_first_literal and bool(piece.literal_bytes)
                if not self._in_first_literal:
                    return piece.data
                return piece.data[: max(0, piece.literal_bytes - by_bytes - piece.offset)]
            case Replace():
                return piece.data
            case _:
                assert_never(self._fault)
