"""An inbox that mail is read from by POP3."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailmove_gui.domain.folders import INBOX, Folder, FolderPath
from mailmove_gui.domain.identity import content_hash, header_key
from mailmove_gui.domain.messages import FetchedMessage, Flags, FolderState, MessageHead
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.mail.pop3_session import Pop3Session
from mailmove_gui.mail.received import arrival_date

POP3_UIDVALIDITY = 2**32
"""No IMAP server can have it (RFC 3501 section 9: 32 bits), so a mailbox that is read by IMAP later is renumbered."""

_NO_UIDNEXT = 0
_CHUNK = 256
_KEY_BYTES = 8
_SEEN: Flags = frozenset({"\\Seen"})


@dataclass(frozen=True, slots=True)
class _Listed:
    """A message of this session: its number, and the size that LIST gives."""

    number: int
    size_bytes: int


class Pop3Reader:
    """A `Source` over POP3: the inbox, as it was at the login (RFC 1939 section 3).

    POP3 numbers messages anew in every session. The UID of a message is made of its unique id (UIDL, section 7), or of
    its content where the server has none; then listing reads everything.

    Args:
        session: logged in.
        unread: messages arrive as unread instead of as read; POP3 knows no flags.
    """

    def __init__(self, session: Pop3Session, *, unread: bool = False) -> None:
        self._session = session
        self._flags: Flags = frozenset() if unread else _SEEN
        self._can_look_ahead = session.has("TOP")
        self._inbox: dict[int, _Listed] | None = None

    # -- flags

    @property
    def keeps_flags(self) -> bool:
        """See `Source.keeps_flags`."""
        return False

    def flags(self, since: int | None = None) -> Iterator[Sequence[tuple[int, Flags]]]:  # noqa: ARG002 -- there are none
        """See `Source.flags`."""
        return iter(())

    # -- the folder

    def folders(self) -> tuple[Folder, ...]:
        """See `MailboxReader.folders`: the inbox alone."""
        return (Folder(INBOX),)

    def status(self, path: FolderPath) -> FolderState:
        """See `MailboxReader.status`."""
        if path != INBOX:
            raise self._session.failure(Reason.FOLDER_UNREADABLE)
        inbox = self._listed()
        digest = hashlib.sha256(b"".join(uid.to_bytes(_KEY_BYTES, "big") for uid in inbox)).digest()
        return FolderState(
            POP3_UIDVALIDITY,
            _NO_UIDNEXT,
            len(inbox),
            size_bytes=sum(one.size_bytes for one in inbox.values()),
            listing=_as_uid(digest),
        )

    def examine(self, path: FolderPath) -> FolderState:
        """See `MailboxReader.examine`."""
        return self.status(path)

    def _listed(self) -> dict[int, _Listed]:
        """The messages by UID, in the order in which the server has them."""
        if self._inbox is None:
            sizes = self._numbered(self._session.listing(b"LIST", Reason.FOLDER_UNREADABLE) or [])
            listed = {number: _Listed(number, _size(size)) for number, size in sizes.items()}
            # Some servers give one id to several messages, and without ids equal messages have one key.
            times: Counter[bytes] = Counter()
            self._inbox = {}
            for number, key in self._keys(sizes):
                if number in listed:
                    self._inbox[_as_uid(hashlib.sha256(b"%d %b" % (times[key], key)).digest())] = listed[number]
                    times[key] += 1
        return self._inbox

    def _keys(self, numbers: Iterable[int]) -> Iterator[tuple[int, bytes]]:
        """Number and what tells a message from others, in every session the same."""
        unique_ids = self._session.listing(b"UIDL")
        if unique_ids is not None:
            yield from self._numbered(unique_ids).items()
            return
        waiting = list(numbers)
        for number, (status, text) in zip(
            waiting, self._session.texts(b"RETR %d" % one for one in waiting), strict=True
        ):
            yield number, content_hash(text) if status.ok else b""

    def _numbered(self, lines: Iterable[bytes]) -> dict[int, bytes]:
        """Scan listings: message number and what stands behind it; what is no such line is left out."""
        words = (line.split(None, 1) for line in lines)
        return {int(pair[0]): pair[1] for pair in words if len(pair) > 1 and pair[0].isdigit()}

    # -- heads

    def heads(self, known: Collection[int] = ()) -> Iterator[Sequence[MessageHead]]:
        """See `MailboxReader.heads`; messages that are not `known` have dates where the server has TOP."""
        uids = list(self._listed())
        for start in range(0, len(uids), _CHUNK):
            chunk = uids[start : start + _CHUNK]
            dates = self._dates([uid for uid in chunk if uid not in known])
            yield [self._head(uid, dates.get(uid)) for uid in sorted(chunk)]

    def heads_from(self, uid: int) -> Sequence[MessageHead]:
        """See `MailboxReader.heads_from`; without dates."""
        return [self._head(other) for other in sorted(self._listed()) if other >= uid]

    def heads_of(self, uids: Sequence[int]) -> Iterator[Sequence[MessageHead]]:
        """See `MailboxReader.heads_of`; without dates."""
        found = [self._head(uid) for uid in sorted(uids) if uid in self._listed()]
        if found:
            yield found

    def _head(self, uid: int, date: datetime | None = None) -> MessageHead:
        return MessageHead(uid, self._listed()[uid].size_bytes, date, self._flags)

    def _dates(self, uids: Sequence[int]) -> dict[int, datetime | None]:
        return {uid: arrival_date(header) for uid, header in self._headers(uids)} if self._can_look_ahead else {}

    def header_keys(self, uids: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """See `MailboxReader.header_keys`."""
        for uid, header in self._headers(uids):
            yield uid, header_key(header)

    def _headers(self, uids: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """Headers, or whole messages where the server has no TOP (RFC 1939 section 7)."""
        return self._texts(b"TOP %d 0" if self._can_look_ahead else b"RETR %d", uids)

    def _texts(self, command: bytes, uids: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        inbox = self._listed()
        there = [uid for uid in uids if uid in inbox]
        answers = self._session.texts(command % inbox[uid].number for uid in there)
        for uid, (status, text) in zip(there, answers, strict=True):
            if status.ok:
                yield uid, text

    # -- messages

    def messages(self, uids: Sequence[int]) -> Iterator[FetchedMessage]:
        """See `MailboxReader.messages`."""
        for uid, text in self._texts(b"RETR %d", uids):
            yield FetchedMessage(uid, text, arrival_date(text), self._flags)

    # -- the connection

    def close(self) -> None:
        """See `MailboxReader.close`."""
        self._session.close()

    def abort(self) -> None:
        """See `MailboxReader.abort`."""
        self._session.abort()


def _as_uid(digest: bytes) -> int:
    """A positive number of 63 bits: what a ledger's column holds."""
    return int.from_bytes(digest[:_KEY_BYTES], "big") >> 1


def _size(text: bytes) -> int:
    size = text.split()[0]
    return int(size) if size.isdigit() else 0
