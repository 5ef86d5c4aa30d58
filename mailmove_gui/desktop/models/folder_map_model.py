"""An account's folders and where they go, as a table that can be edited."""

import glob
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any, assert_never

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from mailmove_gui.domain.account_folders import map_account
from mailmove_gui.domain.findings import AccountCheck
from mailmove_gui.domain.folders import (
    FolderMap,
    FolderMapping,
    FolderPath,
    FolderRole,
    display_name,
    is_wanted,
    parse_display_name,
    shared_destinations,
    wanted_paths,
)
from mailmove_gui.domain.plan import Account, Options
from mailmove_gui.texts import _, numbers
from mailmove_gui.texts.folders import role_word, why_renamed

Index = QModelIndex | QPersistentModelIndex
FOLDER_ROLE = int(Qt.ItemDataRole.UserRole) + 1
"""Of a kind: the FolderRole."""
WARNS_ROLE = FOLDER_ROLE + 1
"""Of a note: True if it is to be looked at, False if it is good to know, None if it is nothing special."""
_NO_PARENT = QModelIndex()
_ALIGN_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ALIGN_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_LONGEST_NAME = 255


class Column(IntEnum):
    """The columns of the table."""

    MOVE = 0
    SOURCE = 1
    KIND = 2
    MESSAGES = 3
    DESTINATION = 4
    NOTE = 5


@dataclass(frozen=True, slots=True)
class FolderWishes:
    """What the user wants of folders: for all accounts, and for single ones by their id."""

    folder_map: FolderMap = ()
    exclude: tuple[str, ...] = ()
    own_maps: Mapping[str, FolderMap] = field(default_factory=dict)
    own_exclude: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, account: Account) -> Account:
        """The account with what is wished for it alone."""
        return replace(account, folder_map=self.own_maps.get(account.id, ()), exclude=self.own_exclude.get(account.id))

    def in_options(self, options: Options) -> Options:
        """Options with what is wished for all accounts."""
        return replace(options, folder_map=self.folder_map, exclude=self.exclude)


@dataclass(frozen=True, slots=True)
class _Row:
    mapping: FolderMapping
    messages: int | None
    is_moved: bool
    is_barred: bool
    together_with: tuple[FolderPath, ...]


