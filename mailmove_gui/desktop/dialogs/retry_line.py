"""One line of the retry dialog: a side of an account that somebody has to help into its mailbox."""

from html import escape

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.bridge.logins import Logins
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.disclosure import DisclosureButton
from mailmove_gui.desktop.widgets.indicators import CheckBox
from mailmove_gui.desktop.widgets.labels import QuietLabel, SectionLabel, TitleLabel, WrappedLabel
from mailmove_gui.desktop.widgets.password_edit import PasswordEdit
from mailmove_gui.desktop.widgets.remark import Remark
from mailmove_gui.domain.logins import LoginQuestion
from mailmove_gui.domain.probing import StageResult
from mailmove_gui.domain.secret import Secret
from mailmove_gui.texts import _
from mailmove_gui.texts.logins import is_last_try, outcome_sentence, place, tries_used, what_helps, why


class ColumnEdit(PasswordEdit):
    """A password field in a column of others: Enter goes down, and several lines at once are a column."""

    entered = Signal()
    """Enter was pressed"""
    column_pasted = Signal(str)
    """text of several lines"""
    focused = Signal()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell that somebody is here."""
        super().focusInEvent(event)
        self.focused.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter is not the dialog's button's, and a column does not come into one field."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()
            self.entered.emit()
        elif event.matches(QKeySequence.StandardKey.Paste) and "\n" in (text := QGuiApplication.clipboard().text()):
            event.accept()
            self.column_pasted.emit(text)
        else:
            super().keyPressEvent(event)


class RetryLine(QWidget):
    """Who it is, why, where the right password is made, and a field for it with a test.

    A line whose mailbox needs something else than a password has a box to tick instead. With `is_alone` it is written
    large, for somebody who was called to the screen.
    """

    changed = Signal()
    """what is filled in"""
    entered = Signal()
    """Enter was pressed in the field"""
    column_pasted = Signal(str)
    """text of several lines, which begin here"""
    focused = Signal()
    """the field has the focus now"""
    test_failed = Signal()
    """which may have counted as a try"""

    def __init__(
        self, question: LoginQuestion, logins: Logins, parent: QWidget | None = None, *, is_alone: bool = False
    ) -> None:
        super().__init__(parent)
        self._question = question
        self._logins = logins
        self._is_settled = False
        self._last: StageResult | None = None
        user = question.mailbox.user
        self._user = TitleLabel(user, self) if is_alone else SectionLabel(user, self)
        self._user.setTextFormat(Qt.TextFormat.PlainText)
        self._user.setWordWrap(True)
        self._place = QuietLabel(place(question), self)
        self._why = WrappedLabel(parent=self)
        self._why.setTextFormat(Qt.TextFormat.PlainText)
        self._where = QuietLabel(parent=self)
        self._where.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self._where.setOpenExternalLinks(True)
        self.where_button = DisclosureButton(_("Where?"), self._where, self)
        self.where_button.setAccessibleName(_("Where this is set for {user}").format(user=user))
        self._tries = Remark(self)
        self.field = ColumnEdit(self)
        self.field.setMinimumHeight(theme.field_height(self.field))
        self.field.setPlaceholderText(_("Password"))
        self.field.setAccessibleName(_("Password of {user} {place}").format(user=user, place=place(question)))
        self.box = CheckBox(_("Try again"), self)
        self.box.setAccessibleName(_("Try {user} again").format(user=user))
        self.test_button = QPushButton(self)
        self.test_button.setAutoDefault(False)
        self.test_button.setAccessibleName(_("Test the password of {user}").format(user=user))
        self._outcome = Remark(self)
        self._arrange(is_alone=is_alone)
        self._ask(question)
        self._connect()

    @property
    def question(self) -> LoginQuestion:
        """What is asked."""
        return self._question

    @property
    def is_settled(self) -> bool:
        """Whether nothing has to be done here any more."""
        return self._is_settled

    @property
    def is_filled(self) -> bool:
        """Whether it can be tried again."""
        if self._is_settled:
            return False
        return bool(self.field.text()) if self._question.needs_password else self.box.isChecked()

    @property
    def control(self) -> QWidget:
        """Where it is filled in."""
        return self.field if self._question.needs_password else self.box

    @property
    def controls(self) -> tuple[QWidget, ...]:
        """What can have the focus, in the order in which it is read."""
        return self.where_button, self._where, self.field, self.test_button, self.box

    @property
    def secret(self) -> Secret | None:
        """What was typed; None if nothing was."""
        return self.field.secret() if self._question.needs_password and self.is_filled else None

    @property
    def outcome(self) -> str:
        """What is said beside the field."""
        return self._outcome.text()

    @property
    def words(self) -> str:
        """Who it is, where, why, and how many tries were used."""
        labels = (self._user, self._place, self._why)
        return "\n".join([*(label.text() for label in labels), self._tries.text()])

    def ask(self, question: LoginQuestion) -> None:
        """Ask anew; what is typed stays, and so does what a test has said of it."""
        was_settled = self._is_settled
        self._is_settled = False
        self._ask(question)
        if was_settled:
            self._outcome.clear()
        self._renew()

    def settle(self, word: str) -> None:
        """There is nothing to do here any more; `word` says why."""
        self._is_settled = True
        self.give_up()
        self.field.clear()
        self.box.setChecked(False)
        self.where_button.set_open(False)
        self._tries.clear()
        self._outcome.say(Tone.IDLE, word)
        self._renew()

    def give_up(self) -> None:
        """End a test that is running."""
        if self._testing.is_running:
            self._testing.cancel()
            self._outcome.clear()
            self._renew()

    def _ask(self, question: LoginQuestion) -> None:
        self._question = question
        self._why.setText(why(question))
        helps = what_helps(question)
        self._where.setText(_where_text(helps.where if helps is not None else "", question))
        tries = tries_used(question.tries, question.tries_allowed)
        if tries:
            is_last = is_last_try(question.tries, question.tries_allowed)
            self._tries.say(Tone.NEEDS_SOMEONE if is_last else Tone.IDLE, tries, icon_name="warning" if is_last else "")
        else:
            self._tries.clear()
        self.field.setVisible(question.needs_password)
        self.test_button.setVisible(question.needs_password)
        self.box.setVisible(not question.needs_password)

    def _arrange(self, *, is_alone: bool) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.SPACE_SMALL)
        who = QVBoxLayout()
        who.setSpacing(0)
        who.addWidget(self._user)
        who.addWidget(self._place)
        head.addLayout(who, 1)
        head.addWidget(self.where_button, 0, Qt.AlignmentFlag.AlignBottom)
        answer = QHBoxLayout()
        answer.setSpacing(theme.SPACE_SMALL)
        answer.addWidget(self.field, 1)
        answer.addWidget(self.test_button)
        layout = QVBoxLayout(self)
        theme.set_margins(layout, 0 if is_alone else theme.SPACE, theme.SPACE_SMALL if is_alone else theme.SPACE_TINY)
        layout.addLayout(head)
        layout.addWidget(self._why)
        layout.addWidget(self._where)
        layout.addWidget(self._tries)
        layout.addLayout(answer)
        layout.addWidget(self.box, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._outcome)

    def _connect(self) -> None:
        self._testing = self._logins.testing(self._question)
        self._testing.reported.connect(self._take)
        self._testing.finished.connect(self._finish)
        self._testing.failed.connect(self._break_off)
        self.field.textChanged.connect(self._typed)
        self.field.entered.connect(self.entered)
        self.field.column_pasted.connect(self.column_pasted)
        self.field.focused.connect(self.focused)
        self.box.toggled.connect(self._renew)
        self.test_button.clicked.connect(self._test_or_stop)
        self._renew()

    @Slot()
    def _typed(self) -> None:
        """What a test said was about another password."""
        self._testing.cancel()
        self._outcome.clear()
        self._renew()

    @Slot()
    def _test_or_stop(self) -> None:
        if self._testing.is_running:
            self.give_up()
            return
        self._last = None
        self._logins.test(self._question, self.field.secret())
        self._outcome.say(Tone.MOVING, _("Testing…"))
        self._renew()

    @Slot(object)
    def _take(self, result: StageResult) -> None:
        self._last = result

    @Slot()
    def _finish(self) -> None:
        if self._last is not None:
            passed = self._last.passed
            self._outcome.say(Tone.DONE if passed else Tone.FAILED, outcome_sentence(self._last, self._question))
            if not passed:
                self.test_failed.emit()
        self._renew()

    @Slot()
    def _break_off(self) -> None:
        self._outcome.say(Tone.FAILED, _("MailMove made a mistake of its own, and the test ended. Test again."))
        self._renew()

    @Slot()
    def _renew(self) -> None:
        is_running = self._testing.is_running
        self.test_button.setText(_("Stop") if is_running else _("Test"))
        self.test_button.setEnabled(bool(self.field.text()) and not self._is_settled)
        self.where_button.setVisible(bool(self._where.text()) and not self._is_settled)
        self.field.setEnabled(not self._is_settled)
        self.box.setEnabled(not self._is_settled)
        for label in (self._user, self._why):
            label.setEnabled(not self._is_settled)
        self.field.setAccessibleDescription(self._outcome.text())
        self.changed.emit()


def _where_text(where: str, question: LoginQuestion) -> str:
    """The way through the provider's menus, and its help page; empty if neither is known."""
    urls = question.provider.help_urls if question.provider is not None else ()
    parts = [escape(where)] if where else []
    if urls:
        link = f'<a href="{escape(urls[0])}">{escape(urls[0])}</a>'
        parts.append(_("The provider's help page: {link}").format(link=link))
    return "<br>".join(parts)
