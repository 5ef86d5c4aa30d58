"""The accounts as a table that can be typed into."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import IntEnum
from typing import Any, assert_never

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from mailmove_gui.batch import AccountRow
from mailmove_gui.desktop.wizard.draft import MigrationDraft, hinders, is_blank
from mailmove_gui.desktop.wizard.problem_words import row_sentence
from mailmove_gui.domain.problems import Problem
from mailmove_gui.domain.secret import Secret
from mailmove_gui.texts import _

Index = QModelIndex | QPersistentModelIndex
DOTS = "\N{BLACK CIRCLE}" * 6
DERIVED_ROLE = int(Qt.ItemDataRole.UserRole) + 1
"""Whether a cell shows what follows from the options instead of what was typed."""
HINDERS_ROLE = int(Qt.ItemDataRole.UserRole) + 2
"""Of a problem: whether it has to be solved before the accounts can be checked; None: no problem."""
_NO_PARENT = QModelIndex()


class Column(IntEnum):
    """The columns of the table."""

    SOURCE_USER = 0
    SOURCE_PASSWORD = 1
    DESTINATION_USER = 2
    DESTINATION_PASSWORD = 3
    PROBLEM = 4


PASSWORDS = frozenset({Column.SOURCE_PASSWORD, Column.DESTINATION_PASSWORD})


class AccountsModel(QAbstractTableModel):
    """Rows of the draft. Passwords go in and never come out: they are shown as dots."""

    edited = Signal()
    """rows are others than before"""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._draft = MigrationDraft()
        self._rows: list[AccountRow] = []
        self._problems: dict[int, list[Problem]] = {}

    @property
    def rows(self) -> tuple[AccountRow, ...]:
        """All rows, blank ones too."""
        return tuple(self._rows)

    def show_draft(self, draft: MigrationDraft) -> None:
        """Show a draft's rows; the table always has one."""
        self.beginResetModel()
        self._rows = list(draft.rows) or [AccountRow(1, "")]
        self._draft = draft
        self._judge()
        self.endResetModel()

    def take_options(self, draft: MigrationDraft) -> None:
        """Other options: what follows from them is shown anew."""
        self._draft = draft
        self._judge()
        self._tell_all()

    def add_rows(self, rows: Iterable[AccountRow]) -> None:
        """Put rows behind the others; blank ones at the end give way."""
        self.beginResetModel()
        while self._rows and is_blank(self._rows[-1]):
            self._rows.pop()
        self._rows.extend(rows)
        self._rows = self._rows or [AccountRow(1, "")]
        self._judge()
        self.endResetModel()
        self.edited.emit()

    def add_blank(self) -> int:
        """Add a row to type into; returns its number (0-based)."""
        number = len(self._rows)
        self.beginInsertRows(_NO_PARENT, number, number)
        self._rows.append(AccountRow(number + 1, ""))
        self.endInsertRows()
        return number

    def remove(self, numbers: Iterable[int]) -> None:
        """Take rows (0-based) away; the last one is only emptied."""
        going = set(numbers)
        self.beginResetModel()
        self._rows = [row for number, row in enumerate(self._rows) if number not in going] or [AccountRow(1, "")]
        self._judge()
        self.endResetModel()
        self.edited.emit()

    def clear_cells(self, cells: Sequence[Index]) -> None:
        """Empty single cells."""
        for index in cells:
            if index.column() != Column.PROBLEM:
                self._put(index.row(), Column(index.column()), "")
        self._changed()

    def type_passwords(self, row: int, source: Secret, destination: Secret) -> None:
        """Put both passwords of a row."""
        self._rows[row] = replace(self._rows[row], source_password=source, destination_password=destination)
        self._changed()

    def problems_of(self, row: int) -> Sequence[Problem]:
        """What is wrong with a row (0-based)."""
        return self._problems.get(row + 1, ())

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """Number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        """Number of columns."""
        return 0 if parent.isValid() else len(Column)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """All cells but problems can be edited."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() != Column.PROBLEM:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text; for editing what was typed, but no password."""
        if not index.isValid():
            return None
        number, column = index.row(), Column(index.column())
        row = self._rows[number]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._shown(number, column)
            case Qt.ItemDataRole.EditRole:
                return "" if column in PASSWORDS else _typed(row, column)
            case Qt.ItemDataRole.ToolTipRole:
                return self._shown(number, column) or None if column not in PASSWORDS else None
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._accessible(number, column)
            case _ if role == DERIVED_ROLE:
                return bool(self._shown(number, column)) and not _typed(row, column)
            case _ if role == HINDERS_ROLE:
                problems = self.problems_of(number)
                return any(map(hinders, problems)) if problems else None
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take what was typed."""
        if role != Qt.ItemDataRole.EditRole or not index.isValid() or index.column() == Column.PROBLEM:
            return False
        self._put(index.row(), Column(index.column()), str(value))
        self._changed()
        return True

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Headings, and row numbers as problems name them."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation is Qt.Orientation.Vertical:
            return str(section + 1)
        return heading(Column(section)) if 0 <= section < len(Column) else None

    def _put(self, number: int, column: Column, text: str) -> None:
        row = self._rows[number]
        match column:
            case Column.SOURCE_USER:
                row = replace(row, source_user=text.strip())
            case Column.SOURCE_PASSWORD:
                row = replace(row, source_password=Secret(text))
            case Column.DESTINATION_USER:
                row = replace(row, destination_user=text.strip())
            case Column.DESTINATION_PASSWORD:
                row = replace(row, destination_password=Secret(text))
            case Column.PROBLEM:
                return
            case _ as never:
                assert_never(never)
        self._rows[number] = row

    def _changed(self) -> None:
        self._judge()
        self._tell_all()
        self.edited.emit()

    def _judge(self) -> None:
        """Look for problems in all rows: one row's may lie in another."""
        self._draft = replace(self._draft, rows=tuple(self._rows))
        self._problems = {}
        for problem in self._draft.problems():
            self._problems.setdefault(problem.row or 0, []).append(problem)

    def _tell_all(self) -> None:
        last = self.index(len(self._rows) - 1, len(Column) - 1)
        self.dataChanged.emit(self.index(0, 0), last)

    def _shown(self, number: int, column: Column) -> str:
        row = self._rows[number]
        if column is Column.PROBLEM:
            return "" if is_blank(row) else row_sentence(self.problems_of(number))
        return _typed(self._draft.completed(row), column)

    def _accessible(self, number: int, column: Column) -> str:
        shown = self._shown(number, column)
        if column in PASSWORDS:
            shown = _("entered") if shown else _("missing")
        return f"{heading(column)}: {shown}"


def heading(column: Column) -> str:
    """What a column is called."""
    match column:
        case Column.SOURCE_USER:
            return _("Source address")
        case Column.SOURCE_PASSWORD:
            return _("Password")
        case Column.DESTINATION_USER:
            return _("Destination address")
        case Column.DESTINATION_PASSWORD:
            return _("Password")
        case Column.PROBLEM:
            return _("To look at")
        case _ as never:
            assert_never(never)


def _typed(row: AccountRow, column: Column) -> str:
    match column:
        case Column.SOURCE_USER:
            return row.source_user
        case Column.SOURCE_PASSWORD:
            return DOTS if row.source_password else ""
        case Column.DESTINATION_USER:
            return row.destination_user
        case Column.DESTINATION_PASSWORD:
            return DOTS if row.destination_password else ""
        case Column.PROBLEM:
            return ""
        case _ as never:
            assert_never(never)
