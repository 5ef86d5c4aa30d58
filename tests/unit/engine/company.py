"""A migration of several accounts between mailboxes in memory, with a real ledger."""

from pathlib import Path

from mailmove_gui.domain.events import Event
from mailmove_gui.domain.plan import MigrationPlan, Options
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.domain.states import AccountState
from mailmove_gui.engine.migration import Migration
from mailmove_gui.ledger import SqliteLedger, create_ledger, open_ledger
from tests.unit.engine.accounts import account
from tests.unit.engine.fake_mail import FakeClock, FakeGateway, FakeMailbox, FakeSecrets, mail


class Company:
    """Some accounts with a few messages each."""

    def __init__(self, directory: Path, users: int, *, at_once: int, shared_destination: bool = False) -> None:
        names = [f"u{number}" for number in range(users)]
        self.sources = {name: FakeMailbox() for name in names}
        self.destinations = {name: FakeMailbox() for name in names}
        for name, mailbox in self.sources.items():
            for number in range(5):
                mailbox.folder("INBOX").add(mail(f"{name} {number}"))
        self.accounts = tuple(account(name, "u0" if shared_destination else None) for name in names)
        plan = MigrationPlan("company", self.accounts, Options(accounts_at_once=at_once))
        self.path = directory / "company.mailmove"
        self.ledger: SqliteLedger = create_ledger(self.path, plan)
        self.secrets = FakeSecrets({})
        for one in self.accounts:
            self.secrets.put(one.secret_key(Side.SOURCE), Secret("secret"))
            self.secrets.put(one.secret_key(Side.DESTINATION), Secret("secret"))
        self.events: list[Event] = []
        self.gateway = FakeGateway(self.sources, self.destinations)
        self.clock = FakeClock()
        self.migration = self.new_migration()

    def new_migration(self) -> Migration:
        return Migration(self.ledger, self.gateway, self.secrets, self.events.append, clock=self.clock)

    def reopen(self) -> None:
        """What another program finds, later."""
        assert self.migration.close()
        self.ledger.close()
        self.ledger = open_ledger(self.path)
        self.migration = self.new_migration()
        self.migration.recover()

    def run(self, *users: str) -> None:
        """Start these accounts, or (none named) all that start by themselves, and wait for their end."""
        self.migration.start([f"id of {user}" for user in users] or None)
        assert self.migration.wait(30)

    def state(self, user: str) -> AccountState:
        return self.states()[f"id of {user}"]

    def set_password(self, user: str, side: Side, password: str) -> None:
        one = next(one for one in self.accounts if one.source.user == user)
        self.secrets.put(one.secret_key(side), Secret(password))

    def states(self) -> dict[str, AccountState]:
        return {record.account_id: record.state for record in self.migration.snapshot()}
