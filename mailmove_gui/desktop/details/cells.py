"""The cells of the tables of folders and of messages."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QPainter, QPalette
from PySide6.QtWidgets import QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.models import folders_model, refusals_model
from mailmove_gui.desktop.models.not_moved import NotMovedMessage
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.cells import Cell, IconCell, Index
from mailmove_gui.desktop.widgets.text import draw_text
from mailmove_gui.domain.folders import display_name
from mailmove_gui.domain.progress import Counts, FolderCounts

_ARROW = " \N{RIGHTWARDS ARROW} "


def _embolden_sums(painter: QPainter, index: Index) -> None:
    if index.data(folders_model.ROW_ROLE) is None:
        font = painter.font()
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)


class FolderCell(Cell):
    """The source folder and, if it is called otherwise, the one it goes to: each with its half of a narrow cell."""

    def paint_inside(self, painter: QPainter, rect: QRect, palette: QPalette, index: Index) -> None:
        """Draw one line."""
        _embolden_sums(painter, index)
        text, folder = str(index.data()), index.data(folders_model.ROW_ROLE)
        metrics = painter.fontMetrics()
        if folder is None or folder.source == folder.destination or metrics.horizontalAdvance(text) <= rect.width():
            self.draw_single(painter, rect, text)
            return
        draw_text(painter, rect, self._halved(painter, folder, rect.width()))

    @staticmethod
    def _halved(painter: QPainter, folder: FolderCounts, room: int) -> str:
        metrics = painter.fontMetrics()
        room -= metrics.horizontalAdvance(_ARROW)
        names = display_name(folder.source), display_name(folder.destination)
        widths = [metrics.horizontalAdvance(name) for name in names]
        # What one of the two does not need, the other may have.
        rooms = (max(room // 2, room - widths[1]), max(room // 2, room - widths[0]))
        middle = Qt.TextElideMode.ElideMiddle
        return _ARROW.join(metrics.elidedText(name, middle, most) for name, most in zip(names, rooms, strict=True))


class CountCell(Cell):
    """A number; a zero is drawn in the colour of second-rank text, so that the others are found."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, right=True)

    def paint_inside(self, painter: QPainter, rect: QRect, palette: QPalette, index: Index) -> None:
        """Draw the number."""
        _embolden_sums(painter, index)
        text = str(index.data())
        if text == "0":
            painter.setPen(theme.secondary_text(palette))
        self.draw_lines(painter, rect, text)


class VerifiedCell(IconCell):
    """Whether all that was moved was looked at and found."""

    def icon_of(self, index: Index) -> tuple[str, Tone] | None:
        """A tick, or what shows that something is still to be done."""
        counts: Counts = index.data(folders_model.COUNTS_ROLE)
        if not index.data():
            return None
        return ("tick", Tone.DONE) if folders_model.is_verified(counts) else ("queued", Tone.IDLE)


class WhyCell(IconCell):
    """Why a message was not moved."""

    def icon_of(self, index: Index) -> tuple[str, Tone] | None:
        """Refused, doubtful, or skipped for good."""
        message: NotMovedMessage = index.data(refusals_model.MESSAGE_ROLE)
        if message.is_dismissed:
            return "left_out", Tone.IDLE
        return ("warning", Tone.WAITING) if message.is_doubtful else ("failed", Tone.FAILED)
