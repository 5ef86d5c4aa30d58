"""A migration between two embedded servers, over real connections, on a clock that the test turns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mailmove_gui.demo import EmbeddedServer, User
from mailmove_gui.demo.folder import Path as FolderPath
from mailmove_gui.demo.personalities import Personality
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.endpoints import Endpoint, MailProtocol, Security
from mailmove_gui.domain.events import AccountChanged, Event, Failure
from mailmove_gui.domain.findings import AccountCheck
from mailmove_gui.domain.plan import Account, Mailbox, MigrationPlan, Options
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.records import AccountRecord
from mailmove_gui.domain.secret import Secret
from mailmove_gui.domain.states import AccountState
from mailmove_gui.engine.account_run import AccountStates, run_account
from mailmove_gui.engine.context import Ports
from mailmove_gui.engine.preflight import CheckPorts, check_account
from mailmove_gui.engine.threads import spawn_thread
from mailmove_gui.ledger import SqliteLedger, create_ledger
from mailmove_gui.mail import ServerGateway
from mailmove_gui.providers.folder_names import folder_names
from tests.servers.compare import MessageFact, Snapshot
from tests.unit.engine.fake_mail import FakeClock, FakeSecrets

USER = "anna"
PASSWORD = "pass word"


@dataclass
class World:
    """One account between two servers."""

    source: EmbeddedServer
    destination: EmbeddedServer
    ledger: SqliteLedger
    account: Account
    options: Options
    secrets: FakeSecrets
    clock: FakeClock = field(default_factory=FakeClock)
    events: list[Event] = field(default_factory=list)

    @property
    def old(self) -> User:
        return self.source.store.user(USER)

    @property
    def new(self) -> User:
        return self.destination.store.user(USER)

    def run(self) -> AccountRecord:
        gateway = ServerGateway(timeout_s=5.0, connect_timeout_s=5.0, role_names=folder_names())
        ports = Ports(self.ledger, gateway, self.secrets, self.events.append, self.clock, spawn_thread)
        AccountStates(self.account.id, ports).enter(AccountState.QUEUED)
        run_account(self.account, self.options, ports, CancelToken())
        return self.ledger.account(self.account.id)

    def check(self) -> AccountCheck:
        gateway = ServerGateway(timeout_s=5.0, connect_timeout_s=5.0, role_names=folder_names())
        return check_account(self.account, self.options, CheckPorts(gateway, self.secrets), CancelToken())

    def waited_for(self) -> list[Failure]:
        """Why the account waited, in order."""
        return [
            event.failure
            for event in self.events
            if isinstance(event, AccountChanged) and event.state is AccountState.WAITING and event.failure is not None
        ]


def contents(user: User, *, without: tuple[FolderPath, ...] = ()) -> Snapshot:
    """Everything in a mailbox, hidden or not, as it lies in the server's memory."""
    return {
        path: [
            MessageFact.of(one.content, int(one.internal_date.timestamp()), one.flags, uid=one.uid)
            for one in folder.messages
        ]
        for path, folder in user.folders.items()
        if folder.selectable and path not in without
    }


@pytest.fixture
def world_of(tmp_path: Path) -> Iterator[Callable[..., World]]:
    """Starts both servers and makes a ledger; `Personality` of each, and options."""
    opened: list[World] = []

    def make(source: Personality, destination: Personality, options: Options | None = None) -> World:
        old, new = _started(source), _started(destination)
        account = Account("anna", _mailbox(old), _mailbox(new))
        options = options or Options()
        ledger = create_ledger(tmp_path / f"{len(opened)}.mailmove", MigrationPlan("test", (account,), options))
        secrets = FakeSecrets({account.secret_key(side): Secret(PASSWORD) for side in Side})
        opened.append(World(old, new, ledger, account, options, secrets))
        return opened[-1]

    yield make
    for world in opened:
        world.source.stop()
        world.destination.stop()
        world.ledger.close()


def _started(personality: Personality) -> EmbeddedServer:
    store = personality.store()
    personality.add_user(store, USER, PASSWORD)
    server = EmbeddedServer(store, personality.options)
    server.start()
    return server


def _mailbox(server: EmbeddedServer) -> Mailbox:
    return Mailbox(Endpoint(server.host, server.imap_port, Security.PLAIN, MailProtocol.IMAP), USER)
