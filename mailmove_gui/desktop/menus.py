"""The menus of the main window."""

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from mailmove_gui.desktop.board.actions import BoardActions
from mailmove_gui.texts import _


class WindowMenus(QObject):
    """Migration, accounts, help; what makes sense with a migration only is shown with one only."""

    new_wanted = Signal()
    open_wanted = Signal()
    settings_wanted = Signal()
    close_wanted = Signal()
    about_wanted = Signal()
    logs_wanted = Signal()

    def __init__(self, window: QMainWindow, board: BoardActions) -> None:
        super().__init__(window)
        self._board = board
        keys = QKeySequence.StandardKey
        bar = window.menuBar()
        self.migration = bar.addMenu(_("&Migration"))
        _add(self.migration, _("&New…"), keys.New, self.new_wanted)
        # Ctrl+O belongs to the start page's button; two of one key would switch each other off.
        _add(self.migration, _("&Open…"), None, self.open_wanted)
        self.migration.addSeparator()
        self.migration.addAction(board.report)
        self.migration.addAction(board.remove_passwords)
        self.migration.addSeparator()
        settings = _add(self.migration, _("&Settings…"), QKeySequence("Ctrl+,"), self.settings_wanted)
        settings.setMenuRole(QAction.MenuRole.PreferencesRole)
        self.migration.addSeparator()
        _add(self.migration, _("&Close"), keys.Close, self.close_wanted)
        self.accounts = bar.addMenu(_("&Accounts"))
        self.accounts.addActions([*board.on_accounts, board.details])
        self.help = bar.addMenu(_("&Help"))
        _add(self.help, _("Open the folder of the &log"), None, self.logs_wanted)
        about = _add(self.help, _("&About MailMove"), None, self.about_wanted)
        about.setMenuRole(QAction.MenuRole.AboutRole)

    def show_for(self, *, board: bool) -> None:
        """The board is shown, or something else."""
        self.accounts.setEnabled(board)
        board_only = (self._board.details, self._board.report, self._board.remove_passwords)
        for action in (*self._board.on_accounts, *board_only):
            action.setVisible(board)


def _add(
    menu: QMenu, text: str, keys: QKeySequence | QKeySequence.StandardKey | None, wanted: SignalInstance
) -> QAction:
    action = menu.addAction(text)
    if keys is not None:
        action.setShortcut(QKeySequence(keys))
    action.triggered.connect(wanted)
    return action
