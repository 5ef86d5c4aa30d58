"""The way into a new migration: the wizard, empty or filled in with sample mail."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot

from mailmove_gui.desktop.bridge.background import Background
from mailmove_gui.desktop.bridge.checker import Checker
from mailmove_gui.desktop.bridge.server_questions import ServerQuestions
from mailmove_gui.desktop.bridge.services import SampleMigration, Services
from mailmove_gui.desktop.bridge.settings import SharedSettings
from mailmove_gui.desktop.start_page import StartPage
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.wizard.draft import MigrationDraft, draft_of_samples
from mailmove_gui.desktop.wizard.wizard import MigrationWizard
from mailmove_gui.texts import _


class Beginning(QObject):
    """Holds the wizard, of which there is one at a time, above the start page."""

    start_wanted = Signal(object)
    """NewMigration"""

    def __init__(
        self,
        services: Services,
        settings: SharedSettings,
        background: Background,
        checker: Checker,
        questions: ServerQuestions,
        start_page: StartPage,
    ) -> None:
        super().__init__(start_page)
        self._services = services
        self._settings = settings
        self._background = background
        self._checker = checker
        self._questions = questions
        self._start_page = start_page
        self._is_over = False
        self.wizard: MigrationWizard | None = None

    @property
    def migrations_folder(self) -> Path:
        """Where migrations lie unless somebody says otherwise."""
        return self._settings.value.migrations_folder or self._services.migrations_folder

    def begin(self, draft: MigrationDraft | None = None) -> None:
        """Show the wizard, filled in with a draft; what the settings say of new migrations holds for it."""
        if self.wizard is not None:
            self.wizard.raise_()
            self.wizard.activateWindow()
            return
        draft = draft or MigrationDraft()
        folder = draft.path or self.migrations_folder
        now = self._settings.value
        options = replace(draft.options, accounts_at_once=now.accounts_at_once, order=now.order)
        draft = replace(draft, path=None, options=options, remember_passwords=now.keep_passwords)
        wizard = MigrationWizard(
            self._background, self._checker, self._questions, folder, draft, self._start_page.window()
        )
        wizard.setWindowModality(Qt.WindowModality.WindowModal)
        wizard.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        wizard.start_wanted.connect(self.start_wanted)
        wizard.finished.connect(self._wizard_finished)
        self.wizard = wizard
        wizard.show()

    def begin_sample(self) -> None:
        """Start the embedded servers and show the wizard filled in with their accounts."""
        page = self._start_page
        page.notice.say(Tone.MOVING, _("Making sample mail and starting two mail servers on this computer…"))
        page.sample_button.setEnabled(False)
        self._background.run(self._services.samples, self._show_samples, self._samples_failed)

    def end(self) -> None:
        """The window closes: no wizard from now on."""
        self._is_over = True
        if self.wizard is not None:
            self.wizard.close_for_good()

    def _show_samples(self, samples: SampleMigration) -> None:
        self._start_page.notice.clear()
        self._start_page.sample_button.setEnabled(True)
        # Meanwhile somebody may have opened a migration, or closed the window.
        if self._start_page.isVisible() and not self._is_over:
            self.begin(draft_of_samples(samples.accounts, samples.passwords, samples.folder, _("Sample mail")))

    def _samples_failed(self, error: Exception) -> None:
        self._start_page.sample_button.setEnabled(True)
        if not isinstance(error, OSError):
            self._start_page.notice.clear()
            raise error
        self._start_page.notice.say(Tone.FAILED, _("The sample mail servers could not be started on this computer."))

    @Slot()
    def _wizard_finished(self) -> None:
        self.wizard = None
