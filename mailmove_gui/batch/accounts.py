"""From rows of cells to accounts of a plan, with everything that is wrong named by its row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mailmove_gui.batch.addresses import address_problem, is_host
from mailmove_gui.batch.columns import ColumnRole, roles_of_headings
from mailmove_gui.batch.encodings import BROKEN
from mailmove_gui.batch.rows import TableRow
from mailmove_gui.batch.tables import Table, read_table
from mailmove_gui.domain.endpoints import Endpoint, MailProtocol, parse_endpoint
from mailmove_gui.domain.plan import Account, ListedAccounts, Mailbox, account_id
from mailmove_gui.domain.problems import InvalidInput, Problem, ProblemKind
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret, SecretKey

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


def read_accounts(
    path: Path, *, default_source: Endpoint | None = None, default_destination: Endpoint | None = None
) -> AccountTable:
    """Read an account list with headings (DESIGN section 8) from CSV or XLSX.

    Args:
        path: the file.
        default_source: the server of rows that name none.
        default_destination: likewise.

    Raises:
        InvalidInput: the file as a whole cannot be used: FILE_NOT_FOUND, FILE_NOT_READABLE, FILE_NOT_A_TABLE,
            FILE_EMPTY, COLUMN_MISSING, COLUMN_TWICE or NO_ACCOUNTS. What is wrong in single rows is in
            `problems`.
    """
    table = read_table(path)
    headings = table.rows[0].cells if table.rows else ()
    try:
        roles = roles_of_headings(headings)
    except InvalidInput as error:
        raise InvalidInput(error.problem.at(file=path.name)) from None
    listed = accounts_of_table(replace(table, rows=table.rows[1:]), roles, width=len(headings))
    if not listed.rows and not listed.problems:
        raise InvalidInput(Problem(ProblemKind.NO_ACCOUNTS, file=path.name))
    rows = tuple(
        replace(row, source=row.source or default_source, destination=row.destination or default_destination)
        for row in listed.rows
    )
    problems = sorted((*listed.problems, *validate_rows(rows)), key=_row_of)
    return AccountTable(rows, tuple(problem.at(file=path.name) for problem in problems))


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
    return AccountTable(tuple(rows), tuple(sorted(problems, key=_row_of)))


def validate_rows(
    rows: Iterable[AccountRow],
    source_endpoint: Endpoint | None = None,
    destination_endpoint: Endpoint | None = None,
) -> list[Problem]:
    """What is wrong with a list of accounts, in the order of the rows.

    Args:
        rows: accounts as typed or imported.
        source_endpoint: the server of rows that name none.
        destination_endpoint: likewise.
    """
    return list(accounts_from_rows(rows, source_endpoint, destination_endpoint)[2])


def accounts_from_rows(
    rows: Iterable[AccountRow],
    source_endpoint: Endpoint | None = None,
    destination_endpoint: Endpoint | None = None,
) -> tuple[tuple[Account, ...], dict[SecretKey, Secret], tuple[Problem, ...]]:
    """Make accounts of rows.

    Returns:
        The accounts of all rows that are complete, the passwords that were given, and what is wrong. The
        accounts can be started only if none of the problems `stops`.
    """
    reader = AccountReader(source_endpoint, destination_endpoint)
    problems = [problem for row in rows for problem in reader.take(row)]
    return tuple(reader.accounts.values()), reader.secrets, tuple(sorted(problems, key=_row_of))


class AccountReader:
    """Makes accounts of rows, one after the other; each row is judged by those before it."""

    def __init__(self, source_endpoint: Endpoint | None = None, destination_endpoint: Endpoint | None = None) -> None:
        self.accounts: dict[str, Account] = {}
        self.secrets: dict[SecretKey, Secret] = {}
        self._source = source_endpoint
        self._destination = destination_endpoint
        self._listed = ListedAccounts()
        self._rows_of_secrets: dict[SecretKey, int] = {}

    def take(self, row: AccountRow) -> list[Problem]:
        """Add a row; returns all that is wrong with it. It becomes an account if its names and servers can be used."""
        source, destination = row.source or self._source, row.destination or self._destination
        problems = [*_missing(row, source, destination), *_bad_addresses(row)]
        if problems or source is None or destination is None:
            return problems + _numeric_passwords(row)
        target = row.destination_user or row.source_user
        account = Account(
            account_id(row.source_user, target),
            Mailbox(source, row.source_user),
            Mailbox(destination, target),
        )
        self.accounts[account.id] = account
        problems += self._take_passwords(row, account)
        problems += self._listed.judge(row.number, account)
        return problems + _numeric_passwords(row)

    def _take_passwords(self, row: AccountRow, account: Account) -> list[Problem]:
        problems: list[Problem] = []
        for side in Side:
            mailbox, secret = account.mailbox(side), row.password(side)
            if not secret:
                continue
            key = mailbox.secret_key(side)
            if self.secrets.setdefault(key, secret) != secret:
                problems.append(
                    Problem(
                        ProblemKind.PASSWORDS_DIFFER,
                        row=row.number,
                        field=f"{side.value}_password",
                        value=mailbox.user,
                        other_row=self._rows_of_secrets[key],
                    )
                )
            self._rows_of_secrets.setdefault(key, row.number)
        return problems


def _row_of(problem: Problem) -> int:
    return problem.row or 0


def _missing(row: AccountRow, source: Endpoint | None, destination: Endpoint | None) -> list[Problem]:
    """What a row lacks to be an account."""
    problems: list[Problem] = []
    if not row.source_user:
        problems.append(Problem(ProblemKind.VALUE_MISSING, row=row.number, field=ColumnRole.SOURCE_USER.value))
    if source is None:
        problems.append(Problem(ProblemKind.ENDPOINT_MISSING, row=row.number, field=ColumnRole.SOURCE.value))
    if destination is None:
        field = ColumnRole.DESTINATION.value
        problems.append(Problem(ProblemKind.ENDPOINT_MISSING, row=row.number, field=field))
    elif destination.protocol is MailProtocol.POP3:
        field = ColumnRole.DESTINATION.value
        problems.append(Problem(ProblemKind.DESTINATION_IS_POP3, row=row.number, field=field, value=destination.url))
    return problems


def _bad_addresses(row: AccountRow) -> list[Problem]:
    problems: list[Problem] = []
    bad_name = ""
    for role, user in ((ColumnRole.SOURCE_USER, row.source_user), (ColumnRole.DESTINATION_USER, row.destination_user)):
        found = address_problem(user)
        name = user.rpartition("@")[0]
        # The same name at another domain is the source's mistake again, and is corrected there.
        if found is not None and (not bad_name or name != bad_name):
            problems.append(Problem(found[0], row=row.number, field=role.value, value=found[1]))
            bad_name = name if found[0] is ProblemKind.BAD_ADDRESS else ""
    return problems


def _numeric_passwords(row: AccountRow) -> list[Problem]:
    return [
        Problem(ProblemKind.PASSWORD_IS_NUMBER, row=row.number, field=f"{side.value}_password")
        for side in Side
        if side in row.numeric_passwords
    ]


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
