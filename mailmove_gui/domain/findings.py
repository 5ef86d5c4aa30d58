"""What the check before the start found."""

from dataclasses import dataclass
from datetime import datetime

from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.folders import FolderMapping


@dataclass(frozen=True, slots=True)
class FolderFinding:
    """A source folder, where it would go, and how much is in it (`size_bytes` None where the server does not say).

    `oldest` and `newest` are the internal dates of what the source shows, `too_large` counts messages over the
    destination's own limit.
    """

    mapping: FolderMapping
    messages: int
    size_bytes: int | None
    oldest: datetime | None = None
    newest: datetime | None = None
    too_large: int = 0


@dataclass(frozen=True, slots=True)
class Quota:
    """Room in a mailbox (RFC 9208 resource STORAGE)."""

    used_bytes: int
    limit_bytes: int

    @property
    def free_bytes(self) -> int:
        """What still fits; never negative."""
        return max(0, self.limit_bytes - self.used_bytes)


@dataclass(frozen=True, slots=True)
class AccountCheck:
    """What the check found for one account; nothing was copied.

    A side that failed has its failure; `folders` is filled only if both sides answered. `quota` is the destination's,
    None where it does not tell; `max_message_bytes` likewise.
    """

    account_id: str
    source_failure: Failure | None = None
    destination_failure: Failure | None = None
    folders: tuple[FolderFinding, ...] = ()
    quota: Quota | None = None
    max_message_bytes: int | None = None

    @property
    def passed(self) -> bool:
        """Whether both sides let us in and every folder could be counted."""
        return self.source_failure is None and self.destination_failure is None

    @property
    def messages(self) -> int:
        """Messages in all folders that would be moved."""
        return sum(folder.messages for folder in self.folders)

    @property
    def size_bytes(self) -> int | None:
        """Bytes in all folders, None if a server does not tell."""
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
    def does_not_fit(self) -> bool:
        """Whether the destination has too little room for all of it, as far as both sides tell."""
        size = self.size_bytes
        return self.quota is not None and size is not None and size > self.quota.free_bytes


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
    def passed(self) -> bool:
        """Whether everything that should be there was looked at and found, unaltered."""
        return self.failure is None and not any(
            folder.missing or folder.altered or folder.uncompared for folder in self.folders
        )
