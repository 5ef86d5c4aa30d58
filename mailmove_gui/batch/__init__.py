"""Accounts in: CSV, spreadsheets and pasted rows -> accounts of a plan, with problems named by their row."""

from mailmove_gui.batch.accounts import (
    AccountRow,
    AccountTable,
    accounts_from_rows,
    accounts_of_table,
    parse_pasted,
    read_accounts,
    validate_rows,
)
from mailmove_gui.batch.columns import (
    HEADINGS,
    ColumnRole,
    role_of_heading,
    roles_by_position,
    roles_of_headings,
)
from mailmove_gui.batch.tables import Table, TableRow, parse_table, read_table
from mailmove_gui.batch.template import write_template

__all__ = [
    "HEADINGS",
    "AccountRow",
    "AccountTable",
    "ColumnRole",
    "Table",
    "TableRow",
    "accounts_from_rows",
    "accounts_of_table",
    "parse_pasted",
    "parse_table",
    "read_accounts",
    "read_table",
    "role_of_heading",
    "roles_by_position",
    "roles_of_headings",
    "validate_rows",
    "write_template",
]
