"""Messages that are easily taken for each other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_HEAD = b"From: Ann <ann@example.org>\r\nTo: all@example.org\r\nSubject: %b\r\nDate: Mon, 1 Jan 2024 09:00:00 +0000\r\n"
_REFUSED_MARK = b"X-Sample: refused\r\n"


def _mail(subject: bytes, body: bytes, *, more: bytes = b"") -> bytes:
    return _HEAD % subject + more + b"\r\n" + body


_ID = b"Message-ID: <same@example.org>\r\n"

CONTENTS: dict[str, bytes] = {
    "plain": _mail(b"plan", b"The plan.\r\n", more=_ID),
    "same header, longer": _mail(b"plan", b"The plan, and more of it.\r\n", more=_ID),
    "same id, other subject": _mail(b"other", b"The plan.\r\n", more=_ID),
    "no id": _mail(b"note", b"A note.\r\n"),
    "no id, same size": _mail(b"note", b"A vote.\r\n"),
    "header only": _mail(b"note", b""),
    "no header": b"\r\nNothing above this line.\r\n",
    "large": _mail(b"large", b"All work and no play makes a long message.\r\n" * 400, more=_ID),
    "refused": _mail(b"odd", b"Not wanted.\r\n", more=_REFUSED_MARK),
    "empty": b"",
}
"""By name. The destination takes neither "refused" nor "empty".

Not among them: two with one Message-ID, equal headers and equal sizes. Where each is the only one on its side, they
count as one message.
"""

_NAMES = {content: name for name, content in CONTENTS.items()}
_FIRST_DAY = datetime(2024, 1, 1, 9, 0, tzinfo=UTC)


def name_of(content: bytes) -> str:
    """The name of a message; one that is none of these is shown."""
    return _NAMES.get(content) or f"unknown message {content[:60]!r}"


def header_of(content: bytes) -> bytes:
    """The header of a message; several of these share one."""
    return content.partition(b"\r\n\r\n")[0]


def day(number: int) -> datetime:
    """An internal date."""
    return _FIRST_DAY + timedelta(days=number)


def refusal_of(content: bytes) -> str | None:
    """What the destination says to a message that it never takes."""
    return "[CANNOT] 554 5.7.1 message contains something that is not wanted" if _REFUSED_MARK in content else None
