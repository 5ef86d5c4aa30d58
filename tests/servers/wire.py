"""A small IMAP client of the tests' own, so that what they find does not rest on the code under test.

RFC 3501 with LITERAL+ (RFC 7888); names in modified UTF-7 (RFC 3501 §5.1.3).
"""

from __future__ import annotations

import base64
import re
import socket
import ssl
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

_TIMEOUT_S = 60.0
_LITERAL_AT_END = re.compile(rb"\{(\d+)\}\r\n\Z")
_TOKEN = re.compile(rb'[ ]*(?:(\()|(\))|"((?:[^"\\]|\\.)*)"|([^ ()"]+))')
_ESCAPED = re.compile(rb"\\(.)")

# A word of an answer: bytes (atom, string or literal), None for NIL, or a list in brackets.
Word = bytes | None | list["Word"]


class WireError(Exception):
    """The server said NO, BAD or BYE, or hung up; the text has its words."""


def encode_name(name: str) -> bytes:
    """A folder's name in modified UTF-7: "Entwürfe & Co" becomes b"Entw&APw-rfe &- Co"."""
    parts: list[bytes] = []
    for run in re.findall(r"[ -~]+|[^ -~]+", name):
        if " " <= run[0] <= "~":
            parts.append(run.replace("&", "&-").encode("ascii"))
        else:
            packed = base64.b64encode(run.encode("utf-16-be")).rstrip(b"=").replace(b"/", b",")
            parts.append(b"&" + packed + b"-")
    return b"".join(parts)


def decode_name(name: bytes) -> str:
    """The other way round. Raises ValueError for bytes that are no modified UTF-7."""

    def unpacked(match: re.Match[bytes]) -> bytes:
        packed = match[1].replace(b",", b"/")
        if not packed:
            return b"&"
        return base64.b64decode(packed + b"=" * (-len(packed) % 4), validate=True).decode("utf-16-be").encode()

    # A name in plain UTF-8 (RFC 6855 servers) comes through as it is.
    return re.sub(rb"&([^-]*)-", unpacked, name).decode()


def quoted(text: bytes) -> bytes:
    """A quoted string, for text without line ends."""
    return b'"' + text.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


@dataclass(frozen=True, slots=True)
class Answer:
    """One untagged answer: its text (without "* ") with `{n}` where literals were, and the literals."""

    text: bytes
    literals: tuple[bytes, ...]

    def words(self) -> list[Word]:
        """The answer as nested lists of words."""
        literals = iter(self.literals)
        stack: list[list[Word]] = [[]]
        position = 0
        while position < len(self.text):
            match = _TOKEN.match(self.text, position)
            if match is None:
                raise WireError(f"cannot read {self.text[position : position + 80]!r}")
            position = match.end()
            opened, closed, string, atom = match.groups()
            if opened:
                stack.append([])
            elif closed:
                inner = stack.pop()
                stack[-1].append(inner)
            elif string is not None:
                stack[-1].append(_ESCAPED.sub(rb"\1", string))
            elif re.fullmatch(rb"\{\d+\}", atom):
                stack[-1].append(next(literals))
            elif atom.upper() == b"NIL":
                stack[-1].append(None)
            else:
                stack[-1].append(atom)
        if len(stack) != 1:
            raise WireError(f"brackets do not match: {self.text[:200]!r}")
        return stack[0]


