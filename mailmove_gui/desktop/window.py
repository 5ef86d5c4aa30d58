"""The main window: the start page, then the board of one migration."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence
from PySide6.QtWidgets import (
    QMainWindow,
    QMessageBox,
    QStackedWidget,
    QWidget,
)

from mailmove_gui.desktop import icons, theme
from mailmove_gui.desktop.board.view import BoardView
from mailmove_gui.desktop.bridge.background import Background
from mailmove_gui.desktop.bridge.checker import Checker
from mailmove_gui.desktop.bridge.controller import Controller, NewMigration, OpenedMigration
from mailmove_gui.desktop.bridge.recent import RecentMigrations
from mailmove_gui.desktop.bridge.services import SampleMigration, Services
from mailmove_gui.desktop.dialogs.files import all_files, file_dialog, migration_files
from mailmove_gui.desktop.dialogs.message import message
from mailmove_gui.desktop.dialogs.password_dialog import PasswordDialog, question_of
from mailmove_gui.desktop.reporting import ReportSaver
from mailmove_gui.desktop.start_page import StartPage
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.busy_page import BusyPage
from mailmove_gui.desktop.wizard.draft import MigrationDraft, draft_of_samples
from mailmove_gui.desktop.wizard.wizard import MigrationWizard
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.findings import AccountCheck
from mailmove_gui.domain.ports import Spawn
from mailmove_gui.domain.problems import Problem
from mailmove_gui.texts import _, ngettext, numbers, problems, reasons

_NOTHING_RUNS_JOIN_S = 2.0


class MainWindow(QMainWindow):
    """One window, at most one migration."""

    another_wanted = Signal(object)
    """Path, or None: open it in a window of its own, because this one has a migration already"""
    gone = Signal(object)
    """this window, when it is closed and its threads have ended as far as they do"""

    def __init__(self, services: Services, spawn: Spawn, recent: RecentMigrations) -> None:
        super().__init__()
        self._services = services
        self._recent = recent
        self._checks: dict[str, AccountCheck] = {}
        self._wizard: MigrationWizard | None = None
        self._is_opening = False
        self._may_close = False
        self.controller = Controller(services, spawn, recent, self)
        self.reports = ReportSaver(self.controller, self)
        self.background = Background(spawn, self, name="window")
        self.checker = Checker(services, spawn, self)
        self.start_page = StartPage(self)
        self.board = BoardView(self.controller, self)
        self.busy_page = BusyPage(self)
        self._stack = QStackedWidget(self)
        for page in (self.start_page, self.board, self.busy_page):
            self._stack.addWidget(page)
        self.setCentralWidget(self._stack)
        self.setWindowTitle("MailMove")
        self.setMinimumSize(theme.SMALLEST_WIDTH, theme.SMALLEST_HEIGHT)
        self.resize(1100, 720)
        self._build_menus()
        self._connect()
        self._show_page(self.start_page)
        self.background.run(recent.load, self.start_page.show_recent)

    @property
    def has_migration(self) -> bool:
        """Whether a migration is open here, or being opened."""
        return self._is_opening or self._stack.currentWidget() is self.board

    @property
    def wizard(self) -> MigrationWizard | None:
        """The wizard, while it is open."""
        return self._wizard

    def open_file(self, path: Path) -> None:
        """Open a migration: here if nothing is open here, else in another window."""
        if self.has_migration:
            self.another_wanted.emit(path)
            return
        self._is_opening = True
        self.busy_page.say(_("Opening…"), path.name)
        self._show_page(self.busy_page)
        self.controller.open(path)

    def begin(self, draft: MigrationDraft | None = None) -> None:
        """Show the wizard, filled in with a draft."""
        if self._wizard is not None:
            self._wizard.raise_()
            self._wizard.activateWindow()
            return
        folder = draft.path if draft is not None and draft.path is not None else self._services.migrations_folder
        if draft is not None:
            draft = replace(draft, path=None)
        wizard = MigrationWizard(self.background, self.checker, folder, draft, self)
        wizard.setWindowModality(Qt.WindowModality.WindowModal)
        wizard.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        wizard.start_wanted.connect(self._create)
        wizard.finished.connect(self._wizard_finished)
        self._wizard = wizard
        wizard.show()

    @Slot()
    def begin_sample(self) -> None:
        """Start the embedded servers and show the wizard filled in with their accounts."""
        self.start_page.notice.say(Tone.MOVING, _("Making sample mail and starting two mail servers on this computer…"))
        self.start_page.sample_button.setEnabled(False)
        self.background.run(self._services.samples, self._show_samples, self._samples_failed)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Say what runs, stop it in bounded time, then close."""
        if self._may_close:
            event.accept()
            return
        event.ignore()
        if self.controller.is_closing:
            return
        running = self.board.model.summary().running if self._stack.currentWidget() is self.board else 0
        if running:
            self._ask_to_stop(running)
        else:
            self.close_for_good()

    @Slot()
    def close_for_good(self) -> None:
        """Stop everything and close, without asking."""
        if self.controller.is_closing:
            return
        if self._wizard is not None:
            self._wizard.close_for_good()
        running = self.board.model.summary().running
        if running:
            title = ngettext("Stopping {n} account…", "Stopping {n} accounts…", running)
            text = _("Messages on their way arrive first. What has been moved stays; the next start goes on from here.")
            self.busy_page.say(title.format(n=numbers.count(running)), text)
        else:
            self.busy_page.say(_("Closing…"), "")
        self._show_page(self.busy_page)
        self.checker.cancel()
        self.controller.close()

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.start_page.browse_button.setIcon(icons.icon("open"))

    # Menus

    def _build_menus(self) -> None:
        migration = self.menuBar().addMenu(_("&Migration"))
        self._add(migration.addAction(_("&New…")), QKeySequence.StandardKey.New, self._begin_many)
        self._add(migration.addAction(_("&Open…")), None, self._browse)
        migration.addSeparator()
        migration.addAction(self.board.actions_.report)
        migration.addSeparator()
        self._add(migration.addAction(_("&Close")), QKeySequence.StandardKey.Close, self.close)
        self._accounts_menu = self.menuBar().addMenu(_("&Accounts"))
        self._accounts_menu.addActions(list(self.board.actions_.on_accounts))
        about = self.menuBar().addMenu(_("&Help"))
        self._add(about.addAction(_("&About MailMove")), None, self._about)

    @staticmethod
    def _add(action: QAction, keys: QKeySequence.StandardKey | None, slot: Callable[[], object]) -> None:
        if keys is not None:
            action.setShortcut(QKeySequence(keys))
        action.triggered.connect(slot)

    def _connect(self) -> None:
        self.start_page.single_wanted.connect(self._begin_single)
        self.start_page.many_wanted.connect(self._begin_many)
        self.start_page.sample_wanted.connect(self.begin_sample)
        self.start_page.browse_wanted.connect(self._browse)
        self.start_page.open_wanted.connect(self.open_file)
        self.board.passwords_wanted.connect(self._ask_passwords)
        self.board.report_wanted.connect(self.reports.choose)
        self.controller.opened.connect(self._opened)
        self.controller.open_failed.connect(self._open_failed)
        self.controller.command_failed.connect(self._command_failed)
        self.controller.closed.connect(self._closed)

    def _show_page(self, page: QWidget) -> None:
        self._stack.setCurrentWidget(page)
        is_board = page is self.board
        self._accounts_menu.setEnabled(is_board)
        for action in (*self.board.actions_.on_accounts, self.board.actions_.report):
            action.setVisible(is_board)

    # Begin and open

    @Slot()
    def _begin_single(self) -> None:
        self.begin(MigrationDraft(is_single=True))

    @Slot()
    def _begin_many(self) -> None:
        if self.has_migration:
            self.another_wanted.emit(None)
        else:
            self.begin()

    def _show_samples(self, samples: SampleMigration) -> None:
        self.start_page.notice.clear()
        self.start_page.sample_button.setEnabled(True)
        if not self.has_migration and not self.controller.is_closing:
            self.begin(draft_of_samples(samples.accounts, samples.passwords, samples.folder, _("Sample mail")))

    def _samples_failed(self, error: Exception) -> None:
        self.start_page.sample_button.setEnabled(True)
        if not isinstance(error, OSError):
            self.start_page.notice.clear()
            raise error
        self.start_page.notice.say(Tone.FAILED, _("The sample mail servers could not be started on this computer."))

    @Slot()
    def _browse(self) -> None:
        dialog = file_dialog(self, _("Open a migration"), [migration_files(), all_files()])
        dialog.setDirectory(str(self._services.migrations_folder))
        dialog.fileSelected.connect(self._file_chosen)
        dialog.open()

    @Slot(str)
    def _file_chosen(self, name: str) -> None:
        self.open_file(Path(name))

    @Slot(object)
    def _create(self, wanted: NewMigration) -> None:
        self._checks = {check.account_id: check for check in wanted.checks}
        self.controller.create(wanted)

    @Slot(object)
    def _opened(self, opened: OpenedMigration) -> None:
        self._is_opening = False
        if self.controller.is_closing:
            return
        name = opened.plan.name or opened.path.stem
        self.setWindowTitle(_("{name}: MailMove").format(name=name))
        self.reports.name = name
        self.board.show_migration(opened, self._checks)
        self._show_page(self.board)
        self.board.table.setFocus()
        if self._wizard is not None:
            self._wizard.end_started()

    @Slot(object)
    def _open_failed(self, problem: Problem) -> None:
        self._is_opening = False
        if self.controller.is_closing:
            return
        if self._wizard is not None:
            self._wizard.say_failed(problem)
            return
        self._show_page(self.start_page)
        self.start_page.notice.say(Tone.FAILED, problems.sentence(problem))

    @Slot()
    def _wizard_finished(self) -> None:
        self._wizard = None

    # Passwords

    @Slot(object)
    def _ask_passwords(self, account_ids: tuple[str, ...]) -> None:
        rows = [row for account_id in account_ids if (row := self.board.model.row_of(account_id)) is not None]
        if not rows:
            return
        dialog = PasswordDialog([question_of(row.account, row.failure) for row in rows], self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(self._take_passwords)
        dialog.open()

    @Slot()
    def _take_passwords(self) -> None:
        dialog = self.sender()
        if isinstance(dialog, PasswordDialog):
            self.controller.take_passwords(dialog.passwords(), dialog.account_ids())

    @Slot(object)
    def _command_failed(self, failure: Failure) -> None:
        message(self, QMessageBox.Icon.Warning, _("This could not be done."), reasons.sentence(failure)).open()

    @Slot()
    def _about(self) -> None:
        message(
            self,
            QMessageBox.Icon.NoIcon,
            "MailMove",
            _("Moves mailboxes between mail servers. Mail and passwords go to these servers and nowhere else."),
        ).open()

    # Closing

    def _ask_to_stop(self, running: int) -> None:
        text = ngettext("{n} account is still being moved.", "{n} accounts are still being moved.", running)
        question = message(
            self,
            QMessageBox.Icon.Question,
            text.format(n=numbers.count(running)),
            _("Closing stops this within seconds. What has been moved stays; the next start goes on from here."),
        )
        stop = question.addButton(_("&Stop and close"), QMessageBox.ButtonRole.DestructiveRole)
        stay = question.addButton(_("&Keep moving"), QMessageBox.ButtonRole.RejectRole)
        question.setDefaultButton(stay)
        question.setEscapeButton(stay)
        stop.clicked.connect(self.close_for_good)
        question.open()

    @Slot(bool)
    def _closed(self, ended: bool) -> None:
        self.hide()
        self.board.end()
        self.checker.join(_NOTHING_RUNS_JOIN_S if ended else 0.0)
        self.controller.join(_NOTHING_RUNS_JOIN_S if ended else 0.0)
        self.background.stop(_NOTHING_RUNS_JOIN_S if ended else 0.0)
        self._may_close = True
        self.close()
        self.gone.emit(self)
