"""All that is known of one message that was not moved."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.models.not_moved import NotMovedMessage
from mailmove_gui.desktop.widgets.icon_button import IconButton
from mailmove_gui.desktop.widgets.labels import QuietLabel, WrappedLabel
from mailmove_gui.domain.folders import display_name
from mailmove_gui.texts import _, numbers
from mailmove_gui.texts.reasons import what_to_do

_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard


class MessageDialog(QDialog):
    """Which message it is, why it was not moved, what to do, and the server's own words."""

    save_wanted = Signal(object)
    """tuple of the one Refusal"""

    def __init__(self, message: NotMovedMessage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._message = message
        refusal = message.refusal
        self.setWindowTitle(_("Message that was not moved"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(theme.SPACE_LARGE)
        self._form.setVerticalSpacing(theme.SPACE_SMALL)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._add(_("Subject:"), refusal.subject or _("(no subject)"))
        self._add(_("From:"), refusal.sender)
        self._add(_("Date:"), refusal.date)
        self._add(_("Folder:"), display_name(refusal.folder))
        self._add(_("Size:"), numbers.size(refusal.size_bytes))
        self._add(_("Why:"), message.why)
        self._add(_("What to do:"), what_to_do(refusal.reason))
        layout = QVBoxLayout(self)
        theme.set_margins(layout, theme.SPACE_LARGE)
        layout.addLayout(self._form)
        layout.addStretch(1)
        if refusal.server_text:
            words = QPlainTextEdit(refusal.server_text, self)
            words.setReadOnly(True)
            words.setTabChangesFocus(True)
            words.setAccessibleName(_("The server's words"))
            words.setFixedHeight(5 * words.fontMetrics().height() + 2 * theme.SPACE_SMALL)
            layout.addWidget(QuietLabel(_("The server's words:"), self))
            layout.addWidget(words)
        self.save_button = IconButton("report", _("&Save as .eml…"), self)
        self.save_button.clicked.connect(self._save)
        close = QPushButton(_("Close"), self)
        close.setDefault(True)
        close.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addWidget(self.save_button)
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout.addLayout(buttons)
        self.resize(560, self.sizeHint().height())

    def _add(self, heading: str, text: str) -> None:
        if text:
            field = WrappedLabel(text, self)
            # What a stranger wrote is shown as it is, and not as the page that it may look like.
            field.setTextFormat(Qt.TextFormat.PlainText)
            field.setTextInteractionFlags(_SELECTABLE)
            field.setAccessibleName(f"{heading} {text}")
            self._form.addRow(QuietLabel(heading, self), field)

    @Slot()
    def _save(self) -> None:
        self.accept()
        self.save_wanted.emit((self._message.refusal,))
