"""The engine in a process of its own, told what to do by lines of JSON: ``python -m tests.soak.engine``.

Each line is {"do": one of the methods of `Commands`, ...its arguments}; each is answered by one line.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.endpoints import Endpoint, Security
from mailmove_gui.domain.events import Event
from mailmove_gui.domain.plan import Account, Mailbox, MigrationPlan, Options, account_id
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.engine.clock import SystemClock
from mailmove_gui.engine.migration import Migration
from mailmove_gui.ledger import SqliteLedger, create_ledger, open_ledger
from mailmove_gui.mail.gateway import ServerGateway
from mailmove_gui.secrets.memory_store import MemoryStore

_HOST = "127.0.0.1"
_ANSWERS_WITHIN_S = 20.0
# Longer than the pause in which what is still being stored is waited for; an hour is too short for longer ones.
_LONGEST_WAIT_S = 3.0
_LONGEST_RUN_S = 300.0


class _ShortWaits(SystemClock):
    def wait(self, cancel: CancelToken, seconds: float) -> None:
        super().wait(cancel, min(seconds, _LONGEST_WAIT_S))


class Commands:
    """What can be asked for."""

    def __init__(self) -> None:
        self._secrets = MemoryStore()
        self._ledger: SqliteLedger | None = None
        self._migration: Migration | None = None
        self._file = Path()

    def begin(self, file: str, ports: dict[str, int], accounts: list[list[str]]) -> None:
        """A new migration of accounts (source user, password, destination user, password)."""
        self._secrets = MemoryStore()
        made = []
        for source_user, source_password, destination_user, destination_password in accounts:
            one = Account(
                account_id(source_user, destination_user),
                Mailbox(Endpoint(_HOST, ports["source"], Security.PLAIN), source_user),
                Mailbox(Endpoint(_HOST, ports["destination"], Security.PLAIN), destination_user),
            )
            self._secrets.put(one.secret_key(Side.SOURCE), Secret(source_password))
            self._secrets.put(one.secret_key(Side.DESTINATION), Secret(destination_password))
            made.append(one)
        self._file = Path(file)
        self._use(create_ledger(self._file, MigrationPlan("soak", tuple(made), Options())))

    def run(self, seconds: float | None = None) -> dict[str, int]:
        """Start all accounts, whatever their state is; after so many seconds stop them. How many are in which state."""
        assert self._migration is not None
        self._migration.start(record.account_id for record in self._migration.snapshot())
        if not self._migration.wait(_LONGEST_RUN_S if seconds is None else seconds):
            self._migration.stop()
            assert self._migration.wait(_LONGEST_RUN_S), "the engine does not come to rest"
        return Counter(record.state.value for record in self._migration.snapshot())

    def restart(self) -> None:
        """As another start of the program does: everything anew but the file."""
        self.end()
        self._use(open_ledger(self._file))

    def retry(self) -> None:
        """As the user does who wants refused messages to be tried again."""
        assert self._ledger is not None
        for record in self._ledger.accounts():
            self._ledger.retry_refused(record.account_id)

    def counts(self) -> dict[str, int]:
        """Messages moved, and those that the ledger names as refused or doubtful."""
        assert self._ledger is not None
        counts = [record.counts for record in self._ledger.accounts()]
        return {"moved": sum(one.moved for one in counts), "named": len(list(self._ledger.refusals()))}

    def end(self) -> None:
        """Close the migration."""
        if self._migration is not None and self._ledger is not None:
            assert self._migration.close(), "threads of the engine do not end"
            self._ledger.close()
            self._migration = self._ledger = None

    def _use(self, ledger: SqliteLedger) -> None:
        gateway = ServerGateway(timeout_s=_ANSWERS_WITHIN_S, connect_timeout_s=_ANSWERS_WITHIN_S)
        self._ledger = ledger
        self._migration = Migration(ledger, gateway, self._secrets, _ignore, clock=_ShortWaits())
        self._migration.recover()


def _ignore(event: Event) -> None:
    """Nobody looks on."""


def main() -> None:
    commands = Commands()
    for line in sys.stdin:
        arguments: dict[str, Any] = json.loads(line)
        done = getattr(commands, arguments.pop("do"))(**arguments)
        print(json.dumps(done), flush=True)
    commands.end()


if __name__ == "__main__":
    main()
