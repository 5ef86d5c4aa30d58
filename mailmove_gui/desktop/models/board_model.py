"""All accounts as a table."""

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any, assert_never

from PySide6.QtCore import QObject, Qt

from mailmove_gui.desktop.models import words
from mailmove_gui.desktop.models.column_model import NO_PARENT, ColumnModel, Index
from mailmove_gui.desktop.models.groups import Group
from mailmove_gui.desktop.models.pace import Pace
from mailmove_gui.desktop.models.rows import BoardRow, Summary, summarize
from mailmove_gui.domain.events import (
    AccountChanged,
    AccountNoted,
    AccountProgressed,
    Event,
    MessageRefused,
    QueueEmptied,
)
from mailmove_gui.domain.findings import AccountCheck
from mailmove_gui.domain.plan import Account, MigrationPlan, Options
from mailmove_gui.domain.records import AccountRecord
from mailmove_gui.texts import _, pgettext


class Column(IntEnum):
    """The columns of the board."""

    ACCOUNT = 0
    STATE = 1
    PROGRESS = 2
    SIZE = 3
    SPEED = 4
    LEFT = 5
    STARTED = 6
    PROBLEM = 7


ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 1
"""The BoardRow itself, for delegates."""
SORT_ROLE = int(Qt.ItemDataRole.UserRole) + 2
"""What a column is sorted by."""

_NUMBERS = frozenset({Column.SIZE, Column.SPEED, Column.LEFT, Column.STARTED})
_GROUP_ORDER = {group: number for number, group in enumerate(Group)}


