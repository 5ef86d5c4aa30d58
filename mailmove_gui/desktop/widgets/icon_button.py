"""A button with an icon of ours."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QPushButton, QWidget

from mailmove_gui.desktop import icons


class IconButton(QPushButton):
    """Its icon follows light and dark."""

    def __init__(self, icon_name: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(icons.icon(icon_name), text, parent)
        self._icon_name = icon_name
        self.setAutoDefault(False)

    def changeEvent(self, event: QEvent) -> None:
        """Tint the icon anew."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.setIcon(icons.icon(self._icon_name))
