"""Arguments and responses of IMAP (RFC 3501 sections 4, 7 and 9) as values."""

import re
from dataclasses import dataclass, field
from typing import TypeAlias

_NUMBERED = re.compile(rb"(\d{1,10}) ([A-Za-z-]+) ?")
_NAMED = re.compile(rb"([A-Za-z0-9-]+) ?")
_RESPONSE_CODE = re.compile(rb"\s*\[([^\s\]]+)(?: ([^\]]*))?\]\s*")
STATUS_KINDS = frozenset({b"OK", b"NO", b"BAD", b"BYE", b"PREAUTH"})
"""Kinds of responses that carry a text instead of data."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A command argument that is sent as a literal; its repr does not show it, for it may be a password."""

    value: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Hidden:
    """A command argument that is sent as it is and shown in no repr."""

    value: bytes = field(repr=False)


Argument: TypeAlias = bytes | Literal | Hidden


@dataclass(frozen=True, slots=True)
class Response:
    """An untagged response, such as ``* 12 FETCH (...)``.

    `kind` is in upper case; `parts` is what follows it: text, literal, text, literal, ..., text. No repr shows what a
    server said: it may be mail, or an echo of the login.
    """

    kind: bytes
    number: int | None
    parts: tuple[bytes, ...] = field(repr=False)

    @property
    def text(self) -> bytes:
        """The text before the first literal."""
        return self.parts[0]


@dataclass(frozen=True, slots=True)
class Answer:
    """The end of a command: OK, NO or BAD with its text, and the untagged responses before it."""

    status: bytes
    text: bytes = field(repr=False)
    responses: tuple[Response, ...] = field(default=(), repr=False)

    @property
    def ok(self) -> bool:
        """Whether the command was carried out."""
        return self.status == b"OK"

    def code(self, name: bytes) -> bytes | None:
        """Argument of response code `name` of the tagged or any untagged status line; None if it did not come."""
        texts = [self.text, *(response.text for response in self.responses if response.kind in STATUS_KINDS)]
        for text in texts:
            found = response_code(text)
            if found is not None and found[0] == name:
                return found[1]
        return None

    def of_kind(self, kind: bytes) -> list[Response]:
        """The untagged responses of one kind."""
        return [response for response in self.responses if response.kind == kind]


def response_code(text: bytes) -> tuple[bytes, bytes] | None:
    """(name in upper case, argument) of the response code that a status text begins with (RFC 3501 section 7.1)."""
    match = _RESPONSE_CODE.match(text)
    return (match[1].upper(), match[2] or b"") if match else None


def quoted(value: bytes) -> bytes | None:
    """`value` as a quoted string, None if it can only be sent as a literal (RFC 3501 section 4.3)."""
    if any(byte < 0x20 or byte >= 0x7F for byte in value):
        return None
    return b'"' + value.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def string_argument(value: bytes) -> Argument:
    """`value` as a quoted string if it can be one, else as a literal."""
    return quoted(value) or Literal(value)


def literal_header(size: int, *, at_once: bool) -> bytes:
    """What announces a literal, up to and including the line end."""
    return b"{%d+}\r\n" % size if at_once else b"{%d}\r\n" % size


def read_untagged(line: bytes) -> Response | None:
    """Read a line that begins with an asterisk, its literals not yet with it; None if it has no kind."""
    rest = line[2:]
    match = _NUMBERED.match(rest)
    if match:
        return Response(match[2].upper(), int(match[1]), (rest[match.end() :],))
    match = _NAMED.match(rest)
    if match:
        return Response(match[1].upper(), None, (rest[match.end() :],))
    return None
