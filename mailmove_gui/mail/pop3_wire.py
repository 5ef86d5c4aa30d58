"""Lines and multi-line answers of one POP3 connection (RFC 1939 section 3).

Not poplib: it waits for each answer before the next command, has a line limit below what real messages hold, and drops
a carriage return at the beginning of a line.
"""

import socket
from collections.abc import Callable, Iterator
from typing import IO, NamedTuple, cast

from mailmove_gui.mail.connection import ConnectionEnded, Unintelligible, cut
from mailmove_gui.mail.syntax import Hidden

_READ_BUFFER = 64 * 1024
_MAX_LINE = 8192
_PIECE = 1024 * 1024
_MAX_MESSAGE = 2 * 1024 * 1024 * 1024


class Status(NamedTuple):
    """The first line of an answer: whether it is +OK, and what stands behind that or -ERR."""

    ok: bool
    text: bytes


class Pop3Wire:
    """One connection. Used by one thread at a time; `shut` may be called by any.

    Where the server can (PIPELINING, RFC 2449 section 6.6), several commands may be sent before the first answer is
    read; answers come in the order of the commands.

    Methods raise OSError (TimeoutError when the server is silent for `timeout_s`), `ConnectionEnded` or
    `Unintelligible`; after any of them the connection is of no use.
    """

    def __init__(self, sock: socket.socket, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._use(sock)

    def _use(self, sock: socket.socket) -> None:
        self._sock = sock
        sock.settimeout(self._timeout_s)
        self._file = cast(IO[bytes], sock.makefile("rb", buffering=_READ_BUFFER))

    @property
    def bye_text(self) -> bytes | None:
        """None: a POP3 server says nothing before it leaves (RFC 1939 section 3)."""
        return None

    def send(self, command: bytes | Hidden) -> None:
        """Send a command line."""
        self._sock.sendall((command.value if isinstance(command, Hidden) else command) + b"\r\n")

    def status(self) -> Status:
        """The first line of the next answer."""
        line = self._line()
        word, _, text = line.partition(b" ")
        if word not in {b"+OK", b"-ERR"}:
            raise Unintelligible
        return Status(word == b"+OK", text)

    def go_ahead(self) -> Status | None:
        """The server's request for more of a command (RFC 5034 section 4); its answer if it ended the command."""
        line = self._line()
        if line.startswith(b"+") and not line.startswith(b"+OK"):
            return None
        word, _, text = line.partition(b" ")
        return Status(word == b"+OK", text)

    def lines(self) -> Iterator[bytes]:
        """What follows the first line of a multi-line answer, line by line, without line ends."""
        while (line := self._line()) != b".":
            yield line[1:] if line.startswith(b".") else line

    def text(self) -> bytes:
        """What follows the first line of a multi-line answer, its line ends as they came."""
        text = bytearray()
        at_start = True
        while True:
            piece = self._file.readline(_PIECE)
            if not piece or len(text) > _MAX_MESSAGE:
                raise ConnectionEnded
            if at_start and piece.startswith(b"."):
                if piece in {b".\r\n", b".\n"}:
                    return bytes(text)
                piece = piece[1:]
            text += piece
            at_start = piece.endswith(b"\n")

    def start_tls(self, wrap: Callable[[socket.socket], socket.socket]) -> None:
        """Put TLS on the connection after STLS was answered +OK; what came before that and was not read is dropped."""
        self._file.close()
        self._use(wrap(self._sock))

    def set_timeout(self, timeout_s: float) -> None:
        """Use another timeout from here on."""
        self._timeout_s = timeout_s
        self._sock.settimeout(timeout_s)

    def say_goodbye(self) -> None:
        """Log out (RFC 1939 section 5)."""
        self.send(b"QUIT")
        self.status()

    def shut(self) -> None:
        """Cut the connection; a blocked call of another thread ends. Never raises."""
        cut(self._sock)

    def close(self) -> None:
        """Cut and release the connection. Never raises."""
        self.shut()
        try:
            self._file.close()
            self._sock.close()
        except (OSError, ValueError):
            return

    def _line(self) -> bytes:
        line = self._file.readline(_MAX_LINE)
        if not line:
            raise ConnectionEnded
        if not line.endswith(b"\n"):
            raise Unintelligible
        return line.rstrip(b"\r\n")
