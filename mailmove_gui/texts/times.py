"""Moments as people say them, in the zone of this computer."""

from datetime import UTC, datetime, timedelta

from mailmove_gui.texts.language import _, ngettext

_WEEK = 7


def moment(when: datetime, *, now: datetime | None = None) -> str:
    """``at 14:05``, ``tomorrow at 00:10``, ``on 2026-11-26 at 08:00``.

    Args:
        when: with a time zone.
        now: what counts as the present; the computer's clock if not given.
    """
    local = when.astimezone()
    today = (now or datetime.now(UTC)).astimezone().date()
    clock = f"{local:%H:%M}"
    if local.date() == today:
        return _("at {time}").format(time=clock)
    if local.date() == today + timedelta(days=1):
        return _("tomorrow at {time}").format(time=clock)
    return _("on {date} at {time}").format(date=local.date().isoformat(), time=clock)


def day(when: datetime | None) -> str:
    """``2014-03-02``, the day on this computer; empty for None."""
    return when.astimezone().date().isoformat() if when is not None else ""


def stamp(when: datetime, *, now: datetime | None = None) -> str:
    """``18:02``, ``2026-11-23 23:10``: a moment that is over, without the date if it is of today.

    Args:
        when: with a time zone.
        now: what counts as the present; the computer's clock if not given.
    """
    local = when.astimezone()
    is_today = local.date() == (now or datetime.now(UTC)).astimezone().date()
    return f"{local:%H:%M}" if is_today else f"{local.date().isoformat()} {local:%H:%M}"


def past(when: datetime, *, now: datetime | None = None) -> str:
    """``today at 14:05``, ``yesterday at 18:02``, ``3 days ago``, ``2026-11-12``.

    Args:
        when: with a time zone.
        now: what counts as the present; the computer's clock if not given.
    """
    local = when.astimezone()
    days = ((now or datetime.now(UTC)).astimezone().date() - local.date()).days
    if days <= 0:
        return _("today at {time}").format(time=f"{local:%H:%M}")
    if days == 1:
        return _("yesterday at {time}").format(time=f"{local:%H:%M}")
    if days < _WEEK:
        return ngettext("{n} day ago", "{n} days ago", days).format(n=days)
    return local.date().isoformat()
