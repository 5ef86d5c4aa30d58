"""What the check found."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton

from mailmove_gui.desktop import icons, theme
from mailmove_gui.desktop.dialogs.folder_map_dialog import FolderMapDialog
from mailmove_gui.desktop.dialogs.password_dialog import PasswordDialog, PasswordQuestion
from mailmove_gui.desktop.models.check_model import CheckModel, Column
from mailmove_gui.desktop.models.folder_wishes import FolderWishes
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Notice
from mailmove_gui.desktop.widgets.labels import QuietLabel
from mailmove_gui.desktop.widgets.progress import ProgressStrip
from mailmove_gui.desktop.widgets.tab_order import put_in_tab_order
from mailmove_gui.desktop.wizard.check_summary import CheckSummary, outcome_text
from mailmove_gui.desktop.wizard.check_table import CheckTable
from mailmove_gui.desktop.wizard.draft import hinders
from mailmove_gui.desktop.wizard.page import Page
from mailmove_gui.desktop.wizard.problem_words import row_sentence
from mailmove_gui.domain.account_folders import remapped
from mailmove_gui.domain.findings import AccountCheck
from mailmove_gui.domain.plan import Account, MessageOrder, Options
from mailmove_gui.domain.reasons import Side, needs_password
from mailmove_gui.domain.secret import Secret, SecretKey
from mailmove_gui.texts import _, ngettext, numbers

_RENEW_MS = 100

if TYPE_CHECKING:
    from mailmove_gui.desktop.wizard.wizard import MigrationWizard


class CheckPage(Page):
    """Logs in everywhere, counts and maps folders while the page stays usable; copies nothing."""

    def __init__(self, wizard: "MigrationWizard") -> None:
        super().__init__(
            wizard,
            _("Check"),
            _("MailMove logs in on both sides, counts messages and maps folders. Nothing is copied yet."),
        )
        self.model = CheckModel(self)
        self.table = CheckTable(self.model, self)
        self._status = QLabel(self)
        self._strip = ProgressStrip(self)
        self.again_button = QPushButton(icons.icon("retry"), _("Check &again"), self)
        self.passwords_button = QPushButton(icons.icon("key"), _("Enter pass&words…"), self)
        self.again_button.setAutoDefault(False)
        self.passwords_button.setAutoDefault(False)
        self._row_note = QuietLabel(parent=self)
        self.summary = CheckSummary(self)
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
        self.body.addWidget(self._row_note)
        self.body.addWidget(self.summary)
        self.body.addWidget(self.notice)
        put_in_tab_order((self.passwords_button, self.again_button, self.table, *self.summary.tab_stops))
        self._checked_for: dict[str, object] = {}
        self.again_button.clicked.connect(self._check_again)
        self.passwords_button.clicked.connect(self._ask_passwords)
        self.summary.map_button.clicked.connect(self._show_map)
        self.summary.end_changed.connect(self._take_end)
        self.table.selectionModel().selectionChanged.connect(self._show_note)
        self._was_complete = False
        # Many accounts may be checked within a moment: what they add up to is drawn once.
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_RENEW_MS)
        self._later.timeout.connect(self._renew)
        wizard.checker.reported.connect(self._take)
        wizard.checker.finished.connect(self._finish)
        wizard.checker.failed.connect(self._fail)

    def initializePage(self) -> None:
        """Check what has not been checked as it stands now."""
        draft = self.draft
        self.summary.source_end.show_day(draft.source_ends)
        accounts = draft.accounts()
        bases = _bases(accounts, draft.passwords(), draft.options)
        known = {
            account_id: check
            for account_id, check in draft.checks.items()
            if account_id in bases and self._checked_for.get(account_id) == bases[account_id]
        }
        self.model.show_accounts(accounts, known)
        missing = [account_id for account_id in bases if account_id not in known]
        if missing:
            self._start(missing)
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

    def trust_checks(self) -> None:
        """Take the draft's checks for what is so as it stands now."""
        draft = self.draft
        bases = _bases(draft.accounts(), draft.passwords(), draft.options)
        self._checked_for = {account_id: bases[account_id] for account_id in draft.checks if account_id in bases}

    def _start(self, account_ids: Sequence[str]) -> None:
        draft, passwords = self.draft, self.draft.passwords()
        bases = _bases(self.model.accounts, passwords, draft.options)
        self._checked_for.update({account_id: bases[account_id] for account_id in account_ids})
        self.model.forget(account_ids)
        self._owner.change(replace(draft, checks=self.model.checks))
        self._owner.checker.start(draft.plan(), passwords, account_ids)
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
        if not self._later.isActive():
            self._later.start()

    @Slot()
    def _finish(self) -> None:
        self._renew()

    @Slot()
    def _fail(self) -> None:
        self._renew()
        self.notice.say(
            Tone.FAILED, _("The check ended by a mistake of MailMove's own. Check again; the log says more.")
        )

    @Slot()
    def _ask_passwords(self) -> None:
        questions = self._questions()
        if not questions:
            return
        dialog = PasswordDialog(questions, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(self._take_corrections)
        dialog.open()

    @Slot()
    def _take_corrections(self) -> None:
        """Check those again for which a password or a user name was typed."""
        dialog = self.sender()
        if not isinstance(dialog, PasswordDialog):
            return
        corrected = self.draft.with_users(dialog.users()).with_passwords(dialog.passwords())
        hindering = [problem for problem in corrected.problems() if hinders(problem)]
        if hindering:
            problems = [problem for problem in corrected.problems() if problem.row == hindering[0].row]
            self.notice.say(Tone.FAILED, row_sentence(problems))
            return
        self._owner.change(corrected)
        accounts, checks = corrected.accounts(), self.model.checks
        self.model.show_accounts(accounts, checks)
        retried = dialog.account_ids()
        self._start([one.id for one in accounts if one.id in retried or one.id not in checks])

    @Slot()
    def _show_map(self) -> None:
        draft, checks = self.draft, self.model.checks
        passed = set(draft.passed())
        wishes = FolderWishes(draft.options.folder_map, draft.options.exclude, draft.folder_maps, draft.excluded)
        accounts = [account for account in self.model.accounts if account.id in passed]
        dialog = FolderMapDialog(accounts, checks, draft.options, wishes, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(self._take_map)
        dialog.open()

    @Slot()
    def _take_map(self) -> None:
        """Map all accounts anew; those that get folders which were not counted are checked again."""
        dialog = self.sender()
        if not isinstance(dialog, FolderMapDialog):
            return
        wishes, checks = dialog.wishes(), self.model.checks
        draft = replace(
            self.draft,
            options=wishes.in_options(self.draft.options),
            folder_maps=wishes.own_maps,
            excluded=wishes.own_exclude,
        )
        accounts = draft.accounts()
        mapped = {one.id: remapped(checks[one.id], one, draft.options) for one in accounts if one.id in checks}
        known = {account_id: check for account_id, check in mapped.items() if check is not None}
        self._owner.change(replace(draft, checks=known))
        self.model.show_accounts(accounts, known)
        self.trust_checks()
        uncounted = [account_id for account_id, check in mapped.items() if check is None]
        if uncounted:
            self._start(uncounted)
        else:
            self._renew()

    @Slot()
    def _show_note(self) -> None:
        """A note that does not fit into its cell is read below the table."""
        chosen = self.table.selectionModel().selectedRows(Column.NOTE)
        note = str(chosen[0].data() or "") if len(chosen) == 1 else ""
        self._row_note.setText(note)
        self._row_note.setVisible(bool(note))

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

    @Slot()
    def _take_end(self) -> None:
        self._owner.change(replace(self.draft, source_ends=self.summary.source_end.day))

    @Slot()
    def _renew(self) -> None:
        self._later.stop()
        accounts, checks = self.model.accounts, self.model.checks
        running = self._owner.checker.is_running
        passed = [check for check in checks.values() if check.passed]
        self._strip.show_share(len(checks) / len(accounts) if accounts else 0.0, Tone.MOVING if running else Tone.DONE)
        self._strip.setVisible(running)
        self.again_button.setText(_("&Stop checking") if running else _("Check &again"))
        self.again_button.setIcon(icons.icon("stop" if running else "retry"))
        questions = [] if running else self._questions()
        self.passwords_button.setVisible(bool(questions))
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
            self._status.setText(outcome_text(passed))
            self._advise(len(accounts) - len(passed), bool(passed))
        self.name_next(
            ngettext("&Go on with {n} account", "&Go on with {n} accounts", len(passed)).format(
                n=numbers.count(len(passed))
            )
            if passed
            else _("&Go on")
        )
        order = [account.id for account in accounts]
        self.summary.show_passed([] if running else passed, order, self.draft.options)
        self._show_note()
        is_complete = self.isComplete()
        if is_complete != self._was_complete:
            self._was_complete = is_complete
            self.completeChanged.emit()

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


def _bases(accounts: Sequence[Account], passwords: Mapping[SecretKey, Secret], options: Options) -> dict[str, object]:
    """What the check of each account rests on: with another password, or other days, it is worth nothing."""
    # None of these changes what is found.
    options = replace(options, order=MessageOrder.NEWEST_FIRST, accounts_at_once=1, pop3_unread=False)
    return {
        account.id: (account, *(passwords.get(account.secret_key(side)) for side in Side), options)
        for account in accounts
    }
