"""Mailboxes in memory behind the mail ports, with faults where a test wants them.

For what a real server cannot be made to do at a chosen moment; everything else is tested on real servers.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.findings import Quota
from mailmove_gui.domain.folders import INBOX, Folder, FolderPath, FolderRole, NamingRules
from mailmove_gui.domain.identity import header_key
from mailmove_gui.domain.messages import (
    AppendAnswer,
    Appended,
    AppendInterrupted,
    AppendOutcome,
    FetchedMessage,
    Flags,
    FolderState,
    MessageHead,
    OutgoingMessage,
    Refused,
)
from mailmove_gui.domain.plan import Mailbox
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.secret import Secret, SecretKey

_START = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass
class FakeMessage:
    uid: int
    body: bytes
    flags: Flags = frozenset()
    date: datetime | None = _START
    email_id: str | None = None
    modseq: int = 1


@dataclass
class FakeFolder:
    uidvalidity: int = 1
    uidnext: int = 1
    messages: list[FakeMessage] = field(default_factory=list)
    role: FolderRole = FolderRole.NONE
    selectable: bool = True

    def add(
        self, body: bytes, *, flags: Flags = frozenset(), date: datetime | None = None, email_id: str | None = None
    ) -> FakeMessage:
        message = FakeMessage(self.uidnext, body, flags, date or _START + timedelta(hours=self.uidnext), email_id)
        self.messages.append(message)
        self.uidnext += 1
        return message

    def remove(self, uid: int) -> FakeMessage:
        message = next(message for message in self.messages if message.uid == uid)
        self.messages.remove(message)
        return message

    def flag(self, uid: int, *flags: str) -> None:
        """What a client does that sets the flags of a message."""
        message = next(message for message in self.messages if message.uid == uid)
        message.flags = frozenset(flags)
        message.modseq = self.highest_modseq + 1

    @property
    def highest_modseq(self) -> int:
        return max((message.modseq for message in self.messages), default=1)

    def renumber(self) -> None:
        """What a server does that lost its index: new UIDVALIDITY, new UIDs."""
        self.uidvalidity += 1
        self.messages = [replace(message, uid=uid) for uid, message in enumerate(self.messages, 100)]
        self.uidnext = 100 + len(self.messages)


@dataclass
class FakeMailbox:
    folders: dict[FolderPath, FakeFolder] = field(default_factory=lambda: {INBOX: FakeFolder(role=FolderRole.INBOX)})
    password: str = "secret"
    naming: NamingRules = field(default_factory=NamingRules)
    uidplus: bool = True
    permanent_flags: Flags | None = frozenset({"\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft", "\\*"})
    max_message_bytes: int | None = None
    quota: Quota | None = None
    condstore: bool = False
    # Flags that no STORE changes.
    fixed_flags: Flags = frozenset()
    refuses: Callable[[bytes], str | None] = lambda body: None
    refuses_folder: Callable[[FolderPath], bool] = lambda path: False
    unreadable: set[FolderPath] = field(default_factory=set)
    omitted: set[bytes] = field(default_factory=set)
    emptied: set[bytes] = field(default_factory=set)
    # Whether a listing leaves the first message of a folder out.
    forgetful: bool = False
    same_uid_for_all: bool = False
    keeps_all: bool = False
    before_header_keys: Callable[[], None] = lambda: None
    rewrites: Callable[[bytes], bytes] = lambda body: body
    before_append: Callable[["FakeMailbox", FolderPath], None] = lambda mailbox, path: None
    # How many messages of the next appends are stored before the line breaks, without an answer; None: it holds.
    breaks: list[int | None] = field(default_factory=list)
    # What is stored one message a look after the line broke: (folder, message).
    late: list[tuple[FolderPath, OutgoingMessage]] = field(default_factory=list)
    arrives_late: bool = False
    # Asked for each message that is appended or fetched: what the server does instead of taking or giving it.
    fails: Callable[[bytes], MailError | None] = lambda body: None
    # The same for each message whose header is asked for.
    hides_header: Callable[[bytes], MailError | None] = lambda body: None
    appended: int = 0
    calls: Counter[str] = field(default_factory=Counter)

    def folder(self, *path: str) -> FakeFolder:
        return self.folders.setdefault(path, FakeFolder())

    def bodies(self) -> Counter[bytes]:
        return Counter(message.body for folder in self.folders.values() for message in folder.messages)

    def bodies_in(self, *path: str) -> list[bytes]:
        return [message.body for message in self.folders[path].messages]


class FakeConnection:
    """One login: a Source and a Destination at once."""

    def __init__(self, mailbox: FakeMailbox, side: Side) -> None:
        self._mailbox = mailbox
        self._side = side
        self._open: FakeFolder | None = None
        self._path: FolderPath = ()
        self._broken_by: MailError | None = None
        self.closed = False

    @property
    def naming(self) -> NamingRules:
        return self._mailbox.naming

    @property
    def max_message_bytes(self) -> int | None:
        return self._mailbox.max_message_bytes

    def quota(self) -> Quota | None:
        self._call("quota")
        return self._mailbox.quota

    def folders(self) -> tuple[Folder, ...]:
        self._call("folders")
        return tuple(
            Folder(path, folder.role, folder.selectable) for path, folder in sorted(self._mailbox.folders.items())
        )

    def status(self, path: FolderPath) -> FolderState:
        self._call("status")
        return self._state(self._folder(path))

    def examine(self, path: FolderPath) -> FolderState:
        self._call("examine")
        self._store_what_is_late()
        self._open, self._path = self._folder(path), path
        return self._state(self._open)

    def select(self, path: FolderPath) -> tuple[FolderState, Flags | None]:
        return self.examine(path), self._mailbox.permanent_flags

    def heads(self, known: Collection[int] = ()) -> Iterator[Sequence[MessageHead]]:
        self._call("heads")
        heads = [self._head(message) for message in self._messages()][self._mailbox.forgetful :]
        for start in range(0, len(heads), 7):
            yield heads[start : start + 7]

    def heads_from(self, uid: int) -> Sequence[MessageHead]:
        self._call("heads_from")
        return [self._head(message) for message in self._messages() if message.uid >= uid]

    def heads_of(self, uids: Sequence[int]) -> Iterator[Sequence[MessageHead]]:
        self._call("heads_of")
        yield [self._head(message) for message in self._messages() if message.uid in uids]

    def header_keys(self, uids: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        self._call("header_keys")
        self._mailbox.before_header_keys()
        for message in self._messages():
            if message.uid in uids:
                self._fail(self._mailbox.hides_header(message.body))
                yield message.uid, header_key(message.body)

    def messages(self, uids: Sequence[int]) -> Iterator[FetchedMessage]:
        self._call("messages")
        for message in list(self._messages()):
            if message.uid in uids and message.body not in self._mailbox.omitted:
                self._fail(self._mailbox.fails(message.body))
                body = b"" if message.body in self._mailbox.emptied else message.body
                yield FetchedMessage(message.uid, body, message.date, message.flags)

    @property
    def keeps_flags(self) -> bool:
        return True

    def flags(self, since: int | None = None) -> Iterator[Sequence[tuple[int, Flags]]]:
        self._call("flags")
        yield [(message.uid, message.flags) for message in self._messages() if since is None or message.modseq > since]

    def set_flag(self, uids: Sequence[int], flag: str, *, on: bool) -> bool:
        self._call("set_flag")
        if flag in self._mailbox.fixed_flags:
            return False
        for message in self._messages():
            if message.uid in uids:
                message.flags = message.flags | {flag} if on else message.flags - {flag}
        return True

    def create_folder(self, path: FolderPath) -> None:
        self._call("create_folder")
        if self._mailbox.refuses_folder(path):
            raise MailError(Reason.FOLDER_REFUSED, "Invalid mailbox name")
        if path not in self._mailbox.folders:
            # A folder of a name that another one had is another one (RFC 3501 section 2.3.1.1).
            self._mailbox.folder(*path).uidvalidity = 1000 + self._mailbox.calls["create_folder"]
        self._mailbox.folder(*path).selectable = True

    def subscribe(self, path: FolderPath) -> None:
        self._call("subscribe")

    def append(self, path: FolderPath, messages: Sequence[OutgoingMessage]) -> AppendAnswer:
        self._call("append")
        mailbox = self._mailbox
        mailbox.before_append(mailbox, path)
        stored_before_break = mailbox.breaks.pop(0) if mailbox.breaks else None
        if stored_before_break is not None:
            for message in messages[:stored_before_break]:
                if mailbox.arrives_late:
                    mailbox.late.append((path, message))
                else:
                    self._store(path, message)
            self._fail(MailError(Reason.CONNECTION_LOST))
        outcomes: list[AppendOutcome] = []
        for message in messages:
            error = mailbox.fails(message.body)
            if error is not None and outcomes and error.reason is not Reason.CONNECTION_LOST:
                raise AppendInterrupted(error, self._answer(path, outcomes))
            self._fail(error)
            text = mailbox.refuses(message.body)
            if text is not None:
                outcomes.append(Refused(text))
                continue
            uid = self._store(path, message)
            uid = self._folder(path).messages[0].uid if mailbox.same_uid_for_all else uid
            outcomes.append(Appended(uid if mailbox.uidplus else None))
        return self._answer(path, outcomes)

    def remove(self, uids: Sequence[int]) -> frozenset[int]:
        self._call("remove")
        assert self._open is not None, "no folder is open"
        if self._mailbox.keeps_all:
            return frozenset(uids)
        for uid in uids:
            self._open.remove(uid)
        return frozenset()

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self._broken_by = MailError(Reason.CONNECTION_LOST)

    def _answer(self, path: FolderPath, outcomes: Sequence[AppendOutcome]) -> AppendAnswer:
        return AppendAnswer(tuple(outcomes), self._folder(path).uidvalidity if self._mailbox.uidplus else None)

    def _fail(self, error: MailError | None) -> None:
        if error is not None:
            if error.ends_connection or error.reason is Reason.CONNECTION_LOST:
                self._broken_by = error
            raise error

    def _store(self, path: FolderPath, message: OutgoingMessage) -> int:
        self._mailbox.appended += 1
        body = self._mailbox.rewrites(message.body)
        stored = self._folder(path).add(body, flags=message.flags, date=message.internal_date)
        return stored.uid

    def _store_what_is_late(self) -> None:
        if self._side is Side.DESTINATION and self._mailbox.late:
            self._store(*self._mailbox.late.pop(0))

    def _folder(self, path: FolderPath) -> FakeFolder:
        folder = self._mailbox.folders.get(path)
        if folder is None or not folder.selectable or path in self._mailbox.unreadable:
            raise MailError(Reason.FOLDER_UNREADABLE, "Mailbox doesn't exist")
        return folder

    def _state(self, folder: FakeFolder) -> FolderState:
        modseq = folder.highest_modseq if self._mailbox.condstore else None
        return FolderState(folder.uidvalidity, folder.uidnext, len(folder.messages), modseq)

    def _head(self, message: FakeMessage) -> MessageHead:
        return MessageHead(message.uid, len(message.body), message.date, message.flags, message.email_id)

    def _messages(self) -> list[FakeMessage]:
        assert self._open is not None, "no folder is open"
        return self._open.messages

    def _call(self, name: str) -> None:
        self._mailbox.calls[name] += 1
        if self._broken_by is not None:
            raise self._broken_by


class FakeGateway:
    """Mailboxes by side and user name."""

    def __init__(self, sources: dict[str, FakeMailbox], destinations: dict[str, FakeMailbox]) -> None:
        self._mailboxes = {Side.SOURCE: sources, Side.DESTINATION: destinations}
        self.logins: Counter[tuple[Side, str]] = Counter()
        self.refused_connections: list[Reason] = []
        self._connections: list[FakeConnection] = []

    @property
    def open(self) -> int:
        """How many connections have not been closed."""
        return sum(not connection.closed for connection in self._connections)

    def source(self, mailbox: Mailbox, secret: Secret, cancel: CancelToken) -> FakeConnection:
        return self._connect(Side.SOURCE, mailbox, secret, cancel)

    def destination(self, mailbox: Mailbox, secret: Secret, cancel: CancelToken) -> FakeConnection:
        return self._connect(Side.DESTINATION, mailbox, secret, cancel)

    def remover(self, mailbox: Mailbox, secret: Secret, cancel: CancelToken) -> FakeConnection:
        return self._connect(Side.DESTINATION, mailbox, secret, cancel)

    def _connect(self, side: Side, mailbox: Mailbox, secret: Secret, cancel: CancelToken) -> FakeConnection:
        cancel.check()
        self.logins[side, mailbox.user] += 1
        if self.refused_connections:
            raise MailError(self.refused_connections.pop(0), side=side)
        fake = self._mailboxes[side][mailbox.user]
        if secret.reveal() != fake.password:
            raise MailError(Reason.WRONG_PASSWORD, "Authentication failed", side=side)
        self._connections.append(FakeConnection(fake, side))
        return self._connections[-1]


class FakeSecrets:
    def __init__(self, secrets: dict[SecretKey, Secret]) -> None:
        self._secrets = secrets

    def get(self, key: SecretKey) -> Secret | None:
        return self._secrets.get(key)

    def put(self, key: SecretKey, secret: Secret) -> None:
        self._secrets[key] = secret

    def forget(self, key: SecretKey) -> None:
        self._secrets.pop(key, None)


class FakeClock:
    """A clock on which waiting takes no time."""

    def __init__(self, now: datetime | None = None) -> None:
        self._now = now or datetime(2026, 6, 1, tzinfo=UTC)
        self.waits: list[float] = []
        self.before_wait: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        return self._now

    def turn_to(self, now: datetime) -> None:
        self._now = now

    def monotonic_s(self) -> float:
        return self._now.timestamp()

    def wait(self, cancel: CancelToken, seconds: float) -> None:
        cancel.check()
        self.before_wait()
        self.waits.append(seconds)
        self._now += timedelta(seconds=seconds)


def mail(name: str, *, body: str = "", message_id: bool = True) -> bytes:
    """A small message; the same name gives the same headers, whatever the body."""
    lines = [f"From: {name}@example.org", "To: all@example.org", f"Subject: {name}"]
    if message_id:
        lines.append(f"Message-ID: <{name}@example.org>")
    text = body or f"This is {name}."
    return "\r\n".join([*lines, "", text, ""]).encode()


__all__ = ["FakeClock", "FakeGateway", "FakeMailbox", "FakeSecrets", "mail"]
