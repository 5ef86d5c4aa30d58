"""In which way a message at the destination differs from the one at the source."""

from typing import assert_never

from mailmove_gui.domain.records import Change
from mailmove_gui.texts.language import _


def change_sentence(change: Change) -> str:
    """One sentence about what was changed, and why."""
    match change:
        case Change.DATE_CLAMPED:
            return _("Its date, before 1970 or in the future, was set to one that servers can store.")
        case Change.FLAGS_DROPPED:
            return _("The destination cannot keep some of its flags, such as read or answered.")
        case Change.KEYWORDS_DROPPED:
            return _("The destination cannot keep some of its labels (keywords).")
        case Change.LINE_ENDS:
            return _("The destination wanted other line ends (CRLF); its text is the same.")
        case Change.REWRITTEN:
            return _("The destination stored it with other bytes than it was sent.")
        case Change.SHORTER:
            return _("The source handed out less of it than it says there is: a part may be missing.")
        case _ as never:
            assert_never(never)
