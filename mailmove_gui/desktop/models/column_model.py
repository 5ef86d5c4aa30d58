"""What tables of fixed columns have in common."""

from collections.abc import Callable, Collection
from enum import IntEnum
from typing import Any, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex
NO_PARENT = QModelIndex()
_ALIGN_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ALIGN_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_Column = TypeVar("_Column", bound=IntEnum)


class ColumnModel(QAbstractTableModel):
    """Knows its columns: how many they are, what they are called, and that numbers stand on the right."""

    def __init__(
        self,
        columns: type[_Column],
        heading: Callable[[_Column], str],
        numbers: Collection[_Column],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._column_count = len(columns)
        self._numbers = frozenset(int(column) for column in numbers)
        # Looked up when it is asked for, so that it follows the language.
        self._heading: Callable[[int], str] = lambda section: heading(columns(section))

    def columnCount(self, parent: Index = NO_PARENT) -> int:
        """Number of columns."""
        return 0 if parent.isValid() else self._column_count

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Headings, and that they stand above what is in their column."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < self._column_count:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._heading(section)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(section)
        return None

    def alignment(self, column: int) -> Qt.AlignmentFlag:
        """Where the texts of a column stand."""
        return _ALIGN_RIGHT if column in self._numbers else _ALIGN_LEFT
