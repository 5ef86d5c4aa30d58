"""The board's actions as buttons, and the field to search accounts with."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QToolBar, QWidget

from mailmove_gui.desktop import icons, theme
from mailmove_gui.desktop.board.actions import BoardActions
from mailmove_gui.texts import _


class BoardToolbar(QWidget):
    """What is needed most; the menus have all of it."""

    def __init__(self, actions: BoardActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        buttons = QToolBar(self)
        buttons.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        buttons.setAccessibleName(_("Actions"))
        buttons.addActions(list(actions.in_toolbar))
        buttons.insertSeparator(actions.control)
        buttons.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.search_field = QLineEdit(self)
        self.search_field.setPlaceholderText(_("Search (Ctrl+F)"))
        self.search_field.setAccessibleName(_("Search accounts"))
        self.search_field.setClearButtonEnabled(True)
        self.search_field.setMinimumWidth(180)
        self.search_field.setMaximumWidth(280)
        self._search_icon = QAction(self)
        self._search_icon.setIcon(icons.icon("search", theme.secondary_text(self.palette())))
        self.search_field.addAction(self._search_icon, QLineEdit.ActionPosition.LeadingPosition)
        find = QAction(self)
        find.setShortcut(QKeySequence(QKeySequence.StandardKey.Find))
        find.triggered.connect(self.search_field.setFocus)
        self.addAction(find)
        layout = QHBoxLayout(self)
        theme.set_margins(layout, 0)
        layout.addWidget(buttons, 1)
        layout.addWidget(self.search_field)

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._actions.renew_icons()
            self._search_icon.setIcon(icons.icon("search", theme.secondary_text(self.palette())))
