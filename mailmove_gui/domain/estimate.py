"""How long a migration will take, from what the check found. Plain arithmetic."""

import heapq
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from mailmove_gui.domain.findings import AccountCheck, DailyLimit, FolderFinding
from mailmove_gui.domain.folders import UNWANTED

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
class Work:
    """What is still to be moved of one account; the unwanted part of it is in Junk and Trash."""

    account_id: str
    messages: int
    size_bytes: int
    daily_limits: tuple[DailyLimit, ...] = ()
    unwanted_messages: int = 0
    unwanted_bytes: int = 0

    def without_unwanted(self) -> "Work":
        """The same without what is in Junk and Trash."""
        messages, size_bytes = self.messages - self.unwanted_messages, self.size_bytes - self.unwanted_bytes
        return Work(self.account_id, messages, size_bytes, self.daily_limits)


@dataclass(frozen=True, slots=True)
class Estimate:
    """How long all accounts together take, and each for itself.

    `limited_by` is the daily limit without which the whole would be ready sooner, None if there is none such.
    """

    duration: timedelta
    limited_by: DailyLimit | None = None
    accounts: Mapping[str, timedelta] = field(default_factory=dict)


def estimate(checks: Iterable[AccountCheck], accounts_at_once: int, rates: Rates = ASSUMED_RATES) -> Estimate:
    """The expected duration of moving all accounts that passed; see `estimate_work`."""
    return estimate_work([work_of(check) for check in checks if check.passed], accounts_at_once, rates)


def work_of(check: AccountCheck) -> Work:
    """What the check of an account found to be moved; a size that is not told is assumed."""
    unwanted = [folder for folder in check.folders if folder.mapping.source.role in UNWANTED]
    return Work(
        check.account_id,
        check.messages,
        _bytes(check.folders),
        check.daily_limits,
        sum(folder.messages for folder in unwanted),
        _bytes(unwanted),
    )


def _bytes(folders: Iterable[FolderFinding]) -> int:
    return sum(
        folder.messages * _ASSUMED_MESSAGE_BYTES if folder.size_bytes is None else folder.size_bytes
        for folder in folders
    )


def estimate_work(works: Iterable[Work], accounts_at_once: int, rates: Rates = ASSUMED_RATES) -> Estimate:
    """The expected duration of moving all of it.

    Args:
        works: in the order in which the accounts are started.
        accounts_at_once: how many run side by side; one that waits for its provider's next day keeps its place.
        rates: how fast one account moves.
    """
    ends_s = [0.0] * max(1, accounts_at_once)
    accounts: dict[str, timedelta] = {}
    last_s, limited_by = 0.0, None
    for work in works:
        seconds, limit = _account_s(work, rates)
        accounts[work.account_id] = timedelta(seconds=seconds)
        end_s = heapq.heappop(ends_s) + seconds
        heapq.heappush(ends_s, end_s)
        if end_s > last_s:
            last_s, limited_by = end_s, limit
    return Estimate(timedelta(seconds=last_s), limited_by, accounts)


def _account_s(work: Work, rates: Rates) -> tuple[float, DailyLimit | None]:
    """How long an account takes, and the daily limit that decides it."""
    size = work.size_bytes
    free_s = rates.seconds(work.messages, size)
    longest_s, decisive = free_s, None
    for limit in work.daily_limits:
        # The first day's share goes at once; the last one's, after that many days, as fast as the line allows.
        days = max(0, math.ceil(size / limit.bytes_a_day) - 1)
        rest = size - days * limit.bytes_a_day
        limited_s = days * _DAY_S + (free_s * rest / size if size else 0.0)
        if limited_s > longest_s:
            longest_s, decisive = limited_s, limit
    return longest_s, decisive
