import pytest

from mailmove_gui.desktop.models.pace import LEAST_S, WINDOW_S, Pace
from mailmove_gui.domain.progress import Counts


def counts(settled: int, total: int = 1000) -> Counts:
    return Counts(total=total, moved=settled, bytes_moved=settled * 1000)


def observe(pace: Pace, at_s: float, seen: Counts) -> None:
    pace.observe(at_s, seen.settled, seen.bytes_moved)


def test_a_steady_rate_is_told_with_what_is_left() -> None:
    pace = Pace()
    for second in range(11):
        observe(pace, second, counts(second * 10))
    rate = pace.rate(10)
    assert rate is not None
    assert rate.messages_per_minute == pytest.approx(600)
    assert rate.bytes_per_second == pytest.approx(10_000)
    assert pace.left_s(10, counts(100)) == pytest.approx(90)


def test_nothing_is_said_before_it_was_watched_for_some_seconds() -> None:
    pace = Pace()
    assert pace.rate(0) is None
    observe(pace, 0, counts(0))
    observe(pace, LEAST_S - 0.1, counts(50))
    assert pace.rate(LEAST_S - 0.1) is None
    assert pace.rate(LEAST_S) is not None


def test_only_the_last_minute_counts() -> None:
    pace = Pace()
    for second in range(121):
        observe(pace, second, counts(second * 100 if second <= 60 else 6000 + (second - 60), total=10_000))
    rate = pace.rate(120)
    assert rate is not None
    assert rate.messages_per_minute == pytest.approx(60, rel=0.05)


def test_a_server_that_stands_still_slows_the_rate_down() -> None:
    pace = Pace()
    observe(pace, 0, counts(0))
    observe(pace, 10, counts(100))
    early, late = pace.rate(10), pace.rate(40)
    assert early is not None
    assert late is not None
    assert late.messages_per_minute == pytest.approx(early.messages_per_minute / 4)


def test_what_is_left_is_unknown_while_nothing_moves() -> None:
    pace = Pace()
    observe(pace, 0, counts(5))
    observe(pace, 10, counts(5))
    assert pace.left_s(10, counts(5)) is None


def test_messages_to_be_tried_again_begin_a_new_window() -> None:
    pace = Pace()
    observe(pace, 0, counts(0))
    observe(pace, 10, counts(500))
    observe(pace, 20, counts(400))
    assert pace.rate(20) is None
    observe(pace, 30, counts(500))
    rate = pace.rate(30)
    assert rate is not None
    assert rate.messages_per_minute == pytest.approx(600)


def test_a_day_of_news_does_not_fill_the_memory() -> None:
    pace = Pace()
    for tenth in range(20_000):
        observe(pace, tenth / 10, counts(tenth, total=30_000))
    assert len(pace._samples) < 300
    rate = pace.rate(2000)
    assert rate is not None
    assert rate.messages_per_minute == pytest.approx(600, rel=0.02)
    assert pace._samples[0][0] <= 2000 - WINDOW_S
