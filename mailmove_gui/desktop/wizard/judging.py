"""What is wrong with the rows of a draft, worked out bit by bit. No Qt."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from mailmove_gui.batch import AccountReader
from mailmove_gui.desktop.wizard.draft import MigrationDraft, hinders, is_blank, missing_passwords
from mailmove_gui.domain.problems import Problem

_ROWS_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Judgement:
    """How many rows are filled in, how many accounts they are, and what is wrong, by the row of the table (from 1)."""

    filled: int = 0
    accounts: int = 0
    problems: Mapping[int, tuple[Problem, ...]] = field(default_factory=dict)
    hindering: int = 0
    """rows that have to be corrected before the accounts can be checked"""

    @property
    def to_look_at(self) -> int:
        """Rows with a problem of any kind."""
        return len(self.problems)

    @property
    def can_check(self) -> bool:
        """Whether there are accounts, and nothing about them keeps them from being tried."""
        return bool(self.accounts) and not self.hindering


class Judging:
    """Judges the rows of one draft: thousands of them take longer than a window may stand still."""

    def __init__(self, draft: MigrationDraft) -> None:
        self._draft = draft
        self._rows = enumerate(draft.rows, 1)
        self._reader = AccountReader(draft.source.endpoint, draft.destination.endpoint)
        self._problems: dict[int, tuple[Problem, ...]] = {}
        self._filled = 0

    def go_on(self, is_late: Callable[[], bool]) -> Judgement | None:
        """Judge more rows; returns the judgement when all are done, or None as soon as `is_late` says so."""
        for number, row in self._rows:
            if not is_blank(row):
                self._filled += 1
                full = replace(self._draft.completed(row), number=number)
                problems = (*self._reader.take(full), *missing_passwords(full))
                if problems:
                    self._problems[number] = problems
            if number % _ROWS_AT_ONCE == 0 and is_late():
                return None
        hindering = sum(any(map(hinders, problems)) for problems in self._problems.values())
        return Judgement(self._filled, len(self._reader.accounts), self._problems, hindering)
