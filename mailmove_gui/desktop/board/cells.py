"""The board's cells: account, state, progress, problem."""

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter, QPalette

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.models import words
from mailmove_gui.desktop.models.board_model import ROW_ROLE
from mailmove_gui.desktop.models.rows import BoardRow
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.cells import Cell, IconCell, Index, two_lines
from mailmove_gui.desktop.widgets.progress import paint_bar

_BAR_HEIGHT = 6


class AccountCell(Cell):
    """Source address, and below it where it goes if that is called otherwise."""

    def paint_inside(self, painter: QPainter, rect: QRect, palette: QPalette, index: Index) -> None:
        """Draw one or two lines."""
        row: BoardRow = index.data(ROW_ROLE)
        source, destination = row.account.source, row.account.destination
        if source.owner == destination.owner:
            self.draw_single(painter, rect, source.user)
            return
        above, below = two_lines(painter, rect)
        self.draw_single(painter, above, source.user)
        painter.setPen(theme.secondary_text(palette))
        self.draw_single(painter, below, f"\N{RIGHTWARDS ARROW} {destination.user}")


class StateCell(IconCell):
    """The state's icon and word, in its colour, and the folder that is being worked on."""

    def icon_of(self, index: Index) -> tuple[str, Tone] | None:
        """Icon and tone of the account's state."""
        row: BoardRow = index.data(ROW_ROLE)
        return theme.icon_of(row.state), theme.tone_of(row.state)

    def paint_text(self, painter: QPainter, rect: QRect, palette: QPalette, index: Index) -> None:
        """Draw the word, and the folder below it."""
        row: BoardRow = index.data(ROW_ROLE)
        folder = words.folder_text(row)
        if not folder:
            self.draw_lines(painter, rect, words.state_text(row))
            return
        above, below = two_lines(painter, rect)
        self.draw_single(painter, above, words.state_text(row))
        painter.setPen(theme.secondary_text(palette))
        self.draw_single(painter, below, folder)


class ProgressCell(Cell):
    """Messages moved of total above a bar; no bar before there is anything to count."""

    def paint_inside(self, painter: QPainter, rect: QRect, palette: QPalette, index: Index) -> None:
        """Draw numbers and bar."""
        row: BoardRow = index.data(ROW_ROLE)
        height = painter.fontMetrics().height()
        if not row.messages_total:
            return
        top = rect.center().y() - (height + _BAR_HEIGHT + 3) // 2 + 1
        line = QRect(rect.left(), top, rect.width(), height)
        text = words.progress_text(row)
        # Shortened in its middle, two numbers would be read as one.
        fits = painter.fontMetrics().horizontalAdvance(text) <= rect.width()
        self.draw_single(painter, line, text if fits else words.share_text(row))
        bar = QRectF(rect.left(), top + height + 3, rect.width(), _BAR_HEIGHT)
        tone = theme.tone_of(row.state)
        paint_bar(painter, bar, row.share, tone.color(palette), palette)


class ProblemCell(Cell):
    """The problem in words; what is only worth knowing is drawn in the colour of second-rank text."""

    def paint_inside(self, painter: QPainter, rect: QRect, palette: QPalette, index: Index) -> None:
        """Draw up to two lines."""
        row: BoardRow = index.data(ROW_ROLE)
        if row.failure is not None:
            painter.setPen(theme.tone_of(row.state).color(palette))
        self.draw_lines(painter, rect, words.problem_text(row))
