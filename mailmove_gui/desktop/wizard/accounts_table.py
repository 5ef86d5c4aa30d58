"""The table that accounts are typed into."""

from PySide6.QtCore import (
    QAbstractItemModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPalette
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyleOptionViewItem, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.cells import Cell, IconCell, Table, set_up_table, text_width
from mailmove_gui.desktop.widgets.password_edit import PasswordEdit
from mailmove_gui.desktop.widgets.table_header import ColumnFit
from mailmove_gui.desktop.wizard.accounts_model import DERIVED_ROLE, HINDERS_ROLE, PASSWORDS, AccountsModel, Column
from mailmove_gui.texts import _

Index = QModelIndex | QPersistentModelIndex


class _TypedCell(Cell):
    """What was typed; what follows from the options is drawn lighter."""

    def paint_inside(self, painter: QPainter, rect: QRect, palette: QPalette, index: Index) -> None:
        if index.data(DERIVED_ROLE):
            painter.setPen(theme.secondary_text(palette))
        self.draw_single(painter, rect, str(index.data() or ""))


class _PasswordCell(_TypedCell):
    """Dots; the field to type into starts empty, and left empty it changes nothing."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = PasswordEdit(parent)
        editor.setAccessibleName(_("Password"))
        if index.data():
            editor.setPlaceholderText(_("unchanged"))
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Never put a password into a field."""

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, PasswordEdit) and editor.text():
            model.setData(index, editor.text())


class _ProblemCell(IconCell):
    """A mark and a sentence."""

    def icon_of(self, index: Index) -> tuple[str, Tone] | None:
        hinders = index.data(HINDERS_ROLE)
        if hinders is None or not index.data():
            return None
        return ("failed", Tone.FAILED) if hinders else ("warning", Tone.WAITING)


class AccountsTable(Table):
    """Typing, pasting with Ctrl+V, and Delete, which empties cells or takes whole rows away."""

    paste_wanted = Signal()
    remove_wanted = Signal()

    def __init__(self, model: AccountsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._accounts = model
        self.setModel(model)
        set_up_table(self)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setAccessibleName(_("Accounts"))
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(
            triggers.DoubleClicked | triggers.SelectedClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed
        )
        self.setItemDelegate(_TypedCell(self))
        for column in PASSWORDS:
            self.setItemDelegateForColumn(column, _PasswordCell(self))
        self.setItemDelegateForColumn(Column.PROBLEM, _ProblemCell(self))
        rows = self.verticalHeader()
        rows.show()
        rows.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        address, password = text_width(self, "anna@old.example"), text_width(self, "\N{BLACK CIRCLE}" * 7)
        least = {
            Column.SOURCE_USER: address,
            Column.SOURCE_PASSWORD: password,
            Column.DESTINATION_USER: address,
            Column.DESTINATION_PASSWORD: password,
            Column.PROBLEM: text_width(self, "The destination pass"),
        }
        self._fit = ColumnFit(self, least, {Column.SOURCE_USER: 2, Column.DESTINATION_USER: 2, Column.PROBLEM: 3})

    def edit_row(self, row: int) -> None:
        """Begin to type into a row."""
        self.go_to(row)
        self.edit(self.currentIndex())

    def go_to(self, row: int) -> None:
        """Show a row (0-based), and let the keyboard begin there."""
        index = self._accounts.index(row, Column.SOURCE_USER)
        self.setFocus()
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index)

    def chosen_rows(self) -> list[int]:
        """Rows with a selected cell."""
        return sorted({index.row() for index in self.selectionModel().selectedIndexes()})

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Paste and delete."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste_wanted.emit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            chosen = self.selectionModel().selectedIndexes()
            whole = self.selectionModel().selectedRows()
            if whole and len(chosen) == len(whole) * len(Column):
                self.remove_wanted.emit()
            else:
                self._accounts.clear_cells(chosen)
        else:
            super().keyPressEvent(event)
