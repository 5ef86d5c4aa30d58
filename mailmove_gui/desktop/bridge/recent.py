"""Migrations that were open lately."""

import contextlib
import json
import logging
import os
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from mailmove_gui.domain.records import AccountRecord
from mailmove_gui.domain.states import FINISHED, AccountState

_LOG = logging.getLogger(__name__)
_MOST = 12


@dataclass(frozen=True, slots=True)
class RecentMigration:
    """How a migration stood when it was last looked at."""

    path: Path
    name: str
    when: datetime
    accounts: int
    done: int
    need_password: int
    failed: int
    with_refusals: int

    @property
    def is_finished(self) -> bool:
        """Whether all of its accounts are done."""
        return self.done == self.accounts


def describe(path: Path, name: str, when: datetime, records: Sequence[AccountRecord]) -> RecentMigration:
    """What is remembered of a migration."""
    states = [record.state for record in records]
    return RecentMigration(
        path,
        name,
        when,
        accounts=len(states),
        done=sum(state in FINISHED for state in states),
        need_password=states.count(AccountState.NEEDS_PASSWORD),
        failed=states.count(AccountState.FAILED),
        with_refusals=states.count(AccountState.DONE_WITH_REFUSALS),
    )


class RecentMigrations:
    """A small file in the settings folder. Thread-safe; every method touches the disk."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "recent.json"
        self._lock = threading.Lock()

    def load(self) -> tuple[RecentMigration, ...]:
        """Newest first; those whose file is gone are left out."""
        with self._lock:
            known = self._read()
        return tuple(migration for migration in known if migration.path.is_file())

    def remember(self, migration: RecentMigration) -> None:
        """Put it first. A disk that does not take it is only logged: the migration itself is safe in its own file."""
        with self._lock:
            others = [known for known in self._read() if known.path != migration.path]
            try:
                self._write([migration, *others][:_MOST])
            except OSError as error:
                _LOG.warning("recent migrations could not be written: %s", type(error).__name__)

    def _read(self) -> list[RecentMigration]:
        try:
            document = json.loads(self._file.read_text(encoding="utf-8"))
            return [_from_json(item) for item in document["migrations"]]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, TypeError) as error:
            _LOG.warning("recent migrations could not be read: %s", type(error).__name__)
            return []

    def _write(self, migrations: list[RecentMigration]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        document = {"migrations": [_to_json(migration) for migration in migrations]}
        fresh = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        try:
            fresh.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
            fresh.replace(self._file)
        finally:
            with contextlib.suppress(OSError):
                fresh.unlink(missing_ok=True)


def _to_json(migration: RecentMigration) -> dict[str, Any]:
    return {**asdict(migration), "path": str(migration.path), "when": migration.when.isoformat()}


def _from_json(item: dict[str, Any]) -> RecentMigration:
    read = RecentMigration(**item)
    return replace(read, path=Path(item["path"]), when=datetime.fromisoformat(item["when"]))
