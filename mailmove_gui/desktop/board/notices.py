"""What the board says in a sentence: that somebody is needed, how it ended, and where passwords are."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.models import words
from mailmove_gui.desktop.models.groups import Group
from mailmove_gui.desktop.models.rows import Summary
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Notice
from mailmove_gui.domain.secret import KeyringProblem, RemovedPasswords
from mailmove_gui.texts import _, ngettext
from mailmove_gui.texts.logins import heading
from mailmove_gui.texts.passwords import kept_in_memory, left_in_keyring


class BoardNotices(QWidget):
    """Two notices, one above the other; nothing is there while there is nothing to say."""

    passwords_wanted = Signal()
    """of all accounts that need one"""
    report_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.keyring = Notice(self)
        self.accounts = Notice(self)
        self._is_somebody_needed = False
        self._said: tuple[Tone, str, str, str] | None = None
        layout = QVBoxLayout(self)
        theme.set_margins(layout, 0)
        layout.addWidget(self.keyring)
        layout.addWidget(self.accounts)
        self.accounts.button.clicked.connect(self._follow)
        self.hide()

    def show_summary(self, summary: Summary) -> None:
        """Say who is needed, else what became of everything."""
        needing = summary.at_login
        self._is_somebody_needed = bool(needing)
        if needing:
            passwords_alone = needing == summary.groups.get(Group.NEEDS_YOU, 0)
            text = _("{heading}.").format(heading=heading(needing, passwords_alone=passwords_alone))
            button = ngettext("Enter password…", "Enter passwords…", needing) if passwords_alone else _("Help them in…")
            self._say((Tone.NEEDS_SOMEONE, text, button, "key"))
        elif outcome := words.outcome_text(summary):
            tone = Tone.WAITING if summary.not_moved else Tone.DONE
            self._say((tone, outcome, _("Save report…"), ""))
        else:
            self._say(None)

    @Slot(object)
    def say_in_memory(self, problem: KeyringProblem) -> None:
        """Passwords do not outlive the program."""
        self.keyring.say(Tone.WAITING, kept_in_memory(problem))
        self._renew()

    @Slot(object)
    def say_left_behind(self, problem: KeyringProblem) -> None:
        """Passwords may still be in the keyring."""
        self.keyring.say(Tone.WAITING, left_in_keyring(problem))
        self._renew()

    def say_removing(self) -> None:
        """Passwords are being removed."""
        self.keyring.say(Tone.MOVING, _("Removing passwords…"))
        self._renew()

    def say_removed(self, removed: RemovedPasswords) -> None:
        """Passwords are removed; only what went wrong is said here."""
        if removed.problem is None:
            self.keyring.clear()
            self._renew()
        else:
            self.say_in_memory(removed.problem)

    def _say(self, said: tuple[Tone, str, str, str] | None) -> None:
        """Say it, unless it is being said: the board asks for it at every change."""
        if said == self._said:
            return
        self._said = said
        if said is None:
            self.accounts.clear()
        else:
            tone, text, button, icon_name = said
            self.accounts.say(tone, text, button=button, icon_name=icon_name)
        self._renew()

    def _renew(self) -> None:
        self.setVisible(bool(self.keyring.text() or self.accounts.text()))

    @Slot()
    def _follow(self) -> None:
        if self._is_somebody_needed:
            self.passwords_wanted.emit()
        else:
            self.report_wanted.emit()
