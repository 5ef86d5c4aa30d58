"""Headings with a field above each that says what the column is for."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSignalBlocker, QSize, Signal, Slot
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QComboBox, QWidget

from mailmove_gui.batch import ROLES, ColumnRole, label_of
from mailmove_gui.desktop import theme
from mailmove_gui.desktop.widgets.table_header import TableHeader
from mailmove_gui.texts import _

_CHOICES = (*ROLES, ColumnRole.IGNORE)


class RoleChooser(QComboBox):
    """What one column is for."""

    chosen = Signal(int, str)
    """column, role"""

    def __init__(self, column: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._column = column
        for role in _CHOICES:
            self.addItem(label_of(role), role)
        self.activated.connect(self._tell)

    def show_role(self, role: ColumnRole, name: str) -> None:
        """Show a role, and the column's name to those who cannot see where it stands."""
        with QSignalBlocker(self):
            self.setCurrentIndex(_CHOICES.index(role))
        self.setAccessibleName(_("What {column} is for").format(column=name))

    @Slot(int)
    def _tell(self, position: int) -> None:
        self.chosen.emit(self._column, _CHOICES[position].value)


class RoleHeader(TableHeader):
    """A heading for each column, with its chooser above."""

    role_chosen = Signal(int, str)
    """column, role"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choosers: list[RoleChooser] = []
        self.sectionResized.connect(self._place)
        self.geometriesChanged.connect(self._place)

    def show_roles(self, roles: Sequence[ColumnRole], names: Sequence[str]) -> None:
        """One chooser for each column."""
        while len(self.choosers) > len(roles):
            self.choosers.pop().deleteLater()
        while len(self.choosers) < len(roles):
            chooser = RoleChooser(len(self.choosers), self.viewport())
            chooser.chosen.connect(self.role_chosen)
            chooser.show()
            self.choosers.append(chooser)
        for chooser, role, name in zip(self.choosers, roles, names, strict=True):
            chooser.show_role(role, name)
        self._place()

    def sizeHint(self) -> QSize:
        """Room for the choosers above the headings."""
        hint = super().sizeHint()
        return QSize(hint.width(), hint.height() + self._chooser_height())

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N803 -- Qt's name
        """Draw one heading below its chooser."""
        painter.fillRect(rect, self.palette().color(QPalette.ColorRole.Base))
        super().paintSection(painter, rect.adjusted(0, self._chooser_height(), 0, 0), logicalIndex)

    def _chooser_height(self) -> int:
        if not self.choosers:
            return 0
        return self.choosers[0].sizeHint().height() + theme.SPACE_TINY

    @Slot()
    def _place(self) -> None:
        for column, chooser in enumerate(self.choosers):
            if column < self.count():
                left = self.sectionViewportPosition(column)
                width = self.sectionSize(column) - theme.SPACE_TINY
                chooser.setGeometry(left + theme.SPACE_TINY // 2, 2, width, chooser.sizeHint().height())
