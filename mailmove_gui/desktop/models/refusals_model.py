"""Messages of one account that were not moved, as a table."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any, assert_never

from PySide6.QtCore import QObject, Qt

from mailmove_gui.desktop.models.column_model import NO_PARENT, ColumnModel, Index
from mailmove_gui.desktop.models.not_moved import NotMovedMessage
from mailmove_gui.domain.folders import display_name
from mailmove_gui.texts import _, numbers


class Column(IntEnum):
    """The columns of the table."""

    SUBJECT = 0
    SENDER = 1
    FOLDER = 2
    DATE = 3
    SIZE = 4
    WHY = 5


MESSAGE_ROLE = int(Qt.ItemDataRole.UserRole) + 1
"""The NotMovedMessage of a row."""

_OLDEST = datetime.min.replace(tzinfo=UTC)


class RefusalsModel(ColumnModel):
    """Sorts itself: a proxy would ask for two texts a comparison, each time through Qt."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(Column, heading, (Column.SIZE,), parent)
        self._in_order: tuple[NotMovedMessage, ...] = ()
        self._rows: Sequence[NotMovedMessage] = ()
        self._sorted_by: tuple[Column, bool] | None = None

    def show_messages(self, messages: tuple[NotMovedMessage, ...]) -> None:
        """Replace all rows, if they are others."""
        if messages == self._in_order:
            return
        self.beginResetModel()
        self._in_order = messages
        self._rows = self._sorted()
        self.endResetModel()

    @property
    def messages(self) -> Sequence[NotMovedMessage]:
        """All messages, as they are sorted."""
        return self._rows

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1: folder by folder."""
        self._sorted_by = None if column < 0 else (Column(column), order is Qt.SortOrder.DescendingOrder)
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        ids = [self._rows[index.row()].id for index in before]
        self._rows = self._sorted()
        row_of = {message.id: row for row, message in enumerate(self._rows)}
        after = [self.index(row_of[one], index.column()) for one, index in zip(ids, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """Number of messages."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, alignment, tool tip, or the message itself."""
        if not index.isValid():
            return None
        message, column = self._rows[index.row()], Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _text(message, column)
            case Qt.ItemDataRole.ToolTipRole:
                return _text(message, column) or None
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{heading(column)}: {_text(message, column)}"
            case Qt.ItemDataRole.TextAlignmentRole:
                return self.alignment(column)
            case _ if role == MESSAGE_ROLE:
                return message
        return None

    def _sorted(self) -> Sequence[NotMovedMessage]:
        if self._sorted_by is None:
            return self._in_order
        column, is_descending = self._sorted_by
        return sorted(self._in_order, key=lambda one: _sort_key(one, column), reverse=is_descending)


def heading(column: Column) -> str:
    """What a column is called."""
    match column:
        case Column.SUBJECT:
            return _("Subject")
        case Column.SENDER:
            return _("From")
        case Column.FOLDER:
            return _("Folder")
        case Column.DATE:
            return _("Date")
        case Column.SIZE:
            return _("Size")
        case Column.WHY:
            return _("Why")
        case _ as never:
            assert_never(never)


def _text(message: NotMovedMessage, column: Column) -> str:
    refusal = message.refusal
    match column:
        case Column.SUBJECT:
            return refusal.subject or _("(no subject)")
        case Column.SENDER:
            return refusal.sender
        case Column.FOLDER:
            return display_name(refusal.folder)
        case Column.DATE:
            return message.date.date().isoformat() if message.date else refusal.date
        case Column.SIZE:
            return numbers.size(refusal.size_bytes)
        case Column.WHY:
            return message.why
        case _ as never:
            assert_never(never)


def _sort_key(message: NotMovedMessage, column: Column) -> Any:
    match column:
        case Column.DATE:
            return message.date or _OLDEST
        case Column.SIZE:
            return message.refusal.size_bytes
        case Column.WHY:
            return message.is_dismissed, message.refusal.reason, message.refusal.server_text
        case Column.SUBJECT | Column.SENDER | Column.FOLDER:
            return _text(message, column).casefold()
        case _ as never:
            assert_never(never)
