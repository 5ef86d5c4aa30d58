"""Filters by state, with the number of accounts in each."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from mailmove_gui.desktop.models.groups import SHOWN_WHEN_EMPTY, Group
from mailmove_gui.desktop.models.rows import Summary
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.chips import Chip, ChipRow
from mailmove_gui.texts import _

_TONES = {
    Group.NEEDS_YOU: Tone.NEEDS_SOMEONE,
    Group.FAILED: Tone.FAILED,
}


class GroupFilters(ChipRow):
    """All accounts, or those of one group."""

    group_chosen = Signal(object)
    """Group, or None: all"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.add(Chip(_("All"), parent=self))
        for group in Group:
            self.add(Chip(group.word, _TONES.get(group, Tone.IDLE), self))
        self.chosen.connect(self._choose_group)

    @property
    def all_chips(self) -> list[Chip]:
        """In their order."""
        return [self.chip(position) for position in range(len(Group) + 1)]

    def show_summary(self, summary: Summary) -> None:
        """Bring the numbers up to date; groups that are seldom needed are shown only if somebody is in them."""
        self.chip(0).show_number(summary.accounts)
        for position, group in enumerate(Group, 1):
            number = summary.groups.get(group, 0)
            chip = self.chip(position)
            chip.show_number(number)
            chip.setVisible(bool(number) or group in SHOWN_WHEN_EMPTY or chip.isChecked())

    @Slot(int)
    def _choose_group(self, position: int) -> None:
        self.group_chosen.emit(list(Group)[position - 1] if position else None)
