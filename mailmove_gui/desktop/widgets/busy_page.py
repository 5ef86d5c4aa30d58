"""Says what is going on while nothing else can be done."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.widgets.labels import QuietLabel, TitleLabel


class BusyPage(QWidget):
    """Says what is going on while nothing else can be done."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = TitleLabel(parent=self)
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text = QuietLabel(parent=self)
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        bar = QProgressBar(self)
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setFixedSize(240, 8)
        layout = QVBoxLayout(self)
        theme.set_margins(layout, theme.SPACE_HUGE)
        layout.addStretch(1)
        layout.addWidget(self._title)
        layout.addWidget(self._text)
        layout.addSpacing(theme.SPACE)
        layout.addWidget(bar, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)

    def say(self, title: str, text: str) -> None:
        """What is going on, and what that means."""
        self._title.setText(title)
        self._text.setText(text)
        self.setAccessibleName(f"{title} {text}")

    @property
    def title(self) -> str:
        """What is going on."""
        return self._title.text()
