"""How long a migration will take."""

from datetime import timedelta

import pytest

from mailmove_gui.domain.estimate import ASSUMED_RATES, Rates, daily_limits, estimate, measured_rates
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.findings import AccountCheck, DailyLimit, FolderFinding
from mailmove_gui.domain.folders import INBOX, Folder, FolderMapping
from mailmove_gui.domain.providers import Provider, ProviderLimits
from mailmove_gui.domain.reasons import Reason, Side

RATES = Rates(messages_per_s=10, bytes_per_s=1000)
MAPPING = FolderMapping(Folder(INBOX), INBOX, exists=True, renamed=False)
DAY = 86_400
DOWN = DailyLimit(Side.SOURCE, "Old", 1000)
UP = DailyLimit(Side.DESTINATION, "New", 500)


def check(name: str, messages: int, size_bytes: int | None, *limits: DailyLimit) -> AccountCheck:
    return AccountCheck(name, folders=(FolderFinding(MAPPING, messages, size_bytes),), daily_limits=limits)


def failed(name: str) -> AccountCheck:
    return AccountCheck(name, source_failure=Failure(Reason.WRONG_PASSWORD, Side.SOURCE))


@pytest.mark.parametrize(
    ("checks", "at_once", "seconds", "limited_by"),
    [
        ([], 4, 0, None),
        ([failed("a")], 4, 0, None),
        ([check("a", 0, 0, DOWN)], 4, 0, None),
        # A hundred years is the most that is said.
        ([check("a", 10**15, 0), check("b", 10**15, 0)], 1, 100 * 365 * DAY, None),
        # 10 s for its messages, 5 s for its bytes.
        ([check("a", 100, 5000)], 1, 15, None),
        # One after the other, side by side, and three on two places.
        ([check("a", 100, 0), check("b", 100, 0)], 1, 20, None),
        ([check("a", 100, 0), check("b", 100, 0)], 2, 10, None),
        ([check("a", 100, 0), check("b", 100, 0), check("c", 50, 0)], 2, 15, None),
        ([check("a", 100, 0), failed("b")], 1, 10, None),
        ([check("a", 100, 0)], 0, 10, None),
        # A size that is not told is assumed to be that of usual messages: 75 kB.
        ([check("a", 1, None)], 1, 75.1, None),
        # All of it on the first day; exactly a day's share; a bit more than that; three days' worth.
        ([check("a", 0, 900, DOWN)], 1, 0.9, None),
        ([check("a", 0, 1000, DOWN)], 1, 1, None),
        ([check("a", 0, 1001, DOWN)], 1, DAY + 0.001, DOWN),
        ([check("a", 0, 3000, DOWN)], 1, 2 * DAY + 1, DOWN),
        # The narrower of two sides, whatever their order.
        ([check("a", 0, 1000, DOWN, UP)], 1, DAY + 0.5, UP),
        ([check("a", 0, 1000, UP, DOWN)], 1, DAY + 0.5, UP),
        # Another account takes longer than the one that is limited.
        ([check("a", 0, 1001, DOWN), check("b", 10 * 2 * DAY, 0)], 2, 2 * DAY, None),
        # So slow a line that a day's share is never reached.
        ([check("a", 10 * 2 * DAY, 1001, DOWN)], 1, 2 * DAY + 1.001, None),
    ],
)
def test_duration(checks: list[AccountCheck], at_once: int, seconds: float, limited_by: DailyLimit | None) -> None:
    found = estimate(checks, at_once, RATES)
    assert found.duration == timedelta(seconds=seconds)
    assert found.limited_by == limited_by
    assert set(found.accounts) == {one.account_id for one in checks if one.passed}


@pytest.mark.parametrize(
    ("messages_per_s", "bytes_per_s", "accounts"), [(25, 0, 1), (3, 400_000, 1), (100, 8_000_000, 8), (0.01, 2, 4)]
)
def test_measured_rates_give_what_was_measured(messages_per_s: float, bytes_per_s: float, accounts: int) -> None:
    rates = measured_rates(messages_per_s, bytes_per_s, accounts)
    hour = 3600
    each = (round(messages_per_s * hour / accounts), round(bytes_per_s * hour / accounts))
    assert rates.seconds(*each) == pytest.approx(hour, rel=0.01)
    # What a message costs against its bytes is what was assumed.
    assert rates.messages_per_s / rates.bytes_per_s == pytest.approx(
        ASSUMED_RATES.messages_per_s / ASSUMED_RATES.bytes_per_s
    )


def test_daily_limits_of_both_sides() -> None:
    both = ProviderLimits(download_bytes_a_day=1000, upload_bytes_a_day=500)
    old, new = Provider("old", "Old", limits=both), Provider("new", "New", limits=both)
    assert daily_limits(old, new) == (DOWN, UP)
    assert daily_limits(None, new) == (UP,)
    assert daily_limits(old, None) == (DOWN,)
    assert daily_limits(None, Provider("new", "New")) == ()


def test_each_account_for_itself() -> None:
    found = estimate([check("a", 100, 0), check("b", 10, 0)], 1, RATES)
    assert found.accounts == {"a": timedelta(seconds=10), "b": timedelta(seconds=1)}
