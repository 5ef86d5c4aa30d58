"""The windows about the program itself: settings, about, log."""

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QDialog, QWidget

from mailmove_gui.desktop.bridge.background import Background
from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.desktop.bridge.settings import SharedSettings
from mailmove_gui.desktop.dialogs.about_dialog import AboutDialog
from mailmove_gui.desktop.dialogs.open_folder import FolderOpener
from mailmove_gui.desktop.dialogs.settings_dialog import Places, SettingsDialog


class SettingsAndHelp(QObject):
    """Shows them above a window."""

    def __init__(self, services: Services, settings: SharedSettings, background: Background, window: QWidget) -> None:
        super().__init__(window)
        self._places = Places(services.migrations_folder, services.settings_folder, services.logs_folder)
        self._settings = settings
        self._window = window
        self._opener = FolderOpener(background, self)

    @Slot()
    def show_settings(self) -> None:
        """Let people change what they have set."""
        _open(SettingsDialog(self._settings, self._places, self._opener, self._window))

    @Slot()
    def show_about(self) -> None:
        """Say what this program is."""
        _open(AboutDialog(self._places.logs, self._opener, self._window))

    @Slot()
    def show_logs(self) -> None:
        """Show where the log lies, if there is one."""
        if self._places.logs is not None:
            self._opener.open(self._places.logs)


def _open(dialog: QDialog) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
