"""The estimate held against the day on which the source ends."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from mailmove_gui.domain.deadline import Deadline, Outlook, Remedy, judge_deadline, ready_at
from mailmove_gui.domain.estimate import Rates, Work
from mailmove_gui.domain.findings import DailyLimit
from mailmove_gui.domain.plan import MessageOrder, Options
from mailmove_gui.domain.quiet_hours import QuietHours
from mailmove_gui.domain.reasons import Side

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)  # a Monday
OFFICE = QuietHours(time(8), time(18), frozenset(range(5)))
NIGHT = QuietHours(time(22), time(6))
ALWAYS = QuietHours(time(0), time(0))
RATES = Rates(messages_per_s=1, bytes_per_s=1_000_000)
HOUR = 3600
DAY = 24 * HOUR


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


@pytest.mark.parametrize(
    ("quiet", "work", "ready"),
    [
        ((), hours(5), NOW + hours(5)),
        ((), hours(0), NOW),
        # Monday noon is inside the office hours: it begins at 18:00.
        ((OFFICE,), hours(5), NOW + hours(6 + 5)),
        ((OFFICE,), hours(14), NOW + hours(6 + 14)),
        # Fourteen hours a night, and the weekend whole: Friday's office hours end on 5 June at 18:00.
        ((OFFICE,), hours(15), NOW + hours(30 + 1)),
        ((OFFICE,), hours(4 * 14 + 40), datetime(2026, 6, 7, 10, tzinfo=UTC)),
        ((NIGHT,), hours(10), NOW + hours(10)),
        ((NIGHT,), hours(11), NOW + hours(18 + 1)),
        # Two that overlap, and one that begins as another ends.
        ((OFFICE, QuietHours(time(17), time(20))), hours(1), NOW + hours(8 + 1)),
        ((OFFICE, QuietHours(time(18), time(20))), hours(1), NOW + hours(8 + 1)),
        ((ALWAYS,), hours(1), None),
        # More than any calendar has.
        ((), timedelta(days=10**8), None),
        ((OFFICE,), timedelta(days=10**8), None),
    ],
)
def test_work_rests_in_the_quiet_hours(quiet: tuple[QuietHours, ...], work: timedelta, ready: datetime | None) -> None:
    assert ready_at(NOW, work, quiet) == ready


def judged(works: list[Work], ends: date, **options: object) -> Deadline:
    return judge_deadline(works, replace(Options(accounts_at_once=1), **options), ends, NOW, RATES)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("messages", "ends", "outlook", "days_left"),
    [
        (HOUR, date(2026, 7, 1), Outlook.IN_TIME, 30),
        # Ready on 2 June at noon: a day and a half before the 4th, half a day before the 3rd, too late for the 2nd.
        (DAY, date(2026, 6, 4), Outlook.IN_TIME, 3),
        (DAY, date(2026, 6, 3), Outlook.TIGHT, 2),
        (DAY, date(2026, 6, 2), Outlook.TOO_LATE, 1),
        # A fifth of twenty days is more than a day: ready on the 21st at noon.
        (20 * DAY, date(2026, 6, 25), Outlook.TIGHT, 24),
        (20 * DAY, date(2026, 6, 26), Outlook.IN_TIME, 25),
        (0, date(2026, 6, 1), Outlook.TOO_LATE, 0),
        (0, date(2026, 5, 1), Outlook.TOO_LATE, -31),
    ],
)
def test_outlook(messages: int, ends: date, outlook: Outlook, days_left: int) -> None:
    found = judged([Work("a", messages, 0)], ends)
    assert (found.outlook, found.days_left) == (outlook, days_left)
    assert found.ready == NOW + timedelta(seconds=messages)
    assert found.reminds is (days_left < 30)


SOON = date(2026, 6, 2)


@pytest.mark.parametrize(
    ("works", "options", "remedies"),
    [
        ([Work("a", DAY, 0)], {}, ()),
        ([Work("a", DAY, 0), Work("b", DAY, 0)], {}, (Remedy.MORE_AT_ONCE,)),
        ([Work("a", DAY, 0), Work("b", DAY, 0)], {"accounts_at_once": 2}, ()),
        ([Work("a", DAY, 0)], {"quiet_hours": (OFFICE,)}, (Remedy.QUIET_HOURS,)),
        ([Work("a", DAY, 0)], {"quiet_hours": (ALWAYS,)}, (Remedy.QUIET_HOURS,)),
        ([Work("a", 0, DAY * 1_000_000)], {"bandwidth_bytes_s": 100_000}, (Remedy.BANDWIDTH,)),
        ([Work("a", 0, DAY * 1_000_000)], {"bandwidth_bytes_s": 10_000_000}, ()),
        ([Work("a", DAY, 0, unwanted_messages=DAY // 2)], {}, (Remedy.LEAVE_OUT_UNWANTED,)),
        ([Work("a", DAY, 0, unwanted_messages=DAY // 20)], {}, ()),
        ([Work("a", DAY, 9_000, (DailyLimit(Side.SOURCE, "Old", 1_000),))], {}, (Remedy.ASK_PROVIDER,)),
        ([Work("a", DAY, 0)], {"order": MessageOrder.OLDEST_FIRST}, (Remedy.NEWEST_FIRST,)),
    ],
)
def test_what_would_help(works: list[Work], options: dict[str, object], remedies: tuple[Remedy, ...]) -> None:
    assert judged(works, SOON, **options).remedies == remedies


def test_nothing_is_advised_where_there_is_time() -> None:
    assert judged([Work("a", DAY, 0), Work("b", DAY, 0)], date(2026, 12, 31)).remedies == ()
