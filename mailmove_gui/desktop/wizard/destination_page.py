"""Where the mail shall be."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from mailmove_gui.desktop.wizard.page import Page
from mailmove_gui.desktop.wizard.server_form import ServerForm
from mailmove_gui.texts import _

if TYPE_CHECKING:
    from mailmove_gui.desktop.wizard.wizard import MigrationWizard


class DestinationPage(Page):
    """Asks for the new server."""

    def __init__(self, wizard: "MigrationWizard") -> None:
        super().__init__(
            wizard,
            _("Where shall the mail go?"),
            _("The new mail server. Messages are added there; what is there already stays as it is."),
        )
        self.form = ServerForm(self)
        self.form.edited.connect(self._take)
        self.body.addWidget(self.form)
        self.body.addStretch(1)

    def initializePage(self) -> None:
        """Show what was typed before."""
        self.form.show_entry(self.draft.destination)
        self.form.host_field.setFocus()
        is_single = self.draft.is_single
        self.name_next(_("Continue to the &mailbox") if is_single else _("Continue to the &accounts"))

    def isComplete(self) -> bool:
        """Whether the server can be used."""
        return self.draft.destination.is_complete

    @Slot()
    def _take(self) -> None:
        self._owner.change(replace(self.draft, destination=self.form.entry))
        self.completeChanged.emit()
