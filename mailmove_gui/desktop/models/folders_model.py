"""The folders of one account as a table: what is at the source, and what became of it."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, assert_never

from PySide6.QtCore import QObject, Qt

from mailmove_gui.desktop.models.column_model import NO_PARENT, ColumnModel, Index
from mailmove_gui.domain.folders import display_name
from mailmove_gui.domain.progress import Counts, FolderCounts
from mailmove_gui.texts import _, ngettext, numbers, pgettext
from mailmove_gui.texts.afterwards import refiled_sentence, removed_sentence


class Column(IntEnum):
    """The columns of the table."""

    FOLDER = 0
    AT_SOURCE = 1
    MOVED = 2
    ALREADY_THERE = 3
    NOT_MOVED = 4
    LEFT_OUT = 5
    AT_DESTINATION = 6
    VERIFIED = 7


ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 1
"""The FolderCounts of a row, None in the row of sums."""
COUNTS_ROLE = int(Qt.ItemDataRole.UserRole) + 2
"""The Counts of a row."""

_NUMBERS = frozenset(Column) - {Column.FOLDER, Column.VERIFIED}


class FoldersModel(ColumnModel):
    """The sums stand in the first row, where they are seen without scrolling; then one row a source folder."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(Column, heading, _NUMBERS, parent)
        self._folders: tuple[FolderCounts, ...] = ()
        self._sums = Counts()

    def show_folders(self, folders: Sequence[FolderCounts]) -> None:
        """Bring the rows up to date; views are told what has changed only, as long as the folders are the same."""
        before, self._sums = self._folders, sum((one.counts for one in folders), Counts())
        if [one.source for one in before] != [one.source for one in folders]:
            self.beginResetModel()
            self._folders = tuple(folders)
            self.endResetModel()
            return
        self._folders = tuple(folders)
        changed = [number for number, (old, new) in enumerate(zip(before, folders, strict=True), 1) if old != new]
        for row in [0, *changed] if changed else ():
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(Column) - 1))

    @property
    def sums(self) -> Counts:
        """All folders together."""
        return self._sums

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """Number of folders, and one for the sums; none before there is a folder."""
        return 0 if parent.isValid() or not self._folders else len(self._folders) + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, alignment, tool tip, or the numbers themselves."""
        if not index.isValid():
            return None
        folder = self._folders[index.row() - 1] if index.row() else None
        counts, column = folder.counts if folder else self._sums, Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(folder, counts, column)
            case Qt.ItemDataRole.ToolTipRole:
                return _tip(counts, column) or self._text(folder, counts, column) or None
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{heading(column)}: {self._text(folder, counts, column)}"
            case Qt.ItemDataRole.TextAlignmentRole:
                return self.alignment(column)
            case _ if role == ROW_ROLE:
                return folder
            case _ if role == COUNTS_ROLE:
                return counts
        return None

    def _text(self, folder: FolderCounts | None, counts: Counts, column: Column) -> str:
        match column:
            case Column.FOLDER:
                return route_text(folder) if folder else numbers.folders(len(self._folders))
            case Column.AT_SOURCE:
                return numbers.count(counts.at_source)
            case Column.MOVED:
                return numbers.count(counts.moved)
            case Column.ALREADY_THERE:
                return numbers.count(counts.already_there)
            case Column.NOT_MOVED:
                return numbers.count(counts.refused + counts.doubtful)
            case Column.LEFT_OUT:
                return numbers.count(counts.skipped)
            case Column.AT_DESTINATION:
                return numbers.count(counts.at_destination)
            case Column.VERIFIED:
                return verified_text(counts)
            case _ as never:
                assert_never(never)


def heading(column: Column) -> str:
    """What a column is called."""
    match column:
        case Column.FOLDER:
            return _("Folder")
        case Column.AT_SOURCE:
            return _("At source")
        case Column.MOVED:
            return pgettext("messages", "Moved")
        case Column.ALREADY_THERE:
            return _("Already there")
        case Column.NOT_MOVED:
            return _("Not moved")
        case Column.LEFT_OUT:
            return pgettext("messages", "Left out")
        case Column.AT_DESTINATION:
            return _("At destination")
        case Column.VERIFIED:
            return pgettext("messages", "Verified")
        case _ as never:
            assert_never(never)


def route_text(folder: FolderCounts) -> str:
    """``已发送 → Sent``; the name alone where it stays the same."""
    source, destination = display_name(folder.source), display_name(folder.destination)
    return source if source == destination else f"{source} \N{RIGHTWARDS ARROW} {destination}"


def is_verified(counts: Counts) -> bool:
    """Whether nothing is left to be moved, and all that was moved was looked at and found."""
    return not counts.pending and not counts.unverified


def verified_text(counts: Counts) -> str:
    """``Yes``, or how much is missing to it; empty where nothing was to be moved."""
    if counts.pending:
        return _("{n} to move").format(n=numbers.count(counts.pending))
    if counts.unverified:
        return _("{n} to verify").format(n=numbers.count(counts.unverified))
    return _("Yes") if counts.at_destination else ""


def _tip(counts: Counts, column: Column) -> str:
    """What a number does not say; empty if it says all."""
    if column is Column.AT_SOURCE and counts.gone:
        text = ngettext(
            "{n} message has gone from the source since it was moved.",
            "{n} messages have gone from the source since they were moved.",
            counts.gone,
        )
        return text.format(n=numbers.count(counts.gone))
    if column is Column.NOT_MOVED and counts.doubtful:
        return _("Refused: {refused}. Arrival unknown: {doubtful}.").format(
            refused=numbers.count(counts.refused), doubtful=numbers.count(counts.doubtful)
        )
    if column is Column.AT_DESTINATION and counts.at_destination + counts.removed:
        sentences = [_("Moved or found there. What was deleted there since is left out once a pass has noticed it.")]
        if counts.refiled:
            sentences.append(refiled_sentence(counts.refiled))
        if counts.removed:
            sentences.append(removed_sentence(counts.removed))
        return "\n".join(sentences)
    return ""
