"""What the ledger keeps, as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.findings import AccountVerification
from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.messages import Flags, FolderState
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.domain.states import AccountState


class MessageState(StrEnum):
    """What has become of a source message."""

    LISTED = "listed"
    SENDING = "sending"
    MOVED = "moved"
    ALREADY_THERE = "already_there"
    REFUSED = "refused"
    SKIPPED = "skipped"
    DOUBTFUL = "doubtful"
    VANISHED = "vanished"


class Change(StrEnum):
    """A named way in which a message at the destination differs from the one at the source."""

    DATE_CLAMPED = "date_clamped"
    FLAGS_DROPPED = "flags_dropped"
    KEYWORDS_DROPPED = "keywords_dropped"
    LINE_ENDS = "line_ends"
    ZERO_BYTES = "zero_bytes"
    HEADER_LETTERS = "header_letters"
    REWRITTEN = "rewritten"
    SHORTER = "shorter"


OTHER_BYTES = frozenset({Change.LINE_ENDS, Change.ZERO_BYTES, Change.HEADER_LETTERS, Change.REWRITTEN})
"""Changes after which the destination holds other bytes than the source."""


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """Where an account stands.

    `finished` is when its last complete pass ended, also while a further one runs; `started` when its first run had
    waited for its turn and began. `watching_since` is the end of the first pass of its window, also while a further
    one runs; None when the window is closed.
    """

    account_id: str
    state: AccountState
    counts: Counts
    failure: Failure | None = None
    finished: datetime | None = None
    started: datetime | None = None
    watching_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """A line of an account's log: it came into a state."""

    at: datetime
    state: AccountState
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class SourceFolderRecord:
    """A source folder as the ledger knows it.

    `scanned` is the state in which the folder was listed completely for the last time, None if it never was.
    """

    id: int
    source: FolderPath
    destination: FolderPath
    scanned: FolderState | None


@dataclass(frozen=True, slots=True)
class DestinationFolderRecord:
    """A folder of a destination mailbox; `indexed` is the state in which its messages were listed for the last time."""

    id: int
    path: FolderPath
    indexed: FolderState | None


@dataclass(frozen=True, slots=True)
class PendingMessage:
    """A source message that is still to be moved."""

    id: int
    uid: int
    size_bytes: int
    internal_date: datetime | None
    flags: Flags


@dataclass(frozen=True, slots=True)
class SendingMessage:
    """A source message that is about to be sent, or was when the program stopped; committed before the first byte."""

    id: int
    size_bytes: int
    internal_date: datetime | None
    header_key: bytes
    content_hash: bytes
    changes: frozenset[Change] = frozenset()


@dataclass(frozen=True, slots=True)
class SendingBatch:
    """What is in doubt in one destination folder: the rows, and the folder's numbers from before they were sent."""

    destination_folder_id: int
    uidvalidity: int
    uidnext: int
    messages: tuple[SendingMessage, ...]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message was found at the destination under this UID."""

    message_id: int
    uid: int
    verified: bool
    changes: frozenset[Change] = frozenset()


@dataclass(frozen=True, slots=True)
class RefusalRecord:
    """A message that will not be moved, with what people need to recognise it."""

    message_id: int
    reason: Reason
    server_text: str
    date: str = ""
    sender: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A message that is still to be moved, and was on its way when a connection was lost or a server failed.

    `together` and `alone` count how often, with others and alone; `since` is the first time, `moved_before` how many
    messages of the account had been moved by then. `last` is how it would be refused.
    """

    message_id: int
    together: int
    alone: int
    since: datetime
    moved_before: int
    last: RefusalRecord


@dataclass(frozen=True, slots=True)
class UnclaimedMessage:
    """A message at the destination that no ledger row stands for."""

    id: int
    folder_id: int
    path: FolderPath
    uid: int
    size_bytes: int
    internal_date: datetime | None
    header_key: bytes | None
    content_hash: bytes | None


