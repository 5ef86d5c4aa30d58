"""What the day of the switch has to know of earlier days."""

from datetime import UTC, datetime

from mailmove_gui.domain.mx import MxHistory
from mailmove_gui.domain.states import AccountState
from mailmove_gui.ledger.accounts import ENDS_OF_A_PASS
from mailmove_gui.ledger.columns import NO_DATE_S, date_columns, date_of, moment_of, moment_text, text
from mailmove_gui.ledger.part import Part

NEWEST_IN_FOLDER = "SELECT max(date_s) AS date_s FROM messages WHERE folder = ? AND date_s > ? AND date_s <= ?"

_ENDS = ", ".join(f"'{state.value}'" for state in sorted(ENDS_OF_A_PASS))
_PASS_BEGUN = (
    f"SELECT at FROM attempts WHERE account = :account AND state = '{AccountState.CHECKING.value}' AND id < ("  # noqa: S608 -- no values in it
    f"SELECT id FROM attempts WHERE account = :account AND state IN ({_ENDS}) ORDER BY id DESC LIMIT 1)"
    " ORDER BY id DESC LIMIT 1"
)


class CutoverRows(Part):
    """One row a domain, and a look at the dates of messages."""

    def mx_history(self, domain: str) -> MxHistory:
        """What earlier looks have seen of a domain's mail."""
        row = self._database.row("SELECT * FROM mx_histories WHERE domain = ?", (text(domain),))
        if row is None:
            return MxHistory(domain)
        return MxHistory(domain, moment_of(row["switched"]), row["old_ttl_s"], moment_of(row["old_until"]))

    def save_mx_history(self, history: MxHistory) -> None:
        """Keep it in place of the one before."""
        values = (
            text(history.domain),
            moment_text(history.switched),
            history.old_ttl_s,
            moment_text(history.old_until),
        )
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO mx_histories (domain, switched, old_ttl_s, old_until) VALUES (?, ?, ?, ?)",
                values,
            )

    def pass_begun(self, account_id: str) -> datetime | None:
        """When the account's last complete pass began to look at the source; None if there was none."""
        row = self._database.row(_PASS_BEGUN, {"account": self._account(account_id)})
        return moment_of(row["at"]) if row is not None else None

    def newest_at_source(self, account_id: str, now: datetime) -> datetime | None:
        """When the newest message arrived that the source has shown, by folder: others may write in between."""
        folders = self._database.rows("SELECT id FROM source_folders WHERE account = ?", (self._account(account_id),))
        limit_s, _offset_s = date_columns(now.astimezone(UTC))
        dates = [
            row["date_s"]
            for folder in folders
            for row in self._database.rows(NEWEST_IN_FOLDER, (folder["id"], NO_DATE_S, limit_s))
            if row["date_s"] is not None
        ]
        return date_of(max(dates), 0) if dates else None
