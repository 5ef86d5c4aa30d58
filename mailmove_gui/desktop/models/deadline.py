"""Whether what the board shows is ready before the source ends. No Qt."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from mailmove_gui.desktop.models.rows import BoardRow, Summary
from mailmove_gui.domain.deadline import judge_deadline
from mailmove_gui.domain.estimate import ASSUMED_RATES, Rates, Work, daily_limits, measured_rates
from mailmove_gui.domain.plan import MigrationPlan, Options
from mailmove_gui.domain.providers import Provider
from mailmove_gui.domain.states import AccountState
from mailmove_gui.texts.deadline import DeadlineWords, all_moved, deadline_words, nothing_counted

_EVERY_S = 5.0
"""An estimate of hours does not change faster, and thousands of accounts are a lot to add up."""
_HELD_BACK = 0.8
"""From this share of the plan's bandwidth on it is the limit that is measured, not the servers."""


class DeadlineWatch:
    """Holds what is left, and how fast it goes, against the day on which the source ends.

    The rate is the one that was measured last, or the assumed one before anything has moved.
    """

    def __init__(self) -> None:
        self._plan = MigrationPlan()
        self._providers: Mapping[str, Provider] = {}
        self._rates: Rates | None = None
        self._words: DeadlineWords | None = None
        self._next_s = float("-inf")

    def begin(self, providers: Mapping[str, Provider]) -> None:
        """Another migration; `providers` has those of its hosts that are known."""
        self._providers = providers
        self._rates = None

    def take_plan(self, plan: MigrationPlan) -> None:
        """What holds from now on: its options, and the day."""
        self._plan = plan
        self._words = None
        self._next_s = float("-inf")

    def look(self, rows: Iterable[BoardRow], summary: Summary, at_s: float, now: datetime) -> DeadlineWords | None:
        """What there is to say; None if no day is known.

        Args:
            rows: all accounts, in the order in which they are started.
            summary: their sum.
            at_s: a time that never runs backwards.
            now: the present, in the zone of this computer.
        """
        if self._plan.source_ends is not None and at_s >= self._next_s:
            self._next_s = at_s + _EVERY_S
            left = [row for row in rows if row.state is not AccountState.SKIPPED and not row.is_finished]
            self._measure(left, summary)
            self._words = self._judge(left, summary, now)
        return self._words

    def _judge(self, left: Iterable[BoardRow], summary: Summary, now: datetime) -> DeadlineWords | None:
        source_ends = self._plan.source_ends
        if source_ends is None:
            return None
        if summary.is_finished:
            return all_moved(source_ends)
        works = [self._work(row) for row in left]
        if not any(work.messages for work in works):
            return nothing_counted(source_ends, now.date())
        options = self._plan.options
        return deadline_words(judge_deadline(works, options, source_ends, now, self._rates or ASSUMED_RATES), now)

    def _work(self, row: BoardRow) -> Work:
        source, destination = row.account.source.endpoint.host, row.account.destination.endpoint.host
        return Work(
            row.account.id,
            max(0, row.messages_total - row.counts.settled),
            max(0, row.bytes_total - row.bytes_done),
            daily_limits(self._providers.get(source), self._providers.get(destination)),
        )

    def _measure(self, left: Iterable[BoardRow], summary: Summary) -> None:
        rate, moving = summary.rate, sum(row.state is AccountState.MOVING for row in left)
        if rate is None or not moving or rate.messages_per_minute <= 0:
            return
        if not _is_held_back(rate.bytes_per_second, self._plan.options):
            self._rates = measured_rates(rate.messages_per_minute / 60, rate.bytes_per_second, moving)


def _is_held_back(bytes_per_s: float, options: Options) -> bool:
    # Every message is read and written, so it takes the line twice.
    limit = options.bandwidth_bytes_s
    return limit is not None and 2 * bytes_per_s >= _HELD_BACK * limit
