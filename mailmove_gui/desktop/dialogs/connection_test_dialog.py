"""Goes to a server with one account, and shows how far it comes."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.bridge.testing import ConnectionTesting
from mailmove_gui.desktop.dialogs.certificate_dialog import CertificateDialog
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Card, Notice
from mailmove_gui.desktop.widgets.disclosure import DisclosureButton
from mailmove_gui.desktop.widgets.labels import QuietLabel, TitleLabel
from mailmove_gui.desktop.widgets.password_edit import PasswordEdit
from mailmove_gui.desktop.widgets.stage_list import StageList
from mailmove_gui.desktop.wizard.server_entry import login_name
from mailmove_gui.domain.certificates import CERTIFICATE_REASONS, CertificatePin
from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.plan import Mailbox, Options
from mailmove_gui.domain.probing import Stage, StageResult, pin_for
from mailmove_gui.domain.providers import UserNameForm
from mailmove_gui.domain.reasons import Side
from mailmove_gui.texts import _
from mailmove_gui.texts.probing import failure_sentence, stage_name
from mailmove_gui.texts.servers import server_line

_WIDTH = 600


class ConnectionTestDialog(QDialog):
    """Address and password, a list of steps, and at its end what that means.

    `options` is asked at each start, so that a certificate pinned meanwhile counts.
    """

    pinned = Signal(object)
    """CertificatePin that the user wants from now on"""
    ended = Signal(str)
    """how far the test came, in one line"""
    refused = Signal(object)
    """Failure with which the test ended"""
    logged_in = Signal(str, object)
    """address, and the Secret that the server took"""

    def __init__(
        self,
        testing: ConnectionTesting,
        endpoint: Endpoint,
        side: Side,
        user_name: UserNameForm,
        options: Callable[[], Options],
        address: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._testing = testing
        self._endpoint = endpoint
        self._side = side
        self._user_name = user_name
        self._options = options
        self._failed: StageResult | None = None
        self._is_running = False
        self.setWindowTitle(_("Test the connection"))
        self.setMinimumWidth(_WIDTH)
        self.address_field = QLineEdit(address, self)
        self.address_field.setAccessibleName(_("Address or user name"))
        self.address_field.setPlaceholderText("anna@example.com")
        self.password_field = PasswordEdit(self)
        self.password_field.setAccessibleName(_("Password"))
        for field in (self.address_field, self.password_field):
            field.setMinimumHeight(theme.field_height(field))
        self.stages = StageList(self)
        self.notice = Notice(self)
        self._words = QuietLabel(parent=self)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words_button = DisclosureButton(_("What the server said"), self._words, self)
        self.test_button = QPushButton(self)
        theme.mark_primary(self.test_button)
        self.close_button = QPushButton(_("&Close"), self)
        self.close_button.setAutoDefault(False)
        self._arrange()
        self._show_running()
        self.words_button.hide()
        self.address_field.textChanged.connect(self._renew)
        self.password_field.textChanged.connect(self._renew)
        self.words_button.changed.connect(self._make_room)
        self.test_button.clicked.connect(self._start_or_stop)
        self.close_button.clicked.connect(self.reject)
        self.notice.button.clicked.connect(self._show_certificate)
        testing.reported.connect(self._take)
        testing.finished.connect(self._finish)
        testing.failed.connect(self._break_off)
        (self.password_field if address else self.address_field).setFocus()

    @property
    def server_words(self) -> str:
        """What the server said, word by word."""
        return self._words.text()

    def done(self, result: int) -> None:
        """Closing ends the test."""
        self._end()
        super().done(result)

    def _arrange(self) -> None:
        card = Card(self)
        form = QFormLayout(card)
        theme.set_margins(form, theme.SPACE_LARGE)
        form.setHorizontalSpacing(theme.SPACE_LARGE)
        form.setVerticalSpacing(theme.SPACE_SMALL)
        for text, field in ((_("&Address or user name"), self.address_field), (_("&Password"), self.password_field)):
            label = QLabel(text, card)
            label.setBuddy(field)
            label.setMinimumHeight(theme.field_height(field))
            form.addRow(label, field)
        buttons = QDialogButtonBox(self)
        buttons.addButton(self.close_button, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.addButton(self.test_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self._layout = layout = QVBoxLayout(self)
        theme.set_margins(layout, theme.SPACE_HUGE)
        layout.addWidget(TitleLabel(_("Test the connection"), self))
        where = _("{server}. The password goes to this server and nowhere else; no mail is read or changed.")
        layout.addWidget(QuietLabel(where.format(server=server_line(self._endpoint)), self))
        layout.addWidget(card)
        layout.addWidget(self.stages)
        layout.addWidget(self.notice)
        layout.addWidget(self.words_button)
        layout.addWidget(self._words)
        layout.addStretch(1)
        layout.addWidget(buttons)

    @Slot()
    def _start_or_stop(self) -> None:
        if self._is_running:
            self._end()
            self.stages.end()
            self._say(Tone.IDLE, _("Stopped."))
            self._show_running()
        else:
            self._start()

    def _start(self) -> None:
        self._failed = None
        self.notice.clear()
        self.words_button.set_open(False)
        self.words_button.hide()
        self.stages.begin()
        mailbox = Mailbox(self._endpoint, login_name(self.address_field.text().strip(), self._user_name))
        self._testing.start(mailbox, self.password_field.secret(), self._side, self._options())
        self._is_running = True
        self._show_running()

    def _end(self) -> None:
        """Stop the test of this dialog; what still comes of it, or of another dialog's, is not listened to."""
        if self._is_running:
            self._is_running = False
            self._testing.cancel()

    @Slot(object)
    def _take(self, result: StageResult) -> None:
        if not self._is_running:
            return
        self.stages.take(result)
        if not result.passed:
            self._failed = result
        elif result.stage is Stage.LOGIN:
            self.logged_in.emit(self.address_field.text().strip(), self.password_field.secret())

    @Slot()
    def _finish(self) -> None:
        if not self._is_running:
            return
        self._is_running = False
        self.stages.end()
        self._show_running()
        result, address = self._failed, self.address_field.text().strip()
        self.test_button.setText(_("&Test again"))
        if result is None or result.failure is None:
            self._say(Tone.DONE, _("Everything works. Mail can be moved with these settings."))
            self.ended.emit(_("Tested with {address}: works.").format(address=address))
            return
        self.ended.emit(
            _("Tested with {address}: does not work. It ended at this step: {step}.").format(
                address=address, step=stage_name(result.stage)
            )
        )
        self.refused.emit(result.failure)
        words = result.failure.server_text.strip()
        self._words.setText(words)
        self.words_button.setVisible(bool(words))
        is_about_certificate = result.failure.reason in CERTIFICATE_REASONS and result.certificate is not None
        self._say(
            Tone.FAILED,
            failure_sentence(result, self._endpoint),
            button=_("&Look at the certificate…") if is_about_certificate else "",
        )

    @Slot()
    def _break_off(self) -> None:
        if not self._is_running:
            return
        self._is_running = False
        self.stages.end()
        self._show_running()
        self._say(Tone.FAILED, _("MailMove made a mistake of its own, and the test ended. Test again."))

    @Slot()
    def _show_certificate(self) -> None:
        result = self._failed
        if result is None or result.certificate is None or result.failure is None:
            return
        dialog = CertificateDialog(result.certificate, self._endpoint, result.failure.reason, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(self._trust)
        dialog.open()

    @Slot()
    def _trust(self) -> None:
        if self._failed is None or self._failed.certificate is None:
            return
        pin: CertificatePin = pin_for(self._endpoint, self._failed.certificate)
        self.pinned.emit(pin)
        self._start()

    def _say(self, tone: Tone, text: str, *, button: str = "") -> None:
        self.notice.say(tone, text, button=button)
        self._make_room()

    @Slot()
    def _make_room(self) -> None:
        """Grow where there is more to read; a dialog does not do that for wrapped text by itself."""
        needed = self._layout.totalHeightForWidth(self.width())
        self.resize(self.width(), max(self.height(), needed))

    @Slot()
    def _renew(self) -> None:
        is_filled = bool(self.address_field.text().strip() and self.password_field.text())
        self.test_button.setEnabled(self._is_running or is_filled)

    def _show_running(self) -> None:
        self.test_button.setText(_("&Stop") if self._is_running else _("&Test"))
        self.address_field.setReadOnly(self._is_running)
        self.password_field.setReadOnly(self._is_running)
        self._renew()
