"""From rows to accounts of a plan, with everything that is wrong named by its row."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from mailmove_gui.batch.account_rows import AccountRow, AccountTable, accounts_of_table, row_of
from mailmove_gui.batch.addresses import address_problem
from mailmove_gui.batch.columns import ColumnRole, roles_of_headings
from mailmove_gui.batch.tables import read_table
from mailmove_gui.domain.endpoints import Endpoint, MailProtocol
from mailmove_gui.domain.plan import Account, ListedAccounts, Mailbox, account_id
from mailmove_gui.domain.problems import InvalidInput, Problem, ProblemKind
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret, SecretKey


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
    problems = sorted((*listed.problems, *validate_rows(rows)), key=row_of)
    return AccountTable(rows, tuple(problem.at(file=path.name) for problem in problems))


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
    return tuple(reader.accounts.values()), reader.secrets, tuple(sorted(problems, key=row_of))


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
