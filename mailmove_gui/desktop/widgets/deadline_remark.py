"""How a migration stands to the end of its source: a sentence, and an icon in the colour of what it says."""

from typing import assert_never

from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.remark import Remark
from mailmove_gui.domain.deadline import Outlook
from mailmove_gui.texts.deadline import DeadlineWords


class DeadlineRemark(Remark):
    """Hidden where no day is known."""

    def show_words(self, words: DeadlineWords | None, *, in_full: bool) -> None:
        """Show the sentence; what would help stands behind it, or in the tool tip where it is not to be `in_full`."""
        if words is None:
            self.clear()
            self.setToolTip("")
            return
        self.say(_tone(words.outlook), words.in_full if in_full else words.text)
        self.setToolTip("" if in_full else words.advice)


def _tone(outlook: Outlook | None) -> Tone:
    match outlook:
        case Outlook.IN_TIME:
            return Tone.DONE
        case Outlook.TIGHT:
            return Tone.WAITING
        case Outlook.TOO_LATE:
            return Tone.FAILED
        case None:
            return Tone.IDLE
        case _ as never:
            assert_never(never)
