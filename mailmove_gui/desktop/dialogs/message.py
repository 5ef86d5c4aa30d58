"""A message box of ours, shown without blocking."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget


def message(parent: QWidget, icon: QMessageBox.Icon, text: str, more: str) -> QMessageBox:
    """A box with a sentence and what there is to say about it. Call its `open`; it deletes itself when it is closed."""
    box = QMessageBox(parent)
    box.setIcon(icon)
    box.setWindowTitle("MailMove")
    box.setText(text)
    box.setInformativeText(more)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return box
