"""Headings of tables, and columns that share the room there is."""

from collections.abc import Collection, Mapping
from enum import IntEnum
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from mailmove_gui.desktop import theme

_ARROW = 4
_NARROWEST = 120
_Column = TypeVar("_Column", bound=IntEnum)


class TableHeader(QHeaderView):
    """Headings in second-rank colour above the column's text, without lines between them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setHighlightSections(False)
        self.setSectionsClickable(False)
        self.setMinimumSectionSize(40)

    def sizeHint(self) -> QSize:
        """Some air above and below the text."""
        return QSize(super().sizeHint().width(), self.fontMetrics().height() + 14)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N803 -- Qt's name
        """Draw one heading, and an arrow if the table is sorted by it."""
        palette = self.palette()
        painter.save()
        painter.fillRect(rect, palette.color(QPalette.ColorRole.Base))
        painter.setPen(QPen(theme.border(palette), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        model = self.model()
        orientation = Qt.Orientation.Horizontal
        text = str(model.headerData(logicalIndex, orientation) or "")
        align = Qt.AlignmentFlag(
            model.headerData(logicalIndex, orientation, Qt.ItemDataRole.TextAlignmentRole) or Qt.AlignmentFlag.AlignLeft
        )
        horizontal = align & Qt.AlignmentFlag.AlignHorizontal_Mask
        inside = rect.adjusted(theme.SPACE_SMALL, 0, -theme.SPACE_SMALL, -1)
        painter.setPen(theme.secondary_text(palette))
        is_sorted = self.isSortIndicatorShown() and self.sortIndicatorSection() == logicalIndex
        room = inside.width() - (3 * _ARROW if is_sorted else 0)
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
        width = painter.fontMetrics().horizontalAdvance(shown)
        place = QRect(inside)
        if is_sorted:
            is_right = bool(horizontal & Qt.AlignmentFlag.AlignRight)
            centre = inside.right() - _ARROW if is_right else inside.left() + width + 2 * _ARROW
            if is_right:
                place.setRight(inside.right() - 3 * _ARROW)
            down = self.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
            self._paint_arrow(painter, QPointF(centre, inside.center().y() + 1), down=down)
        painter.drawText(place, int(horizontal | Qt.AlignmentFlag.AlignVCenter), shown)
        painter.restore()

    @staticmethod
    def _paint_arrow(painter: QPainter, centre: QPointF, *, down: bool) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(painter.pen().color())
        tip = _ARROW * 0.6 if down else -_ARROW * 0.6
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(centre.x() - _ARROW, centre.y() - tip),
                    QPointF(centre.x() + _ARROW, centre.y() - tip),
                    QPointF(centre.x(), centre.y() + tip),
                ]
            )
        )


class ColumnFit(QObject):
    """Gives columns their least width, and shares what is left over; stops when somebody sizes a column by hand.

    Where there is less room than that, columns of `spare` are not shown, and then the last column gives way first.
    """

    def __init__(
        self,
        table: QTableView,
        least: Mapping[_Column, int],
        shares: Mapping[_Column, int],
        spare: Collection[_Column] = (),
    ) -> None:
        super().__init__(table)
        self._spare = frozenset(int(column) for column in spare)
        self._table = table
        self._least: dict[int, int] = {int(column): width for column, width in least.items()}
        self._shares: dict[int, int] = {int(column): share for column, share in shares.items()}
        self._is_fitting = False
        self._is_ours = True
        header = table.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.sectionResized.connect(self._resized)
        # Row numbers get their width later than the table, without a resize event that gets here.
        table.verticalHeader().geometriesChanged.connect(self._fit)
        table.viewport().installEventFilter(self)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fit when the table's width changes."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._fit()
        return super().eventFilter(watched, event)

    @Slot()
    def _fit(self) -> None:
        if self._is_fitting or not self._is_ours:
            return
        header = self._table.horizontalHeader()
        width = self._table.viewport().width()
        has_room_for_all = sum(self._least.values()) <= width
        shown = {
            column: least for column, least in self._least.items() if has_room_for_all or column not in self._spare
        }
        room = width - sum(shown.values())
        extra, last = max(0, room), max(self._least)
        total = sum(self._shares.values())
        self._is_fitting = True
        given = 0
        for column in self._spare:
            self._table.setColumnHidden(column, column not in shown)
        for column, least in shown.items():
            part = extra * self._shares.get(column, 0) // total
            given += part
            if column == last:
                # Rounding goes here; and where there is too little room, this is the one that gives way.
                part += extra - given + max(min(0, room), min(0, _NARROWEST - least))
            header.resizeSection(column, least + part)
        self._is_fitting = False

    @Slot(int, int, int)
    def _resized(self, section: int, old: int, new: int) -> None:
        if not self._is_fitting:
            self._is_ours = False
