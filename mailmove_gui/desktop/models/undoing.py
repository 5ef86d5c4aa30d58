"""What is said before, during and after an undo. No Qt."""

from mailmove_gui.desktop.models.rows import BoardRow
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.plan import Account
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.domain.undo import UndoResult
from mailmove_gui.texts import _, numbers
from mailmove_gui.texts.reasons import sentence
from mailmove_gui.texts.undo import what_was_left


def can_be_undone(row: BoardRow) -> bool:
    """Whether something was moved, or an undo has begun and did not come to its end."""
    begun = row.failure is not None and row.failure.reason is Reason.UNDO_UNFINISHED
    return row.counts.moved > 0 or begun


def question(account: Account, moved: int) -> str:
    """What it is about: how many messages, and where they are."""
    mailbox = account.destination
    return _("MailMove has moved {messages} into the mailbox {user} at {server}.").format(
        messages=numbers.messages(moved), user=mailbox.user, server=mailbox.endpoint.host
    )


def removed_lines() -> tuple[str, ...]:
    """What goes."""
    return (
        _("Messages that this migration put there, and that are just as they arrived."),
        _("They do not go into a trash folder. They are still at the source, and can be moved again."),
    )


def kept_lines() -> tuple[str, ...]:
    """What stays."""
    return (
        _("What was there before, and mail that came from elsewhere."),
        _("Messages that somebody has read, flagged, changed or filed since."),
        _("Messages that are not at the source any more, and all folders."),
        _("Everything at the source: nothing is changed there."),
    )


def afterwards(*, is_running: bool) -> str:
    """What becomes of the account."""
    left_out = _("The account is left out afterwards, until you take it in again.")
    return _("The account is stopped first. {then}").format(then=left_out) if is_running else left_out


def progress_text(removed: int, moved: int) -> str:
    """``120 of 7 210 messages removed``."""
    return _("{done} of {total} messages removed").format(done=numbers.count(removed), total=numbers.count(moved))


def result_lines(result: UndoResult) -> tuple[str, ...]:
    """How many were removed, and a line for each kind of message that was left."""
    removed = _("{messages} removed.").format(messages=numbers.messages(result.removed))
    return removed, *what_was_left(result)


def failure_text(failure: Failure, *, can_forget: bool) -> str:
    """Why it did not come to its end, and what can be done where it never will."""
    if not can_forget:
        return sentence(failure)
    forget = _("If this mailbox cannot be reached any more, have MailMove forget what was moved into it.")
    return f"{sentence(failure)}\n{forget}"


def forgetting_lines(account: Account) -> tuple[str, ...]:
    """What follows from forgetting."""
    return (
        _("Nothing is removed: what is in the mailbox {user} stays there.").format(user=account.destination.user),
        _("The next start moves everything again that it does not find in the account's destination."),
    )


def stopped_text(removed: int, moved: int) -> str:
    """It was stopped before its end."""
    return _(
        "Stopped after {done} of {total} messages. Undo the account again to go on; until then it cannot be started."
    ).format(done=numbers.count(removed), total=numbers.count(moved))
