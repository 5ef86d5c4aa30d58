"""One row of a table."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its number as a spreadsheet shows it, and its cells (not in the repr: some are passwords).

    `numbers` are the columns in which a spreadsheet holds no text, but a number, a date or a truth value.
    """

    number: int
    cells: tuple[str, ...] = field(repr=False)
    numbers: frozenset[int] = frozenset()

    def cell(self, column: int | None) -> str:
        """The cell of a 0-based column; empty where the row is shorter, or the column None."""
        return self.cells[column] if column is not None and column < len(self.cells) else ""
