"""An address or a domain, and what was found for it."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QLabel, QLineEdit, QProgressBar, QVBoxLayout, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.bridge.detecting import Detecting
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Card, Notice
from mailmove_gui.desktop.widgets.disclosure import DisclosureButton
from mailmove_gui.desktop.widgets.labels import QuietLabel
from mailmove_gui.desktop.wizard.pop3_source import imap_instead
from mailmove_gui.desktop.wizard.provider_card import ProviderCard
from mailmove_gui.desktop.wizard.server_entry import ServerEntry, found_for
from mailmove_gui.domain.providers import Detection, DetectionStep, StepOutcome
from mailmove_gui.domain.reasons import Side
from mailmove_gui.texts import _, joined
from mailmove_gui.texts.detection import display_name, hindrance, step_tried

PAUSE_MS = 400
"""So long nothing must be typed before a search begins."""
_AT_ONCE_MS = 300
"""A search that is over by then is not shown: a flash tells nobody anything."""


class AutomaticForm(QWidget):
    """Looks for the server while somebody types; what is typed is never touched."""

    edited = Signal()
    """the entry is another one"""
    by_hand_wanted = Signal()
    """nothing was found: enter the server by hand"""

    def __init__(self, detecting: Detecting, side: Side, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._detecting = detecting
        self._side = side
        self._entry = ServerEntry()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._at_once = QTimer(self)
        self._at_once.setSingleShot(True)
        self._at_once.setInterval(_AT_ONCE_MS)
        self._unfinished: tuple[Tone, str] | None = None
        self.asked_field = QLineEdit(self)
        self.asked_field.setPlaceholderText(_("anna@example.com, or example.com"))
        self.asked_field.setMinimumHeight(theme.field_height(self.asked_field))
        self.asked_field.setAccessibleName(_("Address or domain"))
        self.notice = Notice(self)
        self._bar = QProgressBar(self)
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(theme.SPACE_TINY)
        self._bar.setAccessibleName(_("Looking for the mail server"))
        self._tried = QuietLabel(parent=self)
        self._tried.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._tried.setContentsMargins(theme.SPACE_HUGE, 0, 0, 0)
        self.tried_button = DisclosureButton(_("What was tried"), self._tried, self)
        self.explanation = QuietLabel(
            _(
                "MailMove finds out who runs the mail of this domain: it asks the domain name system, and web pages"
                " where providers publish their settings. No password is asked for or sent."
            ),
            self,
        )
        self.card = ProviderCard(self)
        self._arrange()
        self._show_state()
        self.asked_field.textEdited.connect(self._take_text)
        self.asked_field.returnPressed.connect(self._ask_now)
        self._pause.timeout.connect(self._ask_now)
        self._at_once.timeout.connect(self._show_state)
        self._detecting.reported.connect(self._take_detection)
        self._detecting.failed.connect(self._take_failure)
        self.notice.button.clicked.connect(self._help)
        self.card.consented.connect(self._consent)
        self.card.candidate_chosen.connect(self._choose)
        self.card.imap_wanted.connect(self._use_imap)

    @property
    def entry(self) -> ServerEntry:
        """What was typed and found."""
        return self._entry

    @property
    def is_searching(self) -> bool:
        """Whether an answer is still to come."""
        return self._pause.isActive() or self._is_asking

    @property
    def tried(self) -> str:
        """What was tried, one step a line."""
        return self._tried.text()

    @property
    def _is_asking(self) -> bool:
        return self._detecting.is_running and self._entry.detection is None

    def show_entry(self, entry: ServerEntry) -> None:
        """Show another entry; one that was not looked for yet is looked for now."""
        self._entry = entry
        if self.asked_field.text() != entry.asked:
            self.asked_field.setText(entry.asked)
        if entry.is_automatic and entry.asked_domain and entry.detection is None and not self.is_searching:
            self._ask_now()
        self._show_state()

    def give_up(self) -> None:
        """Look no longer."""
        self._pause.stop()
        self._detecting.cancel()
        self._show_state()

    def _arrange(self) -> None:
        asked = Card(self)
        label = QLabel(_("Address &or domain"), asked)
        label.setBuddy(self.asked_field)
        inside = QVBoxLayout(asked)
        theme.set_margins(inside, theme.SPACE_LARGE, theme.SPACE_TINY)
        for part in (label, self.asked_field, self._bar, self.explanation):
            inside.addWidget(part)
        layout = QVBoxLayout(self)
        theme.set_margins(layout, 0, theme.SPACE_SMALL)
        for widget in (asked, self.notice, self.tried_button, self._tried, self.card):
            layout.addWidget(widget)

    @Slot(str)
    def _take_text(self, text: str) -> None:
        self._unfinished = None
        self._change(self._entry.with_asked(text))
        if self._entry.detection is not None:
            return
        self._detecting.cancel()
        if self._entry.asked_domain:
            self._pause.start()
        else:
            self._pause.stop()
        self._show_state()

    @Slot()
    def _ask_now(self) -> None:
        self._pause.stop()
        if self._entry.detection is not None or self._is_asking:
            return
        if self._entry.asked_domain:
            self._unfinished = None
            self._at_once.start()
            self._detecting.ask(self._entry.asked.strip())
            self._show_state()
        elif self._entry.asked.strip():
            self.notice.say(Tone.WAITING, _("Enter a whole mail address, or the part of it behind the @."))

    @Slot(object)
    def _take_detection(self, detection: Detection) -> None:
        self._change(self._entry.with_detection(found_for(self._side, detection)))

    @Slot()
    def _take_failure(self) -> None:
        text = _("MailMove made a mistake of its own while it looked. Try again, or enter the server by hand.")
        self._unfinished = Tone.FAILED, text
        self._show_state()

    @Slot()
    def _consent(self) -> None:
        self._change(self._entry.with_consent())

    @Slot(int)
    def _choose(self, position: int) -> None:
        self._change(self._entry.with_candidate(self._entry.candidates[position]))

    @Slot()
    def _use_imap(self) -> None:
        server = imap_instead(self._entry)
        if server is not None:
            self._change(self._entry.with_candidate(server))

    @Slot()
    def _help(self) -> None:
        """Do what the notice's button says."""
        if self._is_asking:
            self._unfinished = Tone.IDLE, _("Stopped. The server is not known yet.")
            self.give_up()
        elif self._unfinished or (self._entry.detection is not None and _is_offline(self._entry.detection)):
            self._change(self._entry.without_detection())
            self._ask_now()
        else:
            self.by_hand_wanted.emit()

    def _change(self, entry: ServerEntry) -> None:
        self._entry = entry
        self._show_state()
        self.edited.emit()

    @Slot()
    def _show_state(self) -> None:
        detection, domain = self._entry.detection, self._entry.asked_domain
        is_busy = self._is_asking and not self._at_once.isActive()
        is_nothing = detection is not None and not detection.servers
        self._bar.setVisible(is_busy)
        self.card.show_entry(self._entry)
        self.explanation.setVisible(not is_busy and self._unfinished is None and detection is None)
        self.tried_button.setVisible(is_nothing)
        if not is_nothing:
            self.tried_button.set_open(False)
        if is_busy:
            text = _("Looking for the mail server of {domain}…").format(domain=domain)
            self.notice.say(Tone.MOVING, text, button=_("Stop"), icon_name="checking")
        elif self._unfinished is not None:
            self.notice.say(*self._unfinished, button=_("Try again"))
        elif detection is None or not is_nothing:
            self.notice.clear()
        else:
            self._tried.setText("\n".join(map(step_tried, detection.steps)))
            self._say_nothing_found(detection)

    def _say_nothing_found(self, detection: Detection) -> None:
        domain = detection.domain
        if _nobody_was_asked(detection) and detection.provider is None:
            text = _(
                "{domain} is not among the domains that MailMove knows, and searching is switched off in the settings."
                " Enter the server by hand, or switch searching on."
            )
            self.notice.say(Tone.WAITING, text.format(domain=domain), button=_("Enter the server"))
        elif _is_offline(detection):
            text = _("Nothing answered. Check whether this computer is connected to the internet, then try again.")
            self.notice.say(Tone.FAILED, text, button=_("Try again"))
        elif detection.gateway:
            text = _(
                "Mail for {domain} passes {gateway} first, a service that filters it. Where the mailboxes are cannot be"
                " seen from outside: ask whoever runs the mail, and enter the server by hand."
            )
            text = text.format(domain=domain, gateway=detection.gateway)
            self.notice.say(Tone.WAITING, text, button=_("Enter the server"))
        elif detection.provider is not None:
            text = _("The mail of {domain} is at {provider}.").format(
                domain=domain, provider=display_name(detection.provider)
            )
            what_now = hindrance(detection.provider) or _(
                "None of this provider's servers is known: its help pages name it, mostly under “IMAP”. Enter it by"
                " hand."
            )
            self.notice.say(Tone.WAITING, joined((text, what_now)), button=_("Enter the server"))
        else:
            text = _(
                "No mail server was found for {domain}. Check the spelling, or enter the server by hand: the provider's"
                " help pages name it, mostly under “IMAP”."
            )
            self.notice.say(Tone.WAITING, text.format(domain=domain), button=_("Enter the server"))


def _is_offline(detection: Detection) -> bool:
    """Whether of all that was asked in the network nothing answered."""
    asked = _asked(detection)
    return bool(asked) and all(outcome is StepOutcome.NO_ANSWER for outcome in asked)


def _nobody_was_asked(detection: Detection) -> bool:
    """Whether the network was left alone, because the settings say so."""
    return bool(detection.steps) and not _asked(detection)


def _asked(detection: Detection) -> list[StepOutcome]:
    """What came of the steps for which somebody in the network was asked."""
    return [
        step.outcome
        for step in detection.steps
        if step.step is not DetectionStep.DOMAIN_TABLE and step.outcome is not StepOutcome.NOT_ASKED
    ]
