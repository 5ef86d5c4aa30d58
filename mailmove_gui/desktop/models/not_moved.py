"""A message that was not moved, as a list of such messages needs it. No Qt."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mailmove_gui.domain.events import Refusal
from mailmove_gui.domain.identity import header_date
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.texts import _
from mailmove_gui.texts.reasons import what_happened


@dataclass(frozen=True, slots=True)
class NotMovedMessage:
    """The message with its date worked out, which takes too long for a sort; `is_dismissed`: skipped for good."""

    refusal: Refusal
    date: datetime | None
    is_dismissed: bool = False

    @property
    def id(self) -> int:
        """Of its row in the ledger."""
        return self.refusal.message_id

    @property
    def is_doubtful(self) -> bool:
        """Whether nobody knows if it has arrived."""
        return self.refusal.reason is Reason.ARRIVAL_UNKNOWN

    @property
    def why(self) -> str:
        """The reason in words."""
        happened = what_happened(self.refusal.reason, server_text=self.refusal.server_text)
        return _("Skipped for good. {why}").format(why=happened) if self.is_dismissed else happened


def not_moved_messages(refused: Iterable[Refusal], dismissed: Iterable[Refusal]) -> tuple[NotMovedMessage, ...]:
    """Folder by folder; behind them those that were skipped for good."""
    messages = [NotMovedMessage(one, header_date(one.date)) for one in refused]
    messages += [NotMovedMessage(one, header_date(one.date), is_dismissed=True) for one in dismissed]
    return tuple(sorted(messages, key=lambda one: (one.is_dismissed, one.refusal.folder, one.refusal.uid)))
