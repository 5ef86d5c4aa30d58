"""Takes what people want of a migration, and has the engine do it."""

import functools
import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from mailmove_gui.desktop.bridge.account_details import AccountDetails
from mailmove_gui.desktop.bridge.background import Background
from mailmove_gui.desktop.bridge.cutover_looks import CutoverLooks
from mailmove_gui.desktop.bridge.file_problem import file_problem
from mailmove_gui.desktop.bridge.logins import Logins
from mailmove_gui.desktop.bridge.open_document import (
    CLOSE_TIMEOUT_S,
    NewMigration,
    OpenDocument,
    OpenedMigration,
)
from mailmove_gui.desktop.bridge.password_keeper import PasswordKeeper
from mailmove_gui.desktop.bridge.pump import Pump
from mailmove_gui.desktop.bridge.recent import RecentMigrations
from mailmove_gui.desktop.bridge.reports import Reports
from mailmove_gui.desktop.bridge.services import ReportFormat, Services
from mailmove_gui.desktop.bridge.undoing import UndoEnded, Undoing
from mailmove_gui.desktop.bridge.verifying import Verifying
from mailmove_gui.desktop.models.control import Control
from mailmove_gui.domain.events import AccountChanged, Event, Failure, QueueEmptied
from mailmove_gui.domain.panels import ControlPanel
from mailmove_gui.domain.plan import Account, MigrationPlan
from mailmove_gui.domain.ports import Spawn
from mailmove_gui.domain.problems import InvalidInput
from mailmove_gui.domain.reasons import MailError
from mailmove_gui.domain.secret import Secret, SecretKey
from mailmove_gui.domain.states import RUNNING, AccountState
from mailmove_gui.engine.migration import Migration

_LOG = logging.getLogger(__name__)

_CLOSE_MARGIN_S = 6.0
_REMEMBER_EVERY_MS = 30_000


