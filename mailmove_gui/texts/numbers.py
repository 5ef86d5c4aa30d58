"""Numbers as people read them: counts, sizes, durations, rates."""

from mailmove_gui.texts.language import _, ngettext

_THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"
_KILO = 1000
_MINUTE_S = 60
_HOUR_S = 60 * _MINUTE_S
_DAY_S = 24 * _HOUR_S
_FEW_MINUTES = 10


def count(number: int) -> str:
    """Digits in groups of three, ``12 480``, with narrow no-break spaces (no decimal mark anywhere)."""
    return f"{number:,}".replace(",", _THIN_SPACE)


def messages(number: int) -> str:
    """``1 message``, ``12 480 messages``."""
    return ngettext("{n} message", "{n} messages", number).format(n=count(number))


def accounts(number: int) -> str:
    """``1 account``, ``30 accounts``."""
    return ngettext("{n} account", "{n} accounts", number).format(n=count(number))


def folders(number: int) -> str:
    """``1 folder``, ``14 folders``."""
    return ngettext("{n} folder", "{n} folders", number).format(n=count(number))


def size(size_bytes: int) -> str:
    """``512 bytes``, ``80 MB``, ``3.1 GB``: decimal units, two digits where the number is small."""
    if size_bytes < _KILO:
        return ngettext("{n} byte", "{n} bytes", size_bytes).format(n=size_bytes)
    value, units = size_bytes / _KILO, ["TB", "GB", "MB", "kB"]
    # Rounded, because 999.6 kB would be shown as "1000 kB".
    while len(units) > 1 and round(value) >= _KILO:
        value /= _KILO
        units.pop()
    return f"{_two_digits(value)} {units[-1]}"


def size_of(done_bytes: int, total_bytes: int) -> str:
    """``41 of 66 GB``, or ``900 MB of 66 GB`` where the units differ."""
    done, total = size(done_bytes), size(total_bytes)
    number, _space, unit = done.rpartition(" ")
    if unit == total.rpartition(" ")[2]:
        done = number
    return _("{done} of {total}").format(done=done, total=total)


def duration(seconds: float) -> str:
    """How long something took: ``4 s``, ``22 min``, ``2 h 10 min``, ``3 d 4 h``."""
    whole = max(0, round(seconds))
    if whole < _MINUTE_S:
        return _("{s} s").format(s=whole)
    if whole < _HOUR_S:
        minutes, rest = divmod(whole, _MINUTE_S)
        if rest and minutes < _FEW_MINUTES:
            return _("{min} min {s} s").format(min=minutes, s=rest)
        return _("{min} min").format(min=minutes)
    if whole < _DAY_S:
        hours, rest = divmod(whole, _HOUR_S)
        minutes = rest // _MINUTE_S
        return _("{h} h {min} min").format(h=hours, min=minutes) if minutes else _("{h} h").format(h=hours)
    days, rest = divmod(whole, _DAY_S)
    hours = rest // _HOUR_S
    return _("{d} d {h} h").format(d=days, h=hours) if hours else _("{d} d").format(d=days)


def estimate(seconds: float) -> str:
    """How long something will take: ``less than a minute``, ``about 2 h 10 min``, never exact."""
    if seconds < _MINUTE_S:
        return _("less than a minute")
    rounded = round(seconds / _MINUTE_S) * _MINUTE_S
    if seconds >= _HOUR_S:
        rounded = round(seconds / (10 * _MINUTE_S)) * 10 * _MINUTE_S
    return _("about {duration}").format(duration=duration(rounded))


def messages_per_minute(per_minute: float) -> str:
    """``240/min``, ``0.5/min``."""
    number = _two_digits(per_minute) if 0 < per_minute < _FEW_MINUTES else count(round(per_minute))
    return _("{n}/min").format(n=number)


def bytes_per_second(per_second: float) -> str:
    """``1.2 MB/s``."""
    return _("{size}/s").format(size=size(round(per_second)))


def percent(done: int, total: int) -> str:
    """``62 %``; 100 only when all is done."""
    share = 100 if done >= total else min(99, done * 100 // total)
    return f"{share}{_THIN_SPACE}%"


def _two_digits(value: float) -> str:
    """``3.1``, ``66``, ``412``, ``2`` (not ``2.0``)."""
    return f"{value:.1f}".removesuffix(".0") if round(value, 1) < _FEW_MINUTES else str(round(value))
