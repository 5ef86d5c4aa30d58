"""How long a migration will take, from what the check found. Plain arithmetic."""

import heapq
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from mailmove_gui.domain.findings import AccountCheck, DailyLimit, FolderFinding
from mailmove_gui.domain.folders import UNWANTED
from mailmove_gui.domain.providers import Provider
from mailmove_gui.domain.reasons import Side

_DAY_S = 24 * 60 * 60
_MOST_S = 100 * 365 * _DAY_S
"""Of what stands almost still: more than this fits no calendar."""
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


def measured_rates(messages_per_s: float, bytes_per_s: float, accounts: int) -> Rates:
    """The assumed rates, made faster or slower by one factor so that they give what was measured.

    Args:
        messages_per_s: of all accounts together; more than 0.
        bytes_per_s: of the same messages.
        accounts: how many were moved at the same time; at least 1.
    """
    messages, size_bytes = messages_per_s / accounts, bytes_per_s / accounts
    factor = messages / ASSUMED_RATES.messages_per_s + size_bytes / ASSUMED_RATES.bytes_per_s
    return Rates(ASSUMED_RATES.messages_per_s * factor, ASSUMED_RATES.bytes_per_s * factor)


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


def daily_limits(source: Provider | None, destination: Provider | None) -> tuple[DailyLimit, ...]:
    """What these providers are known to let out of a mailbox, and into one, in a day."""
    found = []
    if source is not None and (most := source.limits.download_bytes_a_day):
        found.append(DailyLimit(Side.SOURCE, source.name, most))
    if destination is not None and (most := destination.limits.upload_bytes_a_day):
        found.append(DailyLimit(Side.DESTINATION, destination.name, most))
    return tuple(found)


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
        accounts[work.account_id] = _duration(seconds)
        end_s = heapq.heappop(ends_s) + seconds
        heapq.heappush(ends_s, end_s)
        if end_s > last_s:
            last_s, limited_by = end_s, limit
    return Estimate(_duration(last_s), limited_by, accounts)


def _duration(seconds: float) -> timedelta:
    return timedelta(seconds=min(seconds, _MOST_S))


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
