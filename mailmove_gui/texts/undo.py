"""What an undo came to, in words."""

from mailmove_gui.domain.undo import UndoResult
from mailmove_gui.texts.language import _
from mailmove_gui.texts.numbers import messages


def what_was_left(result: UndoResult) -> tuple[str, ...]:
    """A line for each kind of message that was not removed; none if all were."""
    kinds = (
        (result.touched, _("{messages} left: changed since by somebody, such as read or flagged")),
        (result.only_copies, _("{messages} left: not at the source any more")),
        (result.not_found, _("{messages} not found: filed elsewhere or deleted since")),
    )
    return tuple(words.format(messages=messages(number)) for number, words in kinds if number)
