"""Runs a migration inside the test's own process, between real servers, with a real ledger, on a clock in a hurry."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.endpoints import Endpoint, Security
from mailmove_gui.domain.events import AccountChanged, Event
from mailmove_gui.domain.plan import Account, Mailbox, MigrationPlan, Options
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.domain.states import AccountState
from mailmove_gui.engine.clock import SystemClock
from mailmove_gui.engine.migration import Migration
from mailmove_gui.ledger import create_ledger
from mailmove_gui.mail import ServerGateway
from mailmove_gui.secrets import MemoryStore
from tests.servers.dovecot import User

TIMEOUT_S = 60
_LONGEST_WAIT_S = 0.1


class HurriedClock(SystemClock):
    """All waits are short: for servers that answer each message, and do not go on storing after a lost connection."""

    def wait(self, cancel: CancelToken, seconds: float) -> None:
        super().wait(cancel, min(seconds, _LONGEST_WAIT_S))


class Moving:
    """A migration of some users from one port of this machine to another. A context manager.

    events: all that was told. secrets: everybody's passwords.
    """

    def __init__(
        self, home: Path, users: Iterable[tuple[User, User]], source_port: int, destination_port: int, **options: int
    ) -> None:
        pairs = list(users)
        self.accounts = tuple(
            Account(source.name, _mailbox(source, source_port), _mailbox(destination, destination_port))
            for source, destination in pairs
        )
        self.events: list[Event] = []
        plan = MigrationPlan("moving", self.accounts, Options(**options))  # type: ignore[arg-type]
        self.ledger = create_ledger(home / "moving.mailmove", plan)
        self.secrets = secrets = MemoryStore()
        for account, (source, destination) in zip(self.accounts, pairs, strict=True):
            secrets.put(account.secret_key(Side.SOURCE), Secret(source.password))
            secrets.put(account.secret_key(Side.DESTINATION), Secret(destination.password))
        gateway = ServerGateway(timeout_s=20.0)
        self.migration = Migration(self.ledger, gateway, secrets, self.events.append, clock=HurriedClock())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        ended = self.migration.close()
        self.ledger.close()
        assert ended

    def states(self) -> Mapping[str, AccountState]:
        return {record.account_id: record.state for record in self.migration.snapshot()}

    def waits(self, reason: Reason) -> list[AccountChanged]:
        """When accounts came to wait for this reason."""
        return [
            event
            for event in list(self.events)
            if isinstance(event, AccountChanged)
            and event.state is AccountState.WAITING
            and event.failure is not None
            and event.failure.reason is reason
        ]


def eventually(condition: Callable[[], bool]) -> None:
    """Returns when it has come to be so."""
    tick = threading.Event()
    for _ in range(TIMEOUT_S * 20):
        if condition():
            return
        tick.wait(0.05)
    raise AssertionError("it did not come to be so")


def _mailbox(user: User, port: int) -> Mailbox:
    return Mailbox(Endpoint("127.0.0.1", port, Security.PLAIN), user.name)
