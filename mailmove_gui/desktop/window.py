"""The main window: the start page, then the board of one migration."""

import functools
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QMessageBox, QStackedWidget, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.beginning import Beginning
from mailmove_gui.desktop.board.view import BoardView
from mailmove_gui.desktop.bridge.background import Background
from mailmove_gui.desktop.bridge.checker import Checker
from mailmove_gui.desktop.bridge.controller import Controller
from mailmove_gui.desktop.bridge.open_document import NewMigration, OpenedMigration
from mailmove_gui.desktop.bridge.recent import RecentMigrations
from mailmove_gui.desktop.bridge.server_questions import ServerQuestions
from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.desktop.bridge.settings import SettingsFile, SharedSettings
from mailmove_gui.desktop.dialogs.close_question import close_question
from mailmove_gui.desktop.dialogs.files import all_files, file_dialog, migration_files
from mailmove_gui.desktop.dialogs.message import message
from mailmove_gui.desktop.dialogs.settings_dialog import damaged_text
from mailmove_gui.desktop.menus import WindowMenus
from mailmove_gui.desktop.password_way import PasswordWay
from mailmove_gui.desktop.reporting import ReportSaver
from mailmove_gui.desktop.running_watch import RunningWatch
from mailmove_gui.desktop.settings_and_help import SettingsAndHelp
from mailmove_gui.desktop.start_page import StartPage
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.tray import Tray
from mailmove_gui.desktop.widgets.awake_bar import AwakeBar
from mailmove_gui.desktop.widgets.busy_page import BusyPage
from mailmove_gui.desktop.wizard.draft import MigrationDraft
from mailmove_gui.desktop.wizard.wizard import MigrationWizard
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.findings import AccountCheck
from mailmove_gui.domain.ports import Spawn
from mailmove_gui.domain.problems import Problem
from mailmove_gui.domain.secret import RemovedPasswords
from mailmove_gui.domain.states import AccountState
from mailmove_gui.texts import _, ngettext, numbers, problems, reasons
from mailmove_gui.texts.passwords import removal

_NOTHING_RUNS_JOIN_S = 2.0


