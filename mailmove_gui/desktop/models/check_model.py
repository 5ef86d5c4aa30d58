"""What the check found, as a table."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, assert_never

from PySide6.QtCore import QObject, Qt

from mailmove_gui.desktop.models.column_model import NO_PARENT, ColumnModel, Index
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.findings import AccountCheck
from mailmove_gui.domain.plan import Account
from mailmove_gui.domain.reasons import Side
from mailmove_gui.texts import _, joined, numbers, pgettext
from mailmove_gui.texts.checks import remarks, renaming, warnings
from mailmove_gui.texts.reasons import sentence
from mailmove_gui.texts.times import day

OUTCOME_ROLE = int(Qt.ItemDataRole.UserRole) + 1
"""Of a side: True let us in, False did not, None was not tried yet. Of a note: False if it is a failure."""
WARNS_ROLE = OUTCOME_ROLE + 1
"""Of a note: whether it says something to look at before the start."""


class Column(IntEnum):
    """The columns of the table."""

    ACCOUNT = 0
    SOURCE = 1
    DESTINATION = 2
    MESSAGES = 3
    SIZE = 4
    VISIBLE_SINCE = 5
    NOTE = 6


_NUMBERS = frozenset({Column.MESSAGES, Column.SIZE})


class CheckModel(ColumnModel):
    """One row an account; filled in as results come."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(Column, heading, _NUMBERS, parent)
        self._accounts: tuple[Account, ...] = ()
        self._row_of: dict[str, int] = {}
        self._checks: dict[str, AccountCheck] = {}

    def show_accounts(self, accounts: Sequence[Account], checks: dict[str, AccountCheck]) -> None:
        """Replace all rows; `checks` is what is known already."""
        self.beginResetModel()
        self._accounts = tuple(accounts)
        self._row_of = {account.id: number for number, account in enumerate(self._accounts)}
        self._checks = {key: check for key, check in checks.items() if key in self._row_of}
        self.endResetModel()

    def forget(self, account_ids: Sequence[str]) -> None:
        """These are being checked again."""
        for account_id in account_ids:
            if self._checks.pop(account_id, None) is not None:
                self._tell(account_id)

    def take(self, check: AccountCheck) -> None:
        """A result has come."""
        if check.account_id in self._row_of:
            self._checks[check.account_id] = check
            self._tell(check.account_id)

    @property
    def checks(self) -> dict[str, AccountCheck]:
        """All results so far."""
        return dict(self._checks)

    @property
    def accounts(self) -> tuple[Account, ...]:
        """All accounts."""
        return self._accounts

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        """Number of accounts."""
        return 0 if parent.isValid() else len(self._accounts)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, outcome, alignment."""
        if not index.isValid():
            return None
        account, column = self._accounts[index.row()], Column(index.column())
        check = self._checks.get(account.id)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _text(account, check, column)
            case Qt.ItemDataRole.ToolTipRole:
                return _tip(account, check, column)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{heading(column)}: {_text(account, check, column)}"
            case Qt.ItemDataRole.TextAlignmentRole:
                return self.alignment(column)
            case _ if role == OUTCOME_ROLE:
                return _outcome(check, column)
            case _ if role == WARNS_ROLE:
                return column is Column.NOTE and check is not None and check.passed and bool(warnings(check))
        return None

    def _tell(self, account_id: str) -> None:
        row = self._row_of[account_id]
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(Column) - 1))


def heading(column: Column) -> str:
    """What a column is called."""
    match column:
        case Column.ACCOUNT:
            return _("Account")
        case Column.SOURCE:
            return _("Source")
        case Column.DESTINATION:
            return _("Destination")
        case Column.MESSAGES:
            return _("Messages")
        case Column.SIZE:
            return _("Size")
        case Column.VISIBLE_SINCE:
            return _("Visible since")
        case Column.NOTE:
            return _("Note")
        case _ as never:
            assert_never(never)


def note(check: AccountCheck) -> str:
    """What the check has to say, in sentences; empty if all is well."""
    if check.failures:
        return joined(sentence(failure) for failure in check.failures)
    return joined((*warnings(check), renaming(check), *remarks(check)))


def _failure(check: AccountCheck, side: Side) -> Failure | None:
    return check.source_failure if side is Side.SOURCE else check.destination_failure


def _outcome(check: AccountCheck | None, column: Column) -> bool | None:
    if check is None:
        return None
    match column:
        case Column.SOURCE:
            return check.source_failure is None
        case Column.DESTINATION:
            return check.destination_failure is None
        case _:
            return check.passed


def _text(account: Account, check: AccountCheck | None, column: Column) -> str:
    if column is Column.ACCOUNT:
        return account.source.user
    if check is None:
        return _("Not checked yet") if column is Column.NOTE else ""
    match column:
        case Column.SOURCE | Column.DESTINATION:
            side = Side.SOURCE if column is Column.SOURCE else Side.DESTINATION
            return pgettext("login", "Works") if _failure(check, side) is None else pgettext("login", "Fails")
        case Column.MESSAGES:
            return numbers.count(check.messages) if check.passed else ""
        case Column.SIZE:
            if not check.passed:
                return ""
            return numbers.size(check.size_bytes) if check.size_bytes is not None else _("unknown")
        case Column.VISIBLE_SINCE:
            return day(check.oldest) if check.passed else ""
        case Column.NOTE:
            return note(check)
        case _ as never:
            assert_never(never)


def _tip(account: Account, check: AccountCheck | None, column: Column) -> str | None:
    if column is Column.ACCOUNT:
        return _("{source} to {destination}").format(source=account.source.user, destination=account.destination.user)
    if check is None:
        return None
    if column in (Column.SOURCE, Column.DESTINATION):
        return _text(account, check, column)
    if column is Column.NOTE:
        said = [failure.server_text for failure in check.failures if failure.server_text]
        lines = [note(check), *(_("The server's words: {text}").format(text=text) for text in said)]
        return "\n".join(line for line in lines if line) or None
    if column is Column.SIZE and check.passed and check.size_bytes is None:
        return _("The source server does not tell sizes in advance.")
    if column is Column.SIZE and check.passed and check.quota is not None:
        return _("The destination has room for {free} more.").format(free=numbers.size(check.quota.free_bytes))
    if column is Column.VISIBLE_SINCE and check.oldest is not None:
        return _("Oldest message {oldest}, newest {newest}").format(oldest=day(check.oldest), newest=day(check.newest))
    return None
