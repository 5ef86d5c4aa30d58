"""What the source holds, and what of it is to be moved."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.messages import Flags, FolderState, MessageHead
from mailmove_gui.domain.plan import MessageOrder, Options
from mailmove_gui.domain.records import Change, FlagChange, MessageState, PendingMessage, SourceFolderRecord


class SourceMessages(Protocol):
    """A part of `Ledger`, whose promises hold."""

    # Source folders and messages

    def source_folder(self, account_id: str, source: FolderPath, destination: FolderPath) -> SourceFolderRecord:
        """The record of a source folder, made at first sight; the destination is updated."""
        ...

    def source_folders(self, account_id: str) -> tuple[SourceFolderRecord, ...]:
        """All that the ledger knows, also those that are gone at the source."""
        ...

    def known_uids(self, folder_id: int, uidvalidity: int) -> set[int]:
        """UIDs of the folder's rows whose message was at the source when it was last listed."""
        ...

    def add_messages(self, folder_id: int, uidvalidity: int, heads: Iterable[tuple[MessageHead, MessageState]]) -> None:
        """Enter messages seen for the first time, as LISTED or SKIPPED.

        A row of the same key (folder, UIDVALIDITY, UID) that had vanished is seen again: it becomes what it was, or
        the given state if it had never been moved.
        """
        ...

    def mark_vanished(self, folder_id: int, uidvalidity: int, uids: Iterable[int]) -> None:
        """These are at the source no more.

        What was never moved (LISTED, SKIPPED, REFUSED) becomes VANISHED; the rest stays what it is, and moved and
        doubtful ones are free to be found again elsewhere at the source (`MovedBefore`).
        """
        ...

    def mark_others_vanished(self, folder_id: int, uidvalidity: int) -> None:
        """After a UIDVALIDITY change: rows of the folder with another UIDVALIDITY are at the source no more.

        As `mark_vanished`, but rows that were never moved (not doubtful ones) are dropped: their messages come back
        under new UIDs, and would else be counted twice. With 0, which no server uses as UIDVALIDITY (RFC 3501 section
        9), the folder itself is gone: all its rows are treated as by `mark_vanished`, and it counts
        as never listed.
        """
        ...

    def replaced_uids(self, folder_id: int, uidvalidity: int, heads: Iterable[MessageHead]) -> set[int]:
        """UIDs of those whose rows tell another internal date: the UIDs mean other messages now.

        The internal date of a UID never changes (RFC 3501 section 2.3.3); but a server that was restored from a backup
        gives UIDs a second time.
        """
        ...

    def retire(self, folder_id: int, uidvalidity: int, uids: Iterable[int] | None = None) -> None:
        """These UIDs (None: all of the UIDVALIDITY) mean other messages now.

        As `mark_others_vanished` after a UIDVALIDITY change, for these rows.
        """
        ...

    def folders_holding(self, account_id: str, header_key: bytes) -> frozenset[int]:
        """Source folders with a moved or found message of this header key."""
        ...

    def rename_source_folder(self, folder_id: int, source: FolderPath) -> None:
        """The folder has another name at the source now; it keeps its rows, and counts as never listed."""
        ...

    def apply_selection(self, account_id: str, options: Options, folder_ids: Collection[int]) -> None:
        """Make LISTED rows that the plan does not want SKIPPED, and SKIPPED ones that it wants LISTED.

        Wanted is what lies inside `options.since`, `before` and `max_size_bytes` and in one of these source folders; a
        message without a date is inside every range. Days are those of the date's own zone.
        """
        ...

    def forget_source(self, account_id: str) -> None:
        """The account has another source mailbox: of the folders and messages of the old one nothing is known."""
        ...

    def save_scan(self, folder_id: int, scanned: FolderState) -> None:
        """The folder was listed completely in this state."""
        ...

    def pending_count(self, account_id: str) -> int:
        """How many messages are LISTED."""
        ...

    def pending(
        self, folder_id: int, order: MessageOrder, after: PendingMessage | None, limit: int
    ) -> tuple[PendingMessage, ...]:
        """The next LISTED messages behind `after` in the order of (internal date, UID), up to `limit`.

        Messages without a date count as oldest.
        """
        ...

    # Messages that the source shows in several folders (`MessageHead.email_id`)

    def reopen_repeated(self, account_id: str, folder_ids: Collection[int] | None) -> None:
        """Rows that were left out as repeated, and whose message no other row looks after any more, are so no longer.

        They stay SKIPPED until `apply_selection` decides anew. Looking after it are a row that stands for something,
        was refused or is in doubt, and one in these source folders, which are those that are wanted. None: all rows
        are reopened.
        """
        ...

    def leave_out_repeated(self, account_id: str, folder_ids: Sequence[int]) -> None:
        """LISTED rows whose message another row looks after are SKIPPED, and count as `Counts.repeated`.

        Of several LISTED rows the one in the earliest of these source folders stays.
        """
        ...

    def relabelled(self, account_id: str, owner: str) -> Mapping[int, int]:
        """LISTED row -> row of the same message that would be `MovedBefore`, for `rebind`."""
        ...

    def repeated(self, account_id: str) -> Mapping[FolderPath, int]:
        """Source folder -> how many of its messages are looked after in another folder."""
        ...

    # Flags that change at the source after a message was moved

    def note_flags(self, folder_id: int, uidvalidity: int, flags: Iterable[tuple[int, Flags]]) -> None:
        """(UID, flags) as the source shows them now; where a row that was moved told others, that is a `FlagChange`."""
        ...

    def flag_changes(self, account_id: str) -> tuple[FlagChange, ...]:
        """What the destination has not been told yet, of MOVED rows that stand for a message; by destination folder."""
        ...

    def mark_flags_followed(self, changes: Iterable[tuple[int, frozenset[Change]]]) -> None:
        """The destination has the flags of these rows, but for what (row, changes) says in addition."""
        ...
