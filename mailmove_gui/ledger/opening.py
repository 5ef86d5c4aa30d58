"""Making ledgers and opening them."""

import os
import sqlite3
from pathlib import Path

from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.problems import InvalidInput, Problem, ProblemKind
from mailmove_gui.domain.reasons import MailError, Reason
from mailmove_gui.ledger.database import Database, connect, error_code, make_durable
from mailmove_gui.ledger.migrations import NEWEST, migrate, version_of
from mailmove_gui.ledger.schema import APPLICATION_ID
from mailmove_gui.ledger.sqlite_ledger import SqliteLedger

_OWNER_ONLY = 0o600


def create_ledger(path: Path, plan: MigrationPlan) -> SqliteLedger:
    """Make the file, readable by its owner only, and open it. A half-made file never stands under `path`.

    Raises:
        FileExistsError: there is a file of that name; it is left alone.
        MailError: LOCAL_DISK.
    """
    if path.exists():
        raise FileExistsError(path)
    draft = path.with_name(f".{path.name}.new")
    try:
        draft.unlink(missing_ok=True)
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, _OWNER_ONLY))
        connection = connect(draft)
        try:
            make_durable(connection)
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            migrate(connection)
            connection.execute("COMMIT")
            SqliteLedger(Database(connection)).save_plan(plan)
        finally:
            connection.close()
        draft.rename(path)
        _sync_folder(path.parent)
    except (OSError, sqlite3.Error) as error:
        draft.unlink(missing_ok=True)
        if isinstance(error, FileExistsError):
            raise
        raise MailError(Reason.LOCAL_DISK, _words(error)) from error
    return open_ledger(path)


def open_ledger(path: Path) -> SqliteLedger:
    """Open a ledger for this program alone; accounts that were running when its last program ended are PAUSED.

    Raises:
        InvalidInput: FILE_NOT_FOUND, FILE_NOT_READABLE, FILE_NOT_WRITABLE, FILE_NOT_A_MIGRATION, FILE_TOO_NEW, or
            FILE_IN_USE.
    """
    if not path.exists():
        raise InvalidInput(Problem(ProblemKind.FILE_NOT_FOUND, file=path.name))
    if not path.is_file() or not os.access(path, os.R_OK):
        raise InvalidInput(Problem(ProblemKind.FILE_NOT_READABLE, file=path.name))
    # SQLite puts a second file beside it, so the folder counts too.
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        raise InvalidInput(Problem(ProblemKind.FILE_NOT_WRITABLE, file=path.name))
    try:
        connection = connect(path)
    except sqlite3.Error as error:
        raise InvalidInput(Problem(_kind(error), file=path.name)) from error
    try:
        _look(connection, path)
        make_durable(connection)
        connection.execute("BEGIN IMMEDIATE")
        migrate(connection)
        connection.execute("COMMIT")
        ledger = SqliteLedger(Database(connection))
        ledger.plan()
        ledger.pause_interrupted()
    except sqlite3.Error as error:
        connection.close()
        raise InvalidInput(Problem(_kind(error), file=path.name)) from error
    except MailError as error:
        connection.close()
        cause = error.__cause__
        kind = _kind(cause) if isinstance(cause, sqlite3.Error) else ProblemKind.FILE_NOT_READABLE
        raise InvalidInput(Problem(kind, file=path.name)) from error
    except InvalidInput as error:
        connection.close()
        raise InvalidInput(error.problem.at(file=path.name)) from error
    except BaseException:
        connection.close()
        raise
    return ledger


def open_or_create(path: Path, plan: MigrationPlan) -> SqliteLedger:
    """Make the ledger, or open the one that is there and keep `plan` as its newest revision.

    Raises:
        InvalidInput: as `open_ledger`.
        MailError: LOCAL_DISK.
    """
    if not path.exists():
        return create_ledger(path, plan)
    ledger = open_ledger(path)
    try:
        ledger.save_plan(plan)
    except BaseException:
        ledger.close()
        raise
    return ledger


def _look(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse what is no ledger, or one of a newer program, before anything is written."""
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID or version_of(connection) < 1:
        raise InvalidInput(Problem(ProblemKind.FILE_NOT_A_MIGRATION, file=path.name))
    if version_of(connection) > NEWEST:
        raise InvalidInput(Problem(ProblemKind.FILE_TOO_NEW, file=path.name))


def _kind(error: sqlite3.Error) -> ProblemKind:
    code = error_code(error)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return ProblemKind.FILE_IN_USE
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR):
        return ProblemKind.FILE_NOT_A_MIGRATION
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_PERM):
        return ProblemKind.FILE_NOT_WRITABLE
    return ProblemKind.FILE_NOT_READABLE


def _words(error: OSError | sqlite3.Error) -> str:
    """What went wrong, without the path."""
    return (error.strerror or "") if isinstance(error, OSError) else str(error)


def _sync_folder(folder: Path) -> None:
    """Have a rename survive a power cut; systems that cannot open a folder (Windows) do it by themselves."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        return
    finally:
        os.close(descriptor)
