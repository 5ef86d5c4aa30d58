"""Messages at which something failed, counted over restarts."""

from collections.abc import Sequence
from datetime import datetime

from mailmove_gui.domain.reasons import Reason
from mailmove_gui.domain.records import RefusalRecord, Suspect
from mailmove_gui.ledger.columns import sql, text
from mailmove_gui.ledger.part import Part

_NOTE = sql(
    "INSERT INTO suspects"
    " (message, account, together, alone, since, moved_before, reason, server_text, date, sender, subject)"
    " SELECT id, account, :together, :alone, :at,"
    " (SELECT coalesce(sum(messages), 0) FROM counters WHERE account = :account AND state = $MOVED),"
    " :reason, :server_text, :date, :sender, :subject FROM messages WHERE id = :message AND account = :account"
    " ON CONFLICT (message) DO UPDATE SET together = together + excluded.together, alone = alone + excluded.alone,"
    " reason = excluded.reason, server_text = excluded.server_text,"
    " date = iif(excluded.date = '', date, excluded.date),"
    " sender = iif(excluded.sender = '', sender, excluded.sender),"
    " subject = iif(excluded.subject = '', subject, excluded.subject)"
)
_LISTED = sql(
    "SELECT s.* FROM suspects s JOIN messages m ON m.id = s.message"
    " WHERE s.account = ? AND m.state = $LISTED ORDER BY s.message"
)


class SuspectRows(Part):
    """One row a message that was on its way when something failed, until it is settled."""

    def note_failed(self, account_id: str, messages: Sequence[RefusalRecord], *, at: datetime) -> None:
        """Something failed while these messages of the account were on their way, and none but these."""
        is_alone = len(messages) == 1
        account = self._account(account_id)
        rows = [
            {
                "message": message.message_id,
                "account": account,
                "together": not is_alone,
                "alone": is_alone,
                "at": at.isoformat(),
                "reason": message.reason.value,
                "server_text": text(message.server_text),
                "date": text(message.date),
                "sender": text(message.sender),
                "subject": text(message.subject),
            }
            for message in messages
        ]
        with self._database.writing() as connection:
            connection.executemany(_NOTE, rows)

    def suspects(self, account_id: str) -> tuple[Suspect, ...]:
        """Messages that are still to be moved and at which something has failed before."""
        return tuple(
            Suspect(
                row["message"],
                row["together"],
                row["alone"],
                datetime.fromisoformat(row["since"]),
                row["moved_before"],
                RefusalRecord(
                    row["message"],
                    Reason(row["reason"]),
                    row["server_text"],
                    row["date"],
                    row["sender"],
                    row["subject"],
                ),
            )
            for row in self._database.rows(_LISTED, (self._account(account_id),))
        )
