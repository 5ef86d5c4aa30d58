"""What the destination holds, what of it stands for a message of the source, and what went astray."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.messages import FolderState, MessageHead
from mailmove_gui.domain.records import (
    AstrayGroup,
    DestinationFolderRecord,
    MatchGroup,
    MissingMessage,
    UnclaimedMessage,
)


class DestinationMessages(Protocol):
    """A part of `Ledger`, whose promises hold."""

    # What is at the destination

    def destination_folder(self, owner: str, path: FolderPath) -> DestinationFolderRecord:
        """The record of a folder of that destination mailbox (`Mailbox.key`), made at first sight."""
        ...

    def indexed_uids(self, destination_folder_id: int, uidvalidity: int) -> set[int]:
        """UIDs that are known: unclaimed ones, and those that a row stands for."""
        ...

    def add_unclaimed(self, destination_folder_id: int, uidvalidity: int, heads: Iterable[MessageHead]) -> None:
        """Enter messages at the destination that no row stands for."""
        ...

    def drop_unclaimed(self, destination_folder_id: int, uidvalidity: int, uids: Iterable[int]) -> None:
        """These unclaimed messages are gone; and all those of another UIDVALIDITY are."""
        ...

    def save_index(self, destination_folder_id: int, indexed: FolderState) -> None:
        """The destination folder was listed completely in this state."""
        ...

    def claimed_uids(self, destination_folder_id: int, uidvalidity: int, from_uid: int) -> set[int]:
        """UIDs from `from_uid` on that a row stands for."""
        ...

    def unclaimed_by_key(self, owner: str, header_key: bytes) -> tuple[UnclaimedMessage, ...]:
        """Unclaimed messages of the whole destination mailbox with this header key."""
        ...

    def unclaimed_count(self, owner: str) -> int:
        """How many messages of the destination mailbox no row stands for."""
        ...

    # Finding what is there already

    def vanished_claims(self, account_id: str) -> int:
        """How many rows would be `MovedBefore`."""
        ...

    def sources_without_key(self, account_id: str, limit: int) -> dict[int, list[int]]:
        """Source folder id -> UIDs of up to `limit` LISTED rows whose header key is not known."""
        ...

    def destinations_without_key(self, owner: str, limit: int) -> dict[int, list[int]]:
        """Destination folder id -> UIDs of up to `limit` unclaimed messages whose header key is not known."""
        ...

    def set_source_keys(self, folder_id: int, keys: Iterable[tuple[int, bytes]]) -> None:
        """(UID, header key) of LISTED rows of a source folder; an empty key is no key, and matches nothing."""
        ...

    def set_destination_keys(self, destination_folder_id: int, keys: Iterable[tuple[int, bytes]]) -> None:
        """(UID, header key) of unclaimed messages of a destination folder; an empty key matches nothing."""
        ...

    def match_groups(self, account_id: str, owner: str) -> Iterator[MatchGroup]:
        """Every header key that a LISTED row shares with an unclaimed message or a `MovedBefore`.

        Safe against claims made while iterating.
        """
        ...

    def set_source_hash(self, message_id: int, content_hash: bytes) -> None:
        """The content hash of a source message was computed."""
        ...

    def set_destination_hash(self, unclaimed_id: int, content_hash: bytes) -> None:
        """The content hash of an unclaimed message was computed."""
        ...

    def claim(self, claims: Iterable[tuple[int, int]]) -> None:
        """(Row, unclaimed message): the rows stand for these messages at the destination, ALREADY_THERE."""
        ...

    def rebind(self, message_id: int, moved_before_id: int) -> None:
        """The row takes over what another row stood for, with its state and what is said about it.

        The other one is dropped, since it would else be counted twice.
        """
        ...

    # What is missing at the destination

    def mark_astray(self, destination_folder_id: int, uidvalidity: int, uids: Iterable[int]) -> None:
        """What stands under these UIDs, or under another UIDVALIDITY (0: any), is not there any more.

        The rows keep their state; where their messages are is to be found out.
        """
        ...

    def is_astray(self, account_id: str) -> bool:
        """Whether a row of the account is to be looked for."""
        ...

    def is_missing(self, account_id: str) -> bool:
        """Whether a row of the account is to be looked for, or was not found."""
        ...

    def astray_groups(self, account_id: str, owner: str) -> Iterator[AstrayGroup]:
        """Every header key that a missing row of the account shares with an unclaimed message."""
        ...

    def mark_found(self, finds: Iterable[tuple[int, int]]) -> None:
        """(Missing row, unclaimed message): the rows stand for these, re-filed if that is not where they belong.

        Raises:
            AlreadyClaimed: the row is not missing, or the message is claimed.
        """
        ...

    def give_up_search(self, account_id: str) -> tuple[int, ...]:
        """What is still astray was looked for everywhere: it was removed, if it had ever been seen there.

        Returns:
            The rows that had not: nobody can say whether they arrived. They stay astray.
        """
        ...

    def missing(self, account_id: str) -> tuple[MissingMessage, ...]:
        """The account's rows that are missing at the destination, by source folder."""
        ...

    def bring_back(self, account_id: str) -> int:
        """Messages that were removed at the destination and are still at the source are LISTED again; how many."""
        ...
