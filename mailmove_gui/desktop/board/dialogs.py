"""The dialogs of the board that want something of the migration itself."""

from collections.abc import Mapping

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from mailmove_gui.desktop.bridge.controller import Controller
from mailmove_gui.desktop.dialogs.addresses_dialog import AddressesDialog
from mailmove_gui.desktop.dialogs.control_dialog import ControlDialog
from mailmove_gui.desktop.dialogs.cutover_dialog import CutoverDialog
from mailmove_gui.desktop.dialogs.reminder_dialog import ReminderDialog
from mailmove_gui.desktop.dialogs.undo_dialog import UndoDialog
from mailmove_gui.desktop.dialogs.verify_dialog import VerifyDialog
from mailmove_gui.desktop.models.board_model import BoardModel
from mailmove_gui.desktop.models.control import Control
from mailmove_gui.domain.providers import Provider


class BoardDialogs(QObject):
    """Opens them, and passes on to the controller what people want."""

    accounts_wanted = Signal(object)
    """ControlPanel: save the destination's accounts for it"""

    def __init__(self, controller: Controller, model: BoardModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._controller = controller
        self._model = model
        self._window = parent
        self._providers: Mapping[str, Provider] = {}
        self.control = Control()

    def know_providers(self, providers: Mapping[str, Provider]) -> None:
        """Those of the migration's hosts that are known."""
        self._providers = providers

    @Slot()
    def show_control(self) -> None:
        """Change speed and times."""
        dialog = ControlDialog(self.control, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.applied.connect(self._controller.change_control)
        dialog.open()

    @Slot()
    def show_cutover(self) -> None:
        """What is to be done until the domain is switched; the board stays usable."""
        dialog = CutoverDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        looks = self._controller.cutover
        dialog.look_wanted.connect(looks.look)
        dialog.stop_wanted.connect(looks.cancel)
        looks.reported.connect(dialog.show_found)
        looks.failed.connect(dialog.show_mistake)
        dialog.accounts_wanted.connect(self.accounts_wanted)
        dialog.look()
        dialog.show()

    @Slot(object)
    def show_reminder(self, account_ids: tuple[str, ...]) -> None:
        """A text for the owners of these accounts."""
        rows = [row for account_id in account_ids if (row := self._model.row_of(account_id)) is not None]
        if rows:
            dialog = ReminderDialog([row.account for row in rows], self._providers, self._window)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    @Slot(object)
    def ask_verify(self, account_ids: tuple[str, ...]) -> None:
        """Ask how closely to look again at these accounts, and have it done; the board stays usable."""
        rows = [row for account_id in account_ids if (row := self._model.row_of(account_id)) is not None]
        if not rows:
            return
        dialog = VerifyDialog(rows, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.verify_wanted.connect(self._controller.verify)
        dialog.stop_wanted.connect(self._controller.stop_verifying)
        self._controller.verified.connect(dialog.show_verified)
        dialog.show()

    @Slot(object)
    def correct_addresses(self, account_ids: tuple[str, ...]) -> None:
        """Ask for an account's right addresses."""
        (account_id,) = account_ids
        row = self._model.row_of(account_id)
        if row is None:
            return
        others = [one.account for one in self._model.rows if one is not row]
        dialog = AddressesDialog(row, others, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.correction_wanted.connect(self._controller.correct)
        self._controller.account_corrected.connect(dialog.show_kept)
        self._controller.correction_refused.connect(dialog.show_refused)
        dialog.open()

    @Slot(object)
    def ask_undo(self, account_ids: tuple[str, ...]) -> None:
        """Ask whether to take what was moved out of an account's destination mailbox, and have it done."""
        (account_id,) = account_ids
        row = self._model.row_of(account_id)
        if row is None:
            return
        dialog = UndoDialog(row, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.undo_wanted.connect(self._controller.undo)
        dialog.stop_wanted.connect(self._controller.stop_undo)
        dialog.forget_wanted.connect(self._controller.forget_moved)
        self._controller.happened.connect(dialog.follow)
        self._controller.undo_ended.connect(dialog.show_end)
        dialog.open()
