"""APPEND in bulk: MULTIAPPEND (RFC 3502), pipelining with LITERAL+ (RFC 7888), or one message at a time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from typing import TypeAlias

from mailmove_gui.domain.messages import (
    AppendAnswer,
    Appended,
    AppendInterrupted,
    AppendOutcome,
    Flags,
    OutgoingMessage,
    Refused,
)
from mailmove_gui.domain.reasons import MailError, Reason
from mailmove_gui.mail.dates import format_internal_date
from mailmove_gui.mail.flagging import FLAG
from mailmove_gui.mail.session import Session
from mailmove_gui.mail.syntax import Answer, literal_header
from mailmove_gui.mail.uid_sets import parse_append_uid
from mailmove_gui.mail.wire import ACKNOWLEDGES_AT_ONCE, Ticket

_WINDOW = 64
"""Commands whose answers are outstanding at most; their answers (about 200 bytes each) fit a socket's buffers."""

_GATHERED = 64 * 1024
_NOT_THE_MESSAGE = frozenset(
    {
        Reason.DESTINATION_FULL,
        Reason.THROTTLED,
        Reason.DAILY_LIMIT,
        Reason.SERVER_BUSY,
        Reason.TOO_MANY_CONNECTIONS,
        Reason.FOLDER_REFUSED,
        Reason.CONNECTION_LOST,
    }
)
_NOTHING_STORED = frozenset({Reason.DESTINATION_FULL, Reason.FOLDER_REFUSED})
"""After these nothing was stored. What is busy may be a proxy that has lost the server behind it in the middle."""

_PERHAPS_THE_MESSAGE = frozenset({Reason.SERVER_BUSY, Reason.FOLDER_REFUSED})
_FOLDER_AT_FAULT = re.compile(
    r"\[(?:TRYCREATE|NOPERM|ACL|NONEXISTENT|READ-ONLY)\]|permission denied|no such (?:mailbox|folder)"
    r"|(?:mailbox|folder) (?:does not|doesn't) exist|unknown (?:mailbox|folder)",
    re.IGNORECASE,
)
_CONTENT_AT_FAULT = re.compile(
    r"message contains|zero.?(?:length|byte)|\bdate|header|\bvirus|\bspam|too (?:large|big)", re.IGNORECASE
)
_TRIES_BETWEEN_OTHERS = 3
_BARE_LF_AT_FAULT = re.compile(r"bare (?:newline|LF|line ?feed)", re.IGNORECASE)
_BARE_LF = re.compile(rb"(?<!\r)\n")
_SYSTEM_FLAGS = frozenset({"\\seen", "\\answered", "\\flagged", "\\deleted", "\\draft"})


@dataclass(frozen=True, slots=True)
class _Sendable:
    """A message in the form in which it is tried, and how that differs from what was given."""

    message: OutgoingMessage
    keywords_dropped: bool = False
    line_ends_changed: bool = False

    def options(self) -> bytes:
        """Flag list and date of an APPEND, each followed by a space."""
        flags = " ".join(sorted(self.message.flags)).encode("ascii")
        date = self.message.internal_date
        return (b"(" + flags + b") " if flags else b"") + (format_internal_date(date) + b" " if date else b"")

    def appended(self, uid: int | None) -> Appended:
        return Appended(uid, self.keywords_dropped, self.line_ends_changed)


@dataclass(frozen=True, slots=True)
class _Rejected:
    """The server said no to a message in this form; `syntax` where it said BAD. Another form may go through."""

    server_text: str
    too_large: bool
    syntax: bool

    def final(self) -> Refused:
        """Said of the message in every form."""
        return Refused(self.server_text, self.too_large)


_Result: TypeAlias = AppendOutcome | _Rejected | MailError


