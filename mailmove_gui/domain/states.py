"""States of an account and the moves between them."""

from enum import StrEnum


class AccountState(StrEnum):
    """Where an account stands; `texts.states` words it."""

    NOT_STARTED = "not_started"
    INVITED = "invited"
    CHECKING = "checking"
    READY = "ready"
    QUEUED = "queued"
    MOVING = "moving"
    VERIFYING = "verifying"
    WAITING = "waiting"
    PAUSED = "paused"
    NEEDS_PASSWORD = "needs_password"
    FAILED = "failed"
    DONE = "done"
    DONE_WITH_REFUSALS = "done_with_refusals"
    WATCHING = "watching"
    SKIPPED = "skipped"
    CLOSED = "closed"


_S = AccountState
_ENDS_OF_A_RUN = frozenset({_S.WAITING, _S.PAUSED, _S.NEEDS_PASSWORD, _S.FAILED})
_RESTS = frozenset({_S.QUEUED, _S.SKIPPED, _S.CLOSED})

TRANSITIONS: dict[AccountState, frozenset[AccountState]] = {
    _S.NOT_STARTED: frozenset({_S.INVITED, _S.CHECKING, _S.NEEDS_PASSWORD}) | _RESTS,
    _S.INVITED: frozenset({_S.NOT_STARTED, _S.READY, _S.CHECKING}) | _RESTS,
    _S.CHECKING: frozenset({_S.NOT_STARTED, _S.READY, _S.QUEUED, _S.MOVING}) | _ENDS_OF_A_RUN,
    _S.READY: frozenset({_S.CHECKING, _S.NOT_STARTED, _S.NEEDS_PASSWORD}) | _RESTS,
    _S.QUEUED: frozenset({_S.CHECKING, _S.MOVING, _S.SKIPPED, _S.CLOSED}) | _ENDS_OF_A_RUN,
    _S.MOVING: frozenset({_S.CHECKING, _S.VERIFYING}) | _ENDS_OF_A_RUN,
    _S.VERIFYING: frozenset({_S.MOVING, _S.CHECKING, _S.DONE, _S.DONE_WITH_REFUSALS, _S.WATCHING}) | _ENDS_OF_A_RUN,
    _S.WAITING: frozenset({_S.CHECKING, _S.MOVING, _S.VERIFYING, _S.PAUSED, _S.NEEDS_PASSWORD, _S.FAILED}) | _RESTS,
    _S.PAUSED: frozenset({_S.CHECKING, _S.NEEDS_PASSWORD}) | _RESTS,
    _S.NEEDS_PASSWORD: frozenset({_S.CHECKING, _S.READY, _S.PAUSED}) | _RESTS,
    _S.FAILED: frozenset({_S.CHECKING, _S.NEEDS_PASSWORD, _S.PAUSED}) | _RESTS,
    _S.DONE: frozenset({_S.CHECKING, _S.WATCHING, _S.DONE_WITH_REFUSALS}) | _RESTS,
    _S.DONE_WITH_REFUSALS: frozenset({_S.CHECKING, _S.WATCHING, _S.DONE}) | _RESTS,
    _S.WATCHING: frozenset({_S.CHECKING, _S.PAUSED, _S.NEEDS_PASSWORD, _S.FAILED, _S.DONE, _S.DONE_WITH_REFUSALS})
    | _RESTS,
    _S.SKIPPED: frozenset({_S.NOT_STARTED, _S.PAUSED, _S.QUEUED, _S.CLOSED}),
    _S.CLOSED: frozenset({_S.NOT_STARTED, _S.QUEUED}),
}

RUNNING = frozenset({_S.CHECKING, _S.QUEUED, _S.MOVING, _S.VERIFYING, _S.WAITING})
"""States in which an account occupies, or is about to occupy, a worker; none of them survives a restart."""

FINISHED = frozenset({_S.DONE, _S.DONE_WITH_REFUSALS})

OVER = FINISHED | {_S.SKIPPED, _S.CLOSED}
"""States in which an account needs its passwords no more, unless somebody starts it again."""


class IllegalTransition(AssertionError):
    """A state was asked to become one that cannot follow it: a bug, never the user's doing."""


def move(current: AccountState, following: AccountState) -> AccountState:
    """Return `following` if it may come after `current` (staying is always allowed).

    Raises:
        IllegalTransition: the table has no such move.
    """
    if following is not current and following not in TRANSITIONS[current]:
        raise IllegalTransition(f"{current.value} -> {following.value}")
    return following


def after_restart(state: AccountState) -> AccountState:
    """What a state read from the ledger means when the program that wrote it is gone."""
    return AccountState.PAUSED if state in RUNNING else state