class Controller(QObject):
    """One open migration. Its methods return at once; what comes of them arrives as signals on the UI thread."""

    opened = Signal(object)
    """OpenedMigration"""
    open_failed = Signal(object)
    """Problem"""
    happened = Signal(object)
    """tuple[Event, ...]"""
    plan_changed = Signal(object)
    """MigrationPlan: it holds from now on"""
    undo_ended = Signal(object)
    """UndoEnded"""
    verified = Signal(object)
    """AccountVerified, of each account of a verification in turn"""
    account_corrected = Signal(object, object)
    """Account as it is from now on, and its AccountRecord"""
    correction_refused = Signal(object)
    """Problem: an account's addresses are what they were"""
    command_failed = Signal(object)
    """Failure: the local disk, or a mistake of our own"""
    report_written = Signal(object)
    """Path"""
    report_failed = Signal(object)
    """Problem"""
    keyring_failed = Signal(object)
    """KeyringProblem: passwords do not outlive the program; the migration goes on from memory"""
    passwords_left_behind = Signal(object)
    """KeyringProblem: the migration is finished, and some passwords may still be in the keyring"""
    passwords_removed = Signal(object)
    """RemovedPasswords"""
    closed = Signal(bool)
    """the migration is closed; whether all threads have ended"""

    def __init__(
        self, services: Services, spawn: Spawn, recent: RecentMigrations, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._commands = Background(spawn, self, name="commands")
        self._passwords = PasswordKeeper(services, self._commands, self._command_failed, spawn, self)
        self._passwords.keyring_failed.connect(self.keyring_failed)
        self._passwords.left_behind.connect(self.passwords_left_behind)
        self._passwords.removed.connect(self.passwords_removed)
        self._undoing = Undoing(services, spawn, self)
        self._undoing.ended.connect(self._undo_ended)
        self._verifying = Verifying(spawn, self)
        self._verifying.verified.connect(self.verified)
        self.logins = Logins(services, self._commands, self._command_failed, spawn, self)
        self.pump = Pump(self)
        self.pump.drained.connect(self._happened)
        self.details = AccountDetails(spawn, self)
        self.happened.connect(self.details.apply)
        # Touched by the commands thread only.
        self._document = OpenDocument(services, spawn, recent, self.pump, self._passwords, self.logins, self.details)
        self.cutover = CutoverLooks(services, self._document, spawn, self)
        self._reports = Reports(services, self._document, spawn, self)
        self._reports.written.connect(self.report_written)
        self._reports.failed.connect(self.report_failed)
        # Touched by the UI thread only.
        self._is_closing = False
        self._is_closed = False
        self._is_running = False
        self._close_watchdog = QTimer(self)
        self._close_watchdog.setSingleShot(True)
        self._close_watchdog.timeout.connect(self._give_up_closing)
        self._remember_timer = QTimer(self)
        self._remember_timer.setInterval(_REMEMBER_EVERY_MS)
        self._remember_timer.timeout.connect(self._remember_later)

    @property
    def is_closing(self) -> bool:
        """Whether `close` was asked for."""
        return self._is_closing

    def create(self, wanted: NewMigration) -> None:
        """Make the migration's file and start; `opened` or `open_failed` tells."""
        self._commands.run(functools.partial(self._document.create, wanted), self._show_opened, self._show_not_opened)
        if wanted.start:
            self._command(lambda migration: migration.start(wanted.start))

    def open(self, path: Path) -> None:
        """Open a migration's file; `opened` or `open_failed` tells."""
        self._commands.run(functools.partial(self._document.open, path), self._show_opened, self._show_not_opened)

    def start(self, account_ids: Iterable[str] | None = None) -> None:
        """Start or go on with accounts; None: all that are not finished."""
        wanted = None if account_ids is None else tuple(account_ids)
        self._command(lambda migration: migration.start(wanted))

    def pause(self, account_ids: Iterable[str] | None = None) -> None:
        """Have accounts (None: all) come to rest at the end of their batch."""
        wanted = None if account_ids is None else tuple(account_ids)
        self._command(lambda migration: migration.pause(wanted))

    def stop(self, account_ids: Iterable[str] | None = None) -> None:
        """As `pause`, and cut the connections of those that do not come to rest within seconds."""
        wanted = None if account_ids is None else tuple(account_ids)
        self._command(lambda migration: migration.stop(wanted))

    def retry(self, account_ids: Iterable[str]) -> None:
        """Try accounts again, and the refused messages of those that are done but for them."""
        wanted = frozenset(account_ids)

        def work(migration: Migration) -> None:
            partly = [
                record.account_id
                for record in migration.snapshot()
                if record.account_id in wanted
                and record.state in {AccountState.DONE_WITH_REFUSALS, AccountState.WATCHING}
            ]
            migration.retry_refused(partly)
            migration.start(sorted(wanted.difference(partly)))

        self._command(work)

    def skip(self, account_ids: Iterable[str]) -> None:
        """Leave accounts out; those that run are stopped."""
        wanted = tuple(account_ids)
        self._command(lambda migration: migration.skip(wanted))

    def unskip(self, account_ids: Iterable[str]) -> None:
        """Take accounts in again that were left out; they do not start by themselves."""
        wanted = tuple(account_ids)
        self._command(lambda migration: migration.unskip(wanted))

    def undo(self, account_id: str) -> None:
        """Take what was moved out of the account's destination mailbox; `undo_ended` tells."""

        def work(migration: Migration) -> None:
            self._undoing.begin(migration, self._document.plan().options, account_id)

        self._command(work)

    def stop_undo(self, account_id: str) -> None:
        """Have the account's undo come to rest in bounded time."""
        self._command(lambda migration: self._undoing.stop(migration, account_id))

    def verify(self, account_ids: Iterable[str], deep: bool) -> None:
        """Look again whether everything that was moved is there; `verified` tells."""
        wanted = tuple(account_ids)
        self._command(lambda migration: self._verifying.begin(migration, wanted, deep=deep))

    def stop_verifying(self, account_ids: Iterable[str]) -> None:
        """Have the verification of these accounts come to rest in bounded time."""
        wanted = tuple(account_ids)
        self._command(lambda migration: self._verifying.stop(migration, wanted))

    def bring_back(self, account_id: str) -> None:
        """Send again what was moved and has been deleted at the destination since."""
        self._command(lambda migration: migration.bring_back(account_id))

    def forget_moved(self, account_id: str) -> None:
        """Count nothing of the account as moved any more, and remove nothing: where its undo cannot come to its end."""
        self._command(lambda migration: migration.forget_moved(account_id))

    def correct(self, account: Account) -> None:
        """Have an account move from or to other mailboxes; `account_corrected` or `correction_refused` tells."""

        def work() -> None:
            if self._document.migration is not None:
                self.account_corrected.emit(account, self._document.migration.correct(account))

        if not self._is_closing:
            self._commands.run(work, failed=self._correction_failed)

    def change_control(self, control: Control) -> None:
        """Change what holds accounts back, also while they run; `plan_changed` tells."""

        def work() -> MigrationPlan:
            plan = control.put_into(self._document.plan())
            if self._document.migration is not None:
                self._document.migration.change_options(plan.options)
                self._document.migration.change_source_end(plan.source_ends)
            return plan

        if not self._is_closing:
            self._commands.run(work, self._show_plan, self._command_failed)

    def retry_messages(self, account_id: str, message_ids: Iterable[int]) -> None:
        """Try messages again that were refused, doubtful, or skipped for good."""
        wanted = tuple(message_ids)
        self._command(lambda migration: migration.retry_messages(account_id, wanted))

    def dismiss(self, account_id: str, message_ids: Iterable[int]) -> None:
        """Skip refused or doubtful messages for good."""
        wanted = tuple(message_ids)
        self._command(lambda migration: migration.dismiss(account_id, wanted))

    def take_passwords(self, passwords: Mapping[SecretKey, Secret], account_ids: Iterable[str]) -> None:
        """Keep new passwords and try these accounts again."""
        typed, wanted = dict(passwords), tuple(account_ids)

        def work(migration: Migration) -> None:
            self._passwords.put(typed)
            migration.start(wanted)

        self._command(work)
        self._passwords.tend()

    @property
    def keeps_passwords(self) -> bool | None:
        """Whether the keyring keeps passwords until the migration is finished; None for sample mail."""
        return self._passwords.keeps

    def keep_passwords(self, wanted: bool) -> None:
        """Have the keyring keep passwords from now on, or not."""
        if not self._is_closing:
            self._passwords.keep(wanted)

    def remove_passwords(self) -> None:
        """Remove this migration's passwords from keyring and memory; `passwords_removed` tells."""
        if not self._is_closing:
            self._passwords.remove()

    def write_report(self, path: Path, form: ReportFormat | ControlPanel = ReportFormat.WEB_PAGE) -> None:
        """Write the report; `report_written` or `report_failed` tells. Closing puts an end to it."""
        self._reports.write(path, form)

    def close(self) -> None:
        """Stop everything in bounded time and close the file; `closed` tells. The UI thread does not wait."""
        if self._is_closing:
            return
        self._is_closing = True
        self._reports.end()
        self.cutover.cancel()
        self.logins.end()
        self.details.stop_saving()
        self._remember_timer.stop()
        self._close_watchdog.start(round((CLOSE_TIMEOUT_S + _CLOSE_MARGIN_S) * 1000))
        self._commands.run(self._document.close, self._show_closed, self._close_failed)

    def join(self, timeout_s: float) -> bool:
        """End the threads of this controller and its parts; True if they have ended. Only after `closed`."""
        own = [
            self._commands.stop(timeout_s),
            self._reports.join(timeout_s),
            self.cutover.join(timeout_s),
            self._undoing.join(timeout_s),
            self._verifying.join(timeout_s),
        ]
        return all([*own, self._passwords.join(timeout_s), self.details.join(timeout_s)])

    # On the UI thread

    def _command(self, work: Callable[[Migration], None]) -> None:
        def run() -> None:
            if self._document.migration is not None:
                work(self._document.migration)

        if not self._is_closing:
            self._commands.run(run, failed=self._command_failed)

    @Slot(object)
    def _happened(self, events: tuple[Event, ...]) -> None:
        self.happened.emit(events)
        is_at_rest = any(isinstance(event, QueueEmptied) for event in events)
        has_begun = any(isinstance(event, AccountChanged) and event.state in RUNNING for event in events)
        # What is remembered tells the next start whether this one ended while accounts were being moved.
        if is_at_rest or (has_begun and not self._is_running):
            self._remember_later()
        if is_at_rest and not self._is_closing:
            self._passwords.tend()
        self._is_running = (self._is_running or has_begun) and not is_at_rest

    @Slot(object)
    def _undo_ended(self, ended: UndoEnded) -> None:
        # What is on its way from the engine happened before.
        while self.pump.drain():
            pass
        self.undo_ended.emit(ended)

    @Slot()
    def _remember_later(self) -> None:
        if not self._is_closing:
            self._commands.run(self._document.remember, failed=self._command_failed)

    def _show_opened(self, opened: OpenedMigration) -> None:
        self.pump.start()
        self._remember_timer.start()
        self._passwords.tend()
        self.opened.emit(opened)

    def _show_not_opened(self, error: Exception) -> None:
        self.open_failed.emit(file_problem(error))

    def _show_plan(self, plan: MigrationPlan) -> None:
        self.plan_changed.emit(plan)

    def _command_failed(self, error: Exception) -> None:
        if not isinstance(error, MailError):
            raise error
        self.command_failed.emit(Failure(error.reason, error.side, error.server_text))

    def _correction_failed(self, error: Exception) -> None:
        if isinstance(error, InvalidInput):
            self.correction_refused.emit(error.problem)
        else:
            self._command_failed(error)

    def _show_closed(self, ended: bool) -> None:
        self._end_closing(ended)

    def _close_failed(self, error: Exception) -> None:
        self._end_closing(False)
        raise error

    @Slot()
    def _give_up_closing(self) -> None:
        _LOG.warning("closing took too long; the next start goes on from the migration's file")
        self._end_closing(False)

    def _end_closing(self, ended: bool) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        self._passwords.stop()
        self._close_watchdog.stop()
        self.pump.stop()
        self.closed.emit(ended)
