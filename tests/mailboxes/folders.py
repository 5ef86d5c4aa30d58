"""What a generated mailbox is made of, and what a snapshot of it must show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tests.servers.compare import FolderPath, MessageFact, Snapshot

__all__ = ["FolderPath", "GeneratedFolder", "GeneratedMessage", "expected_snapshot"]


@dataclass(frozen=True, slots=True)
class GeneratedMessage:
    """body: with CRLF. flags: without \\Recent. internal_date: with its zone, whole seconds."""

    body: bytes
    flags: tuple[str, ...]
    internal_date: datetime

    @property
    def fact(self) -> MessageFact:
        return MessageFact.of(self.body, int(self.internal_date.timestamp()), self.flags)


@dataclass(frozen=True, slots=True)
class GeneratedFolder:
    """path: parts without a prefix, ("INBOX",) for the inbox. The messages are in the order in which they arrive."""

    path: FolderPath
    messages: tuple[GeneratedMessage, ...]
    is_subscribed: bool = True


def expected_snapshot(folders: Iterable[GeneratedFolder]) -> Snapshot:
    """What `tests.servers.compare.snapshot` must show of a server that has been filled with these."""
    return {folder.path: [message.fact for message in folder.messages] for folder in folders}
