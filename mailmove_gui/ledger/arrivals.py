"""Sending: what is on its way, what has arrived, what was refused."""

import sqlite3
from collections.abc import Iterable, Sequence
from itertools import groupby

from mailmove_gui.domain.events import Refusal
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.domain.records import Arrival, RefusalRecord, SendingBatch, SendingMessage
from mailmove_gui.ledger.columns import change_bits, changes_of, date_columns, date_of, sql, text
from mailmove_gui.ledger.destinations import note_uidvalidity
from mailmove_gui.ledger.numbers import REFUSAL_QUERY, refusal_of
from mailmove_gui.ledger.part import Part

SENDING = (
    "SELECT s.*, m.size_bytes, m.header_key, m.content_hash, m.changes FROM sending s CROSS JOIN messages m"
    " ON m.id = s.message WHERE s.account = ? ORDER BY s.destination_folder, s.uidvalidity, s.message"
)
_MARK_SENDING = sql(
    "UPDATE messages SET state = $SENDING, verified = 0, size_bytes = :size_bytes, header_key = :header_key,"
    " content_hash = :content_hash, changes = :changes, destination_folder = NULL, destination_uidvalidity = NULL,"
    " destination_uid = NULL, after_move = $IN_PLACE WHERE id = :message"
)
_ADD_SENDING = (
    "INSERT OR REPLACE INTO sending (message, account, destination_folder, uidvalidity, uidnext, date_s,"
    " date_offset_s) SELECT id, account, :folder, :uidvalidity, :uidnext, :date_s, :date_offset_s"
    " FROM messages WHERE id = :message"
)
MARK_MOVED = sql(
    "UPDATE messages SET state = CASE state WHEN $ALREADY_THERE THEN state ELSE $MOVED END, verified = :verified,"
    " changes = changes | :changes, destination_folder = :folder, destination_uidvalidity = :uidvalidity,"
    " destination_uid = :uid WHERE id = :message"
)
_MARK_LISTED = sql(
    "UPDATE messages SET state = CASE present WHEN 1 THEN $LISTED ELSE $VANISHED END WHERE id = ? AND state = $SENDING"
)
_MARK_UNMOVED = sql(
    "UPDATE messages SET state = ?, verified = 0, destination_folder = NULL, destination_uidvalidity = NULL,"
    " destination_uid = NULL, after_move = $IN_PLACE WHERE id = ?"
)
_ADD_REFUSAL = (
    "INSERT OR REPLACE INTO refusals (message, account, reason, server_text, date, sender, subject)"
    " SELECT id, account, :reason, :server_text, :date, :sender, :subject FROM messages WHERE id = :message"
)
RETRY_REFUSED = sql("UPDATE messages SET state = $LISTED WHERE account = ? AND state = $REFUSED AND present = 1")
_RETRY_MESSAGE = sql(
    "UPDATE messages SET state = $LISTED WHERE id = ? AND account = ? AND present = 1"
    " AND state IN ($REFUSED, $DOUBTFUL, $SKIPPED) AND EXISTS (SELECT 1 FROM refusals r WHERE r.message = messages.id)"
)
_DISMISS = sql("UPDATE messages SET state = $SKIPPED WHERE id = ? AND account = ? AND state IN ($REFUSED, $DOUBTFUL)")
_DOUBTFUL = int(sql("$DOUBTFUL"))
_REFUSED = int(sql("$REFUSED"))


