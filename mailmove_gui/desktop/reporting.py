"""The way of a report: asked where to, written, shown."""

from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget

from mailmove_gui.desktop.bridge.controller import Controller
from mailmove_gui.desktop.dialogs.files import file_dialog
from mailmove_gui.desktop.dialogs.message import message
from mailmove_gui.desktop.wizard.draft import file_name_of
from mailmove_gui.domain.problems import Problem
from mailmove_gui.texts import _, problems


class ReportSaver(QObject):
    """Saves reports of a window's migration; `name` is the migration's."""

    def __init__(self, controller: Controller, window: QWidget) -> None:
        super().__init__(window)
        self.name = ""
        self._controller = controller
        self._window = window
        self._written = QUrl()
        controller.report_written.connect(self._say_written)
        controller.report_failed.connect(self._say_failed)

    @Slot()
    def choose(self) -> None:
        """Ask where to, and write it."""
        dialog = file_dialog(self._window, _("Save the report"), [_("Web page") + " (*.html)"], save_as="html")
        dialog.selectFile(_("{name} report").format(name=file_name_of(self.name)) + ".html")
        dialog.fileSelected.connect(self._write)
        dialog.open()

    @Slot(str)
    def _write(self, name: str) -> None:
        self._controller.write_report(Path(name))

    @Slot(object)
    def _say_written(self, path: Path) -> None:
        box = message(self._window, QMessageBox.Icon.Information, _("The report is written."), str(path))
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
        sentence = problems.sentence(problem)
        message(self._window, QMessageBox.Icon.Warning, _("The report could not be written."), sentence).open()
