"""What is shown while accounts are moved: JSON lines for programs, occasional lines for logs."""

import json
from collections.abc import Callable
from typing import Any, Protocol, TextIO, assert_never

from mailmove_gui.commandline.screen import Screen
from mailmove_gui.commandline.summary import Summary, failure_line
from mailmove_gui.domain.events import (
    AccountChanged,
    AccountNoted,
    AccountProgressed,
    Event,
    Failure,
    MessageRefused,
    QueueEmptied,
    Refusal,
)
from mailmove_gui.domain.folders import display_name
from mailmove_gui.domain.plan import Account, MigrationPlan
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.states import FINISHED, AccountState
from mailmove_gui.texts import _, numbers
from mailmove_gui.texts.reasons import what_happened
from mailmove_gui.texts.states import state_word

_LINE_EVERY_S = 30.0


class View(Protocol):
    """Shows a run. All methods are called from the main thread."""

    def show(self, event: Event) -> None:
        """Something has happened."""
        ...

    def say(self, text: str) -> None:
        """A line for people, above whatever is shown."""
        ...

    def tick(self) -> None:
        """Called several times a second."""
        ...

    def end(self, summary: Summary | None) -> None:
        """Nothing more happens; no summary where the run broke off."""
        ...


class JsonView:
    """One object a line on `stream` (DESIGN section 8). A reader that went away is no error."""

    def __init__(self, plan: MigrationPlan, stream: TextIO) -> None:
        self._accounts = {account.id: account for account in plan.accounts}
        self._stream: TextIO | None = stream

    def show(self, event: Event) -> None:
        """An object for each change of state, and one for each refusal."""
        match event:
            case AccountChanged():
                self.write(account_object(self._accounts[event.account_id], event.state, event.counts, event.failure))
            case MessageRefused():
                self.write(refusal_object(self._accounts[event.refusal.account_id], event.refusal))
            case AccountProgressed() | AccountNoted() | QueueEmptied():
                pass
            case _:
                assert_never(event)

    def say(self, text: str) -> None:
        """Nothing: it is for people."""

    def tick(self) -> None:
        """Nothing."""

    def end(self, summary: Summary | None) -> None:
        """The summary."""
        if summary is not None:
            self.write(summary_object(summary))

    def write(self, value: dict[str, Any]) -> None:
        """Write any object as a line, at once."""
        if self._stream is None:
            return
        try:
            self._stream.write(json.dumps(value) + "\n")
            self._stream.flush()
        except OSError:
            self._stream = None


class LinesView:
    """Lines on a stream that is no terminal: changes of state, trouble, and now and then how far it is."""

    def __init__(self, plan: MigrationPlan, screen: Screen, clock_s: Callable[[], float]) -> None:
        self._users = {account.id: account.source.user for account in plan.accounts}
        self._screen = screen
        self._clock_s = clock_s
        self._last_line_s = clock_s()
        self._counts: dict[str, Counts] = {}

    def show(self, event: Event) -> None:
        """A line where it is worth one."""
        match event:
            case AccountChanged():
                self._counts[event.account_id] = event.counts
                line = state_line(self._users[event.account_id], event)
                if line:
                    self._screen.line(line)
            case AccountProgressed():
                self._counts[event.account_id] = event.counts
            case AccountNoted():
                self._screen.line(
                    f"{self._users[event.account_id]}: {what_happened(event.failure.reason, event.failure.side)}"
                )
            case MessageRefused():
                self._screen.line(refusal_line(self._users[event.refusal.account_id], event.refusal))
            case QueueEmptied():
                pass
            case _:
                assert_never(event)

    def say(self, text: str) -> None:
        """A line of its own."""
        self._screen.line(text)

    def tick(self) -> None:
        """Every half minute how far all accounts are together."""
        if self._clock_s() - self._last_line_s >= _LINE_EVERY_S:
            self._last_line_s = self._clock_s()
            total = sum(self._counts.values(), Counts())
            self._screen.line(how_far(total))

    def end(self, summary: Summary | None) -> None:
        """Nothing: the summary has its own place."""


def how_far(counts: Counts) -> str:
    """``148 220 of 238 004 messages, 41 of 66 GB``."""
    return _("{done} of {total}, {size} moved").format(
        done=numbers.count(counts.settled),
        total=numbers.messages(counts.total),
        size=numbers.size(counts.bytes_moved),
    )


def state_line(user: str, event: AccountChanged) -> str:
    """A line about a new state; empty for states that pass by."""
    match event.state:
        case AccountState.QUEUED | AccountState.CHECKING | AccountState.VERIFYING:
            return ""
        case AccountState.MOVING if event.counts.pending:
            left = numbers.messages(event.counts.pending)
            return _("{account}: moving, {messages} to go").format(account=user, messages=left)
        case state if state in FINISHED or state is AccountState.WATCHING:
            line = _("{account}: {state}: {moved} moved, {there} already there, {refused} not moved")
            return line.format(
                account=user,
                state=state_word(state),
                moved=numbers.count(event.counts.moved),
                there=numbers.count(event.counts.already_there),
                refused=numbers.count(event.counts.refused + event.counts.doubtful),
            )
        case _ if event.failure is not None:
            return failure_line(user, event.failure)
        case _:
            return f"{user}: {state_word(event.state)}"


def refusal_line(user: str, refusal: Refusal) -> str:
    """A line about a message that was not moved."""
    return _("{account}: not moved, in {folder}: “{subject}” of {date}. {sentence}").format(
        account=user,
        folder=display_name(refusal.folder),
        subject=refusal.subject,
        date=refusal.date,
        sentence=what_happened(refusal.reason, server_text=refusal.server_text),
    )


def account_object(
    account: Account, state: AccountState | str, counts: Counts, failure: Failure | None
) -> dict[str, Any]:
    """The object of an account's change of state."""
    return {
        "event": "account",
        "source": account.source.user,
        "destination": account.destination.user,
        "state": str(state),
        "reason": failure.reason.value if failure else None,
        "side": failure.side.value if failure and failure.side else None,
        "messages_total": counts.total,
        "moved": counts.moved,
        "already_there": counts.already_there,
        "refused": counts.refused + counts.doubtful,
        "bytes": counts.bytes_moved,
    }


def refusal_object(account: Account, refusal: Refusal) -> dict[str, Any]:
    """The object of a message that was not moved."""
    return {
        "event": "refusal",
        "source": account.source.user,
        "destination": account.destination.user,
        "folder": display_name(refusal.folder),
        "uid": refusal.uid,
        "reason": refusal.reason.value,
        "server_text": refusal.server_text,
        "date": refusal.date,
        "from": refusal.sender,
        "subject": refusal.subject,
        "bytes": refusal.size_bytes,
    }


def summary_object(summary: Summary) -> dict[str, Any]:
    """The object at the end."""
    return {
        "event": "summary",
        "accounts": summary.accounts,
        "done": summary.done,
        "failed": summary.failed,
        "moved": summary.counts.moved,
        "already_there": summary.counts.already_there,
        "refused": summary.refused,
        "bytes": summary.counts.bytes_moved,
        "seconds": round(summary.seconds, 3),
        "verified": summary.verified,
        "refiled": summary.counts.refiled,
        "removed": summary.counts.removed,
    }
