"""What the check before the start found."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.folders import Folder, FolderMapping, NamingRules
from mailmove_gui.domain.reasons import Side

_USUAL_WINDOW = timedelta(days=31)
_USUAL_MOST_A_FOLDER = 10_000


@dataclass(frozen=True, slots=True)
class FolderFinding:
    """A source folder, where it would go, and how much is in it (`size_bytes` None where the server does not say).

    `messages` and `size_bytes` are what would be moved; `left_out` counts messages that are shown too, but not to be
    moved for their date or size, and `repeated` those that an earlier folder holds too (Gmail's labels). `oldest` and
    `newest` are the internal dates of all that the source shows. `too_large` counts messages to be moved that are over
    the destination's own limit.
    """

    mapping: FolderMapping
    messages: int
    size_bytes: int | None
    oldest: datetime | None = None
    newest: datetime | None = None
    too_large: int = 0
    left_out: int = 0
    repeated: int = 0

    @property
    def shown(self) -> int:
        """All messages that the source shows."""
        return self.messages + self.left_out + self.repeated


@dataclass(frozen=True, slots=True)
class Quota:
    """Room in a mailbox (RFC 9208 resource STORAGE)."""

    used_bytes: int
    limit_bytes: int

    @property
    def free_bytes(self) -> int:
        """What still fits; never negative."""
        return max(0, self.limit_bytes - self.used_bytes)


class HiddenMail(StrEnum):
    """A sign that the source shows only part of the mail; no proof."""

    ONLY_RECENT = "only_recent"
    """all that is shown is younger than a month"""
    FULL_FOLDER = "full_folder"
    """a folder shows exactly as many messages as its provider ever does"""


@dataclass(frozen=True, slots=True)
class DailyLimit:
    """How many bytes a day a provider lets out of a mailbox at the source, or into one at the destination."""

    side: Side
    provider: str
    bytes_a_day: int


@dataclass(frozen=True, slots=True)
class AccountCheck:
    """What the check found for one account; nothing was copied.

    A side that failed has its failure; `folders` is filled only if both sides answered, and so are `left_out` (folders
    that the plan leaves out) and what is needed to map anew: all folders of both sides, and what the destination's
    names cannot hold. `window_where` is the way through the source provider's menus to what hides mail, empty if
    that is not known. `quota` is the destination's, None where it does not tell. `max_message_bytes` is what the
    destination announces, else what is known of its provider.
    """

    account_id: str
    source_failure: Failure | None = None
    destination_failure: Failure | None = None
    folders: tuple[FolderFinding, ...] = ()
    quota: Quota | None = None
    max_message_bytes: int | None = None
    left_out: tuple[FolderMapping, ...] = ()
    source_folders: tuple[Folder, ...] = ()
    destination_folders: tuple[Folder, ...] = ()
    naming: NamingRules = field(default_factory=NamingRules)
    hidden_mail: HiddenMail | None = None
    window_where: str = ""
    daily_limits: tuple[DailyLimit, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether both sides let us in and every folder could be counted."""
        return self.source_failure is None and self.destination_failure is None

    @property
    def failures(self) -> tuple[Failure, ...]:
        """What went wrong, the source's first."""
        return tuple(one for one in (self.source_failure, self.destination_failure) if one is not None)

    @property
    def messages(self) -> int:
        """Messages in all folders that would be moved."""
        return sum(folder.messages for folder in self.folders)

    @property
    def size_bytes(self) -> int | None:
        """Bytes of all messages that would be moved, None if a server does not tell."""
        sizes = [folder.size_bytes for folder in self.folders]
        return None if any(size is None for size in sizes) else sum(size or 0 for size in sizes)

    @property
    def oldest(self) -> datetime | None:
        """Internal date of the oldest message that the source shows."""
        return min((folder.oldest for folder in self.folders if folder.oldest is not None), default=None)

    @property
    def newest(self) -> datetime | None:
        """Internal date of the newest message that the source shows."""
        return max((folder.newest for folder in self.folders if folder.newest is not None), default=None)

    @property
    def too_large(self) -> int:
        """Messages that the destination says it will not take for their size."""
        return sum(folder.too_large for folder in self.folders)

    @property
    def messages_left_out(self) -> int:
        """Messages of the folders to be moved that are left out for their date or size."""
        return sum(folder.left_out for folder in self.folders)

    @property
    def messages_repeated(self) -> int:
        """How often the source shows a message once more than it is moved (Gmail's labels)."""
        return sum(folder.repeated for folder in self.folders)

    @property
    def does_not_fit(self) -> bool:
        """Whether the destination has too little room for all of it, as far as both sides tell."""
        size = self.size_bytes
        return self.quota is not None and size is not None and size > self.quota.free_bytes


def hidden_mail(folders: Iterable[FolderFinding], shown_a_folder: int | None, now: datetime) -> HiddenMail | None:
    """Whether what the source shows looks like part of its mail.

    Args:
        folders: what was counted.
        shown_a_folder: how many messages of a folder the source's provider shows at the most, if it is known to.
        now: the present.
    """
    counted = tuple(folders)
    most = {_USUAL_MOST_A_FOLDER, shown_a_folder}
    if any(folder.shown in most for folder in counted):
        return HiddenMail.FULL_FOLDER
    dates = [folder.oldest for folder in counted if folder.oldest is not None]
    return HiddenMail.ONLY_RECENT if dates and min(dates) > now - _USUAL_WINDOW else None


@dataclass(frozen=True, slots=True)
class FolderVerification:
    """One destination folder looked through: how many messages the ledger says are there, and what was found.

    `uncompared` counts messages of a deep verification for which there is nothing left to compare with.
    """

    path: tuple[str, ...]
    expected: int
    found: int
    refiled: int
    uncompared: int = 0
    missing: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountVerification:
    """The answer of `mailmove verify` for one account; `deep` says whether every content hash was compared."""

    account_id: str
    deep: bool
    folders: tuple[FolderVerification, ...] = ()
    failure: Failure | None = None

    @property
    def total(self) -> FolderVerification:
        """All folders together."""
        return FolderVerification(
            (),
            expected=sum(folder.expected for folder in self.folders),
            found=sum(folder.found for folder in self.folders),
            refiled=sum(folder.refiled for folder in self.folders),
            uncompared=sum(folder.uncompared for folder in self.folders),
            missing=tuple(name for folder in self.folders for name in folder.missing),
            altered=tuple(name for folder in self.folders for name in folder.altered),
        )

    @property
    def passed(self) -> bool:
        """Whether everything that should be there was looked at and found, unaltered."""
        total = self.total
        return self.failure is None and not (total.missing or total.altered or total.uncompared)
