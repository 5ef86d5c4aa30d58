"""The IMAP line protocol (RFC 3501 sections 2.2 and 7) over a connected socket: tags, literals, answers in order.

Nothing here knows what a command means. imaplib is not used: it keeps a log of commands (passwords in it), limits
lines globally, rewrites line ends and gives up on any line that it does not know; servers send such lines.
"""

import contextlib
import logging
import re
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from mailmove_gui.mail.syntax import (
    STATUS_KINDS,
    Answer,
    Argument,
    Hidden,
    Literal,
    Response,
    literal_header,
    read_untagged,
)

_log = logging.getLogger("mailmove.mail")

_READ_BUFFER = 64 * 1024
_SEND_PIECE = 256 * 1024
_MAX_LINE = 16 * 1024 * 1024
_MAX_GREETING = 64 * 1024
_MAX_LITERAL = 2 * 1024 * 1024 * 1024
_LITERAL_AT_END = re.compile(rb"\{(\d{1,10})\+?\}$")
_FINAL_KINDS = frozenset({b"OK", b"NO", b"BAD"})
ACKNOWLEDGES_AT_ONCE = hasattr(socket, "TCP_QUICKACK")
"""Whether waiting for a go-ahead is cheap although the answer to the command before it is still to come."""

LITERAL_MINUS_MAX = 4096
"""Largest literal that LITERAL- lets go without waiting (RFC 7888 section 5)."""


class ConnectionEnded(Exception):
    """The server closed the connection."""


class NotImap(Exception):
    """What came is not IMAP."""


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

    Methods raise OSError (TimeoutError when the server is silent for `timeout_s`), `ConnectionEnded` or `NotImap`;
    after any of them the connection is of no use.
    """

    def __init__(self, sock: socket.socket, timeout_s: float) -> None:
        self._sock = sock
        self._timeout_s = timeout_s
        sock.settimeout(timeout_s)
        self._file = sock.makefile("rb", buffering=_READ_BUFFER)
        self._next_tag = 1
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
            NotImap: it is something else.
        """
        line = self._file.readline(_MAX_GREETING)
        if not line:
            raise ConnectionEnded
        response = read_untagged(line.rstrip(b"\r\n")) if line.startswith(b"* ") else None
        if response is None or response.kind not in {b"OK", b"PREAUTH", b"BYE"}:
            raise NotImap
        return response

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
        ticket = Ticket(b"M%d" % self._next_tag, name, time.monotonic())
        self._next_tag += 1
        self._outstanding.append(ticket)
        return ticket

    def sends_at_once(self, size: int) -> bool:
        """Whether a literal of this size need not wait for the server's go-ahead (RFC 7888)."""
        return self.literal_plus or (self.literal_minus and size <= LITERAL_MINUS_MAX)

    def send(self, data: bytes | bytearray | memoryview) -> None:
        """Send bytes as they are. The timeout holds for each piece, so that a slow line may take its time."""
        if len(data) <= _SEND_PIECE:
            self._sock.sendall(data)
            return
        with memoryview(data) as view:
            for start in range(0, len(view), _SEND_PIECE):
                self._sock.sendall(view[start : start + _SEND_PIECE])

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
            with contextlib.suppress(OSError):
                self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    # -- the connection

    def start_tls(self, wrap: Callable[[socket.socket], socket.socket]) -> None:
        """Put TLS on the connection after STARTTLS was answered OK.

        Whatever the server (or somebody in between) sent in plain text after that answer is thrown away unread: it
        must not pass for something said under TLS (CVE-2011-0411).
        """
        self._file.close()
        self._sock = wrap(self._sock)
        self._sock.settimeout(self._timeout_s)
        self._file = self._sock.makefile("rb", buffering=_READ_BUFFER)
        self._continued = None

    def set_timeout(self, timeout_s: float) -> None:
        """Use another timeout from here on."""
        self._timeout_s = timeout_s
        self._sock.settimeout(timeout_s)

    def shut(self) -> None:
        """Cut the connection; a blocked call of another thread ends. Never raises."""
        cut(self._sock)

    def close(self) -> None:
        """Cut and release the connection. Never raises."""
        self.shut()
        with contextlib.suppress(OSError, ValueError):
            self._file.close()
        with contextlib.suppress(OSError):
            self._sock.close()

    def _line(self) -> bytes:
        line = self._file.readline(_MAX_LINE)
        if not line.endswith(b"\n"):
            if len(line) >= _MAX_LINE:
                raise NotImap
            raise ConnectionEnded
        return line[:-2] if line.endswith(b"\r\n") else line[:-1]

    def _read_response(self) -> None:
        try:
            line = self._line()
        except ConnectionEnded:
            if self._outstanding and self._outstanding[0].name == "LOGOUT":
                self._settle(self._outstanding[0], b"OK", b"")
                return
            raise
        if line.startswith(b"* "):
            response = read_untagged(line)
            if response is None:
                _log.debug("ignored an untagged line of %d bytes", len(line))
                return
            if response.kind not in STATUS_KINDS and line.endswith(b"}"):
                response = self._with_literals(response)
            self._take(response)
        elif line.startswith(b"+"):
            self._continued = line[2:]
        else:
            self._end_command(line)

    def _with_literals(self, response: Response) -> Response:
        parts = list(response.parts)
        while match := _LITERAL_AT_END.search(parts[-1]):
            size = int(match[1])
            if size > _MAX_LITERAL:
                raise NotImap
            literal = self._file.read(size)
            if len(literal) < size:
                raise ConnectionEnded
            parts += [literal, self._line()]
        return Response(response.kind, response.number, tuple(parts))

    def _take(self, response: Response) -> None:
        if response.kind == b"BYE":
            self.bye_text = response.text
        if self.on_untagged is not None:
            self.on_untagged(response)
        if self._outstanding:
            self._outstanding[0].responses.append(response)

    def _end_command(self, line: bytes) -> None:
        tag, _, rest = line.partition(b" ")
        status, _, text = rest.partition(b" ")
        status = status.upper()
        ticket = next((one for one in self._outstanding if one.tag == tag), None)
        if ticket is None or status not in _FINAL_KINDS:
            _log.debug("ignored a line of %d bytes", len(line))
            return
        self._settle(ticket, status, text)

    def _settle(self, ticket: Ticket, status: bytes, text: bytes) -> None:
        ticket.status, ticket.text = status, text
        self._outstanding.remove(ticket)
        took_ms = (time.monotonic() - ticket.started) * 1000
        _log.debug("%s: %s, %d responses, %.0f ms", ticket.name, status.decode(), len(ticket.responses), took_ms)


def cut(sock: socket.socket) -> None:
    """End a connection from any thread, TLS or not; whoever reads from it gets end of file. Never raises."""
    # The plain socket's method: SSLSocket's own forgets its TLS state, and a reader would take the rest as text.
    with contextlib.suppress(OSError, ValueError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
