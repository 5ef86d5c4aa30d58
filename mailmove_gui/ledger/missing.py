"""Messages that are not where they stood at the destination any more."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator

from mailmove_gui.domain.ledger import AlreadyClaimed
from mailmove_gui.domain.records import AstrayCandidate, AstrayGroup, MissingMessage
from mailmove_gui.ledger.columns import date_of, path_of, sql
from mailmove_gui.ledger.matches import KEYS_AT_ONCE, marked, standing_by_key, unclaimed_by_key
from mailmove_gui.ledger.part import Part

_GO_ASTRAY = sql(
    "UPDATE messages SET after_move = $ASTRAY, destination_uidvalidity = NULL, destination_uid = NULL"
    " WHERE destination_folder = :folder AND destination_uid IS NOT NULL"
)
_UID_IS_GONE = sql("$astray AND destination_uidvalidity = :uidvalidity AND destination_uid = :uid", astray=_GO_ASTRAY)
OLDER_ARE_GONE = sql("$astray AND destination_uidvalidity < :uidvalidity", astray=_GO_ASTRAY)
NEWER_ARE_GONE = sql("$astray AND destination_uidvalidity > :uidvalidity", astray=_GO_ASTRAY)
MISSING_KEYS = sql(
    "SELECT DISTINCT m.header_key FROM messages m INDEXED BY messages_missing"
    " WHERE m.account = :account AND m.after_move >= $REMOVED AND m.header_key > :last"
    " AND EXISTS (SELECT 1 FROM unclaimed u WHERE u.owner = :owner AND u.header_key = m.header_key)"
    " ORDER BY m.header_key LIMIT :limit"
)
MISSING_BY_KEY = sql(
    "SELECT m.id, m.uid, m.uidvalidity, m.present, m.size_bytes, m.content_hash, m.header_key, m.destination_folder,"
    " f.source FROM messages m INDEXED BY messages_missing CROSS JOIN source_folders f ON f.id = m.folder"
    " WHERE m.account = ? AND m.after_move >= $REMOVED AND m.header_key IN ($marks) ORDER BY m.id",
    marks=marked(KEYS_AT_ONCE),
)
_MISSING = sql(
    " FROM messages m INDEXED BY messages_missing CROSS JOIN source_folders f ON f.id = m.folder"
    " CROSS JOIN accounts a ON a.id = m.account WHERE m.account = ? AND m.after_move >= $REMOVED"
)
MISSING = sql(
    "SELECT m.id, a.account_id, f.source, f.destination, m.uidvalidity, m.uid, m.size_bytes, m.date_s, m.date_offset_s,"
    " m.present $missing ORDER BY m.folder, m.uidvalidity, m.uid",
    missing=_MISSING,
)
IS_ASTRAY = sql("SELECT 1 $missing AND m.after_move = $ASTRAY LIMIT 1", missing=_MISSING)
IS_MISSING = sql("SELECT 1 $missing LIMIT 1", missing=_MISSING)
GIVE_UP = sql(
    "UPDATE messages INDEXED BY messages_missing SET after_move = $REMOVED"
    " WHERE account = ? AND after_move >= $REMOVED AND after_move = $ASTRAY"
    " AND (verified = 1 OR state = $ALREADY_THERE)"
)
NEVER_SEEN = sql(
    "SELECT id FROM messages INDEXED BY messages_missing"
    " WHERE account = ? AND after_move >= $REMOVED AND after_move = $ASTRAY ORDER BY id"
)
BRING_BACK = sql(
    "UPDATE messages INDEXED BY messages_missing SET state = $LISTED, verified = 0, changes = 0,"
    " after_move = $IN_PLACE, destination_folder = NULL"
    " WHERE account = ? AND after_move >= $REMOVED AND after_move = $REMOVED AND present = 1"
)
_FIND = sql(
    "UPDATE messages SET destination_folder = :folder, destination_uidvalidity = :uidvalidity,"
    " destination_uid = :uid, verified = 1, after_move = CASE"
    " WHEN (SELECT f.path FROM destination_folders f WHERE f.id = :folder)"
    " = (SELECT s.destination FROM source_folders s WHERE s.id = messages.folder) THEN $IN_PLACE ELSE $REFILED END"
    " WHERE id = :message AND after_move >= $REMOVED"
)


class MissingRows(Part):
    """Rows go astray, and are found again or known to be missing."""

    def mark_astray(self, destination_folder_id: int, uidvalidity: int, uids: Iterable[int]) -> None:
        """What stands under these UIDs, or under another UIDVALIDITY, is not there any more."""
        folder = {"folder": destination_folder_id, "uidvalidity": uidvalidity}
        with self._database.writing() as connection:
            connection.executemany(_UID_IS_GONE, [{**folder, "uid": uid} for uid in uids])
            connection.execute(OLDER_ARE_GONE, folder)
            connection.execute(NEWER_ARE_GONE, folder)

    def is_astray(self, account_id: str) -> bool:
        """Whether a row of the account is being looked for."""
        return self._database.row(IS_ASTRAY, (self._account(account_id),)) is not None

    def is_missing(self, account_id: str) -> bool:
        """Whether a row of the account is being looked for, or was not found."""
        return self._database.row(IS_MISSING, (self._account(account_id),)) is not None

    def astray_groups(self, account_id: str, owner: str) -> Iterator[AstrayGroup]:
        """Every header key that a missing row of the account shares with an unclaimed message."""
        account, owner_number = self._account(account_id), self._owner(owner)
        last = b""  # the empty key, which matches nothing, is not above it
        while True:
            values = {"account": account, "owner": owner_number, "last": last, "limit": KEYS_AT_ONCE}
            with self._database.reading():
                keys = [row[0] for row in self._database.rows(MISSING_KEYS, values)]
                groups = self._astray_groups(account, owner_number, keys) if keys else []
            yield from groups
            if len(keys) < KEYS_AT_ONCE:
                return
            last = keys[-1]

    def _astray_groups(self, account: int, owner: int, keys: list[bytes]) -> list[AstrayGroup]:
        padded = [*keys, *[keys[-1]] * (KEYS_AT_ONCE - len(keys))]
        missing: defaultdict[bytes, list[AstrayCandidate]] = defaultdict(list)
        for row in self._database.rows(MISSING_BY_KEY, [account, *padded]):
            missing[row["header_key"]].append(_candidate_of(row))
        unclaimed = unclaimed_by_key(self._database, owner, padded)
        standing = standing_by_key(self._database, account, padded)
        return [
            AstrayGroup(key, tuple(missing[key]), tuple(unclaimed[key]), standing[key] - len(missing[key]))
            for key in keys
        ]

    def mark_found(self, finds: Iterable[tuple[int, int]]) -> None:
        """(Missing row, unclaimed message): the rows stand for these, re-filed if that is not where they belong."""
        with self._database.writing() as connection:
            for message_id, unclaimed_id in finds:
                copy = connection.execute("SELECT * FROM unclaimed WHERE id = ?", (unclaimed_id,)).fetchone()
                if copy is None:
                    raise AlreadyClaimed(f"unclaimed message {unclaimed_id} is not there")
                connection.execute("DELETE FROM unclaimed WHERE id = ?", (unclaimed_id,))
                place = {key: copy[key] for key in ("folder", "uidvalidity", "uid")}
                if connection.execute(_FIND, {**place, "message": message_id}).rowcount != 1:
                    raise AlreadyClaimed(f"row {message_id} is not missing")

    def give_up_search(self, account_id: str) -> tuple[int, ...]:
        """What is still astray was looked for everywhere: removed by somebody, if it had ever been seen there.

        Returns:
            The rows that had not: nobody can say whether they arrived. They stay astray.
        """
        account = (self._account(account_id),)
        with self._database.writing() as connection:
            connection.execute(GIVE_UP, account)
            return tuple(row["id"] for row in connection.execute(NEVER_SEEN, account))

    def missing(self, account_id: str) -> tuple[MissingMessage, ...]:
        """The account's rows that are missing at the destination, by source folder."""
        return tuple(map(_missing_of, self._database.rows(MISSING, (self._account(account_id),))))

    def bring_back(self, account_id: str) -> int:
        """Messages that were removed at the destination and are still at the source are LISTED again; how many."""
        with self._database.writing() as connection:
            return connection.execute(BRING_BACK, (self._account(account_id),)).rowcount


def _candidate_of(row: sqlite3.Row) -> AstrayCandidate:
    return AstrayCandidate(
        row["id"],
        path_of(row["source"]),
        row["uidvalidity"],
        row["uid"],
        bool(row["present"]),
        row["size_bytes"],
        row["content_hash"],
        row["destination_folder"],
    )


def _missing_of(row: sqlite3.Row) -> MissingMessage:
    return MissingMessage(
        row["id"],
        row["account_id"],
        path_of(row["source"]),
        path_of(row["destination"]),
        row["uidvalidity"],
        row["uid"],
        row["size_bytes"],
        date_of(row["date_s"], row["date_offset_s"]),
        bool(row["present"]),
    )
