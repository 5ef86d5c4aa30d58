"""Corrects the addresses of one account."""

from collections.abc import Iterable

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QPushButton, QVBoxLayout, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.bridge.correcting import address_problems, with_users
from mailmove_gui.desktop.models.rows import BoardRow
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Notice
from mailmove_gui.desktop.widgets.card_form import CardForm
from mailmove_gui.desktop.widgets.labels import QuietLabel, TitleLabel
from mailmove_gui.domain.plan import Account, Mailbox
from mailmove_gui.domain.problems import Problem
from mailmove_gui.texts import _
from mailmove_gui.texts.problems import on_its_own

_WIDTH = 620


class AddressesDialog(QDialog):
    """Two fields, and what is wrong with what stands in them; closes when the correction has been kept."""

    correction_wanted = Signal(object)
    """Account: it is to be so from now on"""

    def __init__(self, row: BoardRow, others: Iterable[Account], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._account, self._counts = row.account, row.counts
        self._others = tuple(others)
        self.setWindowTitle(_("Addresses of {user}").format(user=row.account.source.user))
        self.setMinimumWidth(_WIDTH)
        self.source_field = QLineEdit(row.account.source.user, self)
        self.destination_field = QLineEdit(row.account.destination.user, self)
        self.notice = Notice(self)
        self.correct_button = QPushButton(_("Co&rrect"), self)
        theme.mark_primary(self.correct_button)
        self.cancel_button = QPushButton(_("&Cancel"), self)
        self.cancel_button.setAutoDefault(False)
        self._arrange()
        for field in (self.source_field, self.destination_field):
            field.textChanged.connect(self._look)
        self.correct_button.clicked.connect(self._correct)
        self.cancel_button.clicked.connect(self.reject)
        self._look()
        self.source_field.setFocus()

    def corrected(self) -> Account:
        """The account with what stands in the fields."""
        return with_users(self._account, self.source_field.text(), self.destination_field.text())

    @Slot(object)
    def show_kept(self, account: Account) -> None:
        """The correction is in the migration's file."""
        if account.id == self._account.id:
            self.accept()

    @Slot(object)
    def show_refused(self, problem: Problem) -> None:
        """It could not be carried out; nothing was changed."""
        self.notice.say(Tone.FAILED, on_its_own(problem))

    def _arrange(self) -> None:
        form = CardForm(self)
        form.add_field(_("Address at the &source"), self.source_field, _at_server(self._account.source))
        form.add_field(_("Address at the &destination"), self.destination_field, _at_server(self._account.destination))
        buttons = QDialogButtonBox(self)
        buttons.addButton(self.correct_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(self.cancel_button, QDialogButtonBox.ButtonRole.RejectRole)
        layout = QVBoxLayout(self)
        theme.set_margins(layout, theme.SPACE_HUGE)
        layout.addWidget(TitleLabel(_("Correct the addresses"), self))
        layout.addWidget(form)
        layout.addWidget(self.notice)
        layout.addWidget(
            QuietLabel(
                _(
                    "The migration's file keeps the earlier addresses, too. A new address needs its own password,"
                    " which is asked for at the next start."
                ),
                self,
            )
        )
        layout.addStretch(1)
        layout.addWidget(buttons)

    @Slot()
    def _look(self) -> None:
        corrected = self.corrected()
        problems = address_problems(self._account, corrected, self._others, self._counts)
        stops = bool(problems) and problems[0].stops
        self.correct_button.setEnabled(not stops and corrected != self._account)
        if problems and corrected != self._account:
            self.notice.say(Tone.FAILED if stops else Tone.WAITING, on_its_own(problems[0]))
        else:
            self.notice.clear()

    @Slot()
    def _correct(self) -> None:
        self.correct_button.setEnabled(False)
        self.correction_wanted.emit(self.corrected())


def _at_server(mailbox: Mailbox) -> str:
    return _("At {server}").format(server=mailbox.endpoint.host)
