"""Messages that their server shows in several folders, as Gmail does with labels: which of the rows is moved."""

from collections.abc import Collection, Sequence

from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.ledger.columns import path_of, sql
from mailmove_gui.ledger.part import Part

# Rows of one message: `e` is the row in question, `o` another one, `om` what has become of that.
_OTHERS = (
    "SELECT 1 FROM email_ids o CROSS JOIN messages om ON om.id = o.message"
    " WHERE o.account = e.account AND o.email_id = e.email_id AND o.message <> e.message"
)
_STANDS = sql(
    "(om.state = $DOUBTFUL OR om.present = 1 AND (om.state IN ($SENDING, $MOVED, $ALREADY_THERE, $REFUSED)"
    " OR EXISTS (SELECT 1 FROM refusals r WHERE r.message = om.id)))"
)
LEAVE_OUT = sql(
    "INSERT INTO repeated (message, account, folder)"
    " SELECT m.id, m.account, m.folder FROM messages m INDEXED BY messages_pending"
    " CROSS JOIN email_ids e ON e.message = m.id WHERE m.folder = :folder AND m.state = $LISTED"
    " AND EXISTS ($others AND ($stands OR om.state = $LISTED AND (om.folder = m.folder AND om.id < m.id"
    " OR om.folder IN (SELECT value FROM json_each(:before)))))",
    others=_OTHERS,
    stands=_STANDS,
)
_SKIP = sql(
    "UPDATE messages SET state = $SKIPPED WHERE folder = :folder AND state = $LISTED"
    " AND id IN (SELECT message FROM repeated WHERE account = :account AND folder = :folder)"
)
REOPEN = sql(
    "DELETE FROM repeated WHERE account = :account AND NOT EXISTS ("
    "SELECT 1 FROM email_ids e WHERE e.message = repeated.message AND EXISTS ($others AND ($stands"
    " OR om.present = 1 AND om.folder IN (SELECT value FROM json_each(:wanted))"
    " AND NOT EXISTS (SELECT 1 FROM repeated p WHERE p.message = om.id))))",
    others=_OTHERS,
    stands=_STANDS,
)
RELABELLED = sql(
    "SELECT n.id AS message, b.id AS moved_before FROM messages b INDEXED BY messages_moved_before"
    " CROSS JOIN destination_folders f ON f.id = b.destination_folder CROSS JOIN email_ids e ON e.message = b.id"
    " CROSS JOIN email_ids o ON o.account = e.account AND o.email_id = e.email_id"
    " CROSS JOIN messages n ON n.id = o.message"
    " WHERE b.account = ? AND f.owner = ? AND b.present = 0 AND b.state IN ($MOVED, $ALREADY_THERE, $DOUBTFUL)"
    " AND b.destination_uid IS NOT NULL AND n.state = $LISTED ORDER BY b.id"
)
REPEATED = "SELECT folder, messages FROM repeated_counters WHERE account = ?"


class LabelRows(Part):
    """Rows that share an id which the source gave to one message in several folders."""

    def reopen_repeated(self, account_id: str, folder_ids: Collection[int] | None) -> None:
        """See `Ledger.reopen_repeated`."""
        account = self._account(account_id)
        if self._database.row(f"{REPEATED} AND messages > 0 LIMIT 1", (account,)) is None:
            return
        with self._database.writing() as connection:
            if folder_ids is None:
                connection.execute("DELETE FROM repeated WHERE account = ?", (account,))
            else:
                connection.execute(REOPEN, {"account": account, "wanted": _json(folder_ids)})

    def leave_out_repeated(self, account_id: str, folder_ids: Sequence[int]) -> None:
        """See `Ledger.leave_out_repeated`."""
        account = self._account(account_id)
        if self._database.row("SELECT 1 FROM email_ids WHERE account = ? LIMIT 1", (account,)) is None:
            return
        for number, folder_id in enumerate(folder_ids):
            values = {"account": account, "folder": folder_id, "before": _json(folder_ids[:number])}
            with self._database.writing() as connection:
                if connection.execute(LEAVE_OUT, values).rowcount:
                    connection.execute(_SKIP, values)

    def relabelled(self, account_id: str, owner: str) -> dict[int, int]:
        """See `Ledger.relabelled`."""
        pairs: dict[int, int] = {}
        taken: set[int] = set()
        for row in self._database.rows(RELABELLED, (self._account(account_id), self._owner(owner))):
            if row["message"] not in pairs and row["moved_before"] not in taken:
                pairs[row["message"]] = row["moved_before"]
                taken.add(row["moved_before"])
        return pairs

    def repeated(self, account_id: str) -> dict[FolderPath, int]:
        """See `Ledger.repeated`."""
        rows = self._database.rows(
            "SELECT f.source, c.messages FROM repeated_counters c CROSS JOIN source_folders f ON f.id = c.folder"
            " WHERE c.account = ? AND c.messages > 0 ORDER BY f.id",
            (self._account(account_id),),
        )
        return {path_of(row["source"]): row["messages"] for row in rows}


def _json(folder_ids: Collection[int]) -> str:
    return f"[{','.join(map(str, folder_ids))}]"
