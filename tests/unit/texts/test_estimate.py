import re
from datetime import UTC, datetime, timedelta

import pytest

from mailmove_gui.domain.estimate import Estimate
from mailmove_gui.domain.findings import DailyLimit
from mailmove_gui.domain.reasons import Side
from mailmove_gui.texts.estimate import assumption, estimate_sentence

# In the zone of this computer, whatever it is.
NOON = datetime(2026, 11, 24, 12, 1).astimezone()
GMAIL = DailyLimit(Side.SOURCE, "Gmail", 2_500_000_000)


@pytest.mark.parametrize(
    ("duration", "limit", "said"),
    [
        (timedelta(seconds=20), None, "Less than a minute for 2 accounts, ready today at 12:10."),
        (timedelta(hours=4, minutes=20), None, "About 4 h 20 min for 2 accounts, ready today at 16:30."),
        (timedelta(hours=12), None, "About 12 h for 2 accounts, ready tomorrow at 00:10."),
        (
            timedelta(days=2),
            GMAIL,
            "About 2 d for 2 accounts, ready on 2026-11-26 at 12:10; limited by Gmail's 2.5 GB a day.",
        ),
    ],
)
def test_how_long_it_takes(duration: timedelta, limit: DailyLimit | None, said: str) -> None:
    estimate = Estimate(duration, limit, dict.fromkeys("ab", duration))
    assert estimate_sentence(estimate, NOON) == said
    assert estimate_sentence(estimate, NOON.astimezone(UTC)) == said


def test_what_is_assumed_is_said() -> None:
    assert re.search(r"\d+ messages a second and [\d.]+ MB/s", assumption())
