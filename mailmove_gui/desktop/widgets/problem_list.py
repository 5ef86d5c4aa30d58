"""Rows with a problem, by their numbers."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QStringListModel, Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from mailmove_gui.texts import _
from mailmove_gui.texts.problems import in_row


class ProblemList(QListView):
    """One line a row; a line that is clicked, or chosen with Enter, tells its row."""

    row_wanted = Signal(int)
    """the row's number, from 1"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = QStringListModel(self)
        self._rows: list[int] = []
        self.setModel(self._lines)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.setAccessibleName(_("Rows to look at"))
        self.activated.connect(self._choose)
        self.clicked.connect(self._choose)

    def show_problems(self, problems: Sequence[tuple[int, str]]) -> None:
        """Show (row, sentence) pairs."""
        self._rows = [row for row, _sentence in problems]
        self._lines.setStringList([in_row(row, text) for row, text in problems])

    def lines(self) -> list[str]:
        """What it shows."""
        return self._lines.stringList()

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        self.row_wanted.emit(self._rows[index.row()])
