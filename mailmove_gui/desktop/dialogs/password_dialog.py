"""Corrects passwords and user names that the check found wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.widgets.labels import QuietLabel, TitleLabel
from mailmove_gui.desktop.widgets.password_edit import PasswordEdit
from mailmove_gui.desktop.widgets.tab_order import put_in_tab_order
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.plan import Account, Mailbox
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret, SecretKey
from mailmove_gui.texts import _, ngettext
from mailmove_gui.texts.reasons import sentence

_WIDTH = 560
_MOST_HEIGHT = 440


@dataclass(frozen=True, slots=True)
class PasswordQuestion:
    """Whose password is asked for, and why."""

    account: Account
    side: Side
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class _Field:
    account_id: str
    side: Side
    mailbox: Mailbox
    edit: PasswordEdit
    user_edit: QLineEdit

    @property
    def user(self) -> str:
        """The user name as it is now."""
        return self.user_edit.text().strip() or self.mailbox.user

    @property
    def is_filled(self) -> bool:
        """Whether something was corrected."""
        return bool(self.edit.text()) or self.user != self.mailbox.user


class PasswordDialog(QDialog):
    """User name and password of each side that does not let us in; what stays as it is is left alone.

    For the check before the start: once accounts move, `RetryDialog` asks.
    """

    def __init__(self, questions: Sequence[PasswordQuestion], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Enter passwords"))
        self.setMinimumWidth(_WIDTH)
        self._fields: list[_Field] = []
        accounts = len({question.account.id for question in questions})
        form = QWidget()
        form_layout = QVBoxLayout(form)
        theme.set_margins(form_layout, 0, theme.SPACE_LARGE)
        for question in questions:
            form_layout.addWidget(self._make_field(question))
        form_layout.addStretch(1)
        area = QScrollArea(self)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(form)
        wanted_height = form_layout.heightForWidth(_WIDTH - 2 * theme.SPACE_HUGE) + 2
        area.setMinimumHeight(min(_MOST_HEIGHT, wanted_height))
        area.setMaximumHeight(max(wanted_height, area.minimumHeight()))
        area.viewport().setAutoFillBackground(False)
        form.setAutoFillBackground(False)
        buttons = QDialogButtonBox(self)
        self._later = QPushButton(_("&Later"), self)
        self._later.setAutoDefault(False)
        self._retry = QPushButton(self)
        theme.mark_primary(self._retry)
        buttons.addButton(self._later, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.addButton(self._retry, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        theme.set_margins(layout, theme.SPACE_HUGE, theme.SPACE_LARGE)
        layout.addWidget(
            TitleLabel(
                ngettext("{n} account needs a password", "{n} accounts need a password", accounts).format(n=accounts)
            )
        )
        layout.addWidget(QuietLabel(_("Passwords go to the mail servers and nowhere else.")))
        layout.addWidget(area, 1)
        layout.addWidget(buttons)
        put_in_tab_order(edit for one in self._fields for edit in (one.user_edit, one.edit))
        self._renew()
        if self._fields:
            self._fields[0].edit.setFocus()

    def passwords(self) -> dict[SecretKey, Secret]:
        """The passwords that were typed, for the user names as they are now."""
        return {
            Mailbox(one.mailbox.endpoint, one.user).secret_key(one.side): one.edit.secret()
            for one in self._fields
            if one.edit.text()
        }

    def users(self) -> dict[SecretKey, str]:
        """User names that were corrected, by the side, server and name that they had."""
        return {one.mailbox.secret_key(one.side): one.user for one in self._fields if one.user != one.mailbox.user}

    def account_ids(self) -> tuple[str, ...]:
        """The accounts for which something was typed."""
        return tuple(dict.fromkeys(one.account_id for one in self._fields if one.is_filled))

    def edits(self) -> tuple[PasswordEdit, ...]:
        """The fields, in the order of the accounts."""
        return tuple(one.edit for one in self._fields)

    def user_edits(self) -> tuple[QLineEdit, ...]:
        """The fields for user names, in the order of the accounts."""
        return tuple(one.user_edit for one in self._fields)

    @property
    def retry_button(self) -> QPushButton:
        """The button that goes on."""
        return self._retry

    def _make_field(self, question: PasswordQuestion) -> QWidget:
        side, mailbox = question.side, question.account.mailbox(question.side)
        box = QWidget(self)
        layout = QVBoxLayout(box)
        theme.set_margins(layout, 0, theme.SPACE_TINY)
        where = _("{user} at {host} (source)") if side is Side.SOURCE else _("{user} at {host} (destination)")
        label = QLabel(where.format(user=mailbox.user, host=mailbox.endpoint.host), box)
        label.setFont(theme.section_font(self.font()))
        label.setWordWrap(True)
        edit = PasswordEdit(box)
        edit.setAccessibleName(_("Password of {user}").format(user=mailbox.user))
        edit.setMinimumHeight(theme.field_height(edit))
        edit.setPlaceholderText(_("Password"))
        edit.textChanged.connect(self._renew)
        label.setBuddy(edit)
        layout.addWidget(label)
        if question.failure is not None:
            layout.addWidget(QuietLabel(sentence(question.failure), box))
        user_edit = self._make_user_edit(mailbox, box)
        fields = QGridLayout()
        fields.setSpacing(theme.SPACE_SMALL)
        fields.setColumnStretch(1, 1)
        for row, (name, field) in enumerate(((_("User name"), user_edit), (_("Password"), edit))):
            fields.addWidget(QLabel(name, box), row, 0)
            fields.addWidget(field, row, 1)
        layout.addLayout(fields)
        self._fields.append(_Field(question.account.id, side, mailbox, edit, user_edit))
        return box

    def _make_user_edit(self, mailbox: Mailbox, parent: QWidget) -> QLineEdit:
        edit = QLineEdit(mailbox.user, parent)
        edit.setAccessibleName(_("User name of {user}").format(user=mailbox.user))
        edit.setMinimumHeight(theme.field_height(edit))
        edit.textChanged.connect(self._renew)
        return edit

    @Slot()
    def _renew(self) -> None:
        number = len(self.account_ids())
        self._retry.setEnabled(bool(number))
        self._retry.setText(
            ngettext("&Retry {n} account", "&Retry {n} accounts", number).format(n=number) if number else _("&Retry")
        )
