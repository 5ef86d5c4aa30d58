"""What an account's or a message's state is called."""

from typing import assert_never

from mailmove_gui.domain.records import MessageState
from mailmove_gui.domain.states import AccountState
from mailmove_gui.texts.language import _, pgettext


def state_word(state: AccountState) -> str:  # noqa: C901, PLR0911, PLR0912 -- one branch a state
    """The state in one to three words, such as ``Needs a password``."""
    match state:
        case AccountState.NOT_STARTED:
            return _("Not started")
        case AccountState.INVITED:
            return _("Invited")
        case AccountState.CHECKING:
            return _("Checking")
        case AccountState.READY:
            return pgettext("account", "Ready")
        case AccountState.QUEUED:
            return _("Waits for its turn")
        case AccountState.MOVING:
            return pgettext("account", "Moving")
        case AccountState.VERIFYING:
            return _("Verifying")
        case AccountState.WAITING:
            return pgettext("account", "Waiting")
        case AccountState.PAUSED:
            return pgettext("account", "Paused")
        case AccountState.NEEDS_PASSWORD:
            return _("Needs a password")
        case AccountState.FAILED:
            return pgettext("account", "Failed")
        case AccountState.DONE:
            return _("Done, verified")
        case AccountState.DONE_WITH_REFUSALS:
            return _("Done, some not moved")
        case AccountState.WATCHING:
            return _("Watching for new mail")
        case AccountState.SKIPPED:
            return pgettext("account", "Left out")
        case AccountState.CLOSED:
            return pgettext("account", "Closed")
        case _ as never:
            assert_never(never)


def message_state_word(state: MessageState) -> str:
    """What has become of a message, in a word or two."""
    match state:
        case MessageState.LISTED:
            return _("Still to be moved")
        case MessageState.SENDING:
            return _("On its way")
        case MessageState.MOVED:
            return pgettext("message", "Moved")
        case MessageState.ALREADY_THERE:
            return _("Already there")
        case MessageState.REFUSED:
            return _("Not moved")
        case MessageState.SKIPPED:
            return _("Left out by choice")
        case MessageState.DOUBTFUL:
            return _("Arrival unknown")
        case MessageState.VANISHED:
            return _("Gone at the source")
        case _ as never:
            assert_never(never)
