"""Says to every other MailMove of this user which migrations are open, without touching the migration's own file.

Opening and closing an SQLite file a second time can give its lock away, so others must not look into it for that.
"""

import contextlib
import hashlib
from pathlib import Path

from PySide6.QtCore import QLockFile


class OpenMark:
    """The mark of one migration, a small file in `folder`; that of a program that is gone counts for nothing."""

    def __init__(self, folder: Path, migration: Path) -> None:
        name = hashlib.sha256(str(migration.absolute()).encode("utf-8", "surrogatepass")).hexdigest()[:16]
        self._folder = folder
        self._lock = QLockFile(str(folder / f"open-{name}.lock"))
        self._lock.setStaleLockTime(0)  # a mark does not age: it is good as long as its process lives

    def set(self) -> None:
        """Mark it as open. A folder that does not take the mark is no reason not to go on."""
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
        self._lock.tryLock(0)

    def clear(self) -> None:
        """Take the mark away, if it is ours."""
        self._lock.unlock()

    def is_set(self) -> bool:
        """Whether a window has it open, of this program or another."""
        if self._lock.tryLock(0):
            self._lock.unlock()
            return False
        return self._lock.error() is QLockFile.LockError.LockFailedError
