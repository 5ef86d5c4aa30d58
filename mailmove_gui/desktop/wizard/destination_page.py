"""Where the mail shall be."""

from typing import TYPE_CHECKING

from mailmove_gui.desktop.wizard.server_page import ServerPage
from mailmove_gui.domain.reasons import Side
from mailmove_gui.texts import _

if TYPE_CHECKING:
    from mailmove_gui.desktop.wizard.wizard import MigrationWizard


class DestinationPage(ServerPage):
    """Asks for the new server."""

    def __init__(self, wizard: "MigrationWizard") -> None:
        super().__init__(
            wizard,
            Side.DESTINATION,
            _("Where shall the mail go?"),
            _("The new mail server. Messages are added there; what is there already stays as it is."),
        )

    def initializePage(self) -> None:
        """Show what was typed before."""
        super().initializePage()
        self.name_next(_("Continue to the &mailbox") if self.draft.is_single else _("Continue to the &accounts"))
