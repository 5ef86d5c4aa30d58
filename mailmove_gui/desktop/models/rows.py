"""What the board knows of an account, and of all of them together. No Qt."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from mailmove_gui.desktop.models.groups import Group, group_of
from mailmove_gui.desktop.models.pace import Pace, Rate
from mailmove_gui.domain.events import AccountChanged, Failure
from mailmove_gui.domain.findings import AccountCheck
from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.logins import waits_at_login
from mailmove_gui.domain.passes import next_pass_at
from mailmove_gui.domain.plan import Account, Options
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.domain.records import AccountRecord
from mailmove_gui.domain.states import FINISHED, RUNNING, AccountState

_ALMOST = 0.99
_GROUPS = {state: group_of(state) for state in AccountState}
_MEASURED = frozenset({AccountState.MOVING, AccountState.CHECKING, AccountState.VERIFYING})


@dataclass(slots=True)
class BoardRow:
    """One account.

    `expected_messages` and `expected_bytes` are the most that was counted so far, by the check or by the run: totals do
    not shrink until the account is finished, and `fewer` is then by how many messages they do.
    """

    account: Account
    state: AccountState
    counts: Counts
    failure: Failure | None = None
    folder: FolderPath | None = None
    expected_messages: int = 0
    expected_bytes: int = 0
    fewer: int = 0
    pace: Pace = field(default_factory=Pace)
    rate: Rate | None = None
    left_s: float | None = None
    started: datetime | None = None
    finished: datetime | None = None
    """when its last pass ended"""
    next_pass: datetime | None = None
    """when it makes the next one, while it is watched"""

    @classmethod
    def of(cls, account: Account, record: AccountRecord, check: AccountCheck | None = None) -> "BoardRow":
        """The row of an account as the ledger knows it."""
        row = cls(
            account, record.state, record.counts, record.failure, started=record.started, finished=record.finished
        )
        if check is not None:
            row._expect(check.messages, check.size_bytes or 0)
        row._expect(record.counts.total, record.counts.bytes_total)
        return row

    @property
    def group(self) -> Group:
        """Which filter shows it."""
        return _GROUPS[self.state]

    @property
    def waits_at_login(self) -> bool:
        """Whether somebody has to help it into a mailbox."""
        return waits_at_login(self.state, self.failure)

    @property
    def is_running(self) -> bool:
        """Whether it occupies a worker or waits for one."""
        return self.state in RUNNING

    @property
    def is_watched(self) -> bool:
        """Whether it makes further passes by itself."""
        return self.state is AccountState.WATCHING

    @property
    def can_go_on_now(self) -> bool:
        """Whether it waits for a time that somebody may not want to wait for: room was made, the line is back."""
        why = self.failure.reason if self.failure is not None else Reason.QUIET_HOURS
        return self.state is AccountState.WAITING and why is not Reason.QUIET_HOURS

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to do but by choice."""
        return self.state in FINISHED

    @property
    def not_moved(self) -> int:
        """Messages that are refused, or of which nobody knows whether they arrived."""
        return self.counts.refused + self.counts.doubtful

    @property
    def messages_total(self) -> int:
        """Messages at the source, as far as is known."""
        return max(self.counts.total, self.expected_messages)

    @property
    def bytes_total(self) -> int:
        """Bytes at the source, as far as is known."""
        return max(self.counts.bytes_total, self.expected_bytes)

    @property
    def bytes_done(self) -> int:
        """Bytes that are at the destination."""
        return min(self.counts.bytes_settled, self.bytes_total)

    @property
    def share(self) -> float:
        """How much of it is settled, 0 to 1."""
        if self.is_finished:
            return 1.0
        return min(1.0, self.counts.settled / self.messages_total) if self.messages_total else 0.0

    def enter(self, event: AccountChanged, at_s: float) -> None:
        """The account came into a state."""
        if event.state is not self.state and event.state is AccountState.MOVING:
            self.pace.forget()
        self.state, self.failure = event.state, event.failure
        self.started = event.started or self.started
        self.finished = event.finished or self.finished
        self._take(event.counts, at_s)
        if event.state not in _MEASURED:
            self.folder = None

    def progress(self, counts: Counts, folder: FolderPath | None, at_s: float) -> bool:
        """The account got on; whether it came to another folder."""
        before, self.folder = self.folder, folder or self.folder
        self._take(counts, at_s)
        return before != self.folder

    def look_at_clock(self, at_s: float) -> bool:
        """Work out speed and time left anew; whether they have changed."""
        before = (self.rate, self.left_s)
        if self.state is AccountState.MOVING:
            self.rate = self.pace.rate(at_s)
            self.left_s = self.pace.left_s(at_s, self.counts)
        else:
            self.rate = self.left_s = None
        return before != (self.rate, self.left_s)

    def plan_next_pass(self, options: Options) -> None:
        """Work out anew when the next pass begins."""
        self.next_pass = next_pass_at(self.finished, options) if self.is_watched and self.finished else None

    def _take(self, counts: Counts, at_s: float) -> None:
        self.counts = counts
        self._expect(counts.total, counts.bytes_total)
        if self.state is AccountState.MOVING:
            self.pace.observe(at_s, counts.settled, counts.bytes_moved)
        self.look_at_clock(at_s)

    def _expect(self, messages: int, size_bytes: int) -> None:
        if self.is_finished:
            if messages != self.expected_messages:
                self.fewer = max(0, self.expected_messages - messages)
            self.expected_messages, self.expected_bytes = messages, size_bytes
        else:
            self.fewer = 0
            self.expected_messages = max(self.expected_messages, messages)
            self.expected_bytes = max(self.expected_bytes, size_bytes)


