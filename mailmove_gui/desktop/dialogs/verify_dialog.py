"""Looks again whether everything that was moved is at the destination: the question, and what is found."""

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.bridge.verifying import AccountVerified
from mailmove_gui.desktop.models.rows import BoardRow
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Notice
from mailmove_gui.desktop.widgets.indicators import RadioButton
from mailmove_gui.desktop.widgets.labels import QuietLabel, TitleLabel, WrappedLabel
from mailmove_gui.desktop.widgets.progress import ProgressStrip
from mailmove_gui.domain.findings import AccountVerification
from mailmove_gui.domain.folders import display_name
from mailmove_gui.domain.records import VerificationRecord
from mailmove_gui.texts import _, numbers
from mailmove_gui.texts.afterwards import refiled_sentence, verification_sentence
from mailmove_gui.texts.reasons import sentence

_WIDTH = 620
_MOST_NAMES = 200


class VerifyDialog(QDialog):
    """From the question to the result; the window stays usable meanwhile."""

    verify_wanted = Signal(object, bool)
    """tuple of account ids; whether every content is to be compared"""
    stop_wanted = Signal(object)
    """tuple of account ids"""

    def __init__(self, rows: Sequence[BoardRow], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._users = {row.account.id: row.account.source.user for row in rows}
        self._results: list[AccountVerified] = []
        self._is_running = False
        self.setWindowTitle(_("Verify again"))
        self.setMinimumWidth(_WIDTH)
        self._title = TitleLabel(_("Look again whether everything is there?"), self)
        which = _("{accounts}. Nothing is changed on either side.").format(accounts=numbers.accounts(len(rows)))
        self._question = WrappedLabel(which, self)
        self.quick_choice = RadioButton(_("&Look for every message (minutes)"), self)
        self.deep_choice = RadioButton(_("&Compare the content of every message (reads all mail again)"), self)
        self.quick_choice.setChecked(True)
        self.strip = ProgressStrip(self)
        self._progress = QuietLabel(parent=self)
        self.notice = Notice(self)
        self.findings = QPlainTextEdit(self)
        self.findings.setReadOnly(True)
        self.findings.setAccessibleName(_("What was found"))
        self.verify_button = QPushButton(_("&Verify"), self)
        self.verify_button.setDefault(True)
        self.stop_button = QPushButton(_("&Stop"), self)
        self.close_button = QPushButton(_("Cancel"), self)
        buttons = QDialogButtonBox(self)
        buttons.addButton(self.verify_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.stop_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.close_button, QDialogButtonBox.ButtonRole.RejectRole)
        # After the box has them: it shows what it is given.
        _set_shown(False, self.strip, self._progress, self.findings, self.stop_button)
        layout = QVBoxLayout(self)
        theme.set_margins(layout, theme.SPACE_HUGE)
        question = (self._title, self._question, self.quick_choice, self.deep_choice)
        answer = (self.strip, self._progress, self.notice)
        for widget in (*question, *answer):
            layout.addWidget(widget)
        layout.addWidget(self.findings, 1)
        layout.addWidget(buttons)
        self.verify_button.clicked.connect(self._begin)
        self.stop_button.clicked.connect(self._stop)
        self.close_button.clicked.connect(self.reject)

    @property
    def progress(self) -> str:
        """How far it is, in words."""
        return self._progress.text()

    def reject(self) -> None:
        """Close; while it runs, stop it first."""
        if self._is_running:
            self._stop()
        else:
            super().reject()

    @Slot(object)
    def show_verified(self, verified: AccountVerified) -> None:
        """One account was looked at."""
        if not self._is_running or verified.account_id not in self._users:
            return
        self._results.append(verified)
        self._show_progress()
        if verified.result is not None:
            self.findings.show()
            self.findings.appendPlainText(_lines(self._users[verified.account_id], verified.result))
        if len(self._results) == len(self._users):
            self._end()

    @Slot()
    def _begin(self) -> None:
        self._is_running = True
        self._title.setText(_("Looking again…"))
        _set_shown(False, self._question, self.quick_choice, self.deep_choice, self.verify_button, self.close_button)
        _set_shown(True, self.strip, self._progress, self.stop_button)
        self.stop_button.setFocus()
        self._show_progress()
        self.verify_wanted.emit(tuple(self._users), self.deep_choice.isChecked())

    @Slot()
    def _stop(self) -> None:
        self._title.setText(_("Stopping…"))
        self.stop_button.setEnabled(False)
        self.stop_wanted.emit(tuple(self._users))

    def _end(self) -> None:
        self._is_running = False
        _set_shown(False, self.strip, self._progress, self.stop_button)
        self.close_button.setText(_("&Close"))
        self.close_button.show()
        self.close_button.setFocus()
        results = [verified.result for verified in self._results]
        if any(result is None for result in results):
            self._title.setText(_("The verification was stopped"))
            self.notice.say(Tone.WAITING, _("Not every account was looked at."))
        elif all(result is not None and result.passed for result in results):
            self._title.setText(_("Everything is there"))
            self.notice.say(Tone.DONE, _("The report tells when it was looked at."))
        else:
            self._title.setText(_("Not everything is there as it was moved"))
            self.notice.say(Tone.NEEDS_SOMEONE, _("What was found stands below. Nothing was changed."))
        self.adjustSize()

    def _show_progress(self) -> None:
        done, all_of_them = len(self._results), len(self._users)
        self.strip.show_share(done / all_of_them)
        text = _("{done} of {accounts} looked at")
        self._progress.setText(text.format(done=numbers.count(done), accounts=numbers.accounts(all_of_them)))


def _set_shown(is_shown: bool, *widgets: QWidget) -> None:
    for widget in widgets:
        widget.setVisible(is_shown)


def _lines(user: str, result: AccountVerification) -> str:
    """What was found of one account."""
    if result.failure is not None:
        return _("{account}: {sentence}").format(account=user, sentence=sentence(result.failure))
    found = verification_sentence(VerificationRecord(datetime.now(UTC), result))
    lines = [_("{account}: {sentence}").format(account=user, sentence=found)]
    if result.total.refiled:
        lines.append(refiled_sentence(result.total.refiled))
    named = [
        text.format(message=f"{display_name(folder.path)}: {name}")
        for folder in result.folders
        for text, names in (
            (_("  missing: {message}"), folder.missing),
            (_("  altered: {message}"), folder.altered),
        )
        for name in names
    ]
    lines += named[:_MOST_NAMES]
    if len(named) > _MOST_NAMES:
        lines.append(_("And {messages} more.").format(messages=numbers.messages(len(named) - _MOST_NAMES)))
    return "\n".join(lines)