class Wire:
    """A connection to an IMAP server. A context manager: logs out and closes on exit.

    ca: certificate (PEM) to trust, with TLS from the start; None for a connection without TLS.
    Raises WireError for every answer but OK, OSError if the network fails.
    """

    def __init__(self, host: str, port: int, ca: Path | None = None, *, timeout_s: float = _TIMEOUT_S) -> None:
        plain = socket.create_connection((host, port), timeout=timeout_s)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket: socket.socket = plain
        try:
            if ca is not None:
                context = ssl.create_default_context(cafile=ca)
                self._socket = context.wrap_socket(plain, server_hostname=host)
            self._reader = self._socket.makefile("rb", buffering=1 << 18)
        except BaseException:
            plain.close()
            raise
        self._tags = 0
        self._capabilities: frozenset[bytes] | None = None
        self.greeting = self._reader.readline()
        if not self.greeting.startswith((b"* OK", b"* PREAUTH")):
            self.close()
            raise WireError(self.greeting.decode("utf-8", "replace"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self.run(b"LOGOUT")
        finally:
            self.close()

    def close(self) -> None:
        """Hangs up without a word."""
        self._reader.close()
        self._socket.close()

    def login(self, user: str, password: str) -> None:
        token = base64.b64encode(b"\0".join((b"", user.encode(), password.encode())))
        # The initial answer needs SASL-IR (RFC 4959), and every server tested here has it or takes another way.
        if b"AUTH=PLAIN" not in self.capabilities():
            self.run(b"LOGIN", quoted(user.encode()), quoted(password.encode()))
        elif b"SASL-IR" in self.capabilities():
            self.run(b"AUTHENTICATE PLAIN " + token)
        else:
            self._send(self._next_tag() + b" AUTHENTICATE PLAIN\r\n")
            self._await_continuation()
            self._send(token + b"\r\n")
            self._finish(b"%d" % self._tags)
        self._capabilities = None

    def capabilities(self) -> frozenset[bytes]:
        """What the server announces at this moment, in upper case."""
        if self._capabilities is None:
            lines = [answer.text for answer in self.run(b"CAPABILITY") if answer.text.startswith(b"CAPABILITY ")]
            self._capabilities = frozenset(lines[-1].upper().split()[1:])
        return self._capabilities

    def run(self, *parts: bytes) -> list[Answer]:
        """Sends one command and returns its untagged answers."""
        return list(self.stream(*parts))

    def stream(self, *parts: bytes) -> Iterator[Answer]:
        """As `run`, but gives each answer when it comes. Must be read to the end."""
        tag = self._next_tag()
        self._send(tag + b" " + b" ".join(parts) + b"\r\n")
        yield from self._answers(tag)

    def append(self, folder: bytes, messages: Sequence[tuple[bytes, bytes]]) -> bytes:
        """APPENDs (head, message) pairs, head being `(flags) "date" ` or empty, in one command if there are several.

        Several need MULTIAPPEND (RFC 3502). Returns the text of the OK.
        """
        tag = self._next_tag()
        plus = b"+" if b"LITERAL+" in self.capabilities() else b""
        pieces = [tag, b" APPEND ", folder]
        for head, message in messages:
            pieces.append(b" %s{%d%s}\r\n" % (head, len(message), plus))
            if not plus:
                self._send(b"".join(pieces))
                pieces.clear()
                self._await_continuation()
            pieces.append(message)
        pieces.append(b"\r\n")
        self._send(b"".join(pieces))
        return self._finish(tag)

    def _next_tag(self) -> bytes:
        self._tags += 1
        return b"%d" % self._tags

    def _send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def _finish(self, tag: bytes) -> bytes:
        answers = self._answers(tag)
        while True:
            try:
                next(answers)
            except StopIteration as end:
                status: bytes = end.value
                return status

    def _await_continuation(self) -> None:
        # Courier holds its "+" back until its last answer is acknowledged, which otherwise takes 40 ms.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        line = self._line()
        while line.startswith(b"* "):
            line = self._line()
        if not line.startswith(b"+"):
            raise WireError(line.decode("utf-8", "replace").strip())

    def _line(self) -> bytes:
        line = self._reader.readline()
        if not line.endswith(b"\n"):
            raise WireError("the server hung up")
        return line

    def _answers(self, tag: bytes) -> Generator[Answer, None, bytes]:
        """The untagged answers up to the one with the tag, whose text is the generator's result."""
        while True:
            text, literals = self._line(), []
            while match := _LITERAL_AT_END.search(text):
                size = int(match[1])
                literal = self._reader.read(size)
                if len(literal) != size:
                    raise WireError("the server hung up inside a literal")
                literals.append(literal)
                text = text[:-2] + self._line()
            text = text.rstrip(b"\r\n")
            if text.startswith(tag + b" "):
                status = text[len(tag) + 1 :]
                if not status.upper().startswith(b"OK"):
                    raise WireError(status.decode("utf-8", "replace"))
                return status
            if text.startswith(b"* "):
                yield Answer(text[2:], tuple(literals))


@dataclass(frozen=True, slots=True)
class ListedFolder:
    """A line of LIST or LSUB. path: decoded parts without the namespace's prefix. flags: in lower case."""

    name: bytes
    path: tuple[str, ...]
    flags: frozenset[bytes]

    @property
    def is_selectable(self) -> bool:
        return not self.flags & {b"\\noselect", b"\\nonexistent"}


@dataclass(frozen=True, slots=True)
class Namespace:
    """The personal namespace (RFC 2342): how paths become names on this server."""

    prefix: bytes
    separator: bytes

    def path_of(self, name: bytes) -> tuple[str, ...]:
        """(b"INBOX.Sent") -> ("Sent",) with the prefix "INBOX."; INBOX is ("INBOX",) in whatever case it comes."""
        if name.upper() == b"INBOX":
            return ("INBOX",)
        if self.prefix and name.startswith(self.prefix):
            name = name[len(self.prefix) :]
        parts = name.split(self.separator) if self.separator else [name]
        return tuple(decode_name(part) for part in parts)

    def name_of(self, path: Sequence[str]) -> bytes:
        """The other way round. Raises ValueError for a part that holds the separator."""
        if tuple(path) == ("INBOX",):
            return b"INBOX"
        parts = [encode_name(part) for part in path]
        if self.separator and any(self.separator in part for part in parts):
            raise ValueError(f"{path} cannot be named with the separator {self.separator!r}")
        return self.prefix + self.separator.join(parts)


def namespace_of(wire: Wire) -> Namespace:
    """The first personal namespace, or what LIST gives away on a server without NAMESPACE."""
    if b"NAMESPACE" in wire.capabilities():
        for answer in wire.run(b"NAMESPACE"):
            match answer.words():
                case [b"NAMESPACE", [[bytes(prefix), (bytes() | None) as separator, *_], *_], *_]:
                    return Namespace(prefix, separator or b"")
                case _:
                    continue
    for answer in wire.run(b"LIST", b'""', b'""'):
        match answer.words():
            case [b"LIST", [*_], (bytes() | None) as separator, *_]:
                return Namespace(b"", separator or b"")
            case _:
                continue
    raise WireError("the server does not say how its names are built")


def list_folders(wire: Wire, *, subscribed: bool = False) -> list[ListedFolder]:
    """All folders of the personal namespace, or those that are subscribed to, sorted by path."""
    namespace = namespace_of(wire)
    verb = b"LSUB" if subscribed else b"LIST"
    found: dict[bytes, ListedFolder] = {}
    # With a prefix such as "INBOX." the pattern "*" still shows all, other people's folders too: RFC 2342 §5.
    for pattern in {b"INBOX", namespace.prefix + b"*"}:
        for answer in wire.run(verb, b'""', quoted(pattern)):
            match answer.words():
                case [bytes(said), [*flags], _, bytes(name)] if said.upper() == verb:
                    lowered = frozenset(flag.lower() for flag in flags if isinstance(flag, bytes))
                    found[name] = ListedFolder(name, namespace.path_of(name), lowered)
                case _:
                    continue
    return sorted(found.values(), key=lambda folder: folder.path)
