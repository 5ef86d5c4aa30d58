"""What all pages of the wizard share."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWizard, QWizardPage

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.widgets.labels import QuietLabel, TitleLabel
from mailmove_gui.desktop.wizard.draft import MigrationDraft

if TYPE_CHECKING:
    from mailmove_gui.desktop.wizard.wizard import MigrationWizard


class Page(QWizardPage):
    """A title, a sentence below it, and room for what the page asks.

    What was typed lies in the wizard's draft and stays there when somebody goes back.
    """

    def __init__(self, wizard: "MigrationWizard", title: str, explanation: str) -> None:
        super().__init__(wizard)
        self._owner = wizard
        self.setAccessibleName(title)
        self.heading = TitleLabel(title, self)
        self.explanation = QuietLabel(explanation, self)
        self.body = QVBoxLayout()
        self.body.setSpacing(theme.SPACE)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_LARGE, theme.SPACE_HUGE, theme.SPACE_LARGE, theme.SPACE)
        layout.setSpacing(theme.SPACE_TINY)
        layout.addWidget(self.heading)
        layout.addWidget(self.explanation)
        layout.addSpacing(theme.SPACE)
        layout.addLayout(self.body, 1)

    @property
    def draft(self) -> MigrationDraft:
        """All that was typed so far."""
        return self._owner.draft

    def cleanupPage(self) -> None:
        """Going back throws nothing away."""

    def name_next(self, text: str) -> None:
        """What the primary button says on this page."""
        for button in (QWizard.WizardButton.NextButton, QWizard.WizardButton.FinishButton):
            # The wizard lays everything out and draws it anew, also for a text that it shows already.
            if self.buttonText(button) != text:
                self.setButtonText(button, text)
