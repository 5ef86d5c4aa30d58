"""The connection to a ledger's file: one for all threads, transactions, and what the disk may say."""

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from mailmove_gui.domain.ledger import AlreadyClaimed
from mailmove_gui.domain.reasons import MailError, Reason

Parameters: TypeAlias = Sequence[Any] | Mapping[str, Any]

_DISK_ERRORS = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_NOLFS,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }
)
_CLAIM_INDEX = "messages.destination_uid"
_BUSY_S = 0.2
_CACHE_KIB = 16 * 1024
_WAL_LIMIT_BYTES = 64 * 1024 * 1024


def connect(path: Path) -> sqlite3.Connection:
    """Open an existing file, and keep every other program out until it is closed or this process ends.

    The lock is SQLite's own on the file (kernel locks, gone with the process, also after a kill). A process that
    opens and closes the file by other means gives a POSIX lock away: leave open ledgers alone.

    Raises:
        sqlite3.Error: the file cannot be opened, is none of SQLite's, or is in use.
    """
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
    )
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        # The first read takes the lock (WAL) or a part of it (other modes).
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def make_durable(connection: sqlite3.Connection) -> None:
    """Have a commit be on the disk when it returns (power cut included), and foreign keys checked."""
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "fullfsync = ON",  # macOS: fsync alone does not reach the disk
        "foreign_keys = ON",
        "trusted_schema = OFF",
        "temp_store = MEMORY",
        f"cache_size = -{_CACHE_KIB}",
        f"journal_size_limit = {_WAL_LIMIT_BYTES}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def error_code(error: sqlite3.Error) -> int:
    """SQLite's primary result code, 0 if the error is not SQLite's."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


class Database:
    """Thread-safe: one call at a time is inside."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection: sqlite3.Connection | None = connection
        self._lock = threading.RLock()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One durable transaction: on the disk after the block, or undone.

        Raises:
            MailError: LOCAL_DISK; nothing of the block was kept.
            AlreadyClaimed: a message at the destination would be claimed twice; likewise.
        """
        with self._lock, _disk_errors():
            connection = self._open()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                # A full disk may have rolled back by itself.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Reads that belong together."""
        with self._lock, _disk_errors():
            yield self._open()

    def rows(self, query: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """All rows of a query."""
        with self.reading() as connection:
            return connection.execute(query, parameters).fetchall()

    def row(self, query: str, parameters: Parameters = ()) -> sqlite3.Row | None:
        """The first row of a query."""
        with self.reading() as connection:
            found: sqlite3.Row | None = connection.execute(query, parameters).fetchone()
            return found

    def close(self) -> None:
        """Write everything into the one file and close; closing twice is fine."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            raise ValueError("the ledger is closed")
        return self._connection


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError as error:
        if _CLAIM_INDEX in str(error):
            raise AlreadyClaimed(str(error)) from error
        raise
    except sqlite3.Error as error:
        if error_code(error) in _DISK_ERRORS:
            raise MailError(Reason.LOCAL_DISK, str(error)) from error
        raise
