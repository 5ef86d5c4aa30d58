import itertools

import pytest

from mailmove_gui.domain.states import (
    FINISHED,
    RUNNING,
    TRANSITIONS,
    AccountState,
    IllegalTransition,
    after_restart,
    move,
)

PAIRS = list(itertools.product(AccountState, AccountState))


def test_every_state_has_a_row() -> None:
    assert set(TRANSITIONS) == set(AccountState)


@pytest.mark.parametrize(("current", "following"), PAIRS)
def test_each_pair_is_either_a_move_or_an_error(current: AccountState, following: AccountState) -> None:
    if following is current or following in TRANSITIONS[current]:
        assert move(current, following) is following
    else:
        with pytest.raises(IllegalTransition, match=f"{current.value} -> {following.value}"):
            move(current, following)


def test_done_is_reached_only_through_verifying() -> None:
    before_done = {state for state, nexts in TRANSITIONS.items() if AccountState.DONE in nexts}
    # What is watched has been verified by the pass before.
    assert before_done == {AccountState.VERIFYING, AccountState.DONE_WITH_REFUSALS, AccountState.WATCHING}
    before_refusals = {state for state, nexts in TRANSITIONS.items() if AccountState.DONE_WITH_REFUSALS in nexts}
    assert before_refusals == {AccountState.VERIFYING, AccountState.DONE, AccountState.WATCHING}


def test_every_state_can_be_reached_and_left() -> None:
    reached, frontier = {AccountState.NOT_STARTED}, [AccountState.NOT_STARTED]
    while frontier:
        for following in TRANSITIONS[frontier.pop()] - reached:
            reached.add(following)
            frontier.append(following)
    assert reached == set(AccountState)
    assert all(TRANSITIONS.values())


@pytest.mark.parametrize("state", AccountState)
def test_no_state_survives_a_restart_as_running(state: AccountState) -> None:
    woken = after_restart(state)
    assert woken not in RUNNING
    assert woken is (AccountState.PAUSED if state in RUNNING else state)
    assert AccountState.PAUSED in TRANSITIONS[state] or state not in RUNNING, "a start must be able to write it"


@pytest.mark.parametrize("state", sorted(RUNNING - {AccountState.QUEUED}))
def test_a_run_can_end_from_anywhere_inside_it(state: AccountState) -> None:
    ends = {AccountState.PAUSED, AccountState.FAILED, AccountState.NEEDS_PASSWORD}
    assert ends <= TRANSITIONS[state]


@pytest.mark.parametrize("state", sorted(set(AccountState) - RUNNING))
def test_whatever_rests_can_be_queued_again(state: AccountState) -> None:
    assert AccountState.QUEUED in TRANSITIONS[state]


def test_finished_and_running_exclude_each_other() -> None:
    assert not FINISHED & RUNNING
