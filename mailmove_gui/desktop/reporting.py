"""The way of a report: asked as what and where to, written, shown."""

from pathlib import Path
from typing import assert_never

from PySide6.QtCore import QObject, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget
from shiboken6 import isValid

from mailmove_gui.desktop.bridge.controller import Controller
from mailmove_gui.desktop.bridge.services import ReportFormat
from mailmove_gui.desktop.dialogs.files import file_dialog
from mailmove_gui.desktop.dialogs.message import message
from mailmove_gui.desktop.dialogs.report_dialog import ReportDialog
from mailmove_gui.desktop.wizard.draft import file_name_of
from mailmove_gui.domain.panels import ControlPanel
from mailmove_gui.domain.problems import Problem
from mailmove_gui.texts import _, problems
from mailmove_gui.texts.panels import before_upload

# What takes longer shows itself.
_PATIENCE_MS = 300


class ReportSaver(QObject):
    """Saves reports of a window's migration; `name` is the migration's."""

    def __init__(self, controller: Controller, window: QWidget) -> None:
        super().__init__(window)
        self.name = ""
        self._controller = controller
        self._window = window
        self._form = ReportFormat.PDF
        self._asked: ReportFormat | ControlPanel = ReportFormat.PDF
        self._written = QUrl()
        self._wait: QMessageBox | None = None
        self._wait_timer = QTimer(self)
        self._wait_timer.setSingleShot(True)
        self._wait_timer.setInterval(_PATIENCE_MS)
        self._wait_timer.timeout.connect(self._say_wait)
        controller.report_written.connect(self._say_written)
        controller.report_failed.connect(self._say_failed)

    @Slot()
    def choose(self) -> None:
        """Ask as what, then where to, and write it."""
        dialog = ReportDialog(self._window)
        dialog.choose(self._form)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(self._choose_file)
        dialog.open()

    @Slot()
    def _choose_file(self) -> None:
        dialog = self.sender()
        if not isinstance(dialog, ReportDialog):
            return
        self._form = dialog.form
        self._ask_file(self._form, _("Save the report"))

    @Slot(object)
    def save_accounts(self, panel: ControlPanel) -> None:
        """Ask where to, and write the destination's accounts for that control panel."""
        self._ask_file(panel, _("Save the accounts"))

    def _ask_file(self, form: ReportFormat | ControlPanel, title: str) -> None:
        self._asked = form
        kind, suffix, name = _file_of(form)
        files = file_dialog(self._window, title, [f"{kind} (*.{suffix})"], save_as=suffix)
        files.selectFile(f"{file_name_of(name.format(name=self.name))}.{suffix}")
        files.fileSelected.connect(self._write)
        files.open()

    @Slot(str)
    def _write(self, name: str) -> None:
        self._wait_timer.start()
        self._controller.write_report(Path(name), self._asked)

    @Slot()
    def _say_wait(self) -> None:
        """A long report is being written; closing the box leaves it to come in its time."""
        self._wait = message(
            self._window,
            QMessageBox.Icon.Information,
            _("The report is being written…"),
            _("With many accounts this takes up to a minute. Moving goes on meanwhile."),
        )
        self._wait.addButton(_("&Close"), QMessageBox.ButtonRole.RejectRole)
        self._wait.open()

    def _end_wait(self) -> None:
        self._wait_timer.stop()
        if self._wait is not None and isValid(self._wait):
            self._wait.close()
        self._wait = None

    @Slot(object)
    def _say_written(self, path: Path) -> None:
        self._end_wait()
        said, more = _("The report is written."), str(path)
        if isinstance(self._asked, ControlPanel):
            said, more = _("The list is written."), "\n\n".join((str(path), before_upload(self._asked)))
        box = message(self._window, QMessageBox.Icon.Information, said, more)
        show = box.addButton(_("&Show it"), QMessageBox.ButtonRole.ActionRole)
        box.addButton(_("&Close"), QMessageBox.ButtonRole.RejectRole)
        self._written = QUrl.fromLocalFile(str(path))
        show.clicked.connect(self._show)
        box.open()

    @Slot()
    def _show(self) -> None:
        QDesktopServices.openUrl(self._written)

    @Slot(object)
    def _say_failed(self, problem: Problem) -> None:
        self._end_wait()
        sentence = problems.sentence(problem)
        is_list = isinstance(self._asked, ControlPanel)
        said = _("The list could not be written.") if is_list else _("The report could not be written.")
        message(self._window, QMessageBox.Icon.Warning, said, sentence).open()


def _file_of(form: ReportFormat | ControlPanel) -> tuple[str, str, str]:
    """What the files are called, their suffix, and a name for this one."""
    match form:
        case ReportFormat.WEB_PAGE:
            return _("Web pages"), "html", _("{name} report")
        case ReportFormat.PDF:
            return _("PDF documents"), "pdf", _("{name} report")
        case ReportFormat.ACCOUNTS:
            return _("Tables"), "csv", _("{name} accounts")
        case ReportFormat.REFUSALS:
            return _("Tables"), "csv", _("{name} not moved")
        case ControlPanel():
            return _("Tables"), "csv", _("{name} new accounts")
        case _ as never:
            assert_never(never)
