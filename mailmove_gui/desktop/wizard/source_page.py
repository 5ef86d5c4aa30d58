"""Where the mail is."""

from typing import TYPE_CHECKING

from mailmove_gui.desktop.wizard.server_page import ServerPage
from mailmove_gui.domain.reasons import Side
from mailmove_gui.texts import _

if TYPE_CHECKING:
    from mailmove_gui.desktop.wizard.wizard import MigrationWizard


class SourcePage(ServerPage):
    """Asks for the old server."""

    def __init__(self, wizard: "MigrationWizard") -> None:
        super().__init__(
            wizard,
            Side.SOURCE,
            _("Where is the mail now?"),
            _("The old mail server. MailMove only reads there: nothing is changed, marked or deleted."),
        )
        self.hint.setText(
            _(
                "Best is the old server's own name or its IP address: it still leads there when the domain's mail"
                " already goes to the new provider."
            )
        )
        self.name_next(_("Continue to the &destination"))
