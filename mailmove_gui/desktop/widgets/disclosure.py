"""A button that shows more, and hides it again."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from mailmove_gui.desktop import icons, theme
from mailmove_gui.texts import _

_ICON_SIZE = 14


class DisclosureButton(QToolButton):
    """An arrow and a word; `content` lies somewhere below it and is hidden at first."""

    changed = Signal(bool)
    """the content is shown, or hidden"""

    def __init__(self, text: str, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = content
        self._is_open = False
        self.setText(text)
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(_ICON_SIZE, _ICON_SIZE))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._toggle)
        self._renew()

    @property
    def is_open(self) -> bool:
        """Whether the content is shown."""
        return self._is_open

    def set_open(self, shown: bool) -> None:
        """Show the content, or hide it."""
        if shown != self._is_open:
            self._is_open = shown
            self._renew()
            self.changed.emit(shown)

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icon()

    @Slot()
    def _toggle(self) -> None:
        self.set_open(not self._is_open)

    def _renew(self) -> None:
        self._content.setVisible(self._is_open)
        self.setAccessibleDescription(_("expanded") if self._is_open else _("collapsed"))
        self._draw_icon()

    def _draw_icon(self) -> None:
        name = "collapse" if self._is_open else "expand"
        self.setIcon(icons.icon(name, theme.secondary_text(self.palette())))
