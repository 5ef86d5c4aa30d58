"""Destination folders, and which of their messages no row stands for."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator

from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.messages import FolderState, MessageHead
from mailmove_gui.domain.records import ClaimedMessage, DestinationFolderRecord, UnclaimedMessage
from mailmove_gui.ledger.columns import (
    AfterMove,
    changes_of,
    date_columns,
    date_of,
    flags_of,
    folder_state_columns,
    folder_state_of,
    path_of,
    path_text,
    sql,
    state_of,
)
from mailmove_gui.ledger.part import Part

_CHUNK = 1000

UNCLAIMED_BY_KEY = (
    "SELECT u.*, f.path FROM unclaimed u JOIN destination_folders f ON f.id = u.folder"
    " WHERE u.owner = ? AND u.header_key = ? ORDER BY u.id"
)
INDEXED_UIDS = (
    "SELECT uid FROM unclaimed WHERE folder = :folder AND uidvalidity = :uidvalidity"
    " UNION ALL SELECT destination_uid FROM messages WHERE destination_folder = :folder"
    " AND destination_uidvalidity = :uidvalidity AND destination_uid IS NOT NULL"
)
CLAIMED_UIDS = (
    "SELECT destination_uid FROM messages WHERE destination_folder = ? AND destination_uidvalidity = ?"
    " AND destination_uid >= ?"
)
UNVERIFIED = sql(
    "SELECT m.destination_folder, m.destination_uid FROM destination_folders f CROSS JOIN messages m"
    " ON m.destination_folder = f.id AND m.destination_uidvalidity = f.present_uidvalidity"
    " WHERE f.owner = ? AND m.state = $MOVED AND m.verified = 0 AND m.destination_uid IS NOT NULL"
    " ORDER BY f.id, m.destination_uid"
)
CLAIMED = (
    "SELECT m.*, s.source, s.destination, a.account_id FROM destination_folders f"
    " CROSS JOIN messages m ON m.destination_folder = f.id"
    " CROSS JOIN source_folders s ON s.id = m.folder CROSS JOIN accounts a ON a.id = s.account"
    " WHERE f.id = ? AND m.destination_uid IS NOT NULL AND (m.destination_uidvalidity, m.destination_uid) > (?, ?)"
    " ORDER BY m.destination_uidvalidity, m.destination_uid LIMIT ?"
)
VERIFY = (
    "UPDATE messages SET verified = 1"
    " WHERE destination_folder = ? AND destination_uidvalidity = ? AND destination_uid = ?"
)
# A message that a row stands for is no unclaimed one, whoever lists it.
_ADD = (
    "INSERT OR IGNORE INTO unclaimed (owner, folder, uidvalidity, uid, size_bytes, date_s, date_offset_s)"
    " SELECT f.owner, f.id, :uidvalidity, :uid, :size_bytes, :date_s, :date_offset_s"
    " FROM destination_folders f WHERE f.id = :folder AND NOT EXISTS (SELECT 1 FROM messages m"
    " WHERE m.destination_folder = f.id AND m.destination_uidvalidity = :uidvalidity AND m.destination_uid = :uid)"
)


def unclaimed_of(row: sqlite3.Row) -> UnclaimedMessage:
    """A row of `unclaimed` with its folder's path as a value."""
    return UnclaimedMessage(
        row["id"],
        row["folder"],
        path_of(row["path"]),
        row["uid"],
        row["size_bytes"],
        date_of(row["date_s"], row["date_offset_s"]),
        row["header_key"],
        row["content_hash"],
    )


