"""Below the table: the chosen account's problem in whole sentences, and the button that helps."""

from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.models import words
from mailmove_gui.desktop.models.rows import BoardRow
from mailmove_gui.desktop.widgets.card import Card
from mailmove_gui.desktop.widgets.labels import ElidedLabel, QuietLabel
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.domain.states import AccountState
from mailmove_gui.texts import _


class AccountStrip(Card):
    """Hidden unless the chosen account has something to say."""

    helped = Signal(str)
    """account id: the button was pressed"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._account_id = ""
        self._name = ElidedLabel(parent=self)
        self._name.setFont(theme.section_font(self.font()))
        self._advice = QLabel(self)
        self._advice.setWordWrap(True)
        self._advice.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._advice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self._server_words = QuietLabel(parent=self)
        self._server_words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button = QPushButton(self)
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self._help)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._name)
        texts.addWidget(self._advice)
        texts.addWidget(self._server_words)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.SPACE, theme.SPACE_SMALL, theme.SPACE, theme.SPACE_SMALL)
        layout.setSpacing(theme.SPACE)
        layout.addLayout(texts, 1)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    @property
    def account_id(self) -> str:
        """The account that it speaks of; empty while it is hidden."""
        return self._account_id

    def show_row(self, row: BoardRow | None) -> None:
        """Speak of an account; None, or one without a problem: hide."""
        advice = words.advice_text(row, datetime.now(UTC)) if row is not None else ""
        if row is None or not advice:
            self._account_id = ""
            self.hide()
            return
        self._account_id = row.account.id
        self.set_tone(theme.tone_of(row.state))
        self._name.setText(row.account.source.user)
        self._advice.setText(advice)
        server = row.failure.server_text if row.failure is not None else ""
        is_quoted = bool(server) and server in advice
        self._server_words.setText(_("The server's words: {text}").format(text=server) if server else "")
        self._server_words.setVisible(bool(server) and not is_quoted)
        label = button_text(row)
        self.button.setText(label)
        self.button.setVisible(bool(label))
        self.setAccessibleName(f"{row.account.source.user}: {advice}")
        self.show()

    @Slot()
    def _help(self) -> None:
        if self._account_id:
            self.helped.emit(self._account_id)


def button_text(row: BoardRow) -> str:
    """What the button that helps an account says; empty where none does."""
    match row.state:
        case AccountState.NEEDS_PASSWORD:
            return _("Enter password…")
        case AccountState.FAILED if row.failure is not None and row.failure.reason is Reason.UNDO_UNFINISHED:
            return _("Go on with the undo…")
        case AccountState.FAILED:
            return _("Retry")
        case AccountState.DONE_WITH_REFUSALS:
            return _("Retry these messages")
        case _:
            return ""
