"""Writes reports of the open migration, in a thread of their own."""

import functools
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from mailmove_gui.desktop.bridge.background import Background
from mailmove_gui.desktop.bridge.file_problem import file_problem
from mailmove_gui.desktop.bridge.open_document import OpenDocument
from mailmove_gui.desktop.bridge.services import ReportFormat, Services
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.panels import ControlPanel
from mailmove_gui.domain.ports import Spawn


class Reports(QObject):
    """One after the other, while accounts are moved or not."""

    written = Signal(object)
    """Path"""
    failed = Signal(object)
    """Problem"""

    def __init__(self, services: Services, document: OpenDocument, spawn: Spawn, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._document = document
        self._writing = Background(spawn, self, name="reports")
        self._cancel = CancelToken()

    def write(self, path: Path, form: ReportFormat | ControlPanel) -> None:
        """Write a report of how it stands then; `written` or `failed` tells."""

        def work() -> Path:
            if self._document.ledger is not None:
                self._services.write_report(self._document.ledger, path, form, self._cancel)
            return path

        self._writing.run(work, self._show_written, functools.partial(self._tell_failed, path))

    def end(self) -> None:
        """The migration is being closed: give up what is being written, and say nothing more of it."""
        self._cancel.cancel()

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread; True if it has ended."""
        return self._writing.stop(timeout_s)

    def _show_written(self, path: Path) -> None:
        self.written.emit(path)

    def _tell_failed(self, path: Path, error: Exception) -> None:
        if not self._cancel.is_set:
            self.failed.emit(file_problem(error, path.name))
