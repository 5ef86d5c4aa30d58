"""What the board says of the deadline, from what is left and how fast it goes."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from mailmove_gui.desktop.models.deadline import DeadlineWatch
from mailmove_gui.desktop.models.pace import Pace, Rate
from mailmove_gui.desktop.models.rows import BoardRow, summarize
from mailmove_gui.domain.deadline import Outlook
from mailmove_gui.domain.plan import MigrationPlan, Options
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.providers import Provider, ProviderLimits
from mailmove_gui.domain.states import AccountState
from mailmove_gui.texts.deadline import DeadlineWords
from tests.desktop.services import OLD, account

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY_S = 24 * 3600
MONTH_END = date(2026, 6, 30)
S = AccountState


def row(state: AccountState, total: int, moved: int = 0, name: str = "anna") -> BoardRow:
    return BoardRow(account(name), state, Counts(total, moved), expected_messages=total)


def said(
    watch: DeadlineWatch, *rows: BoardRow, rate: Rate | None = None, at_s: float = 0.0, now: datetime = NOW
) -> DeadlineWords | None:
    return watch.look(rows, replace(summarize(rows, Pace(), at_s), rate=rate), at_s, now)


def watching(
    source_ends: date | None = MONTH_END, options: Options | None = None, providers: dict[str, Provider] | None = None
) -> DeadlineWatch:
    watch = DeadlineWatch()
    watch.begin(providers or {})
    watch.take_plan(MigrationPlan(options=options or Options(), source_ends=source_ends))
    return watch


def outlook(words: DeadlineWords | None) -> Outlook | None:
    assert words is not None
    return words.outlook


def test_without_a_day_nothing_is_said() -> None:
    assert said(watching(None), row(S.MOVING, 100)) is None


def test_before_anything_is_counted_the_day_alone_is_said() -> None:
    words = said(watching(), row(S.NOT_STARTED, 0))
    assert words is not None
    assert words.text == "The source ends on 2026-06-30, in 29 days."


def test_when_all_is_moved_that_is_said() -> None:
    words = said(watching(), row(S.DONE, 100, 100))
    assert words is not None
    assert words.text.endswith("everything has been moved.")


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        # At 25 messages a second, as is assumed: 10 days, 26 days, 40 days; the month has 28 and a half left.
        (10 * DAY_S * 25, Outlook.IN_TIME),
        (26 * DAY_S * 25, Outlook.TIGHT),
        (40 * DAY_S * 25, Outlook.TOO_LATE),
    ],
)
def test_the_assumed_rate_counts_until_something_was_measured(total: int, expected: Outlook) -> None:
    assert outlook(said(watching(), row(S.READY, total))) is expected


def test_the_measured_rate_counts_and_is_kept_over_a_pause() -> None:
    watch = watching()
    ten_days = 10 * DAY_S * 25
    slow = Rate(messages_per_minute=60 * 25 / 4, bytes_per_second=0)
    assert outlook(said(watch, row(S.MOVING, ten_days), rate=slow)) is Outlook.TOO_LATE
    assert outlook(said(watch, row(S.PAUSED, ten_days), at_s=60)) is Outlook.TOO_LATE
    # Two that move at that pace together have half of it each, and no more is left than before.
    half = ten_days // 2
    together = (row(S.MOVING, half), row(S.MOVING, half, name="bo"))
    fast = Rate(messages_per_minute=60 * 25, bytes_per_second=0)
    assert outlook(said(watch, *together, rate=fast, at_s=120)) is Outlook.IN_TIME


def test_a_pace_of_next_to_nothing_has_no_end() -> None:
    crawling = Rate(messages_per_minute=1e-6, bytes_per_second=0)
    words = said(watching(), row(S.MOVING, 10**9), rate=crawling)
    assert words is not None
    assert "no end in sight" in words.text


def test_what_a_limit_of_ones_own_holds_back_is_not_taken_for_the_servers_pace() -> None:
    limit = 200_000
    watch = watching(options=Options(bandwidth_bytes_s=limit, accounts_at_once=1))
    shown = replace_bytes(row(S.MOVING, 1000), 40 * DAY_S * limit // 2)
    words = said(watch, shown, rate=Rate(messages_per_minute=1, bytes_per_second=limit / 2))
    assert outlook(words) is Outlook.TOO_LATE
    assert words is not None
    assert "Raise the bandwidth limit." in words.advice


def replace_bytes(shown: BoardRow, size_bytes: int) -> BoardRow:
    shown.expected_bytes = size_bytes
    return shown


def test_the_providers_daily_limit_comes_into_it() -> None:
    old = Provider("old", "Old Mail", limits=ProviderLimits(download_bytes_a_day=1_000_000))
    shown = replace_bytes(row(S.READY, 100), 60_000_000)
    words = said(watching(providers={OLD.host: old}), shown)
    assert outlook(words) is Outlook.TOO_LATE
    assert words is not None
    assert "daily limit" in words.advice


def test_what_is_left_out_and_what_is_done_does_not_count() -> None:
    much = 40 * DAY_S * 25
    others = (row(S.SKIPPED, much), row(S.DONE, much, much, "bo"))
    assert outlook(said(watching(), row(S.READY, 10, name="cy"), *others)) is Outlook.IN_TIME


def test_it_is_worked_out_now_and_then_and_at_once_when_the_plan_changes() -> None:
    watch = watching()
    much = row(S.READY, 40 * DAY_S * 25)
    assert outlook(said(watch, much)) is Outlook.TOO_LATE
    few = row(S.READY, 10)
    assert outlook(said(watch, few, at_s=1)) is Outlook.TOO_LATE
    assert outlook(said(watch, few, at_s=6)) is Outlook.IN_TIME
    watch.take_plan(MigrationPlan(source_ends=date(2026, 6, 1)))
    assert outlook(said(watch, few, at_s=6)) is Outlook.TOO_LATE
    watch.take_plan(MigrationPlan())
    assert said(watch, few, at_s=6) is None
