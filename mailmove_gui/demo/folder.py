"""A folder in memory: messages with UIDs, flags and dates. Safe to use from several threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

Path = tuple[str, ...]
INBOX: Path = ("INBOX",)


class StoreError(Exception):
    """Something the store does not do; `code` is an RFC 5530 response code or empty."""

    def __init__(self, text: str, code: str = "CANNOT") -> None:
        super().__init__(text)
        self.code = code


class OverQuotaError(StoreError):
    """The messages do not fit into the user's quota; none of them was added."""

    def __init__(self) -> None:
        super().__init__("Quota exceeded (mailbox for user is full)", "OVERQUOTA")


@dataclass(frozen=True, slots=True)
class Message:
    """One stored message. A change of flags makes a new Message with the same UID."""

    uid: int
    content: bytes = field(repr=False)
    flags: frozenset[str]
    internal_date: datetime

    @property
    def size_bytes(self) -> int:
        """Length of the content."""
        return len(self.content)


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What APPEND brings. `internal_date` must be aware; None stands for the time of arrival."""

    content: bytes = field(repr=False)
    flags: frozenset[str] = frozenset()
    internal_date: datetime | None = None


class Room:
    """The space that one user's folders share, and the lock that guards all of them."""

    def __init__(self, limit_bytes: int | None) -> None:
        self.lock = threading.RLock()
        self.limit_bytes = limit_bytes
        self.used_bytes = 0

    def require(self, more_bytes: int) -> None:
        """Raise OverQuotaError if `more_bytes` do not fit."""
        if self.limit_bytes is not None and self.used_bytes + more_bytes > self.limit_bytes:
            raise OverQuotaError


class Folder:
    """One folder of one user. Made by `User.add_folder`, never directly."""

    def __init__(
        self,
        room: Room,
        path: Path,
        next_uid_validity: Callable[[], int],
        special_use: str | None,
        selectable: bool,
    ) -> None:
        self._room = room
        self._next_uid_validity = next_uid_validity
        self.path = path
        self.uid_validity = next_uid_validity()
        self.uid_next = 1
        self.special_use = special_use
        self.selectable = selectable
        self.deleted = False
        self.version = 0
        self._messages: dict[int, Message] = {}

    def __repr__(self) -> str:
        return f"Folder({self.path!r}, {len(self._messages)} messages)"

    def __len__(self) -> int:
        return len(self._messages)

    @property
    def messages(self) -> tuple[Message, ...]:
        """All messages, ascending by UID, as they are at this moment."""
        with self._room.lock:
            return tuple(self._messages.values())

    def message(self, uid: int) -> Message | None:
        """The message with this UID, or None."""
        return self._messages.get(uid)

    def snapshot(self) -> tuple[int, tuple[Message, ...]]:
        """`version` and `messages` that belong together."""
        with self._room.lock:
            return self.version, tuple(self._messages.values())

    def add_message(
        self,
        content: bytes,
        *,
        flags: Iterable[str] = (),
        internal_date: datetime | None = None,
        uid: int | None = None,
    ) -> Message:
        """Store one message and return it; `uid` may leave a gap but not go back.

        Raises ValueError for a naive date or a used-up UID, OverQuotaError when the user's quota is exceeded.
        """
        with self._room.lock:
            if uid is not None:
                if uid < self.uid_next:
                    raise ValueError(f"UID {uid} is below UIDNEXT {self.uid_next}")
                self.uid_next = uid
            return self.add_messages((NewMessage(content, frozenset(flags), internal_date),))[0]

    def add_messages(self, new_messages: Sequence[NewMessage]) -> tuple[Message, ...]:
        """Store all or none. Raises ValueError for a naive date, OverQuotaError when they do not fit."""
        arrival = datetime.now(UTC).replace(microsecond=0)
        if any(new.internal_date is not None and new.internal_date.tzinfo is None for new in new_messages):
            raise ValueError("internal_date needs a time zone")
        with self._room.lock:
            self._room.require(sum(len(new.content) for new in new_messages))
            added = tuple(
                Message(uid, new.content, new.flags, new.internal_date or arrival)
                for uid, new in enumerate(new_messages, self.uid_next)
            )
            self._messages.update((message.uid, message) for message in added)
            self.uid_next += len(added)
            self._room.used_bytes += sum(message.size_bytes for message in added)
            self.version += 1
        return added

    def change_flags(self, uid: int, change: Callable[[frozenset[str]], frozenset[str]]) -> Message | None:
        """Replace the flags by what `change` makes of them; None when the message is gone."""
        with self._room.lock:
            before = self._messages.get(uid)
            if before is None:
                return None
            flags = change(before.flags)
            if flags == before.flags:
                return before
            after = replace(before, flags=flags)
            self._messages[uid] = after
            self.version += 1
            return after

    def expunge(self, uids: Iterable[int]) -> None:
        """Remove these messages; UIDs that are not there are passed over."""
        with self._room.lock:
            for uid in uids:
                gone = self._messages.pop(uid, None)
                if gone is not None:
                    self._room.used_bytes -= gone.size_bytes
                    self.version += 1

    def become_selectable(self, special_use: str | None) -> None:
        r"""Turn from \Noselect into a folder for mail, with a UIDVALIDITY of its own."""
        with self._room.lock:
            self.selectable = True
            self.special_use = special_use
            self.uid_validity = self._next_uid_validity()

    def renumber(self) -> None:
        """New UIDVALIDITY and UIDs from 1, as after a restore from a backup. Sessions in it are ended."""
        with self._room.lock:
            self.uid_validity = self._next_uid_validity()
            renumbered = [replace(message, uid=uid) for uid, message in enumerate(self._messages.values(), 1)]
            self._messages = {message.uid: message for message in renumbered}
            self.uid_next = len(renumbered) + 1
            self.version += 1
