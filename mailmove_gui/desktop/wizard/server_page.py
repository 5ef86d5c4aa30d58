"""What the pages of the two servers share."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QVBoxLayout

from mailmove_gui.desktop import icons, theme
from mailmove_gui.desktop.dialogs.connection_test_dialog import ConnectionTestDialog
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Notice
from mailmove_gui.desktop.widgets.indicators import RadioButton
from mailmove_gui.desktop.widgets.labels import QuietLabel
from mailmove_gui.desktop.widgets.page_scroll import PageScroll
from mailmove_gui.desktop.wizard.automatic_form import AutomaticForm
from mailmove_gui.desktop.wizard.page import Page
from mailmove_gui.desktop.wizard.server_choices import (
    server_of,
    user_of,
    with_pin,
    with_server,
    with_tested,
    without_pins,
)
from mailmove_gui.desktop.wizard.server_entry import ServerEntry
from mailmove_gui.desktop.wizard.server_form import ServerForm
from mailmove_gui.domain.certificates import CertificatePin
from mailmove_gui.domain.endpoints import MailProtocol
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.plan import Options, ServerSetup
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.texts import _
from mailmove_gui.texts.servers import server_and_port

if TYPE_CHECKING:
    from mailmove_gui.desktop.wizard.wizard import MigrationWizard


class ServerPage(Page):
    """Asks for one of the servers: found for an address or domain, or typed by hand."""

    def __init__(self, wizard: "MigrationWizard", side: Side, title: str, explanation: str) -> None:
        super().__init__(wizard, title, explanation)
        self._side = side
        questions = wizard.questions
        self._testing = questions.testing
        self.automatic_choice = RadioButton(_("&Find the server automatically"), self)
        self.manual_choice = RadioButton(_("E&nter the server by hand"), self)
        self._choices = QButtonGroup(self)
        self._choices.addButton(self.automatic_choice)
        self._choices.addButton(self.manual_choice)
        self.automatic = AutomaticForm(questions.detecting[side], side, self)
        # Mail cannot be put into a mailbox by POP3, so at the destination there is nothing to choose.
        protocols = tuple(MailProtocol) if side is Side.SOURCE else (MailProtocol.IMAP,)
        self.form = ServerForm(protocols, self)
        self.hint = QuietLabel(parent=self)
        self.pin_notice = Notice(self)
        self.test_button = QPushButton(icons.icon("connection"), _("&Test connection…"), self)
        self.test_button.setAutoDefault(False)
        self.tested = QuietLabel(parent=self)
        self._arrange()
        self._choices.buttonClicked.connect(self._choose_setup)
        self.automatic.edited.connect(self._take_automatic)
        self.automatic.by_hand_wanted.connect(self._enter_by_hand)
        self.automatic.card.change_wanted.connect(self._change_found)
        self.form.edited.connect(self._take_manual)
        self.test_button.clicked.connect(self._test)
        self.pin_notice.button.clicked.connect(self._remove_pin)

    @property
    def entry(self) -> ServerEntry:
        """The server as it was typed or found."""
        return server_of(self.draft, self._side)

    def initializePage(self) -> None:
        """Show what was typed before."""
        self._show_entry()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin where something is to be typed; the wizard itself would begin with the first button."""
        super().showEvent(event)
        self._focus_field()

    def cleanupPage(self) -> None:
        """Going back throws nothing away; a search is begun again when it is needed."""
        super().cleanupPage()
        self.automatic.give_up()

    def isComplete(self) -> bool:
        """Whether the server can be used."""
        return self.entry.is_complete

    def _arrange(self) -> None:
        choices = QHBoxLayout()
        choices.setSpacing(theme.SPACE_HUGE)
        choices.addWidget(self.automatic_choice)
        choices.addWidget(self.manual_choice)
        choices.addStretch(1)
        below = QHBoxLayout()
        below.setSpacing(theme.SPACE)
        below.addWidget(self.test_button)
        below.addWidget(self.tested, 1)
        inside = QVBoxLayout()
        theme.set_margins(inside, 0)
        inside.addWidget(self.automatic)
        inside.addWidget(self.form)
        inside.addWidget(self.hint)
        inside.addStretch(1)
        self.body.addLayout(choices)
        self.body.addWidget(PageScroll(inside, self), 1)
        self.body.addWidget(self.pin_notice)
        self.body.addLayout(below)

    def _show_entry(self) -> None:
        entry = self.entry
        (self.automatic_choice if entry.is_automatic else self.manual_choice).setChecked(True)
        self.automatic.setVisible(entry.is_automatic)
        self.form.setVisible(not entry.is_automatic)
        self.hint.setVisible(not entry.is_automatic and bool(self.hint.text()))
        self.automatic.show_entry(entry)
        self.form.show_entry(entry)
        self._show_rest()

    def _show_rest(self) -> None:
        """What depends on the entry below the two forms."""
        endpoint = self.entry.endpoint
        self.test_button.setEnabled(endpoint is not None)
        self.test_button.setVisible(bool(self.entry.host) or not self.entry.is_automatic)
        if endpoint is not None and any(pin.is_for(endpoint) for pin in self.draft.options.pins):
            text = _("1 certificate is trusted by you, for {server} only.").format(
                server=server_and_port(endpoint.host, endpoint.port)
            )
            self.pin_notice.say(Tone.WAITING, text, button=_("Remo&ve"), icon_name="certificate")
        else:
            self.pin_notice.clear()

    def _focus_field(self) -> None:
        (self.automatic.asked_field if self.entry.is_automatic else self.form.host_field).setFocus()

    def _change(self, entry: ServerEntry) -> None:
        if entry.endpoint != self.entry.endpoint:
            self.tested.clear()
        self._owner.change(with_server(self.draft, self._side, entry))
        self._show_rest()
        self.completeChanged.emit()

    @Slot()
    def _take_automatic(self) -> None:
        self._change(self.automatic.entry)

    @Slot()
    def _take_manual(self) -> None:
        self._change(self.form.entry)

    @Slot()
    def _choose_setup(self) -> None:
        # The focus stays on the choice: with arrow keys somebody may still be choosing.
        is_automatic = self.automatic_choice.isChecked()
        self._show_other(self.entry.with_setup(ServerSetup.AUTOMATIC if is_automatic else ServerSetup.MANUAL))

    @Slot()
    def _enter_by_hand(self) -> None:
        self._show_other(self.entry.with_setup(ServerSetup.MANUAL))
        self._focus_field()

    @Slot()
    def _change_found(self) -> None:
        self._show_other(self.entry.changed_by_hand())
        self._focus_field()

    def _show_other(self, entry: ServerEntry) -> None:
        if not entry.is_automatic:
            self.automatic.give_up()
        self._change(entry)
        self._show_entry()

    @Slot()
    def _test(self) -> None:
        endpoint = self.entry.endpoint
        if endpoint is None:
            return
        dialog = ConnectionTestDialog(
            self._testing, endpoint, self._side, self.entry.user_name, self._options, self._address(), self
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.pinned.connect(self._take_pin)
        dialog.logged_in.connect(self._take_tested)
        dialog.refused.connect(self._take_refusal)
        dialog.ended.connect(self.tested.setText)
        dialog.open()

    def _options(self) -> Options:
        return self.draft.options

    def _address(self) -> str:
        """Whose mailbox the test is likely to be about."""
        rows = self.draft.filled_rows()
        return self.entry.asked_address or (user_of(rows[0], self._side) if rows else "")

    @Slot(object)
    def _take_pin(self, pin: CertificatePin) -> None:
        self._owner.change(with_pin(self.draft, pin))
        self._show_rest()

    @Slot(object)
    def _take_refusal(self, failure: Failure) -> None:
        if failure.reason is Reason.READING_DELETES:
            self._owner.change(replace(self.draft, reading_deletes=True))

    @Slot()
    def _remove_pin(self) -> None:
        if (endpoint := self.entry.endpoint) is not None:
            self.tested.clear()
            self._owner.change(without_pins(self.draft, endpoint))
            self._show_rest()

    @Slot(str, object)
    def _take_tested(self, address: str, secret: Secret) -> None:
        self._owner.change(with_tested(self.draft, self._side, address, secret))
