"""What may be changed while accounts run: accounts at once, bandwidth, quiet hours."""

import threading
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.events import AccountChanged
from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.plan import Options
from mailmove_gui.domain.quiet_hours import QuietHours
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.domain.states import AccountState
from tests.unit.engine.company import Company
from tests.unit.engine.conftest import USER, World
from tests.unit.engine.fake_mail import FakeClock, FakeMailbox, mail


def local(hour: int, *, day: int = 1) -> datetime:
    """By the clock of whatever computer the tests run on."""
    return datetime(2026, 6, day, hour).astimezone()


WORK = Options(quiet_hours=(QuietHours(time(8), time(18)),))


def test_a_start_in_quiet_hours_waits_without_a_login_and_goes_on_by_itself(world: World) -> None:
    world.clock = FakeClock(local(12))
    world.source.folder("INBOX").add(mail("a"))
    ports = world.ports
    ports.limits.change(WORK)
    logins_while_waiting: list[int] = []
    world.clock.before_wait = lambda: logins_while_waiting.append(sum(world.gateway.logins.values()))
    record = world.run(ports=ports)
    assert record.state is AccountState.DONE
    assert set(logins_while_waiting) == {0}
    assert world.clock.now() >= local(18)
    waiting = [event for event in world.events if isinstance(event, AccountChanged) and event.failure]
    assert [event.state for event in waiting] == [AccountState.WAITING]
    assert waiting[0].failure is not None
    assert waiting[0].failure.reason is Reason.QUIET_HOURS
    assert waiting[0].failure.until == local(18)
    assert sum(attempt.failure is not None for attempt in world.ledger.attempts(world.account.id)) == 1


def test_quiet_hours_that_begin_meanwhile_stop_at_a_batch_with_connections_closed(world: World) -> None:
    world.clock = FakeClock(local(7))
    for number in range(250):
        world.source.folder("INBOX").add(mail(f"m{number}"))
    ports = world.ports
    ports.limits.change(WORK)
    stored_when_waiting: list[int] = []
    open_while_waiting: list[int] = []

    def begin(mailbox: FakeMailbox, path: FolderPath) -> None:
        if mailbox.appended == 0:
            world.clock.turn_to(local(9))

    def look() -> None:
        stored_when_waiting.append(world.destination.appended)
        open_while_waiting.append(world.gateway.open)

    world.destination.before_append = begin
    world.clock.before_wait = look
    assert world.run(ports=ports).state is AccountState.DONE
    assert 0 < stored_when_waiting[0] < 250
    assert set(stored_when_waiting) == {stored_when_waiting[0]}
    assert set(open_while_waiting) == {0}
    assert world.destination.bodies() == world.source.bodies()
    assert world.gateway.logins.total() == 4


def test_hours_that_are_changed_let_a_waiting_account_go_on(world: World) -> None:
    world.clock = FakeClock(local(12))
    ports = world.ports
    ports.limits.change(WORK)
    world.clock.before_wait = lambda: ports.limits.change(Options())
    assert world.run(ports=ports).state is AccountState.DONE
    assert world.clock.now() < local(12) + timedelta(minutes=1)


def test_a_stop_ends_the_wait_for_the_end_of_quiet_hours(world: World) -> None:
    world.clock = FakeClock(local(12))
    ports, cancel = world.ports, CancelToken()
    ports.limits.change(WORK)
    world.clock.before_wait = cancel.cancel
    assert world.run(cancel, ports=ports).state is AccountState.PAUSED


def test_bandwidth_counts_reading_and_writing(world: World) -> None:
    size_bytes = sum(len(world.source.folder("INBOX").add(mail(f"m{n}", body="x" * 5000)).body) for n in range(40))
    ports = world.ports
    ports.limits.change(Options(bandwidth_bytes_s=10_000))
    began = world.clock.now()
    assert world.run(ports=ports).state is AccountState.DONE
    took_s = (world.clock.now() - began).total_seconds()
    # The last batch's debt is paid by nobody, and a second's worth was there at first.
    assert 2 * size_bytes / 10_000 - 5 <= took_s <= 2 * size_bytes / 10_000 + 5


def test_a_broken_run_does_not_wait_for_a_reader_that_waits_for_the_line(world: World) -> None:
    for number in range(5):
        world.source.folder("INBOX").add(mail(f"m{number}", body="x" * 5000))
    ports = world.ports
    world.clock = FakeClock()
    ports = replace(ports, clock=_SlowReading(world.clock))
    ports.limits.change(Options(bandwidth_bytes_s=100))
    world.destination.unreadable.add(("INBOX",))
    assert world.run(ports=ports).state is AccountState.FAILED


class _SlowReading(FakeClock):
    """Time passes only for the writer; the reader would wait for ever."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock.now())

    def wait(self, cancel: CancelToken, seconds: float) -> None:
        if threading.current_thread().name.startswith(f"read {USER}"):
            cancel.wait(60)
        super().wait(cancel, seconds)


class Gate:
    """Counts accounts that are in the middle of an append, and holds them there."""

    def __init__(self, company: Company) -> None:
        self._changed = threading.Condition()
        self.inside = 0
        self.is_open = False
        for mailbox in company.destinations.values():
            mailbox.before_append = self.pass_through

    def pass_through(self, mailbox: FakeMailbox, path: FolderPath) -> None:
        with self._changed:
            self.inside += 1
            self._changed.notify_all()
            assert self._changed.wait_for(lambda: self.is_open, 20)
            self.inside -= 1

    def wait_for(self, inside: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.inside == inside, 20)

    def open(self) -> None:
        with self._changed:
            self.is_open = True
            self._changed.notify_all()


@pytest.mark.parametrize("company", [{"users": 6, "at_once": 1}], indirect=True)
def test_more_accounts_at_once_start_at_once(company: Company) -> None:
    gate = Gate(company)
    company.migration.start()
    gate.wait_for(1)
    company.migration.change_options(Options(accounts_at_once=4))
    gate.wait_for(4)
    gate.open()
    assert company.migration.wait(30)
    assert set(company.states().values()) == {AccountState.DONE}
    assert company.ledger.plan().options.accounts_at_once == 4


@pytest.mark.parametrize("company", [{"users": 6, "at_once": 3}], indirect=True)
def test_fewer_accounts_at_once_take_effect_as_accounts_end(company: Company) -> None:
    gate = Gate(company)
    company.migration.start()
    gate.wait_for(3)
    company.migration.change_options(Options(accounts_at_once=1))
    most = [0]
    lock = threading.Lock()
    inside: set[int] = set()

    def count(mailbox: FakeMailbox, path: FolderPath) -> None:
        with lock:
            inside.add(id(mailbox))
            most[0] = max(most[0], len(inside))
        threading.Event().wait(0.02)
        with lock:
            inside.discard(id(mailbox))

    for state, name in zip(company.states().values(), company.destinations, strict=True):
        if state is AccountState.QUEUED:
            company.destinations[name].before_append = count
    gate.open()
    assert company.migration.wait(30)
    assert most == [1]
    assert set(company.states().values()) == {AccountState.DONE}


def test_limits_of_the_plan_hold_from_the_start(tmp_path: Path) -> None:
    company = Company(tmp_path, 2, at_once=2)
    try:
        company.clock.turn_to(local(12))
        company.ledger.save_plan(replace(company.ledger.plan(), options=WORK))
        company.reopen()
        company.run()
        assert company.clock.now() >= local(18)
        assert set(company.states().values()) == {AccountState.DONE}
    finally:
        assert company.migration.close()
        company.ledger.close()
