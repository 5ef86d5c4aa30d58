"""Progress bars on a terminal: one for all, and one for each account that is being moved."""

import time
from typing import assert_never

from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.text import Text

from mailmove_gui.commandline.screen import Screen
from mailmove_gui.commandline.summary import Summary
from mailmove_gui.commandline.views import refusal_line, state_line
from mailmove_gui.domain.events import (
    AccountChanged,
    AccountNoted,
    AccountProgressed,
    Event,
    MessageRefused,
    QueueEmptied,
)
from mailmove_gui.domain.folders import display_name
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.states import RUNNING, AccountState
from mailmove_gui.texts import _, numbers
from mailmove_gui.texts.reasons import what_happened
from mailmove_gui.texts.states import state_word

_PER_SECOND = 5
_NAME_WIDTH = 36


class BarsView:
    """A `View` for terminals. What is worth keeping is written above the bars."""

    def __init__(self, plan: MigrationPlan, screen: Screen) -> None:
        self._screen = screen
        self._users = {account.id: account.source.user for account in plan.accounts}
        self._counts: dict[str, Counts] = {}
        self._settled_before: dict[str, int] = {}
        self._bars: dict[str, TaskID] = {}
        self._began_s = time.monotonic()
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[numbers]}", markup=False),
            console=screen.console,
            transient=True,
            refresh_per_second=_PER_SECOND,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._all = self._progress.add_task(_("All accounts"), total=None, numbers="")
        self._progress.start()

    def show(self, event: Event) -> None:
        """Move bars; failures and ends of accounts stay as lines."""
        match event:
            case AccountChanged():
                self._changed(event)
            case AccountProgressed():
                folder = display_name(event.folder) if event.folder is not None else ""
                self._move(event.account_id, event.counts, folder)
            case AccountNoted():
                what = what_happened(event.failure.reason, event.failure.side)
                self.say(f"{self._users[event.account_id]}: {what}")
            case MessageRefused():
                self.say(refusal_line(self._users[event.refusal.account_id], event.refusal))
            case QueueEmptied():
                pass
            case _:
                assert_never(event)

    def say(self, text: str) -> None:
        """A line above the bars."""
        self._screen.line(text)

    def tick(self) -> None:
        """Bring the line of all accounts up to date."""
        total = sum(self._counts.values(), Counts())
        gained = total.settled - sum(self._settled_before.values())
        seconds = time.monotonic() - self._began_s
        parts = [_("{done} of {total}").format(done=numbers.count(total.settled), total=numbers.messages(total.total))]
        parts.append(numbers.size_of(total.bytes_moved, total.bytes_total))
        if gained > 0 and seconds > 1:
            parts.append(numbers.messages_per_minute(gained * 60 / seconds))
            if total.pending:
                parts.append(numbers.estimate(total.pending * seconds / gained))
        self._progress.update(self._all, completed=total.settled, total=total.total or None, numbers=" · ".join(parts))

    def end(self, summary: Summary | None) -> None:  # noqa: ARG002 -- the summary has its own place
        """Take the bars away."""
        self._progress.stop()

    def _changed(self, event: AccountChanged) -> None:
        if event.state in RUNNING and event.state is not AccountState.QUEUED:
            self._move(event.account_id, event.counts, state_word(event.state))
        else:
            self._count(event.account_id, event.counts)
            if event.account_id in self._bars:
                self._progress.remove_task(self._bars.pop(event.account_id))
        line = "" if event.state is AccountState.MOVING else state_line(self._users[event.account_id], event)
        if line:
            self.say(line)

    def _count(self, account_id: str, counts: Counts) -> None:
        self._settled_before.setdefault(account_id, counts.settled)
        self._counts[account_id] = counts

    def _move(self, account_id: str, counts: Counts, doing: str) -> None:
        self._count(account_id, counts)
        if account_id not in self._bars:
            self._bars[account_id] = self._progress.add_task("", total=None, numbers="")
        name = Text(self._users[account_id])
        name.truncate(_NAME_WIDTH, overflow="ellipsis")
        share = f"{numbers.count(counts.settled)}/{numbers.count(counts.total)}"
        self._progress.update(
            self._bars[account_id],
            description=name.plain,
            completed=counts.settled,
            total=counts.total or None,
            numbers=f"{share} {doing}",
        )
