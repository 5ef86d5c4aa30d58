"""One line of text inside a rectangle."""

from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QPainter


def draw_text(painter: QPainter, rect: QRect, text: str, *, right: bool = False) -> None:
    """Draw a line, in the middle of the rectangle's height, at its left or right edge.

    QPainter's own way to align in a rectangle gives Python's lock away at each call. While twenty accounts are
    running, a table of a hundred cells then waits a hundred times for its turn.
    """
    if not text:
        return
    metrics = painter.fontMetrics()
    x = rect.left() if not right else rect.right() + 1 - metrics.horizontalAdvance(text)
    y = rect.top() + (rect.height() + metrics.ascent() - metrics.descent()) / 2
    painter.drawText(QPointF(x, y), text)
