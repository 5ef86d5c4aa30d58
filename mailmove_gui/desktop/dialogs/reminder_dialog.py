"""A text to copy into a mail to colleagues whose mailboxes have not been started."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.models.reminder import addresses, recipients_text, reminder_text
from mailmove_gui.desktop.widgets.labels import QuietLabel, TitleLabel
from mailmove_gui.domain.plan import Account
from mailmove_gui.domain.providers import Provider
from mailmove_gui.texts import _

_WIDTH, _HEIGHT = 660, 520


class ReminderDialog(QDialog):
    """Shows the text, which can be changed, and puts it or the addresses into the clipboard."""

    def __init__(
        self, accounts: Sequence[Account], providers: Mapping[str, Provider], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Reminder text"))
        self.resize(_WIDTH, _HEIGHT)
        self._addresses = addresses(accounts)
        self.text_field = QPlainTextEdit(reminder_text(accounts, providers), self)
        self.text_field.setAccessibleName(_("Text of the reminder"))
        self.text_field.setTabChangesFocus(True)
        self.copy_button = QPushButton(_("&Copy text"), self)
        theme.mark_primary(self.copy_button)
        self.addresses_button = QPushButton(_("Copy &addresses"), self)
        self.addresses_button.setAutoDefault(False)
        self.close_button = QPushButton(_("C&lose"), self)
        self.close_button.setAutoDefault(False)
        self._copied = QuietLabel(parent=self)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (self.copy_button, self.addresses_button, self.close_button):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        theme.set_margins(layout, theme.SPACE_HUGE)
        layout.addWidget(TitleLabel(recipients_text(accounts), self))
        layout.addWidget(QuietLabel(_("Copy this text into a mail to them. MailMove itself sends nothing."), self))
        layout.addWidget(self.text_field, 1)
        layout.addWidget(self._copied)
        layout.addLayout(buttons)
        self.copy_button.clicked.connect(self._copy_text)
        self.addresses_button.clicked.connect(self._copy_addresses)
        self.close_button.clicked.connect(self.reject)
        self.copy_button.setFocus()

    @property
    def note(self) -> str:
        """What was copied last, in words."""
        return self._copied.text()

    @Slot()
    def _copy_text(self) -> None:
        QGuiApplication.clipboard().setText(self.text_field.toPlainText())
        self._copied.setText(_("The text is in the clipboard."))

    @Slot()
    def _copy_addresses(self) -> None:
        QGuiApplication.clipboard().setText(self._addresses)
        self._copied.setText(_("The addresses are in the clipboard."))
