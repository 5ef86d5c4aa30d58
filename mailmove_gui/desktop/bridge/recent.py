"""Migrations that were open lately."""

import json
import logging
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from mailmove_gui.desktop.bridge.open_mark import OpenMark
from mailmove_gui.desktop.bridge.small_files import write_whole
from mailmove_gui.domain.records import AccountRecord
from mailmove_gui.domain.states import FINISHED, RUNNING, AccountState

_LOG = logging.getLogger(__name__)
_MOST = 12

_ENDED_WELL = FINISHED | {AccountState.WATCHING, AccountState.CLOSED}


@dataclass(frozen=True, slots=True)
class RecentMigration:
    """How a migration stood when it was last looked at.

    `running` accounts were being moved then; it is 0 once the migration was closed. `is_missing`: there is no file at
    `path` now. `is_open`: a window has it open now, of this program or another.
    """

    path: Path
    name: str
    when: datetime
    accounts: int
    done: int
    need_password: int
    failed: int
    with_refusals: int
    running: int = 0
    is_missing: bool = False
    is_open: bool = False

    @property
    def is_finished(self) -> bool:
        """Whether all of its accounts are done."""
        return self.done == self.accounts

    @property
    def was_interrupted(self) -> bool:
        """Whether the program ended without closing it, while accounts were being moved."""
        return self.running > 0 and not self.is_open


def describe(path: Path, name: str, when: datetime, records: Sequence[AccountRecord]) -> RecentMigration:
    """What is remembered of a migration."""
    states = [record.state for record in records]
    return RecentMigration(
        path,
        name,
        when,
        accounts=len(states),
        done=sum(state in _ENDED_WELL for state in states),
        need_password=states.count(AccountState.NEEDS_PASSWORD),
        failed=states.count(AccountState.FAILED),
        with_refusals=states.count(AccountState.DONE_WITH_REFUSALS),
        running=sum(state in RUNNING for state in states),
    )


class RecentMigrations:
    """A small file in the settings folder. Thread-safe; every method touches the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "recent.json"
        self._lock = threading.Lock()

    def load(self) -> tuple[RecentMigration, ...]:
        """Newest first."""
        with self._lock:
            known = self._read()
        return tuple(
            replace(one, is_missing=not one.path.is_file(), is_open=self.mark_of(one.path).is_set()) for one in known
        )

    def mark_of(self, path: Path) -> OpenMark:
        """What says that a migration is open; whoever opens it sets the mark, and clears it in the end."""
        return OpenMark(self._folder, path)

    def remember(self, migration: RecentMigration) -> None:
        """Put it first. A disk that does not take it is only logged: the migration itself is safe in its own file."""
        self._put(migration.path, (migration,))

    def forget(self, path: Path) -> tuple[RecentMigration, ...]:
        """Leave one out from now on, and return the others as `load` does. Its file stays."""
        self._put(path, ())
        return self.load()

    def _put(self, path: Path, first: tuple[RecentMigration, ...]) -> None:
        with self._lock:
            others = (known for known in self._read() if known.path != path)
            try:
                self._write([*first, *others][:_MOST])
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
        document = {"migrations": [_to_json(migration) for migration in migrations]}
        write_whole(self._file, json.dumps(document, ensure_ascii=False, indent=1))


def _to_json(migration: RecentMigration) -> dict[str, Any]:
    item = {**asdict(migration), "path": str(migration.path), "when": migration.when.isoformat()}
    for of_now in ("is_missing", "is_open"):
        del item[of_now]
    return item


def _from_json(item: dict[str, Any]) -> RecentMigration:
    known = {one.name: item[one.name] for one in fields(RecentMigration) if one.name in item}
    read = RecentMigration(**known)
    return replace(read, path=Path(item["path"]), when=datetime.fromisoformat(item["when"]))
