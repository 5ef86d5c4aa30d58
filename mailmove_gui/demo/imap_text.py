"""IMAP's ways of writing things: modified UTF-7, quoted strings, sets of numbers, dates, flags."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone

from mailmove_gui.demo.wire import BadSyntax

SYSTEM_FLAGS = ("\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft")

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE_TIME = re.compile(r" ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)\Z")
_DATE = re.compile(r"(\d{1,2})-([A-Za-z]{3})-(\d{4})\Z")
_PRINTABLE_RUN = re.compile("[\x20-\x7e]+|[^\x20-\x7e]+")
_SHIFTED = re.compile(r"&([A-Za-z0-9+,]*)-")
_CANONICAL_FLAGS = {flag.upper(): flag for flag in SYSTEM_FLAGS}


def encode_name(name: str) -> bytes:
    """A folder name in modified UTF-7 (RFC 3501 §5.1.3)."""
    out = []
    for run in _PRINTABLE_RUN.findall(name):
        if run[0].isascii() and run[0].isprintable():
            out.append(run.replace("&", "&-"))
        else:
            coded = base64.b64encode(run.encode("utf-16-be", "surrogatepass")).decode().rstrip("=")
            out.append("&" + coded.replace("/", ",") + "-")
    return "".join(out).encode("ascii")


def decode_name(raw: bytes) -> str:
    """Reverse of `encode_name`. Raises ValueError for what is not modified UTF-7 in its canonical form."""

    def unshift(found: re.Match[str]) -> str:
        if not found[1]:
            return "&"
        coded = found[1].replace(",", "/")
        return base64.b64decode(coded + "=" * (-len(coded) % 4)).decode("utf-16-be")

    try:
        name = _SHIFTED.sub(unshift, raw.decode("ascii"))
    except (UnicodeDecodeError, binascii.Error) as error:
        raise ValueError("not modified UTF-7") from error
    if encode_name(name) != raw:
        raise ValueError("not modified UTF-7")
    return name


def quote(text: bytes) -> bytes:
    """A quoted string; `text` must be free of line ends."""
    return b'"' + text.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def format_date(moment: datetime) -> str:
    """An INTERNALDATE without its quotes, such as 02-Jan-2024 15:04:05 +0800."""
    offset = moment.utcoffset() or timedelta()
    minutes = round(offset.total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    zone = f"{sign}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
    return f"{moment.day:02}-{_MONTHS[moment.month - 1]}-{moment.year:04} {moment:%H:%M:%S} {zone}"


def parse_date(raw: bytes) -> datetime:
    """The date-time of an APPEND. Raises BadSyntax."""
    found = _DATE_TIME.match(raw.decode("latin-1"))
    try:
        if found is None:
            raise ValueError
        day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = found.groups()
        offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
        zone = timezone(-offset if sign == "-" else offset) if offset else UTC
        number = _MONTHS.index(month.capitalize()) + 1
        return datetime(int(year), number, int(day), int(hour), int(minute), int(second), tzinfo=zone)
    except ValueError as error:
        raise BadSyntax("Invalid date-time") from error


def parse_day(raw: bytes) -> tuple[int, int, int]:
    """The date of a SEARCH key as (year, month, day). Raises BadSyntax."""
    found = _DATE.match(raw.decode("latin-1"))
    try:
        if found is None:
            raise ValueError
        return int(found[3]), _MONTHS.index(found[2].capitalize()) + 1, int(found[1])
    except ValueError as error:
        raise BadSyntax("Invalid date") from error


def checked_flags(flags: Iterable[str], keywords_refused: bool) -> frozenset[str]:
    r"""Flags with the system ones in their usual spelling.

    Raises BadSyntax for unknown system flags (\Recent among them) and PermissionError for unwanted keywords.
    """
    checked = set()
    for flag in flags:
        if flag.startswith("\\"):
            if flag.upper() not in _CANONICAL_FLAGS:
                raise BadSyntax(f"Invalid system flag {flag}")
            checked.add(_CANONICAL_FLAGS[flag.upper()])
        elif keywords_refused:
            raise PermissionError(flag)
        else:
            checked.add(flag)
    return frozenset(checked)


def format_flags(flags: Iterable[str]) -> bytes:
    """A flag list, system flags first."""
    return ("(" + " ".join(sorted(flags, key=lambda flag: (not flag.startswith("\\"), flag))) + ")").encode()


def parse_set(raw: bytes) -> list[tuple[int | None, int | None]]:
    """A sequence set as ranges; None stands for `*`. Raises BadSyntax."""

    def number(part: bytes) -> int | None:
        if part == b"*":
            return None
        if not part.isdigit() or int(part) == 0:
            raise BadSyntax("Invalid sequence set")
        return int(part)

    ranges = []
    for part in raw.split(b","):
        first, colon, last = part.partition(b":")
        ranges.append((number(first), number(last) if colon else number(first)))
    return ranges


def format_set(uids: Sequence[int]) -> str:
    """Ascending UIDs as a set with ranges, such as 1:3,7."""
    ranges: list[list[int]] = []
    for uid in uids:
        if ranges and uid == ranges[-1][1] + 1:
            ranges[-1][1] = uid
        else:
            ranges.append([uid, uid])
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in ranges)
