"""Source folders and their messages."""

from collections.abc import Collection, Iterable

from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.messages import FolderState, MessageHead
from mailmove_gui.domain.plan import MessageOrder, Options
from mailmove_gui.domain.records import MessageState, PendingMessage, SourceFolderRecord
from mailmove_gui.ledger.columns import (
    date_columns,
    date_of,
    day_s,
    flags_of,
    flags_text,
    folder_state_columns,
    folder_state_of,
    path_of,
    path_text,
    sql,
    state_number,
)
from mailmove_gui.ledger.part import Part

PENDING_NEWEST = sql(
    "SELECT id, uid, size_bytes, date_s, date_offset_s, flags FROM messages"
    " WHERE folder = :folder AND state = $LISTED AND (date_s, uid) < (:date_s, :uid)"
    " ORDER BY date_s DESC, uid DESC LIMIT :limit"
)
PENDING_OLDEST = sql(
    "SELECT id, uid, size_bytes, date_s, date_offset_s, flags FROM messages"
    " WHERE folder = :folder AND state = $LISTED AND (date_s, uid) > (:date_s, :uid)"
    " ORDER BY date_s, uid LIMIT :limit"
)
KNOWN_UIDS = "SELECT uid FROM messages WHERE folder = ? AND uidvalidity = ? AND present = 1"

_ADD = sql(
    "INSERT INTO messages (account, folder, uidvalidity, uid, state, size_bytes, date_s, date_offset_s, flags)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (folder, uidvalidity, uid) DO UPDATE SET present = 1, flags = excluded.flags,"
    " state = CASE state WHEN $VANISHED THEN excluded.state ELSE state END WHERE present = 0"
)
_IDENTIFY = (
    "INSERT INTO email_ids (message, account, email_id) SELECT id, account, ? FROM messages"
    " WHERE folder = ? AND uidvalidity = ? AND uid = ?"
    " ON CONFLICT (message) DO UPDATE SET email_id = excluded.email_id"
)
_VANISH = sql(
    "UPDATE messages SET present = 0,"
    " state = CASE WHEN state IN ($LISTED, $SKIPPED, $REFUSED) THEN $VANISHED ELSE state END"
    " WHERE folder = ? AND uidvalidity = ? AND uid = ? AND present = 1"
)
_VANISH_OTHERS = sql(
    "UPDATE messages SET present = 0,"
    " state = CASE WHEN state IN ($LISTED, $SKIPPED, $REFUSED) THEN $VANISHED ELSE state END"
    " WHERE folder = ? AND uidvalidity <> ? AND present = 1"
)
_UNMOVED = sql("present = 1 AND state IN ($LISTED, $SKIPPED, $REFUSED)")
_DROP_UNMOVED = sql("DELETE FROM messages WHERE folder = ? AND uidvalidity <> ? AND $unmoved", unmoved=_UNMOVED)
REPLACED = "SELECT 1 FROM messages WHERE folder = ? AND uidvalidity = ? AND uid = ? AND date_s <> ?"
# A UIDVALIDITY is above zero (RFC 3501 section 9): what is numbered downwards from it is in nobody's way.
RETIRED = "SELECT min(0, min(uidvalidity)) - 1 FROM messages WHERE folder = ?"
_DROP_RETIRED = sql(
    "DELETE FROM messages WHERE folder = :folder AND uidvalidity = :uidvalidity AND $unmoved", unmoved=_UNMOVED
)
_RETIRE = (
    "UPDATE messages SET present = 0, uidvalidity = :retired WHERE folder = :folder AND uidvalidity = :uidvalidity"
)
FOLDERS_HOLDING = sql(
    "SELECT DISTINCT folder FROM messages INDEXED BY messages_by_key"
    " WHERE account = ? AND state IN ($MOVED, $ALREADY_THERE) AND header_key = ?"
)
_OUTSIDE = (
    "coalesce(size_bytes > :max_size_bytes, 0) OR (date_offset_s IS NOT NULL"
    " AND (coalesce(date_s + date_offset_s < :since_s, 0) OR coalesce(date_s + date_offset_s >= :before_s, 0)))"
)
DESELECT = sql(
    "UPDATE messages SET state = $SKIPPED WHERE folder = :folder AND state = $LISTED AND (:unwanted OR $outside)",
    outside=_OUTSIDE,
)
RESELECT = sql(
    "UPDATE messages SET state = $LISTED WHERE account = :account AND folder = :folder AND state = $SKIPPED"
    " AND NOT ($outside) AND NOT EXISTS (SELECT 1 FROM refusals r WHERE r.message = messages.id)"
    " AND NOT EXISTS (SELECT 1 FROM repeated p WHERE p.message = messages.id)",
    outside=_OUTSIDE,
)
_EARLIEST = -(1 << 62)
_LATEST = 1 << 62


