"""A mailbox that is looked at: folders, numbers, heads and messages over one IMAP session."""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from mailmove_gui.domain.folders import Folder, FolderPath, FolderRole
from mailmove_gui.domain.identity import KEY_FIELD_NAMES, header_key
from mailmove_gui.domain.messages import FetchedMessage, Flags, FolderState, MessageHead
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.mail.fetched import Fetched, merged, read_fetch
from mailmove_gui.mail.folders import read_folders
from mailmove_gui.mail.names import NameBook, name_argument
from mailmove_gui.mail.opened import read_opened, read_status, status_items, tells_changes
from mailmove_gui.mail.session import Session
from mailmove_gui.mail.syntax import Answer, Argument, Response
from mailmove_gui.mail.uid_sets import uid_sets
from mailmove_gui.mail.wire import Ticket

_HEADS = b"(UID RFC822.SIZE INTERNALDATE FLAGS)"
_LABELLED_HEADS = b"(UID RFC822.SIZE INTERNALDATE FLAGS X-GM-MSGID)"
_KEYS = b"(UID BODY.PEEK[HEADER.FIELDS (%s)])" % " ".join(KEY_FIELD_NAMES).encode("ascii")
_MESSAGES = b"(UID FLAGS INTERNALDATE BODY.PEEK[])"
_CHUNK = 1000
_KEY_TRIES = 3
_KEY_CHUNK = 500
_AHEAD = 3
"""Commands of one listing that are under way at a time, so that a slow line is not waited for between them."""


