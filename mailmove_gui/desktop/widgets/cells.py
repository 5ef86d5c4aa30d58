"""How tables draw their cells."""

from collections.abc import Callable
from unicodedata import east_asian_width

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from mailmove_gui.desktop import icons, theme
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.table_header import TableHeader
from mailmove_gui.desktop.widgets.text import draw_text

Index = QModelIndex | QPersistentModelIndex
PADDING = theme.SPACE_SMALL
_ICON_SIZE = 16
_MOST_TEXTS = 4000
_NO_BEGINNING = frozenset("。，、；：？！）》」』】”’…%")
_SELECTED = QStyle.StateFlag.State_Selected
_FOCUS = QStyle.StateFlag.State_HasFocus


class Cell(QStyledItemDelegate):
    """Background, selection and the line between rows; what is inside is drawn by `paint_inside`.

    Twenty running accounts repaint a hundred cells ten times a second, so nothing is worked out twice here: colours are
    kept for as long as the palette is the same, and shortened or broken texts until there are too many of them.
    """

    def __init__(self, parent: QWidget | None = None, *, right: bool = False) -> None:
        super().__init__(parent)
        self._right = right
        self._palette_key = -1
        self._pens = (QPen(), QPen(), QPen(), QColor())
        self._lines: dict[tuple[str, int, int, int], tuple[str, ...]] = {}

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the cell."""
        palette: QPalette = option.palette
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        line, text, focus, selected = self._colors(palette)
        painter.save()
        painter.setClipRect(rect)
        if state & _SELECTED:
            painter.fillRect(rect, selected)
        painter.setPen(line)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if state & _FOCUS:
            painter.setPen(focus)
            painter.drawRect(rect.adjusted(1, 1, -2, -3))
        painter.setPen(text)
        self.paint_inside(painter, rect.adjusted(PADDING, 0, -PADDING, -1), palette, index)
        painter.restore()

    def paint_inside(self, painter: QPainter, rect: QRect, palette: QPalette, index: Index) -> None:
        """Draw the text of the model, over two lines if there is room."""
        self.draw_lines(painter, rect, str(index.data() or ""))

    def draw_single(self, painter: QPainter, rect: QRect, text: str) -> None:
        """Draw one line, shortened in its middle: both ends of an address matter."""
        if text:
            (shown,) = self._fitted(painter.fontMetrics(), text, rect.width(), 0)
            draw_text(painter, rect, shown)

    def draw_lines(self, painter: QPainter, rect: QRect, text: str) -> None:
        """Draw a text over at most two lines, as there is room, and shorten the last one."""
        if not text:
            return
        metrics = painter.fontMetrics()
        fitted = self._fitted(metrics, text, rect.width(), 2 if rect.height() >= 2 * metrics.height() else 1)
        places = (rect,) if len(fitted) == 1 else two_lines(painter, rect)
        for place, line in zip(places, fitted, strict=True):
            draw_text(painter, place, line, right=self._right)

    def _fitted(self, metrics: QFontMetrics, text: str, room: int, lines: int) -> tuple[str, ...]:
        """The text in pieces that fit; `lines` 0 is one line that is shortened in its middle."""
        key = (text, room, metrics.height(), lines)
        known = self._lines.get(key)
        if known is None:
            if len(self._lines) > _MOST_TEXTS:
                self._lines.clear()
            known = self._lines[key] = _fit(metrics, text, room, lines)
        return known

    def _colors(self, palette: QPalette) -> tuple[QPen, QPen, QPen, QColor]:
        key = palette.cacheKey()
        if key != self._palette_key:
            accent = QPen(Tone.MOVING.color(palette), 1, Qt.PenStyle.DotLine)
            text = QPen(palette.color(QPalette.ColorRole.Text))
            self._pens = QPen(theme.border(palette), 1), text, accent, theme.tint(palette, Tone.MOVING)
            self._palette_key = key
        return self._pens


class AddressCell(Cell):
    """One line, shortened in its middle."""

    def paint_inside(self, painter: QPainter, rect: QRect, palette: QPalette, index: Index) -> None:
        """Draw the text of the model."""
        self.draw_single(painter, rect, str(index.data() or ""))


class IconCell(Cell):
    """An icon in the colour of a tone, and the text behind it; a subclass says which."""

    def icon_of(self, index: Index) -> tuple[str, Tone] | None:
        """Icon and tone of a cell; None: no icon."""
        return None

    def paint_inside(self, painter: QPainter, rect: QRect, palette: QPalette, index: Index) -> None:
        """Draw icon and text."""
        drawn = self.icon_of(index)
        if drawn is not None:
            name, tone = drawn
            color = tone.color(palette)
            picture = icons.pixmap(name, color, _ICON_SIZE, painter.device().devicePixelRatioF())
            painter.drawPixmap(rect.left(), rect.center().y() - _ICON_SIZE // 2 + 1, picture)
            painter.setPen(color)
            rect = rect.adjusted(_ICON_SIZE + 6, 0, 0, 0)
        self.paint_text(painter, rect, palette, index)

    def paint_text(self, painter: QPainter, rect: QRect, palette: QPalette, index: Index) -> None:
        """Draw the text of the model behind the icon."""
        self.draw_lines(painter, rect, str(index.data() or ""))


def two_lines(painter: QPainter, rect: QRect) -> tuple[QRect, QRect]:
    """Places for two lines of text in the middle of a cell."""
    height = painter.fontMetrics().height()
    top = rect.center().y() - height + 1
    return QRect(rect.left(), top, rect.width(), height), QRect(rect.left(), top + height, rect.width(), height)


def _fit(metrics: QFontMetrics, text: str, room: int, lines: int) -> tuple[str, ...]:
    if lines == 0:
        return (metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room),)
    if lines == 1 or metrics.horizontalAdvance(text) <= room:
        return (metrics.elidedText(text, Qt.TextElideMode.ElideRight, room),)
    first, rest = _break(text, metrics.horizontalAdvance, room)
    return first, metrics.elidedText(rest, Qt.TextElideMode.ElideRight, room)


def _break(text: str, width_of: Callable[[str], int], room: int) -> tuple[str, str]:
    """Split a text where it may be, so that the first part is as long as there is room for; else anywhere."""
    fitting = len(text)
    while fitting > 1 and width_of(text[:fitting]) > room:
        fitting -= 1
    place = next((place for place in range(fitting, 0, -1) if _may_break(text, place)), fitting)
    return text[:place].rstrip(" "), text[place:].lstrip(" ")


def _may_break(text: str, place: int) -> bool:
    """Whether a line may end before this place: at a blank, or beside a Chinese character, but not before a stop."""
    before, after = text[place - 1], text[place : place + 1]
    if " " in (before, after):
        return True
    return after not in _NO_BEGINNING and ("W" in (east_asian_width(before), east_asian_width(after or " ")))


class Table(QTableView):
    """Paints all its cells in one go."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Hold Python's lock from the first cell to the last, instead of fetching it for each of them."""
        super().paintEvent(event)


def set_up_table(table: QTableView, *, lines: float = 2.0) -> None:
    """Rows of the same height, no grid, no row numbers, whole rows selected."""
    table.setFont(theme.tabular(table.font()))
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setTabKeyNavigation(False)
    rows = table.verticalHeader()
    rows.hide()
    rows.setMinimumSectionSize(16)
    rows.setDefaultSectionSize(round(table.fontMetrics().height() * lines) + 10)
    table.setHorizontalHeader(TableHeader(table))


def text_width(table: QTableView, sample: str) -> int:
    """How wide a column must be to show this text."""
    return table.fontMetrics().horizontalAdvance(sample) + 2 * PADDING + 2
