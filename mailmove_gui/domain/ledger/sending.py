"""What is on its way, what became of it, and what is not moved."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from mailmove_gui.domain.events import Refusal
from mailmove_gui.domain.records import Arrival, RefusalRecord, SendingBatch, SendingMessage, Suspect


class Sending(Protocol):
    """A part of `Ledger`, whose promises hold."""

    # Sending

    def mark_sending(
        self, destination_folder_id: int, uidvalidity: int, uidnext: int, messages: Sequence[SendingMessage]
    ) -> None:
        """Before the first byte of a batch: its rows are SENDING, with what the destination folder's numbers are.

        From then on a row's size is that of the bytes that are sent.
        """
        ...

    def sending(self, account_id: str) -> tuple[SendingBatch, ...]:
        """All that is in doubt, by destination folder; `uidnext` is the lowest of the rows' values."""
        ...

    def mark_moved(self, destination_folder_id: int, uidvalidity: int, arrivals: Iterable[Arrival]) -> None:
        """Rows (SENDING, or moved and re-filed since) stand for these messages of that folder.

        They are MOVED, or still ALREADY_THERE; unclaimed entries of the same UIDs disappear from the index.

        Raises:
            AlreadyClaimed: another row stands for one of them.
        """
        ...

    def mark_listed(self, message_ids: Iterable[int]) -> None:
        """SENDING rows that are certainly not at the destination are to be sent again.

        Those whose message is at the source no more are VANISHED.
        """
        ...

    def mark_doubtful(self, account_id: str, message_ids: Iterable[int]) -> tuple[Refusal, ...]:
        """Rows (LISTED or SENDING, or MOVED and never verified) of which nobody can say whether they arrived.

        They stand for nothing any more. Returned as `refusals` will list them, with ARRIVAL_UNKNOWN as the reason.
        """
        ...

    def mark_refused(self, account_id: str, refusal: RefusalRecord) -> Refusal:
        """The message will not be moved; returns the refusal as people are told of it."""
        ...

    def retry_refused(self, account_id: str) -> int:
        """Refused messages (not doubtful ones) are LISTED again; returns how many."""
        ...

    def retry_messages(self, account_id: str, message_ids: Iterable[int]) -> int:
        """Refused, doubtful and dismissed messages that are still at the source are LISTED again; returns how many."""
        ...

    def dismiss(self, account_id: str, message_ids: Iterable[int]) -> int:
        """Refused and doubtful messages are not wanted any more: SKIPPED, whatever the plan says; returns how many."""
        ...

    # Messages at which something fails

    def note_failed(self, account_id: str, messages: Sequence[RefusalRecord], *, at: datetime) -> None:
        """Something failed while these messages of the account were on their way, and none but these.

        What is kept of a message ends when it is settled: moved, refused, doubtful, or gone.
        """
        ...

    def suspects(self, account_id: str) -> tuple[Suspect, ...]:
        """LISTED messages of `note_failed`."""
        ...

    # Undo

    def begin_undo(self, account_id: str) -> None:
        """From here to `end_undo` the account's rows may stand for messages that are gone."""
        ...

    def is_undoing(self, account_id: str) -> bool:
        """Whether an undo has begun and not come to its end."""
        ...

    def mark_removing(self, account_id: str, message_ids: Iterable[int]) -> None:
        """Before the first one is removed: what these MOVED rows stand for is going to be."""
        ...

    def removing(self, account_id: str) -> frozenset[int]:
        """Rows that were marked so and are neither unmoved nor the undo ended: a removal was interrupted."""
        ...

    def mark_unmoved(self, message_ids: Iterable[int]) -> None:
        """These rows stand for nothing any more: LISTED, or VANISHED if their message is at the source no more.

        The destination folders in which they stood for something count as never listed, so that what is left there
        is found again.
        """
        ...

    def end_undo(self, account_id: str) -> None:
        """As `mark_unmoved`, for all MOVED and ALREADY_THERE rows of the account; the undo has come to its end."""
        ...
