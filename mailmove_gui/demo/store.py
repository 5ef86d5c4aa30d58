"""The mail of one server in memory: users and their folders. Safe to use from several threads."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from mailmove_gui.demo.folder import INBOX, Folder, NewMessage, Path, Room, StoreError

LARGEST_NAME_BYTES = 255
FIRST_UID_VALIDITY = 1_400_000_001

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class User:
    """One mailbox owner. Made by `Store.add_user`; has an INBOX from the start."""

    def __init__(self, store: Store, name: str, password: str, quota_bytes: int | None) -> None:
        self._store = store
        self._room = Room(quota_bytes)
        self.name = name
        self.password = password
        self.subscriptions: set[Path] = {INBOX}
        self._folders: dict[Path, Folder] = {}
        self.add_folder(INBOX)

    def __repr__(self) -> str:
        return f"User({self.name!r}, {len(self._folders)} folders)"

    @property
    def quota_bytes(self) -> int | None:
        """How much fits, None for no limit. Can be assigned."""
        return self._room.limit_bytes

    @quota_bytes.setter
    def quota_bytes(self, quota_bytes: int | None) -> None:
        self._room.limit_bytes = quota_bytes

    @property
    def used_bytes(self) -> int:
        """Size of all messages."""
        return self._room.used_bytes

    @property
    def folders(self) -> Mapping[Path, Folder]:
        """All folders by path, in the order of their creation, as they are at this moment."""
        with self._room.lock:
            return MappingProxyType(dict(self._folders))

    def folder(self, path: Sequence[str] | str) -> Folder:
        """The folder with this path; a string stands for a single component. Raises KeyError."""
        return self._folders[_as_path(path)]

    def find_folder(self, path: Path) -> Folder | None:
        """The folder with this path, or None."""
        return self._folders.get(path)

    def add_folder(
        self,
        path: Sequence[str] | str,
        *,
        special_use: str | None = None,
        selectable: bool = True,
        subscribed: bool = False,
    ) -> Folder:
        r"""Create a folder; missing parents are \Noselect, and one that is \Noselect becomes selectable.

        `special_use` is an attribute such as "\Sent" (RFC 6154). Raises StoreError for a name that is in use
        or cannot be.
        """
        wanted = _as_path(path)
        with self._room.lock:
            self._store.require_valid(wanted)
            existing = self._folders.get(wanted)
            if existing is not None:
                if existing.selectable or not selectable:
                    raise StoreError("Mailbox already exists", "ALREADYEXISTS")
                existing.become_selectable(special_use)
            for depth in range(1, len(wanted)):
                parent = wanted[:depth]
                if parent not in self._folders:
                    self._folders[parent] = self._new_folder(parent, None, False)
            folder = existing or self._new_folder(wanted, special_use, selectable)
            self._folders[wanted] = folder
            if subscribed:
                self.subscriptions.add(wanted)
            return folder

    def delete_folder(self, path: Sequence[str] | str) -> None:
        r"""Remove a folder and its messages; with children it stays as \Noselect. Raises StoreError."""
        wanted = _as_path(path)
        with self._room.lock:
            folder = self._folders.get(wanted)
            if folder is None:
                raise StoreError("Mailbox doesn't exist", "NONEXISTENT")
            if wanted == INBOX:
                raise StoreError("INBOX can't be deleted.")
            has_children = self.has_children(wanted)
            if has_children and not folder.selectable:
                raise StoreError("Mailbox has children, delete them first", "HASCHILDREN")
            folder.expunge([message.uid for message in folder.messages])
            folder.deleted = True
            folder.version += 1
            del self._folders[wanted]
            if has_children:
                self._folders[wanted] = self._new_folder(wanted, None, False)

    def rename_folder(self, path: Sequence[str] | str, new_path: Sequence[str] | str) -> None:
        """Rename a folder with all below it; INBOX hands over its messages and stays. Raises StoreError."""
        old, new = _as_path(path), _as_path(new_path)
        with self._room.lock:
            folder = self._folders.get(old)
            if folder is None:
                raise StoreError("Mailbox doesn't exist", "NONEXISTENT")
            if new in self._folders:
                raise StoreError("Mailbox already exists", "ALREADYEXISTS")
            if new[: len(old)] == old:
                raise StoreError("Can't rename a mailbox to be below itself")
            self._store.require_valid(new)
            target = self.add_folder(new, selectable=folder.selectable, special_use=folder.special_use)
            if old == INBOX:
                moved = folder.messages
                folder.expunge([message.uid for message in moved])
                target.add_messages([NewMessage(m.content, m.flags, m.internal_date) for m in moved])
                return
            below = [path for path in self._folders if path[: len(old)] == old]
            for path_before in below:
                kept = self._folders.pop(path_before)
                kept.path = new + path_before[len(old) :]
                self._folders[kept.path] = kept

    def has_children(self, path: Path) -> bool:
        """Whether any folder lies below this one."""
        with self._room.lock:
            return any(len(other) > len(path) and other[: len(path)] == path for other in self._folders)

    def require_room(self, more_bytes: int) -> None:
        """Raise OverQuotaError if `more_bytes` do not fit."""
        self._room.require(more_bytes)

    def _new_folder(self, path: Path, special_use: str | None, selectable: bool) -> Folder:
        return Folder(self._room, path, self._store.next_uid_validity, special_use, selectable)


class Store:
    """All users of one server.

    `separator` and `prefix` shape the names on the wire: with "." and "INBOX." the path ("Projects", "2024")
    is "INBOX.Projects.2024". Paths in this API carry neither; INBOX is ("INBOX",).
    """

    def __init__(self, *, separator: str = "/", prefix: str = "") -> None:
        self.separator = separator
        self.prefix = prefix
        self._users: dict[str, User] = {}
        self._uid_validities = itertools.count(FIRST_UID_VALIDITY)

    def __repr__(self) -> str:
        return f"Store({len(self._users)} users)"

    @property
    def users(self) -> tuple[User, ...]:
        """All users in the order in which they were added."""
        return tuple(self._users.values())

    def add_user(self, name: str, password: str, *, quota_bytes: int | None = None) -> User:
        """Create a user with an empty INBOX. Raises ValueError when the name is taken."""
        if name in self._users:
            raise ValueError(f"user {name!r} exists")
        self._users[name] = User(self, name, password, quota_bytes)
        return self._users[name]

    def user(self, name: str) -> User:
        """The user with this name. Raises KeyError."""
        return self._users[name]

    def authenticate(self, name: str, password: str) -> User | None:
        """The user if name and password are right, else None."""
        user = self._users.get(name)
        return user if user is not None and user.password == password else None

    def next_uid_validity(self) -> int:
        """A number that was not given before."""
        return next(self._uid_validities)

    def wire_name(self, path: Path) -> str:
        """The name of a folder with separator and prefix (not yet in modified UTF-7)."""
        joined = self.separator.join(path)
        return joined if path[0] == "INBOX" else self.prefix + joined

    def path_of(self, wire_name: str) -> Path:
        """Reverse of `wire_name`; INBOX in any case (RFC 3501 §5.1). Raises StoreError outside the prefix."""
        parts = wire_name.split(self.separator)
        if parts[0].upper() == "INBOX":
            parts[0] = "INBOX"
        name = self.separator.join(parts)
        if parts == ["INBOX"]:
            return INBOX
        if not name.startswith(self.prefix):
            raise StoreError(f"Mailbox name should begin with {self.prefix}", "CANNOT")
        path = tuple(name[len(self.prefix) :].split(self.separator))
        if self.prefix and path[0].upper() == "INBOX":
            raise StoreError("Invalid mailbox name", "CANNOT")
        return path

    def require_valid(self, path: Path) -> None:
        """Raise StoreError for a name that is empty, too long, or has control characters or separators."""
        for part in path:
            if not part or self.separator in part or _CONTROL.search(part):
                raise StoreError("Invalid mailbox name")
            if len(part.encode()) > LARGEST_NAME_BYTES:
                raise StoreError("Mailbox name too long")
        below_inbox = bool(self.prefix) and len(path) > 1
        if not path or (path[0].upper() == "INBOX" and (path[0] != "INBOX" or below_inbox)):
            raise StoreError("Invalid mailbox name")


def _as_path(path: Sequence[str] | str) -> Path:
    return (path,) if isinstance(path, str) else tuple(path)
