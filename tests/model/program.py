"""The program under test, as a history needs it: it can be restarted, stopped and killed, and waiting costs nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.events import Event, Refusal
from mailmove_gui.domain.plan import Account, MigrationPlan, Options
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.records import AccountRecord
from mailmove_gui.domain.secret import Secret
from mailmove_gui.domain.states import AccountState
from mailmove_gui.engine.account_run import AccountStates, run_account
from mailmove_gui.engine.context import Ports
from mailmove_gui.engine.threads import spawn_thread
from mailmove_gui.ledger import SqliteLedger, create_ledger, open_ledger
from mailmove_gui.ledger.database import Database
from mailmove_gui.mail.gateway import ServerGateway
from mailmove_gui.secrets.memory_store import MemoryStore
from tests.model.steps import Death

PASSWORD = "secret"

_ANSWERS_WITHIN_S = 10.0
# Then the user, who has seen it wait so often, stops the run.
_MOST_WAITS = 15


class Killed(BaseException):
    """The process is gone; nothing of it catches this."""


class MortalDatabase(Database):
    """A database whose program dies at one of its commits; from then on nothing is written any more."""

    def __init__(self, connection: sqlite3.Connection, death: Death) -> None:
        super().__init__(connection)
        self._death = death
        self._commits = 0
        self._dead = False

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        self._commits += 1
        last = self._commits == self._death.nth
        if self._dead or (last and not self._death.committed):
            self._dead = True
            raise Killed
        with super().writing() as connection:
            yield connection
        if last:
            self._dead = True
            raise Killed


class PatientClock:
    """Waiting takes as long as the servers need to deal with what was sent over connections that are gone."""

    def __init__(self, deliver_all: Callable[[], None]) -> None:
        self._now = datetime(2026, 6, 1, tzinfo=UTC)
        self._deliver_all = deliver_all
        self._run = CancelToken()
        self._waits_left = 0

    def begin(self, run: CancelToken) -> None:
        """Another run begins, which is stopped when it has waited too often."""
        self._run, self._waits_left = run, _MOST_WAITS

    def now(self) -> datetime:
        return self._now

    def monotonic_s(self) -> float:
        return self._now.timestamp()

    def wait(self, cancel: CancelToken, seconds: float) -> None:
        self._waits_left -= 1
        if self._waits_left <= 0:
            # Not `cancel`: that may be of this wait alone.
            self._run.cancel()
        cancel.check()
        self._deliver_all()
        self._now += timedelta(seconds=seconds)


class Program:
    """One account's migration in a ledger file."""

    def __init__(self, file: Path, account: Account, deliver_all: Callable[[], None]) -> None:
        self._file = file
        self._account = account
        self._options = Options()
        self._ledger = create_ledger(file, MigrationPlan("model", (account,), self._options))
        self._clock = PatientClock(deliver_all)
        self._gateway = ServerGateway(timeout_s=_ANSWERS_WITHIN_S, connect_timeout_s=_ANSWERS_WITHIN_S)
        self._secrets = MemoryStore()
        for side in Side:
            self._secrets.put(account.secret_key(side), Secret(PASSWORD))

    def run(self, cancel: CancelToken, death: Death | None) -> AccountRecord:
        """One run; after a death the program has been started again."""
        self._clock.begin(cancel)
        if death is not None:
            database = self._ledger._database
            connection = database._connection
            assert connection is not None
            self._use(MortalDatabase(connection, death))
        try:
            ports = Ports(self._ledger, self._gateway, self._secrets, _ignore, self._clock, spawn_thread)
            AccountStates(self._account.id, ports).enter(AccountState.QUEUED)
            run_account(self._account, self._options, ports, cancel)
        except Killed:
            pass
        if death is not None:
            self.restart()
        return self._ledger.account(self._account.id)

    def restart(self) -> None:
        """As when the program ends, or is killed, and is started again."""
        self._ledger.close()
        self._ledger = open_ledger(self._file)

    def close(self) -> None:
        self._ledger.close()

    def named(self) -> list[Refusal]:
        """Messages that it says it has not moved, or cannot tell."""
        return list(self._ledger.refusals(self._account.id))

    def counts(self) -> Counts:
        return self._ledger.counts(self._account.id)

    def try_refused_again(self) -> None:
        """As the user does who asks for it."""
        self._ledger.retry_refused(self._account.id)

    def _use(self, database: Database) -> None:
        # A ledger is its database and nothing else.
        self._ledger = SqliteLedger(database)


def _ignore(event: Event) -> None:
    """Nobody looks on."""
