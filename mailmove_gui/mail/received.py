"""When a message arrived, read from the message itself, where the server does not tell."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.parser import BytesHeaderParser
from email.policy import compat32

from mailmove_gui.domain.identity import header_date

_MOST_BYTES = 256 * 1024
_EPOCH = datetime(1970, 1, 2, tzinfo=UTC)
_CLOCK_SKEW = timedelta(days=2)


def arrival_date(message: bytes, now: datetime | None = None) -> datetime | None:
    """When the last server took the message: the date of the topmost Received field, else of the Date field.

    Fields whose date cannot be true (unreadable, before 1970, in the future) are passed over.

    Args:
        message: a message, or its header.
        now: the present; the clock's if None.

    Returns:
        None if no field has a date (RFC 5321 section 4.4, RFC 5322 section 3.6.1).
    """
    latest = (now or datetime.now(UTC)) + _CLOCK_SKEW
    return next((date for date in _dates(message[:_MOST_BYTES]) if _EPOCH <= date <= latest), None)


def _dates(header: bytes) -> Iterator[datetime]:
    fields = BytesHeaderParser(policy=compat32).parsebytes(header, headersonly=True)
    stamps = [str(value).rpartition(";")[2] for value in fields.get_all("Received", [])]
    for value in (*stamps, *(str(value) for value in fields.get_all("Date", []))):
        date = header_date(value.strip())
        if date is not None:
            yield date
