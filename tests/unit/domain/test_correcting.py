from dataclasses import replace

import pytest

from mailmove_gui.domain.correcting import correction_problems
from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.plan import Account, Mailbox, account_id
from mailmove_gui.domain.problems import ProblemKind
from mailmove_gui.domain.progress import Counts

OLD, NEW = Endpoint("imap.old.example", 993), Endpoint("imap.new.example", 993)
MOVED = Counts(total=3, moved=1)
FOUND = Counts(total=3, already_there=1)
DOUBTFUL = Counts(total=3, doubtful=1)


def account(source: str, destination: str) -> Account:
    return Account(account_id(source, destination), Mailbox(OLD, source), Mailbox(NEW, destination))


ANNA = account("anna@old.example", "anna@new.example")
BO = account("bo@old.example", "bo@new.example")


def kinds(source: str, destination: str, counts: Counts, in_doubt: int = 0) -> list[ProblemKind]:
    corrected = replace(ANNA, source=Mailbox(OLD, source), destination=Mailbox(NEW, destination))
    return [problem.kind for problem in correction_problems(ANNA, corrected, [BO], counts, in_doubt=in_doubt)]


@pytest.mark.parametrize(
    ("source", "destination", "counts", "in_doubt", "expected"),
    [
        ("ann@old.example", "ann@new.example", Counts(total=3), 0, []),
        ("anna@old.example", " ", Counts(), 0, [ProblemKind.VALUE_MISSING]),
        ("", "anna@new.example", Counts(), 0, [ProblemKind.VALUE_MISSING]),
        ("anna@old.example", "ann@new.example", MOVED, 0, [ProblemKind.MESSAGES_MOVED]),
        ("ann@old.example", "anna@new.example", FOUND, 0, [ProblemKind.MESSAGES_MOVED]),
        ("Anna@old.example", "ANNA@new.example", MOVED, 0, []),
        ("ann@old.example", "anna@new.example", DOUBTFUL, 0, [ProblemKind.MESSAGES_IN_DOUBT]),
        ("ann@old.example", "anna@new.example", Counts(total=3), 1, [ProblemKind.MESSAGES_IN_DOUBT]),
        ("anna@old.example", "ann@new.example", DOUBTFUL, 1, []),
        ("bo@old.example", "bo@new.example", Counts(), 0, [ProblemKind.DUPLICATE_ACCOUNT]),
        ("bo@old.example", "anna@new.example", Counts(), 0, [ProblemKind.DUPLICATE_SOURCE]),
        ("anna@old.example", "bo@new.example", Counts(), 0, [ProblemKind.SHARED_DESTINATION]),
    ],
)
def test_what_is_in_the_way(
    source: str, destination: str, counts: Counts, in_doubt: int, expected: list[ProblemKind]
) -> None:
    assert kinds(source, destination, counts, in_doubt) == expected
