"""What may be changed while accounts run: how many at once, how fast, and when not. No Qt."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from mailmove_gui.domain.passes import NIGHTLY_S
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.quiet_hours import EVERY_DAY, QuietHours, next_allowed
from mailmove_gui.texts import _, ngettext, numbers

MEGABYTE = 1_000_000
MOST_AT_ONCE = 50
_HOUR_S = 3600
_USUAL_PASSES_S = (900, _HOUR_S, NIGHTLY_S)
_ALL_WEEK = timedelta(days=7)
_SEPARATOR = " \N{MIDDLE DOT} "


@dataclass(frozen=True, slots=True)
class Control:
    """What of a plan may change while accounts run.

    `bandwidth_bytes_s` None is no bound, `pass_every_s` None no pass but the first.
    """

    accounts_at_once: int = 4
    bandwidth_bytes_s: int | None = None
    quiet_hours: tuple[QuietHours, ...] = ()
    pass_every_s: int | None = None
    source_ends: date | None = None

    @classmethod
    def of(cls, plan: MigrationPlan) -> "Control":
        """That of a plan."""
        options = plan.options
        return cls(
            options.accounts_at_once,
            options.bandwidth_bytes_s,
            options.quiet_hours,
            options.pass_every_s,
            plan.source_ends,
        )

    def put_into(self, plan: MigrationPlan) -> MigrationPlan:
        """The plan with this in it."""
        options = replace(
            plan.options,
            accounts_at_once=self.accounts_at_once,
            bandwidth_bytes_s=self.bandwidth_bytes_s,
            quiet_hours=self.quiet_hours,
            pass_every_s=self.pass_every_s,
        )
        return replace(plan, options=options, source_ends=self.source_ends)


def control_text(control: Control) -> str:
    """What holds accounts back: ``at most 2 MB/s · quiet 08:00–18:00 Mon–Fri``; empty if nothing does."""
    parts = []
    if control.bandwidth_bytes_s is not None:
        parts.append(_("at most {rate}").format(rate=numbers.bytes_per_second(control.bandwidth_bytes_s)))
    if control.quiet_hours:
        hours = _(", ").join(map(hours_text, control.quiet_hours))
        parts.append(_("quiet {hours}").format(hours=hours))
    return _SEPARATOR.join(parts)


def pass_choices(present: int | None) -> tuple[int | None, ...]:
    """What can be chosen between two passes, in seconds: the usual ones, and what the plan has now."""
    usual = (None, *_USUAL_PASSES_S)
    return usual if present in usual else (*usual, present)


def passes_text(pass_every_s: int | None) -> str:
    """``Off``, ``Every hour``, ``Every 20 minutes``."""
    if pass_every_s is None:
        return _("Off")
    if pass_every_s >= NIGHTLY_S:
        return _("Every night")
    if pass_every_s == _HOUR_S:
        return _("Every hour")
    minutes = max(1, round(pass_every_s / 60))
    return ngettext("Every {n} minute", "Every {n} minutes", minutes).format(n=minutes)


def hours_text(hours: QuietHours) -> str:
    """``08:00–18:00 Mon–Fri``; without days if it is every day."""
    clock = f"{hours.begin:%H:%M}\N{EN DASH}{hours.end:%H:%M}"
    return clock if hours.weekdays == EVERY_DAY else f"{clock} {days_text(hours.weekdays)}"


def days_text(weekdays: Iterable[int]) -> str:
    """``Mon–Fri``, ``Sat, Sun``, ``Mon, Wed``."""
    names = day_names()
    runs = groupby(enumerate(sorted(weekdays)), key=lambda place_and_day: place_and_day[1] - place_and_day[0])
    parts: list[str] = []
    for _key, members in runs:
        days = [names[day] for _place, day in members]
        parts += [f"{days[0]}\N{EN DASH}{days[-1]}"] if len(days) > 2 else days
    return _(", ").join(parts)


def day_names() -> tuple[str, ...]:
    """Short names of the days of a week, Monday first."""
    return _("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")


def long_day_names() -> tuple[str, ...]:
    """Names of the days of a week, Monday first."""
    return _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")


def problem_of(quiet_hours: Iterable[QuietHours], now: datetime) -> str:
    """Why hours cannot be taken, in a sentence; empty if they can.

    Args:
        quiet_hours: in the order of their rows.
        now: with the zone of this computer.
    """
    hours = tuple(quiet_hours)
    for number, one in enumerate(hours, 1):
        if not one.weekdays:
            return _("Row {n} has no day: choose one, or remove the row.").format(n=number)
    until = next_allowed(now, hours)
    if until is not None and until >= now + _ALL_WEEK:
        return _("These hours leave no time to move anything: shorten one of them.")
    return ""
