"""INTERNALDATE (RFC 3501 section 9, date-time) to and from aware datetimes."""

import re
from datetime import UTC, datetime, timedelta, timezone

_MONTHS = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")
_MONTH_NUMBERS = {month.lower(): number for number, month in enumerate(_MONTHS, 1)}
_DATE_TIME = re.compile(
    rb"\s*(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})\s*", re.ASCII
)
_DAY = timedelta(days=1)
_LEAP_SECOND = 60


def parse_internal_date(text: bytes) -> datetime | None:
    """The date in its own zone, None if it is none (``00-Jan-0000`` and the like).

    A leap second counts as the second before it; a date whose zone is a day or more away from UTC is told in UTC.
    """
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        return None
    month = _MONTH_NUMBERS.get(match[2].lower())
    if month is None:
        return None
    offset = timedelta(hours=int(match[8]), minutes=int(match[9]))
    offset = -offset if match[7] == b"-" else offset
    day, year, hour, minute, second = (int(match[group]) for group in (1, 3, 4, 5, 6))
    try:
        local = datetime(year, month, day, hour, minute, 59 if second == _LEAP_SECOND else second, tzinfo=UTC)
        return local.replace(tzinfo=timezone(offset)) if abs(offset) < _DAY else local - offset
    except (ValueError, OverflowError):
        return None


def format_internal_date(date: datetime) -> bytes:
    """The date as APPEND takes it, quotes included; one without a zone is taken as UTC."""
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    offset = date.utcoffset() or timedelta()
    minutes = round(offset.total_seconds() / 60)
    # Zones with seconds exist (local mean time); IMAP has none.
    date = date.astimezone(timezone(timedelta(minutes=minutes)))
    sign = b"-" if minutes < 0 else b"+"
    hours, minutes = divmod(abs(minutes), 60)
    clock = (date.hour, date.minute, date.second)
    return b'"%2d-%s-%04d %02d:%02d:%02d %s%02d%02d"' % (
        date.day, _MONTHS[date.month - 1], date.year, *clock, sign, hours, minutes,
    )  # fmt: skip
