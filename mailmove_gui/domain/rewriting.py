"""What servers do to a message that is not as mail should be: what tempts them, and what they have done."""

import re
from dataclasses import dataclass

from mailmove_gui.domain.records import Change

_BLANK_LINE = b"\r\n\r\n"
_EIGHT_BIT = re.compile(rb"[\x80-\xff]")
# Dovecot puts this in place of NUL, Cyrus an X in place of each 8-bit byte of a header.
_ZERO, _FOR_ZERO, _FOR_LETTER = b"\0", b"\x80", b"X"


@dataclass(frozen=True, slots=True)
class Oddities:
    """What a server may want to change in a message; all false for mail that keeps to RFC 5322 in its lines."""

    zero_bytes: bool
    header_letters: bool
    bare_line_ends: bool
    open_end: bool


def oddities(body: bytes) -> Oddities:
    """Look for zero bytes, 8-bit bytes in the header, CR or LF alone, and a last line without its end."""
    line_ends = body.count(b"\r\n")
    return Oddities(
        zero_bytes=_ZERO in body,
        header_letters=not _header(body).isascii(),
        bare_line_ends=body.count(b"\n") != line_ends or body.count(b"\r") != line_ends,
        open_end=not body.endswith(b"\n"),
    )


def changes_between(sent: bytes, found: bytes) -> frozenset[Change]:
    """In which ways a server has changed a message; `REWRITTEN` if in a way that has no name."""
    if sent == found:
        return frozenset()
    made: set[Change] = set()
    if _ZERO in sent and _ZERO not in found:
        sent = sent.replace(_ZERO, _FOR_ZERO)
        made.add(Change.ZERO_BYTES)
    header = _header(sent)
    if not header.isascii() and _header(found).isascii():
        sent = _EIGHT_BIT.sub(_FOR_LETTER, header) + sent[len(header) :]
        made.add(Change.HEADER_LETTERS)
    if sent != found:
        if _without_line_ends(sent) != _without_line_ends(found):
            return frozenset({Change.REWRITTEN})
        made.add(Change.LINE_ENDS)
    return frozenset(made)


def _header(body: bytes) -> bytes:
    end = body.find(_BLANK_LINE)
    return body if end < 0 else body[:end]


def _without_line_ends(body: bytes) -> bytes:
    """The message with its lines in order, however they end, and without blank ones at its end."""
    return body.replace(b"\r", b"").rstrip(b"\n")
