"""Bytes on the socket: a buffered connection, and IMAP arguments read from it one by one."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import time
from collections.abc import Callable
from typing import TypeVar

Item = TypeVar("Item")

LONGEST_LINE_BYTES = 1 << 20
LARGEST_LITERAL_BYTES = 1 << 30
LARGEST_NONMESSAGE_LITERAL_BYTES = 1 << 16

_CHUNK_BYTES = 1 << 16
_PATIENCE_S = 2.0
_LITERAL_AT_END = re.compile(rb"\{(\d{1,12})(\+?)\}\Z")
_ATOM = re.compile(rb'[^\x00-\x20\x7f(){%*"\\\]]+')
_ASTRING_ATOM = re.compile(rb'[^\x00-\x20\x7f(){%*"\\]+')
_LIST_ATOM = re.compile(rb'[^\x00-\x20\x7f(){"\\]+')
_QUOTED = re.compile(rb'"((?:[^"\\\r\n]|\\["\\])*)"')
_QUOTED_PAIR = re.compile(rb'\\(["\\])')
_NUMBER = re.compile(rb"\d{1,10}")


class Disconnected(Exception):
    """The other side has gone, or was told to."""


class BadSyntax(Exception):
    """A command that breaks the grammar: answered BAD."""


class Connection:
    """A socket with a read buffer. Used by one session's thread; only `shut_down` may come from another."""

    def __init__(self, sock: socket.socket, timeout_s: float) -> None:
        self._socket = sock
        self._buffer = bytearray()
        self._out: list[bytes] = []
        self._out_bytes = 0
        sock.settimeout(timeout_s)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @property
    def encrypted(self) -> bool:
        """Whether TLS is on."""
        return isinstance(self._socket, ssl.SSLSocket)

    def read_line(self) -> bytes:
        """The next line without its line end. Raises Disconnected, TimeoutError, BadSyntax when too long."""
        searched = 0
        while (end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            if searched > LONGEST_LINE_BYTES:
                raise BadSyntax("Too long line")
            self._buffer += self._receive()
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line.removesuffix(b"\r")

    def read_exactly(self, size_bytes: int) -> bytes:
        """The next `size_bytes`. Raises Disconnected, TimeoutError."""
        if len(self._buffer) < size_bytes:
            self.flush()
        while len(self._buffer) < size_bytes:
            self._buffer += self._receive()
        with memoryview(self._buffer) as view:
            content = bytes(view[:size_bytes])
        del self._buffer[:size_bytes]
        return content

    def write(self, *parts: bytes) -> None:
        """Queue bytes; sent by `flush`, before waiting for input, or when much has gathered."""
        self._out += parts
        self._out_bytes += sum(map(len, parts))
        if self._out_bytes > _CHUNK_BYTES:
            self.flush()

    def flush(self) -> None:
        """Send what was queued. Raises Disconnected."""
        if not self._out:
            return
        data = b"".join(self._out)
        self._out.clear()
        self._out_bytes = 0
        try:
            self._socket.sendall(data)
        except (OSError, ValueError) as error:
            raise Disconnected from error

    def start_tls(self, context: ssl.SSLContext) -> None:
        """Encrypt from here on; bytes that came before the handshake are dropped (RFC 2595 §4).

        Raises Disconnected when the handshake fails.
        """
        self.flush()
        self._buffer.clear()
        try:
            # In two steps, so that `shut_down` reaches the socket during the handshake.
            encrypted = context.wrap_socket(self._socket, server_side=True, do_handshake_on_connect=False)
            self._socket = encrypted
            encrypted.do_handshake()
        except (OSError, ValueError) as error:
            raise Disconnected from error

    def shut_down(self) -> None:
        """Wake a blocked read or write from another thread; it then raises Disconnected."""
        with contextlib.suppress(OSError):
            # Not SSLSocket.shutdown, which would take the TLS state away under the thread that uses it.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def hang_up(self) -> None:
        """Say nothing more, and let the client hear what was said.

        What it sends meanwhile is read away: to close a socket with something unread in it takes back what was sent.
        """
        self.flush()
        self._socket.settimeout(_PATIENCE_S)
        deadline = time.monotonic() + _PATIENCE_S
        with contextlib.suppress(OSError, ValueError):
            socket.socket.shutdown(self._socket, socket.SHUT_WR)
            while time.monotonic() < deadline and self._socket.recv(_CHUNK_BYTES):
                pass

    def close(self) -> None:
        """Release the socket; what is still queued is dropped."""
        self._socket.close()

    def _receive(self) -> bytes:
        self.flush()
        try:
            data = self._socket.recv(_CHUNK_BYTES)
        except TimeoutError:
            raise
        except (OSError, ValueError) as error:
            raise Disconnected from error
        if not data:
            raise Disconnected
        return data


class Arguments:
    """The rest of an IMAP command, parsed on demand (RFC 3501 §9); literals are read as they are reached."""

    def __init__(self, connection: Connection, line: bytes, literal_plus: bool) -> None:
        self._connection = connection
        self._line = line
        self._at = 0
        self._literal_plus = literal_plus

    def space(self) -> None:
        """One space."""
        self.expect(b" ")

    def expect(self, token: bytes) -> None:
        """Exactly these bytes, or BadSyntax."""
        if not self.skip(token):
            raise BadSyntax(f"Expected {token.decode()!r}")

    def skip(self, token: bytes) -> bool:
        """Whether these bytes (in any case) come next; they are then consumed."""
        end = self._at + len(token)
        if self._line[self._at : end].upper() != token.upper():
            return False
        self._at = end
        return True

    def end(self) -> None:
        """Nothing more, or BadSyntax."""
        if not self.at_end():
            raise BadSyntax("Unexpected extra arguments")

    def at_end(self) -> bool:
        """Whether all has been consumed."""
        return self._at == len(self._line)

    def peek(self) -> bytes:
        """The next byte, empty at the end."""
        return self._line[self._at : self._at + 1]

    def rest(self) -> bytes:
        """All that is left of the line."""
        rest = self._line[self._at :]
        self._at = len(self._line)
        return rest

    def atom(self) -> str:
        """An atom in upper case."""
        return self._match(_ATOM, "atom").decode("ascii", "replace").upper()

    def number(self) -> int:
        """A decimal number."""
        return int(self._match(_NUMBER, "number"))

    def word(self, pattern: re.Pattern[bytes], what: str) -> bytes:
        """What `pattern` matches next."""
        return self._match(pattern, what)

    def flag(self) -> str:
        """A flag: atom or backslash and atom, as written."""
        prefix = "\\" if self.skip(b"\\") else ""
        try:
            return prefix + self._match(_ATOM, "flag").decode("ascii")
        except UnicodeDecodeError as error:
            raise BadSyntax("Invalid flag") from error

    def flags(self) -> list[str]:
        """A parenthesised list of flags."""
        return self._list(self.flag)

    def strings(self) -> list[bytes]:
        """A parenthesised list of astrings."""
        return self._list(self.astring)

    def atoms(self) -> list[str]:
        """A parenthesised list of atoms."""
        return self._list(self.atom)

    def astring(self) -> bytes:
        """An atom, quoted string or literal."""
        return self._string_or(_ASTRING_ATOM)

    def list_pattern(self) -> bytes:
        """As astring, with `%` and `*`."""
        return self._string_or(_LIST_ATOM)

    def string(self) -> bytes:
        """A quoted string or literal."""
        return self._string_or(None)

    def quoted(self) -> bytes:
        """A quoted string."""
        return _QUOTED_PAIR.sub(rb"\1", self._match(_QUOTED, "quoted string")[1:-1])

    def literal_size(self) -> int:
        """Size announced by the literal header that is next; the literal is not asked for yet."""
        found = _LITERAL_AT_END.match(self._line, self._at)
        if found is None:
            raise BadSyntax("Expected a literal")
        if found[2] and not self._literal_plus:
            # What follows cannot be told from commands, so the connection is of no more use.
            self._connection.write(b"* BYE Non-synchronising literals are not supported\r\n")
            self._connection.flush()
            raise Disconnected
        return int(found[1])

    def literal(self, largest_bytes: int = LARGEST_NONMESSAGE_LITERAL_BYTES) -> bytes:
        """Read the literal whose header is next, asking for it unless it comes unasked, and the next line."""
        size_bytes = self.literal_size()
        if size_bytes > largest_bytes:
            raise BadSyntax("Too long argument")
        if not self._line.endswith(b"+}"):
            self._connection.write(b"+ OK\r\n")
        content = self._connection.read_exactly(size_bytes)
        self._line = self._connection.read_line()
        self._at = 0
        return content

    def discard(self) -> None:
        """Read away the non-synchronising literals that the client sends although the command has failed."""
        while (found := _LITERAL_AT_END.search(self._line)) and found[2] and self._literal_plus:
            left = int(found[1])
            while left:
                left -= len(self._connection.read_exactly(min(left, _CHUNK_BYTES)))
            self._line = self._connection.read_line()
        self._at = len(self._line)

    def _string_or(self, atom: re.Pattern[bytes] | None) -> bytes:
        match self.peek():
            case b'"':
                return self.quoted()
            case b"{":
                return self.literal()
            case _:
                if atom is None:
                    raise BadSyntax("Expected a string")
                return self._match(atom, "string")

    def _match(self, pattern: re.Pattern[bytes], what: str) -> bytes:
        found = pattern.match(self._line, self._at)
        if found is None:
            raise BadSyntax(f"Expected {what}")
        self._at = found.end()
        return found[0]

    def _list(self, item: Callable[[], Item]) -> list[Item]:
        items: list[Item] = []
        self.expect(b"(")
        while not self.skip(b")"):
            if items:
                self.space()
            items.append(item())
        return items
