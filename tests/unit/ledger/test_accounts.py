from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.plan import Mailbox, MigrationPlan, new_plan_id, with_accounts
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.records import AccountRecord, AttemptRecord
from mailmove_gui.domain.states import AccountState, after_restart
from mailmove_gui.ledger import SqliteLedger, create_ledger, open_ledger
from tests.unit.ledger.mailbox import ANNA, BO, NOW, account, plan_of


def revisions(ledger: SqliteLedger) -> int:
    row = ledger._database.row("SELECT count(*) FROM plan_revisions")
    assert row is not None
    return int(row[0])


def test_new_accounts_have_not_started(ledger: SqliteLedger) -> None:
    assert ledger.accounts() == (
        AccountRecord(ANNA, AccountState.NOT_STARTED, Counts()),
        AccountRecord(BO, AccountState.NOT_STARTED, Counts()),
    )


def test_a_plan_is_a_new_revision_only_if_it_differs(ledger: SqliteLedger) -> None:
    ledger.save_plan(plan_of(ANNA, BO))
    assert revisions(ledger) == 1
    renamed = plan_of(ANNA, BO, name="Acme")
    ledger.save_plan(renamed)
    assert revisions(ledger) == 2
    assert ledger.plan() == renamed


def test_a_new_revision_stays_the_same_migration(ledger: SqliteLedger) -> None:
    before = ledger.plan().id
    ledger.save_plan(replace(plan_of(ANNA, BO, name="Acme"), id=new_plan_id()))
    assert ledger.plan().name == "Acme"
    assert ledger.plan().id == before
    ledger.save_plan(replace(plan_of(ANNA, BO, name="Acme"), id=new_plan_id()))
    assert revisions(ledger) == 2, "nothing but the id differs"


def test_keys_of_corrected_and_of_dropped_accounts_are_known(ledger: SqliteLedger) -> None:
    first = ledger.plan()
    anna, _bo = first.accounts
    corrected = replace(anna, source=Mailbox(Endpoint("10.0.0.1", 143), "Anna.Muster"))
    ledger.save_plan(replace(first, accounts=(corrected,)))
    every = [*first.accounts, corrected]
    assert ledger.secret_keys() == {account.secret_key(side) for account in every for side in Side}


def test_accounts_come_in_the_plans_order_and_keep_their_state(ledger: SqliteLedger) -> None:
    ledger.set_account_state(ANNA, AccountState.CHECKING, at=NOW)
    new = "cy@old.example > cy@new.example"
    ledger.save_plan(plan_of(new, ANNA))
    assert [(record.account_id, record.state) for record in ledger.accounts()] == [
        (new, AccountState.NOT_STARTED),
        (ANNA, AccountState.CHECKING),
    ]
    assert ledger.account(BO).state is AccountState.NOT_STARTED


def test_user_names_of_any_kind_survive(path: Path) -> None:
    odd = "安娜@old.example > \udc80\"'@new.example"
    plan = with_accounts(MigrationPlan("名 \ud83d"), [account(odd)])
    ledger = create_ledger(path, plan)
    ledger.set_account_state(odd, AccountState.READY, at=NOW)
    ledger.close()
    ledger = open_ledger(path)
    assert ledger.plan() == plan
    assert ledger.account(odd).state is AccountState.READY
    ledger.close()


def test_an_unknown_account_is_a_key_error(ledger: SqliteLedger) -> None:
    with pytest.raises(KeyError):
        ledger.account("nobody")
    with pytest.raises(KeyError):
        ledger.set_account_state("nobody", AccountState.READY, at=NOW)


def test_a_failure_is_kept_until_the_next_state_and_stays_in_the_log(ledger: SqliteLedger) -> None:
    failure = Failure(Reason.THROTTLED, Side.DESTINATION, "slow down \udcff", NOW + timedelta(minutes=5))
    stored = Failure(Reason.THROTTLED, Side.DESTINATION, "slow down \\udcff", NOW + timedelta(minutes=5))
    ledger.set_account_state(ANNA, AccountState.WAITING, failure, at=NOW)
    assert ledger.account(ANNA).failure == stored
    ledger.set_account_state(ANNA, AccountState.MOVING, at=NOW + timedelta(minutes=6))
    assert ledger.account(ANNA).failure is None
    assert ledger.attempts(ANNA) == (
        AttemptRecord(NOW, AccountState.WAITING, stored),
        AttemptRecord(NOW + timedelta(minutes=6), AccountState.MOVING),
    )
    assert ledger.attempts(BO) == ()


def test_finished_is_when_the_last_complete_pass_ended(ledger: SqliteLedger) -> None:
    ledger.set_account_state(ANNA, AccountState.VERIFYING, at=NOW)
    assert ledger.account(ANNA).finished is None
    ledger.set_account_state(ANNA, AccountState.DONE, at=NOW)
    ledger.set_account_state(ANNA, AccountState.CHECKING, at=NOW + timedelta(hours=1))
    assert ledger.account(ANNA).finished == NOW
    ledger.set_account_state(ANNA, AccountState.DONE_WITH_REFUSALS, at=NOW + timedelta(hours=2))
    assert ledger.account(ANNA).finished == NOW + timedelta(hours=2)


def test_started_is_when_the_first_run_had_its_turn(ledger: SqliteLedger) -> None:
    def enter(state: AccountState, minute: int) -> None:
        ledger.set_account_state(ANNA, state, at=NOW + timedelta(minutes=minute))

    enter(AccountState.CHECKING, 0)
    enter(AccountState.NEEDS_PASSWORD, 0)
    assert ledger.account(ANNA).started is None, "the wizard's check is no run"
    enter(AccountState.QUEUED, 1)
    assert ledger.account(ANNA).started is None
    enter(AccountState.CHECKING, 2)
    enter(AccountState.FAILED, 3)
    enter(AccountState.QUEUED, 4)
    enter(AccountState.CHECKING, 5)
    assert ledger.account(ANNA).started == NOW + timedelta(minutes=2)


def test_quiet_hours_come_before_the_start(ledger: SqliteLedger) -> None:
    states = (AccountState.QUEUED, AccountState.WAITING, AccountState.CHECKING)
    for hour, state in enumerate(states):
        ledger.set_account_state(ANNA, state, at=NOW + timedelta(hours=hour))
    assert ledger.account(ANNA).started == NOW + timedelta(hours=2)


@pytest.mark.parametrize("state", AccountState)
def test_no_state_survives_the_program_as_running(path: Path, state: AccountState) -> None:
    failure = Failure(Reason.DAILY_LIMIT, Side.SOURCE, "2500 MB", NOW)
    ledger = create_ledger(path, plan_of(ANNA))
    ledger.set_account_state(ANNA, state, failure, at=NOW)
    ledger.close()
    ledger = open_ledger(path)
    assert ledger.account(ANNA).state is after_restart(state)
    assert ledger.account(ANNA).failure == failure
    ledger.close()
