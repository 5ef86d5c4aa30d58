"""What the check found."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt, Slot
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton

from mailmove_gui.desktop import icons, theme
from mailmove_gui.desktop.dialogs.password_dialog import PasswordDialog, PasswordQuestion
from mailmove_gui.desktop.models.check_model import OUTCOME_ROLE, CheckModel, Column
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Notice
from mailmove_gui.desktop.widgets.cells import AddressCell, Cell, IconCell, Table, set_up_table, text_width
from mailmove_gui.desktop.widgets.progress import ProgressStrip
from mailmove_gui.desktop.widgets.table_header import ColumnFit
from mailmove_gui.desktop.wizard.page import Page
from mailmove_gui.domain.findings import AccountCheck
from mailmove_gui.domain.reasons import Side, needs_password
from mailmove_gui.texts import _, ngettext, numbers

if TYPE_CHECKING:
    from mailmove_gui.desktop.wizard.wizard import MigrationWizard

Index = QModelIndex | QPersistentModelIndex


class _SideCell(IconCell):
    """Tick or cross, and a word."""

    def icon_of(self, index: Index) -> tuple[str, Tone] | None:
        match index.data(OUTCOME_ROLE):
            case True:
                return "done", Tone.DONE
            case False:
                return "failed", Tone.FAILED
            case _:
                return "queued", Tone.IDLE


class _NoteCell(Cell):
    """Up to two lines; failures in their colour."""

    def paint_inside(self, painter: QPainter, rect: QRect, palette: QPalette, index: Index) -> None:
        if index.data(OUTCOME_ROLE) is False:
            painter.setPen(Tone.FAILED.color(palette))
        else:
            painter.setPen(theme.secondary_text(palette))
        self.draw_lines(painter, rect, str(index.data() or ""))


class CheckPage(Page):
    """Logs in everywhere, counts and maps folders while the page stays usable; copies nothing."""

    def __init__(self, wizard: "MigrationWizard") -> None:
        super().__init__(
            wizard,
            _("Check"),
            _("MailMove logs in on both sides, counts messages and maps folders. Nothing is copied yet."),
        )
        self.model = CheckModel(self)
        self.table = Table(self)
        self.table.setModel(self.model)
        set_up_table(self.table)
        self.table.setAccessibleName(_("What the check found"))
        self.table.setItemDelegate(Cell(self.table, right=True))
        self.table.setItemDelegateForColumn(Column.ACCOUNT, AddressCell(self.table))
        side = _SideCell(self.table)
        self.table.setItemDelegateForColumn(Column.SOURCE, side)
        self.table.setItemDelegateForColumn(Column.DESTINATION, side)
        self.table.setItemDelegateForColumn(Column.NOTE, _NoteCell(self.table))
        table = self.table
        least = {
            Column.ACCOUNT: text_width(table, "anna.m@old.example"),
            Column.SOURCE: text_width(table, "Works ") + 22,
            Column.DESTINATION: text_width(table, "Destination"),
            Column.MESSAGES: text_width(table, "Messages "),
            Column.SIZE: text_width(table, "999 MB "),
            Column.NOTE: text_width(table, "The destination server does"),
        }
        self._fit = ColumnFit(table, least, {Column.ACCOUNT: 2, Column.MESSAGES: 1, Column.NOTE: 5})
        self._status = QLabel(self)
        self._strip = ProgressStrip(self)
        self.again_button = QPushButton(icons.icon("retry"), _("Check &again"), self)
        self.passwords_button = QPushButton(icons.icon("key"), _("Enter pass&words…"), self)
        self.again_button.setAutoDefault(False)
        self.passwords_button.setAutoDefault(False)
        self.notice = Notice(self)
        top = QHBoxLayout()
        top.setSpacing(theme.SPACE_SMALL)
        top.addWidget(self._status, 1)
        top.addWidget(self.passwords_button)
        top.addWidget(self.again_button)
        self.body.setSpacing(theme.SPACE_SMALL)
        self.body.addLayout(top)
        self.body.addWidget(self._strip)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.notice)
        self._checked_for: object = None
        self.again_button.clicked.connect(self._check_again)
        self.passwords_button.clicked.connect(self._ask_passwords)
        wizard.checker.checked.connect(self._take)
        wizard.checker.finished.connect(self._finish)

    def initializePage(self) -> None:
        """Check what has not been checked as it stands now."""
        draft = self.draft
        asked = (draft.accounts(), draft.passwords())
        is_same = asked == self._checked_for
        self.model.show_accounts(asked[0], dict(draft.checks) if is_same else {})
        if not is_same or len(draft.checks) < len(asked[0]):
            self._start([account.id for account in asked[0] if account.id not in self.model.checks])
        else:
            self._renew()

    def cleanupPage(self) -> None:
        """Going back ends the check."""
        self._owner.checker.cancel()
        self._renew()

    def isComplete(self) -> bool:
        """Whether the check is over and has let somebody through."""
        return not self._owner.checker.is_running and bool(self.draft.passed())

    @property
    def status(self) -> str:
        """How far the check is."""
        return self._status.text()

    def _start(self, account_ids: Sequence[str]) -> None:
        draft = self.draft
        self._checked_for = (draft.accounts(), draft.passwords())
        self.model.forget(account_ids)
        self._owner.change(replace(draft, checks=self.model.checks))
        self._owner.checker.start(draft.plan(), draft.passwords(), account_ids)
        self._renew()

    @Slot()
    def _check_again(self) -> None:
        """Once more: those that failed, or all if none did."""
        checks = self.model.checks
        if self._owner.checker.is_running:
            self._owner.checker.cancel()
            self._renew()
            return
        failed = [one.id for one in self.model.accounts if one.id not in checks or not checks[one.id].passed]
        self._start(failed or [account.id for account in self.model.accounts])

    @Slot(object)
    def _take(self, check: AccountCheck) -> None:
        self.model.take(check)
        self._owner.change(replace(self.draft, checks=self.model.checks))
        self._renew()

    @Slot()
    def _finish(self) -> None:
        self._renew()

    @Slot()
    def _ask_passwords(self) -> None:
        questions = self._questions()
        if not questions:
            return
        dialog = PasswordDialog(questions, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(self._take_passwords)
        dialog.open()

    @Slot()
    def _take_passwords(self) -> None:
        dialog = self.sender()
        if isinstance(dialog, PasswordDialog) and dialog.account_ids():
            self._owner.change(self.draft.with_passwords(dialog.passwords()))
            self._start(dialog.account_ids())

    def _questions(self) -> list[PasswordQuestion]:
        checks = self.model.checks
        return [
            PasswordQuestion(account, side, failure)
            for account in self.model.accounts
            if (check := checks.get(account.id)) is not None
            for side, failure in (
                (Side.SOURCE, check.source_failure),
                (Side.DESTINATION, check.destination_failure),
            )
            if failure is not None and needs_password(failure.reason)
        ]

    def _renew(self) -> None:
        accounts, checks = self.model.accounts, self.model.checks
        running = self._owner.checker.is_running
        passed = [check for check in checks.values() if check.passed]
        self._strip.show_share(len(checks) / len(accounts) if accounts else 0.0, Tone.MOVING if running else Tone.DONE)
        self._strip.setVisible(running)
        self.again_button.setText(_("&Stop checking") if running else _("Check &again"))
        self.again_button.setIcon(icons.icon("stop" if running else "retry"))
        questions = self._questions()
        self.passwords_button.setVisible(bool(questions) and not running)
        self.passwords_button.setText(
            ngettext("Enter {n} pass&word…", "Enter {n} pass&words…", len(questions)).format(n=len(questions))
        )
        if running:
            self._status.setText(
                _("Checked {done} of {total}").format(
                    done=numbers.count(len(checks)), total=numbers.count(len(accounts))
                )
            )
            self.notice.clear()
        else:
            self._status.setText(self._outcome(passed))
            self._advise(len(accounts) - len(passed), bool(passed))
        self.name_next(
            ngettext("&Go on with {n} account", "&Go on with {n} accounts", len(passed)).format(
                n=numbers.count(len(passed))
            )
            if passed
            else _("&Go on")
        )
        self.completeChanged.emit()

    @staticmethod
    def _outcome(passed: Sequence[AccountCheck]) -> str:
        if not passed:
            return ""
        messages = numbers.messages(sum(check.messages for check in passed))
        sizes = [check.size_bytes for check in passed]
        can_move = ngettext("{n} account can be moved", "{n} accounts can be moved", len(passed))
        parts = [can_move.format(n=numbers.count(len(passed))), messages]
        if all(size is not None for size in sizes):
            parts.append(numbers.size(sum(size or 0 for size in sizes)))
        return " \N{MIDDLE DOT} ".join(parts)

    def _advise(self, failed: int, some_passed: bool) -> None:
        if not failed:
            self.notice.clear()
        elif some_passed:
            text = ngettext(
                "{n} account cannot be moved yet. Correct it here, or go on: it stays in the list for later.",
                "{n} accounts cannot be moved yet. Correct them here, or go on: they stay in the list for later.",
                failed,
            )
            self.notice.say(Tone.WAITING, text.format(n=numbers.count(failed)))
        else:
            self.notice.say(
                Tone.FAILED, _("No account can be moved yet. Correct what the notes say, then check again.")
            )
