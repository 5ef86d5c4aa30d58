"""imapclient on a socket of ours: the one module that knows the inner names of imapclient and imaplib.

Both are pinned, and `tests/mail/test_connection.py` holds what is relied on here against the installed versions.
"""

import contextlib
import imaplib
import socket
from collections.abc import Callable
from typing import IO, Any, cast

from imapclient import IMAPClient  # type: ignore[import-untyped]

from mailmove_gui.mail.syntax import STATUS_KINDS, Response, read_untagged

_READ_BUFFER = 64 * 1024
_MAX_LINE = 16 * 1024 * 1024
_MAX_LITERAL = 2 * 1024 * 1024 * 1024
# What imaplib says of a line that it does not know, and of the end of a connection.
_UNKNOWN_LINE = "unexpected "
_END_OF_FILE = "socket error: EOF"


class ConnectionEnded(Exception):
    """The server closed the connection."""


class Unintelligible(Exception):
    """What came is not of the protocol that was expected."""


class Continuation:
    """The server's go-ahead for a literal or a SASL answer; `text` is what stands behind the plus."""

    __slots__ = ("text",)

    def __init__(self, text: bytes) -> None:
        self.text = text


class Tagged:
    """The end of a command."""

    __slots__ = ("status", "tag", "text")

    def __init__(self, tag: bytes, status: bytes, text: bytes) -> None:
        self.tag = tag
        self.status = status
        self.text = text


class _Imap(imaplib.IMAP4):
    """imaplib on a connected socket, with room for the lines that large mailboxes are listed in."""

    def __init__(self, sock: socket.socket) -> None:
        self._connected = sock
        super().__init__()

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:  # noqa: ARG002
        self.host = host
        self.port = port
        self.use(self._connected)

    def use(self, sock: socket.socket) -> None:
        """Speak over this socket from here on; what was read ahead from another one is thrown away."""
        self.sock = sock
        self.file = cast(IO[bytes], sock.makefile("rb", buffering=_READ_BUFFER))

    def readline(self) -> bytes:
        # imaplib's own limit is global and smaller than the UIDs of a large folder on one line.
        line = cast(bytes, self.file.readline(_MAX_LINE))
        if len(line) >= _MAX_LINE and not line.endswith(b"\n"):
            raise Unintelligible
        if line.startswith(b"*") and not line.endswith(b"\n"):
            # Cut off in the middle of a line: also in the greeting, where imaplib takes it for no IMAP.
            raise ConnectionEnded
        return line[:-1] + b"\r\n" if line.endswith(b"\n") and not line.endswith(b"\r\n") else line

    def read(self, size: int) -> bytes:
        if size > _MAX_LITERAL:
            raise ConnectionEnded
        data = cast(bytes, self.file.read(size))
        if len(data) < size:
            raise ConnectionEnded
        return data

    def _get_capabilities(self) -> None:
        # Asked for by whoever needs them: the greeting often has them already, and a round trip is saved.
        self.capabilities = ("IMAP4REV1",)


class _Client(IMAPClient):  # type: ignore[misc]
    """imapclient over `_Imap`."""

    def __init__(self, sock: socket.socket, timeout_s: float) -> None:
        self._connected = sock
        super().__init__("", ssl=False, timeout=timeout_s)
        # imapclient turns imaplib's debugging on: every command and literal would be formatted for a log.
        self._imap.debug = 0

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802
        return _Imap(self._connected)


class Connection:
    """Lines and literals of one connection, in the order in which they come.

    Methods raise OSError, `ConnectionEnded` or `Unintelligible`; after any of them the connection is of no use.
    """

    def __init__(self, sock: socket.socket, timeout_s: float) -> None:
        self._sock = sock
        self._timeout_s = timeout_s
        sock.settimeout(timeout_s)
        self._client: _Client | None = None

    @property
    def _imap(self) -> Any:  # what is used of it is not in its type
        assert self._client is not None, "nothing is said before the greeting"
        return self._client._imap  # noqa: SLF001

    def greeting(self) -> Response:
        """The server's first line (RFC 3501 section 7.1): kind OK, PREAUTH or BYE."""
        try:
            self._client = _Client(self._sock, self._timeout_s)
            line: bytes = self._imap.welcome
        except imaplib.IMAP4.abort as error:
            raise (ConnectionEnded() if str(error) == _END_OF_FILE else Unintelligible()) from None
        except imaplib.IMAP4.error as error:
            line = error.args[0] if error.args and isinstance(error.args[0], bytes) else b""
        response = read_untagged(line) if line.startswith(b"* ") else None
        if response is None or response.kind not in {b"OK", b"PREAUTH", b"BYE"}:
            raise Unintelligible
        return response

    def new_tag(self) -> bytes:
        """A tag that was not used yet; its answer is waited for."""
        tag: bytes = self._imap._new_tag()  # noqa: SLF001
        return tag

    def send(self, data: bytes | bytearray | memoryview) -> None:
        """Send bytes as they are."""
        self._sock.sendall(data)

    def read(self) -> Response | Continuation | Tagged | None:
        """The next thing that the server says; None for a line that cannot be understood."""
        imap = self._imap
        imap.untagged_responses.clear()
        try:
            line: bytes | None = imap._get_response()  # noqa: SLF001
        except imaplib.IMAP4.abort as error:
            if str(error).startswith(_UNKNOWN_LINE):
                return None
            # Its text may quote what was received.
            raise ConnectionEnded from None
        if line is None:
            return Continuation(imap.continuation_response)
        if not line.startswith(b"* "):
            tag = line.partition(b" ")[0]
            status, (text,) = imap.tagged_commands.pop(tag)
            return Tagged(tag, status.encode("ascii"), text)
        response = read_untagged(line)
        if response is None or response.kind in STATUS_KINDS:
            return response
        # imaplib keeps each literal with the text before it, and at last the text behind them all.
        pieces = imap.untagged_responses.get(response.kind.decode("ascii"), [])
        parts = [response.text]
        for piece in pieces:
            if isinstance(piece, tuple):
                if len(parts) > 1:
                    parts.append(piece[0])
                parts.append(piece[1])
            elif len(parts) > 1:
                parts.append(piece)
        return Response(response.kind, response.number, tuple(parts))

    def start_tls(self, wrap: Callable[[socket.socket], socket.socket]) -> None:
        """Put TLS on the connection; what came in plain text until then and was not read is thrown away."""
        imap = self._imap
        imap.file.close()
        self._sock = wrap(self._sock)
        self._sock.settimeout(self._timeout_s)
        imap.use(self._sock)

    def set_timeout(self, timeout_s: float) -> None:
        """Use another timeout from here on."""
        self._timeout_s = timeout_s
        self._sock.settimeout(timeout_s)

    def set_option(self, level: int, option: int, value: int) -> None:
        """Set a socket option, if the system can."""
        with contextlib.suppress(OSError):
            self._sock.setsockopt(level, option, value)

    def shut(self) -> None:
        """Cut the connection; a blocked call of another thread ends. Never raises."""
        cut(self._sock)

    def close(self) -> None:
        """Cut and release the connection. Never raises."""
        self.shut()
        if self._client is not None:
            with contextlib.suppress(OSError, ValueError):
                self._imap.file.close()
        with contextlib.suppress(OSError):
            self._sock.close()


def cut(sock: socket.socket) -> None:
    """End a connection from any thread, TLS or not; whoever reads from it gets end of file. Never raises."""
    # The plain socket's method: SSLSocket's own forgets its TLS state, and a reader would take the rest as text.
    with contextlib.suppress(OSError, ValueError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
