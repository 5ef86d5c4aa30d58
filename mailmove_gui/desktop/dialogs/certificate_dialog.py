"""A certificate that does not fit: what it says, and the deliberate act of trusting it."""

from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Card, Notice
from mailmove_gui.desktop.widgets.labels import QuietLabel, TitleLabel
from mailmove_gui.domain.certificates import Certificate
from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.texts import _, ngettext
from mailmove_gui.texts.reasons import what_happened
from mailmove_gui.texts.servers import server_and_port

_WIDTH = 620
_MOST_NAMES = 6
_BYTES_A_LINE = 16


class CertificateDialog(QDialog):
    """Shows a certificate; accepted means that it is trusted for this one server."""

    def __init__(
        self,
        certificate: Certificate,
        endpoint: Endpoint,
        reason: Reason,
        side: Side,
        parent: QWidget | None = None,
        *,
        now: datetime | None = None,
    ) -> None:
        super().__init__(parent)
        self._certificate = certificate
        server = server_and_port(endpoint.host, endpoint.port)
        self.setWindowTitle(_("Certificate of {server}").format(server=server))
        self.setMinimumWidth(_WIDTH)
        problem = Notice(self)
        problem.say(Tone.FAILED, what_happened(reason, side))
        card = Card(self)
        form = QFormLayout(card)
        theme.set_margins(form, theme.SPACE_LARGE, theme.SPACE_SMALL)
        form.setHorizontalSpacing(theme.SPACE_LARGE)
        for heading, text in (
            (_("Server"), server),
            (_("Is for"), _names(certificate)),
            (_("Issued to"), certificate.subject),
            (_("Issued by"), certificate.issuer),
            (_("Valid"), _validity(certificate, now or datetime.now(UTC))),
        ):
            form.addRow(QuietLabel(heading, card), self._value(text, card))
        fingerprint = self._value(_in_lines(certificate.fingerprint), card)
        fingerprint.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        form.addRow(QuietLabel(_("Fingerprint (SHA-256)"), card), fingerprint)
        self.compared_box = QCheckBox(
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
        layout.addWidget(problem)
        layout.addWidget(card)
        layout.addWidget(QuietLabel(warning, self))
        layout.addWidget(self.compared_box)
        layout.addStretch(1)
        layout.addWidget(buttons)
        self.compared_box.toggled.connect(self.trust_button.setEnabled)
        self.trust_button.clicked.connect(self.accept)
        self.cancel_button.clicked.connect(self.reject)
        self.cancel_button.setFocus()

    @staticmethod
    def _value(text: str, card: Card) -> QLabel:
        label = QLabel(text, card)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        return label


def _names(certificate: Certificate) -> str:
    if not certificate.names:
        return _("no name at all")
    shown = list(certificate.names[:_MOST_NAMES])
    more = len(certificate.names) - len(shown)
    if more:
        shown.append(ngettext("{n} more", "{n} more", more).format(n=more))
    return ", ".join(shown)


def _validity(certificate: Certificate, now: datetime) -> str:
    first, last = (moment.astimezone().date().isoformat() for moment in (certificate.not_before, certificate.not_after))
    span = _("from {first} to {last}").format(first=first, last=last)
    if now > certificate.not_after:
        return _("{span}: expired").format(span=span)
    if now < certificate.not_before:
        return _("{span}: not yet valid").format(span=span)
    return span


def _in_lines(fingerprint: str) -> str:
    """Two lines of equal length: one line is too long for any window, and a label does not break it by itself."""
    pairs = fingerprint.split(":")
    lines = [pairs[at : at + _BYTES_A_LINE] for at in range(0, len(pairs), _BYTES_A_LINE)]
    return ":\n".join(":".join(line) for line in lines)
