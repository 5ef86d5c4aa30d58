"""Asks what shall become of accounts that are being moved when their window is closed."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from mailmove_gui.desktop.dialogs.message import message
from mailmove_gui.texts import _, ngettext, numbers


class CloseQuestion(QObject):
    """Stop, go on in the background, or keep the window; nothing runs unseen unless somebody says so."""

    stop_wanted = Signal()
    background_wanted = Signal()

    def __init__(self, running: int, *, can_hide: bool, parent: QWidget) -> None:
        super().__init__(parent)
        text = ngettext("{n} account is still being moved.", "{n} accounts are still being moved.", running)
        more = _("Stopping takes seconds. What has been moved stays; the next start goes on from here.")
        if can_hide:
            more += "\n\n" + _("In the background, an icon in the system's tray shows how far it is.")
        self.box = message(parent, QMessageBox.Icon.Question, text.format(n=numbers.count(running)), more)
        self.setParent(self.box)
        stop = self.box.addButton(_("&Stop and close"), QMessageBox.ButtonRole.DestructiveRole)
        stop.clicked.connect(self.stop_wanted)
        if can_hide:
            hide = self.box.addButton(_("&Go on in the background"), QMessageBox.ButtonRole.AcceptRole)
            hide.clicked.connect(self.background_wanted)
        stay = self.box.addButton(_("&Keep the window"), QMessageBox.ButtonRole.RejectRole)
        self.box.setDefaultButton(stay)
        self.box.setEscapeButton(stay)

    def open(self) -> None:
        """Ask."""
        self.box.open()
