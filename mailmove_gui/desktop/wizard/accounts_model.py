"""The accounts as a table that can be typed into."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import IntEnum
from typing import Any, assert_never

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)

from mailmove_gui.batch import AccountRow
from mailmove_gui.desktop.wizard.draft import MigrationDraft, hinders, is_blank
from mailmove_gui.desktop.wizard.judging import Judgement, Judging
from mailmove_gui.desktop.wizard.problem_words import row_sentence, row_sentences
from mailmove_gui.domain.problems import Problem
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.texts import _

Index = QModelIndex | QPersistentModelIndex
DOTS = "\N{BLACK CIRCLE}" * 6
DERIVED_ROLE = int(Qt.ItemDataRole.UserRole) + 1
"""Whether a cell shows what follows from the options instead of what was typed."""
HINDERS_ROLE = int(Qt.ItemDataRole.UserRole) + 2
"""Of a problem: whether it has to be solved before the accounts can be checked; None: no problem."""
_NO_PARENT = QModelIndex()
_LONGEST_S = 0.008
"""How long rows are judged before the window has its turn"""


class Column(IntEnum):
    """The columns of the table."""

    SOURCE_USER = 0
    SOURCE_PASSWORD = 1
    DESTINATION_USER = 2
    DESTINATION_PASSWORD = 3
    PROBLEM = 4


PASSWORDS = frozenset({Column.SOURCE_PASSWORD, Column.DESTINATION_PASSWORD})


class AccountsModel(QAbstractTableModel):
    """Rows of the draft. Passwords go in and never come out: they are shown as dots.

    What is wrong with a row may lie in another one, so each change has all rows judged anew; of thousands of rows a few
    at a time, while the window goes on.
    """

    edited = Signal()
    """rows are others than before"""
    judged = Signal()
    """`judgement` is another one, or a new one has been begun"""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._draft = MigrationDraft()
        self._rows: list[AccountRow] = []
        self._judging: Judging | None = None
        self.judgement = Judgement()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._go_on)

    @property
    def rows(self) -> tuple[AccountRow, ...]:
        """All rows, blank ones too."""
        return tuple(self._rows)

    @property
    def is_judged(self) -> bool:
        """Whether `judgement` is about the rows as they are now."""
        return self._judging is None

    def show_draft(self, draft: MigrationDraft) -> None:
        """Show a draft's rows; the table always has one."""
        self._draft = draft
        self._replace_rows(draft.rows)
        self._judge()

    def take_options(self, draft: MigrationDraft) -> None:
        """Other options: what follows from them is shown anew."""
        self._draft = draft
        self._tell_all()
        self._judge()

    def add_rows(self, rows: Iterable[AccountRow]) -> None:
        """Put rows behind the others; blank ones at the end give way."""
        kept = list(self._rows)
        while kept and is_blank(kept[-1]):
            kept.pop()
        self._replace_rows([*kept, *rows])
        self._changed()

    def add_blank(self) -> int:
        """Add a row to type into; returns its number (0-based)."""
        number = len(self._rows)
        self._add_blanks(1)
        return number

    def remove(self, numbers: Iterable[int]) -> None:
        """Take rows (0-based) away; the last one is only emptied."""
        going = set(numbers)
        self._replace_rows([row for number, row in enumerate(self._rows) if number not in going])
        self._changed()

    def clear_cells(self, cells: Sequence[Index]) -> None:
        """Empty single cells."""
        for index in cells:
            self._put(index.row(), Column(index.column()), "")
        self._changed()

    def fill(self, first_row: int, first_column: Column, cells: Sequence[Sequence[str]]) -> None:
        """Put cells into the table from one cell on to the right and down: a column of passwords is no list of rows."""
        self._add_blanks(first_row + len(cells) - len(self._rows))
        for row, texts in enumerate(cells, first_row):
            for column, text in zip(list(Column)[first_column:], texts, strict=False):
                self._put(row, column, text)
        self._changed()

    def problems_of(self, row: int) -> Sequence[Problem]:
        """What is wrong with a row (0-based)."""
        return self.judgement.problems.get(row + 1, ())

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
            case Qt.ItemDataRole.ToolTipRole if column is Column.PROBLEM:
                return "\n".join(row_sentences(self.problems_of(number))) or None
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
                row = row.with_password(Side.SOURCE, Secret(text))
            case Column.DESTINATION_USER:
                row = replace(row, destination_user=text.strip())
            case Column.DESTINATION_PASSWORD:
                row = row.with_password(Side.DESTINATION, Secret(text))
            case Column.PROBLEM:
                return
            case _ as never:
                assert_never(never)
        self._rows[number] = row

    def _add_blanks(self, count: int) -> None:
        first = len(self._rows)
        if count > 0:
            self.beginInsertRows(_NO_PARENT, first, first + count - 1)
            self._rows.extend(AccountRow(number, "") for number in range(first + 1, first + count + 1))
            self.endInsertRows()

    def _replace_rows(self, rows: Iterable[AccountRow]) -> None:
        self.beginResetModel()
        self._rows = list(rows) or [AccountRow(1, "")]
        self.judgement = Judgement()
        self.endResetModel()

    def _changed(self) -> None:
        self._tell_all()
        # First the draft: whoever hears of a judgement looks at the rows that it is about.
        self.edited.emit()
        self._judge()

    def _judge(self) -> None:
        """Look for problems in all rows: one row's may lie in another."""
        self._draft = replace(self._draft, rows=tuple(self._rows))
        self._judging = Judging(self._draft)
        self._go_on()
        if not self.is_judged:
            self.judged.emit()

    @Slot()
    def _go_on(self) -> None:
        if self._judging is None:
            return
        until = time.perf_counter() + _LONGEST_S
        judgement = self._judging.go_on(lambda: time.perf_counter() > until)
        if judgement is None:
            self._timer.start(0)
            return
        self._judging = None
        self.judgement = judgement
        self._tell_all()
        self.judged.emit()

    def _tell_all(self) -> None:
        """One signal for all rows: a view looks again at those that it shows."""
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