class Appender:
    """Appends batches to one folder over one session; bytes go out as they are."""

    def __init__(self, session: Session, folder: bytes, max_message_bytes: int | None) -> None:
        self._session = session
        self._folder = folder
        self._max_message_bytes = max_message_bytes
        self._uidvalidity: int | None = None

    def append(self, messages: Sequence[OutgoingMessage], *, together: bool) -> AppendAnswer:
        """Append a batch in order; see `Destination.append`.

        Args:
            messages: the batch.
            together: use MULTIAPPEND: all or none; a batch that is refused so is tried message by message.
        """
        batch = [_sendable(message) for message in messages]
        fits = not any(self._too_large(one) for one in batch)
        if together and fits and len(batch) > 1:
            answer = self._append_together(batch)
            if answer is not None:
                return answer
        return self._append_each(batch)

    # -- all in one command

    def _append_together(self, batch: Sequence[_Sendable]) -> AppendAnswer | None:
        """The answer, or None if the server refused the batch as a whole and so has stored nothing of it."""
        answer = self._session.finish(self._send(batch))
        if answer.ok:
            self._uidvalidity, uids = parse_append_uid(answer.code(b"APPENDUID"), len(batch))
            outcomes = [one.appended(uid) for one, uid in zip(batch, uids or repeat(None, len(batch)), strict=True)]
            return AppendAnswer(tuple(outcomes), self._uidvalidity)
        error = self._error(answer)
        # A full mailbox may still have room for some of them, and one message may be what a server stumbles over.
        if error.reason in _NOT_THE_MESSAGE - {Reason.DESTINATION_FULL, Reason.SERVER_BUSY}:
            raise self._interrupted(error, [error])
        return None

    # -- one command a message

    def _append_each(self, batch: Sequence[_Sendable]) -> AppendAnswer:
        results: list[_Result] = []
        for start in range(0, len(batch), _WINDOW):
            window = batch[start : start + _WINDOW]
            known = len(results)
            try:
                self._try_window(window, results)
                for index in range(known, len(results)):
                    results[index] = self._improved(batch[index], results[index])
                self._settle_gaps(batch, results, known)
            except MailError as error:
                # What it said before it hung up is why it did, and may hold the time to wait.
                said = next((one for one in results[known:] if isinstance(one, MailError)), error)
                raise self._interrupted(said, results, lost=True) from None
            trouble = next((one for one in results if isinstance(one, MailError)), None)
            if trouble is not None:
                raise self._interrupted(trouble, results)
        return AppendAnswer(_settled(results), self._uidvalidity)

    def _try_window(self, window: Sequence[_Sendable], results: list[_Result]) -> None:
        """Send the window's messages, then collect; where each literal waits for a go-ahead, one after the other."""
        tickets: list[Ticket | None] = []
        lost: MailError | None = None
        for one in window:
            try:
                if not ACKNOWLEDGES_AT_ONCE and tickets and tickets[-1] is not None and self._must_wait(one):
                    self._session.finish(tickets[-1])
                tickets.append(None if self._too_large(one) else self._send([one]))
            except MailError as error:
                # What the server said before the line broke may still be there to be read.
                lost = error
                break
        for one, ticket in zip(window, tickets, strict=False):
            if ticket is None:
                results.append(Refused(f"APPENDLIMIT {self._max_message_bytes}", too_large=True))
            elif ticket.status is None and lost is not None and lost.reason is Reason.TIMED_OUT:
                break
            else:
                results.append(self._result(one, self._session.finish(ticket)))
        if lost is not None:
            raise lost

    def _improved(self, one: _Sendable, result: _Result) -> _Result:
        """Try a rejected message again in a form that the server may take: without keywords, without bare LF."""
        while isinstance(result, _Rejected):
            other = _other_form(one, result)
            if other is None:
                return result.final()
            one = other
            result = self._result(one, self._session.finish(self._send([one])))
        return result

    def _settle_gaps(self, batch: Sequence[_Sendable], results: list[_Result], start: int) -> None:
        """Try again what was turned down although later messages were taken.

        A message at which the server fails each time while it takes others is refused itself. One for which there is
        no room, or no leave to go so fast, is not: the batch is interrupted there, and what was taken behind it is
        found when that is settled.
        """
        last_stored = max((index for index, one in enumerate(results) if isinstance(one, Appended)), default=-1)
        for index in range(start, last_stored):
            one = batch[index]
            for _ in range(_TRIES_BETWEEN_OTHERS - 1):
                if _is_perhaps_the_message(results[index]):
                    results[index] = self._improved(one, self._result(one, self._session.finish(self._send([one]))))
            left = results[index]
            if isinstance(left, MailError) and _is_perhaps_the_message(left):
                results[index] = Refused(left.server_text)

    def _interrupted(self, error: MailError, results: Sequence[_Result], *, lost: bool = False) -> MailError:
        settled = _settled(results)
        nothing_more = not lost and all(
            isinstance(one, MailError) and one.reason in _NOTHING_STORED for one in results[len(settled) :]
        )
        if not settled and not nothing_more:
            return error
        return AppendInterrupted(error, AppendAnswer(settled, self._uidvalidity), nothing_more=nothing_more)

    # -- the wire

    def _send(self, batch: Sequence[_Sendable]) -> Ticket:
        return self._session.run(lambda: self._send_command(batch))

    def _send_command(self, batch: Sequence[_Sendable]) -> Ticket:
        """Send APPEND with one or more messages; stops early if the server ends the command before it has them all."""
        wire = self._session.wire
        size = sum(len(one.message.body) for one in batch)
        ticket = wire.open_command(f"APPEND of {len(batch)} messages, {size} bytes")
        gathered = bytearray(ticket.tag + b" APPEND " + self._folder)
        for one in batch:
            body = one.message.body
            at_once = wire.sends_at_once(len(body))
            gathered += b" " + one.options() + literal_header(len(body), at_once=at_once)
            if not at_once:
                wire.send(gathered)
                gathered = bytearray()
                if wire.go_ahead(ticket) is None:
                    return ticket
            if len(gathered) + len(body) <= _GATHERED:
                gathered += body
                continue
            wire.send(gathered)
            gathered = bytearray()
            wire.send(body)
        wire.send(gathered + b"\r\n")
        return ticket

    # -- answers

    def _result(self, one: _Sendable, answer: Answer) -> _Result:
        if answer.ok:
            uidvalidity, uids = parse_append_uid(answer.code(b"APPENDUID"), 1)
            self._uidvalidity = uidvalidity or self._uidvalidity
            return one.appended(uids[0] if uids else None)
        error = self._error(answer)
        if error.reason in _NOT_THE_MESSAGE:
            return error
        return _Rejected(error.server_text, error.reason is Reason.MESSAGE_TOO_LARGE, answer.status == b"BAD")

    def _error(self, answer: Answer) -> MailError:
        error = self._session.refusal(answer.text, Reason.MESSAGE_REFUSED)
        if error.reason not in _NOT_THE_MESSAGE and _FOLDER_AT_FAULT.search(error.server_text):
            return self._session.failure(Reason.FOLDER_REFUSED, error.server_text)
        return error

    def _must_wait(self, one: _Sendable) -> bool:
        return not self._session.wire.sends_at_once(len(one.message.body))

    def _too_large(self, one: _Sendable) -> bool:
        return self._max_message_bytes is not None and len(one.message.body) > self._max_message_bytes


