"""Folder by folder: what is at the source, and what became of it."""

from collections.abc import Sequence

from PySide6.QtWidgets import QTableView, QVBoxLayout, QWidget

from mailmove_gui.desktop.details.cells import CountCell, FolderCell, VerifiedCell
from mailmove_gui.desktop.details.table_or_words import TableOrWords
from mailmove_gui.desktop.models.folders_model import Column, FoldersModel, heading
from mailmove_gui.desktop.widgets.cells import Table, set_up_table, text_width
from mailmove_gui.desktop.widgets.table_header import ColumnFit
from mailmove_gui.domain.progress import FolderCounts
from mailmove_gui.texts import _


class FoldersTab(QWidget):
    """A table of folders; the first row has the sums."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = FoldersModel(self)
        self.table = Table(self)
        self._build_table()
        self.content = TableOrWords(self.table, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.content)
        self.clear()

    def clear(self) -> None:
        """Another account is going to be shown."""
        self.model.show_folders(())
        self.content.show_words(_("Reading…"))

    def show_folders(self, folders: Sequence[FolderCounts]) -> None:
        """Show the folders of an account, or bring them up to date."""
        self.model.show_folders(folders)
        self.content.show_words("" if folders else _("Its folders are looked at when the account starts."))

    def _build_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        set_up_table(table, lines=1.0)
        table.setAccessibleName(_("Folders"))
        table.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        table.setItemDelegate(CountCell(table))
        table.setItemDelegateForColumn(Column.FOLDER, FolderCell(table))
        table.setItemDelegateForColumn(Column.VERIFIED, VerifiedCell(table))
        counts = (column for column in Column if column not in (Column.FOLDER, Column.VERIFIED))
        least = {Column.FOLDER: text_width(table, "Archive of projects 2024")}
        least |= {column: max(text_width(table, heading(column)), text_width(table, "123 456")) for column in counts}
        least[Column.VERIFIED] = text_width(table, "12 480 to verify") + 22
        self._fit = ColumnFit(table, least, {Column.FOLDER: 5, Column.VERIFIED: 1})
