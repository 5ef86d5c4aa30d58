"""States gathered into the few groups that the board filters by."""

from enum import StrEnum
from typing import assert_never

from mailmove_gui.domain.states import AccountState
from mailmove_gui.texts import _, pgettext


class Group(StrEnum):
    """Accounts that are to be looked at together, in the order in which the board shows them."""

    NOT_STARTED = "not_started"
    MOVING = "moving"
    WAITING = "waiting"
    PAUSED = "paused"
    NEEDS_YOU = "needs_you"
    FAILED = "failed"
    DONE = "done"
    LEFT_OUT = "left_out"

    @property
    def word(self) -> str:
        """What the group is called."""
        match self:
            case Group.NOT_STARTED:
                return _("Not started")
            case Group.MOVING:
                return pgettext("accounts", "Moving")
            case Group.WAITING:
                return pgettext("accounts", "Waiting")
            case Group.PAUSED:
                return pgettext("accounts", "Paused")
            case Group.NEEDS_YOU:
                return _("Needs you")
            case Group.FAILED:
                return pgettext("accounts", "Failed")
            case Group.DONE:
                return pgettext("accounts", "Done")
            case Group.LEFT_OUT:
                return pgettext("accounts", "Left out")
            case _ as never:
                assert_never(never)


SHOWN_WHEN_EMPTY = frozenset(Group) - {Group.PAUSED, Group.LEFT_OUT}


def group_of(state: AccountState) -> Group:
    """The group of a state."""
    match state:
        case AccountState.NOT_STARTED | AccountState.INVITED | AccountState.READY:
            return Group.NOT_STARTED
        case AccountState.CHECKING | AccountState.MOVING | AccountState.VERIFYING | AccountState.WATCHING:
            return Group.MOVING
        case AccountState.QUEUED | AccountState.WAITING:
            return Group.WAITING
        case AccountState.PAUSED:
            return Group.PAUSED
        case AccountState.NEEDS_PASSWORD:
            return Group.NEEDS_YOU
        case AccountState.FAILED:
            return Group.FAILED
        case AccountState.DONE | AccountState.DONE_WITH_REFUSALS | AccountState.CLOSED:
            return Group.DONE
        case AccountState.SKIPPED:
            return Group.LEFT_OUT
        case _ as never:
            assert_never(never)