class SourceRows(Part):
    """What the source showed, and what of it is still to be moved."""

    def source_folder(self, account_id: str, source: FolderPath, destination: FolderPath) -> SourceFolderRecord:
        """The record of a source folder, made at first sight; the destination is updated."""
        account, path = self._account(account_id), path_text(source)
        query = "SELECT * FROM source_folders WHERE account = ? AND source = ?"
        row = self._database.row(query, (account, path))
        if row is None or row["destination"] != path_text(destination):
            with self._database.writing() as connection:
                connection.execute(
                    "INSERT INTO source_folders (account, source, destination) VALUES (?, ?, ?)"
                    " ON CONFLICT (account, source) DO UPDATE SET destination = excluded.destination",
                    (account, path, path_text(destination)),
                )
                row = connection.execute(query, (account, path)).fetchone()
        assert row is not None
        return SourceFolderRecord(row["id"], source, destination, folder_state_of(row))

    def source_folders(self, account_id: str) -> tuple[SourceFolderRecord, ...]:
        """All that the ledger knows, also those that are gone at the source."""
        rows = self._database.rows(
            "SELECT * FROM source_folders WHERE account = ? ORDER BY id", (self._account(account_id),)
        )
        return tuple(
            SourceFolderRecord(row["id"], path_of(row["source"]), path_of(row["destination"]), folder_state_of(row))
            for row in rows
        )

    def known_uids(self, folder_id: int, uidvalidity: int) -> set[int]:
        """UIDs of the folder's rows whose message was at the source when it was last listed."""
        with self._database.reading() as connection:
            return {row[0] for row in connection.execute(KNOWN_UIDS, (folder_id, uidvalidity))}

    def add_messages(self, folder_id: int, uidvalidity: int, heads: Iterable[tuple[MessageHead, MessageState]]) -> None:
        """Enter messages seen for the first time, or again."""
        # The heads may come from a server: they are read before the ledger is locked.
        listed, identified = [], []
        for head, state in heads:
            date_s, offset_s = date_columns(head.internal_date)
            values = (state_number(state), head.size_bytes, date_s, offset_s, flags_text(head.flags))
            listed.append((uidvalidity, head.uid, *values))
            if head.email_id is not None:
                identified.append((head.email_id, folder_id, uidvalidity, head.uid))
        with self._database.writing() as connection:
            account = self._account_of_folder(folder_id)
            connection.executemany(_ADD, [(account, folder_id, *values) for values in listed])
            connection.executemany(_IDENTIFY, identified)

    def mark_vanished(self, folder_id: int, uidvalidity: int, uids: Iterable[int]) -> None:
        """These are at the source no more."""
        keys = [(folder_id, uidvalidity, uid) for uid in uids]
        if keys:
            with self._database.writing() as connection:
                connection.executemany(_VANISH, keys)

    def mark_others_vanished(self, folder_id: int, uidvalidity: int) -> None:
        """After a UIDVALIDITY change, or (0) when the folder is gone: the rows' messages are at the source no more."""
        with self._database.writing() as connection:
            if uidvalidity:
                connection.execute(_DROP_UNMOVED, (folder_id, uidvalidity))
            else:
                # A folder that comes back is listed anew, even if its numbers are what they were.
                connection.execute("UPDATE source_folders SET messages = NULL WHERE id = ?", (folder_id,))
            connection.execute(_VANISH_OTHERS, (folder_id, uidvalidity))

    def replaced_uids(self, folder_id: int, uidvalidity: int, heads: Iterable[MessageHead]) -> set[int]:
        """UIDs of those whose rows tell another internal date: the UIDs mean other messages now.

        One without a date tells nothing: POP3 does not look for the dates of messages that are known.
        """
        with self._database.reading() as connection:
            return {
                head.uid
                for head in heads
                if head.internal_date is not None
                and connection.execute(
                    REPLACED, (folder_id, uidvalidity, head.uid, date_columns(head.internal_date)[0])
                ).fetchone()
            }

    def retire(self, folder_id: int, uidvalidity: int, uids: Iterable[int] | None = None) -> None:
        """These UIDs (None: all) mean other messages now: as after a UIDVALIDITY change, for these rows."""
        which = [{}] if uids is None else [{"uid": uid} for uid in uids]
        only = "" if uids is None else " AND uid = :uid"
        with self._database.writing() as connection:
            retired = connection.execute(RETIRED, (folder_id,)).fetchone()[0]
            values = {"folder": folder_id, "uidvalidity": uidvalidity, "retired": retired}
            for uid in which:
                connection.execute(_DROP_RETIRED + only, values | uid)
                connection.execute(_RETIRE + only, values | uid)

    def folders_holding(self, account_id: str, header_key: bytes) -> frozenset[int]:
        """Source folders with a moved or found message of this header key."""
        rows = self._database.rows(FOLDERS_HOLDING, (self._account(account_id), header_key))
        return frozenset(row["folder"] for row in rows)

    def rename_source_folder(self, folder_id: int, source: FolderPath) -> None:
        """The folder has another name at the source now; it counts as never listed."""
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE source_folders SET source = ?, messages = NULL WHERE id = ?", (path_text(source), folder_id)
            )

    def apply_selection(self, account_id: str, options: Options, folder_ids: Collection[int]) -> None:
        """SKIPPED is what is LISTED outside the options' range or these folders, and nothing else."""
        bounds = {
            "account": self._account(account_id),
            "max_size_bytes": options.max_size_bytes,
            "since_s": day_s(options.since),
            "before_s": day_s(options.before),
        }
        with self._database.writing() as connection:
            for folder in self.source_folders(account_id):
                wanted = folder.id in folder_ids
                values = bounds | {"folder": folder.id, "unwanted": not wanted}
                if not wanted or _narrows(options):
                    connection.execute(DESELECT, values)
                if wanted:
                    connection.execute(RESELECT, values)

    def forget_source(self, account_id: str) -> None:
        """The account has another source mailbox: of the folders and messages of the old one nothing is known."""
        account = (self._account(account_id),)
        with self._database.writing() as connection:
            connection.execute(
                "DELETE FROM messages WHERE folder IN (SELECT id FROM source_folders WHERE account = ?)", account
            )
            connection.execute("DELETE FROM counters WHERE account = ?", account)
            connection.execute("DELETE FROM source_folders WHERE account = ?", account)

    def save_scan(self, folder_id: int, scanned: FolderState) -> None:
        """The folder was listed completely in this state."""
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE source_folders SET uidvalidity = :uidvalidity, uidnext = :uidnext, messages = :messages,"
                " highest_modseq = :highest_modseq, listed_bytes = :listed_bytes, listing = :listing"
                " WHERE id = :folder",
                {"folder": folder_id, **folder_state_columns(scanned)},
            )

    def pending(
        self, folder_id: int, order: MessageOrder, after: PendingMessage | None, limit: int
    ) -> tuple[PendingMessage, ...]:
        """The next LISTED messages behind `after` in the order of (internal date, UID), up to `limit`."""
        newest = order is MessageOrder.NEWEST_FIRST
        if after is not None:
            date_s, uid = date_columns(after.internal_date)[0], after.uid
        else:
            date_s, uid = (_LATEST if newest else _EARLIEST), 0
        rows = self._database.rows(
            PENDING_NEWEST if newest else PENDING_OLDEST,
            {"folder": folder_id, "date_s": date_s, "uid": uid, "limit": limit},
        )
        return tuple(
            PendingMessage(
                row["id"],
                row["uid"],
                row["size_bytes"],
                date_of(row["date_s"], row["date_offset_s"]),
                flags_of(row["flags"]),
            )
            for row in rows
        )

    def _account_of_folder(self, folder_id: int) -> int:
        row = self._database.row("SELECT account FROM source_folders WHERE id = ?", (folder_id,))
        if row is None:
            raise KeyError(folder_id)
        return int(row["account"])


def _narrows(options: Options) -> bool:
    return options.since is not None or options.before is not None or options.max_size_bytes is not None
