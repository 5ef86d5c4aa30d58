"""The board's table with the details below it."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QSplitter, QTableView, QWidget

from mailmove_gui.desktop.details.panel import DetailsPanel

_USUAL_HEIGHT = 270
_LEAST_ROWS = 2
"""Of the table that are seen above the details: its headings, and one account."""


class DetailsSplit(QSplitter):
    """Remembers how high the details are; a window that gets higher gives its room to the table."""

    height_chosen = Signal(int)
    """the details are closed, and had this height because somebody chose it"""

    def __init__(self, table: QTableView, panel: DetailsPanel, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._panel = panel
        self._table = table
        self._height = _USUAL_HEIGHT
        self._is_new = False
        self.addWidget(table)
        self.addWidget(panel)
        self.setChildrenCollapsible(False)
        self.setStretchFactor(0, 1)
        self.setStretchFactor(1, 0)
        table.setMinimumHeight(_LEAST_ROWS * table.verticalHeader().defaultSectionSize())
        self.splitterMoved.connect(self._moved)
        table.viewport().installEventFilter(self)

    @property
    def details_height(self) -> int:
        """How high the details are, or will be when they are opened."""
        return self._height

    def remember(self, height: int) -> None:
        """They had this height in another session."""
        self._height = height

    def unfold(self) -> None:
        """The details are shown now."""
        self.setSizes([max(0, self.height() - self._height - self.handleWidth()), self._height])

    def fold(self) -> None:
        """They are hidden now."""
        if self._is_new:
            self._is_new = False
            self.height_chosen.emit(self._height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The account whose details are shown stays in sight when the table gets smaller."""
        if event.type() == QEvent.Type.Resize and self._panel.account_id:
            # The table knows its new size after this event.
            QTimer.singleShot(0, self._show_current)
        return super().eventFilter(watched, event)

    @Slot()
    def _show_current(self) -> None:
        # Where there is room for one account alone, half of the one before it would be in its way.
        rows = self._table.viewport().height() / self._table.verticalHeader().defaultSectionSize()
        hint = QTableView.ScrollHint.PositionAtTop if rows < _LEAST_ROWS else QTableView.ScrollHint.EnsureVisible
        self._table.scrollTo(self._table.currentIndex(), hint)

    @Slot(int, int)
    def _moved(self, position: int, handle: int) -> None:
        self._height = self._panel.height()
        self._is_new = True