@dataclass(frozen=True, slots=True)
class Summary:
    """All accounts together.

    Accounts that are left out are in `accounts` and `groups` alone. `fewer` is by how many messages totals have shrunk.
    `next_move` is there when accounts run and all of them wait: why, and when the first one goes on. `at_login` counts
    those that no mailbox lets in until somebody helps, `uncounted` those that nobody has looked into yet, `watched`
    those that wait for their next pass.
    """

    accounts: int
    groups: dict[Group, int]
    settled: int
    messages_total: int
    bytes_done: int
    bytes_total: int
    not_moved: int
    running: int
    rate: Rate | None = None
    left_s: float | None = None
    fewer: int = 0
    next_move: Failure | None = None
    at_login: int = 0
    uncounted: int = 0
    watched: int = 0

    @property
    def share(self) -> float:
        """How much of everything is settled, 0 to 1; 1 only when every account is done.

        What is in an account that could not be looked into yet is not in the total.
        """
        if self.is_finished:
            return 1.0
        return min(_ALMOST, self.settled / self.messages_total) if self.messages_total else 0.0

    @property
    def is_finished(self) -> bool:
        """Whether every account is done or left out."""
        ended = self.groups.get(Group.DONE, 0) + self.groups.get(Group.LEFT_OUT, 0)
        return self.accounts > 0 and ended == self.accounts

    def ready(self, now: datetime) -> datetime | None:
        """When everything that runs is done if it goes on like this."""
        return now + timedelta(seconds=self.left_s) if self.left_s is not None else None


def summarize(rows: Iterable[BoardRow], pace: Pace, at_s: float) -> Summary:
    """Add up all accounts; `pace` is told the sum and gives the rate while something runs."""
    groups: dict[Group, int] = {}
    accounts = settled = messages_total = bytes_done = bytes_total = not_moved = running = active = fewer = at_login = 0
    uncounted = watched = 0
    # With those that are left out: taking one in again is no progress.
    ever_settled = ever_moved_bytes = 0
    waits: list[Failure] = []
    for row in rows:
        accounts += 1
        group, row_settled = row.group, row.counts.settled
        groups[group] = groups.get(group, 0) + 1
        ever_settled += row_settled
        ever_moved_bytes += row.counts.bytes_moved
        if group is Group.LEFT_OUT:
            continue
        settled += row_settled
        not_moved += row.not_moved
        messages_total += row.messages_total
        bytes_done += row.bytes_done
        bytes_total += row.bytes_total
        running += row.is_running
        watched += row.is_watched
        active += row.state in _MEASURED
        fewer += row.fewer
        at_login += row.waits_at_login
        uncounted += not (row.messages_total or row.is_finished)
        if row.state is AccountState.WAITING and row.failure is not None and row.failure.until is not None:
            waits.append(row.failure)
    rate = left_s = None
    if running:
        pace.observe(at_s, ever_settled, ever_moved_bytes)
        rate = pace.rate(at_s)
        if rate is not None and rate.messages_per_minute > 0:
            left_s = (messages_total - settled) / rate.messages_per_minute * 60
    else:
        pace.forget()
    return Summary(
        accounts,
        groups,
        settled,
        messages_total,
        bytes_done,
        bytes_total,
        not_moved,
        running,
        rate,
        left_s,
        fewer,
        min(waits, key=_goes_on) if waits and not active else None,
        at_login,
        uncounted,
        watched,
    )


def _goes_on(wait: Failure) -> datetime:
    return wait.until or datetime.max.replace(tzinfo=UTC)
