"""From rows of cells to accounts of a plan, with everything that is wrong named by its row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mailmove_gui.batch.columns import ColumnRole, role_of_heading, roles_by_position, roles_of_headings
from mailmove_gui.batch.tables import Table, TableRow, parse_table, read_table
from mailmove_gui.domain.endpoints import Endpoint, MailProtocol, parse_endpoint
from mailmove_gui.domain.plan import Account, Mailbox, account_id, plan_problems
from mailmove_gui.domain.problems import InvalidInput, Problem, ProblemKind
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret, SecretKey

NO_PASSWORD = Secret("")
_INVISIBLE = "\ufeff\u200b\u200e\u200f"


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account as it was typed or imported.

    `number` is the row in its file, `source` and `destination` are its servers. A password that is not given
    is an empty `Secret` (false). An empty `destination_user` means the source's name.
    """

    number: int
    source_user: str
    source_password: Secret = NO_PASSWORD
    destination_user: str = ""
    destination_password: Secret = NO_PASSWORD
    source: Endpoint | None = None
    destination: Endpoint | None = None


@dataclass(frozen=True, slots=True)
class AccountTable:
    """What an account list holds: its rows (also those with a problem), and what is wrong with them."""

    rows: tuple[AccountRow, ...]
    problems: tuple[Problem, ...] = ()


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
    try:
        roles = roles_of_headings(table.rows[0].cells)
    except InvalidInput as error:
        raise InvalidInput(error.problem.at(file=path.name)) from None
    if len(table.rows) == 1:
        raise InvalidInput(Problem(ProblemKind.NO_ACCOUNTS, file=path.name))
    return accounts_of_table(
        replace(table, rows=table.rows[1:]),
        roles,
        file=path.name,
        default_source=default_source,
        default_destination=default_destination,
    )


def parse_pasted(
    text: str, *, default_source: Endpoint | None = None, default_destination: Endpoint | None = None
) -> AccountTable:
    """Read rows from the clipboard: with headings in the first row, else in the order of `HEADINGS`.

    Raises:
        InvalidInput: as `read_accounts`, without a file's name.
    """
    table = parse_table(text)
    if not table.rows:
        raise InvalidInput(Problem(ProblemKind.NO_ACCOUNTS))
    rows = table.rows
    if any(role_of_heading(cell) is not ColumnRole.IGNORE for cell in rows[0].cells):
        roles, rows = roles_of_headings(rows[0].cells), rows[1:]
    else:
        roles = roles_by_position(max(len(row.cells) for row in rows))
    return accounts_of_table(
        replace(table, rows=rows),
        roles,
        default_source=default_source,
        default_destination=default_destination,
    )


def accounts_of_table(
    table: Table,
    roles: Sequence[ColumnRole],
    *,
    file: str = "",
    default_source: Endpoint | None = None,
    default_destination: Endpoint | None = None,
) -> AccountTable:
    """Read rows (without headings) whose columns have these roles.

    Problems are those of single cells and of the list as a whole (`validate_rows`), in the order of the rows.
    """
    columns: dict[ColumnRole, int] = {role: index for index, role in enumerate(roles)}
    rows: list[AccountRow] = []
    problems: list[Problem] = []
    unreadable: set[tuple[int, str]] = set()
    for row in table.rows:
        servers: dict[ColumnRole, Endpoint | None] = {}
        for role, default in (
            (ColumnRole.SOURCE, default_source),
            (ColumnRole.DESTINATION, default_destination),
        ):
            try:
                servers[role] = _endpoint(row.cell(columns.get(role))) or default
            except InvalidInput as error:
                servers[role] = None
                problems.append(error.problem.at(row=row.number, field=role.value))
                unreadable.add((row.number, role.value))
        rows.append(_account_row(row, columns, servers))
    # A server that could not be read is not missing as well.
    problems += [problem for problem in validate_rows(rows) if (problem.row or 0, problem.field) not in unreadable]
    problems.sort(key=lambda problem: problem.row or 0)
    return AccountTable(tuple(rows), tuple(problem.at(file=file) for problem in problems))


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
    accounts: list[tuple[int | None, Account]] = []
    secrets: dict[SecretKey, Secret] = {}
    problems: list[Problem] = []
    for row in rows:
        source, destination = row.source or source_endpoint, row.destination or destination_endpoint
        missing = _missing(row, source, destination)
        problems += missing
        if missing or source is None or destination is None:
            continue
        target = row.destination_user or row.source_user
        account = Account(
            account_id(row.source_user, target),
            Mailbox(source, row.source_user),
            Mailbox(destination, target),
        )
        accounts.append((row.number, account))
        passwords = {Side.SOURCE: row.source_password, Side.DESTINATION: row.destination_password}
        for side, secret in passwords.items():
            mailbox = account.mailbox(side)
            if secret and secrets.setdefault(mailbox.secret_key(side), secret) != secret:
                field = f"{side.value}_password"
                problem = Problem(ProblemKind.PASSWORDS_DIFFER, row=row.number, field=field, value=mailbox.user)
                problems.append(problem)
    problems += plan_problems(accounts)
    problems.sort(key=lambda problem: problem.row or 0)
    return tuple({account.id: account for _, account in accounts}.values()), secrets, tuple(problems)


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


def _account_row(
    row: TableRow, columns: dict[ColumnRole, int], servers: dict[ColumnRole, Endpoint | None]
) -> AccountRow:
    def text(role: ColumnRole) -> str:
        return row.cell(columns.get(role)).strip().strip(_INVISIBLE).strip()

    def secret(role: ColumnRole) -> Secret:
        # As it is: a blank at either end may be part of the password.
        return Secret(row.cell(columns.get(role)))

    return AccountRow(
        number=row.number,
        source_user=text(ColumnRole.SOURCE_USER),
        source_password=secret(ColumnRole.SOURCE_PASSWORD),
        destination_user=text(ColumnRole.DESTINATION_USER),
        destination_password=secret(ColumnRole.DESTINATION_PASSWORD),
        source=servers[ColumnRole.SOURCE],
        destination=servers[ColumnRole.DESTINATION],
    )


def _endpoint(cell: str) -> Endpoint | None:
    cell = cell.strip().strip(_INVISIBLE).strip()
    return parse_endpoint(cell) if cell else None
