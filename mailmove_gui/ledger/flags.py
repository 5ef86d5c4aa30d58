"""Flags that change at the source after a message was moved."""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from mailmove_gui.domain.messages import Flags
from mailmove_gui.domain.records import Change, FlagChange
from mailmove_gui.ledger.columns import change_bits, flags_of, flags_text, sql
from mailmove_gui.ledger.part import Part

FLAGS_OF = "SELECT id, flags FROM messages WHERE folder = ? AND uidvalidity = ? AND uid = ?"
# What is on its way was read with the flags of its row, too. Of several changes the first one knows the base.
_ADD = sql(
    "INSERT OR IGNORE INTO flag_changes (message, account, base)"
    " SELECT id, account, flags FROM messages WHERE id = ? AND state IN ($SENDING, $MOVED)"
)
CHANGES = sql(
    "SELECT c.message, c.base, m.flags, m.destination_folder, m.destination_uidvalidity, m.destination_uid"
    " FROM flag_changes c CROSS JOIN messages m ON m.id = c.message"
    " WHERE c.account = ? AND m.state = $MOVED AND m.destination_uid IS NOT NULL"
    " ORDER BY m.destination_folder, m.destination_uid"
)


class FlagRows(Part):
    """What the destination is still to be told of flags."""

    def note_flags(self, folder_id: int, uidvalidity: int, flags: Iterable[tuple[int, Flags]]) -> None:
        """(UID, flags) as the source shows them now."""
        shown = [(uid, flags_text(one)) for uid, one in flags]
        changed: list[tuple[str, int]] = []
        with self._database.reading() as connection:
            for uid, now in shown:
                row = connection.execute(FLAGS_OF, (folder_id, uidvalidity, uid)).fetchone()
                if row is not None and row["flags"] != now:
                    changed.append((now, row["id"]))
        if changed:
            with self._database.writing() as connection:
                connection.executemany(_ADD, [(message_id,) for _now, message_id in changed])
                connection.executemany("UPDATE messages SET flags = ? WHERE id = ?", changed)

    def flag_changes(self, account_id: str) -> tuple[FlagChange, ...]:
        """What the destination has not been told yet, by destination folder."""
        return tuple(
            FlagChange(
                row["message"],
                row["destination_folder"],
                row["destination_uidvalidity"],
                row["destination_uid"],
                flags_of(row["base"]),
                flags_of(row["flags"]),
            )
            for row in self._database.rows(CHANGES, (self._account(account_id),))
        )

    def mark_flags_followed(self, changes: Iterable[tuple[int, frozenset[Change]]]) -> None:
        """The destination has the flags of these rows, but for what is said in addition."""
        rows = [(change_bits(made), message_id) for message_id, made in changes]
        with self._database.writing() as connection:
            connection.executemany("UPDATE messages SET changes = changes | ? WHERE id = ?", rows)
            connection.executemany(
                "DELETE FROM flag_changes WHERE message = ?", [(message_id,) for _bits, message_id in rows]
            )


def base_of(connection: sqlite3.Connection, row: Mapping[str, Any]) -> str:
    """The flags of which the destination was told last, as text, for a row of `messages`."""
    change = connection.execute("SELECT base FROM flag_changes WHERE message = ?", (row["id"],)).fetchone()
    return str(row["flags"] if change is None else change["base"])


def hand_over_base(connection: sqlite3.Connection, message_id: int, base: str) -> None:
    """Another row stands for the message now; the destination was told other flags than this one has."""
    connection.execute(
        sql(
            "INSERT INTO flag_changes (message, account, base)"
            " SELECT id, account, :base FROM messages WHERE id = :message AND state = $MOVED AND flags <> :base"
        ),
        {"message": message_id, "base": base},
    )