def _is_perhaps_the_message(result: _Result) -> bool:
    return isinstance(result, MailError) and result.reason in _PERHAPS_THE_MESSAGE


def _settled(results: Sequence[_Result]) -> tuple[AppendOutcome, ...]:
    """Outcomes up to the first message that has none, or not its last one."""
    outcomes: list[AppendOutcome] = []
    for result in results:
        if isinstance(result, MailError | _Rejected):
            break
        outcomes.append(result)
    return tuple(outcomes)


def _sendable(message: OutgoingMessage) -> _Sendable:
    r"""Leave out flags that no command can hold, and `\Recent`, which is the server's own."""
    flags = frozenset(flag for flag in message.flags if flag.lower() != "\\recent")
    valid = frozenset(flag for flag in flags if FLAG.fullmatch(flag))
    return _Sendable(replace(message, flags=valid), keywords_dropped=valid != flags)


def _other_form(one: _Sendable, rejected: _Rejected) -> _Sendable | None:
    system = _only_system(one.message.flags)
    # Many servers do not say that it is the keyword that they cannot take; so whatever is not plainly about something
    # else is worth a try without.
    if (
        system != one.message.flags
        and not rejected.too_large
        and (rejected.syntax or not _CONTENT_AT_FAULT.search(rejected.server_text))
    ):
        return replace(one, message=replace(one.message, flags=system), keywords_dropped=True)
    if _BARE_LF_AT_FAULT.search(rejected.server_text) and _BARE_LF.search(one.message.body):
        body = _BARE_LF.sub(b"\r\n", one.message.body)
        return replace(one, message=replace(one.message, body=body), line_ends_changed=True)
    return None


def _only_system(flags: Flags) -> Flags:
    return frozenset(flag for flag in flags if flag.lower() in _SYSTEM_FLAGS)
