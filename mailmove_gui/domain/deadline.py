"""Whether a migration is ready before its source ends, and what would help if it is not."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from mailmove_gui.domain.estimate import ASSUMED_RATES, Rates, Work, estimate_work
from mailmove_gui.domain.plan import MessageOrder, Options
from mailmove_gui.domain.quiet_hours import QuietHours, next_allowed, next_quiet

_SPARE = timedelta(days=1)
_SPARE_SHARE = 0.2
_WORTH = 0.9
_LONGEST = timedelta(days=3650)
REMIND_DAYS = 30
"""How long before the source ends people are reminded of it, as providers advise."""


class Outlook(StrEnum):
    """How the expected end compares with the day on which the source ends."""

    IN_TIME = "in_time"
    TIGHT = "tight"
    TOO_LATE = "too_late"


class Remedy(StrEnum):
    """What would bring the end nearer, or the loss down."""

    MORE_AT_ONCE = "more_at_once"
    QUIET_HOURS = "quiet_hours"
    BANDWIDTH = "bandwidth"
    LEAVE_OUT_UNWANTED = "leave_out_unwanted"
    NEWEST_FIRST = "newest_first"
    ASK_PROVIDER = "ask_provider"


@dataclass(frozen=True, slots=True)
class Deadline:
    """How a migration stands to the end of its source.

    `ends` is the first moment of the day on which the source ends; `ready` is when everything is expected to have been
    moved, None if it never is (the quiet hours leave nothing of the week).
    """

    outlook: Outlook
    ends: datetime
    ready: datetime | None
    days_left: int
    remedies: tuple[Remedy, ...] = ()

    @property
    def reminds(self) -> bool:
        """Whether the end is near enough to be reminded of."""
        return self.days_left < REMIND_DAYS


def judge_deadline(
    works: Iterable[Work], options: Options, source_ends: date, now: datetime, rates: Rates = ASSUMED_RATES
) -> Deadline:
    """Hold the estimate against the day on which the source ends.

    Args:
        works: what is still to be moved, in the order in which accounts are started.
        options: how it is moved.
        source_ends: the day, on this computer, from whose beginning on nothing counts on the source any more.
        now: the present, in the zone of this computer.
        rates: how fast one account moves.
    """
    left = tuple(works)
    ends = datetime.combine(source_ends, time(), now.tzinfo)

    def ready_with(changed: Options, changed_works: Sequence[Work] = left) -> datetime | None:
        duration = estimate_work(changed_works, changed.accounts_at_once, limited(rates, changed)).duration
        return ready_at(now, duration, changed.quiet_hours)

    ready = ready_with(options)
    outlook = _outlook(now, ready, ends)
    remedies = () if outlook is Outlook.IN_TIME else tuple(_remedies(left, options, now, ready, ready_with))
    return Deadline(outlook, ends, ready, (source_ends - now.date()).days, remedies)


def limited(rates: Rates, options: Options) -> Rates:
    """The rates of one account where all together may take no more than the plan's bandwidth.

    Every message is read and written, so it takes the line twice.
    """
    if options.bandwidth_bytes_s is None:
        return rates
    share = options.bandwidth_bytes_s / 2 / max(1, options.accounts_at_once)
    return replace(rates, bytes_per_s=min(rates.bytes_per_s, share))


def ready_at(now: datetime, work: timedelta, quiet_hours: Iterable[QuietHours]) -> datetime | None:
    """When so much work will be over that rests in the quiet hours; None if they leave nothing, or too little.

    So it is of work for more than ten years: that is a rate that was measured while next to nothing moved.
    """
    if work > _LONGEST:
        return None
    hours = tuple(quiet_hours)
    moment, left = now, work
    while moment - now < _LONGEST:
        moment = next_allowed(moment, hours) or moment
        if next_allowed(moment, hours) is not None:
            return None
        begin = next_quiet(moment, hours)
        if begin is None or left <= begin - moment:
            return moment + left
        left -= begin - moment
        moment = begin
    return None


def _outlook(now: datetime, ready: datetime | None, ends: datetime) -> Outlook:
    if ready is None or ready > ends:
        return Outlook.TOO_LATE
    return Outlook.TIGHT if ends - ready < max(_SPARE, (ready - now) * _SPARE_SHARE) else Outlook.IN_TIME


def _remedies(
    works: Sequence[Work],
    options: Options,
    now: datetime,
    ready: datetime | None,
    ready_with: Callable[..., datetime | None],
) -> Iterable[Remedy]:
    def helps(changed: Options, changed_works: Sequence[Work] = works) -> bool:
        better = ready_with(changed, changed_works)
        return better is not None and (ready is None or better - now < (ready - now) * _WORTH)

    if helps(replace(options, accounts_at_once=2 * options.accounts_at_once)):
        yield Remedy.MORE_AT_ONCE
    if helps(replace(options, quiet_hours=())):
        yield Remedy.QUIET_HOURS
    if helps(replace(options, bandwidth_bytes_s=None)):
        yield Remedy.BANDWIDTH
    if helps(options, [work.without_unwanted() for work in works]):
        yield Remedy.LEAVE_OUT_UNWANTED
    if helps(options, [replace(work, daily_limits=()) for work in works]):
        yield Remedy.ASK_PROVIDER
    if options.order is not MessageOrder.NEWEST_FIRST:
        # It is not faster, but what is lost in the end is the oldest.
        yield Remedy.NEWEST_FIRST
