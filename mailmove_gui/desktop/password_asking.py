"""The way of passwords that are missing: asked for, and handed to the controller."""

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QWidget

from mailmove_gui.desktop.bridge.controller import Controller
from mailmove_gui.desktop.dialogs.password_dialog import PasswordDialog, question_of
from mailmove_gui.desktop.models.board_model import BoardModel


class PasswordAsker(QObject):
    """Asks above a window for the passwords of accounts that are on its board."""

    def __init__(self, controller: Controller, model: BoardModel, window: QWidget) -> None:
        super().__init__(window)
        self._controller = controller
        self._model = model
        self._window = window

    @Slot(object)
    def ask(self, account_ids: tuple[str, ...]) -> None:
        """Ask for the passwords of these accounts; those that are typed are tried at once."""
        rows = [row for account_id in account_ids if (row := self._model.row_of(account_id)) is not None]
        if not rows:
            return
        dialog = PasswordDialog([question_of(row.account, row.failure) for row in rows], self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(self._take)
        dialog.open()

    @Slot()
    def _take(self) -> None:
        dialog = self.sender()
        if isinstance(dialog, PasswordDialog):
            self._controller.take_passwords(dialog.passwords(), dialog.account_ids())
