"""What a server makes of messages that are appended one by one, plainly: what a migration may do no worse than."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.mailboxes.fill import append_head
from tests.mailboxes.folders import GeneratedMessage
from tests.mailboxes.odd_mails import Fate
from tests.servers.compare import Snapshot, parse_internal_date, snapshot
from tests.servers.dovecot import Dovecot, User
from tests.servers.wire import Wire, WireError


@dataclass(frozen=True, slots=True)
class SourceMessage:
    """A message without flags as a server gives it to the tests' own client."""

    uid: int
    message: GeneratedMessage


@dataclass(frozen=True, slots=True)
class PlainCopy:
    """contents: the mailbox afterwards. fates: what became of each message, by its UID at the source."""

    contents: Snapshot
    fates: dict[int, Fate]

    def uids(self, fate: Fate) -> set[int]:
        """Whom this has befallen."""
        return {uid for uid, befallen in self.fates.items() if befallen is fate}


def read_inbox(server: Dovecot, user: User) -> list[SourceMessage]:
    """All messages of an INBOX that is not empty, with their bytes, ascending by UID. Changes nothing."""
    with Wire(server.host, server.imap_port) as wire:
        wire.login(user.name, user.password)
        wire.run(b"EXAMINE INBOX")
        return list(_messages(wire))


def _messages(wire: Wire) -> Iterator[SourceMessage]:
    for answer in wire.stream(b"UID FETCH 1:* (UID INTERNALDATE BODY.PEEK[])"):
        match answer.words():
            case [_, b"FETCH", [b"UID", bytes(uid), b"INTERNALDATE", bytes(date), _, bytes(body)]]:
                received = datetime.fromtimestamp(parse_internal_date(date.decode()), UTC)
                yield SourceMessage(int(uid), GeneratedMessage(body, (), received))
            case _:
                continue


def append_plainly(server: Dovecot, user: User, messages: Sequence[SourceMessage]) -> PlainCopy:
    """Append everything to an empty INBOX, each message in a command of its own; what is refused is left out."""
    with Wire(server.host, server.imap_port) as wire:
        wire.login(user.name, user.password)
        fates = {one.uid: _append(wire, one.message) for one in messages}
    contents = snapshot(server.host, server.imap_port, user.name, user.password)
    taken = [one for one in messages if fates[one.uid] is not Fate.REFUSED]
    for one, stored in zip(taken, contents[("INBOX",)], strict=True):
        if one.message.fact.sha256 != stored.sha256:
            fates[one.uid] = Fate.CHANGED
    return PlainCopy(contents, fates)


def _append(wire: Wire, message: GeneratedMessage) -> Fate:
    try:
        wire.append(b"INBOX", [(append_head(message), message.body)])
    except WireError as refusal:
        if not str(refusal).startswith("NO "):
            # No other end of a command says anything about the message.
            raise
        return Fate.REFUSED
    return Fate.KEPT