class MainWindow(QMainWindow):
    """One window, at most one migration.

    `settings` and `tray` are the whole program's; without them the window has settings of its own, as after
    installation, and no tray.
    """

    another_wanted = Signal(object)
    """Path, or None: open it in a window of its own, because this one has a migration already"""
    gone = Signal(object)
    """this window, when it is closed and its threads have ended as far as they do"""

    def __init__(
        self,
        services: Services,
        spawn: Spawn,
        recent: RecentMigrations,
        settings: SharedSettings | None = None,
        tray: Tray | None = None,
    ) -> None:
        super().__init__()
        self._recent = recent
        self._checks: dict[str, AccountCheck] = {}
        self._is_opening = False
        self._is_to_go_on = False
        self._may_close = False
        self._path: Path | None = None
        self._settings_are_shared = settings is not None
        self.settings = settings or SharedSettings(SettingsFile(services.settings_folder), spawn, parent=self)
        self.controller = Controller(services, spawn, recent, self)
        self.background = Background(spawn, self, name="window")
        self.checker = Checker(services, spawn, self)
        self.questions = ServerQuestions(services, spawn, self.settings, self)
        self.start_page = StartPage(self)
        self.board = BoardView(self.controller, self)
        self.busy_page = BusyPage(self)
        self._stack = QStackedWidget(self)
        for page in (self.start_page, self.board, self.busy_page):
            self._stack.addWidget(page)
        self.setCentralWidget(self._stack)
        self.beginning = Beginning(
            services, self.settings, self.background, self.checker, self.questions, self.start_page
        )
        self.settings_and_help = SettingsAndHelp(services, self.settings, self.background, self)
        self.reports = ReportSaver(self.controller, self)
        self.passwords = PasswordWay(self.controller, self)
        self.watch = RunningWatch(services, spawn, self.settings, tray, self)
        self.awake_bar = AwakeBar(self)
        self.setStatusBar(self.awake_bar)
        self.setWindowTitle("MailMove")
        self.setMinimumSize(theme.SMALLEST_WIDTH, theme.SMALLEST_HEIGHT)
        self.resize(1100, 720)
        if self.settings.value.details_height is not None:
            self.board.split.remember(self.settings.value.details_height)
        self.menus = WindowMenus(self, self.board.actions_)
        self.start_page.offer_help(self.menus.help)
        self._connect()
        self._show_page(self.start_page)
        self.start_page.single_button.setFocus()
        if self.settings.were_damaged:
            self.start_page.notice.say(Tone.WAITING, damaged_text())
        self.background.run(recent.load, self.start_page.show_recent)

    @property
    def has_migration(self) -> bool:
        """Whether a migration is open here, or being opened."""
        return self._is_opening or self._stack.currentWidget() is self.board

    @property
    def wizard(self) -> MigrationWizard | None:
        """The wizard, while it is open."""
        return self.beginning.wizard

    def has_file(self, path: Path) -> bool:
        """Whether this window has the migration of that file open, or is opening it."""
        return self._path is not None and not self.controller.is_closing and _same(self._path, path)

    @Slot(object)
    def open_file(self, path: Path, *, go_on: bool = False) -> None:
        """Open a migration: in the window that has it open already, else here if nothing is open here, else in another.

        Args:
            path: the migration's file.
            go_on: start the accounts that rest, because they were interrupted.
        """
        having = next((window for window in _all_windows() if window.has_file(path)), None)
        if having is not None:
            having.come_to_front()
            return
        if self.has_migration:
            self.another_wanted.emit(path)
            return
        self._is_opening = True
        self._is_to_go_on = go_on
        self._path = path
        self.busy_page.say(_("Opening…"), path.name)
        self._show_page(self.busy_page)
        self.controller.open(path)

    @Slot()
    def begin_sample(self) -> None:
        """Start the embedded servers and show the wizard filled in with their accounts."""
        self.beginning.begin_sample()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Say what runs, stop it in bounded time, then close."""
        if self._may_close:
            event.accept()
            return
        event.ignore()
        if self.controller.is_closing:
            return
        summary = self.board.model.summary()
        if self._stack.currentWidget() is self.board and (summary.running or summary.watched):
            hide = self.go_to_background if self.watch.can_hide_window else None
            close_question(self, summary.running, summary.watched, stop=self.close_for_good, hide=hide).open()
        else:
            self.close_for_good()

    @Slot()
    def close_for_good(self) -> None:
        """Stop everything and close, without asking."""
        if self.controller.is_closing:
            return
        self.beginning.end()
        running = self.board.model.summary().running
        if running:
            title = ngettext("Stopping {n} account…", "Stopping {n} accounts…", running)
            text = _("Messages on their way arrive first. What has been moved stays; the next start goes on from here.")
            self.busy_page.say(title.format(n=numbers.count(running)), text)
        else:
            self.busy_page.say(_("Closing…"), "")
        self._show_page(self.busy_page)
        self.checker.cancel()
        self.questions.cancel()
        self.watch.end()
        self.controller.close()

    @Slot()
    def come_to_front(self) -> None:
        """Show the window, wherever it was."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    @Slot()
    def go_to_background(self) -> None:
        """Hide the window while it goes on; the tray brings it back."""
        self.hide()
        self.watch.tell(_("MailMove goes on here. Click this icon to see how far it is."))

    def _connect(self) -> None:
        self.start_page.single_wanted.connect(self._begin_single)
        self.start_page.many_wanted.connect(self._begin_many)
        self.start_page.sample_wanted.connect(self.begin_sample)
        self.start_page.browse_wanted.connect(self._browse)
        self.start_page.open_wanted.connect(self.open_file)
        self.start_page.go_on_wanted.connect(self._go_on_with)
        self.start_page.forget_wanted.connect(self._forget)
        self.start_page.settings_wanted.connect(self.settings_and_help.show_settings)
        self.menus.new_wanted.connect(self._begin_many)
        self.menus.open_wanted.connect(self._browse)
        self.menus.settings_wanted.connect(self.settings_and_help.show_settings)
        self.menus.close_wanted.connect(self.close)
        self.menus.about_wanted.connect(self.settings_and_help.show_about)
        self.menus.logs_wanted.connect(self.settings_and_help.show_logs)
        self.beginning.start_wanted.connect(self._create)
        self.watch.wakefulness_changed.connect(self.awake_bar.show_wakefulness)
        self.board.summary_changed.connect(self.watch.take)
        self.board.passwords_wanted.connect(self.passwords.ask)
        self.board.report_wanted.connect(self.reports.choose)
        self.board.dialogs.accounts_wanted.connect(self.reports.save_accounts)
        self.board.split.height_chosen.connect(self._remember_details_height)
        self.controller.opened.connect(self._opened)
        self.controller.open_failed.connect(self._open_failed)
        self.controller.command_failed.connect(self._command_failed)
        self.controller.passwords_removed.connect(self._passwords_removed)
        self.controller.closed.connect(self._closed)

    def _show_page(self, page: QWidget) -> None:
        self._stack.setCurrentWidget(page)
        self.menus.show_for(board=page is self.board)

    # Begin and open

    @Slot()
    def _begin_single(self) -> None:
        self.beginning.begin(MigrationDraft(is_single=True))

    @Slot()
    def _begin_many(self) -> None:
        if self.has_migration:
            self.another_wanted.emit(None)
        else:
            self.beginning.begin()

    @Slot(object)
    def _go_on_with(self, path: Path) -> None:
        self.open_file(path, go_on=True)

    @Slot(object)
    def _forget(self, path: Path) -> None:
        self.background.run(functools.partial(self._recent.forget, path), self.start_page.show_recent)

    @Slot()
    def _browse(self) -> None:
        dialog = file_dialog(self, _("Open a migration"), [migration_files(), all_files()])
        dialog.setDirectory(str(self.beginning.migrations_folder))
        dialog.fileSelected.connect(self._file_chosen)
        dialog.open()

    @Slot(str)
    def _file_chosen(self, name: str) -> None:
        self.open_file(Path(name))

    @Slot(object)
    def _create(self, wanted: NewMigration) -> None:
        self._checks = {check.account_id: check for check in wanted.checks}
        self._path = wanted.path
        self.controller.create(wanted)

    @Slot(object)
    def _opened(self, opened: OpenedMigration) -> None:
        self._is_opening = False
        if self.controller.is_closing:
            return
        name = opened.plan.name or opened.path.stem
        self.setWindowTitle(_("{name}: MailMove").format(name=name))
        self.reports.name = name
        self.watch.begin(name)
        self.board.show_migration(opened, self._checks)
        self._show_page(self.board)
        self.board.table.setFocus()
        if self.wizard is not None:
            self.wizard.end_started()
        if self._is_to_go_on:
            self.controller.start(one.account_id for one in opened.records if one.state is AccountState.PAUSED)

    @Slot(object)
    def _open_failed(self, problem: Problem) -> None:
        self._is_opening = self._is_to_go_on = False
        self._path = None
        if self.controller.is_closing:
            return
        if self.wizard is not None:
            self.wizard.say_failed(problem)
            return
        self._show_page(self.start_page)
        self.start_page.notice.say(Tone.FAILED, problems.sentence(problem))
        self.background.run(self._recent.load, self.start_page.show_recent)

    @Slot(int)
    def _remember_details_height(self, height: int) -> None:
        self.settings.change(replace(self.settings.value, details_height=height))

    @Slot(object)
    def _passwords_removed(self, removed: RemovedPasswords) -> None:
        icon = QMessageBox.Icon.Information if removed.problem is None else QMessageBox.Icon.Warning
        message(self, icon, *removal(removed)).open()

    @Slot(object)
    def _command_failed(self, failure: Failure) -> None:
        message(self, QMessageBox.Icon.Warning, _("This could not be done."), reasons.sentence(failure)).open()

    # Closing

    @Slot(bool)
    def _closed(self, ended: bool) -> None:
        self.hide()
        self.board.end()
        patience_s = _NOTHING_RUNS_JOIN_S if ended else 0.0
        self.checker.join(patience_s)
        self.questions.join(patience_s)
        self.controller.join(patience_s)
        self.background.stop(patience_s)
        self.watch.stop(patience_s)
        if not self._settings_are_shared:
            self.settings.stop(patience_s)
        self._may_close = True
        self.close()
        self.gone.emit(self)


def _all_windows() -> Iterator[MainWindow]:
    return (widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow))


def _same(one: Path, other: Path) -> bool:
    """By their names only: the disk is not asked on the UI thread."""
    return os.path.normcase(one.absolute()) == os.path.normcase(other.absolute())
