"""Which accounts of the board are shown."""

from PySide6.QtCore import QObject, QSortFilterProxyModel, Qt, Slot

from mailmove_gui.desktop.models import words
from mailmove_gui.desktop.models.board_model import BoardModel
from mailmove_gui.desktop.models.column_model import Index
from mailmove_gui.desktop.models.groups import Group
from mailmove_gui.desktop.models.rows import BoardRow
from mailmove_gui.texts import _


class BoardFilter(QSortFilterProxyModel):
    """Accounts of one group whose addresses, servers or problem hold what is searched for; sortable."""

    def __init__(self, model: BoardModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._group: Group | None = None
        self._wanted = ""
        self.setSourceModel(model)

    @property
    def group(self) -> Group | None:
        """The group that is shown; None: all."""
        return self._group

    @Slot(object)
    def show_group(self, group: Group | None) -> None:
        """Show the accounts of one group, or of all."""
        self.beginFilterChange()
        self._group = group
        self.endFilterChange()

    @Slot(str)
    def search(self, text: str) -> None:
        """Show accounts that hold this text."""
        self.beginFilterChange()
        self._wanted = text.strip().casefold()
        self.endFilterChange()

    def words_if_empty(self) -> str:
        """What is to be said when no account is shown."""
        if self._wanted:
            return _("No account matches “{text}”.").format(text=self._wanted)
        return _("No account is in this state now.")

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Have the board sorted; it is faster at that than a proxy."""
        self._model.sort(column, order)

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        """Whether an account is shown."""
        row = self._model.rows[source_row]
        if self._group is not None and row.group is not self._group:
            return False
        return not self._wanted or self._wanted in _searchable(row)

    def board_row(self, index: Index) -> BoardRow:
        """The account behind an index of this model."""
        return self._model.rows[self.mapToSource(index).row()]


def _searchable(row: BoardRow) -> str:
    source, destination = row.account.source, row.account.destination
    parts = (
        source.user,
        destination.user,
        source.endpoint.host,
        destination.endpoint.host,
        words.problem_text(row),
    )
    return "\n".join(parts).casefold()