class DestinationRows(Part):
    """What is at the destination, claimed and unclaimed."""

    def destination_folder(self, owner: str, path: FolderPath) -> DestinationFolderRecord:
        """The record of a folder of that destination mailbox, made at first sight."""
        key = (self._owner(owner), path_text(path))
        query = "SELECT * FROM destination_folders WHERE owner = ? AND path = ?"
        row = self._database.row(query, key)
        if row is None:
            with self._database.writing() as connection:
                connection.execute("INSERT OR IGNORE INTO destination_folders (owner, path) VALUES (?, ?)", key)
                row = connection.execute(query, key).fetchone()
        assert row is not None
        return DestinationFolderRecord(row["id"], path, folder_state_of(row))

    def destination_folders(self, owner: str) -> tuple[DestinationFolderRecord, ...]:
        """All known folders of a destination mailbox."""
        rows = self._database.rows(
            "SELECT * FROM destination_folders WHERE owner = ? ORDER BY id", (self._owner(owner),)
        )
        return tuple(DestinationFolderRecord(row["id"], path_of(row["path"]), folder_state_of(row)) for row in rows)

    def indexed_uids(self, destination_folder_id: int, uidvalidity: int) -> set[int]:
        """UIDs that are known: unclaimed ones, and those that a row stands for."""
        with self._database.reading() as connection:
            rows = connection.execute(INDEXED_UIDS, {"folder": destination_folder_id, "uidvalidity": uidvalidity})
            return {row[0] for row in rows}

    def add_unclaimed(self, destination_folder_id: int, uidvalidity: int, heads: Iterable[MessageHead]) -> None:
        """Enter messages at the destination that no row stands for."""
        listed = [
            {
                "folder": destination_folder_id,
                "uidvalidity": uidvalidity,
                "uid": head.uid,
                "size_bytes": head.size_bytes,
                "date_s": date_s,
                "date_offset_s": date_offset_s,
            }
            for head in heads
            for date_s, date_offset_s in [date_columns(head.internal_date)]
        ]
        with self._database.writing() as connection:
            connection.executemany(_ADD, listed)
            note_uidvalidity(connection, destination_folder_id, uidvalidity)

    def drop_unclaimed(self, destination_folder_id: int, uidvalidity: int, uids: Iterable[int]) -> None:
        """These unclaimed messages are gone; and all those of another UIDVALIDITY are."""
        keys = [(destination_folder_id, uidvalidity, uid) for uid in uids]
        with self._database.writing() as connection:
            connection.executemany("DELETE FROM unclaimed WHERE folder = ? AND uidvalidity = ? AND uid = ?", keys)
            connection.execute(
                "DELETE FROM unclaimed WHERE folder = ? AND uidvalidity <> ?", (destination_folder_id, uidvalidity)
            )

    def save_index(self, destination_folder_id: int, indexed: FolderState) -> None:
        """The destination folder was listed completely in this state."""
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE destination_folders SET present_uidvalidity = :uidvalidity, uidvalidity = :uidvalidity,"
                " uidnext = :uidnext, messages = :messages, highest_modseq = :highest_modseq,"
                " listed_bytes = :listed_bytes, listing = :listing WHERE id = :folder",
                {"folder": destination_folder_id, **folder_state_columns(indexed)},
            )

    def claimed_uids(self, destination_folder_id: int, uidvalidity: int, from_uid: int) -> set[int]:
        """UIDs from `from_uid` on that a row stands for."""
        with self._database.reading() as connection:
            rows = connection.execute(CLAIMED_UIDS, (destination_folder_id, uidvalidity, from_uid))
            return {row[0] for row in rows}

    def unclaimed_by_key(self, owner: str, header_key: bytes) -> tuple[UnclaimedMessage, ...]:
        """Unclaimed messages of the whole destination mailbox with this header key."""
        if not header_key:
            return ()
        return tuple(map(unclaimed_of, self._database.rows(UNCLAIMED_BY_KEY, (self._owner(owner), header_key))))

    def unclaimed_count(self, owner: str) -> int:
        """How many messages of the destination mailbox no row stands for."""
        row = self._database.row(
            "SELECT count(*) FROM destination_folders f CROSS JOIN unclaimed u ON u.folder = f.id WHERE f.owner = ?",
            (self._owner(owner),),
        )
        return int(row[0]) if row is not None else 0

    def unverified(self, owner: str) -> dict[int, list[int]]:
        """Destination folder id -> UIDs of MOVED rows that nobody has looked at since they arrived."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        with self._database.reading() as connection:
            for folder, uid in connection.execute(UNVERIFIED, (self._owner(owner),)):
                found[folder].append(uid)
        return dict(found)

    def mark_verified(self, destination_folder_id: int, uidvalidity: int, uids: Iterable[int]) -> None:
        """These were looked at and found."""
        keys = [(destination_folder_id, uidvalidity, uid) for uid in uids]
        if keys:
            with self._database.writing() as connection:
                connection.executemany(VERIFY, keys)

    def claimed(self, destination_folder_id: int) -> Iterator[ClaimedMessage]:
        """All rows that stand for a message of the folder, of whatever UIDVALIDITY, ascending by it and UID."""
        last = (-1, -1)
        while rows := self._database.rows(CLAIMED, (destination_folder_id, *last, _CHUNK)):
            for row in rows:
                yield ClaimedMessage(
                    row["id"],
                    row["account_id"],
                    row["destination_uidvalidity"],
                    row["destination_uid"],
                    row["size_bytes"],
                    row["content_hash"],
                    state_of(row["state"]),
                    path_of(row["source"]),
                    row["uid"],
                    row["header_key"],
                    row["uidvalidity"],
                    flags_of(row["flags"]),
                    changes_of(row["changes"]),
                    path_of(row["destination"]),
                    row["after_move"] == AfterMove.REFILED,
                )
            last = (rows[-1]["destination_uidvalidity"], rows[-1]["destination_uid"])


def note_uidvalidity(connection: sqlite3.Connection, destination_folder_id: int, uidvalidity: int) -> None:
    """Keep which UIDVALIDITY of a destination folder was seen last."""
    connection.execute(
        "UPDATE destination_folders SET present_uidvalidity = ? WHERE id = ? AND present_uidvalidity IS NOT ?",
        (uidvalidity, destination_folder_id, uidvalidity),
    )
