"""Other addresses for an account of a migration that has begun."""

from collections.abc import Iterable

from mailmove_gui.domain.plan import Account, ListedAccounts
from mailmove_gui.domain.problems import Problem, ProblemKind
from mailmove_gui.domain.progress import Counts


def correction_problems(
    before: Account, corrected: Account, others: Iterable[Account], counts: Counts, *, in_doubt: int = 0
) -> tuple[Problem, ...]:
    """What is wrong with a correction; it can be carried out if none of it `stops`.

    What counts as moved is in the old destination, and came from the old source: under other addresses it would be
    missing, and messages of another source mailbox could be taken for those that were moved.

    Args:
        before: the account as it is in the plan.
        corrected: the same with other user names.
        others: the other accounts of the plan.
        counts: what has become of its messages.
        in_doubt: how many messages were being sent when its last run was cut off.
    """
    missing = [mailbox for mailbox in (corrected.source, corrected.destination) if not mailbox.user.strip()]
    if missing:
        return (Problem(ProblemKind.VALUE_MISSING),)
    problems: list[Problem] = []
    has_other_source = corrected.source.key != before.source.key
    if counts.at_destination and (has_other_source or corrected.destination.key != before.destination.key):
        problems.append(Problem(ProblemKind.MESSAGES_MOVED))
    elif has_other_source and counts.doubtful + in_doubt:
        problems.append(Problem(ProblemKind.MESSAGES_IN_DOUBT))
    listed = ListedAccounts()
    for other in others:
        listed.judge(None, other)
    return (*problems, *listed.judge(None, corrected))
