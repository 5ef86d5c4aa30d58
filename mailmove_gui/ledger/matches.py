"""Finding what is at the destination already."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from mailmove_gui.domain.ledger import AlreadyClaimed
from mailmove_gui.domain.records import MatchGroup, MovedBefore, SourceCandidate, UnclaimedMessage
from mailmove_gui.ledger.columns import path_of, sql
from mailmove_gui.ledger.database import Database
from mailmove_gui.ledger.destinations import unclaimed_of
from mailmove_gui.ledger.flags import base_of, hand_over_base
from mailmove_gui.ledger.part import Part

KEYS_AT_ONCE = 200


def marked(values: int) -> str:
    """So many marks for values of an IN."""
    return ", ".join(["?"] * values)


_MARKS = marked(KEYS_AT_ONCE)

KEYS = sql(
    "SELECT DISTINCT m.header_key FROM messages m INDEXED BY messages_by_key"
    " WHERE m.account = :account AND m.state = $LISTED AND m.header_key > :last"
    " AND (EXISTS (SELECT 1 FROM unclaimed u WHERE u.owner = :owner AND u.header_key = m.header_key)"
    " OR EXISTS (SELECT 1 FROM messages b INDEXED BY messages_moved_before LEFT JOIN destination_folders f"
    " ON f.id = b.destination_folder WHERE b.account = :account AND b.header_key = m.header_key AND b.present = 0"
    " AND b.state IN ($MOVED, $ALREADY_THERE, $DOUBTFUL) AND (f.owner = :owner OR b.state = $DOUBTFUL)))"
    " ORDER BY m.header_key LIMIT :limit"
)
SOURCES = sql(
    "SELECT m.id, m.folder, m.uid, m.size_bytes, m.content_hash, m.header_key, f.source, f.destination"
    " FROM messages m INDEXED BY messages_by_key CROSS JOIN source_folders f ON f.id = m.folder"
    " WHERE m.account = ? AND m.state = $LISTED AND m.header_key IN ($marks) ORDER BY m.id",
    marks=_MARKS,
)
UNCLAIMED = sql(
    "SELECT u.*, f.path FROM unclaimed u INDEXED BY unclaimed_by_key CROSS JOIN destination_folders f"
    " ON f.id = u.folder WHERE u.owner = ? AND u.header_key IN ($marks) ORDER BY u.id",
    marks=_MARKS,
)
MOVED_BEFORE = sql(
    "SELECT m.id, m.size_bytes, m.content_hash, m.header_key, m.destination_folder, m.destination_uid"
    " FROM messages m INDEXED BY messages_moved_before LEFT JOIN destination_folders f"
    " ON f.id = m.destination_folder WHERE m.account = ? AND (f.owner = ? OR m.state = $DOUBTFUL) AND m.present = 0"
    " AND m.state IN ($MOVED, $ALREADY_THERE, $DOUBTFUL) AND m.header_key IN ($marks)"
    " ORDER BY m.id",
    marks=_MARKS,
)
SETTLED = sql(
    "SELECT header_key, count(*) AS messages FROM messages INDEXED BY messages_by_key"
    " WHERE account = ? AND state IN ($MOVED, $ALREADY_THERE) AND header_key IN ($marks)"
    " AND present = 1 GROUP BY header_key",
    marks=_MARKS,
)
STANDING = sql(
    "SELECT header_key, count(*) AS messages FROM messages INDEXED BY messages_by_key"
    " WHERE account = ? AND state IN ($MOVED, $ALREADY_THERE) AND header_key IN ($marks) GROUP BY header_key",
    marks=_MARKS,
)
SOURCES_WITHOUT_KEY = sql(
    "SELECT folder, uid FROM messages INDEXED BY messages_without_key"
    " WHERE account = ? AND state = $LISTED AND header_key IS NULL ORDER BY folder, uid LIMIT ?"
)
DESTINATIONS_WITHOUT_KEY = (
    "SELECT folder, uid FROM unclaimed INDEXED BY unclaimed_without_key"
    " WHERE owner = ? AND header_key IS NULL ORDER BY folder, uid LIMIT ?"
)
VANISHED_CLAIMS = sql(
    "SELECT count(*) FROM messages INDEXED BY messages_moved_before"
    " WHERE account = ? AND present = 0 AND state IN ($MOVED, $ALREADY_THERE, $DOUBTFUL)"
)
SET_SOURCE_KEY = sql(
    "UPDATE messages INDEXED BY messages_without_key SET header_key = ?"
    " WHERE account = ? AND folder = ? AND uid = ? AND state = $LISTED AND header_key IS NULL"
)
SET_DESTINATION_KEY = (
    "UPDATE unclaimed INDEXED BY unclaimed_without_key SET header_key = ?"
    " WHERE owner = ? AND folder = ? AND uid = ? AND header_key IS NULL"
)


class MatchRows(Part):
    """Header keys, content hashes, and who stands for what."""

    def vanished_claims(self, account_id: str) -> int:
        """How many rows would be `MovedBefore`."""
        row = self._database.row(VANISHED_CLAIMS, (self._account(account_id),))
        return int(row[0]) if row is not None else 0

    def sources_without_key(self, account_id: str, limit: int) -> dict[int, list[int]]:
        """Source folder id -> UIDs of up to `limit` LISTED rows whose header key is not known."""
        return _by_folder(self._database.rows(SOURCES_WITHOUT_KEY, (self._account(account_id), limit)))

    def destinations_without_key(self, owner: str, limit: int) -> dict[int, list[int]]:
        """Destination folder id -> UIDs of up to `limit` unclaimed messages whose header key is not known."""
        return _by_folder(self._database.rows(DESTINATIONS_WITHOUT_KEY, (self._owner(owner), limit)))

    def set_source_keys(self, folder_id: int, keys: Iterable[tuple[int, bytes]]) -> None:
        """(UID, header key) of LISTED rows of a source folder whose key is not known yet."""
        known = list(keys)
        with self._database.writing() as connection:
            row = connection.execute("SELECT account FROM source_folders WHERE id = ?", (folder_id,)).fetchone()
            connection.executemany(SET_SOURCE_KEY, [(key, row["account"], folder_id, uid) for uid, key in known])

    def set_destination_keys(self, destination_folder_id: int, keys: Iterable[tuple[int, bytes]]) -> None:
        """(UID, header key) of unclaimed messages of a destination folder whose key is not known yet."""
        known = list(keys)
        with self._database.writing() as connection:
            row = connection.execute(
                "SELECT owner FROM destination_folders WHERE id = ?", (destination_folder_id,)
            ).fetchone()
            connection.executemany(
                SET_DESTINATION_KEY, [(key, row["owner"], destination_folder_id, uid) for uid, key in known]
            )

    def match_groups(self, account_id: str, owner: str) -> Iterator[MatchGroup]:
        """Every header key that a LISTED row shares with an unclaimed message or a `MovedBefore`.

        Safe against claims made while iterating: what belongs to one key is read before the key is handed out, and
        claims for one key change nothing about another.
        """
        account, owner_number = self._account(account_id), self._owner(owner)
        last = b""  # the empty key, which matches nothing, is not above it
        while True:
            values = {"account": account, "owner": owner_number, "last": last, "limit": KEYS_AT_ONCE}
            with self._database.reading():
                keys = [row[0] for row in self._database.rows(KEYS, values)]
                groups = self._groups(account, owner_number, keys) if keys else []
            yield from groups
            if len(keys) < KEYS_AT_ONCE:
                return
            last = keys[-1]

    def _groups(self, account: int, owner: int, keys: Sequence[bytes]) -> list[MatchGroup]:
        # Always as many marks, so that the statement is compiled once.
        padded = [*keys, *[keys[-1]] * (KEYS_AT_ONCE - len(keys))]
        sources: defaultdict[bytes, list[SourceCandidate]] = defaultdict(list)
        unclaimed = unclaimed_by_key(self._database, owner, padded)
        moved_before: defaultdict[bytes, list[MovedBefore]] = defaultdict(list)
        for row in self._database.rows(SOURCES, [account, *padded]):
            sources[row["header_key"]].append(_source_of(row))
        for row in self._database.rows(MOVED_BEFORE, [account, owner, *padded]):
            moved_before[row["header_key"]].append(_moved_before_of(row))
        settled = {row["header_key"]: row["messages"] for row in self._database.rows(SETTLED, [account, *padded])}
        return [
            MatchGroup(key, tuple(sources[key]), tuple(unclaimed[key]), tuple(moved_before[key]), settled.get(key, 0))
            for key in keys
        ]

    def set_source_hash(self, message_id: int, content_hash: bytes) -> None:
        """The content hash of a source message was computed."""
        with self._database.writing() as connection:
            connection.execute("UPDATE messages SET content_hash = ? WHERE id = ?", (content_hash, message_id))

    def set_destination_hash(self, unclaimed_id: int, content_hash: bytes) -> None:
        """The content hash of an unclaimed message was computed."""
        with self._database.writing() as connection:
            connection.execute("UPDATE unclaimed SET content_hash = ? WHERE id = ?", (content_hash, unclaimed_id))

    def claim(self, claims: Iterable[tuple[int, int]]) -> None:
        """(Row, unclaimed message): the rows stand for these messages at the destination, ALREADY_THERE."""
        with self._database.writing() as connection:
            for message_id, unclaimed_id in claims:
                _claim(connection, message_id, unclaimed_id)

    def rebind(self, message_id: int, moved_before_id: int) -> None:
        """The row takes over what another row stood for, with its state; the other one is dropped."""
        with self._database.writing() as connection:
            other = connection.execute(
                sql(
                    "SELECT * FROM messages WHERE id = ? AND present = 0"
                    " AND state IN ($MOVED, $ALREADY_THERE, $DOUBTFUL)"
                ),
                (moved_before_id,),
            ).fetchone()
            if other is None or message_id == moved_before_id:
                raise AlreadyClaimed(f"row {moved_before_id} has nothing to hand over")
            # What is said about a message in doubt goes on being said.
            connection.execute("UPDATE refusals SET message = ? WHERE message = ?", (message_id, moved_before_id))
            base = base_of(connection, other)
            connection.execute("DELETE FROM messages WHERE id = ?", (moved_before_id,))
            rebound = connection.execute(
                "UPDATE messages SET state = :state, verified = :verified, changes = :changes,"
                " destination_folder = :destination_folder, destination_uidvalidity = :destination_uidvalidity,"
                " destination_uid = :destination_uid, after_move = :after_move,"
                " header_key = coalesce(header_key, :header_key),"
                " content_hash = coalesce(content_hash, :content_hash)"
                " WHERE id = :message AND destination_folder IS NULL",
                {**dict(other), "message": message_id},
            )
            if rebound.rowcount != 1:
                raise AlreadyClaimed(f"row {message_id} stands for another message, or is not there")
            hand_over_base(connection, message_id, base)


def unclaimed_by_key(
    database: Database, owner: int, keys: Sequence[bytes]
) -> defaultdict[bytes, list[UnclaimedMessage]]:
    """Unclaimed messages of a destination mailbox by header key, of `KEYS_AT_ONCE` keys."""
    found: defaultdict[bytes, list[UnclaimedMessage]] = defaultdict(list)
    for row in database.rows(UNCLAIMED, [owner, *keys]):
        found[row["header_key"]].append(unclaimed_of(row))
    return found


def standing_by_key(database: Database, account: int, keys: Sequence[bytes]) -> dict[bytes, int]:
    """How many rows of the account are MOVED or ALREADY_THERE, by header key, of `KEYS_AT_ONCE` keys."""
    return {row["header_key"]: row["messages"] for row in database.rows(STANDING, [account, *keys])}


def _by_folder(rows: Iterable[sqlite3.Row]) -> dict[int, list[int]]:
    uids: defaultdict[int, list[int]] = defaultdict(list)
    for folder, uid in rows:
        uids[folder].append(uid)
    return dict(uids)


def _source_of(row: sqlite3.Row) -> SourceCandidate:
    return SourceCandidate(
        row["id"],
        row["folder"],
        path_of(row["source"]),
        path_of(row["destination"]),
        row["uid"],
        row["size_bytes"],
        row["content_hash"],
    )


def _moved_before_of(row: sqlite3.Row) -> MovedBefore:
    return MovedBefore(
        row["id"], row["size_bytes"], row["content_hash"], row["destination_folder"], row["destination_uid"]
    )


def _claim(connection: sqlite3.Connection, message_id: int, unclaimed_id: int) -> None:
    copy = connection.execute("SELECT * FROM unclaimed WHERE id = ?", (unclaimed_id,)).fetchone()
    if copy is None:
        raise AlreadyClaimed(f"unclaimed message {unclaimed_id} is not there")
    connection.execute("DELETE FROM unclaimed WHERE id = ?", (unclaimed_id,))
    claimed = connection.execute(
        sql(
            "UPDATE messages SET state = $ALREADY_THERE, destination_folder = ?, destination_uidvalidity = ?,"
            " destination_uid = ? WHERE id = ? AND destination_uid IS NULL"
        ),
        (copy["folder"], copy["uidvalidity"], copy["uid"], message_id),
    )
    if claimed.rowcount != 1:
        raise AlreadyClaimed(f"row {message_id} stands for another message, or is not there")
