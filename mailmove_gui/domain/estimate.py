"""How long a migration will take, from what the check found. Plain arithmetic."""

import heapq
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from mailmove_gui.domain.findings import AccountCheck, DailyLimit

_DAY_S = 24 * 60 * 60
_ASSUMED_MESSAGE_BYTES = 75_000


@dataclass(frozen=True, slots=True)
class Rates:
    """How fast one account moves: what every message costs, and its bytes. Assumed, until the first have moved."""

    messages_per_s: float = 25.0
    bytes_per_s: float = 1_500_000.0

    def seconds(self, messages: int, size_bytes: int) -> float:
        """How long so much takes, if nobody slows it down."""
        return messages / self.messages_per_s + size_bytes / self.bytes_per_s


ASSUMED_RATES = Rates()


@dataclass(frozen=True, slots=True)
class Estimate:
    """How long all accounts together take, and each for itself.

    `limited_by` is the daily limit without which the whole would be ready sooner, None if there is none such.
    """

    duration: timedelta
    limited_by: DailyLimit | None = None
    accounts: Mapping[str, timedelta] = field(default_factory=dict)


def estimate(checks: Iterable[AccountCheck], accounts_at_once: int, rates: Rates = ASSUMED_RATES) -> Estimate:
    """The expected duration of moving all accounts that passed.

    Args:
        checks: what was found, in the order in which the accounts are started.
        accounts_at_once: how many run side by side; one that waits for its provider's next day keeps its place.
        rates: how fast one account moves.
    """
    ends_s = [0.0] * max(1, accounts_at_once)
    accounts: dict[str, timedelta] = {}
    last_s, limited_by = 0.0, None
    for check in checks:
        if not check.passed:
            continue
        seconds, limit = _account_s(check, rates)
        accounts[check.account_id] = timedelta(seconds=seconds)
        end_s = heapq.heappop(ends_s) + seconds
        heapq.heappush(ends_s, end_s)
        if end_s > last_s:
            last_s, limited_by = end_s, limit
    return Estimate(timedelta(seconds=last_s), limited_by, accounts)


def _account_s(check: AccountCheck, rates: Rates) -> tuple[float, DailyLimit | None]:
    """How long an account takes, and the daily limit that decides it."""
    size = check.size_bytes
    if size is None:
        size = check.messages * _ASSUMED_MESSAGE_BYTES
    free_s = rates.seconds(check.messages, size)
    longest_s, decisive = free_s, None
    for limit in check.daily_limits:
        # The first day's share goes at once; the last one's, after that many days, as fast as the line allows.
        days = max(0, math.ceil(size / limit.bytes_a_day) - 1)
        rest = size - days * limit.bytes_a_day
        limited_s = days * _DAY_S + (free_s * rest / size if size else 0.0)
        if limited_s > longest_s:
            longest_s, decisive = limited_s, limit
    return longest_s, decisive
