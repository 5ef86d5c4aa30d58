"""Helps accounts into mailboxes that do not let them in, while the others go on."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.bridge.logins import Logins
from mailmove_gui.desktop.dialogs.retry_line import RetryLine
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Card
from mailmove_gui.desktop.widgets.icon_button import IconButton
from mailmove_gui.desktop.widgets.indicators import CheckBox
from mailmove_gui.desktop.widgets.labels import QuietLabel, TitleLabel
from mailmove_gui.desktop.widgets.remark import Remark
from mailmove_gui.domain.logins import AccountLogins, LoginQuestion
from mailmove_gui.domain.secret import Secret, SecretKey
from mailmove_gui.texts import _, ngettext
from mailmove_gui.texts.logins import filled_in, heading
from mailmove_gui.texts.states import state_word

_WIDTH = 680
_LEAST_HEIGHT, _MOST_HEIGHT = 80, 580
_LINES_AT_ONCE = 20


class _Lines(QScrollArea):
    """Would like to be as high as what is in it."""

    wanted = QSize(0, _LEAST_HEIGHT)

    def sizeHint(self) -> QSize:
        """See above."""
        return self.wanted

    def minimumSizeHint(self) -> QSize:
        """The rest is scrolled."""
        return QSize(0, _LEAST_HEIGHT)


class RetryDialog(QDialog):
    """A line for each account and side; what stays empty is left as it is.

    It stays open while lines are left, and takes in new ones with `renew`. With `is_alone` it is about one account,
    and shows nothing of the others.
    """

    retry_wanted = Signal(object, object)
    """dict of SecretKey and Secret, and the ids of the accounts to try again"""
    renewal_wanted = Signal(object)
    """tuple of account ids: tell with `renew` how they are"""
    keep_wanted = Signal(bool)
    """whether the keyring keeps the passwords until the migration is finished"""

    def __init__(
        self,
        logins: Logins,
        accounts: Sequence[AccountLogins],
        parent: QWidget | None = None,
        *,
        is_alone: bool = False,
        keeps: bool | None = None,
    ) -> None:
        super().__init__(parent)
        self._logins = logins
        self._is_alone = is_alone
        self.setMinimumWidth(_WIDTH)
        self.resize(_WIDTH, _LEAST_HEIGHT)
        self._lines: list[RetryLine] = []
        self._unbuilt: list[LoginQuestion] = []
        self._pasting_at: RetryLine | None = None
        self.setWindowTitle(_("Enter password") if is_alone else _("Enter passwords"))
        self._title = TitleLabel(parent=self)
        self._below = QuietLabel(parent=self)
        self.paste_button = IconButton("paste", _("&Paste a column"), self)
        self.paste_button.setToolTip(_("Fill in a column of passwords that you have copied, from this line on"))
        self.keep_box = CheckBox(_("&Keep until the migration is finished"), self)
        self.keep_box.setToolTip(_("In this computer's keyring; without it, they are forgotten when MailMove ends"))
        self.keep_box.setChecked(bool(keeps))
        self.keep_box.setVisible(keeps is not None)
        self._remark = Remark(self)
        self.later_button = QPushButton(_("&Later"), self)
        self.later_button.setAutoDefault(False)
        self.retry_button = QPushButton(self)
        theme.mark_primary(self.retry_button)
        self._builder = QTimer(self)
        self._builder.setInterval(0)
        self._builder.timeout.connect(self._build_some)
        self._arrange()
        self._add([question for one in accounts for question in one.questions])
        self._build_some()
        self._connect()
        self._fit()
        if self._lines:
            self._lines[0].control.setFocus()

    @property
    def lines(self) -> tuple[RetryLine, ...]:
        """All lines, in the order in which they came."""
        self._build_all()
        return tuple(self._lines)

    @property
    def account_ids(self) -> frozenset[str]:
        """The accounts that it is about."""
        return frozenset(question.account.id for question in self._questions())

    @property
    def remark(self) -> str:
        """What it says at the bottom."""
        return self._remark.text()

    @property
    def title(self) -> str:
        """What it says at the top; empty if it is about one account."""
        return self._title.text()

    def renew(self, accounts: Sequence[AccountLogins]) -> None:
        """Show how accounts are now: lines of theirs are added, asked anew, or settled. What is typed stays."""
        self._build_all()
        lines = {(line.question.account.id, line.question.side): line for line in self._lines}
        new = []
        for account in accounts:
            asked = {question.side: question for question in account.questions}
            for (account_id, side), line in lines.items():
                if account_id != account.account_id:
                    continue
                if side in asked:
                    line.ask(asked[side])
                elif not (asked and line.is_filled):
                    line.settle(_("Works now") if asked else state_word(account.state))
            new += [one for one in account.questions if (account.account_id, one.side) not in lines]
        self._add(new)
        self._build_all()
        self._renew()
        self._fit()

    def done(self, result: int) -> None:
        """Closing ends tests, and forgets what is still typed."""
        self._builder.stop()
        for line in self._lines:
            line.give_up()
            line.field.clear()
        super().done(result)

    def showEvent(self, event: QShowEvent) -> None:
        """Fonts and styles are known now."""
        super().showEvent(event)
        self._fit()

    def _arrange(self) -> None:
        self._form = QWidget()
        self._form.setAutoFillBackground(False)
        self._form_layout = QVBoxLayout(self._form)
        theme.set_margins(self._form_layout, 0, theme.SPACE_SMALL)
        self._form_layout.addStretch(1)
        self._area = _Lines(self)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(self._form)
        self._area.viewport().setAutoFillBackground(False)
        choices = QHBoxLayout()
        choices.setSpacing(theme.SPACE)
        choices.addWidget(self.paste_button)
        choices.addWidget(self.keep_box)
        choices.addStretch(1)
        buttons = QDialogButtonBox(self)
        buttons.addButton(self.later_button, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.addButton(self.retry_button, QDialogButtonBox.ButtonRole.AcceptRole)
        layout = QVBoxLayout(self)
        theme.set_margins(layout, theme.SPACE_HUGE, theme.SPACE)
        for widget in (self._title, self._below, self._area):
            layout.addWidget(widget)
        layout.setStretchFactor(self._area, 1)
        layout.addLayout(choices)
        layout.addWidget(self._remark)
        layout.addWidget(buttons)
        self.paste_button.setVisible(not self._is_alone)
        self._title.setVisible(not self._is_alone)
        self._below.setVisible(not self._is_alone)
        self._below.setText(_("The others go on. Passwords go to the mail servers and nowhere else."))

    def _connect(self) -> None:
        self.paste_button.clicked.connect(self._paste_column)
        self.keep_box.toggled.connect(self.keep_wanted)
        self.later_button.clicked.connect(self.reject)
        self.retry_button.clicked.connect(self._retry)
        self._renew()

    # Lines

    def _questions(self) -> list[LoginQuestion]:
        return [line.question for line in self._lines] + self._unbuilt

    def _live(self) -> list[LoginQuestion]:
        """Where somebody still has to do something."""
        return [line.question for line in self._lines if not line.is_settled] + self._unbuilt

    def _add(self, questions: Sequence[LoginQuestion]) -> None:
        self._unbuilt += questions
        if self._unbuilt:
            self._builder.start()

    def _build_all(self) -> None:
        while self._unbuilt:
            self._build_some()

    @Slot()
    def _build_some(self) -> None:
        """Hundreds of lines at once would keep the window from being drawn."""
        some, self._unbuilt = self._unbuilt[:_LINES_AT_ONCE], self._unbuilt[_LINES_AT_ONCE:]
        before: QWidget = self._lines[-1].controls[-1] if self._lines else self
        for question in some:
            line = RetryLine(question, self._logins, is_alone=self._is_alone)
            line.changed.connect(self._renew)
            line.entered.connect(self._go_on)
            line.column_pasted.connect(self._fill)
            line.focused.connect(self._remember_place)
            line.test_failed.connect(self._look_again)
            line.grown.connect(self._fit)
            self._lines.append(line)
            self._form_layout.insertWidget(self._form_layout.count() - 1, self._framed(line))
            for control in line.controls:
                # They may be made last, but are not the last to be read.
                if before is not self:
                    self.setTabOrder(before, control)
                before = control
        if not self._unbuilt:
            self._builder.stop()

    def _framed(self, line: RetryLine) -> QWidget:
        if self._is_alone:
            return line
        card = Card(self._form)
        layout = QVBoxLayout(card)
        theme.set_margins(layout, 0, 0)
        layout.addWidget(line)
        return card

    @Slot()
    def _renew(self) -> None:
        questions = self._live()
        waiting = len({question.account.id for question in questions})
        self._title.setText(
            heading(waiting, passwords_alone=all(question.needs_password for question in questions))
            if questions
            else _("Nobody is needed here any more")
        )
        self.later_button.setText(_("&Later") if questions else _("&Close"))
        number = len(self._ready())
        self.retry_button.setEnabled(bool(number))
        if self._is_alone or not number:
            self.retry_button.setText(_("&Retry"))
        else:
            self.retry_button.setText(ngettext("&Retry {n} account", "&Retry {n} accounts", number).format(n=number))

    @Slot()
    def _fit(self) -> None:
        """As high as its lines need, as far as that goes; the rest is scrolled. It never shrinks under a hand."""
        layout = self.layout()
        assert layout is not None
        room = _WIDTH - 2 * theme.SPACE_HUGE
        self._area.wanted = QSize(room, max(_LEAST_HEIGHT, self._form_layout.totalHeightForWidth(room)))
        self._area.updateGeometry()
        wraps = layout.hasHeightForWidth()
        needed = layout.totalHeightForWidth(_WIDTH) if wraps else layout.totalSizeHint().height()
        self.resize(self.width(), max(self.height(), min(_MOST_HEIGHT, needed)))

    # What is filled in

    def _ready(self) -> dict[str, list[RetryLine]]:
        """Accounts that can be tried again. With one of two passwords still wrong that would only cost a try."""
        by_account: dict[str, list[RetryLine]] = {}
        for line in self._lines:
            if not line.is_settled:
                by_account.setdefault(line.question.account.id, []).append(line)
        return {one: lines for one, lines in by_account.items() if all(line.is_filled for line in lines)}

    @Slot()
    def _retry(self) -> None:
        ready = self._ready()
        if not ready:
            return
        secrets: Mapping[SecretKey, Secret] = {
            line.question.mailbox.secret_key(line.question.side): line.secret
            for lines in ready.values()
            for line in lines
            if line.secret is not None
        }
        for lines in ready.values():
            for line in lines:
                line.settle(_("Is being tried"))
        self._remark.clear()
        self.retry_wanted.emit(secrets, tuple(ready))
        if not self._live():
            self.accept()
            return
        self._renew()
        self._focus_first()

    def _focus_first(self) -> None:
        waiting = next((line for line in self._lines if not line.is_settled), None)
        if waiting is not None:
            self._go_to(waiting)

    def _go_to(self, line: RetryLine) -> None:
        line.control.setFocus(Qt.FocusReason.TabFocusReason)
        self._area.ensureWidgetVisible(line)

    @Slot()
    def _go_on(self) -> None:
        """Enter goes down, and at the end it retries what is filled in."""
        self._build_all()
        sender = self.sender()
        following = self._lines[self._lines.index(sender) + 1 :] if isinstance(sender, RetryLine) else []
        line = next((line for line in following if not line.is_settled), None)
        if line is not None:
            self._go_to(line)
        elif self._ready():
            self._retry()
        else:
            self._say_incomplete()

    def _say_incomplete(self) -> None:
        half = next((line for line in self._lines if line.is_filled), None)
        if half is not None:
            user = half.question.account.source.user
            self._remark.say(Tone.WAITING, _("{user} needs both passwords to be tried again.").format(user=user))
        else:
            self._remark.say(Tone.WAITING, _("No password is filled in yet."))

    @Slot()
    def _look_again(self) -> None:
        line = self.sender()
        if isinstance(line, RetryLine):
            self.renewal_wanted.emit((line.question.account.id,))

    # A column of passwords

    @Slot()
    def _remember_place(self) -> None:
        """Where a column goes when the button is pressed, which has the focus then."""
        line = self.sender()
        self._pasting_at = line if isinstance(line, RetryLine) else None

    @Slot()
    def _paste_column(self) -> None:
        self._fill_from(self._pasting_at, QGuiApplication.clipboard().text())

    @Slot(str)
    def _fill(self, text: str) -> None:
        sender = self.sender()
        self._fill_from(sender if isinstance(sender, RetryLine) else None, text)

    def _fill_from(self, first: RetryLine | None, text: str) -> None:
        self._build_all()
        given = text.splitlines()
        while given and not given[-1]:
            given.pop()
        if not given:
            self._remark.say(Tone.WAITING, _("Nothing is copied. Copy a column of passwords, then paste it here."))
            return
        if any("\t" in one for one in given):
            self._remark.say(Tone.WAITING, _("Several columns are copied. Copy only the one with the passwords."))
            return
        start = self._lines.index(first) if first in self._lines and first is not None else 0
        fields = [one for one in self._lines[start:] if one.question.needs_password and not one.is_settled]
        filled = 0
        for line, password in zip(fields, given, strict=False):
            # An empty cell leaves its line as it is.
            if password:
                line.field.setText(password)
                filled += 1
        left_over = sum(map(bool, given[len(fields) :]))
        self._remark.say(Tone.WAITING if left_over else Tone.DONE, filled_in(filled, filled + left_over))
        if self._ready():
            self.retry_button.setFocus(Qt.FocusReason.OtherFocusReason)
