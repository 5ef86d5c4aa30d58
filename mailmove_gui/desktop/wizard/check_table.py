"""The table of what the check found."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.models.check_model import OUTCOME_ROLE, WARNS_ROLE, CheckModel, Column
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.cells import AddressCell, Cell, IconCell, Table, set_up_table, text_width
from mailmove_gui.desktop.widgets.table_header import ColumnFit
from mailmove_gui.texts import _

Index = QModelIndex | QPersistentModelIndex


class _SideCell(IconCell):
    """Tick or cross; the word for it is read out, and a failure stands in the note."""

    def icon_of(self, index: Index) -> tuple[str, Tone] | None:
        match index.data(OUTCOME_ROLE):
            case True:
                return "done", Tone.DONE
            case False:
                return "failed", Tone.FAILED
            case _:
                return "queued", Tone.IDLE

    def paint_text(self, painter: QPainter, rect: QRect, palette: QPalette, index: Index) -> None:
        """Nothing: there is room for the account's name instead."""


class _NoteCell(IconCell):
    """Up to two lines; failures and warnings in their colour."""

    def icon_of(self, index: Index) -> tuple[str, Tone] | None:
        return ("warning", Tone.WAITING) if index.data(WARNS_ROLE) else None

    def paint_inside(self, painter: QPainter, rect: QRect, palette: QPalette, index: Index) -> None:
        is_failure = index.data(OUTCOME_ROLE) is False
        painter.setPen(Tone.FAILED.color(palette) if is_failure else theme.secondary_text(palette))
        super().paint_inside(painter, rect, palette, index)


class CheckTable(Table):
    """One line an account."""

    def __init__(self, model: CheckModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        set_up_table(self)
        self.setAccessibleName(_("What the check found"))
        self.setItemDelegate(Cell(self, right=True))
        self.setItemDelegateForColumn(Column.ACCOUNT, AddressCell(self))
        side = _SideCell(self)
        self.setItemDelegateForColumn(Column.SOURCE, side)
        self.setItemDelegateForColumn(Column.DESTINATION, side)
        self.setItemDelegateForColumn(Column.NOTE, _NoteCell(self))
        least = {
            Column.ACCOUNT: text_width(self, "anna@old.example"),
            Column.SOURCE: text_width(self, _("Source")),
            Column.DESTINATION: text_width(self, _("Destination")),
            Column.MESSAGES: text_width(self, _("Messages")),
            Column.SIZE: text_width(self, "999 MB"),
            Column.VISIBLE_SINCE: max(text_width(self, _("Visible since")), text_width(self, "2026-12-28")),
            Column.NOTE: text_width(self, "The destination server"),
        }
        self._fit = ColumnFit(self, least, {Column.ACCOUNT: 2, Column.MESSAGES: 1, Column.NOTE: 5})
