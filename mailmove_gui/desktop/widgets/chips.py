"""Filters as a row of chips: word and number, one of them on."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.texts import numbers


class Chip(QAbstractButton):
    """A word and a number; coloured when the number asks for somebody."""

    def __init__(self, word: str, tone: Tone = Tone.IDLE, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = tone
        self._number = 0
        self.setText(word)
        self._name()
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def number(self) -> int:
        """How many there are."""
        return self._number

    def show_number(self, number: int) -> None:
        """Show how many there are."""
        if number != self._number:
            self._number = number
            self._name()
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """Room for word and number."""
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(self.text()) + metrics.horizontalAdvance(self._shown_number())
        return QSize(width + theme.SPACE_TINY + 2 * theme.SPACE, metrics.height() + 10)

    def minimumSizeHint(self) -> QSize:
        """As `sizeHint`."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the chip."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        accent = Tone.MOVING.color(palette)
        shape = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(accent if self.isChecked() or self.hasFocus() else theme.border(palette), 1))
        if self.isChecked():
            painter.setBrush(theme.tint(palette, Tone.MOVING))
        else:
            painter.setBrush(palette.alternateBase() if self.underMouse() else palette.base())
        painter.drawRoundedRect(shape, shape.height() / 2, shape.height() / 2)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            inner = shape.adjusted(2, 2, -2, -2)
            painter.drawRoundedRect(inner, inner.height() / 2, inner.height() / 2)
        quiet = theme.secondary_text(palette)
        word_color = accent if self.isChecked() else palette.windowText().color()
        painter.setPen(word_color if self._number or self.isChecked() else quiet)
        inside = self.rect().adjusted(theme.SPACE, 0, -theme.SPACE, 0)
        align = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inside, int(Qt.AlignmentFlag.AlignLeft | align), self.text())
        painter.setPen(self._tone.color(palette) if self._number else quiet)
        font = theme.tabular(self.font())
        font.setBold(bool(self._number) and self._tone is not Tone.IDLE)
        painter.setFont(font)
        painter.drawText(QRect(inside), int(Qt.AlignmentFlag.AlignRight | align), self._shown_number())
        painter.end()

    def _name(self) -> None:
        self.setAccessibleName(f"{self.text()}: {numbers.accounts(self._number)}")

    def _shown_number(self) -> str:
        return numbers.count(self._number)


class ChipRow(QWidget):
    """Chips of which one is on."""

    chosen = Signal(int)
    """position of the chip"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._group.idClicked.connect(self._choose)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)
        self._layout.addStretch(1)

    def add(self, chip: Chip) -> None:
        """Put a chip at the end; the first one is on."""
        position = len(self._group.buttons())
        self._group.addButton(chip, position)
        self._layout.insertWidget(position, chip)
        chip.setChecked(position == 0)

    def chip(self, position: int) -> Chip:
        """The chip at a position."""
        chip = self._group.button(position)
        if not isinstance(chip, Chip):
            raise IndexError(position)
        return chip

    @Slot(int)
    def _choose(self, position: int) -> None:
        self.chosen.emit(position)
