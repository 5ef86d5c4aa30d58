"""From rows of cells to rows of accounts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mailmove_gui.batch.addresses import is_host
from mailmove_gui.batch.columns import ColumnRole
from mailmove_gui.batch.encodings import BROKEN
from mailmove_gui.batch.rows import TableRow
from mailmove_gui.batch.tables import Table
from mailmove_gui.domain.endpoints import Endpoint, parse_endpoint
from mailmove_gui.domain.problems import InvalidInput, Problem, ProblemKind
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret

NO_PASSWORD = Secret("")
_INVISIBLE = "\ufeff\u200b\u200e\u200f"
_NEVER_IN_A_CELL = frozenset(f"{BROKEN}\0\r\n")
_USUAL_PORT = ":993"


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account as it was typed or imported.

    `number` is the row in its file, `source` and `destination` are its servers. A password that is not given
    is an empty `Secret` (false). An empty `destination_user` means the source's name. `numeric_passwords` are the sides
    whose password a spreadsheet held as a number.
    """

    number: int
    source_user: str
    source_password: Secret = NO_PASSWORD
    destination_user: str = ""
    destination_password: Secret = NO_PASSWORD
    source: Endpoint | None = None
    destination: Endpoint | None = None
    numeric_passwords: frozenset[Side] = frozenset()

    def password(self, side: Side) -> Secret:
        """The password for `side`."""
        return self.source_password if side is Side.SOURCE else self.destination_password

    def with_password(self, side: Side, secret: Secret) -> "AccountRow":
        """The row with a password that was typed for `side`."""
        numeric = self.numeric_passwords - {side}
        if side is Side.SOURCE:
            return replace(self, source_password=secret, numeric_passwords=numeric)
        return replace(self, destination_password=secret, numeric_passwords=numeric)


@dataclass(frozen=True, slots=True)
class AccountTable:
    """What an account list holds: its rows, and what is wrong.

    Rows with a problem that somebody can correct are among the rows. One that could not be read, or whose server could
    not, is not: it must not become something else without a word.
    """

    rows: tuple[AccountRow, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def left_out(self) -> tuple[int, ...]:
        """Numbers of the rows that are not among `rows`."""
        there = {row.number for row in self.rows}
        return tuple(sorted({problem.row for problem in self.problems if problem.row is not None} - there))


def accounts_of_table(
    table: Table, roles: Sequence[ColumnRole], *, width: int, trims_passwords: bool = False
) -> AccountTable:
    """Read rows (without headings) whose columns have these roles.

    Args:
        table: the rows.
        roles: what each column is for; columns behind the last one are ignored.
        width: how many cells a row has. More of them in a row of text are the sign of a separator that should have
            been in quotes.
        trims_passwords: whether blanks around passwords are dropped.

    Returns:
        The rows, and what is wrong with those that are left out. What is wrong with the others: `validate_rows`.
    """
    columns: dict[ColumnRole, int] = {
        role: column for column, role in enumerate(roles) if role is not ColumnRole.IGNORE
    }
    most = max(width, *(column + 1 for column in columns.values()), 0) if table.separator else None
    rows: list[AccountRow] = []
    problems = [Problem(ProblemKind.QUOTE_NOT_CLOSED, row=number) for number in table.unread]
    for row in table.rows:
        if most is not None and any(cell.strip() for cell in row.cells[most:]):
            problems.append(Problem(ProblemKind.TOO_MANY_CELLS, row=row.number))
            continue
        try:
            rows.append(_account_row(row, columns, trims_passwords=trims_passwords))
        except InvalidInput as error:
            problems.append(error.problem.at(row=row.number))
    return AccountTable(tuple(rows), tuple(sorted(problems, key=row_of)))


def row_of(problem: Problem) -> int:
    """Its row, to sort by; problems of a whole list come first."""
    return problem.row or 0


def _account_row(row: TableRow, columns: Mapping[ColumnRole, int], *, trims_passwords: bool) -> AccountRow:
    """Make an account of a row's cells.

    Raises:
        InvalidInput: ROW_NOT_READ, or what `parse_endpoint` says of a server, or UNKNOWN_HOST.
    """

    def text(role: ColumnRole) -> str:
        return _readable(_trimmed(row.cell(columns.get(role))), role)

    def secret(role: ColumnRole) -> Secret:
        # As it is: a blank at either end may be part of the password.
        cell = row.cell(columns.get(role))
        return Secret(_readable(_trimmed(cell) if trims_passwords else cell, role))

    passwords = {Side.SOURCE: ColumnRole.SOURCE_PASSWORD, Side.DESTINATION: ColumnRole.DESTINATION_PASSWORD}
    return AccountRow(
        number=row.number,
        source_user=text(ColumnRole.SOURCE_USER),
        source_password=secret(ColumnRole.SOURCE_PASSWORD),
        destination_user=text(ColumnRole.DESTINATION_USER),
        destination_password=secret(ColumnRole.DESTINATION_PASSWORD),
        source=_endpoint(text(ColumnRole.SOURCE), ColumnRole.SOURCE),
        destination=_endpoint(text(ColumnRole.DESTINATION), ColumnRole.DESTINATION),
        numeric_passwords=frozenset(side for side, role in passwords.items() if columns.get(role) in row.numbers),
    )


def _trimmed(cell: str) -> str:
    return cell.strip().strip(_INVISIBLE).strip()


def _readable(cell: str, role: ColumnRole) -> str:
    if not _NEVER_IN_A_CELL.isdisjoint(cell):
        raise InvalidInput(Problem(ProblemKind.ROW_NOT_READ, field=role.value))
    return cell


def _endpoint(cell: str, role: ColumnRole) -> Endpoint | None:
    if not cell:
        return None
    # A name alone stands for what nearly all servers offer: IMAP with TLS on its usual port.
    is_name = "." in cell and is_host(cell.removesuffix(_USUAL_PORT))
    try:
        endpoint = parse_endpoint(f"imaps://{cell}" if is_name else cell)
    except InvalidInput as error:
        raise InvalidInput(error.problem.at(field=role.value)) from None
    if not is_host(endpoint.host):
        raise InvalidInput(Problem(ProblemKind.UNKNOWN_HOST, field=role.value, value=endpoint.host))
    return endpoint
