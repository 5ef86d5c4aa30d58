"""What nobody expected: logged, and said in plain words. Never silent."""

import logging
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QApplication, QMessageBox

from mailmove_gui.texts import _

_LOG = logging.getLogger(__name__)


class UnexpectedErrors(QObject):
    """Takes exceptions that nobody caught, from any thread, logs them and shows a dialog, one at a time."""

    _raised = Signal(str)

    def __init__(self, log_file: Path | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._log_file = log_file
        self._dialog: QMessageBox | None = None
        self._raised.connect(self._show, Qt.ConnectionType.QueuedConnection)
        self._former = (sys.excepthook, threading.excepthook)

    def install(self) -> None:
        """From here on uncaught exceptions come here."""
        sys.excepthook = self.take
        threading.excepthook = self._take_from_thread

    def uninstall(self) -> None:
        """Leave them to whoever had them before."""
        sys.excepthook, threading.excepthook = self._former

    def take(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Log an exception and show it."""
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        _LOG.critical("an exception that nobody expected", exc_info=(kind, error, trace))
        self._raised.emit(_place(kind, trace))

    @property
    def dialog(self) -> QMessageBox | None:
        """The dialog, while it is shown."""
        return self._dialog

    def _take_from_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self.take(args.exc_type, args.exc_value, args.exc_traceback)

    @Slot(str)
    def _show(self, place: str) -> None:
        if self._dialog is not None:
            return
        dialog = QMessageBox(QApplication.activeWindow())
        dialog.setIcon(QMessageBox.Icon.Warning)
        dialog.setWindowTitle("MailMove")
        dialog.setText(_("MailMove made a mistake of its own."))
        parts = [_("What has been moved is safe. If something does not go on, close MailMove and open it again.")]
        if self._log_file is not None:
            parts.append(_("The log tells more: {file}").format(file=self._log_file))
        dialog.setInformativeText("\n\n".join(parts))
        dialog.setDetailedText(place)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(self._closed)
        self._dialog = dialog
        dialog.open()

    @Slot()
    def _closed(self) -> None:
        self._dialog = None


def _place(kind: type[BaseException], trace: TracebackType | None) -> str:
    """Kind and place. Not the exception's own text: nobody knows what is in it."""
    frames = traceback.extract_tb(trace)
    lines = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-6:]]
    return "\n".join([kind.__name__, *lines])
