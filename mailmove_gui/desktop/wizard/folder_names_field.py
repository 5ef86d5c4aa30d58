"""Where names of folders are typed, one a line."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QPlainTextEdit, QWidget

_LINES = 3


class FolderNamesField(QPlainTextEdit):
    """A few lines; Tab goes on to the next field."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        height = round(self.fontMetrics().lineSpacing() * _LINES + 2 * self.document().documentMargin())
        self.setFixedHeight(height + 2 * self.frameWidth() + 2)

    def sizeHint(self) -> QSize:
        """As high as its lines."""
        return QSize(super().sizeHint().width(), self.height())
