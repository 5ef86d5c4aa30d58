"""What an undo came to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UndoResult:
    """What became of the messages that had been moved.

    `touched` were altered since they arrived, `only_copies` are not at the source any more: both were left where they
    are. `not_found` are not where they arrived, so somebody has filed or deleted them.
    """

    removed: int = 0
    touched: int = 0
    only_copies: int = 0
    not_found: int = 0

    def __add__(self, other: "UndoResult") -> "UndoResult":
        return UndoResult(
            self.removed + other.removed,
            self.touched + other.touched,
            self.only_copies + other.only_copies,
            self.not_found + other.not_found,
        )
