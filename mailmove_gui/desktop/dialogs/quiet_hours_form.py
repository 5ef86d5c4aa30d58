"""Quiet hours, a row each: from when to when, on which days."""

from collections.abc import Iterable
from datetime import time

from PySide6.QtCore import QTime, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QTimeEdit, QVBoxLayout, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.models.control import day_names, long_day_names
from mailmove_gui.desktop.widgets.icon_button import IconButton
from mailmove_gui.desktop.widgets.indicators import CheckBox
from mailmove_gui.domain.quiet_hours import QuietHours
from mailmove_gui.texts import _

MOST_ROWS = 4
_WORKING_HOURS = QuietHours(time(8), time(18), frozenset(range(5)))


class QuietHoursRow(QWidget):
    """One row."""

    changed = Signal()
    removed = Signal(QWidget)

    def __init__(self, hours: QuietHours, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.begin_field = _time_field(hours.begin, _("Quiet from"), self)
        self.end_field = _time_field(hours.end, _("Quiet until"), self)
        self.day_boxes: list[CheckBox] = []
        layout = QHBoxLayout(self)
        theme.set_margins(layout, 0, theme.SPACE_TINY)
        layout.addWidget(self.begin_field)
        layout.addWidget(QLabel(_("to"), self))
        layout.addWidget(self.end_field)
        layout.addSpacing(theme.SPACE_SMALL)
        for day, (short, long) in enumerate(zip(day_names(), long_day_names(), strict=True)):
            box = CheckBox(short, self)
            box.setAccessibleName(long)
            box.setToolTip(long)
            box.setChecked(day in hours.weekdays)
            box.toggled.connect(self._change)
            self.day_boxes.append(box)
            layout.addWidget(box)
        self.remove_button = IconButton("remove", "", self)
        self.remove_button.setAccessibleName(_("Remove these hours"))
        self.remove_button.setToolTip(_("Remove these hours"))
        self.remove_button.clicked.connect(self._remove)
        layout.addSpacing(theme.SPACE_SMALL)
        layout.addWidget(self.remove_button)
        layout.addStretch(1)
        self.begin_field.timeChanged.connect(self._change)
        self.end_field.timeChanged.connect(self._change)

    def hours(self) -> QuietHours:
        """What is entered."""
        days = frozenset(day for day, box in enumerate(self.day_boxes) if box.isChecked())
        return QuietHours(_time_of(self.begin_field), _time_of(self.end_field), days)

    @Slot()
    def _change(self) -> None:
        self.changed.emit()

    @Slot()
    def _remove(self) -> None:
        self.removed.emit(self)


class QuietHoursForm(QWidget):
    """The rows, and a button for another one."""

    changed = Signal()

    def __init__(self, quiet_hours: Iterable[QuietHours], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[QuietHoursRow] = []
        self.add_button = QPushButton(_("&Add quiet hours"), self)
        self.add_button.setAutoDefault(False)
        self.add_button.clicked.connect(self._add_usual)
        self._layout = QVBoxLayout(self)
        theme.set_margins(self._layout, 0, theme.SPACE_SMALL)
        add = QHBoxLayout()
        add.addWidget(self.add_button)
        add.addStretch(1)
        self._layout.addLayout(add)
        for hours in quiet_hours:
            self._add(hours)

    def quiet_hours(self) -> tuple[QuietHours, ...]:
        """What is entered, in the order of the rows."""
        return tuple(row.hours() for row in self.rows)

    def _add(self, hours: QuietHours) -> QuietHoursRow:
        row = QuietHoursRow(hours, self)
        row.changed.connect(self.changed)
        row.removed.connect(self._remove)
        self._layout.insertWidget(len(self.rows), row)
        before = self.rows[-1].remove_button if self.rows else None
        self.rows.append(row)
        stops = [row.begin_field, row.end_field, *row.day_boxes, row.remove_button, self.add_button]
        for one, following in zip([before, *stops], stops, strict=False):
            if one is not None:
                self.setTabOrder(one, following)
        self._renew()
        return row

    @Slot()
    def _add_usual(self) -> None:
        self._add(_WORKING_HOURS).begin_field.setFocus()
        self.changed.emit()

    @Slot(QWidget)
    def _remove(self, row: QuietHoursRow) -> None:
        self.rows.remove(row)
        row.hide()
        row.deleteLater()
        self.add_button.setFocus()
        self._renew()
        self.changed.emit()

    def _renew(self) -> None:
        self.add_button.setEnabled(len(self.rows) < MOST_ROWS)


def _time_field(value: time, name: str, parent: QWidget) -> QTimeEdit:
    field = QTimeEdit(QTime(value.hour, value.minute), parent)
    field.setDisplayFormat("HH:mm")
    field.setAccessibleName(name)
    field.setMinimumHeight(theme.field_height(field))
    return field


def _time_of(field: QTimeEdit) -> time:
    return time(field.time().hour(), field.time().minute())
