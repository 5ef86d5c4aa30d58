r"""FETCH responses (RFC 3501 section 7.4.2) as values.

Nearly every server answers in one shape, which one regular expression reads; imapclient's parser reads the rest. What
is no IMAP at all because of a message's keywords is read by a second expression: the message must not be lost for them.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from mailmove_gui.domain.messages import Flags
from mailmove_gui.mail.dates import parse_internal_date
from mailmove_gui.mail.parsing import parse_items
from mailmove_gui.mail.syntax import Response

_log = logging.getLogger("mailmove.mail")

_USUAL = re.compile(
    rb"\((?:(?:"
    rb"UID (?P<uid>\d{1,10})"
    rb"|RFC822\.SIZE (?P<size>\d{1,20})"
    rb'|INTERNALDATE "(?P<date>[^"\\]*)"'
    rb"|FLAGS \((?P<flags>[^()]*)\)"
    rb"|X-GM-MSGID (?P<email_id>\d{1,20})"
    rb"|MODSEQ \(\d{1,20}\)"
    rb"|BODY\[(?:HEADER\.FIELDS \([^()]*\))?\] (?P<body>\{\d{1,10}\}|\"\"|NIL)"
    rb") ?)*\)",
    re.ASCII | re.IGNORECASE,
)
# Keywords that are no atoms, with brackets in them: no parser can make a list of these. They end where an item begins.
_ODD_KEYWORDS = re.compile(
    rb"FLAGS \((.*?)\)(?=\)\Z| (?:UID|RFC822\.SIZE|INTERNALDATE|MODSEQ|BODY\[))", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """One FETCH response. None: not in it. `has_body` is also True where the body came as NIL (`body` None)."""

    sequence: int
    uid: int | None = None
    size_bytes: int | None = None
    internal_date: datetime | None = None
    flags: Flags | None = None
    body: bytes | None = None
    has_body: bool = False
    email_id: str | None = None

    def over(self, earlier: "Fetched") -> "Fetched":
        """This response laid over an earlier one for the same message."""
        return Fetched(
            self.sequence,
            self.uid if self.uid is not None else earlier.uid,
            self.size_bytes if self.size_bytes is not None else earlier.size_bytes,
            self.internal_date if self.internal_date is not None else earlier.internal_date,
            self.flags if self.flags is not None else earlier.flags,
            self.body if self.has_body else earlier.body,
            self.has_body or earlier.has_body,
            self.email_id if self.email_id is not None else earlier.email_id,
        )


def merged(responses: Iterable[Response]) -> Iterator[Fetched]:
    """FETCH responses among others, those for one message laid over each other."""
    together: dict[int, Fetched] = {}
    for response in responses:
        if response.kind == b"EXPUNGE":
            # Sequence numbers mean other messages from here on.
            yield from together.values()
            together.clear()
        elif response.kind == b"FETCH":
            fetched = read_fetch(response)
            if fetched is not None:
                earlier = together.get(fetched.sequence)
                together[fetched.sequence] = fetched if earlier is None else fetched.over(earlier)
    yield from together.values()


def read_fetch(response: Response) -> Fetched | None:
    """Read a FETCH response, None for one that cannot be understood."""
    text = b"".join(response.parts[0::2])
    return _read_usual(response, text) or _read_unusual(response) or _read_with_odd_keywords(response, text)


def _read_usual(response: Response, text: bytes) -> Fetched | None:
    """Read `text`, which is all of the response but its literals."""
    literals = response.parts[1::2]
    match = _USUAL.fullmatch(text) if len(literals) <= 1 else None
    if match is None:
        return None
    uid, size, date, flags, body, email_id = match.group("uid", "size", "date", "flags", "body", "email_id")
    return Fetched(
        response.number or 0,
        int(uid) if uid is not None else None,
        int(size) if size is not None else None,
        parse_internal_date(date) if date is not None else None,
        _flags_of(flags) if flags is not None else None,
        _body(body, literals),
        body is not None,
        email_id.decode("ascii") if email_id is not None else None,
    )


def _read_with_odd_keywords(response: Response, text: bytes) -> Fetched | None:
    keywords = _ODD_KEYWORDS.search(text)
    if keywords is None:
        return None
    fetched = _read_usual(response, text[: keywords.start(1)] + text[keywords.end(1) :])
    return replace(fetched, flags=_flags_of(keywords[1])) if fetched is not None else None


def _body(mark: bytes | None, literals: tuple[bytes, ...]) -> bytes | None:
    if literals:
        return literals[0]
    return b"" if mark == b'""' else None


@lru_cache(maxsize=4096)
def _flags_of(text: bytes) -> Flags:
    return _as_flags(text.split())


def _as_flags(flags: Iterable[bytes]) -> Flags:
    r"""`\Recent` is left out: it belongs to the session, not to the message (RFC 3501 section 2.3.2)."""
    return frozenset(_flag_text(flag) for flag in flags if flag.lower() != b"\\recent")


def _flag_text(flag: bytes) -> str:
    try:
        return flag.decode("utf-8")
    except UnicodeDecodeError:
        return flag.decode("latin-1")


def _read_unusual(response: Response) -> Fetched | None:
    try:
        (items,) = parse_items(response)
        values = {_token(items[index]).upper(): items[index + 1] for index in range(0, len(items) - 1, 2)}
    except (ValueError, IndexError, TypeError) as error:
        _log.debug("a FETCH response is no proper one: %s", error)
        return None
    bodies = [key for key in values if key.startswith((b"BODY[]", b"BODY[HEADER", b"RFC822")) and key != b"RFC822.SIZE"]
    body = values[bodies[0]] if bodies else None
    date = values.get(b"INTERNALDATE")
    flags = values.get(b"FLAGS")
    return Fetched(
        response.number or 0,
        _number(values.get(b"UID")),
        _number(values.get(b"RFC822.SIZE")),
        parse_internal_date(date) if isinstance(date, bytes) else None,
        _as_flags(_token(flag) for flag in flags if flag is not None) if isinstance(flags, tuple) else None,
        bytes(body) if isinstance(body, bytes | bytearray) else _unparsed_number(body),
        bool(bodies),
        None if (email_id := _number(values.get(b"X-GM-MSGID"))) is None else str(email_id),
    )


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) else None


def _token(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes | bytearray) else str(value).encode()


def _unparsed_number(value: Any) -> bytes | None:
    """A body that is sent as an atom of digits comes as a number."""
    return str(value).encode() if isinstance(value, int) else None
