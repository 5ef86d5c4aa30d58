"""The ledger port: what has been done, kept so that nothing is lost and nothing done twice."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from mailmove_gui.domain.events import Failure, Refusal
from mailmove_gui.domain.findings import AccountVerification
from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.messages import Flags, FolderState, MessageHead
from mailmove_gui.domain.mx import MxHistory
from mailmove_gui.domain.plan import MessageOrder, MigrationPlan, Options
from mailmove_gui.domain.progress import Counts, FolderCounts
from mailmove_gui.domain.records import (
    AccountRecord,
    Arrival,
    AstrayGroup,
    AttemptRecord,
    Change,
    ClaimedMessage,
    DestinationFolderRecord,
    FlagChange,
    MatchGroup,
    MessageState,
    MissingMessage,
    PendingMessage,
    RefusalRecord,
    RefusedLogins,
    SendingBatch,
    SendingMessage,
    SourceFolderRecord,
    Suspect,
    UnclaimedMessage,
    VerificationRecord,
)
from mailmove_gui.domain.secret import SecretKey
from mailmove_gui.domain.states import AccountState


class AlreadyClaimed(AssertionError):
    """Two rows were to stand for one message at the destination; nothing of that call was kept."""


class Ledger(Protocol):
    """One migration's document. Thread-safe; every writing method is one durable transaction.

    Raises `MailError` with LOCAL_DISK where the disk does not take what is written.
    """

    # The plan and its accounts

    def plan(self) -> MigrationPlan:
        """The newest revision."""
        ...

    def save_plan(self, plan: MigrationPlan) -> None:
        """Keep the plan as a new revision if it differs; accounts that are new start as NOT_STARTED.

        A file stays the same migration: the id of its first revision is kept.
        """
        ...

    def secret_keys(self) -> frozenset[SecretKey]:
        """Under which passwords may have been kept: the keys of every revision, so also of what was corrected."""
        ...

    def account(self, account_id: str) -> AccountRecord:
        """Where the account stands; KeyError if there is none."""
        ...

    def accounts(self) -> tuple[AccountRecord, ...]:
        """All accounts of the plan, in its order."""
        ...

    def set_account_state(
        self, account_id: str, state: AccountState, failure: Failure | None = None, *, at: datetime
    ) -> None:
        """Keep where the account stands; every call is also a line of its log (`attempts`)."""
        ...

    def attempts(self, account_id: str) -> tuple[AttemptRecord, ...]:
        """The account's log, oldest first; KeyError if there is no such account."""
        ...

    def note_login(self, key: SecretKey, refusal: Failure | None) -> None:
        """A server has refused a login with the password of `key`, or (None) has accepted one."""
        ...

    def refused_logins(self, key: SecretKey) -> RefusedLogins:
        """The refused logins of a mailbox since the last accepted one, restarts and other programs included."""
        ...

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

    def close(self) -> None:
        """Write everything and close; later calls raise."""
        ...
