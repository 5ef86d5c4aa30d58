"""The board's table: its columns, what they look like, and who is chosen."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QTableView, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.board.cells import AccountCell, ProblemCell, ProgressCell, StateCell
from mailmove_gui.desktop.models.board_filter import BoardFilter
from mailmove_gui.desktop.models.board_model import Column
from mailmove_gui.desktop.models.rows import BoardRow
from mailmove_gui.desktop.widgets.cells import Cell, Table, set_up_table, text_width
from mailmove_gui.desktop.widgets.table_header import ColumnFit
from mailmove_gui.texts import _, numbers


class AccountsTable(Table):
    """Accounts, one a row; several can be chosen."""

    def __init__(self, accounts: BoardFilter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._accounts = accounts
        self._chosen: tuple[BoardRow, ...] | None = None
        self.setModel(accounts)
        set_up_table(self)
        self.setAccessibleName(_("Accounts"))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.setItemDelegate(Cell(self, right=True))
        self.setItemDelegateForColumn(Column.ACCOUNT, AccountCell(self))
        self.setItemDelegateForColumn(Column.STATE, StateCell(self))
        self.setItemDelegateForColumn(Column.PROGRESS, ProgressCell(self))
        self.setItemDelegateForColumn(Column.PROBLEM, ProblemCell(self))
        least = {
            Column.ACCOUNT: text_width(self, "anna.muster@old.example"),
            Column.STATE: text_width(self, "Needs a password ") + 22,
            Column.PROGRESS: text_width(self, "12 480 of 12 480"),
            Column.SIZE: text_width(self, "450 MB of"),
            Column.SPEED: text_width(self, numbers.messages_per_minute(1310)),
            Column.LEFT: text_width(self, "Time left"),
            Column.STARTED: text_width(self, "2026-11-23 23:10"),
            Column.PROBLEM: text_width(self, "The source server does"),
        }
        shares = {Column.ACCOUNT: 4, Column.PROGRESS: 1, Column.SIZE: 2, Column.PROBLEM: 6}
        self._fit = ColumnFit(self, least, shares, spare=(Column.STARTED,))
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        # In the order of the plan until somebody sorts.
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        self.setSortingEnabled(True)
        leave = QAction(self)
        leave.setShortcut(QKeySequence(QKeySequence.StandardKey.Cancel))
        leave.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        leave.triggered.connect(self.clearSelection)
        self.addAction(leave)

        self.selectionModel().selectionChanged.connect(self._forget_chosen)
        accounts.layoutChanged.connect(self._forget_chosen)
        accounts.modelReset.connect(self._forget_chosen)

    def chosen(self) -> tuple[BoardRow, ...]:
        """The selected accounts, as shown.

        They are asked for at every change of the board, and looking a thousand of them up takes longer than all else.
        """
        if self._chosen is None:
            indexes = self.selectionModel().selectedRows()
            self._chosen = tuple(self._accounts.board_row(index) for index in indexes)
        return self._chosen

    def paintEvent(self, event: QPaintEvent) -> None:
        """Say so where no account is shown: an empty table looks like a broken one."""
        super().paintEvent(event)
        if not self._accounts.rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(theme.secondary_text(self.palette()))
            place = self.viewport().rect().adjusted(theme.SPACE, theme.SPACE_HUGE, -theme.SPACE, 0)
            align = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(place, align, self._accounts.words_if_empty())
            painter.end()

    @Slot()
    def _forget_chosen(self) -> None:
        self._chosen = None
