"""The model's rule for messages that the program calls *doubtful*: nobody can know what became of them.

That is so only where a destination folder is *clouded*: in the middle of a pass that has not come to its end, or after
it and before another has, a message that came into the folder meanwhile was deleted or filed elsewhere by its user, or
the folder was renumbered, renamed or deleted. For messages with a certain header a folder is clouded as well where its
user got another message with that header meanwhile: it might be one of ours, rewritten by the server. A message may be
doubtful if it was to go into a clouded folder, and must be listed.
"""

from __future__ import annotations

from collections.abc import Collection

from mailmove_gui.domain.folders import FolderPath
from tests.model.contents import header_of


class Doubts:
    """What clouds the destination's folders, from the beginning of a pass to the end of one that is done."""

    def __init__(self) -> None:
        self._open = False
        self._fresh: set[tuple[int, int]] = set()
        self._clouded: set[FolderPath] = set()
        self._lookalikes: set[tuple[FolderPath, bytes]] = set()

    def begin(self) -> None:
        """A pass begins."""
        self._open = True

    def end(self) -> None:
        """A pass is done: all is known."""
        self._open = False
        self._fresh.clear()
        self._clouded.clear()
        self._lookalikes.clear()

    def came(self, path: FolderPath, uidvalidity: int, uid: int, by_user: bytes | None) -> None:
        """A message came into a folder; `by_user` is its content if it was its user who got it or put it there."""
        if self._open:
            self._fresh.add((uidvalidity, uid))
            if by_user is not None:
                self._lookalikes.add((path, header_of(by_user)))

    def went(self, path: FolderPath, uidvalidity: int, uid: int) -> None:
        """A message was taken out of a folder."""
        if (uidvalidity, uid) in self._fresh:
            self._clouded.add(path)

    def replaced(self, path: FolderPath) -> None:
        """A folder is not what it was."""
        if self._open:
            self._clouded.add(path)

    def allowed(self, content: bytes, folders: Collection[FolderPath]) -> bool:
        """Whether this message may be doubtful, if it was to go into one of the folders."""
        header = header_of(content)
        return any(folder in self._clouded or (folder, header) in self._lookalikes for folder in folders)
