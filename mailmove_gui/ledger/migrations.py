"""From one version of the file to the next."""

import sqlite3

from mailmove_gui.ledger.schema import VERSION_1, VERSION_2
from mailmove_gui.ledger.schema_3 import VERSION_3

STEPS: tuple[tuple[str, ...], ...] = (VERSION_1, VERSION_2, VERSION_3)
"""Step n brings a file of version n to version n + 1. Steps that were published are never edited."""

NEWEST = len(STEPS)
"""The version that this program writes."""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the file to the newest version; the caller holds a transaction."""
    for number, statements in enumerate(STEPS[version_of(connection) :], start=version_of(connection) + 1):
        for statement in statements:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")


def version_of(connection: sqlite3.Connection) -> int:
    """The file's version; 0 if nothing is in it."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
