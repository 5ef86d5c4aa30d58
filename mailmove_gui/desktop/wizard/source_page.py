"""Where the mail is."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from mailmove_gui.desktop.wizard.page import Page
from mailmove_gui.desktop.wizard.server_form import ServerForm
from mailmove_gui.texts import _

if TYPE_CHECKING:
    from mailmove_gui.desktop.wizard.wizard import MigrationWizard


class SourcePage(Page):
    """Asks for the old server."""

    def __init__(self, wizard: "MigrationWizard") -> None:
        super().__init__(
            wizard,
            _("Where is the mail now?"),
            _("The old mail server. MailMove only reads there: nothing is changed, marked or deleted."),
        )
        self.form = ServerForm(self)
        self.form.edited.connect(self._take)
        self.body.addWidget(self.form)
        self.body.addStretch(1)
        self.name_next(_("Continue to the &destination"))

    def initializePage(self) -> None:
        """Show what was typed before."""
        self.form.show_entry(self.draft.source)
        self.form.host_field.setFocus()

    def isComplete(self) -> bool:
        """Whether the server can be used."""
        return self.draft.source.is_complete

    @Slot()
    def _take(self) -> None:
        self._owner.change(replace(self.draft, source=self.form.entry))
        self.completeChanged.emit()
