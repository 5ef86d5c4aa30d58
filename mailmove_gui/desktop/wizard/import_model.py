"""The first rows of a list of accounts, as they will be imported."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from mailmove_gui.batch import PASSWORDS, AccountRow, ColumnRole, ListReading
from mailmove_gui.domain.problems import Problem
from mailmove_gui.texts import _, joined, ngettext, numbers
from mailmove_gui.texts.problems import what_is_wrong

Index = QModelIndex | QPersistentModelIndex
DOTS = "\N{BLACK CIRCLE}" * 6
MOST_COLUMNS = 30
"""Columns behind these are never those of an account list."""
_NO_PARENT = QModelIndex()

Judge = Callable[[Sequence[AccountRow]], Sequence[Problem]]
"""What is wrong with rows, by their own numbers; is called in the background."""


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """A list as it is read now, and all that is wrong with its rows, in their order."""

    reading: ListReading
    problems: tuple[Problem, ...]

    @property
    def accounts(self) -> int:
        """How many accounts will be imported."""
        return len(self.reading.accounts.rows) if self.has_source else 0

    @property
    def has_source(self) -> bool:
        """Whether a column holds the source addresses."""
        return ColumnRole.SOURCE_USER in self.reading.roles

    def lines(self) -> list[tuple[int, str]]:
        """Row numbers and what is wrong there, one line a row; first those that are not read."""
        if not self.has_source:
            return []
        left_out = set(self.reading.accounts.left_out)
        by_row: dict[int, list[str]] = {}
        for problem in self.problems:
            text = what_is_wrong(problem)
            if problem.row is not None and text not in by_row.setdefault(problem.row, []):
                by_row[problem.row].append(text)
        lines = [(row, joined(texts)) for row, texts in by_row.items()]
        not_read = [(row, _("not read: {problem}").format(problem=text)) for row, text in lines if row in left_out]
        return not_read + [(row, text) for row, text in lines if row not in left_out]

    def summary(self) -> str:
        """How many accounts will be read, how many rows not, and how many are to be looked at."""
        if not self.has_source:
            return _("Choose the column that holds the source addresses.")
        count = self.accounts
        left_out = len(self.reading.accounts.left_out)
        to_look_at = len({problem.row for problem in self.problems}) - left_out
        parts = [ngettext("{n} account will be read.", "{n} accounts will be read.", count)]
        counts = [count]
        if left_out:
            parts.append(ngettext("{n} row is not read.", "{n} rows are not read.", left_out))
            counts.append(left_out)
        if to_look_at:
            parts.append(
                ngettext(
                    "{n} has something to look at; it can be corrected in the table.",
                    "{n} have something to look at; they can be corrected in the table.",
                    to_look_at,
                )
            )
            counts.append(to_look_at)
        return joined(part.format(n=numbers.count(n)) for part, n in zip(parts, counts, strict=True))


def preview_of(reading: ListReading, judge: Judge) -> ImportPreview:
    """Judge a list as a whole; for thousands of rows this takes a while."""
    if ColumnRole.SOURCE_USER not in reading.roles:
        return ImportPreview(reading, ())
    problems = [*reading.accounts.problems, *judge(reading.accounts.rows)]
    return ImportPreview(reading, tuple(sorted(problems, key=lambda problem: problem.row or 0)))


class ImportModel(QAbstractTableModel):
    """A list's first rows. Passwords are dots until somebody wants to see them.

    Without headings nobody knows yet which column holds passwords, so those that have no role are dots too.
    """

    def __init__(self, reading: ListReading, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reading = reading
        self._reveals = False

    def show_reading(self, reading: ListReading) -> None:
        """Show a list that was read in another way."""
        self.beginResetModel()
        self._reading = reading
        self.endResetModel()

    def reveal(self, shown: bool) -> None:
        """Show passwords, or dots."""
        self._reveals = shown
        self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """Number of rows."""
        return 0 if parent.isValid() else len(self._reading.sample)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        """Number of columns."""
        return 0 if parent.isValid() else min(len(self._reading.roles), MOST_COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, or dots."""
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        text = self._reading.sample[index.row()].cell(index.column())
        if not self._is_hidden(index.column()):
            return text
        return DOTS if text and role == Qt.ItemDataRole.DisplayRole else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The list's own headings, else letters; and row numbers as a spreadsheet shows them."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation is Qt.Orientation.Vertical:
            return str(self._reading.sample[section].number)
        return column_name(self._reading, section) if section < self.columnCount() else None

    def _is_hidden(self, column: int) -> bool:
        role = self._reading.roles[column]
        is_unknown = role is ColumnRole.IGNORE and not self._reading.has_headings
        return (role in PASSWORDS or is_unknown) and not self._reveals


def column_name(reading: ListReading, column: int) -> str:
    """A column's heading, or the letter that a spreadsheet has for it."""
    first, last = divmod(column, 26)
    letters = (chr(ord("A") + first - 1) if first else "") + chr(ord("A") + last)
    return reading.headings[column].strip() or _("Column {letter}").format(letter=letters)
