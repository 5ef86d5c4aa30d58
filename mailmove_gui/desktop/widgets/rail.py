"""The steps of the wizard, on its left."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mailmove_gui.desktop import icons, theme
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.texts import _

_WIDTH = 150
_ROW = 40
_DISC = 22


class Rail(QWidget):
    """Names the steps, ticks those behind and marks the present one."""

    def __init__(self, steps: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps = tuple(steps)
        self._current = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.show_step(0)

    def show_step(self, step: int) -> None:
        """Mark the step (0-based); those before it are ticked."""
        self._current = step
        name = self._steps[step] if 0 <= step < len(self._steps) else ""
        self.setAccessibleName(_("Step {n} of {total}: {name}").format(n=step + 1, total=len(self._steps), name=name))
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the longest name."""
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        metrics = self.fontMetrics()
        widest = max((metrics.horizontalAdvance(step) for step in self._steps), default=0)
        width = max(_WIDTH, round(widest * 1.1) + _DISC + theme.SPACE_SMALL + 2 * theme.SPACE)
        return QSize(width, _ROW * len(self._steps) + 2 * theme.SPACE_HUGE)

    def minimumSizeHint(self) -> QSize:
        """As `sizeHint`: names are not cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw discs, lines between them, and names."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = theme.SPACE_HUGE
        left = theme.SPACE
        palette = self.palette()
        painter.setPen(QPen(theme.border(palette), 2))
        x = left + _DISC / 2
        if len(self._steps) > 1:
            painter.drawLine(round(x), top + _ROW // 2, round(x), top + _ROW * (len(self._steps) - 1) + _ROW // 2)
        for number, step in enumerate(self._steps):
            self._paint_step(painter, number, step, QRect(left, top + number * _ROW, self.width(), _ROW))
        painter.end()

    def _paint_step(self, painter: QPainter, number: int, step: str, row: QRect) -> None:
        palette = self.palette()
        disc = QRectF(row.left(), row.center().y() - _DISC / 2 + 0.5, _DISC, _DISC)
        is_current, is_past = number == self._current, number < self._current
        accent, quiet = Tone.MOVING.color(palette), theme.secondary_text(palette)
        painter.setPen(QPen(accent if is_current or is_past else theme.border(palette), 1.5))
        painter.setBrush(accent if is_current else palette.window())
        painter.drawEllipse(disc)
        font = QFont(self.font())
        if is_past:
            tick = icons.pixmap("tick", accent, 14, self.devicePixelRatioF())
            painter.drawPixmap(round(disc.center().x() - 7), round(disc.center().y() - 7), tick)
        else:
            font.setWeight(QFont.Weight.DemiBold)
            painter.setFont(font)
            painter.setPen(palette.base().color() if is_current else quiet)
            painter.drawText(disc, int(Qt.AlignmentFlag.AlignCenter), str(number + 1))
        font.setWeight(QFont.Weight.DemiBold if is_current else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(palette.windowText().color() if is_current or is_past else quiet)
        name = row.adjusted(_DISC + theme.SPACE_SMALL, 0, 0, 0)
        painter.drawText(name, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), step)
