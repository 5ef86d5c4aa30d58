"""A certificate that does not fit: what it says, and the deliberate act of trusting it."""

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Card, Notice
from mailmove_gui.desktop.widgets.indicators import CheckBox
from mailmove_gui.desktop.widgets.labels import QuietLabel, TitleLabel
from mailmove_gui.domain.certificates import Certificate
from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.texts import _
from mailmove_gui.texts.probing import certificate_faults, certificate_lines
from mailmove_gui.texts.servers import server_and_port

_WIDTH = 640
_BYTES_A_LINE = 16


class CertificateDialog(QDialog):
    """Shows a certificate; accepted means that it is trusted for this one server."""

    def __init__(
        self,
        certificate: Certificate,
        endpoint: Endpoint,
        reason: Reason,
        parent: QWidget | None = None,
        *,
        now: datetime | None = None,
    ) -> None:
        super().__init__(parent)
        server = server_and_port(endpoint.host, endpoint.port)
        self.setWindowTitle(_("Certificate of {server}").format(server=server))
        self.setMinimumWidth(_WIDTH)
        problem = Notice(self)
        faults = certificate_faults(certificate, endpoint.host, reason, now=now)
        intro = _("The certificate of {server} is not trusted.").format(server=server)
        problem.say(Tone.FAILED, "\n".join([intro, *faults]))
        card = Card(self)
        form = QFormLayout(card)
        theme.set_margins(form, theme.SPACE_LARGE, theme.SPACE_SMALL)
        form.setHorizontalSpacing(theme.SPACE_LARGE)
        for heading, text in certificate_lines(certificate):
            form.addRow(QuietLabel(heading, card), _value(text, certificate, card))
        self.compared_box = CheckBox(
            _("I have &compared the fingerprint with one that the server's owner gave me"), self
        )
        self.trust_button = QPushButton(_("&Trust this certificate for {server} only").format(server=server), self)
        self.trust_button.setAutoDefault(False)
        self.trust_button.setEnabled(False)
        self.cancel_button = QPushButton(_("Do &not trust it"), self)
        self.cancel_button.setDefault(True)
        buttons = QDialogButtonBox(self)
        buttons.addButton(self.trust_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(self.cancel_button, QDialogButtonBox.ButtonRole.RejectRole)
        warning = _(
            "Somebody between you and the server could show a certificate of their own, and read passwords and mail."
            " Ask whoever runs the server for its fingerprint, not by mail, and compare every digit."
        )
        layout = QVBoxLayout(self)
        theme.set_margins(layout, theme.SPACE_HUGE)
        layout.addWidget(TitleLabel(_("Is this the right server?"), self))
        for widget in (problem, card, QuietLabel(warning, self), self.compared_box):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addWidget(buttons)
        self.compared_box.toggled.connect(self.trust_button.setEnabled)
        self.trust_button.clicked.connect(self.accept)
        self.cancel_button.clicked.connect(self.reject)
        self.cancel_button.setFocus()


def _value(text: str, certificate: Certificate, card: Card) -> QLabel:
    is_fingerprint = text == certificate.fingerprint
    label = QLabel(_in_lines(text) if is_fingerprint else text, card)
    if is_fingerprint:
        label.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return label


def _in_lines(fingerprint: str) -> str:
    """Two lines of equal length: one line is too long for any window, and a label does not break it by itself."""
    pairs = fingerprint.split(":")
    lines = [pairs[at : at + _BYTES_A_LINE] for at in range(0, len(pairs), _BYTES_A_LINE)]
    return ":\n".join(":".join(line) for line in lines)
