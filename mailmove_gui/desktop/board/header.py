"""The top of the board: which migration, how far, how fast, until when, and what holds it back."""

from datetime import UTC, datetime

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.models import words
from mailmove_gui.desktop.models.control import Control
from mailmove_gui.desktop.models.rows import Summary
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.deadline_remark import DeadlineRemark
from mailmove_gui.desktop.widgets.labels import ElidedLabel, QuietLabel
from mailmove_gui.desktop.widgets.progress import ProgressStrip
from mailmove_gui.texts import numbers

_ROUTE_SHARE = 0.35


class BoardHeader(QWidget):
    """Name and route, percentage, bar, a line of numbers, what there is to explain, and the deadline."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ElidedLabel(parent=self, mode=Qt.TextElideMode.ElideRight)
        self._name.setFont(theme.title_font(self.font()))
        self._name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._route = ElidedLabel(parent=self, mode=Qt.TextElideMode.ElideRight)
        self._percent = QLabel(self)
        self._percent.setFont(theme.tabular(theme.title_font(self.font())))
        self._strip = ProgressStrip(self)
        self._numbers = QLabel(self)
        self._numbers.setFont(theme.tabular(self.font()))
        self._circumstances = QuietLabel(parent=self)
        self._circumstances.hide()
        self.deadline = DeadlineRemark(self)
        self._control = Control()
        self._summary: Summary | None = None
        theme.set_color(self._route, theme.secondary_text(self.palette()))
        top = QHBoxLayout()
        top.setSpacing(theme.SPACE)
        top.addWidget(self._name)
        top.addWidget(self._route, 1)
        top.addWidget(self._percent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addWidget(self._strip)
        layout.addWidget(self._numbers)
        layout.addWidget(self._circumstances)
        layout.addWidget(self.deadline)

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            theme.set_color(self._route, theme.secondary_text(self.palette()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the route its share of the room, however long the name is."""
        super().resizeEvent(event)
        self._share_room()

    def show_name(self, name: str, route: str) -> None:
        """Which migration this is, and from where to where if that is one pair of servers."""
        self._name.setText(name)
        self._route.setText("" if route == name else route)
        self._share_room()

    def show_summary(self, summary: Summary) -> None:
        """Where all accounts together stand."""
        self._summary = summary
        done = int(summary.share * 1000)
        self._percent.setText(numbers.percent(done, 1000) if summary.messages_total or summary.is_finished else "")
        self._strip.show_share(summary.share, _tone(summary))
        text = words.summary_text(summary, datetime.now(UTC))
        self._numbers.setText(text or numbers.accounts(summary.accounts))
        self._explain()

    def show_control(self, control: Control) -> None:
        """What holds accounts back by choice."""
        self._control = control
        self._explain()

    @property
    def circumstances(self) -> str:
        """What is explained; empty if nothing is."""
        return "" if self._circumstances.isHidden() else self._circumstances.text()

    @property
    def route(self) -> str:
        """From where to where."""
        return self._route.text()

    def _share_room(self) -> None:
        self._route.setMinimumWidth(min(self._route.sizeHint().width(), round(self.width() * _ROUTE_SHARE)))

    def _explain(self) -> None:
        if self._summary is not None:
            text = words.circumstances_text(self._summary, self._control)
            self._circumstances.setText(text)
            self._circumstances.setVisible(bool(text))

    @property
    def text(self) -> str:
        """The line of numbers."""
        return self._numbers.text()


def _tone(summary: Summary) -> Tone:
    if summary.is_finished:
        return Tone.WAITING if summary.not_moved else Tone.DONE
    return Tone.MOVING if summary.running else Tone.IDLE
