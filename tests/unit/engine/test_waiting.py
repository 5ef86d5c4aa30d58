"""Accounts that wait: a full mailbox, a host with too few connections, a full disk, and what ends a wait."""

import threading
from collections.abc import Callable

import pytest

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.events import AccountChanged, Failure
from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.plan import Mailbox
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.domain.states import AccountState
from mailmove_gui.engine.hosts import Hosts
from tests.unit.engine.accounts import account
from tests.unit.engine.company import Company
from tests.unit.engine.conftest import World
from tests.unit.engine.fake_mail import FakeClock, FakeConnection, FakeGateway, FakeMailbox, mail

TIMEOUT_S = 20


class HeldClock(FakeClock):
    """Waits of a minute and more last until the test lets them end."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()

    def wait(self, cancel: CancelToken, seconds: float) -> None:
        if seconds >= 30:
            while not self.go_on.is_set():
                cancel.wait(0.01)
        super().wait(cancel, seconds)


def held(company: Company) -> HeldClock:
    """The company on a clock that the test turns."""
    assert company.migration.close()
    company.clock = HeldClock()
    company.migration = company.new_migration()
    return company.clock


def eventually(condition: Callable[[], bool]) -> None:
    for _ in range(TIMEOUT_S * 100):
        if condition():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it did not come to be so")


def waits(company: Company, reason: Reason) -> dict[str, Failure]:
    return {
        event.account_id: event.failure
        for event in company.events
        if isinstance(event, AccountChanged)
        and event.state is AccountState.WAITING
        and event.failure is not None
        and event.failure.reason is reason
    }


def fill_up(company: Company, user: str, room: int) -> None:
    mailbox = company.destinations[user]
    mailbox.fails = lambda body: (
        MailError(Reason.DESTINATION_FULL, "[OVERQUOTA] Quota exceeded") if mailbox.appended >= room else None
    )


def make_room(company: Company) -> None:
    for mailbox in company.destinations.values():
        mailbox.fails = lambda body: None


@pytest.mark.parametrize("company", [{"users": 6, "at_once": 1}], indirect=True)
def test_full_mailboxes_wait_and_say_so_the_others_go_on_and_all_finish_when_room_is_made(company: Company) -> None:
    clock = held(company)
    for user in ("u0", "u2", "u4"):
        fill_up(company, user, room=2)
    company.migration.start()
    full = {f"id of u{number}" for number in (0, 2, 4)}
    eventually(
        lambda: (
            company.states()
            == {one.id: AccountState.WAITING if one.id in full else AccountState.DONE for one in company.accounts}
        )
    )
    told = waits(company, Reason.DESTINATION_FULL)
    assert told.keys() == full
    assert all(failure.until is not None and failure.side is Side.DESTINATION for failure in told.values())
    assert all(len(company.destinations[user].bodies()) == 2 for user in ("u0", "u2", "u4"))
    assert company.gateway.open == 0
    make_room(company)
    clock.go_on.set()
    assert company.migration.wait(TIMEOUT_S)
    assert set(company.states().values()) == {AccountState.DONE}
    for user, mailbox in company.destinations.items():
        assert mailbox.bodies() == company.sources[user].bodies()


def test_a_full_mailbox_is_probed_again_and_again_with_the_pending_message_itself(world: World) -> None:
    for number in range(5):
        world.source.folder("INBOX").add(mail(f"m{number}"))
    asked: list[bytes] = []

    def full(body: bytes) -> MailError | None:
        asked.append(body)
        return MailError(Reason.DESTINATION_FULL) if len(asked) <= 20 else None

    world.destination.fails = full
    assert world.run().state is AccountState.DONE
    assert world.destination.bodies() == world.source.bodies()
    assert len([wait for wait in world.clock.waits if wait >= 30]) == 20


@pytest.mark.parametrize("company", [{"users": 1, "at_once": 1}], indirect=True)
def test_start_ends_a_wait_at_once(company: Company) -> None:
    held(company)
    fill_up(company, "u0", room=2)
    company.migration.start()
    eventually(lambda: company.state("u0") is AccountState.WAITING)
    make_room(company)
    company.run("u0")
    assert company.state("u0") is AccountState.DONE
    assert company.destinations["u0"].bodies() == company.sources["u0"].bodies()


@pytest.mark.parametrize("company", [{"users": 2, "at_once": 1}], indirect=True)
@pytest.mark.parametrize("way", ["pause", "stop", "close"])
def test_a_stop_ends_a_wait_at_once(company: Company, way: str) -> None:
    held(company)
    fill_up(company, "u0", room=2)
    company.migration.start(["id of u0"])
    eventually(lambda: company.state("u0") is AccountState.WAITING)
    getattr(company.migration, way)()
    assert company.migration.wait(TIMEOUT_S)
    assert company.state("u0") is AccountState.PAUSED
    if way != "close":
        make_room(company)
        company.run()
        assert set(company.states().values()) == {AccountState.DONE}


def take_a_while(mailbox: FakeMailbox, path: FolderPath) -> None:
    threading.Event().wait(0.05)


class FewConnections(FakeGateway):
    """A host that takes so many connections at the destination, and refuses or cuts one more."""

    most = 2
    answer = Reason.TOO_MANY_CONNECTIONS
    highest = 0
    refused = 0

    def destination(self, mailbox: Mailbox, secret: Secret, cancel: CancelToken) -> FakeConnection:
        with self.lock:
            if self._taken() >= self.most:
                self.refused += 1
                raise MailError(self.answer, side=Side.DESTINATION)
            connection = super().destination(mailbox, secret, cancel)
            self.taken.append(connection)
            self.highest = max(self.highest, self._taken())
            return connection

    def _taken(self) -> int:
        return sum(not connection.closed for connection in self.taken)

    def __init__(self, company: Company) -> None:
        super().__init__(company.sources, company.destinations)
        self.lock = threading.RLock()
        self.taken: list[FakeConnection] = []


@pytest.mark.parametrize("company", [{"users": 12, "at_once": 6}], indirect=True)
@pytest.mark.parametrize("answer", [Reason.TOO_MANY_CONNECTIONS, Reason.CONNECTION_LOST], ids=["told", "silent"])
def test_a_host_with_too_few_connections_gets_fewer_accounts_and_all_are_done(company: Company, answer: Reason) -> None:
    assert company.migration.close()
    company.gateway = gateway = FewConnections(company)
    gateway.answer = answer
    company.migration = company.new_migration()
    for mailbox in company.destinations.values():
        mailbox.before_append = take_a_while
    company.run()
    assert set(company.states().values()) == {AccountState.DONE}
    assert gateway.highest == 2
    assert waits(company, Reason.TOO_MANY_CONNECTIONS)
    for user, mailbox in company.destinations.items():
        assert mailbox.bodies() == company.sources[user].bodies()


@pytest.mark.parametrize("company", [{"users": 3, "at_once": 3}], indirect=True)
def test_those_that_a_host_does_not_take_wait_in_the_queue_and_say_why(company: Company) -> None:
    assert company.migration.close()
    company.gateway = gateway = FewConnections(company)
    gateway.most = 1
    company.migration = company.new_migration()
    go_on = threading.Event()

    def hold(mailbox: FakeMailbox, path: FolderPath) -> None:
        assert go_on.wait(TIMEOUT_S)

    for mailbox in company.destinations.values():
        mailbox.before_append = hold
    company.migration.start()
    try:
        too_many = (AccountState.QUEUED, Failure(Reason.TOO_MANY_CONNECTIONS, Side.DESTINATION))
        eventually(lambda: [(one.state, one.failure) for one in company.migration.snapshot()].count(too_many) == 2)
        eventually(lambda: list(company.states().values()).count(AccountState.MOVING) == 1)
    finally:
        go_on.set()
    assert company.migration.wait(TIMEOUT_S)
    assert set(company.states().values()) == {AccountState.DONE}
    assert gateway.highest == 1


def test_what_a_host_takes_is_what_it_had_when_it_refused_and_one_more_every_ten_minutes() -> None:
    hosts = Hosts()
    one, two, three = (account(user) for user in ("one", "two", "three"))
    assert hosts.most_accounts("new.example", 0) is None
    assert not hosts.were_reached(three)
    with hosts.connected(one), hosts.connected(two):
        assert hosts.has_connections(three, Side.DESTINATION)
        hosts.too_many(three, Side.DESTINATION, 0)
    assert not hosts.has_connections(three, Side.DESTINATION)
    assert hosts.were_reached(three)
    assert [hosts.most_accounts("new.example", minutes * 60) for minutes in (0, 9, 10, 31)] == [2, 2, 3, 5]
    assert hosts.most_accounts("old.example", 0) is None
    hosts.too_many(three, Side.DESTINATION, 100)
    assert hosts.most_accounts("new.example", 100) == 1


def test_a_silent_end_at_the_first_login_of_all_is_a_lost_connection(world: World) -> None:
    world.gateway.refused_connections = [Reason.CONNECTION_LOST] * 9
    record = world.run()
    assert record.state is AccountState.FAILED
    assert record.failure is not None
    assert record.failure.reason is Reason.CONNECTION_LOST


def test_a_full_disk_is_waited_for_and_said_although_the_ledger_cannot_keep_it(world: World) -> None:
    for number in range(120):
        world.source.folder("INBOX").add(mail(f"m{number}"))
    full = FullDisk(world)
    assert world.run(ports=full.ports).state is AccountState.DONE
    assert full.refused
    assert world.destination.bodies() == world.source.bodies()
    told = [event for event in world.events if isinstance(event, AccountChanged) and event.failure]
    assert {(event.state, event.failure.reason) for event in told if event.failure} == {
        (AccountState.WAITING, Reason.LOCAL_DISK)
    }


class FullDisk:
    """The ledger of a world takes nothing from its first moved batch on, until ten waits are over."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._ledger = world.ledger
        self.refused = 0
        self.ports = world.ports
        object.__setattr__(self.ports, "ledger", self)

    def __getattr__(self, name: str) -> object:
        writes = name.startswith(("mark_", "set_", "save_", "add_", "note_"))
        is_full = self._world.destination.appended > 0 and len(self._world.clock.waits) < 10
        if writes and is_full:
            self.refused += 1
            raise MailError(Reason.LOCAL_DISK, "database or disk is full")
        return getattr(self._ledger, name)
