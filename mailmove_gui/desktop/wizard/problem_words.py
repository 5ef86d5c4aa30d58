"""What the table of accounts says about a row. No Qt."""

from collections.abc import Sequence

from mailmove_gui.batch import ColumnRole
from mailmove_gui.domain.problems import Problem, ProblemKind
from mailmove_gui.texts import _
from mailmove_gui.texts.problems import what_is_wrong


def row_sentence(problems: Sequence[Problem]) -> str:
    """The most important problem of a row as a sentence; empty if there is none."""
    missing = {problem.field for problem in problems if problem.kind is ProblemKind.VALUE_MISSING}
    if ColumnRole.SOURCE_USER.value in missing:
        return _("The source address is missing.")
    others = [problem for problem in problems if problem.kind is not ProblemKind.VALUE_MISSING]
    # Of a row that is there twice with two passwords the first is what is to be corrected.
    others.sort(key=lambda problem: (not problem.stops, problem.kind is ProblemKind.PASSWORDS_DIFFER))
    if others:
        text = what_is_wrong(others[0])
        begins_with_address = bool(others[0].value) and text.startswith(others[0].value)
        return text if begins_with_address else text[:1].upper() + text[1:]
    source, destination = ColumnRole.SOURCE_PASSWORD.value, ColumnRole.DESTINATION_PASSWORD.value
    if source in missing and destination in missing:
        return _("Both passwords are missing.")
    if source in missing:
        return _("The source password is missing.")
    if destination in missing:
        return _("The destination password is missing.")
    return ""
