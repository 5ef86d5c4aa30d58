"""The tables of a ledger in the first two versions of the file."""

from mailmove_gui.ledger.columns import sql

APPLICATION_ID = 0x4D4D6F76
"""Tells a ledger from other SQLite files ("MMov")."""

_PLAN = (
    "CREATE TABLE plan_revisions (id INTEGER PRIMARY KEY, plan TEXT NOT NULL)",
    """
    CREATE TABLE accounts (
        id INTEGER PRIMARY KEY,
        account_id TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL,
        reason TEXT,
        side TEXT,
        server_text TEXT NOT NULL DEFAULT '',
        until TEXT,
        finished TEXT
    )
    """,
    """
    CREATE TABLE attempts (
        id INTEGER PRIMARY KEY,
        account INTEGER NOT NULL REFERENCES accounts (id),
        at TEXT NOT NULL,
        state TEXT NOT NULL,
        reason TEXT,
        side TEXT,
        server_text TEXT NOT NULL DEFAULT '',
        until TEXT
    )
    """,
    "CREATE INDEX attempts_of_account ON attempts (account, id)",
)

_FOLDERS = (
    # uidvalidity ... listed_bytes: what the server said when the folder was last listed completely, else NULL.
    """
    CREATE TABLE source_folders (
        id INTEGER PRIMARY KEY,
        account INTEGER NOT NULL REFERENCES accounts (id),
        source TEXT NOT NULL,
        destination TEXT NOT NULL,
        uidvalidity INTEGER,
        uidnext INTEGER,
        messages INTEGER,
        highest_modseq INTEGER,
        listed_bytes INTEGER,
        UNIQUE (account, source)
    )
    """,
    "CREATE TABLE owners (id INTEGER PRIMARY KEY, owner TEXT NOT NULL UNIQUE)",
    # present_uidvalidity: the one seen last, also where the folder was never listed completely.
    """
    CREATE TABLE destination_folders (
        id INTEGER PRIMARY KEY,
        owner INTEGER NOT NULL REFERENCES owners (id),
        path TEXT NOT NULL,
        present_uidvalidity INTEGER,
        uidvalidity INTEGER,
        uidnext INTEGER,
        messages INTEGER,
        highest_modseq INTEGER,
        listed_bytes INTEGER,
        UNIQUE (owner, path)
    )
    """,
)

_MESSAGES = (
    # present: 1 while the message is at the source. account repeats the folder's, for the indexes.
    """
    CREATE TABLE messages (
        id INTEGER PRIMARY KEY,
        account INTEGER NOT NULL,
        folder INTEGER NOT NULL REFERENCES source_folders (id),
        uidvalidity INTEGER NOT NULL,
        uid INTEGER NOT NULL,
        state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 8),
        present INTEGER NOT NULL DEFAULT 1 CHECK (present IN (0, 1)),
        verified INTEGER NOT NULL DEFAULT 0 CHECK (verified IN (0, 1)),
        size_bytes INTEGER NOT NULL,
        date_s INTEGER NOT NULL,
        date_offset_s INTEGER,
        flags TEXT NOT NULL DEFAULT '',
        changes INTEGER NOT NULL DEFAULT 0,
        destination_folder INTEGER REFERENCES destination_folders (id),
        destination_uidvalidity INTEGER,
        destination_uid INTEGER,
        header_key BLOB,
        content_hash BLOB,
        UNIQUE (folder, uidvalidity, uid)
    )
    """,
    # A message at the destination is claimed at most once, whatever the program does.
    """
    CREATE UNIQUE INDEX messages_claims ON messages (destination_folder, destination_uidvalidity, destination_uid)
        WHERE destination_uid IS NOT NULL
    """,
    sql("CREATE INDEX messages_pending ON messages (folder, date_s, uid) WHERE state = $LISTED"),
    sql("CREATE INDEX messages_skipped ON messages (account) WHERE state = $SKIPPED"),
    sql("CREATE INDEX messages_refused ON messages (account) WHERE state = $REFUSED"),
    sql(
        "CREATE INDEX messages_without_key ON messages (account, folder, uid)"
        " WHERE state = $LISTED AND header_key IS NULL"
    ),
    "CREATE INDEX messages_by_key ON messages (account, state, header_key) WHERE header_key IS NOT NULL",
    sql(
        "CREATE INDEX messages_moved_before ON messages (account, header_key)"
        " WHERE present = 0 AND state IN ($MOVED, $ALREADY_THERE)"
    ),
    sql(
        "CREATE INDEX messages_unverified ON messages (destination_folder, destination_uidvalidity, destination_uid)"
        " WHERE state = $MOVED AND verified = 0"
    ),
    sql("CREATE INDEX messages_changed ON messages (account, changes) WHERE state = $MOVED AND changes > 0"),
    # What the destination folder's numbers were before the row was sent, and what was to be sent.
    """
    CREATE TABLE sending (
        message INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
        account INTEGER NOT NULL,
        destination_folder INTEGER NOT NULL REFERENCES destination_folders (id),
        uidvalidity INTEGER NOT NULL,
        uidnext INTEGER NOT NULL,
        date_s INTEGER NOT NULL,
        date_offset_s INTEGER
    )
    """,
    "CREATE INDEX sending_of_account ON sending (account, destination_folder, uidvalidity, message)",
    """
    CREATE TABLE refusals (
        message INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
        account INTEGER NOT NULL,
        reason TEXT NOT NULL,
        server_text TEXT NOT NULL,
        date TEXT NOT NULL,
        sender TEXT NOT NULL,
        subject TEXT NOT NULL
    )
    """,
    "CREATE INDEX refusals_of_account ON refusals (account, message)",
    # A message at the destination that no row stands for.
    """
    CREATE TABLE unclaimed (
        id INTEGER PRIMARY KEY,
        owner INTEGER NOT NULL,
        folder INTEGER NOT NULL REFERENCES destination_folders (id),
        uidvalidity INTEGER NOT NULL,
        uid INTEGER NOT NULL,
        size_bytes INTEGER NOT NULL,
        date_s INTEGER NOT NULL,
        date_offset_s INTEGER,
        header_key BLOB,
        content_hash BLOB,
        UNIQUE (folder, uidvalidity, uid)
    )
    """,
    "CREATE INDEX unclaimed_by_key ON unclaimed (owner, header_key) WHERE header_key IS NOT NULL",
    "CREATE INDEX unclaimed_without_key ON unclaimed (owner, folder, uid) WHERE header_key IS NULL",
)


