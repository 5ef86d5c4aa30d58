"""Hours in which nothing is moved, so that people have their line and their servers to themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

EVERY_DAY = frozenset(range(7))
_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `begin` to `end` (not included) on the clock on the wall; a day belongs to it by when it begins.

    An `end` that is not after `begin` is that of the next day, so that equal times are a whole day. `weekdays` are
    Python's: Monday is 0.
    """

    begin: time
    end: time
    weekdays: frozenset[int] = EVERY_DAY

    def end_after(self, now: datetime) -> datetime | None:
        """When the hours end inside which `now` is; None if it is in none."""
        # Those that began yesterday may go on after midnight.
        for day in (now.date() - _DAY, now.date()):
            begin, end = self._on(day, now)
            if day.weekday() in self.weekdays and begin <= now < end:
                return end
        return None

    def begin_after(self, now: datetime) -> datetime | None:
        """When the hours begin for the next time after `now`; None if they belong to no day of the week."""
        days = (now.date() + offset * _DAY for offset in range(_WEEK.days + 1))
        begins = (self._on(day, now)[0] for day in days if day.weekday() in self.weekdays)
        return next((begin for begin in begins if begin > now), None)

    def _on(self, day: date, now: datetime) -> tuple[datetime, datetime]:
        last_day = day if self.end > self.begin else day + _DAY
        return datetime.combine(day, self.begin, now.tzinfo), datetime.combine(last_day, self.end, now.tzinfo)


def next_allowed(now: datetime, quiet_hours: Iterable[QuietHours]) -> datetime | None:
    """When moving is allowed again; None if it is at `now`.

    The hours are those of the zone of `now`, and so is the answer. Hours that leave nothing of the week: a week later.
    """
    hours = tuple(quiet_hours)
    moment = now
    while moment < now + _WEEK:
        ends = [end for one in hours if (end := one.end_after(moment)) is not None]
        if not ends:
            break
        moment = max(ends)
    return moment if moment > now else None


def next_quiet(now: datetime, quiet_hours: Iterable[QuietHours]) -> datetime | None:
    """When the next quiet hours begin after `now`; None if there are none."""
    return min((begin for one in quiet_hours if (begin := one.begin_after(now)) is not None), default=None)
