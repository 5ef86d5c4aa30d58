"""Accounts in: CSV, spreadsheets and pasted rows -> accounts of a plan, with problems named by their row."""

from mailmove_gui.batch.account_rows import AccountRow, AccountTable, accounts_of_table
from mailmove_gui.batch.accounts import AccountReader, accounts_from_rows, read_accounts, validate_rows
from mailmove_gui.batch.addresses import address_problem, is_host
from mailmove_gui.batch.columns import (
    PASSWORDS,
    ROLES,
    ColumnRole,
    guess_roles,
    label_of,
    role_of_heading,
    roles_of_headings,
)
from mailmove_gui.batch.encodings import ENCODINGS
from mailmove_gui.batch.guessing import roles_by_content
from mailmove_gui.batch.preview import (
    PREVIEW_ROWS,
    ListReading,
    ListSource,
    read_list,
    with_encoding,
    with_headings,
    with_role,
    with_separator,
    with_trimming,
)
from mailmove_gui.batch.rows import TableRow
from mailmove_gui.batch.separators import BLANKS, COMMA, DASHES, SEMICOLON, SEPARATORS, TAB
from mailmove_gui.batch.tables import Table, parse_table, read_bytes, read_table
from mailmove_gui.batch.template import write_template

__all__ = [
    "BLANKS",
    "COMMA",
    "DASHES",
    "ENCODINGS",
    "PASSWORDS",
    "PREVIEW_ROWS",
    "ROLES",
    "SEMICOLON",
    "SEPARATORS",
    "TAB",
    "AccountReader",
    "AccountRow",
    "AccountTable",
    "ColumnRole",
    "ListReading",
    "ListSource",
    "Table",
    "TableRow",
    "accounts_from_rows",
    "accounts_of_table",
    "address_problem",
    "guess_roles",
    "is_host",
    "label_of",
    "parse_table",
    "read_accounts",
    "read_bytes",
    "read_list",
    "read_table",
    "role_of_heading",
    "roles_by_content",
    "roles_of_headings",
    "validate_rows",
    "with_encoding",
    "with_headings",
    "with_role",
    "with_separator",
    "with_trimming",
    "write_template",
]
