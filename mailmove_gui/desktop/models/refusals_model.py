"""Messages of one account that were not moved, as a table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any, assert_never

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from mailmove_gui.domain.events import Refusal
from mailmove_gui.domain.folders import display_name
from mailmove_gui.domain.identity import header_date
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.texts import _, numbers
from mailmove_gui.texts.reasons import what_happened

Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()


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

_ALIGN_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ALIGN_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_OLDEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class NotMovedMessage:
    """A message that was not moved; `is_dismissed`: it was skipped for good."""

    refusal: Refusal
    date: datetime | None
    is_dismissed: bool = False

    @classmethod
    def of(cls, refusal: Refusal, *, is_dismissed: bool = False) -> "NotMovedMessage":
        """With its date worked out, which every sort asks for."""
        return cls(refusal, header_date(refusal.date), is_dismissed)

    @property
    def is_doubtful(self) -> bool:
        """Whether nobody knows if it has arrived."""
        return self.refusal.reason is Reason.ARRIVAL_UNKNOWN

    @property
    def why(self) -> str:
        """The reason in words."""
        happened = what_happened(self.refusal.reason, server_text=self.refusal.server_text)
        return _("Skipped for good. {why}").format(why=happened) if self.is_dismissed else happened


class RefusalsModel(QAbstractTableModel):
    """Sorts itself, with keys that are worked out once a row; selected rows stay selected when others come and go."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[NotMovedMessage] = []
        self._sorted_by: tuple[Column, bool] | None = None

    def show_messages(self, refused: Iterable[Refusal], dismissed: Iterable[Refusal]) -> None:
        """Bring the rows up to date: all messages of the account."""
        wanted = [NotMovedMessage.of(one) for one in refused]
        wanted += [NotMovedMessage.of(one, is_dismissed=True) for one in dismissed]
        if wanted and {one.refusal.message_id for one in wanted}.isdisjoint(self._numbers()):
            self.beginResetModel()
            self._rows = self._in_order(wanted)
            self.endResetModel()
            return
        self._remove_all_but({one.refusal.message_id for one in wanted})
        known = set(self._numbers())
        added = [one for one in wanted if one.refusal.message_id not in known]
        if added:
            self.beginInsertRows(_NO_PARENT, len(self._rows), len(self._rows) + len(added) - 1)
            self._rows += added
            self.endInsertRows()
        self._rearrange(wanted)

    @property
    def messages(self) -> Sequence[NotMovedMessage]:
        """All messages, as they are sorted."""
        return self._rows

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1: folder by folder."""
        self._sorted_by = None if column < 0 else (Column(column), order is Qt.SortOrder.DescendingOrder)
        self._rearrange(self._rows)

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """Number of messages."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        """Number of columns."""
        return 0 if parent.isValid() else len(Column)

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
                return _ALIGN_RIGHT if column is Column.SIZE else _ALIGN_LEFT
            case _ if role == MESSAGE_ROLE:
                return message
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Headings."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(Column):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return heading(Column(section))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGN_RIGHT if Column(section) is Column.SIZE else _ALIGN_LEFT
        return None

    def _numbers(self) -> list[int]:
        return [one.refusal.message_id for one in self._rows]

    def _remove_all_but(self, kept: set[int]) -> None:
        """Remove runs of rows, from the end, so that the numbers of those before them stay."""
        end = len(self._rows)
        while end:
            if self._rows[end - 1].refusal.message_id in kept:
                end -= 1
                continue
            start = end
            while start and self._rows[start - 1].refusal.message_id not in kept:
                start -= 1
            self.beginRemoveRows(_NO_PARENT, start, end - 1)
            del self._rows[start:end]
            self.endRemoveRows()
            end = start

    def _in_order(self, messages: Iterable[NotMovedMessage]) -> list[NotMovedMessage]:
        by_folder = sorted(messages, key=lambda one: (one.is_dismissed, one.refusal.folder, one.refusal.uid))
        if self._sorted_by is None:
            return by_folder
        column, is_descending = self._sorted_by
        return sorted(by_folder, key=lambda one: _sort_key(one, column), reverse=is_descending)

    def _rearrange(self, messages: Iterable[NotMovedMessage]) -> None:
        """Put the same messages, as they are now, into their places; selection and current row go with them."""
        wanted = self._in_order(messages)
        if wanted == self._rows:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        numbers_before = [self._rows[index.row()].refusal.message_id for index in before]
        self._rows = wanted
        row_of = {number: row for row, number in enumerate(self._numbers())}
        after = [
            self.index(row_of[number], index.column()) for number, index in zip(numbers_before, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()


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
        case Column.SUBJECT | Column.SENDER | Column.FOLDER | Column.WHY:
            return _text(message, column).casefold()
        case _ as never:
            assert_never(never)
