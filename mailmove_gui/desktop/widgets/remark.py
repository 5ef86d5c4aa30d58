"""A remark: a few words, and an icon in the colour of what they say."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from mailmove_gui.desktop import icons, theme
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import icon_of_tone

_ICON_SIZE = 16


class Remark(QWidget):
    """Hidden until there is something to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = Tone.IDLE
        self._icon_name = ""
        self._icon = QLabel(self)
        self._icon.setFixedSize(_ICON_SIZE, _ICON_SIZE)
        self._text = QLabel(self)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        layout = QHBoxLayout(self)
        theme.set_margins(layout, 0, theme.SPACE_TINY)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._text, 1)
        self.hide()

    def text(self) -> str:
        """What it says; empty while it is hidden."""
        return "" if self.isHidden() else self._text.text()

    def say(self, tone: Tone, text: str, *, icon_name: str = "") -> None:
        """Show a few words."""
        self._tone, self._icon_name = tone, icon_name or icon_of_tone(tone)
        self._text.setText(text)
        self._draw_icon()
        self.show()

    def clear(self) -> None:
        """Say nothing any more."""
        self._text.clear()
        self.hide()

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._icon_name:
            self._draw_icon()

    def _draw_icon(self) -> None:
        color = self._tone.color(self.palette())
        self._icon.setPixmap(icons.pixmap(self._icon_name, color, _ICON_SIZE, self.devicePixelRatioF()))
