"""A field for a password."""

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget

from mailmove_gui.desktop import icons, theme
from mailmove_gui.domain.secret import Secret
from mailmove_gui.texts import _


class PasswordEdit(QLineEdit):
    """Shows dots, or on request what was typed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self._reveal = QAction(self)
        self._reveal.setCheckable(True)
        self._reveal.setShortcut(QKeySequence("Ctrl+R"))
        self._reveal.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        keys = self._reveal.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self._reveal.setToolTip(_("Show the password ({keys})").format(keys=keys))
        self._reveal.toggled.connect(self._show_or_hide)
        self.addAction(self._reveal, QLineEdit.ActionPosition.TrailingPosition)
        self._draw_icon()

    def secret(self) -> Secret:
        """What was typed."""
        return Secret(self.text())

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icon()

    def _draw_icon(self) -> None:
        self._reveal.setIcon(icons.icon("watching", theme.secondary_text(self.palette())))

    @Slot(bool)
    def _show_or_hide(self, shown: bool) -> None:
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
