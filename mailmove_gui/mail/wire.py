"""Commands and their answers over a connection (RFC 3501 sections 2.2 and 7): tags, literals, pipelining.

Nothing here knows what a command means.
"""

import logging
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from mailmove_gui.mail.connection import Connection, ConnectionEnded, Continuation, Tagged
from mailmove_gui.mail.syntax import Answer, Argument, Hidden, Literal, Response, literal_header

_log = logging.getLogger("mailmove.mail")

_SEND_PIECE = 256 * 1024
_FINAL_KINDS = frozenset({b"OK", b"NO", b"BAD"})
ACKNOWLEDGES_AT_ONCE = hasattr(socket, "TCP_QUICKACK")
"""Whether waiting for a go-ahead is cheap although the answer to the command before it is still to come."""

LITERAL_MINUS_MAX = 4096
"""Largest literal that LITERAL- lets go without waiting (RFC 7888 section 5)."""


@dataclass(slots=True)
class Ticket:
    """A command on its way; `responses` are those that came for it and were not taken yet."""

    tag: bytes
    name: str
    started: float
    responses: deque[Response] = field(default_factory=deque, repr=False)
    status: bytes | None = None
    text: bytes = field(default=b"", repr=False)


class Wire:
    """One connection. Used by one thread at a time; `shut` may be called by any.

    Commands may be pipelined: `begin` several, then `finish` them in order. Untagged responses are booked to the
    oldest command that is not answered yet (servers answer in order unless told otherwise, RFC 3501 section 5.5).

    Methods raise OSError (TimeoutError when the server is silent for `timeout_s`), `ConnectionEnded` or
    `Unintelligible`; after any of them the connection is of no use.
    """

    def __init__(self, sock: socket.socket, timeout_s: float) -> None:
        self._connection = Connection(sock, timeout_s)
        self._outstanding: deque[Ticket] = deque()
        self._continued: bytes | None = None
        self.literal_plus = False
        self.literal_minus = False
        self.bye_text: bytes | None = None
        self.on_untagged: Callable[[Response], None] | None = None

    # -- commands

    def greeting(self) -> Response:
        """The server's first line (RFC 3501 section 7.1): kind OK, PREAUTH or BYE.

        Raises:
            Unintelligible: it is something else.
        """
        return self._connection.greeting()

    def begin(self, *arguments: Argument, name: str = "") -> Ticket:
        """Send a command; its literals wait for the server's go-ahead where they must.

        Args:
            arguments: sent with a space between them.
            name: what the log calls it; the first argument if empty.
        """
        first = arguments[0]
        ticket = self.open_command(name or (first.decode("ascii", "replace") if isinstance(first, bytes) else "?"))
        pending = bytearray(ticket.tag)
        for argument in arguments:
            pending += b" "
            if not isinstance(argument, Literal):
                pending += argument.value if isinstance(argument, Hidden) else argument
                continue
            at_once = self.sends_at_once(len(argument.value))
            pending += literal_header(len(argument.value), at_once=at_once)
            if not at_once:
                self.send(pending)
                pending = bytearray()
                if self.go_ahead(ticket) is None:
                    return ticket
            pending += argument.value
        self.send(pending + b"\r\n")
        return ticket

    def command(self, *arguments: Argument, name: str = "") -> Answer:
        """Send a command and wait for its end."""
        return self.finish(self.begin(*arguments, name=name))

    def open_command(self, name: str) -> Ticket:
        """A new tag whose command the caller sends itself with `send`."""
        ticket = Ticket(self._connection.new_tag(), name, time.monotonic())
        self._outstanding.append(ticket)
        return ticket

    def sends_at_once(self, size: int) -> bool:
        """Whether a literal of this size need not wait for the server's go-ahead (RFC 7888)."""
        return self.literal_plus or (self.literal_minus and size <= LITERAL_MINUS_MAX)

    def send(self, data: bytes | bytearray | memoryview) -> None:
        """Send bytes as they are. The timeout holds for each piece, so that a slow line may take its time."""
        if len(data) <= _SEND_PIECE:
            self._connection.send(data)
            return
        with memoryview(data) as view:
            for start in range(0, len(view), _SEND_PIECE):
                self._connection.send(view[start : start + _SEND_PIECE])

    # -- answers

    def finish(self, ticket: Ticket) -> Answer:
        """Read to the end of a command."""
        while ticket.status is None:
            self._read_response()
        responses = tuple(ticket.responses)
        ticket.responses.clear()
        return Answer(ticket.status, ticket.text, responses)

    def stream(self, ticket: Ticket) -> Iterator[Response]:
        """The untagged responses of a command as they come; ends when the command does.

        Another command may be finished in between: what comes meanwhile for this one is kept.
        """
        while True:
            while ticket.responses:
                yield ticket.responses.popleft()
            if ticket.status is not None:
                return
            self._read_response()

    def go_ahead(self, ticket: Ticket) -> bytes | None:
        """Wait for a continuation request; its text, or None if the command was ended instead."""
        while ticket.status is None:
            if self._continued is not None:
                text, self._continued = self._continued, None
                return text
            self._acknowledge_at_once()
            self._read_response()
        return None

    def _acknowledge_at_once(self) -> None:
        """Let TCP acknowledge without its usual delay, where the system can be told (for the next packet only).

        A server that holds back its go-ahead until its last answer is acknowledged (Nagle: Courier) otherwise costs
        40 ms a message, while there is nothing to send that would carry the acknowledgement.
        """
        if ACKNOWLEDGES_AT_ONCE:
            self._connection.set_option(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    # -- the connection

    def start_tls(self, wrap: Callable[[socket.socket], socket.socket]) -> None:
        """Put TLS on the connection after STARTTLS was answered OK.

        Whatever the server (or somebody in between) sent in plain text after that answer is thrown away unread: it
        must not pass for something said under TLS (CVE-2011-0411).
        """
        self._connection.start_tls(wrap)
        self._continued = None

    def say_goodbye(self) -> None:
        """Log out (RFC 3501 section 6.1.3)."""
        self.command(b"LOGOUT")

    def set_timeout(self, timeout_s: float) -> None:
        """Use another timeout from here on."""
        self._connection.set_timeout(timeout_s)

    def shut(self) -> None:
        """Cut the connection; a blocked call of another thread ends. Never raises."""
        self._connection.shut()

    def close(self) -> None:
        """Cut and release the connection. Never raises."""
        self._connection.close()

    def _read_response(self) -> None:
        try:
            said = self._connection.read()
        except ConnectionEnded:
            if self._outstanding and self._outstanding[0].name == "LOGOUT":
                self._settle(self._outstanding[0], b"OK", b"")
                return
            raise
        match said:
            case Response():
                self._take(said)
            case Continuation():
                self._continued = said.text
            case Tagged():
                self._end_command(said)
            case None:
                _log.debug("ignored a line that is not understood")

    def _take(self, response: Response) -> None:
        if response.kind == b"BYE":
            self.bye_text = response.text
        if self.on_untagged is not None:
            self.on_untagged(response)
        if self._outstanding:
            self._outstanding[0].responses.append(response)

    def _end_command(self, end: Tagged) -> None:
        ticket = next((one for one in self._outstanding if one.tag == end.tag), None)
        if ticket is not None and end.status in _FINAL_KINDS:
            self._settle(ticket, end.status, end.text)

    def _settle(self, ticket: Ticket, status: bytes, text: bytes) -> None:
        ticket.status, ticket.text = status, text
        self._outstanding.remove(ticket)
        took_ms = (time.monotonic() - ticket.started) * 1000
        _log.debug("%s: %s, %d responses, %.0f ms", ticket.name, status.decode(), len(ticket.responses), took_ms)
