"""Asks what shall become of accounts that are being moved when their window is closed."""

from collections.abc import Callable

from PySide6.QtWidgets import QMessageBox, QWidget

from mailmove_gui.desktop.dialogs.message import message
from mailmove_gui.texts import _, ngettext, numbers


def close_question(
    parent: QWidget, running: int, watched: int, *, stop: Callable[[], None], hide: Callable[[], None] | None
) -> QMessageBox:
    """Stop, go on in the background, or keep the window: nothing runs unseen unless somebody says so.

    Args:
        parent: the window.
        running: how many accounts are being moved.
        watched: how many wait for their next pass.
        stop: a slot of the window: stop them and close.
        hide: likewise: go on in the background; None where nothing would bring the window back.
    """
    if running:
        text = ngettext("{n} account is still being moved.", "{n} accounts are still being moved.", running)
        more = _("Stopping takes seconds. What has been moved stays; the next start goes on from here.")
    else:
        text = ngettext("{n} account is watched for new mail.", "{n} accounts are watched for new mail.", watched)
        more = _("New mail is looked for only while this program runs.")
    if hide is not None:
        more += "\n\n" + _("In the background, an icon in the system's tray shows how far it is.")
    box = message(parent, QMessageBox.Icon.Question, text.format(n=numbers.count(running or watched)), more)
    box.addButton(_("&Stop and close"), QMessageBox.ButtonRole.DestructiveRole).clicked.connect(stop)
    if hide is not None:
        box.addButton(_("&Go on in the background"), QMessageBox.ButtonRole.AcceptRole).clicked.connect(hide)
    keep = box.addButton(_("&Keep the window"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(keep)
    box.setEscapeButton(keep)
    return box
