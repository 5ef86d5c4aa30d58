"""Surfaces: a card, and a notice with an icon, a sentence and the button that helps."""

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from mailmove_gui.desktop import icons, theme
from mailmove_gui.desktop.theme import Tone

_ICON_SIZE = 18


class Card(QWidget):
    """A surface with a thin border and round corners; with a tone it is tinted."""

    def __init__(self, parent: QWidget | None = None, *, tone: Tone | None = None) -> None:
        super().__init__(parent)
        self._tone = tone

    @property
    def tone(self) -> Tone | None:
        """What its tint says."""
        return self._tone

    def set_tone(self, tone: Tone | None) -> None:
        """Tint it."""
        self._tone = tone
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw border and background."""
        palette = self.palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._tone is None:
            painter.setPen(QPen(theme.border(palette), 1))
            painter.setBrush(theme.surface(palette))
        else:
            line = self._tone.color(palette)
            line.setAlphaF(0.45)
            painter.setPen(QPen(line, 1))
            painter.setBrush(theme.tint(palette, self._tone))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)
        painter.end()


class Notice(Card):
    """Says what is the matter; hidden until there is something to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, tone=Tone.IDLE)
        self._icon_name = "info"
        self._icon = QLabel(self)
        self._icon.setFixedSize(_ICON_SIZE, _ICON_SIZE)
        self._text = QLabel(self)
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.button = QPushButton(self)
        self.button.setAutoDefault(False)
        self.button.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.SPACE, theme.SPACE_SMALL, theme.SPACE, theme.SPACE_SMALL)
        layout.setSpacing(theme.SPACE_SMALL)
        layout.addWidget(self._icon)
        layout.addWidget(self._text, 1)
        layout.addWidget(self.button)
        self.hide()

    def text(self) -> str:
        """What it says; empty while it is hidden."""
        return "" if self.isHidden() else self._text.text()

    def say(self, tone: Tone, text: str, *, button: str = "", icon_name: str = "") -> None:
        """Show a sentence, and a button if it has a text."""
        self._icon_name = icon_name or icon_of_tone(tone)
        self.set_tone(tone)
        self._text.setText(text)
        self.setAccessibleName(text)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self._draw_icon()
        self.show()

    def clear(self) -> None:
        """Say nothing any more."""
        self._text.clear()
        self.hide()

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icon()

    def _draw_icon(self) -> None:
        tone = self.tone or Tone.IDLE
        color = tone.color(self.palette())
        self._icon.setPixmap(icons.pixmap(self._icon_name, color, _ICON_SIZE, self.devicePixelRatioF()))


_ICONS = {
    Tone.MOVING: "info",
    Tone.DONE: "done",
    Tone.WAITING: "warning",
    Tone.NEEDS_SOMEONE: "warning",
    Tone.FAILED: "failed",
    Tone.IDLE: "info",
}


def icon_of_tone(tone: Tone) -> str:
    """Name of the icon that says the same as the colour."""
    return _ICONS[tone]
