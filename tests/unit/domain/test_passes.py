"""When the next pass begins, by the clock on the wall."""

from datetime import UTC, datetime, time, timedelta

import pytest

from mailmove_gui.domain.passes import NIGHTLY_S, next_pass_at, window_ends
from mailmove_gui.domain.plan import Options
from mailmove_gui.domain.quiet_hours import QuietHours


def wall(day: int, hour: int, minute: int = 0) -> datetime:
    """On this computer, in a January without change of clocks."""
    return datetime(2026, 1, day, hour, minute).astimezone()


@pytest.mark.parametrize(
    ("every_s", "finished", "begin"),
    [
        (None, wall(5, 12), None),
        (900, wall(5, 12), wall(5, 12, 15)),
        (3600, wall(5, 23, 30), wall(6, 0, 30)),
        (NIGHTLY_S, wall(5, 12), wall(6, 2)),
        (NIGHTLY_S, wall(5, 1), wall(5, 2)),
        # A nightly pass that took five minutes is followed by one in the next night.
        (NIGHTLY_S, wall(5, 2, 5), wall(6, 2)),
        (NIGHTLY_S, wall(5, 2), wall(6, 2)),
        (2 * NIGHTLY_S, wall(5, 12), wall(7, 2)),
    ],
)
def test_when_the_next_pass_begins(every_s: int | None, finished: datetime, begin: datetime | None) -> None:
    # Whatever zone the ledger has it in.
    assert next_pass_at(finished.astimezone(UTC), Options(pass_every_s=every_s)) == begin


@pytest.mark.parametrize(
    ("every_s", "finished", "begin"),
    [(3600, wall(5, 7, 30), wall(5, 18)), (3600, wall(5, 5), wall(5, 6)), (NIGHTLY_S, wall(5, 12), wall(6, 2))],
)
def test_quiet_hours_are_waited_for(every_s: int, finished: datetime, begin: datetime) -> None:
    options = Options(pass_every_s=every_s, quiet_hours=(QuietHours(time(8), time(18)),))
    assert next_pass_at(finished, options) == begin


def test_when_the_window_ends() -> None:
    assert window_ends(wall(5, 12), Options(window_days=10)) - wall(5, 12) == timedelta(days=10)
