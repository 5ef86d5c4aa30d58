"""What is said about where passwords are kept."""

from typing import assert_never

from mailmove_gui.domain.secret import KeyringProblem, RemovedPasswords
from mailmove_gui.texts.language import _, joined
from mailmove_gui.texts.numbers import count


def what_happened(problem: KeyringProblem) -> str:
    """One sentence about the keyring."""
    match problem:
        case KeyringProblem.NONE_THERE:
            return _("This system has no keyring.")
        case KeyringProblem.NOT_ALLOWED:
            return _(
                "The keyring that is set up on this system writes passwords into a file; MailMove does not use it."
            )
        case KeyringProblem.LOCKED:
            return _("The system's keyring is locked.")
        case KeyringProblem.DISMISSED:
            return _("The system's keyring is locked and was not unlocked.")
        case KeyringProblem.NO_ANSWER:
            return _("The system's keyring does not answer.")
        case KeyringProblem.FAILED:
            return _("The system's keyring does not work.")
        case KeyringProblem.STOPPED:
            return _("The system's keyring has stopped working.")
        case KeyringProblem.REFUSED:
            return _("The system's keyring did not take every password; some may be too long for it.")
        case _ as never:
            assert_never(never)


def kept_in_memory(problem: KeyringProblem) -> str:
    """What happened, and what it means for somebody in front of the window."""
    if problem is KeyringProblem.REFUSED:
        follows = _("These are asked for again after MailMove was closed.")
    else:
        follows = _("Passwords are kept until MailMove is closed.")
    return joined((what_happened(problem), follows))


def left_in_keyring(problem: KeyringProblem) -> str:
    """A finished migration's passwords could not be removed."""
    left = _("Some passwords may still be in the system's keyring.")
    return joined((left, what_happened(problem), _("They are removed when this migration is opened again.")))


def removal(removed: RemovedPasswords) -> tuple[str, str]:
    """What became of "remove passwords": in short, and the rest."""
    if removed.count:
        deleted = _("The system's keyring held {n} of them.").format(n=count(removed.count))
    else:
        deleted = _("The system's keyring held none of them.")
    if removed.problem is None:
        return _("The passwords are removed."), deleted + " " + _("Accounts that need one ask for it again.")
    return (
        _("Some passwords may still be in the system's keyring."),
        what_happened(removed.problem)
        + " "
        + _("MailMove itself has forgotten them. Try again, or remove those named MailMove in the system's own list."),
    )
