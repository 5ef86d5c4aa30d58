"""Is this the same message? A cheap finder, and a proof."""

import contextlib
import hashlib
import re
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import parsedate_to_datetime

_KEY_FIELDS = (b"message-id", b"date", b"from", b"to", b"subject")
KEY_FIELD_NAMES = tuple(field.decode("ascii").upper() for field in _KEY_FIELDS)
"""Header fields that `header_key` reads, for BODY.PEEK[HEADER.FIELDS (...)]."""

# Some programs end lines with CR CR LF, of which servers make CR LF. Atomic, so that this is never taken for a line end
# and an empty line; tried only where a run of CR begins, so that a long run is not walked again from each of its bytes.
_ONE_LINE_END = rb"(?>(?<!\r)\r*+\n|\r)"
_LINE_END = re.compile(_ONE_LINE_END)
_END_OF_HEADER = re.compile(rb"(?:\A|" + _ONE_LINE_END + rb")" + _ONE_LINE_END)
_REPLACED = re.compile(rb"[\x00\x80-\xff]")
_CHARSET = re.compile(rb"charset\s*=\s*\"?([\w.:-]{1,40})", re.IGNORECASE)
_KEY_SIZE = 16
_NAMED, _UNNAMED = b"\1", b"\0"
_MAX_HEADER_BYTES = 4 * 1024 * 1024
_LONGEST_SHOWN = 500
_LONGEST_DECODED = 4 * _LONGEST_SHOWN


def header_key(header: bytes) -> bytes:
    """Hash of Message-ID, Date, From, To and Subject: finds candidates, proves nothing.

    Folding and runs of white space do not count, nor which 8-bit bytes stand in a header (Cyrus replaces each by an
    X, and Dovecot a NUL by one of them); so the key of a message is the same at every server that keeps its header.

    Args:
        header: a message, its header, or the answer to HEADER.FIELDS; what follows the first empty line is not read.

    Returns:
        16 bytes.
    """
    values = dict.fromkeys(_KEY_FIELDS, b"")
    for name, value in _fields(_only_header(header)):
        if name in values and not values[name]:
            values[name] = _REPLACED.sub(b"X", b" ".join(value.split()))
    digest = hashlib.blake2b(digest_size=_KEY_SIZE - 1)
    for field in _KEY_FIELDS:
        value = values[field]
        digest.update(len(value).to_bytes(4, "big"))
        digest.update(value)
    return digest.digest() + (_NAMED if values[b"message-id"] else _UNNAMED)


def names_one_message(key: bytes) -> bool:
    """Whether a header key holds a Message-ID: without one, other mail of the same size may well have the same key."""
    return key.endswith(_NAMED)


def content_hash(body: bytes) -> bytes:
    """SHA-256 of a message with line ends as CRLF and without final blank lines (32 bytes).

    Servers rewrite bare LF and CR CR LF, and add a final line end; none of it makes another message of it.
    """
    end = len(body)
    while end and body[end - 1] in b"\r\n":
        end -= 1
    if body.count(b"\r") == body.count(b"\n") == body.count(b"\r\n"):
        # As nearly all mail is; and a large message is not copied.
        with memoryview(body) as view:
            return hashlib.sha256(view[:end]).digest()
    return hashlib.sha256(_LINE_END.sub(b"\r\n", body[:end])).digest()


def describe_header(header: bytes) -> tuple[str, str, str]:
    """(date, sender, subject) as text for a list of messages: printable, in one line, at most 500 characters each.

    8-bit text is read as UTF-8, else by the charset that the message gives for its content (RFC 2045 section 5.1), else
    as GB18030; what still cannot be decoded is shown with replacement marks.
    """
    values: dict[bytes, bytes] = {}
    for name, value in _fields(_only_header(header)):
        values.setdefault(name, value)
    declared = _CHARSET.search(values.get(b"content-type", b""))
    charset = declared[1].decode("ascii", "replace") if declared else ""
    date, sender, subject = (_readable(values.get(name, b""), charset) for name in (b"date", b"from", b"subject"))
    return date, sender, subject


def header_date(value: str) -> datetime | None:
    """The value of a Date field (RFC 5322 section 3.3) as a moment; None if it is none. UTC where it names no zone."""
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo is not None else date.replace(tzinfo=UTC)


def _only_header(message: bytes) -> bytes:
    end = _END_OF_HEADER.search(message, 0, _MAX_HEADER_BYTES)
    return message[: end.start()] if end else message[:_MAX_HEADER_BYTES]


def _fields(header: bytes) -> list[tuple[bytes, bytes]]:
    fields: list[tuple[bytes, list[bytes]]] = []
    for line in _LINE_END.split(header):
        if line[:1] in (b" ", b"\t"):
            if fields:
                fields[-1][1].append(line)
            continue
        name, colon, value = line.partition(b":")
        if colon:
            fields.append((name.strip().lower(), [value]))
    return [(name, b" ".join(lines)) for name, lines in fields]


def _readable(value: bytes, charset: str) -> str:
    text = " ".join(_as_text(value, charset).split())[:_LONGEST_DECODED]
    # What cannot be decoded is shown as it stands there.
    with contextlib.suppress(LookupError, ValueError, HeaderParseError):
        text = "".join(
            piece if isinstance(piece, str) else piece.decode(_superset(encoding), "replace")
            for piece, encoding in decode_header(text)
        )
    printable = "".join(character if character.isprintable() else " " for character in text)
    return printable.strip()[:_LONGEST_SHOWN]


def _as_text(value: bytes, charset: str) -> str:
    for encoding in ("utf-8", charset, "gb18030"):
        try:
            return value.decode(encoding)
        except (LookupError, UnicodeError):
            continue
    return value.decode("utf-8", "replace")


def _superset(encoding: str | None) -> str:
    """The encoding to decode a piece of `decode_header` with."""
    if encoding is None:
        # What stands between encoded words; so `decode_header` packs text.
        return "raw-unicode-escape"
    # Written on mail that holds letters of its larger successors.
    return "gb18030" if encoding.lower() in {"gb2312", "gbk"} else encoding
