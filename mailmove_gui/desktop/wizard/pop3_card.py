"""What there is to choose where a source is read by POP3."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.theme import Tone
from mailmove_gui.desktop.widgets.card import Card
from mailmove_gui.desktop.widgets.labels import QuietLabel, SectionLabel
from mailmove_gui.desktop.widgets.remark import Remark
from mailmove_gui.desktop.wizard.draft import MigrationDraft
from mailmove_gui.desktop.wizard.pop3_source import is_read_by_pop3, may_lose_mail
from mailmove_gui.domain.plan import Options
from mailmove_gui.texts import _
from mailmove_gui.texts.servers import pop3_leaves_behind


class Pop3Card(Card):
    """Read or unread, and whether to read where that deletes; hidden where no source speaks POP3."""

    changed = Signal()
    """something else is chosen"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.unread_box = QCheckBox(_("Messages arrive as &unread"), self)
        self.unread_box.setToolTip(_("POP3 does not tell which messages were read: without this, all arrive as read."))
        self.may_delete_box = QCheckBox(_("Read also where the server &deletes what was read"), self)
        self.warning = Remark(self)
        layout = QVBoxLayout(self)
        theme.set_margins(layout, theme.SPACE_LARGE, theme.SPACE_SMALL)
        layout.addWidget(SectionLabel(_("The source is read by POP3"), self))
        layout.addWidget(QuietLabel(pop3_leaves_behind(), self))
        layout.addWidget(self.unread_box)
        layout.addWidget(self.may_delete_box)
        layout.addWidget(self.warning)
        self.unread_box.toggled.connect(self.changed)
        self.may_delete_box.toggled.connect(self.changed)

    def show_draft(self, draft: MigrationDraft) -> None:
        """Show what was chosen; reading where it deletes is only asked about once a source has said that it does."""
        self.unread_box.setChecked(draft.options.pop3_unread)
        self.may_delete_box.setChecked(draft.options.pop3_may_delete)
        asks = may_lose_mail(draft)
        self.may_delete_box.setVisible(asks)
        if asks:
            self.warning.say(
                Tone.NEEDS_SOMEONE,
                _(
                    "The source says that it deletes messages once they were read. They are then in the new mailbox"
                    " alone, and one that cannot be moved may be lost: keep a copy of the old mailbox first."
                ),
            )
        else:
            self.warning.clear()
        self.setVisible(is_read_by_pop3(draft))

    def in_options(self, options: Options) -> Options:
        """The options with what is chosen here."""
        return replace(
            options, pop3_unread=self.unread_box.isChecked(), pop3_may_delete=self.may_delete_box.isChecked()
        )
