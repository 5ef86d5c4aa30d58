"""Helps accounts into mailboxes that do not let them in, while the others go on."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.bridge.logins import Logins
from mailmove_gui.desktop.dialogs.retry_line import RetryLine
from mailmove_gui.desktop.dialogs.retry_lines import RetryLines
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.icon_button import IconButton
from mailmove_gui.desktop.widgets.indicators import CheckBox
from mailmove_gui.desktop.widgets.labels import QuietLabel, TitleLabel
from mailmove_gui.desktop.widgets.remark import Remark
from mailmove_gui.domain.logins import AccountLogins
from mailmove_gui.texts import _, ngettext
from mailmove_gui.texts.logins import filled_in, heading

_WIDTH = 680
_MOST_HEIGHT = 580


class RetryDialog(QDialog):
    """A line for each account and side; what stays empty is left as it is.

    It stays open while lines are left, and takes in new ones with `renew`. With `is_alone` it is about one account,
    and shows nothing of the others. `keeps` is whether the keyring keeps passwords; None: there is no choice.
    """

    retry_wanted = Signal(object, object)
    """dict of SecretKey and Secret, and the ids of the accounts to try again"""
    renewal_wanted = Signal(str)
    """account id: tell with `renew` how it is"""
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
        self._is_alone = is_alone
        self.setWindowTitle(_("Enter password") if is_alone else _("Enter passwords"))
        self.setMinimumWidth(_WIDTH)
        self.resize(_WIDTH, 0)
        self._title = TitleLabel(parent=self)
        self._lines = RetryLines(logins, self, usual_width=_WIDTH - 2 * theme.SPACE_HUGE, is_alone=is_alone)
        self.paste_button = IconButton("paste", _("&Paste a column"), self)
        self.paste_button.setToolTip(_("Fill in a column of passwords that you have copied, from this line on"))
        self.keep_box = CheckBox(_("&Keep until the migration is finished"), self)
        self.keep_box.setToolTip(_("In this computer's keyring; without it, they are forgotten when MailMove ends"))
        self.keep_box.setChecked(bool(keeps))
        self._remark = Remark(self)
        self.later_button = QPushButton(self)
        self.later_button.setAutoDefault(False)
        self.retry_button = QPushButton(self)
        theme.mark_primary(self.retry_button)
        self._arrange()
        self.paste_button.setVisible(not is_alone)
        self.keep_box.setVisible(keeps is not None)
        self._connect()
        self._lines.add([question for one in accounts for question in one.questions])
        self._renew()
        self._lines.go_to_first()

    @property
    def lines(self) -> tuple[RetryLine, ...]:
        """All lines, in the order in which they came."""
        return self._lines.lines

    @property
    def account_ids(self) -> frozenset[str]:
        """The accounts that it is about."""
        return self._lines.account_ids

    @property
    def remark(self) -> str:
        """What it says at the bottom."""
        return self._remark.text()

    @property
    def title(self) -> str:
        """What it says at the top."""
        return self._title.text()

    def renew(self, accounts: Sequence[AccountLogins]) -> None:
        """Show how accounts are now: lines of theirs are added, asked anew, or settled. What is typed stays."""
        self._lines.renew(accounts)
        self._renew()

    def fill_in(self, column: str) -> None:
        """Fill in a column of passwords, and say what came of it."""
        given = column.splitlines()
        while given and not given[-1]:
            given.pop()
        if not given:
            self._remark.say(Tone.WAITING, _("Nothing is copied. Copy a column of passwords, then paste it here."))
        elif any("\t" in one for one in given):
            self._remark.say(Tone.WAITING, _("Several columns are copied. Copy only the one with the passwords."))
        else:
            filled, left_over = self._lines.fill_in(given)
            self._remark.say(Tone.WAITING if left_over else Tone.DONE, filled_in(filled, filled + left_over))
            if self._lines.ready():
                self.retry_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self._fit()

    def done(self, result: int) -> None:
        """Closing ends tests, and forgets what is still typed."""
        self._lines.end()
        super().done(result)

    def showEvent(self, event: QShowEvent) -> None:
        """Fonts and styles are known now."""
        super().showEvent(event)
        self._fit()

    def _arrange(self) -> None:
        below = QuietLabel(_("The others go on. Passwords go to the mail servers and nowhere else."), self)
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
        layout.addWidget(self._title)
        layout.addWidget(below)
        layout.addWidget(self._lines, 1)
        layout.addLayout(choices)
        layout.addWidget(self._remark)
        layout.addWidget(buttons)
        for label in (self._title, below):
            label.setVisible(not self._is_alone)

    def _connect(self) -> None:
        self._lines.changed.connect(self._renew)
        self._lines.grown.connect(self._fit)
        self._lines.ended.connect(self._retry)
        self._lines.column_pasted.connect(self.fill_in)
        self._lines.test_failed.connect(self.renewal_wanted)
        self.paste_button.clicked.connect(self._paste)
        self.keep_box.toggled.connect(self.keep_wanted)
        self.later_button.clicked.connect(self.reject)
        self.retry_button.clicked.connect(self._retry)

    @Slot()
    def _renew(self) -> None:
        self._remark.clear()
        questions = self._lines.waiting()
        if questions:
            accounts = len({question.account.id for question in questions})
            passwords_alone = all(question.needs_password for question in questions)
            self._title.setText(heading(accounts, passwords_alone=passwords_alone))
        else:
            self._title.setText(_("Nobody is needed here any more"))
        self.later_button.setText(_("&Later") if questions else _("&Close"))
        number = len(self._lines.ready())
        self.retry_button.setEnabled(bool(number))
        if self._is_alone or not number:
            self.retry_button.setText(_("&Retry"))
        else:
            self.retry_button.setText(ngettext("&Retry {n} account", "&Retry {n} accounts", number).format(n=number))

    @Slot()
    def _fit(self) -> None:
        """As high as its lines need, as far as that goes. It never shrinks under a hand."""
        layout = self.layout()
        assert layout is not None
        wraps = layout.hasHeightForWidth()
        needed = layout.totalHeightForWidth(_WIDTH) if wraps else layout.totalSizeHint().height()
        self.resize(self.width(), max(self.height(), min(_MOST_HEIGHT, needed)))

    @Slot()
    def _retry(self) -> None:
        """Try what is filled in; the rest stays."""
        ready = self._lines.ready()
        if not ready:
            self._say_incomplete()
            return
        lines = [line for of_account in ready.values() for line in of_account]
        secrets = {
            line.question.mailbox.secret_key(line.question.side): line.secret
            for line in lines
            if line.secret is not None
        }
        for line in lines:
            line.settle(_("Is being tried"))
        self._remark.clear()
        self.retry_wanted.emit(secrets, tuple(ready))
        if self._lines.waiting():
            self._lines.go_to_first()
        else:
            self.accept()

    def _say_incomplete(self) -> None:
        half = next((line for line in self.lines if line.is_filled), None)
        if half is None:
            self._remark.say(Tone.WAITING, _("No password is filled in yet."))
        else:
            user = half.question.account.source.user
            self._remark.say(Tone.WAITING, _("{user} needs both passwords to be tried again.").format(user=user))
        self._fit()

    @Slot()
    def _paste(self) -> None:
        self.fill_in(QGuiApplication.clipboard().text())
