"""The top of the board: which migration, how far, how fast, until when."""

from datetime import UTC, datetime

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.models import words
from mailmove_gui.desktop.models.rows import Summary
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.labels import ElidedLabel
from mailmove_gui.desktop.widgets.progress import ProgressStrip
from mailmove_gui.texts import numbers


class BoardHeader(QWidget):
    """Name, percentage, bar and one line of numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ElidedLabel(parent=self, mode=Qt.TextElideMode.ElideRight)
        self._name.setFont(theme.title_font(self.font()))
        self._route = ElidedLabel(parent=self)
        self._route.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._percent = QLabel(self)
        self._percent.setFont(theme.tabular(theme.title_font(self.font())))
        self._strip = ProgressStrip(self)
        self._numbers = QLabel(self)
        self._numbers.setFont(theme.tabular(self.font()))
        theme.set_color(self._route, theme.secondary_text(self.palette()))
        top = QHBoxLayout()
        top.setSpacing(theme.SPACE)
        top.addWidget(self._name, 1)
        top.addWidget(self._percent)
        below = QHBoxLayout()
        below.setSpacing(theme.SPACE)
        below.addWidget(self._numbers)
        below.addWidget(self._route, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addWidget(self._strip)
        layout.addLayout(below)

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            theme.set_color(self._route, theme.secondary_text(self.palette()))

    def show_name(self, name: str, route: str) -> None:
        """Which migration this is, and from where to where if that is one pair of servers."""
        self._name.setText(name)
        self._route.setText("" if route == name else route)

    def show_summary(self, summary: Summary) -> None:
        """Where all accounts together stand."""
        done = int(summary.share * 1000)
        self._percent.setText(numbers.percent(done, 1000) if summary.messages_total or summary.is_finished else "")
        self._strip.show_share(summary.share, _tone(summary))
        text = words.summary_text(summary, datetime.now(UTC))
        self._numbers.setText(text or numbers.accounts(summary.accounts))

    @property
    def text(self) -> str:
        """The line of numbers."""
        return self._numbers.text()


def _tone(summary: Summary) -> Tone:
    if summary.is_finished:
        return Tone.WAITING if summary.not_moved else Tone.DONE
    return Tone.MOVING if summary.running else Tone.IDLE