class ImapReader:
    """A `Source` over IMAP: EXAMINE and BODY.PEEK only, so nothing changes by being read."""

    def __init__(self, session: Session, role_names: Mapping[str, FolderRole]) -> None:
        self._session = session
        self._role_names = role_names
        self._book = NameBook()
        self._folders: tuple[Folder, ...] | None = None
        self._unusable: set[FolderPath] = set()
        self._openings = 0
        self._exists = 0
        self._asked = 0
        self._end = 0
        # Gmail shows one message in several folders (its X-GM-EXT-1), and tells by this that it is one.
        self._heads = _LABELLED_HEADS if session.has("X-GM-EXT-1") else _HEADS
        session.wire.on_untagged = self._notice

    # -- folders

    def folders(self) -> tuple[Folder, ...]:
        """See `MailboxReader.folders`."""
        self._folders = read_folders(self._session, self._book, self._role_names)
        self._unusable = {folder.path for folder in self._folders if not folder.selectable}
        return self._folders

    def status(self, path: FolderPath) -> FolderState:
        """See `MailboxReader.status`."""
        items = status_items(self._session)
        name = self._name(path)
        answer = self._session.command(b"STATUS", name, items, failing=Reason.FOLDER_UNREADABLE)
        return read_status(answer)

    def examine(self, path: FolderPath) -> FolderState:
        """See `MailboxReader.examine`."""
        return self._open(b"EXAMINE", path)[0]

    def _open(self, command: bytes, path: FolderPath) -> tuple[FolderState, Answer]:
        name = self._name(path)
        self._openings += 1
        self._exists = 0
        answer = self._session.command(command, name, failing=Reason.FOLDER_UNREADABLE)
        opened = read_opened(answer)
        uidnext, uidvalidity = opened.uidnext, opened.uidvalidity
        if uidnext is None or uidvalidity is None:
            # Old servers tell these in STATUS only.
            told = self._session.command(b"STATUS", name, b"(UIDNEXT UIDVALIDITY)")
            status = read_status(told) if told.ok else FolderState(0, 0, 0)
            uidnext, uidvalidity = uidnext or status.uidnext, uidvalidity or status.uidvalidity
        if not uidnext:
            uidnext = self._highest_uid() + 1
        # Some servers name it without offering it, and STATUS then has nothing to compare it with.
        highest_modseq = opened.highest_modseq if tells_changes(self._session) else None
        return FolderState(uidvalidity or 0, uidnext, opened.messages, highest_modseq), answer

    def _highest_uid(self) -> int:
        if not self._exists:
            return 0
        answer = self._session.command(b"FETCH", b"*", b"(UID)")
        return max((fetched.uid or 0 for fetched in merged(answer.responses)), default=0)

    def _name(self, path: FolderPath) -> Argument:
        if self._folders is None:
            self.folders()
        return name_argument(self._book.wire(path))

    # -- heads

    def heads(self, known: Collection[int] = ()) -> Iterator[Sequence[MessageHead]]:  # noqa: ARG002 -- nothing saved
        """See `MailboxReader.heads`.

        By sequence numbers: these stay as they are while only FETCH is sent (RFC 3501 section 7.4.1), and no UIDs need
        to be known. Should messages go meanwhile after all, `_notice` moves the place where to go on.
        """
        opening = self._openings
        self._asked, self._end = 0, self._exists
        under_way: deque[tuple[int, int, Ticket]] = deque()
        seen: set[int] = set()
        while True:
            self._check_open(opening)
            while len(under_way) < _AHEAD and self._asked < self._end:
                first, last = self._asked + 1, min(self._asked + _CHUNK, self._end)
                self._asked = last
                under_way.append((first, last, self._session.begin(b"FETCH", b"%d:%d" % (first, last), self._heads)))
            if not under_way:
                return
            first, last, ticket = under_way.popleft()
            answer = self._session.finish(ticket, failing=Reason.FOLDER_UNREADABLE)
            found = list(merged(answer.responses))
            found += self._left_out(found, first, last)
            chunk = [head for head in _as_heads(found) if head.uid not in seen]
            seen.update(head.uid for head in chunk)
            if chunk:
                yield chunk

    def _left_out(self, found: Sequence[Fetched], first: int, last: int) -> list[Fetched]:
        """Ask once more for what the server did not answer."""
        answered = {fetched.sequence for fetched in found if fetched.uid is not None}
        missing = [number for number in range(first, last + 1) if number not in answered]
        if not missing or self._asked < last:
            return []
        again: list[Fetched] = []
        for numbers in uid_sets(missing):
            again += merged(self._session.command(b"FETCH", numbers, self._heads).responses)
        return again

    def heads_from(self, uid: int) -> Sequence[MessageHead]:
        """See `MailboxReader.heads_from`.

        NOOP first: Courier shows fresh mail in the open folder only after one. Dovecot puts off the end of NOOP until
        it has answered FETCH, so what belongs to FETCH may come with either.
        """
        noop = self._session.begin(b"NOOP")
        ticket = self._session.begin(b"UID", b"FETCH", b"%d:*" % max(uid, 1), self._heads, name="UID FETCH")
        before = self._session.finish(noop)
        answer = self._session.finish(ticket)
        if not answer.ok and self._exists:
            raise self._session.refusal(answer.text, Reason.FOLDER_UNREADABLE)
        # "n:*" names the last message even if its UID is lower than n.
        found = merged((*before.responses, *answer.responses))
        return [head for head in _as_heads(found) if head.uid >= uid]

    def heads_of(self, uids: Sequence[int]) -> Iterator[Sequence[MessageHead]]:
        """See `MailboxReader.heads_of`; fresh mail is asked for as in `heads_from`."""
        if not uids:
            return
        wanted = frozenset(uids)
        noop = self._session.begin(b"NOOP")
        for answer in self._fetched(uid_sets(uids), self._heads, Reason.FOLDER_UNREADABLE):
            found = merged((*self._session.finish(noop).responses, *answer.responses))
            chunk = [head for head in _as_heads(found) if head.uid in wanted]
            if chunk:
                yield chunk

    def header_keys(self, uids: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """See `MailboxReader.header_keys`."""
        missing = set(uids)
        for tries_left in reversed(range(_KEY_TRIES)):
            # One whose header does not come, or as NIL, is asked for again: without its key it would be no one's twin.
            for answer in self._fetched(uid_sets(sorted(missing), _KEY_CHUNK), _KEYS, Reason.MESSAGE_UNREADABLE):
                for fetched in merged(answer.responses):
                    told = fetched.body is not None or (fetched.has_body and not tries_left)
                    if told and fetched.uid in missing:
                        missing.remove(fetched.uid)
                        yield fetched.uid, header_key(fetched.body or b"")
            if not missing:
                return

    def _fetched(self, sets: Iterable[bytes], items: bytes, failing: Reason) -> Iterator[Answer]:
        opening = self._openings
        under_way: deque[Ticket] = deque()
        for uid_set in sets:
            under_way.append(self._session.begin(b"UID", b"FETCH", uid_set, items, name="UID FETCH"))
            if len(under_way) >= _AHEAD:
                yield self._finish_fetch(under_way.popleft(), failing)
                self._check_open(opening)
        while under_way:
            yield self._finish_fetch(under_way.popleft(), failing)
            self._check_open(opening)

    def _finish_fetch(self, ticket: Ticket, failing: Reason) -> Answer:
        answer = self._session.finish(ticket)
        # Some of the messages have gone meanwhile (RFC 5530): no failure, they just do not come.
        if not answer.ok and answer.code(b"EXPUNGEISSUED") is None:
            raise self._session.refusal(answer.text, failing)
        return answer

    # -- flags

    @property
    def keeps_flags(self) -> bool:
        """See `Source.keeps_flags`."""
        return True

    def flags(self, since: int | None = None) -> Iterator[Sequence[tuple[int, Flags]]]:
        """See `Source.flags`; `since` by CHANGEDSINCE (RFC 7162 section 3.1.4.1)."""
        if not self._exists:
            return
        changed = () if since is None else (b"(CHANGEDSINCE %d)" % since,)
        ticket = self._session.begin(b"UID", b"FETCH", b"1:*", b"(UID FLAGS)", *changed, name="UID FETCH")
        chunk: dict[int, Flags] = {}
        for response in self._session.stream(ticket):
            fetched = read_fetch(response) if response.kind == b"FETCH" else None
            if fetched is not None and fetched.uid is not None and fetched.flags is not None:
                chunk[fetched.uid] = fetched.flags
            if len(chunk) >= _CHUNK:
                yield list(chunk.items())
                chunk = {}
        self._finish_fetch(ticket, Reason.FOLDER_UNREADABLE)
        if chunk:
            yield list(chunk.items())

    # -- messages

    def messages(self, uids: Sequence[int]) -> Iterator[FetchedMessage]:
        """See `MailboxReader.messages`."""
        missing = set(uids)
        for uid_set in uid_sets(uids):
            ticket = self._session.begin(b"UID", b"FETCH", uid_set, _MESSAGES, name="UID FETCH")
            for message in _as_messages(self._session.stream(ticket)):
                if message.uid in missing:
                    missing.remove(message.uid)
                    yield message
            self._finish_fetch(ticket, Reason.MESSAGE_UNREADABLE)

    # -- the connection

    def close(self) -> None:
        """See `MailboxReader.close`."""
        self._session.close()

    def abort(self) -> None:
        """See `MailboxReader.abort`."""
        self._session.abort()

    def _notice(self, response: Response) -> None:
        """Keep count of the open folder; untagged responses may come with any command."""
        if response.kind == b"EXISTS" and response.number is not None:
            self._exists = response.number
        elif response.kind == b"EXPUNGE" and response.number is not None:
            self._exists -= 1
            if response.number <= self._asked:
                self._asked -= 1
            if response.number <= self._end:
                self._end -= 1

    def _check_open(self, opening: int) -> None:
        if opening != self._openings:
            raise RuntimeError("another folder was opened while this one was still being read")


def _as_heads(found: Iterable[Fetched]) -> list[MessageHead]:
    heads = {
        fetched.uid: MessageHead(
            fetched.uid,
            fetched.size_bytes or 0,
            fetched.internal_date,
            fetched.flags or frozenset(),
            fetched.email_id,
        )
        for fetched in found
        if fetched.uid is not None and fetched.size_bytes is not None
    }
    return [heads[uid] for uid in sorted(heads)]


def _as_messages(responses: Iterator[Response]) -> Iterator[FetchedMessage]:
    """Messages as they come; one whose parts come apart is held back until they are together."""
    parts: dict[int, Fetched] = {}
    for response in responses:
        if response.kind == b"EXPUNGE":
            # Sequence numbers mean other messages from here on.
            yield from _held_back(parts)
        if response.kind != b"FETCH":
            continue
        fetched = read_fetch(response)
        if fetched is None:
            continue
        known = parts.pop(fetched.sequence, None)
        if known is not None:
            fetched = fetched.over(known)
        if fetched.has_body and fetched.uid is not None and fetched.flags is not None:
            yield _as_message(fetched)
        else:
            parts[fetched.sequence] = fetched
    yield from _held_back(parts)


def _held_back(parts: dict[int, Fetched]) -> Iterator[FetchedMessage]:
    for fetched in list(parts.values()):
        if fetched.has_body and fetched.uid is not None:
            yield _as_message(fetched)
    parts.clear()


def _as_message(fetched: Fetched) -> FetchedMessage:
    return FetchedMessage(fetched.uid or 0, fetched.body, fetched.internal_date, fetched.flags or frozenset())
