"""The day on which the source ends, which not everybody knows."""

from datetime import date

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QDateEdit, QHBoxLayout, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.widgets.days import day_in, set_up_day
from mailmove_gui.desktop.widgets.indicators import CheckBox
from mailmove_gui.domain.deadline import REMIND_DAYS
from mailmove_gui.texts import _


class SourceEndField(QWidget):
    """A box to tick, and beside it the day."""

    changed = Signal()
    """another day, or none any more"""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = CheckBox(text, self)
        self.field = QDateEdit(QDate.currentDate().addDays(REMIND_DAYS), self)
        set_up_day(self.field, _("Day on which the source ends"))
        self.field.setEnabled(False)
        layout = QHBoxLayout(self)
        theme.set_margins(layout, 0, theme.SPACE_SMALL)
        layout.addWidget(self.box)
        layout.addWidget(self.field)
        layout.addStretch(1)
        self.box.toggled.connect(self.field.setEnabled)
        self.box.toggled.connect(self.changed)
        self.field.dateChanged.connect(self.changed)

    @property
    def day(self) -> date | None:
        """What is chosen; None where the box is not ticked."""
        return day_in(self.field) if self.box.isChecked() else None

    def show_day(self, day: date | None) -> None:
        """Show another choice; nobody is told."""
        self.blockSignals(True)
        if day is not None:
            self.field.setDate(QDate(day.year, day.month, day.day))
        self.box.setChecked(day is not None)
        self.blockSignals(False)
