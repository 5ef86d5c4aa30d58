"""Questions that are asked while millions of rows are there are answered from an index."""

import pytest

from mailmove_gui.ledger import (
    SqliteLedger,
    arrivals,
    cutover,
    destinations,
    flags,
    labels,
    matches,
    missing,
    numbers,
    removals,
    sources,
)

QUERIES = {
    "pending, newest first": (sources.PENDING_NEWEST, "messages_pending"),
    "pending, oldest first": (sources.PENDING_OLDEST, "messages_pending"),
    "known UIDs": (sources.KNOWN_UIDS, "sqlite_autoindex_messages_1"),
    "deselect": (sources.DESELECT, "messages_pending"),
    "reselect": (sources.RESELECT, "messages_skipped"),
    "indexed UIDs": (destinations.INDEXED_UIDS, "messages_claims"),
    "claimed UIDs": (destinations.CLAIMED_UIDS, "messages_claims"),
    "claimed": (destinations.CLAIMED, "messages_claims"),
    "verify": (destinations.VERIFY, "messages_claims"),
    "unverified": (destinations.UNVERIFIED, "messages_unverified"),
    "unclaimed by key": (destinations.UNCLAIMED_BY_KEY, "unclaimed_by_key"),
    "keys": (matches.KEYS, "messages_by_key"),
    "group: sources": (matches.SOURCES, "messages_by_key"),
    "group: unclaimed": (matches.UNCLAIMED, "unclaimed_by_key"),
    "group: moved before": (matches.MOVED_BEFORE, "messages_moved_before"),
    "group: settled": (matches.SETTLED, "messages_by_key"),
    "sources without key": (matches.SOURCES_WITHOUT_KEY, "messages_without_key"),
    "destinations without key": (matches.DESTINATIONS_WITHOUT_KEY, "unclaimed_without_key"),
    "vanished claims": (matches.VANISHED_CLAIMS, "messages_moved_before"),
    "group: standing": (matches.STANDING, "messages_by_key"),
    "missing keys": (missing.MISSING_KEYS, "messages_missing"),
    "missing by key": (missing.MISSING_BY_KEY, "messages_missing"),
    "missing": (missing.MISSING, "messages_missing"),
    "is astray": (missing.IS_ASTRAY, "messages_missing"),
    "give up": (missing.GIVE_UP, "messages_missing"),
    "never seen": (missing.NEVER_SEEN, "messages_missing"),
    "bring back": (missing.BRING_BACK, "messages_missing"),
    "gone with an older UIDVALIDITY": (missing.OLDER_ARE_GONE, "messages_claims"),
    "gone with a newer UIDVALIDITY": (missing.NEWER_ARE_GONE, "messages_claims"),
    "flags of": (flags.FLAGS_OF, "sqlite_autoindex_messages_1"),
    "flag changes": (flags.CHANGES, "flag_changes_of_account"),
    "replaced": (sources.REPLACED, "sqlite_autoindex_messages_1"),
    "retired": (sources.RETIRED, "sqlite_autoindex_messages_1"),
    "folders holding": (sources.FOLDERS_HOLDING, "messages_by_key"),
    "set source key": (matches.SET_SOURCE_KEY, "messages_without_key"),
    "set destination key": (matches.SET_DESTINATION_KEY, "unclaimed_without_key"),
    "changed": (numbers.CHANGED, "messages_changed"),
    "newest in folder": (cutover.NEWEST_IN_FOLDER, "sqlite_autoindex_messages_1"),
    "sending": (arrivals.SENDING, "sending_of_account"),
    "retry refused": (arrivals.RETRY_REFUSED, "messages_refused"),
    "leave out repeated": (labels.LEAVE_OUT, "email_ids_of_account"),
    "reopen repeated": (labels.REOPEN, "repeated_of_folder"),
    "relabelled": (labels.RELABELLED, "email_ids_of_account"),
    "unmove all": (removals.UNMOVE_ALL, "sqlite_autoindex_messages_1"),
    "unlist folders": (removals.UNLIST_FOLDERS, "sqlite_autoindex_messages_1"),
    "refusals": (numbers.REFUSAL_QUERY + "WHERE r.account = ? AND r.message > ? ORDER BY r.message", "refusals_of"),
}
# A seek to the key itself, not to the beginning of all keys.
BY_KEY = {
    "unclaimed by key",
    "keys",
    "group: sources",
    "group: unclaimed",
    "group: moved before",
    "group: settled",
    "group: standing",
    "missing keys",
    "missing by key",
    "folders holding",
}
SORTED_BY_INDEX = {"pending, newest first", "pending, oldest first", "keys", "claimed", "refusals", "sending"}


def plan(ledger: SqliteLedger, query: str) -> list[str]:
    if ":" in query.replace("::", ""):
        names = (
            "folder",
            "uidvalidity",
            "date_s",
            "uid",
            "limit",
            "account",
            "owner",
            "last",
            "unwanted",
            "before",
            "wanted",
        )
        values: object = dict.fromkeys((*names, "max_size_bytes", "since_s", "before_s"), 1)
    else:
        values = [1] * query.count("?")
    return [row["detail"] for row in ledger._database.rows("EXPLAIN QUERY PLAN " + query, values)]  # type: ignore[arg-type]


@pytest.mark.parametrize("name", QUERIES)
def test_the_query_uses_its_index(ledger: SqliteLedger, name: str) -> None:
    query, index = QUERIES[name]
    steps = plan(ledger, query)
    assert any(index in step for step in steps)
    for step in steps:
        assert not step.startswith(
            ("SCAN messages", "SCAN m", "SCAN b", "SCAN u", "SCAN r", "SCAN s", "SCAN e", "SCAN o")
        ), steps
    if name in SORTED_BY_INDEX:
        assert not [step for step in steps if "TEMP B-TREE" in step and "LAST TERM" not in step]
    if name in BY_KEY:
        assert any("header_key=?" in step for step in steps), steps
        assert sum("header_key>?" in step for step in steps) == (name in ("keys", "missing keys")), steps
