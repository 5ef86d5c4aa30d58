"""An account's folders and where they go, as a table that can be edited."""

import glob
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, assert_never

from PySide6.QtCore import QObject, Qt, Signal

from mailmove_gui.desktop.models.column_model import NO_PARENT, ColumnModel, Index
from mailmove_gui.desktop.models.folder_wishes import FolderWishes, name_problem
from mailmove_gui.domain.account_folders import map_account
from mailmove_gui.domain.findings import AccountCheck
from mailmove_gui.domain.folders import (
    FolderMapping,
    FolderPath,
    display_name,
    is_wanted,
    parse_display_name,
    shared_destinations,
    wanted_paths,
)
from mailmove_gui.domain.plan import Account, Options
from mailmove_gui.texts import _, joined, numbers
from mailmove_gui.texts.folders import role_word, why_renamed

FOLDER_ROLE = int(Qt.ItemDataRole.UserRole) + 1
"""Of a kind: the FolderRole."""
WARNS_ROLE = FOLDER_ROLE + 1
"""Of a note: True if it is to be looked at, False if it is good to know, None if it is nothing special."""


class Column(IntEnum):
    """The columns of the table."""

    MOVE = 0
    SOURCE = 1
    KIND = 2
    MESSAGES = 3
    DESTINATION = 4
    NOTE = 5


@dataclass(frozen=True, slots=True)
class _Row:
    mapping: FolderMapping
    messages: int | None
    is_moved: bool
    is_barred: bool
    together_with: tuple[FolderPath, ...]


class FolderMapModel(ColumnModel):
    """One row a source folder. Edits become wishes, for all accounts or, with `only_this`, for the one shown."""

    refused = Signal(str)
    """a name cannot be used; the sentence says why, and is empty once a name could"""

    def __init__(self, options: Options, wishes: FolderWishes, parent: QObject | None = None) -> None:
        super().__init__(Column, heading, (Column.MESSAGES,), parent)
        self._options = options
        self._wishes = wishes
        self._account: Account | None = None
        self._check = AccountCheck("")
        self._rows: tuple[_Row, ...] = ()
        self.only_this = False

    @property
    def wishes(self) -> FolderWishes:
        """What the user wants."""
        return self._wishes

    def show_account(self, account: Account, check: AccountCheck) -> None:
        """Show another account, as its check found it."""
        self.beginResetModel()
        self._account, self._check = account, check
        self._rows = self._mapped()
        self.endResetModel()

    def forget_wishes(self) -> None:
        """Have all folders of all accounts go where they go by themselves."""
        self._take(FolderWishes())

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """Number of folders."""
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Folders that are moved can be renamed; those that another page leaves out cannot be taken in here."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        row, column = self._rows[index.row()], Column(index.column())
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if column is Column.MOVE and not row.is_barred:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        if column is Column.DESTINATION and row.is_moved:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, check mark, kind, alignment."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return _text(row, column)
            case Qt.ItemDataRole.ToolTipRole:
                return _text(row, column) or None
            case Qt.ItemDataRole.AccessibleTextRole:
                text = (_("yes") if row.is_moved else _("no")) if column is Column.MOVE else _text(row, column)
                return f"{heading(column)}: {text}"
            case Qt.ItemDataRole.CheckStateRole if column is Column.MOVE:
                return Qt.CheckState.Checked if row.is_moved else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.TextAlignmentRole:
                return self.alignment(column)
            case _ if role == FOLDER_ROLE and column is Column.KIND:
                return row.mapping.source.role
            case _ if role == WARNS_ROLE and column is Column.NOTE:
                if not row.is_moved:
                    return None
                return bool(row.together_with) or (False if row.mapping.renamed else None)
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take a wish: a check mark, or a destination's name."""
        if not index.isValid():
            return False
        row, column = self._rows[index.row()], Column(index.column())
        if column is Column.MOVE and role == Qt.ItemDataRole.CheckStateRole and not row.is_barred:
            self._move(row.mapping.source.path, wanted=value == Qt.CheckState.Checked)
            return True
        if column is Column.DESTINATION and role == Qt.ItemDataRole.EditRole and row.is_moved:
            text = str(value).strip()
            problem = name_problem(text)
            self.refused.emit(problem)
            if problem:
                return False
            self._send(row.mapping.source.path, parse_display_name(text))
            return True
        return False

    def destinations(self) -> tuple[str, ...]:
        """Names of the folders that the destination has, and of those that will be made."""
        there = {folder.path for folder in self._check.destination_folders if folder.selectable}
        return tuple(sorted(map(display_name, there | {row.mapping.destination for row in self._rows})))

    def _send(self, source: FolderPath, destination: FolderPath) -> None:
        """Have a folder go elsewhere. One that goes there by itself needs no wish."""
        assert self._account is not None
        account_id, only_this = self._account.id, self.only_this
        wishes = self._wishes.without(source, account_id, only_this=only_this)
        if self._destinations(wishes)[source] != destination:
            wishes = wishes.sent_to(destination, source, account_id, only_this=only_this)
            now = self._destinations(wishes)
            for row in self._rows:
                path, before = row.mapping.source.path, row.mapping.destination
                if before == now[source] != now[path]:
                    # By itself it gives way and gets another name, but the user wants the two together.
                    wishes = wishes.sent_to(before, path, account_id, only_this=only_this)
        self._take(wishes)

    def _move(self, path: FolderPath, *, wanted: bool) -> None:
        """Leave a folder out, or take it in, with all below it; one that is taken in needs those above it."""
        assert self._account is not None
        paths = [folder.path for folder in self._check.source_folders]
        out = {row.mapping.source.path for row in self._rows if not row.is_moved and not row.is_barred}
        family = {one for one in paths if one[: len(path)] == path}
        out = out - family - {path[:length] for length in range(1, len(path))} if wanted else out | family
        present = self._wishes.excluded_from(self._account.id)
        # Names that no folder of this account has are there for other accounts.
        others = tuple(pattern for pattern in present if all(is_wanted(one, (), (pattern,)) for one in paths))
        exclude = others + tuple(glob.escape(display_name(one)) for one in _topmost(out))
        self._take(self._wishes.leaving_out(exclude, self._account.id, only_this=self.only_this))

    def _take(self, wishes: FolderWishes) -> None:
        self._wishes = wishes
        self._rows = self._mapped()
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(Column) - 1))

    def _destinations(self, wishes: FolderWishes) -> dict[FolderPath, FolderPath]:
        return {one.source.path: one.destination for one in self._mappings(wishes)}

    def _mappings(self, wishes: FolderWishes) -> tuple[FolderMapping, ...]:
        assert self._account is not None
        check = self._check
        mapped = map_account(
            wishes.of(self._account),
            wishes.in_options(self._options),
            check.source_folders,
            check.destination_folders,
            check.naming,
        )
        order = {folder.path: number for number, folder in enumerate(check.source_folders)}
        return tuple(sorted(mapped.wanted + mapped.left_out, key=lambda one: order[one.source.path]))

    def _mapped(self) -> tuple[_Row, ...]:
        if self._account is None:
            return ()
        check, options = self._check, self._options
        exclude = self._wishes.excluded_from(self._account.id)
        not_barred = wanted_paths(check.source_folders, options.folders, (), options.exclude_roles)
        moved = wanted_paths(check.source_folders, options.folders, exclude, options.exclude_roles)
        mappings = self._mappings(self._wishes)
        shared = shared_destinations(one for one in mappings if one.source.path in moved)
        messages = {one.mapping.source.path: one.messages for one in check.folders}
        return tuple(
            _Row(
                one,
                messages.get(one.source.path),
                is_moved=one.source.path in moved,
                is_barred=one.source.path not in not_barred,
                together_with=_others(shared.get(one.destination, ()), one.source.path),
            )
            for one in mappings
        )


