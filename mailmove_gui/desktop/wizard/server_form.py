"""Server, encryption and port."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Card, Notice
from mailmove_gui.desktop.wizard.server_entry import MAX_PORT, ServerEntry
from mailmove_gui.domain.endpoints import Security
from mailmove_gui.texts import _

_FIELD_WIDTH = 380


class ServerForm(QWidget):
    """A mail server typed by hand; IMAP for now."""

    edited = Signal()
    """the entry is another one"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry = ServerEntry()
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
        self._notice = Notice(self)
        for field in (self._host, self._security, self._port):
            field.setMinimumHeight(theme.field_height(field))
        self._arrange()
        self._show()
        self._host.textEdited.connect(self._take_host)
        self._host.editingFinished.connect(self._show)
        self._security.activated.connect(self._take_security)
        self._port.valueChanged.connect(self._take_port)

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
        form.addRow(_("&Server"), self._host)
        security_label = QLabel(_("&Encryption"), self)
        security_label.setBuddy(self._security)
        form.addRow(security_label, beside)
        form.addRow(QLabel(_("Protocol"), self), QLabel("IMAP", self))
        self._host.setAccessibleName(_("Server"))
        self._security.setAccessibleName(_("Encryption"))
        self._port.setAccessibleName(_("Port"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE)
        layout.addWidget(card)
        layout.addWidget(self._notice)

    @Slot(str)
    def _take_host(self, text: str) -> None:
        self._change(self._entry.with_host(text))

    @Slot(int)
    def _take_security(self, position: int) -> None:
        self._change(self._entry.with_security(Security(self._security.itemData(position))))
        self._show()

    @Slot(int)
    def _take_port(self, port: int) -> None:
        if port != self._entry.port:
            self._change(ServerEntry(self._entry.host, port, self._entry.security))

    def _change(self, entry: ServerEntry) -> None:
        host_only = ServerEntry(entry.host, self._entry.port, self._entry.security)
        is_more = entry != host_only
        self._entry = entry
        if is_more:
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
        self._security.setCurrentIndex(self._security.findData(self._entry.security))
        if self._port.value() != self._entry.port:
            self._port.blockSignals(True)
            self._port.setValue(self._entry.port)
            self._port.blockSignals(False)

    def _judge(self) -> None:
        problem = self._entry.problem
        if problem:
            self._notice.say(Tone.FAILED, problem)
        elif self._entry.security is Security.PLAIN:
            self._notice.say(
                Tone.WAITING,
                _(
                    "Mail and passwords would travel readable for everyone on the way. "
                    "Choose this only for a server on this computer or in your own network."
                ),
            )
        else:
            self._notice.clear()
