"""What the ledger knows of one account, read away from the UI thread; and its messages saved as files."""

import functools
import itertools
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from mailmove_gui.desktop.bridge.background import Background
from mailmove_gui.desktop.models.not_moved import NotMovedMessage, not_moved_messages
from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.events import (
    AccountChanged,
    AccountNoted,
    AccountProgressed,
    Event,
    Failure,
    MessageRefused,
    Refusal,
)
from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.domain.ports import Spawn
from mailmove_gui.domain.progress import FolderCounts
from mailmove_gui.domain.reasons import MailError
from mailmove_gui.domain.records import AccountRecord, AttemptRecord, VerificationRecord
from mailmove_gui.engine.migration import Migration

REFRESH_MS = 1000
"""The ledger is read at most so often."""
_PROGRESS_S = 0.1
MOST_MESSAGES = 20_000
"""So many messages that were not moved are shown at most; the report has all."""


@dataclass(frozen=True, slots=True)
class AccountStory:
    """Where an account stands, since when, what became of its folders, and how it got there; oldest first.

    `verifications` are what looking again found, newest first.
    """

    record: AccountRecord
    since: datetime | None
    folders: tuple[FolderCounts, ...]
    log: tuple[AttemptRecord, ...]
    verifications: tuple[VerificationRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class NotMoved:
    """Messages of an account that were not moved, those among them that were skipped for good; `is_whole`: all."""

    account_id: str
    messages: tuple[NotMovedMessage, ...]
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Saved:
    """Messages that are files now, those that are not, and what ended it before all were tried (None: nothing)."""

    folder: Path
    files: int
    not_saved: tuple[tuple[Refusal, Failure], ...]
    failure: Failure | None = None
    was_stopped: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    """While this stays the same, the lists of messages do."""

    account_id: str
    refusals_told: int
    refused: int
    doubtful: int
    skipped: int


class AccountDetails(QObject):
    """Answers questions about the account that people look at. Its results arrive as signals on the UI thread."""

    story_read = Signal(object)
    """AccountStory"""
    not_moved_read = Signal(object)
    """NotMoved; only when something of it has changed"""
    failed = Signal(object)
    """Failure: the ledger could not be read"""
    saving_progressed = Signal(int, int)
    """messages that were tried, of all that are to be saved"""
    saved = Signal(object)
    """Saved"""

    def __init__(self, spawn: Spawn, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reading = Background(spawn, self, name="details")
        self._saving = Background(spawn, self, name="saving messages")
        # What follows is shared by all threads.
        self._lock = threading.Condition()
        self._opened: tuple[Ledger, Migration] | None = None
        self._users = 0
        self._cancel = CancelToken()
        # And this is touched by the UI thread only.
        self._account_id = ""
        self._is_stale = False
        self._is_reading = False
        self._is_saving = False
        self._refusals_told = 0
        self._known: _Known | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(REFRESH_MS)
        self._pause.timeout.connect(self._read_if_stale)

    @property
    def account_id(self) -> str:
        """Whose details are read; empty if nobody's are."""
        return self._account_id

    @property
    def is_saving(self) -> bool:
        """Whether messages are being saved."""
        return self._is_saving

    def show(self, account_id: str) -> None:
        """Read about this account, now and whenever something happens to it."""
        if account_id != self._account_id:
            self._account_id, self._known = account_id, None
        self._is_stale = True
        self._read_if_stale()

    def hide(self) -> None:
        """Nobody looks any more."""
        self._account_id = ""
        self._pause.stop()

    @Slot(object)
    def apply(self, events: tuple[Event, ...]) -> None:
        """Something has happened; what concerns the shown account is read anew."""
        for event in events:
            match event:
                case MessageRefused() if event.refusal.account_id == self._account_id:
                    self._is_stale = True
                    self._refusals_told += 1
                case AccountChanged() | AccountProgressed() | AccountNoted() if event.account_id == self._account_id:
                    self._is_stale = True
                case _:
                    pass
        if not self._pause.isActive():
            self._read_if_stale()

    def save(self, account_id: str, refusals: Sequence[Refusal], folder: Path) -> None:
        """Save messages of the source as files in a folder, replacing none; one call at a time. `saved` tells."""
        if self._is_saving:
            return
        self._is_saving = True
        self._cancel = CancelToken()
        work = functools.partial(self._save, account_id, tuple(refusals), folder, self._cancel)
        self._saving.run(work, self._show_saved, self._save_failed)

    @Slot()
    def stop_saving(self) -> None:
        """Save no more; `saved` tells what was."""
        self._cancel.abort()

    def attach(self, ledger: Ledger, migration: Migration) -> None:
        """There is something to ask now; from any thread."""
        with self._lock:
            self._opened = ledger, migration

    def detach(self, timeout_s: float) -> bool:
        """End what is under way, and touch the ledger no more; True if that is so. From any thread but the two here."""
        with self._lock:
            self._opened = None
            self._cancel.abort()
            return self._lock.wait_for(self._is_unused, timeout_s)

    def join(self, timeout_s: float) -> bool:
        """End the threads; True if they have ended. Only after `detach`."""
        self._pause.stop()
        return all([self._reading.stop(timeout_s), self._saving.stop(timeout_s)])

    # In the threads

    def _is_unused(self) -> bool:
        return self._users == 0

    @contextmanager
    def _use(self) -> Iterator[tuple[Ledger, Migration]]:
        """Ledger and migration, which stay open inside the block; Cancelled if they are closed already."""
        with self._lock:
            if self._opened is None:
                raise Cancelled
            opened = self._opened
            self._users += 1
        try:
            yield opened
        finally:
            with self._lock:
                self._users -= 1
                self._lock.notify_all()

    def _read(
        self, account_id: str, refusals_told: int, known: _Known | None
    ) -> tuple[AccountStory, NotMoved | None, _Known]:
        with self._use() as (ledger, _migration):
            record = ledger.account(account_id)
            log = ledger.attempts(account_id)
            folders, verifications = ledger.folder_counts(account_id), ledger.verifications(account_id)
            story = AccountStory(record, _since(record, log), folders, log, verifications)
            counts = record.counts
            found = _Known(account_id, refusals_told, counts.refused, counts.doubtful, counts.skipped)
            if found == known:
                return story, None, found
            refused = tuple(itertools.islice(ledger.refusals(account_id), MOST_MESSAGES + 1))
            dismissed = tuple(itertools.islice(ledger.dismissed(account_id), MOST_MESSAGES + 1))
        is_whole = max(len(refused), len(dismissed)) <= MOST_MESSAGES
        messages = not_moved_messages(refused[:MOST_MESSAGES], dismissed[:MOST_MESSAGES])
        return story, NotMoved(account_id, messages, is_whole), found

    def _save(self, account_id: str, refusals: tuple[Refusal, ...], folder: Path, cancel: CancelToken) -> Saved:
        files, told_s = 0, 0.0
        failures: list[tuple[Refusal, Failure]] = []
        try:
            with self._use() as (_ledger, migration):
                for tried, exported in enumerate(migration.export(account_id, refusals, folder, cancel), 1):
                    if exported.failure is None:
                        files += 1
                    else:
                        failures.append((exported.refusal, exported.failure))
                    if time.monotonic() - told_s >= _PROGRESS_S:
                        told_s = time.monotonic()
                        self.saving_progressed.emit(tried, len(refusals))
        except Cancelled:
            return Saved(folder, files, tuple(failures), was_stopped=True)
        except MailError as error:
            # A connection that was cut off to stop breaks like any other.
            if cancel.is_set:
                return Saved(folder, files, tuple(failures), was_stopped=True)
            failure = Failure(error.reason, error.side, error.server_text)
            return Saved(folder, files, tuple(failures), failure)
        return Saved(folder, files, tuple(failures))

    # On the UI thread

    @Slot()
    def _read_if_stale(self) -> None:
        if self._account_id and self._is_stale and not self._is_reading:
            self._is_stale, self._is_reading = False, True
            self._pause.start()
            work = functools.partial(self._read, self._account_id, self._refusals_told, self._known)
            self._reading.run(work, self._show, self._not_read)

    def _show(self, result: tuple[AccountStory, NotMoved | None, _Known]) -> None:
        story, not_moved, found = result
        self._is_reading = False
        if story.record.account_id == self._account_id:
            self.story_read.emit(story)
            if not_moved is not None:
                self._known = found
                self.not_moved_read.emit(not_moved)
        if not self._pause.isActive():
            self._read_if_stale()

    def _not_read(self, error: Exception) -> None:
        self._is_reading = False
        match error:
            case Cancelled():
                pass
            case MailError():
                self.failed.emit(Failure(error.reason, error.side, error.server_text))
            case _:
                raise error

    def _show_saved(self, result: Saved) -> None:
        self._is_saving = False
        self.saved.emit(result)

    def _save_failed(self, error: Exception) -> None:
        self._is_saving = False
        raise error


def _since(record: AccountRecord, log: Sequence[AttemptRecord]) -> datetime | None:
    """When the account came into the state in which it is."""
    since = None
    for line in reversed(log):
        if line.state is not record.state:
            break
        since = line.at
    return since
