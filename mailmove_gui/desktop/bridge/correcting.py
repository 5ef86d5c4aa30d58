"""Judges corrected addresses as the wizard judges those of a new account."""

from collections.abc import Iterable
from dataclasses import replace

from mailmove_gui.batch import address_problem
from mailmove_gui.domain.correcting import correction_problems
from mailmove_gui.domain.plan import Account
from mailmove_gui.domain.problems import Problem
from mailmove_gui.domain.progress import Counts


def with_users(account: Account, source_user: str, destination_user: str) -> Account:
    """The account with other user names, at the servers where it was."""
    return replace(
        account,
        source=replace(account.source, user=source_user.strip()),
        destination=replace(account.destination, user=destination_user.strip()),
    )


def address_problems(
    before: Account, corrected: Account, others: Iterable[Account], counts: Counts
) -> tuple[Problem, ...]:
    """What is wrong with corrected addresses, the most important first; it can be used if none of it `stops`."""
    found = [address_problem(mailbox.user) for mailbox in (corrected.source, corrected.destination)]
    bad = [Problem(problem[0], value=problem[1]) for problem in found if problem is not None]
    problems = (*bad, *correction_problems(before, corrected, others, counts))
    return tuple(sorted(problems, key=lambda problem: not problem.stops))
