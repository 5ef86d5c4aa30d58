"""The wizard: from nothing to a started migration."""

from dataclasses import replace
from enum import IntEnum
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QPushButton, QWidget, QWizard

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.bridge.background import Background
from mailmove_gui.desktop.bridge.checker import Checker
from mailmove_gui.desktop.bridge.open_document import NewMigration
from mailmove_gui.desktop.bridge.server_questions import ServerQuestions
from mailmove_gui.desktop.widgets.rail import Rail
from mailmove_gui.desktop.wizard.accounts_page import AccountsPage
from mailmove_gui.desktop.wizard.check_page import CheckPage
from mailmove_gui.desktop.wizard.destination_page import DestinationPage
from mailmove_gui.desktop.wizard.draft import MigrationDraft
from mailmove_gui.desktop.wizard.source_page import SourcePage
from mailmove_gui.desktop.wizard.start_page import StartPage
from mailmove_gui.desktop.wizard.what_page import WhatPage
from mailmove_gui.domain.problems import Problem
from mailmove_gui.texts import _
from mailmove_gui.texts.problems import sentence


class Step(IntEnum):
    """The pages, in their order."""

    SOURCE = 0
    DESTINATION = 1
    ACCOUNTS = 2
    WHAT = 3
    CHECK = 4
    START = 5


class MigrationWizard(QWizard):
    """Asks for everything that a migration needs; `start_wanted` then carries it.

    The wizard stays open until `end_started` or `say_failed` tells what became of it, so that nothing typed is lost.
    """

    start_wanted = Signal(object)
    """NewMigration"""

    def __init__(
        self,
        background: Background,
        checker: Checker,
        questions: ServerQuestions,
        folder: Path,
        draft: MigrationDraft | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.background = background
        self.checker = checker
        self.questions = questions
        self.folder = folder
        self.draft = draft or MigrationDraft()
        self._first_draft = self.draft
        self._is_starting = False
        self.setWindowTitle(_("Move mailboxes"))
        self.setWizardStyle(QWizard.WizardStyle.ClassicStyle)
        self.setOption(QWizard.WizardOption.NoBackButtonOnStartPage)
        self.setOption(QWizard.WizardOption.NoDefaultButton, False)
        mailbox = _("Mailbox") if self.draft.is_single else _("Accounts")
        self._rail = Rail([_("Source"), _("Destination"), mailbox, _("What to move"), _("Check"), _("Start")], self)
        self.setSideWidget(self._rail)
        self.source_page = SourcePage(self)
        self.destination_page = DestinationPage(self)
        self.accounts_page = AccountsPage(self)
        self.what_page = WhatPage(self)
        self.check_page = CheckPage(self)
        self.start_page = StartPage(self)
        for step, page in (
            (Step.SOURCE, self.source_page),
            (Step.DESTINATION, self.destination_page),
            (Step.ACCOUNTS, self.accounts_page),
            (Step.WHAT, self.what_page),
            (Step.CHECK, self.check_page),
            (Step.START, self.start_page),
        ):
            self.setPage(step, page)
        self.setButtonText(QWizard.WizardButton.BackButton, _("&Back"))
        self.setButtonText(QWizard.WizardButton.CancelButton, _("Cancel"))
        buttons = QWizard.WizardButton
        self.setButtonLayout(
            [
                buttons.CancelButton,
                buttons.Stretch,
                buttons.BackButton,
                buttons.NextButton,
                buttons.FinishButton,
            ]
        )
        self._mark_primary()
        self.currentIdChanged.connect(self._show_step)
        self.setMinimumSize(theme.SMALLEST_WIDTH, theme.SMALLEST_HEIGHT)
        self.resize(theme.SMALLEST_WIDTH + 60, theme.SMALLEST_HEIGHT + 40)

    def change(self, draft: MigrationDraft) -> None:
        """Keep what was typed."""
        self.draft = draft

    def primary_button(self) -> QAbstractButton:
        """The button that goes on from the present page."""
        page = self.currentPage()
        is_last = isinstance(page, StartPage)
        return self.button(QWizard.WizardButton.FinishButton if is_last else QWizard.WizardButton.NextButton)

    def end_started(self) -> None:
        """The migration is open: the wizard has done its work."""
        self._is_starting = False
        super().accept()

    def say_failed(self, problem: Problem) -> None:
        """The migration's file could not be made; everything typed is still here."""
        self._set_starting(False)
        self.start_page.say_failed(sentence(problem))

    def accept(self) -> None:
        """Ask for the start; the wizard closes when the migration is open."""
        draft = self.draft
        if self._is_starting or draft.path is None:
            return
        self._set_starting(True)
        self.start_wanted.emit(
            NewMigration(
                draft.path,
                replace(draft.plan(), name=draft.name.strip()),
                draft.passwords(),
                tuple(draft.checks.values()),
                draft.passed(),
                draft.is_sample,
            )
        )

    def reject(self) -> None:
        """Ask once before what was typed is thrown away."""
        if self._is_starting:
            return
        if replace(self.draft, checks={}) == replace(self._first_draft, checks={}):
            self._leave()
            return
        question = QMessageBox(self)
        question.setIcon(QMessageBox.Icon.Question)
        question.setWindowTitle(_("Move mailboxes"))
        question.setText(_("Close this window?"))
        question.setInformativeText(_("Nothing has been moved. What was entered here will be forgotten."))
        leave = question.addButton(_("&Forget and close"), QMessageBox.ButtonRole.DestructiveRole)
        stay = question.addButton(_("&Stay here"), QMessageBox.ButtonRole.RejectRole)
        question.setDefaultButton(stay)
        question.setEscapeButton(stay)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        leave.clicked.connect(self._leave)
        question.open()

    def changeEvent(self, event: QEvent) -> None:
        """Follow light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._mark_primary()

    def _mark_primary(self) -> None:
        for which in (QWizard.WizardButton.NextButton, QWizard.WizardButton.FinishButton):
            button = self.button(which)
            if isinstance(button, QPushButton):
                theme.mark_primary(button)

    def close_for_good(self) -> None:
        """Close without asking: the window is going."""
        self._is_starting = False
        self._leave()

    @Slot()
    def _leave(self) -> None:
        self.checker.cancel()
        self.questions.cancel()
        super().reject()

    @Slot(int)
    def _show_step(self, step: int) -> None:
        self._rail.show_step(max(0, step))
        page = self.currentPage()
        if page is not None:
            self.setWindowTitle(_("Move mailboxes: {step}").format(step=page.accessibleName()))

    def _set_starting(self, starting: bool) -> None:
        self._is_starting = starting
        self.start_page.setEnabled(not starting)
        for which in (
            QWizard.WizardButton.BackButton,
            QWizard.WizardButton.CancelButton,
            QWizard.WizardButton.FinishButton,
        ):
            self.button(which).setEnabled(not starting)
        text = _("Starting…") if starting else _("&Start moving")
        self.start_page.name_next(text)
