"""Ledgers as earlier versions of the program left them."""

import sqlite3
from pathlib import Path

from mailmove_gui.ledger.migrations import STEPS
from mailmove_gui.ledger.schema import APPLICATION_ID


def make_older(path: Path, version: int) -> None:
    """Put a file of that version, with the same rows, in place of a ledger of the newest one."""
    older = path.with_suffix(".older")
    connection = sqlite3.connect(older)
    for statement in (statement for step in STEPS[:version] for statement in step):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {version}")
    connection.execute("ATTACH ? AS newer", (str(path),))
    tables = connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in tables:
        if table != "counters":  # which the triggers fill
            columns = ", ".join(row[1] for row in connection.execute(f"PRAGMA main.table_info({table})"))
            connection.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM newer.{table}")
    connection.commit()
    connection.close()
    older.replace(path)
