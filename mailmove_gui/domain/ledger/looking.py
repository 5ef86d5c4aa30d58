"""What was looked at again, the numbers of it all, and the day of the switch."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Protocol

from mailmove_gui.domain.events import Refusal
from mailmove_gui.domain.findings import AccountVerification
from mailmove_gui.domain.mx import MxHistory
from mailmove_gui.domain.progress import Counts, FolderCounts
from mailmove_gui.domain.records import Change, ClaimedMessage, DestinationFolderRecord, VerificationRecord


class LookingBack(Protocol):
    """A part of `Ledger`, whose promises hold."""

    # Verification, numbers, report

    def unverified(self, owner: str) -> dict[int, list[int]]:
        """Destination folder id -> UIDs of MOVED rows that nobody has looked at since they arrived.

        UIDs of the folder's present UIDVALIDITY only.
        """
        ...

    def mark_verified(self, destination_folder_id: int, uidvalidity: int, uids: Iterable[int]) -> None:
        """These were looked at and found."""
        ...

    def claimed(self, destination_folder_id: int) -> Iterator[ClaimedMessage]:
        """All rows that stand for a message of the folder, of whatever UIDVALIDITY."""
        ...

    def destination_folders(self, owner: str) -> tuple[DestinationFolderRecord, ...]:
        """All known folders of a destination mailbox."""
        ...

    def save_verification(self, result: AccountVerification, at: datetime) -> None:
        """Keep it in place of the one of its kind before; one that failed looked at nothing, and is not kept."""
        ...

    def verifications(self, account_id: str) -> tuple[VerificationRecord, ...]:
        """The newest quick and the newest deep verification, as far as there are, newest first."""
        ...

    def counts(self, account_id: str) -> Counts:
        """The account's numbers."""
        ...

    def folder_counts(self, account_id: str) -> tuple[FolderCounts, ...]:
        """The numbers of each source folder."""
        ...

    def change_counts(self, account_id: str) -> Mapping[Change, int]:
        """Moved messages that differ at the destination, counted by the ways in which they do."""
        ...

    def refusals(self, account_id: str | None = None) -> Iterator[Refusal]:
        """Refused and doubtful messages of one account or of all."""
        ...

    def dismissed(self, account_id: str | None = None) -> Iterator[Refusal]:
        """Messages of one account or of all that were refused or doubtful, and then dismissed."""
        ...

    # Cutover

    def mx_history(self, domain: str) -> MxHistory:
        """What earlier looks have seen of a domain's mail."""
        ...

    def save_mx_history(self, history: MxHistory) -> None:
        """Keep it in place of the one before."""
        ...

    def pass_begun(self, account_id: str) -> datetime | None:
        """When the account's last complete pass began to look at the source; None if there was none."""
        ...

    def newest_at_source(self, account_id: str, now: datetime) -> datetime | None:
        """When the newest message arrived that the account's source has shown; dates in the future do not count."""
        ...
