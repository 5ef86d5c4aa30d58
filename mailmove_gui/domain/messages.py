"""Messages on their way, and what is known of them without their bytes."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from mailmove_gui.domain.reasons import MailError

Flags: TypeAlias = frozenset[str]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CLOCK_SKEW = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FolderState:
    """What STATUS or EXAMINE says of a folder (RFC 3501 sections 6.3.1 and 6.3.10).

    `highest_modseq` is RFC 7162's HIGHESTMODSEQ and `size_bytes` RFC 8438's SIZE, None where the server keeps none.
    POP3 has neither UIDVALIDITY nor UIDNEXT: there `listing` is a number that changes with the list of messages.
    """

    uidvalidity: int
    uidnext: int
    messages: int
    highest_modseq: int | None = None
    size_bytes: int | None = None
    listing: int | None = None


@dataclass(frozen=True, slots=True)
class MessageHead:
    """A message without its bytes. `size_bytes` is what the server says (RFC822.SIZE), which may be an estimate.

    `email_id` is the same in all folders in which a server shows one message, as Gmail does with labels (X-GM-MSGID);
    None where every folder holds messages of its own.
    """

    uid: int
    size_bytes: int
    internal_date: datetime | None
    flags: Flags
    email_id: str | None = None


@dataclass(frozen=True, slots=True)
class FetchedMessage:
    """A message as the source gave it; `body` is None where the server answered without bytes (NIL)."""

    uid: int
    body: bytes | None
    internal_date: datetime | None
    flags: Flags


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message as it is handed to the destination."""

    body: bytes
    internal_date: datetime | None
    flags: Flags


@dataclass(frozen=True, slots=True)
class Appended:
    """The destination took the message; `uid` is None where it does not say under which UID (no UIDPLUS).

    The other two say that it took it only without its keywords, or only with bare line ends made CRLF.
    """

    uid: int | None
    keywords_dropped: bool = False
    line_ends_changed: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The destination did not take the message; `server_text` is its word for it."""

    server_text: str
    too_large: bool = False


AppendOutcome: TypeAlias = Appended | Refused


@dataclass(frozen=True, slots=True)
class AppendAnswer:
    """What became of a batch: one outcome a message, in order; `uidvalidity` where the server told it (RFC 4315)."""

    outcomes: tuple[AppendOutcome, ...]
    uidvalidity: int | None = None


class AppendInterrupted(MailError):
    """An append ended before its batch did; `answer` holds the outcomes of the batch's first messages, in order.

    The rest is in doubt, as the whole batch is after another `MailError`: after a lost connection (also one that the
    server ended with BYE and a reason) it may be stored. Unless `nothing_more`: the server has said of each other
    message that it did not take it, and that it was not for the message.
    """

    def __init__(self, error: MailError, answer: AppendAnswer, *, nothing_more: bool = False) -> None:
        super().__init__(error.reason, error.server_text, side=error.side, retry_after_s=error.retry_after_s)
        self.answer = answer
        self.nothing_more = nothing_more


def clamp_date(date: datetime | None, now: datetime) -> tuple[datetime, bool]:
    """A date that every server can store, and whether it is another than the source's.

    A message without one would get the time of its arrival from the server; sent along, it is known. Dates before 1970
    are misread (Dovecot turns 1969 into 2105) or refused (Cyrus, Courier); dates in the future hide a message from date
    filters. A day's grace covers clocks and zones that disagree.
    """
    if date is None or date > now + _CLOCK_SKEW:
        # As servers keep it: in whole seconds.
        return now.replace(microsecond=0), True
    if date < _EPOCH:
        return _EPOCH, True
    return date, False


def flag_changes(before: Flags, now: Flags) -> tuple[Flags, Flags]:
    """Flags that have come and flags that have gone between two looks; case tells no two of them apart."""
    had = {flag.lower() for flag in before}
    has = {flag.lower() for flag in now}
    return (
        frozenset(flag for flag in now if flag.lower() not in had),
        frozenset(flag for flag in before if flag.lower() not in has),
    )


def storable_flags(flags: Flags, permanent: Flags | None) -> tuple[Flags, Flags]:
    r"""Split flags into those to send and those that the destination cannot keep.

    `\Recent` is the server's own (RFC 3501 section 2.3.2) and in neither. `permanent` is PERMANENTFLAGS, None when the
    server did not say (then all flags are kept, section 7.1); `\*` in it means that new keywords can be made.
    Comparison ignores case, as flags do.
    """
    wanted = frozenset(flag for flag in flags if flag.lower() != "\\recent")
    if permanent is None:
        return wanted, frozenset()
    allowed = {flag.lower() for flag in permanent}
    any_keyword = "\\*" in allowed
    kept = frozenset(flag for flag in wanted if flag.lower() in allowed or (any_keyword and not flag.startswith("\\")))
    return kept, wanted - kept
