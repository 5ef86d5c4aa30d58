"""A list of accounts as somebody looks at it before it is imported: every choice can be changed, and is read anew."""

from dataclasses import dataclass, field, replace

from mailmove_gui.batch.account_rows import AccountTable, accounts_of_table
from mailmove_gui.batch.columns import ColumnRole, are_headings, guess_roles
from mailmove_gui.batch.guessing import ADDRESS, roles_by_content
from mailmove_gui.batch.rows import TableRow
from mailmove_gui.batch.tables import Table, parse_table, table_of_bytes
from mailmove_gui.domain.problems import InvalidInput, Problem, ProblemKind

PREVIEW_ROWS = 20
_CLEAR_WIDTH = 4


@dataclass(frozen=True, slots=True)
class ListSource:
    """Where a list comes from: the content of a file, or pasted text. Not in the repr: it holds passwords."""

    file: str = ""
    data: bytes = field(default=b"", repr=False)
    text: str | None = field(default=None, repr=False)

    def read(self, encoding: str = "", separator: str = "") -> Table:
        """Read its table; encoding and separator are recognised unless they are given.

        Raises:
            InvalidInput: FILE_NOT_READABLE, FILE_NOT_A_TABLE, FILE_EMPTY, or NO_ACCOUNTS for a text that is blank.
        """
        if self.text is None:
            return table_of_bytes(self.data, self.file, encoding=encoding, separator=separator)
        table = parse_table(self.text, separator)
        if not table.rows and not table.unread:
            raise InvalidInput(Problem(ProblemKind.NO_ACCOUNTS))
        return table


@dataclass(frozen=True, slots=True)
class ListReading:
    """How a list is read, and what that gives. Change a choice with the `with_` functions of this module.

    `roles` has one role for each column of `table`; `accounts` is what will be imported, and what will be left out.
    """

    source: ListSource
    table: Table
    has_headings: bool
    roles: tuple[ColumnRole, ...]
    accounts: AccountTable
    trims_passwords: bool = False

    @property
    def headings(self) -> tuple[str, ...]:
        """The heading of each column; empty ones if the list has none."""
        cells = self.table.rows[0].cells if self.has_headings and self.table.rows else ()
        return (*cells, *("",) * (len(self.roles) - len(cells)))

    @property
    def sample(self) -> tuple[TableRow, ...]:
        """The first rows behind the headings."""
        first = int(self.has_headings)
        return self.table.rows[first : first + PREVIEW_ROWS]

    @property
    def is_clear(self) -> bool:
        """Whether nobody has to look at it before it is used: headings say what it is, or addresses do."""
        if ColumnRole.SOURCE_USER not in self.roles:
            return False
        if self.has_headings:
            roles = [role for role in self.roles if role is not ColumnRole.IGNORE]
            return len(roles) == sum(bool(heading.strip()) for heading in self.headings)
        column = self.roles.index(ColumnRole.SOURCE_USER)
        are_addresses = all(ADDRESS.fullmatch(row.cell(column)) for row in self.sample)
        return are_addresses and len(self.roles) <= _CLEAR_WIDTH and ColumnRole.IGNORE not in self.roles


def read_list(source: ListSource) -> ListReading:
    """Read a list with everything recognised.

    Raises:
        InvalidInput: see `ListSource.read`.
    """
    return _read(source, source.read())


def with_encoding(reading: ListReading, encoding: str) -> ListReading:
    """The list in another encoding; what does not fit in it is named by its row.

    Raises:
        InvalidInput: see `ListSource.read`.
    """
    table = reading.source.read(encoding, reading.table.separator)
    return _read(reading.source, table, trims_passwords=reading.trims_passwords)


def with_separator(reading: ListReading, separator: str) -> ListReading:
    """The list cut into cells at another separator.

    Raises:
        InvalidInput: see `ListSource.read`.
    """
    table = reading.source.read(reading.table.encoding, separator)
    return _read(reading.source, table, trims_passwords=reading.trims_passwords)


def with_headings(reading: ListReading, *, has_headings: bool) -> ListReading:
    """The list with its first row as headings, or as an account; roles change only where the headings name a user's."""
    guessed = _guess(reading.table, has_headings=has_headings)
    roles = guessed if has_headings and ColumnRole.SOURCE_USER in guessed else reading.roles
    return _renewed(replace(reading, has_headings=has_headings, roles=roles))


def with_role(reading: ListReading, column: int, role: ColumnRole) -> ListReading:
    """Another role for a column; the column that had it before is ignored."""
    roles = [ColumnRole.IGNORE if one is role else one for one in reading.roles]
    roles[column] = role
    return _renewed(replace(reading, roles=tuple(roles)))


def with_trimming(reading: ListReading, *, trims_passwords: bool) -> ListReading:
    """With or without the blanks around passwords."""
    return _renewed(replace(reading, trims_passwords=trims_passwords))


def _read(source: ListSource, table: Table, *, trims_passwords: bool = False) -> ListReading:
    has_headings = bool(table.rows) and are_headings(table.rows[0].cells)
    roles = _guess(table, has_headings=has_headings)
    return _renewed(ListReading(source, table, has_headings, roles, AccountTable(()), trims_passwords))


def _guess(table: Table, *, has_headings: bool) -> tuple[ColumnRole, ...]:
    if has_headings and table.rows:
        roles = guess_roles(table.rows[0].cells)
    else:
        roles = roles_by_content([row.cells for row in table.rows])
    return (*roles, *(ColumnRole.IGNORE,) * (table.width() - len(roles)))


def _renewed(reading: ListReading) -> ListReading:
    table = reading.table
    without_headings = replace(table, rows=table.rows[reading.has_headings :])
    accounts = accounts_of_table(
        without_headings, reading.roles, width=_width(reading), trims_passwords=reading.trims_passwords
    )
    return replace(reading, accounts=accounts)


def _width(reading: ListReading) -> int:
    """How many cells a row should have: as many as there are headings, else as most rows have."""
    rows = reading.table.rows
    if reading.has_headings and rows:
        return len(rows[0].cells)
    widths = [len(row.cells) for row in rows]
    return max(set(widths), key=widths.count, default=0)
