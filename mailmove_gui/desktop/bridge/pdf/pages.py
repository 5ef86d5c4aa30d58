"""Pages that are filled from top to bottom; nothing that has been drawn is kept."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPdfWriter, QPen

from mailmove_gui.desktop.bridge.pdf.text import LINE, Lines, Style, Typesetter
from mailmove_gui.report.document import Look, Spans, plain
from mailmove_gui.texts import _
from mailmove_gui.texts.numbers import count

_MM_PER_INCH = 25.4
_FOOTER_MM = 9.0
_FOOTER_POINTS = 8.0


class Pages:
    """Where the next line goes. Lengths are device units unless they are named otherwise."""

    def __init__(self, writer: QPdfWriter, painter: QPainter, title: str) -> None:
        self.painter = painter
        self._writer = writer
        self._typesetter = Typesetter(writer)
        self._title = title
        self._page = 1
        self._y = 0.0
        self._bottom = writer.height() - self.mm(_FOOTER_MM)

    @property
    def width(self) -> float:
        """Of a line."""
        return float(self._writer.width())

    @property
    def y(self) -> float:
        """Where the next line goes."""
        return self._y

    @property
    def left(self) -> float:
        """How much of this page is free."""
        return self._bottom - self._y

    @property
    def is_fresh(self) -> bool:
        """Whether nothing is on this page yet."""
        return self._y == 0.0

    def mm(self, length_mm: float) -> float:
        """Millimetres in device units."""
        return length_mm * self._writer.resolution() / _MM_PER_INCH

    def lines(self, spans: Spans, width: float, style: Style) -> Lines:
        """Words broken into lines of this width."""
        return self._typesetter.lines(spans, width, style)

    def go_down(self, distance: float) -> None:
        """Leave room; none at the top of a page."""
        if not self.is_fresh:
            self._y += distance

    def advance(self, height: float) -> None:
        """What was drawn is this high."""
        self._y += height

    def keep_together(self, height: float) -> bool:
        """Begin a page if there is no room for this on the present one; returns whether it did."""
        if self.left >= height or self.is_fresh:
            return False
        self.begin_page()
        return True

    def begin_page(self) -> None:
        """End the page and begin the next one."""
        self._draw_footer(_("Page {n}").format(n=count(self._page)))
        self._writer.newPage()
        self._page += 1
        self._y = 0.0

    def end(self) -> None:
        """End the last page, and say that it is the last."""
        self._draw_footer(_("Page {n}, the last one").format(n=count(self._page)))

    def rule(self, y: float, width: float) -> None:
        """A line from the left margin on."""
        self.painter.setPen(QPen(LINE, self.mm(0.15)))
        self.painter.drawLine(QPointF(0, y), QPointF(width, y))

    def bar(self, height: float, color: QColor) -> None:
        """A bar at the left of what comes next."""
        self.painter.fillRect(QRectF(0, self._y, self.mm(1.2), height), color)

    def _draw_footer(self, page: str) -> None:
        top = self._writer.height() - self.mm(_FOOTER_MM) + self.mm(2)
        self.rule(top, self.width)
        half = self.width / 2
        left = self.lines(plain(self._title, Look.QUIET), half, Style(_FOOTER_POINTS))
        right = self.lines(plain(page, Look.QUIET), half, Style(_FOOTER_POINTS, align_right=True))
        base_line = top + self.mm(1) + max(left.ascent, right.ascent)
        left.draw(self.painter, 0, base_line, 0, range(1))
        right.draw(self.painter, half, base_line, 0, range(1))
