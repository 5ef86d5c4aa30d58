"""What the table of accounts says about a row. No Qt."""

from collections.abc import Sequence

from mailmove_gui.batch import ColumnRole
from mailmove_gui.domain.problems import Problem, ProblemKind
from mailmove_gui.texts import _
from mailmove_gui.texts.problems import on_its_own


def row_sentence(problems: Sequence[Problem]) -> str:
    """The most important problem of a row as a sentence; empty if there is none."""
    return next(iter(row_sentences(problems)), "")


def row_sentences(problems: Sequence[Problem]) -> list[str]:
    """All problems of a row as sentences, the most important first."""
    missing = {problem.field for problem in problems if problem.kind is ProblemKind.VALUE_MISSING}
    others = [problem for problem in problems if problem.kind is not ProblemKind.VALUE_MISSING]
    # Of a row that is there twice with two passwords the first is what is to be corrected.
    others.sort(key=lambda problem: (not problem.stops, problem.kind is ProblemKind.PASSWORDS_DIFFER))
    sentences = list(dict.fromkeys(map(on_its_own, others)))
    if ColumnRole.SOURCE_USER.value in missing:
        return [_("The source address is missing."), *sentences, *_missing_passwords(missing)]
    return [*sentences, *_missing_passwords(missing)]


def _missing_passwords(missing: set[str]) -> list[str]:
    match ColumnRole.SOURCE_PASSWORD.value in missing, ColumnRole.DESTINATION_PASSWORD.value in missing:
        case True, True:
            return [_("Both passwords are missing.")]
        case True, False:
            return [_("The source password is missing.")]
        case False, True:
            return [_("The destination password is missing.")]
        case _:
            return []
