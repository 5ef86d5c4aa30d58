"""Undo: rows that stand for nothing any more."""

from collections.abc import Iterable

from mailmove_gui.ledger.columns import sql
from mailmove_gui.ledger.part import Part

_UNMOVE = sql(
    "UPDATE messages SET state = CASE present WHEN 1 THEN $LISTED ELSE $VANISHED END, verified = 0, changes = 0,"
    " after_move = $IN_PLACE, destination_folder = NULL, destination_uidvalidity = NULL, destination_uid = NULL"
    " WHERE state IN ($MOVED, $ALREADY_THERE)"
)
_UNMOVE_ONE = sql("$unmove AND id = ?", unmove=_UNMOVE)
UNMOVE_ALL = sql("$unmove AND folder IN (SELECT id FROM source_folders WHERE account = ?)", unmove=_UNMOVE)
# What is still in such a folder is known to nobody now: it has to be listed anew, changed or not.
_UNLIST_FOLDER = (
    "UPDATE destination_folders SET messages = NULL WHERE id = (SELECT destination_folder FROM messages WHERE id = ?)"
)
UNLIST_FOLDERS = (
    "UPDATE destination_folders SET messages = NULL WHERE id IN (SELECT m.destination_folder FROM messages m"
    " WHERE m.folder IN (SELECT id FROM source_folders WHERE account = ?))"
)


class RemovalRows(Part):
    """The way back from MOVED."""

    def begin_undo(self, account_id: str) -> None:
        """From here to `end_undo` the account's rows may stand for messages that are gone."""
        with self._database.writing() as connection:
            connection.execute("UPDATE accounts SET undoing = 1 WHERE id = ?", (self._account(account_id),))

    def is_undoing(self, account_id: str) -> bool:
        """Whether an undo has begun and not come to its end."""
        row = self._database.row("SELECT undoing FROM accounts WHERE id = ?", (self._account(account_id),))
        return row is not None and bool(row["undoing"])

    def mark_removing(self, account_id: str, message_ids: Iterable[int]) -> None:
        """Before the first one is removed: what these MOVED rows stand for is going to be."""
        keys = [(message_id, self._account(account_id)) for message_id in message_ids]
        with self._database.writing() as connection:
            connection.executemany("INSERT OR IGNORE INTO removing (message, account) VALUES (?, ?)", keys)

    def removing(self, account_id: str) -> frozenset[int]:
        """Rows whose removal was interrupted."""
        rows = self._database.rows("SELECT message FROM removing WHERE account = ?", (self._account(account_id),))
        return frozenset(row["message"] for row in rows)

    def mark_unmoved(self, message_ids: Iterable[int]) -> None:
        """These rows stand for nothing any more."""
        ids = [(message_id,) for message_id in message_ids]
        with self._database.writing() as connection:
            connection.executemany(_UNLIST_FOLDER, ids)
            connection.executemany(_UNMOVE_ONE, ids)
            connection.executemany("DELETE FROM removing WHERE message = ?", ids)

    def end_undo(self, account_id: str) -> None:
        """As `mark_unmoved`, for all MOVED and ALREADY_THERE rows of the account; the undo has come to its end."""
        account = (self._account(account_id),)
        with self._database.writing() as connection:
            connection.execute(UNLIST_FOLDERS, account)
            connection.execute(UNMOVE_ALL, account)
            connection.execute("DELETE FROM removing WHERE account = ?", account)
            connection.execute("UPDATE accounts SET undoing = 0 WHERE id = ?", account)
