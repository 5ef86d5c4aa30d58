from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailmove_gui.domain.quiet_hours import QuietHours, next_allowed

WORK = QuietHours(time(8), time(18), frozenset(range(5)))
NIGHT = QuietHours(time(22), time(6))
WEDNESDAY = datetime(2026, 6, 3, tzinfo=UTC)


def at(hour: int, minute: int = 0, *, days: int = 0) -> datetime:
    return WEDNESDAY + timedelta(days=days, hours=hour, minutes=minute)


@pytest.mark.parametrize(
    ("hours", "now", "allowed"),
    [
        ((), at(12), None),
        ((WORK,), at(7, 59), None),
        ((WORK,), at(8), at(18)),
        ((WORK,), at(17, 59), at(18)),
        ((WORK,), at(18), None),
        ((WORK,), at(12, days=3), None),
        ((NIGHT,), at(21, 59), None),
        ((NIGHT,), at(23), at(6, days=1)),
        ((NIGHT,), at(1), at(6)),
        ((NIGHT,), at(6), None),
        # One begins as the other ends.
        ((WORK, QuietHours(time(18), time(20))), at(9), at(20)),
        ((NIGHT, QuietHours(time(5), time(7))), at(23), at(7, days=1)),
        # The longer of two.
        ((QuietHours(time(9), time(10)), WORK), at(9), at(18)),
    ],
)
def test_when_moving_is_allowed_again(hours: tuple[QuietHours, ...], now: datetime, allowed: datetime | None) -> None:
    assert next_allowed(now, hours) == allowed


def test_hours_over_midnight_belong_to_the_day_on_which_they_begin() -> None:
    friday_night = QuietHours(time(22), time(6), frozenset({4}))
    assert next_allowed(at(23, days=2), [friday_night]) == at(6, days=3)
    assert next_allowed(at(1, days=3), [friday_night]) == at(6, days=3)
    assert next_allowed(at(1, days=2), [friday_night]) is None
    assert next_allowed(at(23, days=3), [friday_night]) is None


def test_equal_times_are_a_whole_day() -> None:
    sunday = QuietHours(time(0), time(0), frozenset({6}))
    assert next_allowed(at(10, days=4), [sunday]) == at(0, days=5)


def test_hours_that_leave_nothing_are_looked_at_again_in_a_week() -> None:
    allowed = next_allowed(at(10), [QuietHours(time(0), time(0))])
    assert allowed is not None
    assert allowed - at(10) >= timedelta(days=7)


def test_the_clock_on_the_wall_counts() -> None:
    # On 2026-03-29 the clocks of Berlin go from 02:00 to 03:00.
    now = datetime(2026, 3, 28, 23, tzinfo=ZoneInfo("Europe/Berlin"))
    allowed = next_allowed(now, [NIGHT])
    assert allowed is not None
    assert (allowed.hour, allowed.astimezone(UTC).hour) == (6, 4)
