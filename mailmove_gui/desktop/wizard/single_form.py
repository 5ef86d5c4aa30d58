"""One mailbox: four fields instead of a table."""

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from mailmove_gui.batch import AccountRow
from mailmove_gui.desktop import theme
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Card, Notice
from mailmove_gui.desktop.widgets.labels import QuietLabel, SectionLabel
from mailmove_gui.desktop.widgets.password_edit import PasswordEdit
from mailmove_gui.texts import _


class SingleForm(QWidget):
    """Address and password on both sides."""

    edited = Signal()
    settled = Signal()
    """somebody has left a field"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.source_user = QLineEdit(self)
        self.source_password = PasswordEdit(self)
        self.destination_user = QLineEdit(self)
        self.destination_password = PasswordEdit(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        cards = QHBoxLayout()
        cards.setSpacing(theme.SPACE_LARGE)
        cards.addWidget(self._card(_("Old mailbox"), self.source_user, self.source_password))
        cards.addWidget(self._card(_("New mailbox"), self.destination_user, self.destination_password))
        self._notice = Notice(self)
        layout.addLayout(cards)
        layout.addWidget(self._notice)
        layout.addWidget(QuietLabel(_("Passwords go to these two servers and nowhere else."), self))
        layout.addStretch(1)
        for edit in (self.source_user, self.source_password, self.destination_user, self.destination_password):
            edit.textEdited.connect(self._edited)
            edit.editingFinished.connect(self.settled)

    def show_row(self, row: AccountRow) -> None:
        """Show what was typed before; passwords stay dots."""
        pairs = (
            (self.source_user, row.source_user),
            (self.source_password, row.source_password.reveal()),
            (self.destination_user, row.destination_user),
            (self.destination_password, row.destination_password.reveal()),
        )
        for edit, text in pairs:
            with QSignalBlocker(edit):
                edit.setText(text)

    def problem(self) -> str:
        """What it says is wrong."""
        return self._notice.text()

    def say(self, text: str) -> None:
        """Say what is wrong with what was typed; an empty text: nothing."""
        if text:
            self._notice.say(Tone.WAITING, text)
        else:
            self._notice.clear()

    def row(self) -> AccountRow:
        """What was typed."""
        return AccountRow(
            1,
            self.source_user.text().strip(),
            self.source_password.secret(),
            self.destination_user.text().strip(),
            self.destination_password.secret(),
        )

    def _card(self, title: str, user: QLineEdit, password: PasswordEdit) -> Card:
        card = Card(self)
        layout = QVBoxLayout(card)
        theme.set_margins(layout, theme.SPACE_LARGE, theme.SPACE_TINY)
        layout.addWidget(SectionLabel(title, card))
        user.setPlaceholderText("anna@example.com")
        for text, field in ((_("Address or user name"), user), (_("Password"), password)):
            label = QLabel(text, card)
            label.setBuddy(field)
            field.setMinimumHeight(theme.field_height(field))
            layout.addWidget(label)
            layout.addWidget(field)
        user.setAccessibleName(_("{side}: address or user name").format(side=title))
        password.setAccessibleName(_("{side}: password").format(side=title))
        return card

    @Slot()
    def _edited(self) -> None:
        self.edited.emit()