class BoardModel(ColumnModel):
    """Rows are accounts; `apply` brings them up to date and tells views the changed rows only.

    The model sorts itself, with keys that are worked out once a row: a proxy would ask for two keys a comparison, each
    time through Qt. Rows find their new places once a second (`look_at_clock`), not at every change.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(Column, heading, _NUMBERS, parent)
        self._rows: list[BoardRow] = []
        self._row_of: dict[str, int] = {}
        self._in_plan_order: list[BoardRow] = []
        self._sorted_by: tuple[Column, bool] | None = None
        self._pace = Pace()
        self._options = Options()

    def show_accounts(
        self,
        plan: MigrationPlan,
        records: Iterable[AccountRecord],
        checks: Mapping[str, AccountCheck] | None = None,
    ) -> None:
        """Replace all rows."""
        by_id = {record.account_id: record for record in records}
        found = checks or {}
        self.beginResetModel()
        self._in_plan_order = [
            BoardRow.of(account, by_id[account.id], found.get(account.id))
            for account in plan.accounts
            if account.id in by_id
        ]
        self._options = plan.options
        for row in self._in_plan_order:
            row.plan_next_pass(self._options)
        self._put_in_order(self._ordered())
        self._pace.forget()
        self.endResetModel()

    def apply(self, events: Sequence[Event], at_s: float | None = None) -> None:
        """Bring rows up to date; events of accounts that are not on the board are passed over."""
        now_s = time.monotonic() if at_s is None else at_s
        changed: set[int] = set()
        got_on: set[int] = set()
        for event in events:
            match event:
                case AccountChanged() if event.account_id in self._row_of:
                    number = self._row_of[event.account_id]
                    self._rows[number].enter(event, now_s)
                    self._rows[number].plan_next_pass(self._options)
                    changed.add(number)
                case AccountProgressed() if event.account_id in self._row_of:
                    number = self._row_of[event.account_id]
                    has_moved_on = self._rows[number].progress(event.counts, event.folder, now_s)
                    (changed if has_moved_on else got_on).add(number)
                case AccountChanged() | AccountProgressed() | MessageRefused() | AccountNoted() | QueueEmptied():
                    pass
                case _:
                    assert_never(event)
        self._tell(changed, Column.STATE, Column.PROBLEM)
        self._tell(got_on - changed, Column.PROGRESS, Column.LEFT)

    def take_options(self, options: Options) -> None:
        """The plan's options are others now."""
        self._options = options
        for row in self._rows:
            row.plan_next_pass(options)
        self._tell(set(range(len(self._rows))), Column.STATE, Column.STATE)

    def correct(self, account: Account, record: AccountRecord) -> None:
        """An account has other mailboxes from now on; of the old ones nothing is kept."""
        number = self._row_of.get(account.id)
        if number is None:
            return
        row = BoardRow.of(account, record)
        self._in_plan_order[self._in_plan_order.index(self._rows[number])] = row
        self._rows[number] = row
        self._tell({number}, Column.ACCOUNT, Column.PROBLEM)

    def look_at_clock(self, at_s: float | None = None) -> None:
        """Work out speeds and times left anew; called about every second."""
        now_s = time.monotonic() if at_s is None else at_s
        changed = {number for number, row in enumerate(self._rows) if row.look_at_clock(now_s)}
        self._tell(changed, Column.SPEED, Column.LEFT)
        if self._sorted_by is not None:
            self._rearrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1: the plan's order."""
        self._sorted_by = None if column < 0 else (Column(column), order is Qt.SortOrder.DescendingOrder)
        self._rearrange()

    def summary(self, at_s: float | None = None) -> Summary:
        """All accounts together."""
        return summarize(self._rows, self._pace, time.monotonic() if at_s is None else at_s)

    @property
    def rows(self) -> Sequence[BoardRow]:
        """All accounts, as they are sorted."""
        return self._rows

    @property
    def in_plan_order(self) -> Sequence[BoardRow]:
        """All accounts, as they are started."""
        return self._in_plan_order

    def row_of(self, account_id: str) -> BoardRow | None:
        """The account of that id."""
        number = self._row_of.get(account_id)
        return None if number is None else self._rows[number]

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """Number of accounts."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, alignment, tool tip, sort key, or the row itself."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _text(row, column)
            case Qt.ItemDataRole.ToolTipRole:
                return _tip(row, column)
            case Qt.ItemDataRole.AccessibleTextRole:
                return _accessible_text(row, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return self.alignment(column)
            case _ if role == ROW_ROLE:
                return row
            case _ if role == SORT_ROLE:
                return _sort_key(row, column)
        return None

    def _ordered(self) -> list[BoardRow]:
        if self._sorted_by is None:
            return list(self._in_plan_order)
        column, is_descending = self._sorted_by
        return sorted(self._in_plan_order, key=lambda row: _sort_key(row, column), reverse=is_descending)

    def _put_in_order(self, rows: list[BoardRow]) -> None:
        self._rows = rows
        self._row_of = {row.account.id: number for number, row in enumerate(rows)}

    def _rearrange(self) -> None:
        """Put rows into their places; selection and current row go with their accounts."""
        wanted = self._ordered()
        if all(new is old for new, old in zip(wanted, self._rows, strict=True)):
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        accounts = [self._rows[index.row()].account.id for index in before]
        self._put_in_order(wanted)
        after = [
            self.index(self._row_of[account_id], index.column())
            for account_id, index in zip(accounts, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _tell(self, numbers: set[int], first: Column, last: Column) -> None:
        """One signal for each run of neighbouring rows."""
        ordered = sorted(numbers)
        start = 0
        for position, number in enumerate(ordered):
            if position + 1 == len(ordered) or ordered[position + 1] != number + 1:
                self.dataChanged.emit(self.index(ordered[start], first), self.index(number, last))
                start = position + 1


def heading(column: Column) -> str:
    """What a column is called."""
    match column:
        case Column.ACCOUNT:
            return _("Account")
        case Column.STATE:
            return _("State")
        case Column.PROGRESS:
            return pgettext("board", "Messages")
        case Column.SIZE:
            return _("Size")
        case Column.SPEED:
            return _("Speed")
        case Column.LEFT:
            return _("Time left")
        case Column.STARTED:
            return _("Started")
        case Column.PROBLEM:
            return _("Problem")
        case _ as never:
            assert_never(never)


def _text(row: BoardRow, column: Column) -> str:
    match column:
        case Column.ACCOUNT:
            return row.account.source.user
        case Column.STATE:
            return words.state_text(row)
        case Column.PROGRESS:
            return words.progress_text(row)
        case Column.SIZE:
            return words.size_text(row)
        case Column.SPEED:
            return words.speed_text(row)
        case Column.LEFT:
            return words.left_text(row)
        case Column.STARTED:
            return words.started_text(row)
        case Column.PROBLEM:
            return words.problem_text(row)
        case _ as never:
            assert_never(never)


def _tip(row: BoardRow, column: Column) -> str | None:
    match column:
        case Column.ACCOUNT:
            return words.account_text(row)
        case Column.STATE:
            return words.state_and_start(row, datetime.now(UTC))
        case Column.PROBLEM:
            return words.advice_text(row, datetime.now(UTC)) or None
        case _:
            return _text(row, column) or None


def _accessible_text(row: BoardRow, column: Column) -> str:
    if column is Column.ACCOUNT:
        return words.account_text(row)
    if column is Column.STATE:
        return f"{heading(column)}: {words.state_and_folder(row)}"
    return f"{heading(column)}: {_text(row, column)}"


def _sort_key(row: BoardRow, column: Column) -> Any:
    match column:
        case Column.ACCOUNT:
            return row.account.source.owner
        case Column.STATE:
            return _GROUP_ORDER[row.group]
        case Column.PROGRESS:
            return row.share
        case Column.SIZE:
            return float(row.bytes_total)
        case Column.SPEED:
            return row.rate.messages_per_minute if row.rate is not None else -1.0
        case Column.LEFT:
            return row.left_s if row.left_s is not None else float("inf")
        case Column.STARTED:
            return row.started.timestamp() if row.started is not None else float("inf")
        case Column.PROBLEM:
            return words.problem_text(row)
        case _ as never:
            assert_never(never)
