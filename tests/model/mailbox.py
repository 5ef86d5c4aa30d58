"""One mailbox of a history: what its user does to it, and what it must look like afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from mailmove_gui.demo import Folder, Message, NewMessage, User
from mailmove_gui.domain.folders import INBOX, FolderPath
from mailmove_gui.domain.reasons import Side
from tests.model.contents import CONTENTS, day, name_of

FOLDERS: tuple[FolderPath, ...] = (INBOX, ("Work",), ("Work", "2024"))


@dataclass(frozen=True, slots=True)
class FolderLook:
    """A folder at a moment."""

    uidvalidity: int
    uidnext: int
    messages: dict[int, Message]


Look: TypeAlias = dict[FolderPath, FolderLook]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message lies."""

    path: FolderPath
    uid: int


class ModelMailbox:
    """A user's mailbox in an embedded server, acted on behind the server's back."""

    def __init__(self, user: User, side: Side) -> None:
        self.user = user
        self._side = side
        for path in FOLDERS[1:]:
            user.add_folder(path)
        self._renamed = 0
        self.expected = self.look()

    def look(self) -> Look:
        """All that is in it now."""
        with self.user._room.lock:
            return {
                path: FolderLook(
                    folder.uid_validity, folder.uid_next, {message.uid: message for message in folder.messages}
                )
                for path, folder in self.user.folders.items()
                if folder.selectable
            }

    def take_note(self) -> None:
        """As it is now, it must stay."""
        self.expected = self.look()

    def count(self, name: str) -> int:
        """How many messages of this content must be there."""
        return sum(
            name_of(message.content) == name for look in self.expected.values() for message in look.messages.values()
        )

    def place(self, which: int) -> Place | None:
        """Where one of the messages lies; None in an empty mailbox."""
        places = [Place(path, uid) for path, look in sorted(self.expected.items()) for uid in look.messages]
        return places[which % len(places)] if places else None

    def path(self, folder: int) -> FolderPath:
        """One of the folders."""
        paths = sorted(self.expected)
        return paths[folder % len(paths)]

    def message(self, place: Place) -> Message:
        return self.expected[place.path].messages[place.uid]

    # -- what users do

    def deliver(self, path: FolderPath, content: str, day_number: int, flags: tuple[str, ...]) -> Place:
        limit, self.user.quota_bytes = self.user.quota_bytes, None
        message = self.user.folder(path).add_message(CONTENTS[content], flags=flags, internal_date=day(day_number))
        self.user.quota_bytes = limit
        self.take_note()
        return Place(path, message.uid)

    def remove(self, place: Place) -> None:
        self.user.folder(place.path).expunge([place.uid])
        self.take_note()

    def file(self, place: Place, path: FolderPath) -> Place:
        """Put a message into another folder, as COPY and EXPUNGE do."""
        message = self.message(place)
        limit, self.user.quota_bytes = self.user.quota_bytes, None
        with self.user._room.lock:
            (filed,) = self.user.folder(path).add_messages(
                [NewMessage(message.content, message.flags, message.internal_date)]
            )
            self.user.folder(place.path).expunge([place.uid])
        self.user.quota_bytes = limit
        self.take_note()
        return Place(path, filed.uid)

    def mark(self, place: Place, flag: str) -> None:
        self.user.folder(place.path).change_flags(place.uid, lambda flags: flags ^ {flag})
        self.take_note()

    def rename(self, path: FolderPath) -> FolderPath:
        self._renamed += 1
        # No name that the other side's user chooses: the program may have made that folder here.
        renamed = (*path[:-1], f"{path[-1]} {self._side.value} {self._renamed}")
        self.user.rename_folder(path, renamed)
        self.take_note()
        return renamed

    def remove_folder(self, path: FolderPath) -> None:
        self.user.delete_folder(path)
        self.take_note()

    def renumber(self, path: FolderPath) -> None:
        self.folder(path).renumber()
        self.take_note()

    def folder(self, path: FolderPath) -> Folder:
        return self.user.folder(path)


def differences(
    expected: Look, found: Look, *, may_follow: Callable[[Message], frozenset[str]] = lambda _message: frozenset()
) -> list[str]:
    """What of a mailbox is not as it must be; more messages and more folders are no difference.

    `may_follow` says which flags of a message may have come or gone.
    """
    said: list[str] = []
    for path, look in expected.items():
        now = found.get(path)
        if now is None or now.uidvalidity != look.uidvalidity:
            said.append(f"folder {path} is not there any more")
            continue
        for uid, message in look.messages.items():
            kept = now.messages.get(uid)
            if kept is None:
                said.append(f"{name_of(message.content)!r} is gone from {path}")
            elif replace(kept, flags=message.flags) != message or (kept.flags ^ message.flags) - may_follow(message):
                said.append(f"{name_of(message.content)!r} in {path} is not what it was: {_shown(message, kept)}")
    return said


def additions(expected: Look, found: Look) -> list[tuple[Place, Message]]:
    """Messages that are there in addition."""
    return [
        (Place(path, uid), message)
        for path, look in found.items()
        for uid, message in look.messages.items()
        if path not in expected or uid not in expected[path].messages
    ]


def _shown(before: Message, after: Message) -> str:
    content = "" if before.content == after.content else f", now {name_of(after.content)!r}"
    return f"{sorted(before.flags)} {before.internal_date} -> {sorted(after.flags)} {after.internal_date}{content}"