class FolderMapModel(QAbstractTableModel):
    """One row a source folder. Edits become wishes, for all accounts or, with `only_this`, for the one shown."""

    refused = Signal(str)
    """a name cannot be used; the sentence says why, and is empty once a name could"""

    def __init__(self, options: Options, wishes: FolderWishes, parent: QObject | None = None) -> None:
        super().__init__(parent)
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

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """Number of folders."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        """Number of columns."""
        return 0 if parent.isValid() else len(Column)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Folders that are moved can be renamed; those that another page leaves out cannot be taken in here."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.isValid():
            row, column = self._rows[index.row()], Column(index.column())
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
                return _ALIGN_RIGHT if column is Column.MESSAGES else _ALIGN_LEFT
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

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Headings."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(Column):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return heading(Column(section))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _ALIGN_RIGHT if Column(section) is Column.MESSAGES else _ALIGN_LEFT
        return None

    def destinations(self) -> tuple[str, ...]:
        """Names of the folders that the destination has, and of those that will be made."""
        there = {folder.path for folder in self._check.destination_folders if folder.selectable}
        return tuple(sorted(map(display_name, there | {row.mapping.destination for row in self._rows})))

    def _send(self, source: FolderPath, destination: FolderPath) -> None:
        """Have a folder go elsewhere. One that goes there by itself needs no wish."""
        assert self._account is not None
        account_id, wishes = self._account.id, self._wishes
        own = _without(wishes.own_maps.get(account_id, ()), source)
        pair = ((source, destination),)
        without = _with_own(wishes, account_id, own)
        if not self.only_this:
            without = replace(without, folder_map=_without(wishes.folder_map, source))
        if self._destination_of(source, without) == destination:
            self._take(without)
        elif self.only_this:
            self._take(_with_own(wishes, account_id, own + pair))
        else:
            self._take(replace(without, folder_map=without.folder_map + pair))

    def _move(self, path: FolderPath, *, wanted: bool) -> None:
        """Leave a folder out with all below it, or take it in with all above it."""
        assert self._account is not None
        out = {row.mapping.source.path for row in self._rows if not row.is_moved and not row.is_barred}
        if wanted:
            out -= {path[:length] for length in range(1, len(path) + 1)}
        else:
            out |= {folder.path for folder in self._check.source_folders if folder.path[: len(path)] == path}
        wishes, account_id = self._wishes, self._account.id
        present = wishes.own_exclude.get(account_id, wishes.exclude)
        paths = [folder.path for folder in self._check.source_folders]
        # Names that no folder of this account has are there for other accounts.
        others = tuple(one for one in present if all(is_wanted(each, (), (one,)) for each in paths))
        exclude = others + tuple(glob.escape(display_name(each)) for each in _topmost(out))
        own_exclude = {key: value for key, value in wishes.own_exclude.items() if key != account_id}
        if self.only_this:
            self._take(replace(wishes, own_exclude=own_exclude | {account_id: exclude}))
        else:
            self._take(replace(wishes, exclude=exclude, own_exclude=own_exclude))

    def _take(self, wishes: FolderWishes) -> None:
        self._wishes = wishes
        self._rows = self._mapped()
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(Column) - 1))

    def _destination_of(self, source: FolderPath, wishes: FolderWishes) -> FolderPath | None:
        return next((one.destination for one in self._mappings(wishes) if one.source.path == source), None)

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
        check, options = self._check, self._wishes.in_options(self._options)
        own = self._wishes.of(self._account).exclude
        exclude = options.exclude if own is None else own
        open_to_all = wanted_paths(check.source_folders, options.folders, (), options.exclude_roles)
        moved = wanted_paths(check.source_folders, options.folders, exclude, options.exclude_roles)
        mappings = self._mappings(self._wishes)
        shared = shared_destinations(one for one in mappings if one.source.path in moved)
        messages = {one.mapping.source.path: one.messages for one in check.folders}
        return tuple(
            _Row(
                one,
                messages.get(one.source.path),
                is_moved=one.source.path in moved,
                is_barred=one.source.path not in open_to_all,
                together_with=tuple(path for path in shared.get(one.destination, ()) if path != one.source.path)
                if one.source.path in moved
                else (),
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


def name_problem(text: str) -> str:
    """Why a text is no name of a folder, as a sentence; empty if it is one."""
    path = parse_display_name(text)
    if not path:
        return _("Type the name of a folder at the destination, such as Archive/2024.")
    if not all(character.isprintable() for part in path for character in part):
        return _("“{name}” holds a character that no folder's name can. Type it again.").format(
            name="".join(filter(str.isprintable, text))
        )
    if len(text) > _LONGEST_NAME:
        return _("This name is too long. Use at most {n} characters.").format(n=_LONGEST_NAME)
    return ""


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
        said.append(_("Other name: {why}.").format(why=why_renamed(row.mapping)))
    elif not row.mapping.exists:
        said.append(_("Will be made."))
    return " ".join(said)


def icon_name(role: FolderRole) -> str:
    """The icon of a kind of folder."""
    match role:
        case FolderRole.INBOX:
            return "inbox"
        case FolderRole.SENT:
            return "sent"
        case FolderRole.DRAFTS:
            return "drafts"
        case FolderRole.TRASH:
            return "trash"
        case FolderRole.JUNK:
            return "junk"
        case FolderRole.ARCHIVE | FolderRole.ALL:
            return "archive"
        case FolderRole.NONE | FolderRole.FLAGGED | FolderRole.IMPORTANT:
            return "folder"
        case _ as never:
            assert_never(never)


def _with_own(wishes: FolderWishes, account_id: str, own: FolderMap) -> FolderWishes:
    maps = {key: value for key, value in wishes.own_maps.items() if key != account_id}
    return replace(wishes, own_maps=maps | {account_id: own} if own else maps)


def _without(folder_map: FolderMap, source: FolderPath) -> FolderMap:
    return tuple(pair for pair in folder_map if pair[0] != source)


def _topmost(paths: Iterable[FolderPath]) -> list[FolderPath]:
    """Those that are not below another of them."""
    found = set(paths)
    return sorted(path for path in found if not any(path[:length] in found for length in range(1, len(path))))
