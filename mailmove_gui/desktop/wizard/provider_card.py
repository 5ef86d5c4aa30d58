"""What was found: provider, server, how sure, and what has to be done first."""

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Card, Notice
from mailmove_gui.desktop.widgets.disclosure import DisclosureButton
from mailmove_gui.desktop.widgets.indicators import CheckBox
from mailmove_gui.desktop.widgets.labels import QuietLabel, SectionLabel
from mailmove_gui.desktop.wizard.pop3_source import imap_instead, remark
from mailmove_gui.desktop.wizard.server_entry import ServerEntry
from mailmove_gui.domain.endpoints import Endpoint, MailProtocol
from mailmove_gui.domain.providers import Detection, DetectionStep
from mailmove_gui.texts import _
from mailmove_gui.texts.detection import (
    Preparation,
    display_name,
    hindrance,
    how_found,
    how_sure,
    preparation,
    user_name,
)
from mailmove_gui.texts.servers import server_and_port, server_line

_BESIDE_A_CHECK_BOX = 24


class Reminder(QWidget):
    """One thing to do before the start: a box to tick, and on request where it is done."""

    def __init__(self, step: Preparation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = CheckBox(self)
        self.box.setAccessibleName(step.what)
        text = QLabel(step.what, self)
        text.setWordWrap(True)
        text.setBuddy(self.box)
        line = QHBoxLayout()
        line.setSpacing(theme.SPACE_SMALL)
        line.addWidget(self.box)
        line.addWidget(text, 1)
        layout = QVBoxLayout(self)
        theme.set_margins(layout, 0, 0)
        layout.addLayout(line)
        self.where_button: DisclosureButton | None = None
        if step.where:
            where = QuietLabel(step.where, self)
            where.setContentsMargins(_BESIDE_A_CHECK_BOX, 0, 0, theme.SPACE_TINY)
            where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.where_button = DisclosureButton(_("Where?"), where, self)
            self.where_button.setAccessibleName(_("Where: {what}").format(what=step.what))
            line.addWidget(self.where_button)
            layout.addWidget(where)

    @property
    def controls(self) -> tuple[QWidget, ...]:
        """What can have the focus, in order."""
        return (self.box,) if self.where_button is None else (self.box, self.where_button)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the words ticks the box, as everywhere."""
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.box.toggle()


class ProviderCard(Card):
    """Shows what was found for an entry; hidden as long as that is nothing."""

    change_wanted = Signal()
    """enter the server by hand, beginning with what was found"""
    consented = Signal()
    """use the server although nothing vouches for it"""
    candidate_chosen = Signal(int)
    """position among the entry's candidates"""
    imap_wanted = Signal()
    """take the IMAP server that was found beside the POP3 server in force"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Detection, MailProtocol] | None = None
        self._name = SectionLabel(parent=self)
        self._name.setWordWrap(True)
        self._how = QuietLabel(parent=self)
        self._server = QLabel(self)
        self._server.setWordWrap(True)
        self._server.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._user_name = QuietLabel(parent=self)
        self._candidates = QComboBox(self)
        self._candidates.setAccessibleName(_("Server"))
        self._candidates.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._candidates.setMinimumContentsLength(24)
        self._candidates.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.change_button = QPushButton(_("&Change…"), self)
        self.change_button.setAutoDefault(False)
        self.change_button.setToolTip(_("Enter the server by hand, beginning with what was found"))
        self.gateway = Notice(self)
        self.problem = Notice(self)
        self.consent = Notice(self)
        self._before = SectionLabel(_("Before you start"), self)
        self._reminders = QVBoxLayout()
        self._reminders.setSpacing(theme.SPACE_TINY)
        self.help_link = QLabel(self)
        self.help_link.setWordWrap(True)
        self.help_link.setContentsMargins(0, theme.SPACE_TINY, 0, 0)
        self.help_link.setOpenExternalLinks(True)
        self.help_link.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self._arrange()
        self.change_button.clicked.connect(self.change_wanted)
        self.consent.button.clicked.connect(self.consented)
        self.problem.button.clicked.connect(self.imap_wanted)
        self._candidates.activated.connect(self.candidate_chosen)
        self.hide()

    def show_entry(self, entry: ServerEntry) -> None:
        """Show what was found for an entry; reminders that are ticked stay so as long as it is the same."""
        detection = entry.detection
        is_shown = entry.is_automatic and detection is not None and bool(detection.servers)
        if is_shown and detection is not None:
            if (detection, entry.protocol) != self._shown:
                self._fill(detection, entry)
            self._show_choice(detection, entry)
        self.setVisible(is_shown)

    @property
    def reminders(self) -> tuple[Reminder, ...]:
        """What has to be done before the start."""
        items = (self._reminders.itemAt(position) for position in range(self._reminders.count()))
        return tuple(widget for item in items if item and isinstance(widget := item.widget(), Reminder))

    @property
    def candidates_field(self) -> QComboBox:
        """Where one of several servers is chosen."""
        return self._candidates

    def text(self) -> str:
        """What it says of the server."""
        return "\n".join(label.text() for label in (self._name, self._how, self._server, self._user_name))

    def _arrange(self) -> None:
        server = QHBoxLayout()
        server.setSpacing(theme.SPACE)
        server.addWidget(self._server, 1)
        server.addWidget(self._candidates, 1)
        server.addWidget(self.change_button)
        layout = QVBoxLayout(self)
        theme.set_margins(layout, theme.SPACE_LARGE, theme.SPACE_TINY)
        layout.addWidget(self._name)
        layout.addWidget(self._how)
        layout.addLayout(server)
        layout.addWidget(self._user_name)
        for notice in (self.problem, self.gateway, self.consent):
            layout.addWidget(notice)
        self._before.setContentsMargins(0, theme.SPACE_SMALL, 0, 0)
        layout.addWidget(self._before)
        layout.addLayout(self._reminders)
        layout.addWidget(self.help_link)

    def _fill(self, detection: Detection, entry: ServerEntry) -> None:
        self._shown = detection, entry.protocol
        candidates = entry.candidates
        provider = detection.provider
        self._name.setText(
            display_name(provider)
            if provider is not None
            else _("Mail server of {domain}").format(domain=detection.domain)
        )
        how = f"{how_found(detection)} \N{MIDDLE DOT} {how_sure(detection)}"
        self._how.setText(how[:1].upper() + how[1:])
        self._candidates.clear()
        for server in candidates:
            self._candidates.addItem(server_line(server))
        self._candidates.setVisible(len(candidates) > 1)
        self._server.setVisible(len(candidates) <= 1)
        while (item := self._reminders.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        steps = preparation(provider, entry.protocol) if provider is not None else ()
        before: QWidget = self.consent.button
        for step in steps:
            reminder = Reminder(step, self)
            self._reminders.addWidget(reminder)
            # They are made last, but are not the last to be read.
            for control in reminder.controls:
                self.setTabOrder(before, control)
                before = control
        self._before.setVisible(bool(steps))
        self._show_help(provider.help_urls[0] if provider is not None and provider.help_urls else "")
        if detection.gateway:
            text = _(
                "Mail for {domain} passes {gateway} first, a service that filters it. The mailboxes may be on another"
                " server than this one: test the connection, or ask whoever runs the mail."
            )
            self.gateway.say(Tone.WAITING, text.format(domain=detection.domain, gateway=detection.gateway))
        else:
            self.gateway.clear()

    def _show_help(self, url: str) -> None:
        link = f'<a href="{escape(url)}">{escape(url)}</a>'
        self.help_link.setText(_("The provider's help page: {link}").format(link=link))
        self.help_link.setVisible(bool(url))

    def _show_choice(self, detection: Detection, entry: ServerEntry) -> None:
        server = Endpoint(entry.host, entry.port, entry.security, entry.protocol)
        self._server.setText(server_line(server))
        self._user_name.setText(_("User name: {form}").format(form=user_name(entry.user_name)))
        if server in entry.candidates:
            self._candidates.setCurrentIndex(entry.candidates.index(server))
        hindered = hindrance(detection.provider) if detection.provider is not None else ""
        if entry.problem or hindered:
            self.problem.say(Tone.WAITING, entry.problem or hindered)
        elif known := remark(entry):
            button = _("Use &IMAP instead") if imap_instead(entry) is not None else ""
            self.problem.say(Tone.IDLE, known, button=button)
        else:
            self.problem.clear()
        if entry.needs_consent:
            if detection.how is DetectionStep.GUESS:
                text = _(
                    "Nothing vouches for this server: its name was guessed, and its certificate does not fit. Passwords"
                    " go there only if you know that {server} is right."
                )
            else:
                text = _(
                    "Nothing vouches for this server: it is a stranger's, and only DNS names it, which can be forged."
                    " Passwords go there only if you know that {server} is right."
                )
            where = server_and_port(server.host, server.port)
            self.consent.say(Tone.NEEDS_SOMEONE, text.format(server=where), button=_("&Use this server"))
        elif detection.needs_consent:
            self.consent.say(Tone.IDLE, _("You chose to use this server."))
        else:
            self.consent.clear()
