"""A button that shows more, and hides it again."""

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from mailmove_gui.desktop import icons, theme

_ICON_SIZE = 14


class DisclosureButton(QToolButton):
    """An arrow and a word; `content` lies somewhere below it and is hidden at first."""

    def __init__(self, text: str, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = content
        self.setText(text)
        self.setCheckable(True)
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(_ICON_SIZE, _ICON_SIZE))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        content.hide()
        self.toggled.connect(self._show_content)
        self._draw_icon()

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icon()

    @Slot(bool)
    def _show_content(self, shown: bool) -> None:
        self._content.setVisible(shown)
        self._draw_icon()

    def _draw_icon(self) -> None:
        name = "collapse" if self.isChecked() else "expand"
        self.setIcon(icons.icon(name, theme.secondary_text(self.palette())))
