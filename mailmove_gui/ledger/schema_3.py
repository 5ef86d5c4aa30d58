"""What the third version of a ledger's file adds."""

from mailmove_gui.ledger.columns import sql
from mailmove_gui.ledger.schema import counting

_SUSPECTS = (
    # What was on its way when something failed: how often with others, how often alone, and how it would be refused.
    """
    CREATE TABLE suspects (
        message INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
        account INTEGER NOT NULL,
        together INTEGER NOT NULL,
        alone INTEGER NOT NULL,
        since TEXT NOT NULL,
        moved_before INTEGER NOT NULL,
        reason TEXT NOT NULL,
        server_text TEXT NOT NULL,
        date TEXT NOT NULL,
        sender TEXT NOT NULL,
        subject TEXT NOT NULL
    )
    """,
    "CREATE INDEX suspects_of_account ON suspects (account, message)",
    sql(
        "CREATE TRIGGER messages_cleared AFTER UPDATE OF state ON messages"
        " WHEN old.state IN ($LISTED, $SENDING) AND new.state NOT IN ($LISTED, $SENDING)"
        " BEGIN DELETE FROM suspects WHERE message = old.id; END"
    ),
)

_AFTER_MOVE = (
    # What has become at the destination of a message that was moved, or was there already: `columns.AfterMove`.
    "ALTER TABLE messages ADD COLUMN after_move INTEGER NOT NULL DEFAULT 0 CHECK (after_move BETWEEN 0 AND 3)",
    sql("CREATE INDEX messages_missing ON messages (account, header_key) WHERE after_move >= $REMOVED"),
    "DROP TRIGGER messages_inserted",
    "DROP TRIGGER messages_deleted",
    "DROP TRIGGER messages_counted",
    "ALTER TABLE counters RENAME TO counters_before",
    *counting("state", "present", "verified", "after_move"),
    """
    INSERT INTO counters (account, folder, state, present, verified, after_move, messages, size_bytes)
        SELECT account, folder, state, present, verified, 0, messages, size_bytes FROM counters_before
    """,
    "DROP TABLE counters_before",
)

_VERIFICATIONS = (
    # The newest verification of each kind that could look at everything; folders: what was found, as JSON.
    """
    CREATE TABLE verifications (
        account INTEGER NOT NULL REFERENCES accounts (id),
        deep INTEGER NOT NULL CHECK (deep IN (0, 1)),
        at TEXT NOT NULL,
        folders TEXT NOT NULL,
        PRIMARY KEY (account, deep)
    )
    """,
)

_LABELS = (
    # The source's own id of a message that it shows in several folders (Gmail's labels).
    """
    CREATE TABLE email_ids (
        message INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
        account INTEGER NOT NULL,
        email_id TEXT NOT NULL
    )
    """,
    "CREATE INDEX email_ids_of_account ON email_ids (account, email_id, message)",
    # SKIPPED rows whose message is moved with another row.
    """
    CREATE TABLE repeated (
        message INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
        account INTEGER NOT NULL,
        folder INTEGER NOT NULL
    )
    """,
    "CREATE INDEX repeated_of_folder ON repeated (account, folder, message)",
    """
    CREATE TABLE repeated_counters (
        account INTEGER NOT NULL,
        folder INTEGER NOT NULL,
        messages INTEGER NOT NULL,
        PRIMARY KEY (account, folder)
    ) WITHOUT ROWID
    """,
    """
    CREATE TRIGGER repeated_inserted AFTER INSERT ON repeated BEGIN
        INSERT INTO repeated_counters VALUES (new.account, new.folder, 1)
        ON CONFLICT (account, folder) DO UPDATE SET messages = messages + 1;
    END
    """,
    """
    CREATE TRIGGER repeated_deleted AFTER DELETE ON repeated BEGIN
        UPDATE repeated_counters SET messages = messages - 1 WHERE account = old.account AND folder = old.folder;
    END
    """,
    sql(
        "CREATE TRIGGER messages_wanted_again AFTER UPDATE OF state ON messages"
        " WHEN old.state = $SKIPPED AND new.state <> $SKIPPED"
        " BEGIN DELETE FROM repeated WHERE message = old.id; END"
    ),
)

_LISTINGS = (
    # What tells whether a folder has changed where there is no UIDNEXT.
    "ALTER TABLE source_folders ADD COLUMN listing INTEGER",
    "ALTER TABLE destination_folders ADD COLUMN listing INTEGER",
)

_FIRST_RUNS = (
    "ALTER TABLE accounts ADD COLUMN started TEXT",
    # A check of the wizard is looking at the mailboxes, too, but no run: nothing was queued before it.
    """
    UPDATE accounts SET started = (
        SELECT run.at FROM attempts AS run
        WHERE run.account = accounts.id AND run.state = 'checking' AND EXISTS (
            SELECT 1 FROM attempts AS turn
            WHERE turn.account = run.account AND turn.id < run.id AND turn.state = 'queued'
        )
        ORDER BY run.id LIMIT 1
    )
    """,
)

_DOUBTS_THAT_VANISHED = (
    # What is in doubt is found again when it turns up elsewhere at the source, too.
    "DROP INDEX messages_moved_before",
    sql(
        "CREATE INDEX messages_moved_before ON messages (account, header_key)"
        " WHERE present = 0 AND state IN ($MOVED, $ALREADY_THERE, $DOUBTFUL)"
    ),
)

_CUTOVER = (
    # What earlier looks have seen of a domain's mail; see `domain.mx.MxHistory`.
    """
    CREATE TABLE mx_histories (
        domain TEXT PRIMARY KEY,
        switched TEXT,
        old_ttl_s INTEGER,
        old_until TEXT
    ) WITHOUT ROWID
    """,
)

_FLAG_CHANGES = (
    # Rows whose flags at the source are not those (base) that the destination was told last.
    """
    CREATE TABLE flag_changes (
        message INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
        account INTEGER NOT NULL,
        base TEXT NOT NULL
    )
    """,
    "CREATE INDEX flag_changes_of_account ON flag_changes (account, message)",
    # What is sent once more takes its present flags along.
    sql(
        "CREATE TRIGGER messages_flagged_anew AFTER UPDATE OF state ON messages"
        " WHEN new.state NOT IN ($SENDING, $MOVED)"
        " BEGIN DELETE FROM flag_changes WHERE message = old.id; END"
    ),
)

_PASSES = (
    # When the window began in which further passes are made; NULL while none is open.
    "ALTER TABLE accounts ADD COLUMN watching_since TEXT",
)

VERSION_3 = (
    *_LISTINGS,
    *_FIRST_RUNS,
    *_SUSPECTS,
    *_AFTER_MOVE,
    *_VERIFICATIONS,
    *_LABELS,
    *_DOUBTS_THAT_VANISHED,
    *_CUTOVER,
    *_FLAG_CHANGES,
    *_PASSES,
)
