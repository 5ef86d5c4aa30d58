"""A mail server typed by hand."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Card, Notice
from mailmove_gui.desktop.wizard.pop3_source import imap_instead, remark
from mailmove_gui.desktop.wizard.server_entry import MAX_PORT, ServerEntry
from mailmove_gui.domain.endpoints import MailProtocol, Security
from mailmove_gui.domain.providers import UserNameForm
from mailmove_gui.texts import _, joined
from mailmove_gui.texts.servers import protocol_name

_FIELD_WIDTH = 380


class ServerForm(QWidget):
    """Protocol, name or IP address, encryption, port and form of the user names."""

    edited = Signal()
    """the entry is another one"""

    def __init__(self, protocols: Sequence[MailProtocol], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry = ServerEntry()
        self._protocols = protocols
        self._protocol = QComboBox(self)
        for protocol in protocols:
            self._protocol.addItem(protocol_name(protocol), protocol)
        self._host = QLineEdit(self)
        self._host.setPlaceholderText(_("imap.example.com, or an IP address"))
        self._host.setMinimumWidth(_FIELD_WIDTH)
        self._security = QComboBox(self)
        for security, name in (
            (Security.TLS, _("TLS (recommended)")),
            (Security.STARTTLS, _("STARTTLS")),
            (Security.PLAIN, _("None: not encrypted")),
        ):
            self._security.addItem(name, security)
        self._port = QSpinBox(self)
        self._port.setRange(1, MAX_PORT)
        self._port.setGroupSeparatorShown(False)
        self._port.setMinimumWidth(96)
        self._user_name = QComboBox(self)
        for form, name in (
            (UserNameForm.EITHER, _("As in the list of accounts")),
            (UserNameForm.FULL, _("The whole address")),
            (UserNameForm.LOCAL, _("The part before the @")),
        ):
            self._user_name.addItem(name, form)
        self._notice = Notice(self)
        for field in (self._protocol, self._host, self._security, self._port, self._user_name):
            field.setMinimumHeight(theme.field_height(field))
        self._arrange()
        self._show()
        self._host.textEdited.connect(self._take_host)
        self._host.editingFinished.connect(self._show)
        self._security.activated.connect(self._take_security)
        self._port.valueChanged.connect(self._take_port)
        self._protocol.activated.connect(self._take_protocol)
        self._user_name.activated.connect(self._take_user_name)
        self._notice.button.clicked.connect(self._use_imap)

    @property
    def entry(self) -> ServerEntry:
        """What was typed."""
        return self._entry

    def show_entry(self, entry: ServerEntry) -> None:
        """Show another entry."""
        self._entry = entry
        self._show()

    @property
    def host_field(self) -> QLineEdit:
        """Where the server's name is typed."""
        return self._host

    @property
    def security_field(self) -> QComboBox:
        """Where encryption is chosen."""
        return self._security

    @property
    def port_field(self) -> QSpinBox:
        """Where the port is typed."""
        return self._port

    @property
    def protocol_field(self) -> QComboBox:
        """Where the protocol is chosen."""
        return self._protocol

    @property
    def user_name_field(self) -> QComboBox:
        """Where it is chosen what the user names are."""
        return self._user_name

    @property
    def notice(self) -> Notice:
        """Says what is wrong with the entry."""
        return self._notice

    def _arrange(self) -> None:
        card = Card(self)
        form = QFormLayout(card)
        form.setContentsMargins(theme.SPACE_LARGE, theme.SPACE_LARGE, theme.SPACE_LARGE, theme.SPACE_LARGE)
        form.setHorizontalSpacing(theme.SPACE_LARGE)
        form.setVerticalSpacing(theme.SPACE)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        beside = QHBoxLayout()
        beside.setSpacing(theme.SPACE)
        port_label = QLabel(_("&Port"), self)
        port_label.setBuddy(self._port)
        beside.addWidget(self._security)
        beside.addSpacing(theme.SPACE_SMALL)
        beside.addWidget(port_label)
        beside.addWidget(self._port)
        for text, buddy, field in (
            (_("P&rotocol"), self._protocol, self._protocol),
            (_("&Server"), self._host, self._host),
            (_("&Encryption"), self._security, beside),
            (_("&User name"), self._user_name, self._user_name),
        ):
            label = QLabel(text, self)
            label.setBuddy(buddy)
            label.setMinimumHeight(theme.field_height(buddy))
            form.addRow(label, field)
        self._protocol.setAccessibleName(_("Protocol"))
        self._host.setAccessibleName(_("Server: name or IP address"))
        self._security.setAccessibleName(_("Encryption"))
        self._port.setAccessibleName(_("Port"))
        self._user_name.setAccessibleName(_("User name"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE)
        layout.addWidget(card)
        layout.addWidget(self._notice)

    @Slot(str)
    def _take_host(self, text: str) -> None:
        self._change(self._entry.with_host(text, self._protocols))

    @Slot(int)
    def _take_protocol(self, position: int) -> None:
        self._change(self._entry.with_protocol(MailProtocol(self._protocol.itemData(position))))

    @Slot(int)
    def _take_security(self, position: int) -> None:
        self._change(self._entry.with_security(Security(self._security.itemData(position))))

    @Slot(int)
    def _take_port(self, port: int) -> None:
        if port != self._entry.port:
            self._change(replace(self._entry, port=port))

    @Slot(int)
    def _take_user_name(self, position: int) -> None:
        self._change(replace(self._entry, user_name=UserNameForm(self._user_name.itemData(position))))

    @Slot()
    def _use_imap(self) -> None:
        server = imap_instead(self._entry)
        if server is not None:
            self._entry = self._entry.with_candidate(server)
            self._show()
            self.edited.emit()

    def _change(self, entry: ServerEntry) -> None:
        """Take an entry that comes of typing; the host's field is not written into meanwhile."""
        self._entry = entry
        self._show_rest()
        self._judge()
        self.edited.emit()

    @Slot()
    def _show(self) -> None:
        """Write the entry into the fields, the host too: what was read from an address is not typed twice."""
        if self._host.text() != self._entry.host:
            self._host.setText(self._entry.host)
        self._show_rest()
        self._judge()

    def _show_rest(self) -> None:
        self._protocol.setCurrentIndex(self._protocol.findData(self._entry.protocol))
        self._user_name.setCurrentIndex(self._user_name.findData(self._entry.user_name))
        self._security.setCurrentIndex(self._security.findData(self._entry.security))
        if self._port.value() != self._entry.port:
            self._port.blockSignals(True)
            self._port.setValue(self._entry.port)
            self._port.blockSignals(False)

    def _judge(self) -> None:
        problem, known = self._entry.problem, remark(self._entry)
        button = _("Use &IMAP instead") if imap_instead(self._entry) is not None else ""
        if problem:
            self._notice.say(Tone.FAILED, problem)
        elif self._entry.security is Security.PLAIN:
            plain = _(
                "Mail and passwords would travel readable for everyone on the way. "
                "Choose this only for a server on this computer or in your own network."
            )
            self._notice.say(Tone.WAITING, joined((plain, known)), button=button)
        elif known:
            self._notice.say(Tone.IDLE, known, button=button)
        else:
            self._notice.clear()
