"""Moves one account with the real engine between two servers, proxies or not, with a clock that does not sleep."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.endpoints import Endpoint, Security
from mailmove_gui.domain.plan import Account, Mailbox, MigrationPlan, Options
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.records import AccountRecord
from mailmove_gui.domain.secret import Secret
from mailmove_gui.domain.states import AccountState
from mailmove_gui.engine import reading
from mailmove_gui.engine.account_run import AccountStates, run_account
from mailmove_gui.engine.context import Ports
from mailmove_gui.engine.threads import spawn_thread
from mailmove_gui.ledger import open_or_create
from mailmove_gui.mail.gateway import ServerGateway
from mailmove_gui.secrets.memory_store import MemoryStore

# So few that a small mailbox makes several batches of each folder.
_BATCH_MESSAGES = 7

# Servers have stored what they had received within a second (measured, `engine.settling`): a shorter wait may be over
# before that, a longer one is not.
_STORED_AFTER_S = 1.5


@dataclass(frozen=True, slots=True)
class Place:
    """One side of a move: a user's mailbox at a server or proxy without TLS."""

    host: str
    port: int
    user: str
    password: str

    def mailbox(self) -> Mailbox:
        return Mailbox(Endpoint(self.host, self.port, Security.PLAIN), self.user)


class SwiftClock:
    """A Clock whose waits take no longer than servers need for what they are waited for.

    catch_up: returns when servers have dealt with all that had been sent to them.
    stops_at_wait: ask the run to stop when it begins to wait, as its user may.
    """

    def __init__(self, catch_up: Callable[[], None], *, stops_at_wait: bool = False) -> None:
        self._catch_up = catch_up
        self._stops_at_wait = stops_at_wait
        self._lock = threading.Lock()
        self._waited_s = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._waited_s)

    def monotonic_s(self) -> float:
        return self._waited_s

    def wait(self, cancel: CancelToken, seconds: float) -> None:
        if self._stops_at_wait:
            cancel.cancel()
        cancel.check()
        if seconds >= _STORED_AFTER_S:
            self._catch_up()
        with self._lock:
            self._waited_s += seconds


@dataclass(frozen=True, slots=True)
class Move:
    """One account of a ledger, to be run as often as it takes.

    silence_s: how long a server may say nothing.
    """

    path: Path
    source: Place
    destination: Place
    silence_s: float = 30.0

    @property
    def _account(self) -> Account:
        return Account("the account", self.source.mailbox(), self.destination.mailbox())

    def _passwords(self) -> MemoryStore:
        store = MemoryStore()
        store.put(self._account.secret_key(Side.SOURCE), Secret(self.source.password))
        store.put(self._account.secret_key(Side.DESTINATION), Secret(self.destination.password))
        return store

    def forget(self) -> None:
        """Remove the ledger."""
        self.path.unlink()

    def run(self, clock: SwiftClock) -> AccountRecord:
        """Make or open the ledger as a program that is started does, and run the account until it comes to rest."""
        ledger = open_or_create(self.path, MigrationPlan("test", (self._account,)))
        try:
            ports = Ports(
                ledger,
                ServerGateway(timeout_s=self.silence_s),
                self._passwords(),
                lambda event: None,
                clock,
                spawn_thread,
            )
            AccountStates(self._account.id, ports).enter(AccountState.QUEUED)
            with mock.patch.object(reading, "BATCH_MESSAGES", _BATCH_MESSAGES):
                run_account(self._account, Options(), ports, CancelToken())
            return ledger.account(self._account.id)
        finally:
            ledger.close()
