"""A table, or what is to be said while it is empty."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.widgets.labels import QuietLabel


class TableOrWords(QStackedWidget):
    """Shows a widget, or a sentence in its place."""

    def __init__(self, table: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = QuietLabel(parent=self)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words.setMargin(theme.SPACE)
        self.addWidget(table)
        self.addWidget(self._words)

    def words(self) -> str:
        """The sentence that is shown; empty while the table is."""
        return self._words.text() if self.currentWidget() is self._words else ""

    def show_words(self, text: str) -> None:
        """Show a sentence; without one, the table."""
        self._words.setText(text)
        self.setCurrentIndex(1 if text else 0)
