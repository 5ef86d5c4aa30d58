"""Numbers, kept up to date by triggers instead of being counted."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from mailmove_gui.domain.events import Refusal
from mailmove_gui.domain.progress import Counts, FolderCounts
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.domain.records import Change, MessageState
from mailmove_gui.ledger.columns import AfterMove, changes_of, path_of, sql, state_of
from mailmove_gui.ledger.labels import REPEATED
from mailmove_gui.ledger.part import Part

_CHUNK = 1000
_S = MessageState
_FIELDS = {
    _S.MOVED: "moved",
    _S.ALREADY_THERE: "already_there",
    _S.REFUSED: "refused",
    _S.SKIPPED: "skipped",
    _S.DOUBTFUL: "doubtful",
    _S.VANISHED: "vanished",
}
_AFTER_MOVE_FIELDS: dict[int, str] = {AfterMove.REFILED: "refiled", AfterMove.REMOVED: "removed"}
_WITHOUT_BYTES = frozenset({_S.SKIPPED, _S.VANISHED})
_PENDING = frozenset({_S.LISTED, _S.SENDING})

REFUSAL_QUERY = (
    "SELECT r.message, r.reason, r.server_text, r.date, r.sender, r.subject, m.uid, m.uidvalidity, m.size_bytes,"
    " f.source, a.account_id"
    " FROM refusals r CROSS JOIN messages m ON m.id = r.message"
    " CROSS JOIN source_folders f ON f.id = m.folder CROSS JOIN accounts a ON a.id = m.account "
)

CHANGED = sql(
    "SELECT changes, count(*) AS messages FROM messages WHERE account = ? AND state = $MOVED AND changes > 0"
    " GROUP BY changes"
)


def refusal_of(row: Any) -> Refusal:
    """A row of `REFUSAL_QUERY` as a value."""
    return Refusal(
        row["account_id"],
        path_of(row["source"]),
        row["uid"],
        Reason(row["reason"]),
        row["server_text"],
        row["date"],
        row["sender"],
        row["subject"],
        row["size_bytes"],
        row["uidvalidity"],
        row["message"],
    )


class NumberRows(Part):
    """Counters and the list of refusals."""

    def counts(self, account_id: str) -> Counts:
        """The account's numbers."""
        rows = self._database.rows(
            "SELECT state, present, verified, after_move, sum(messages) AS messages, sum(size_bytes) AS size_bytes"
            " FROM counters WHERE account = ? GROUP BY state, present, verified, after_move",
            (self._account(account_id),),
        )
        repeated = self._database.rows(REPEATED, (self._account(account_id),))
        return _counts(rows, sum(row["messages"] for row in repeated))

    def pending_count(self, account_id: str) -> int:
        """How many messages are LISTED."""
        rows = self._database.rows(
            "SELECT state, sum(messages) AS messages FROM counters WHERE account = ? GROUP BY state",
            (self._account(account_id),),
        )
        return sum(row["messages"] for row in rows if state_of(row["state"]) is MessageState.LISTED)

    def folder_counts(self, account_id: str) -> tuple[FolderCounts, ...]:
        """The numbers of each source folder, in the order in which they were first seen."""
        with self._database.reading() as connection:
            account = self._account(account_id)
            folders = connection.execute(
                "SELECT id, source, destination FROM source_folders WHERE account = ? ORDER BY id", (account,)
            ).fetchall()
            counted: dict[int, list[Any]] = {folder["id"]: [] for folder in folders}
            for row in connection.execute("SELECT * FROM counters WHERE account = ?", (account,)):
                counted[row["folder"]].append(row)
            repeated = {row["folder"]: row["messages"] for row in connection.execute(REPEATED, (account,))}
        return tuple(
            FolderCounts(
                path_of(folder["source"]),
                path_of(folder["destination"]),
                _counts(counted[folder["id"]], repeated.get(folder["id"], 0)),
            )
            for folder in folders
        )

    def change_counts(self, account_id: str) -> dict[Change, int]:
        """Moved messages that differ at the destination, counted by the ways in which they do."""
        changed: Counter[Change] = Counter()
        for row in self._database.rows(CHANGED, (self._account(account_id),)):
            for change in changes_of(row["changes"]):
                changed[change] += row["messages"]
        return {change: changed[change] for change in Change if changed[change]}

    def refusals(self, account_id: str | None = None) -> Iterator[Refusal]:
        """Refused and doubtful messages of one account or of all."""
        return self._refusals(account_id, sql("m.state <> $SKIPPED"))

    def dismissed(self, account_id: str | None = None) -> Iterator[Refusal]:
        """Messages of one account or of all that were refused or doubtful, and then dismissed."""
        return self._refusals(account_id, sql("m.state = $SKIPPED"))

    def _refusals(self, account_id: str | None, condition: str) -> Iterator[Refusal]:
        last = 0
        account = self._account(account_id) if account_id is not None else None
        while True:
            whose = "" if account is None else "r.account = :account AND "
            query = f"{REFUSAL_QUERY}WHERE {whose}{condition} AND r.message > :last ORDER BY r.message LIMIT :chunk"
            rows = self._database.rows(query, {"account": account, "last": last, "chunk": _CHUNK})
            yield from map(refusal_of, rows)
            if len(rows) < _CHUNK:
                return
            last = rows[-1]["message"]


def _counts(rows: Iterable[Any], repeated: int) -> Counts:
    """Add up rows of `counters`."""
    sums: dict[str, int] = dict.fromkeys(Counts.__dataclass_fields__, 0)
    sums["repeated"] = repeated
    for row in rows:
        state, messages, size_bytes = state_of(row["state"]), row["messages"], row["size_bytes"]
        sums["total"] += messages
        if state in _FIELDS:
            sums[_FIELDS[state]] += messages
        if state not in _WITHOUT_BYTES:
            sums["bytes_total"] += size_bytes
            if state not in _PENDING:
                sums["bytes_settled"] += size_bytes
        if state is MessageState.MOVED:
            sums["bytes_moved"] += size_bytes
            if not row["verified"] or row["after_move"] == AfterMove.ASTRAY:
                sums["unverified"] += messages
        if state is not MessageState.VANISHED and not row["present"]:
            sums["gone"] += messages
        if row["after_move"] in _AFTER_MOVE_FIELDS:
            sums[_AFTER_MOVE_FIELDS[row["after_move"]]] += messages
    return Counts(**sums)