@dataclass(frozen=True, slots=True)
class SourceCandidate:
    """A source message that waits for the answer whether it is at the destination already."""

    id: int
    folder_id: int
    source: FolderPath
    destination: FolderPath
    uid: int
    size_bytes: int
    content_hash: bytes | None


@dataclass(frozen=True, slots=True)
class MovedBefore:
    """A row whose source message is gone, but which stands for a message at the destination, or is DOUBTFUL.

    `uid` is None if the message is missing there; the row still says that it is not to be sent again.
    `destination_folder_id` is None for one in doubt, which may be anywhere. One that was claimed by its header key may
    have no content hash.
    """

    id: int
    size_bytes: int
    content_hash: bytes | None
    destination_folder_id: int | None
    uid: int | None


@dataclass(frozen=True, slots=True)
class MatchGroup:
    """All that shares one header key: new at the source, unclaimed at the destination, moved before from elsewhere.

    `settled` is how many more rows of the account have this key and are MOVED or ALREADY_THERE with their source
    message still there: as long as there is one, the key is not unique.
    """

    header_key: bytes
    sources: tuple[SourceCandidate, ...]
    unclaimed: tuple[UnclaimedMessage, ...]
    moved_before: tuple[MovedBefore, ...]
    settled: int = 0


@dataclass(frozen=True, slots=True)
class ClaimedMessage:
    """A ledger row and the message at the destination that it stands for, for verification and undo.

    `flags` are those that the source showed when the message was listed, `changes` what was altered on the way.
    `home` is where its source folder goes to, `refiled` whether it was found elsewhere since it arrived.
    """

    id: int
    account_id: str
    uidvalidity: int
    uid: int
    size_bytes: int
    content_hash: bytes | None
    state: MessageState
    source: FolderPath
    source_uid: int
    header_key: bytes | None = None
    source_uidvalidity: int = 0
    flags: Flags = frozenset()
    changes: frozenset[Change] = frozenset()
    home: FolderPath = ()
    refiled: bool = False


@dataclass(frozen=True, slots=True)
class FlagChange:
    """A moved message whose flags have changed at the source since the destination was last told.

    `base` are the flags that it was told then, `flags` those that the source shows now.
    """

    message_id: int
    destination_folder_id: int
    uidvalidity: int
    uid: int
    base: Flags
    flags: Flags


@dataclass(frozen=True, slots=True)
class MissingMessage:
    """A row whose message was at the destination, and is not where it was any more.

    `destination` is where its source folder goes to; `is_at_source` says whether it could be brought back.
    """

    id: int
    account_id: str
    source: FolderPath
    destination: FolderPath
    source_uidvalidity: int
    source_uid: int
    size_bytes: int
    internal_date: datetime | None
    is_at_source: bool


@dataclass(frozen=True, slots=True)
class AstrayCandidate:
    """A missing message, as far as it takes to recognise it (see `MissingMessage`)."""

    id: int
    source: FolderPath
    source_uidvalidity: int
    source_uid: int
    is_at_source: bool
    size_bytes: int
    content_hash: bytes | None
    destination_folder_id: int


@dataclass(frozen=True, slots=True)
class AstrayGroup:
    """Missing messages of one account, and messages at the destination that no row stands for, of one header key.

    `settled` is how many more rows of the account have this key and stand for a message: as long as there is one, the
    key is not unique.
    """

    header_key: bytes
    missing: tuple[AstrayCandidate, ...]
    unclaimed: tuple[UnclaimedMessage, ...]
    settled: int = 0


@dataclass(frozen=True, slots=True)
class VerificationRecord:
    """What the newest verification of its kind found, and when."""

    at: datetime
    result: AccountVerification


@dataclass(frozen=True, slots=True)
class RefusedLogins:
    """How often a mailbox's server has refused a login since it last accepted one, and why the last time."""

    tries: int = 0
    last: Failure | None = None