def heading(column: Column) -> str:
    """What a column is called."""
    match column:
        case Column.MOVE:
            return _("Move")
        case Column.SOURCE:
            return _("Folder at the source")
        case Column.KIND:
            return _("Kind")
        case Column.MESSAGES:
            return _("Messages")
        case Column.DESTINATION:
            return _("Folder at the destination")
        case Column.NOTE:
            return _("Note")
        case _ as never:
            assert_never(never)


def _text(row: _Row, column: Column) -> str:
    match column:
        case Column.MOVE:
            return ""
        case Column.SOURCE:
            return display_name(row.mapping.source.path)
        case Column.KIND:
            return role_word(row.mapping.source.role)
        case Column.MESSAGES:
            return numbers.count(row.messages) if row.messages is not None else ""
        case Column.DESTINATION:
            return display_name(row.mapping.destination) if row.is_moved else ""
        case Column.NOTE:
            return _note(row)
        case _ as never:
            assert_never(never)


def _note(row: _Row) -> str:
    if row.is_barred:
        return _("Left out on the page “What to move”.")
    if not row.is_moved:
        return _("Not moved.")
    said = []
    if row.together_with:
        names = _(", ").join(map(display_name, row.together_with))
        said.append(_("Put together with {folders}.").format(folders=names))
    if row.mapping.renamed:
        said.append(why_renamed(row.mapping))
    elif not row.mapping.exists:
        said.append(_("Will be made."))
    return joined(said)


def _others(paths: Iterable[FolderPath], path: FolderPath) -> tuple[FolderPath, ...]:
    """Those that share a destination with `path`; none if it is not moved itself."""
    found = tuple(paths)
    return tuple(one for one in found if one != path) if path in found else ()


def _topmost(paths: Iterable[FolderPath]) -> list[FolderPath]:
    """Those that are not below another of them."""
    found = set(paths)
    return sorted(path for path in found if not any(path[:length] in found for length in range(1, len(path))))