class ArrivalRows(Part):
    """The ways of a row from `sending` on."""

    def mark_sending(
        self, destination_folder_id: int, uidvalidity: int, uidnext: int, messages: Sequence[SendingMessage]
    ) -> None:
        """Before the first byte of a batch: its rows are SENDING, with what the destination folder's numbers are."""
        rows = []
        for message in messages:
            date_s, date_offset_s = date_columns(message.internal_date)
            rows.append(
                {
                    "message": message.id,
                    "size_bytes": message.size_bytes,
                    "header_key": message.header_key,
                    "content_hash": message.content_hash,
                    "changes": change_bits(message.changes),
                    "folder": destination_folder_id,
                    "uidvalidity": uidvalidity,
                    "uidnext": uidnext,
                    "date_s": date_s,
                    "date_offset_s": date_offset_s,
                }
            )
        with self._database.writing() as connection:
            marked = connection.executemany(_MARK_SENDING, rows)
            if marked.rowcount != len(rows):
                raise KeyError("a message that is no row")
            connection.executemany(_ADD_SENDING, rows)
            note_uidvalidity(connection, destination_folder_id, uidvalidity)

    def sending(self, account_id: str) -> tuple[SendingBatch, ...]:
        """All that is in doubt, by destination folder; `uidnext` is the lowest of the rows' values."""
        rows = self._database.rows(SENDING, (self._account(account_id),))
        batches = []
        for (folder, uidvalidity), group in groupby(rows, lambda row: (row["destination_folder"], row["uidvalidity"])):
            members = list(group)
            batches.append(
                SendingBatch(
                    folder, uidvalidity, min(row["uidnext"] for row in members), tuple(map(_sending_of, members))
                )
            )
        return tuple(batches)

    def mark_moved(self, destination_folder_id: int, uidvalidity: int, arrivals: Iterable[Arrival]) -> None:
        """Rows stand for these messages of that folder; unclaimed entries of the same UIDs disappear."""
        rows = [
            {
                "message": arrival.message_id,
                "folder": destination_folder_id,
                "uidvalidity": uidvalidity,
                "uid": arrival.uid,
                "verified": arrival.verified,
                "changes": change_bits(arrival.changes),
            }
            for arrival in arrivals
        ]
        if not rows:
            return
        with self._database.writing() as connection:
            moved = connection.executemany(MARK_MOVED, rows)
            if moved.rowcount != len(rows):
                raise KeyError("an arrival of no row")
            connection.executemany(
                "DELETE FROM unclaimed WHERE folder = :folder AND uidvalidity = :uidvalidity AND uid = :uid", rows
            )
            note_uidvalidity(connection, destination_folder_id, uidvalidity)

    def mark_listed(self, message_ids: Iterable[int]) -> None:
        """SENDING rows that are certainly not at the destination are to be sent again."""
        ids = [(message_id,) for message_id in message_ids]
        with self._database.writing() as connection:
            connection.executemany(_MARK_LISTED, ids)

    def mark_doubtful(self, account_id: str, message_ids: Iterable[int]) -> tuple[Refusal, ...]:
        """Rows of which nobody can say whether they arrived; they stand for nothing any more."""
        records = [RefusalRecord(message_id, Reason.ARRIVAL_UNKNOWN, "") for message_id in message_ids]
        if not records:
            return ()
        with self._database.writing() as connection:
            return tuple(self._unmove(connection, account_id, record, _DOUBTFUL) for record in records)

    def mark_refused(self, account_id: str, refusal: RefusalRecord) -> Refusal:
        """The message will not be moved; returns the refusal as people are told of it."""
        with self._database.writing() as connection:
            return self._unmove(connection, account_id, refusal, _REFUSED)

    def retry_refused(self, account_id: str) -> int:
        """Refused messages (not doubtful ones) are LISTED again; returns how many."""
        with self._database.writing() as connection:
            return connection.execute(RETRY_REFUSED, (self._account(account_id),)).rowcount

    def retry_messages(self, account_id: str, message_ids: Iterable[int]) -> int:
        """Refused, doubtful and dismissed messages that are still at the source are LISTED again."""
        return self._choose(_RETRY_MESSAGE, account_id, message_ids)

    def dismiss(self, account_id: str, message_ids: Iterable[int]) -> int:
        """Refused and doubtful messages are not wanted any more."""
        return self._choose(_DISMISS, account_id, message_ids)

    def _choose(self, statement: str, account_id: str, message_ids: Iterable[int]) -> int:
        keys = [(message_id, self._account(account_id)) for message_id in message_ids]
        if not keys:
            return 0
        with self._database.writing() as connection:
            return connection.executemany(statement, keys).rowcount

    def _unmove(
        self, connection: sqlite3.Connection, account_id: str, record: RefusalRecord, state_number: int
    ) -> Refusal:
        row = connection.execute(
            "SELECT date_s, date_offset_s FROM messages WHERE id = ? AND account = ?",
            (record.message_id, self._account(account_id)),
        ).fetchone()
        if row is None:
            raise KeyError(record.message_id)
        # Without a header at hand, the server's date at least helps to recognise the message.
        arrived = date_of(row["date_s"], row["date_offset_s"])
        connection.execute(_MARK_UNMOVED, (state_number, record.message_id))
        connection.execute(
            _ADD_REFUSAL,
            {
                "message": record.message_id,
                "reason": record.reason.value,
                "server_text": text(record.server_text),
                "date": text(record.date) or (arrived.isoformat(" ") if arrived else ""),
                "sender": text(record.sender),
                "subject": text(record.subject),
            },
        )
        return refusal_of(connection.execute(REFUSAL_QUERY + "WHERE r.message = ?", (record.message_id,)).fetchone())


def _sending_of(row: sqlite3.Row) -> SendingMessage:
    return SendingMessage(
        row["message"],
        row["size_bytes"],
        date_of(row["date_s"], row["date_offset_s"]),
        row["header_key"],
        row["content_hash"],
        changes_of(row["changes"]),
    )
