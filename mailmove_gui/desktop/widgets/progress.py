"""Progress bars of our own: a thin one for all, and the one in the board's cells."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.texts import numbers

_HEIGHT = 8


def paint_bar(painter: QPainter, rect: QRectF, share: float, color: QColor, palette: QPalette) -> None:
    """Draw a bar that is filled up to `share` (0 to 1)."""
    radius = rect.height() / 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.track(palette))
    painter.drawRoundedRect(rect, radius, radius)
    if share > 0:
        filled = QRectF(rect)
        filled.setWidth(max(rect.height(), rect.width() * min(1.0, share)))
        painter.setBrush(color)
        painter.drawRoundedRect(filled, radius, radius)
    painter.restore()


class ProgressStrip(QWidget):
    """A thin bar over the whole width."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share = 0.0
        self._tone = Tone.MOVING
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def share(self) -> float:
        """How far it is filled, 0 to 1."""
        return self._share

    def show_share(self, share: float, tone: Tone = Tone.MOVING) -> None:
        """Fill it up to `share`."""
        if (share, tone) != (self._share, self._tone):
            self._share, self._tone = share, tone
            self.setAccessibleName(numbers.percent(int(share * 1000), 1000))
            self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(200, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar."""
        painter = QPainter(self)
        paint_bar(painter, QRectF(self.rect()), self._share, self._tone.color(self.palette()), self.palette())
        painter.end()
