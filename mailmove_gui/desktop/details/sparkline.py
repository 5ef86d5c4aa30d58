"""Messages a minute over the last hour, as a row of thin bars."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.models.sparkline import MINUTES, tempo_text
from mailmove_gui.desktop.theme import Tone

_BAR, _GAP = 2, 1
_HEIGHT = 20
_LOWEST = 1.5
"""Of a minute in which little came: it is not nothing."""


class Sparkline(QWidget):
    """A bar a minute, the present one on the right; as high as its share of the busiest minute."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: tuple[int, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._tell()

    @property
    def values(self) -> tuple[int, ...]:
        """What is shown."""
        return self._values

    def show_values(self, values: tuple[int, ...]) -> None:
        """Show messages of each minute; empty: there were none in the last hour."""
        if values != self._values:
            self._values = values
            self._tell()
            self.update()

    def sizeHint(self) -> QSize:
        """Room for an hour."""
        return QSize(MINUTES * (_BAR + _GAP), _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line on which the bars stand, and the bars; nothing where there are none."""
        if not self._values:
            return
        palette = self.palette()
        painter = QPainter(self)
        bottom = self.height() - 1
        painter.fillRect(QRectF(0, bottom, self.width(), 1), theme.border(palette))
        most, color = max(self._values, default=0), Tone.MOVING.color(palette)
        for place, value in enumerate(self._values):
            if value:
                height = max(_LOWEST, value / most * (bottom - 1))
                painter.fillRect(QRectF(place * (_BAR + _GAP), bottom - height, _BAR, height), color)
        painter.end()

    def _tell(self) -> None:
        text = tempo_text(self._values)
        self.setAccessibleName(text)
        self.setToolTip(text)
