"""Folder by folder: what is at the source, and what became of it."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QTableView, QVBoxLayout, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.details.cells import CountCell, FolderCell, VerifiedCell
from mailmove_gui.desktop.details.table_or_words import TableOrWords
from mailmove_gui.desktop.models.folders_model import Column, FoldersModel, heading
from mailmove_gui.desktop.widgets.cells import Table, set_up_table, text_width
from mailmove_gui.desktop.widgets.icon_button import IconButton
from mailmove_gui.desktop.widgets.labels import QuietLabel
from mailmove_gui.desktop.widgets.table_header import ColumnFit
from mailmove_gui.domain.progress import Counts, FolderCounts
from mailmove_gui.domain.records import VerificationRecord
from mailmove_gui.texts import _
from mailmove_gui.texts.afterwards import refiled_sentence, removed_sentence, verification_sentence


class FoldersTab(QWidget):
    """A table of folders; the first row has the sums. Below it, what has become of the messages since."""

    bring_back_wanted = Signal()
    """what was deleted at the destination is to be sent again"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = FoldersModel(self)
        self.table = Table(self)
        self._build_table()
        self.content = TableOrWords(self.table, self)
        self.bring_back_button = IconButton("retry", _("&Bring them back"), self)
        self._afterwards = QuietLabel(parent=self)
        below = QHBoxLayout()
        below.setSpacing(theme.SPACE_SMALL)
        below.addWidget(self._afterwards, 1)
        below.addWidget(self.bring_back_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_SMALL)
        layout.addWidget(self.content)
        layout.addLayout(below)
        self.bring_back_button.clicked.connect(self.bring_back_wanted)
        self.clear()

    @property
    def afterwards(self) -> str:
        """What has become of the messages at the destination since, in words."""
        return self._afterwards.text()

    def clear(self) -> None:
        """Another account is going to be shown."""
        self.model.show_folders(())
        self.content.show_words(_("Reading…"))
        self.show_afterwards(Counts(), ())

    def show_folders(self, folders: Sequence[FolderCounts]) -> None:
        """Show the folders of an account, or bring them up to date."""
        self.model.show_folders(folders)
        self.content.show_words("" if folders else _("Its folders are looked at when the account starts."))

    def show_afterwards(self, counts: Counts, verifications: Sequence[VerificationRecord]) -> None:
        """Tell what was filed elsewhere or deleted at the destination, and what looking again has found."""
        sentences = [refiled_sentence(counts.refiled)] if counts.refiled else []
        if counts.removed:
            sentences.append(removed_sentence(counts.removed))
        sentences += map(verification_sentence, verifications)
        self._afterwards.setText(" ".join(sentences))
        self._afterwards.setVisible(bool(sentences))
        self.bring_back_button.setVisible(bool(counts.removed))

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
