"""A folder as one client knows it."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Sequence

from mailmove_gui.demo.folder import Folder, Message
from mailmove_gui.demo.imap_text import format_flags, parse_set
from mailmove_gui.demo.wire import BadSyntax

Shown = Callable[[Sequence[Message]], Sequence[Message]]


class View:
    """A selected folder as this session's client knows it: the sequence numbers stay until it is told."""

    def __init__(self, folder: Folder, read_only: bool, shown: Shown = tuple) -> None:
        self.folder = folder
        self.read_only = read_only
        self.uid_validity = folder.uid_validity
        self._shown = shown
        self._version, messages = folder.snapshot()
        self.messages = list(shown(messages))

    @property
    def lost(self) -> bool:
        """Whether the folder was deleted or renumbered."""
        return self.folder.deleted or self.folder.uid_validity != self.uid_validity

    def update(self, message: Message) -> None:
        """The client has been told, or must not be told, of these flags."""
        index = self._index_at_or_after(message.uid)
        if index < len(self.messages) and self.messages[index].uid == message.uid:
            self.messages[index] = message

    def current(self, index: int) -> Message:
        """The message with its flags of this moment; as it was last seen if it has gone meanwhile."""
        known = self.messages[index]
        return self.folder.message(known.uid) or known

    def resolve(self, raw_set: bytes, by_uid: bool) -> list[int]:
        """Indices of the messages in a set, ascending. Raises BadSyntax for a sequence number too high."""
        indices: set[int] = set()
        largest = len(self.messages) if not by_uid else (self.messages[-1].uid if self.messages else 0)
        for first, last in parse_set(raw_set):
            ends = sorted((largest if first is None else first, largest if last is None else last))
            if by_uid:
                indices.update(range(self._index_at_or_after(ends[0]), self._index_at_or_after(ends[1] + 1)))
            elif ends[0] >= 1 and ends[1] <= largest:
                indices.update(range(ends[0] - 1, ends[1]))
            else:
                raise BadSyntax("Invalid message sequence number")
        return sorted(indices)

    def catch_up(self, *, may_expunge: bool, may_grow: bool) -> list[bytes]:
        """Untagged lines for what has changed in the folder since the last call."""
        if self._version == self.folder.version:
            return []
        self._version, messages = self.folder.snapshot()
        now = {message.uid: message for message in self._shown(messages)}
        lines: list[bytes] = []
        kept: list[Message] = []
        for known in self.messages:
            message = now.pop(known.uid, None)
            if message is None and may_expunge:
                lines.append(b"* %d EXPUNGE\r\n" % (len(kept) + 1))
                continue
            if message is None:
                self._version = -1  # Still to be told.
            elif message is not known:
                flags = format_flags(message.flags)
                lines.append(b"* %d FETCH (UID %d FLAGS %b)\r\n" % (len(kept) + 1, message.uid, flags))
            kept.append(message or known)
        if now and not may_grow:
            self._version = -1
            now.clear()
        self.messages = [*kept, *now.values()]
        if now:
            lines.append(b"* %d EXISTS\r\n" % len(self.messages))
        return lines

    def _index_at_or_after(self, uid: int) -> int:
        return bisect.bisect_left(self.messages, uid, key=lambda message: message.uid)
