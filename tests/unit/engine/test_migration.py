"""Many accounts: limits, order, pausing, stopping, closing."""

import threading
from pathlib import Path

import pytest

from mailmove_gui.domain.events import AccountChanged, QueueEmptied
from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.domain.states import AccountState
from mailmove_gui.ledger import open_ledger
from tests.unit.engine.company import Company
from tests.unit.engine.fake_mail import FakeClock, FakeMailbox


def test_all_accounts_are_done_and_the_end_is_told_once(company: Company) -> None:
    company.migration.start()
    assert company.migration.wait(30)
    assert set(company.states().values()) == {AccountState.DONE}
    assert company.migration.close()
    assert sum(isinstance(event, QueueEmptied) for event in company.events) == 1
    for name, mailbox in company.destinations.items():
        assert mailbox.bodies() == company.sources[name].bodies()


def _count_at_once(company: Company) -> list[int]:
    lock = threading.Lock()
    inside: set[int] = set()
    most = [0]
    gate = threading.Barrier(3, timeout=5)

    def before(mailbox: FakeMailbox, path: FolderPath) -> None:
        with lock:
            inside.add(id(mailbox))
            most[0] = max(most[0], len(inside))
        try:
            gate.wait()
        except threading.BrokenBarrierError:
            gate.reset()
        with lock:
            inside.discard(id(mailbox))

    for mailbox in company.destinations.values():
        mailbox.before_append = before
    return most


def test_no_more_accounts_at_once_than_the_plan_allows(company: Company) -> None:
    most = _count_at_once(company)
    company.migration.start()
    assert company.migration.wait(30)
    assert most == [3]


@pytest.mark.parametrize("company", [{"users": 4, "at_once": 4, "shared_destination": True}], indirect=True)
def test_runs_into_one_destination_mailbox_are_serialised(company: Company) -> None:
    together = 0
    inside = 0
    lock = threading.Lock()

    def before(mailbox: FakeMailbox, path: FolderPath) -> None:
        nonlocal together, inside
        with lock:
            inside += 1
            together = max(together, inside)
        threading.Event().wait(0.02)
        with lock:
            inside -= 1

    company.destinations["u0"].before_append = before
    company.migration.start()
    assert company.migration.wait(30)
    assert together == 1
    assert sum(company.destinations["u0"].bodies().values()) == 20


def test_wrong_password_of_one_does_not_hold_up_the_others(company: Company) -> None:
    company.secrets.put(company.accounts[2].secret_key(Side.SOURCE), Secret("wrong"))
    company.migration.start()
    assert company.migration.wait(30)
    states = company.states()
    assert states.pop(company.accounts[2].id) is AccountState.NEEDS_PASSWORD
    assert set(states.values()) == {AccountState.DONE}

    company.secrets.put(company.accounts[2].secret_key(Side.SOURCE), Secret("secret"))
    company.migration.start([company.accounts[2].id])
    assert company.migration.wait(30)
    assert set(company.states().values()) == {AccountState.DONE}


def test_pause_takes_waiting_accounts_out_and_start_goes_on(company: Company) -> None:
    started = threading.Event()
    go_on = threading.Event()

    def hold(mailbox: FakeMailbox, path: FolderPath) -> None:
        started.set()
        go_on.wait(10)

    for mailbox in company.destinations.values():
        mailbox.before_append = hold
    company.migration.start()
    assert started.wait(10)
    company.migration.pause()
    go_on.set()
    assert company.migration.wait(30)
    assert AccountState.PAUSED in company.states().values()
    company.migration.start()
    assert company.migration.wait(30)
    assert set(company.states().values()) == {AccountState.DONE}
    for name, mailbox in company.destinations.items():
        assert mailbox.bodies() == company.sources[name].bodies()


def test_no_state_survives_a_restart_as_running(tmp_path: Path) -> None:
    company = Company(tmp_path, 3, at_once=1)
    company.ledger.set_account_state(company.accounts[0].id, AccountState.QUEUED, at=FakeClock().now())
    company.ledger.set_account_state(company.accounts[0].id, AccountState.CHECKING, at=FakeClock().now())
    company.ledger.set_account_state(company.accounts[0].id, AccountState.MOVING, at=FakeClock().now())
    company.ledger.close()
    company.ledger = open_ledger(company.path)
    company.migration = company.new_migration()
    company.migration.recover()
    assert company.states()[company.accounts[0].id] is AccountState.PAUSED
    company.migration.start()
    assert company.migration.wait(30)
    assert set(company.states().values()) == {AccountState.DONE}
    assert company.migration.close()
    company.ledger.close()


def test_every_state_told_is_one_that_may_follow(company: Company) -> None:
    company.migration.start()
    assert company.migration.wait(30)
    told = [event.state for event in company.events if isinstance(event, AccountChanged)]
    assert told.count(AccountState.DONE) == len(company.accounts)
    assert told.count(AccountState.QUEUED) == len(company.accounts)
