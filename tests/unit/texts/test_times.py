from datetime import UTC, datetime, timedelta

import pytest

from mailmove_gui.texts.times import past

NOW = datetime(2026, 11, 24, 18, 0).astimezone()


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(0), "today at 18:00"),
        (timedelta(hours=18), "today at 00:00"),
        (timedelta(hours=-1), "today at 19:00"),
        (timedelta(hours=18, minutes=1), "yesterday at 23:59"),
        (timedelta(days=1), "yesterday at 18:00"),
        (timedelta(days=2), "2 days ago"),
        (timedelta(days=6), "6 days ago"),
        (timedelta(days=7), "2026-11-17"),
    ],
)
def test_the_past_as_people_say_it(ago: timedelta, text: str) -> None:
    assert past((NOW - ago).astimezone(UTC), now=NOW) == text
