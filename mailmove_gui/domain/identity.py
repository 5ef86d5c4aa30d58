"""Is this the same message? A cheap finder, and a proof."""

import hashlib
import re
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import parsedate_to_datetime

_KEY_FIELDS = (b"message-id", b"date", b"from", b"to", b"subject")
KEY_FIELD_NAMES = tuple(field.decode("ascii").upper() for field in _KEY_FIELDS)
"""Header fields that `header_key` reads, for BODY.PEEK[HEADER.FIELDS (...)]."""

_LINE_END = re.compile(rb"\r\n|\r|\n")
# Some programs end lines with CR CR LF. Atomic, so that this is never taken for a line end and an empty line.
_HEADER_LINE_END = re.compile(rb"(?>\r*\n|\r)")
_END_OF_HEADER = re.compile(rb"(?:\A|(?>\r*\n|\r))(?>\r*\n|\r)")
_REPLACED = re.compile(rb"[\x00\x80-\xff]")
_KEY_SIZE = 16
_NAMED, _UNNAMED = b"\1", b"\0"
_MAX_HEADER_BYTES = 4 * 1024 * 1024


def header_key(header: bytes) -> bytes:
    """Hash of Message-ID, Date, From, To and Subject: finds candidates, proves nothing.

    Folding and runs of white space do not count, nor which 8-bit bytes stand in a header (Cyrus replaces each by an
    X) or whether NUL does (Dovecot makes 0x80 of it); so the key of a message is the same at every server that keeps
    its header.

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

    Servers rewrite bare LF and add a final line end; neither makes another message of it.
    """
    body = body.rstrip(b"\r\n")
    if b"\n" in body.replace(b"\r\n", b"") or b"\r" in body.replace(b"\r\n", b""):
        body = _LINE_END.sub(b"\r\n", body)
    return hashlib.sha256(body).digest()


def describe_header(header: bytes) -> tuple[str, str, str]:
    """(date, sender, subject) as text for a list of messages; undecodable parts are shown with replacement marks."""
    values: dict[bytes, str] = {}
    for name, value in _fields(_only_header(header)):
        values.setdefault(name, _readable(value))
    return values.get(b"date", ""), values.get(b"from", ""), values.get(b"subject", "")


def header_date(value: str) -> datetime | None:
    """The value of a Date field (RFC 5322 section 3.3) as a moment; None if it is none. UTC where it names no zone."""
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    return date if date.tzinfo is not None else date.replace(tzinfo=UTC)


def _only_header(message: bytes) -> bytes:
    end = _END_OF_HEADER.search(message, 0, _MAX_HEADER_BYTES)
    return message[: end.start()] if end else message[:_MAX_HEADER_BYTES]


def _fields(header: bytes) -> list[tuple[bytes, bytes]]:
    fields: list[tuple[bytes, bytes]] = []
    for line in _HEADER_LINE_END.split(header):
        if line[:1] in (b" ", b"\t"):
            if fields:
                name, value = fields[-1]
                fields[-1] = (name, value + b" " + line)
            continue
        name, colon, value = line.partition(b":")
        if colon:
            fields.append((name.strip().lower(), value))
    return fields


def _readable(value: bytes) -> str:
    text = " ".join(value.decode("utf-8", "replace").split())
    try:
        pieces = decode_header(text)
        decoded = "".join(
            piece if isinstance(piece, str) else piece.decode(charset or "ascii", "replace")
            for piece, charset in pieces
        )
    except (LookupError, ValueError, HeaderParseError):
        return text
    return "".join(character if character.isprintable() else " " for character in decoded)
