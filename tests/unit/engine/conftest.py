from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.events import Event
from mailmove_gui.domain.plan import MigrationPlan, Options
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.records import AccountRecord
from mailmove_gui.domain.secret import Secret, SecretKey
from mailmove_gui.domain.states import AccountState
from mailmove_gui.engine.account_run import AccountStates, run_account
from mailmove_gui.engine.context import Ports
from mailmove_gui.engine.threads import spawn_thread
from mailmove_gui.ledger import SqliteLedger, create_ledger
from tests.unit.engine.accounts import USER, account
from tests.unit.engine.company import Company
from tests.unit.engine.fake_mail import FakeClock, FakeGateway, FakeMailbox, FakeSecrets

__all__ = ["USER", "World", "account"]


@dataclass
class World:
    """One account between two mailboxes in memory, with a real ledger."""

    directory: Path
    source: FakeMailbox = field(default_factory=FakeMailbox)
    destination: FakeMailbox = field(default_factory=FakeMailbox)
    options: Options = field(default_factory=Options)
    clock: FakeClock = field(default_factory=FakeClock)
    events: list[Event] = field(default_factory=list)
    ledgers: int = 0

    def __post_init__(self) -> None:
        self.account = account()
        self.gateway = FakeGateway({USER: self.source}, {USER: self.destination})
        self.secrets = FakeSecrets(
            {
                SecretKey(Side.SOURCE, "old.example", 993, USER): Secret("secret"),
                SecretKey(Side.DESTINATION, "new.example", 993, USER): Secret("secret"),
            }
        )
        self.ledger = self._new_ledger()

    def _new_ledger(self) -> SqliteLedger:
        self.ledgers += 1
        plan = MigrationPlan("test", (self.account,), self.options)
        return create_ledger(self.directory / f"{self.ledgers}.mailmove", plan)

    @property
    def ports(self) -> Ports:
        return Ports(self.ledger, self.gateway, self.secrets, self.events.append, self.clock, spawn_thread)

    def forget(self) -> None:
        """Go on with an empty ledger."""
        self.ledger.close()
        self.ledger = self._new_ledger()

    def run(self, cancel: CancelToken | None = None, *, ports: Ports | None = None) -> AccountRecord:
        ports = ports or self.ports
        AccountStates(self.account.id, ports).enter(AccountState.QUEUED)
        run_account(self.account, self.options, ports, cancel or CancelToken())
        return self.ledger.account(self.account.id)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.ledger.close()


@pytest.fixture
def world_with(tmp_path: Path) -> Iterator[Callable[..., World]]:
    made: list[World] = []

    def make(**fields: object) -> World:
        made.append(World(tmp_path, **fields))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for one in made:
        one.ledger.close()


@pytest.fixture
def company(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Company]:
    made = Company(tmp_path, **getattr(request, "param", {"users": 6, "at_once": 3}))
    yield made
    assert made.migration.close()
    made.ledger.close()