_COUNT_NEW = """
    INSERT INTO counters VALUES (new.account, new.folder, $new_values, 1, new.size_bytes)
    ON CONFLICT (account, folder, $keys)
    DO UPDATE SET messages = messages + 1, size_bytes = size_bytes + excluded.size_bytes;
"""
_DISCOUNT_OLD = """
    UPDATE counters SET messages = messages - 1, size_bytes = size_bytes - old.size_bytes
    WHERE account = old.account AND folder = old.folder AND $like_old;
"""
_COUNT = (
    """
    CREATE TABLE counters (
        account INTEGER NOT NULL,
        folder INTEGER NOT NULL,
        $columns,
        messages INTEGER NOT NULL,
        size_bytes INTEGER NOT NULL,
        PRIMARY KEY (account, folder, $keys)
    ) WITHOUT ROWID
    """,
    "CREATE TRIGGER messages_inserted AFTER INSERT ON messages BEGIN $new END",
    "CREATE TRIGGER messages_deleted AFTER DELETE ON messages BEGIN $old END",
    "CREATE TRIGGER messages_counted AFTER UPDATE OF $keys, size_bytes ON messages WHEN $changed BEGIN $old $new END",
)


def counting(*keys: str) -> tuple[str, ...]:
    """The table `counters`, with one row for each combination of these columns, and what keeps it up to date.

    Numbers are asked for after every batch; counting millions of rows each time would take longer than moving them.
    """
    words = {
        "keys": ", ".join(keys),
        "columns": ", ".join(f"{key} INTEGER NOT NULL" for key in keys),
        "new_values": ", ".join(f"new.{key}" for key in keys),
        "like_old": " AND ".join(f"{key} = old.{key}" for key in keys),
        "changed": " OR ".join(f"old.{key} <> new.{key}" for key in (*keys, "size_bytes")),
    }
    words["new"] = sql(_COUNT_NEW, **words)
    words["old"] = sql(_DISCOUNT_OLD, **words)
    return tuple(sql(statement, **words) for statement in _COUNT)


_COUNTERS = (
    *counting("state", "present", "verified"),
    # What is said about a state ends with it.
    sql(
        "CREATE TRIGGER messages_sent AFTER UPDATE OF state ON messages"
        " WHEN old.state = $SENDING AND new.state <> $SENDING"
        " BEGIN DELETE FROM sending WHERE message = old.id; END"
    ),
    sql(
        "CREATE TRIGGER messages_unrefused AFTER UPDATE OF state ON messages"
        " WHEN old.state IN ($REFUSED, $DOUBTFUL) AND new.state NOT IN ($REFUSED, $DOUBTFUL)"
        " BEGIN DELETE FROM refusals WHERE message = old.id; END"
    ),
)

VERSION_1 = (*_PLAN, *_FOLDERS, *_MESSAGES, *_COUNTERS)

VERSION_2 = (
    # A refusal that is skipped for good keeps what is said about it; that tells it from what the plan leaves out.
    "DROP TRIGGER messages_unrefused",
    sql(
        "CREATE TRIGGER messages_unrefused AFTER UPDATE OF state ON messages"
        " WHEN old.state IN ($REFUSED, $DOUBTFUL, $SKIPPED) AND new.state NOT IN ($REFUSED, $DOUBTFUL, $SKIPPED)"
        " BEGIN DELETE FROM refusals WHERE message = old.id; END"
    ),
    # Logins that a server has refused since the last one that it accepted.
    """
    CREATE TABLE refused_logins (
        side TEXT NOT NULL,
        host TEXT NOT NULL,
        port INTEGER NOT NULL,
        user TEXT NOT NULL,
        tries INTEGER NOT NULL,
        reason TEXT NOT NULL,
        server_text TEXT NOT NULL,
        until TEXT,
        PRIMARY KEY (side, host, port, user)
    ) WITHOUT ROWID
    """,
    # undoing: 1 from the beginning of an undo to its end, whatever comes between.
    "ALTER TABLE accounts ADD COLUMN undoing INTEGER NOT NULL DEFAULT 0 CHECK (undoing IN (0, 1))",
    # Rows whose message at the destination is being removed, until it is known to be gone.
    """
    CREATE TABLE removing (
        message INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
        account INTEGER NOT NULL
    )
    """,
    "CREATE INDEX removing_of_account ON removing (account)",
)
