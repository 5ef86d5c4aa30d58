from collections.abc import Callable
from datetime import date, time

import pytest
from PySide6.QtCore import QDate, Qt, QTime
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from mailmove_gui.desktop.dialogs.control_dialog import ControlDialog
from mailmove_gui.desktop.dialogs.quiet_hours_form import MOST_ROWS
from mailmove_gui.desktop.models.control import Control
from mailmove_gui.domain.quiet_hours import EVERY_DAY, QuietHours

WORKING_HOURS = QuietHours(time(8), time(18), frozenset(range(5)))


@pytest.fixture
def open_dialog(qapp: QApplication, keep: Callable[[QWidget], QWidget]) -> Callable[[Control], ControlDialog]:
    def make(control: Control) -> ControlDialog:
        dialog = ControlDialog(control)
        keep(dialog)
        dialog.show()
        return dialog

    return make


def test_it_shows_what_is_in_force_and_changes_nothing_by_itself(
    open_dialog: Callable[[Control], ControlDialog],
) -> None:
    night = QuietHours(time(22, 15), time(6))
    for control in (Control(), Control(9, 2_500_000, (WORKING_HOURS, night), 3600, date(2026, 12, 31))):
        assert open_dialog(control).control() == control


def test_what_is_entered_is_handed_over(open_dialog: Callable[[Control], ControlDialog]) -> None:
    dialog = open_dialog(Control())
    applied: list[Control] = []
    dialog.applied.connect(applied.append)
    dialog.accounts_field.setValue(12)
    assert not dialog.bandwidth_field.isEnabled()
    dialog.bandwidth_box.click()
    dialog.bandwidth_field.setValue(0.5)
    dialog.hours_form.add_button.click()
    (row,) = dialog.hours_form.rows
    row.begin_field.setTime(QTime(20, 30))
    row.day_boxes[5].click()
    row.day_boxes[6].click()
    assert not dialog.source_end.field.isEnabled()
    dialog.source_end.box.click()
    dialog.source_end.field.setDate(QDate(2027, 1, 31))
    QTest.mouseClick(dialog.apply_button, Qt.MouseButton.LeftButton)
    hours = QuietHours(time(20, 30), time(18), EVERY_DAY)
    assert applied == [Control(12, 500_000, (hours,), source_ends=date(2027, 1, 31))]
    assert dialog.isHidden()


def test_cancel_hands_over_nothing(open_dialog: Callable[[Control], ControlDialog]) -> None:
    dialog = open_dialog(Control())
    applied: list[Control] = []
    dialog.applied.connect(applied.append)
    dialog.accounts_field.setValue(12)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert applied == []
    assert dialog.isHidden()


def test_hours_without_a_day_cannot_be_used_until_they_are_removed(
    open_dialog: Callable[[Control], ControlDialog],
) -> None:
    dialog = open_dialog(Control(4, None, (WORKING_HOURS,)))
    (row,) = dialog.hours_form.rows
    for box in row.day_boxes[:5]:
        box.click()
    assert dialog.notice.text().startswith("Row 1 has no day")
    assert not dialog.apply_button.isEnabled()
    row.remove_button.click()
    assert dialog.notice.text() == ""
    assert dialog.apply_button.isEnabled()
    assert dialog.control() == Control()


def test_there_are_no_more_rows_than_fit_the_smallest_window(open_dialog: Callable[[Control], ControlDialog]) -> None:
    dialog = open_dialog(Control())
    for _row in range(MOST_ROWS):
        assert dialog.hours_form.add_button.isEnabled()
        dialog.hours_form.add_button.click()
    assert not dialog.hours_form.add_button.isEnabled()
    assert dialog.minimumSizeHint().height() <= 600
