"""Fields for days."""

from datetime import date

from PySide6.QtWidgets import QDateEdit

from mailmove_gui.desktop import theme


def set_up_day(field: QDateEdit, name: str) -> None:
    """Give a field a calendar, and days as they are written everywhere here."""
    field.setCalendarPopup(True)
    field.setDisplayFormat("yyyy-MM-dd")
    field.setAccessibleName(name)
    field.setMinimumHeight(theme.field_height(field))


def day_in(field: QDateEdit) -> date:
    """The day that is entered."""
    day = field.date()
    return date(day.year(), day.month(), day.day())
