"""A folder's path, and the button that shows it in the file manager."""

from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.dialogs.open_folder import FolderOpener
from mailmove_gui.desktop.widgets.icon_button import IconButton
from mailmove_gui.desktop.widgets.labels import ElidedLabel
from mailmove_gui.texts import _


class FolderRow(QWidget):
    """A folder; `what` lies in it ("the log"), for screen readers. Further buttons may follow in `row`."""

    def __init__(self, what: str, folder: Path, opener: FolderOpener, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._opener = opener
        self._folder = folder
        self._path = ElidedLabel(parent=self)
        self.open_button = IconButton("folder", _("Open folder"), self)
        self.open_button.setAccessibleName(_("Open the folder of {what}").format(what=what))
        self.open_button.clicked.connect(self._open)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(theme.SPACE_SMALL)
        self.row.addWidget(self._path, 1)
        self.row.addWidget(self.open_button)
        self.show_folder(folder)

    @property
    def folder(self) -> Path:
        """The folder."""
        return self._folder

    def show_folder(self, folder: Path) -> None:
        """Another one from now on."""
        self._folder = folder
        self._path.setText(str(folder))

    @Slot()
    def _open(self) -> None:
        self._opener.open(self._folder)
