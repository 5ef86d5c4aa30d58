"""What the columns of an account list are for."""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum

from mailmove_gui.domain.problems import InvalidInput, Problem, ProblemKind


class ColumnRole(StrEnum):
    """What a column holds; its value is the heading that says so."""

    SOURCE_USER = "source_user"
    SOURCE_PASSWORD = "source_password"
    DESTINATION_USER = "destination_user"
    DESTINATION_PASSWORD = "destination_password"
    SOURCE = "source"
    DESTINATION = "destination"
    IGNORE = "ignore"


HEADINGS = tuple(role.value for role in ColumnRole if role is not ColumnRole.IGNORE)
"""All headings that are understood, in the order of a template."""

_PASTED = (
    ColumnRole.SOURCE_USER,
    ColumnRole.SOURCE_PASSWORD,
    ColumnRole.DESTINATION_USER,
    ColumnRole.DESTINATION_PASSWORD,
    ColumnRole.SOURCE,
    ColumnRole.DESTINATION,
)
_NEEDED = (ColumnRole.SOURCE_USER, ColumnRole.DESTINATION_USER)
_BETWEEN_WORDS = re.compile(r"[\s_\-]+")
_ROLE_OF = {role.value: role for role in ColumnRole if role is not ColumnRole.IGNORE}


def role_of_heading(heading: str) -> ColumnRole:
    """The role that a heading names; case, and blanks instead of underscores, do not count."""
    plain = unicodedata.normalize("NFKC", heading).replace("\ufeff", "").strip().casefold()
    return _ROLE_OF.get(_BETWEEN_WORDS.sub("_", plain), ColumnRole.IGNORE)


def roles_of_headings(headings: Sequence[str]) -> tuple[ColumnRole, ...]:
    """The role of each column by its heading.

    Both user columns must be there, so that a misspelt heading does not quietly become "the same name";
    passwords and servers may come from elsewhere.

    Raises:
        InvalidInput: COLUMN_MISSING without a user column, COLUMN_TWICE where two columns have one role.
    """
    roles = tuple(map(role_of_heading, headings))
    for role in ColumnRole:
        if role is not ColumnRole.IGNORE and roles.count(role) > 1:
            raise InvalidInput(Problem(ProblemKind.COLUMN_TWICE, field=role.value))
    for role in _NEEDED:
        if role not in roles:
            raise InvalidInput(Problem(ProblemKind.COLUMN_MISSING, field=role.value))
    return roles


def roles_by_position(columns: int) -> tuple[ColumnRole, ...]:
    """The roles of columns without headings: source user, its password, destination user, its password."""
    return (*_PASTED[:columns], *(ColumnRole.IGNORE,) * (columns - len(_PASTED)))
