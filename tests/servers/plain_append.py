"""What a server makes of messages that are appended one by one, plainly: what a migration may do no worse than."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.mailboxes.fill import append_head
from tests.mailboxes.folders import FolderPath, GeneratedMessage
from tests.servers.compare import MessageFact, Snapshot, parse_internal_date, snapshot
from tests.servers.dovecot import Dovecot, User
from tests.servers.wire import Wire, WireError, list_folders, namespace_of, quoted


@dataclass(frozen=True, slots=True)
class SourceMessage:
    """A message as a server gives it to the tests' own client."""

    uid: int
    message: GeneratedMessage

    @property
    def fact(self) -> MessageFact:
        return self.message.fact


@dataclass(frozen=True, slots=True)
class PlainCopy:
    """contents: the mailbox afterwards. refusals: what the server said, by folder and UID at the source.

    changed: how many messages the server gives back with other bytes than it was sent.
    """

    contents: Snapshot
    refusals: dict[tuple[FolderPath, int], str] = field(default_factory=dict)
    changed: int = 0


def read_messages(server: Dovecot, user: User) -> dict[FolderPath, list[SourceMessage]]:
    """All messages of a mailbox with their bytes, folder by folder, ascending by UID. Changes nothing."""
    with Wire(server.host, server.imap_port) as wire:
        wire.login(user.name, user.password)
        return {
            folder.path: list(_messages(wire, folder.name)) for folder in list_folders(wire) if folder.is_selectable
        }


def _messages(wire: Wire, name: bytes) -> Iterator[SourceMessage]:
    opened = wire.run(b"EXAMINE", quoted(name))
    if any(answer.text.upper() == b"0 EXISTS" for answer in opened):
        return
    for answer in wire.stream(b"UID FETCH 1:* (UID FLAGS INTERNALDATE BODY.PEEK[])"):
        match answer.words():
            case [_, b"FETCH", [b"UID", bytes(uid), b"FLAGS", [*flags], b"INTERNALDATE", bytes(date), _, bytes(body)]]:
                kept = tuple(flag.decode() for flag in flags if isinstance(flag, bytes) and flag != b"\\Recent")
                received = datetime.fromtimestamp(parse_internal_date(date.decode()), UTC)
                yield SourceMessage(int(uid), GeneratedMessage(body, kept, received))
            case _:
                continue


def append_plainly(
    server: Dovecot, user: User, folders: dict[FolderPath, list[SourceMessage]]
) -> PlainCopy:
    """Append everything to a mailbox, each message in a command of its own; what is refused is left out."""
    refusals: dict[tuple[FolderPath, int], str] = {}
    sent: dict[FolderPath, list[str]] = {}
    with Wire(server.host, server.imap_port) as wire:
        wire.login(user.name, user.password)
        namespace = namespace_of(wire)
        there = {folder.path for folder in list_folders(wire)}
        for path, messages in folders.items():
            name = quoted(namespace.name_of(path))
            if path not in there:
                wire.run(b"CREATE", name)
            for one in messages:
                try:
                    wire.append(name, [(append_head(one.message), one.message.body)])
                    sent.setdefault(path, []).append(one.fact.sha256)
                except WireError as refusal:
                    refusals[path, one.uid] = str(refusal)
    contents = snapshot(server.host, server.imap_port, user.name, user.password)
    changed = sum(
        before != after.sha256
        for path, hashes in sent.items()
        for before, after in zip(hashes, contents[path], strict=True)
    )
    return PlainCopy(contents, refusals, changed)
