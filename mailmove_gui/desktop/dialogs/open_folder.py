"""Shows a folder in the system's file manager."""

import contextlib
import functools
from pathlib import Path

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from mailmove_gui.desktop.bridge.background import Background


class FolderOpener(QObject):
    """Makes the folder first where it is not there yet, away from the UI thread."""

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background

    def open(self, folder: Path) -> None:
        """Show it."""
        self._background.run(functools.partial(_made, folder), self._show)

    def _show(self, folder: Path) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def _made(folder: Path) -> Path:
    """The folder, made if the disk lets us; the file manager says what is wrong if it does not."""
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    return folder
