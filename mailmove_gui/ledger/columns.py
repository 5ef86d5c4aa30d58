"""How domain values stand in columns."""

import json
import sqlite3
from datetime import date, datetime, timedelta, timezone
from enum import IntEnum
from string import Template

from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.messages import Flags, FolderState
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.records import Change, MessageState

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 -- local time minus its offset, so that year 1 and 9999 do not overflow
_DAY_S = 86400

# Numbers in files: never give one a second meaning.
_STATE_NUMBERS = {
    MessageState.LISTED: 1,
    MessageState.SENDING: 2,
    MessageState.MOVED: 3,
    MessageState.ALREADY_THERE: 4,
    MessageState.REFUSED: 5,
    MessageState.SKIPPED: 6,
    MessageState.DOUBTFUL: 7,
    MessageState.VANISHED: 8,
}
_STATES = {number: state for state, number in _STATE_NUMBERS.items()}
_CHANGE_BITS = {
    Change.DATE_CLAMPED: 1,
    Change.FLAGS_DROPPED: 2,
    Change.KEYWORDS_DROPPED: 4,
    Change.LINE_ENDS: 8,
    Change.REWRITTEN: 16,
    Change.ZERO_BYTES: 32,
    Change.HEADER_LETTERS: 64,
    Change.SHORTER: 128,
}


class AfterMove(IntEnum):
    """What has become at the destination of a message that was moved, or was there already. Numbers in files, too."""

    IN_PLACE = 0
    REFILED = 1
    """it was found again in another folder"""
    REMOVED = 2
    """it was there, and is in the mailbox no more"""
    ASTRAY = 3
    """it is not where it was, and has not been looked for yet"""


NO_DATE_S = -(1 << 40)
"""`date_s` of a message without a date: before every date there is, so that it sorts as the oldest."""


def sql(text: str, **words: str) -> str:
    """SQL with ``$LISTED``, ``$REMOVED`` and the like replaced by their numbers, and ``$name`` by `words`.

    Literal numbers, not parameters: SQLite uses a partial index only if it can see the condition.
    """
    names = {state.name: str(number) for state, number in _STATE_NUMBERS.items()}
    names |= {fate.name: str(fate.value) for fate in AfterMove}
    return Template(text).substitute(names, **words)


def state_number(state: MessageState) -> int:
    """The number that stands for a state."""
    return _STATE_NUMBERS[state]


def state_of(number: int) -> MessageState:
    """The state that a number stands for."""
    return _STATES[number]


def change_bits(changes: frozenset[Change]) -> int:
    """A set of changes as bits."""
    return sum(_CHANGE_BITS[change] for change in changes)


def changes_of(bits: int) -> frozenset[Change]:
    """The reverse of `change_bits`."""
    return frozenset(change for change, bit in _CHANGE_BITS.items() if bits & bit)


def text(value: str) -> str:
    r"""Text that SQLite can hold: half surrogates (from undecodable bytes) as ``\udc80``, which JSON reads back."""
    return value.encode("utf-8", "backslashreplace").decode("utf-8")


def path_text(path: FolderPath) -> str:
    """A folder path as a JSON list."""
    return text(json.dumps(path, ensure_ascii=False, separators=(",", ":")))


def path_of(column: str) -> FolderPath:
    """The reverse of `path_text`."""
    return tuple(json.loads(column))


def flags_text(flags: Flags) -> str:
    """Flags, which are atoms and hold no space (RFC 3501 section 9), in one line."""
    return text(" ".join(sorted(flags)))


def flags_of(column: str) -> Flags:
    """The reverse of `flags_text`."""
    return frozenset(column.split())


def date_columns(moment: datetime | None) -> tuple[int, int | None]:
    """(seconds since 1970 in UTC, seconds of its zone's offset); the zone of an INTERNALDATE is kept.

    Fractions of a second, which INTERNALDATE has not, are cut off. A date without a zone counts as UTC.
    """
    if moment is None:
        return NO_DATE_S, None
    offset_s = (moment.utcoffset() or timedelta()) // timedelta(seconds=1)
    local_s = (moment.replace(tzinfo=None) - _EPOCH) // timedelta(seconds=1)
    return local_s - offset_s, offset_s


def date_of(date_s: int, offset_s: int | None) -> datetime | None:
    """The reverse of `date_columns`."""
    if offset_s is None:
        return None
    zone = timezone(timedelta(seconds=offset_s))
    return (_EPOCH + timedelta(seconds=date_s + offset_s)).replace(tzinfo=zone)


def day_s(day: date | None) -> int | None:
    """The beginning of a day in the seconds of its own zone."""
    return (day.toordinal() - _EPOCH.toordinal()) * _DAY_S if day is not None else None


def moment_text(moment: datetime | None) -> str | None:
    """A moment of ours, such as the end of a pass."""
    return moment.isoformat() if moment is not None else None


def moment_of(column: str | None) -> datetime | None:
    """The reverse of `moment_text`."""
    return datetime.fromisoformat(column) if column else None


def failure_columns(failure: Failure | None) -> dict[str, str | None]:
    """The columns `reason`, `side`, `server_text` and `until` of a failure."""
    if failure is None:
        return {"reason": None, "side": None, "server_text": "", "until": None}
    return {
        "reason": failure.reason.value,
        "side": failure.side.value if failure.side else None,
        "server_text": text(failure.server_text),
        "until": moment_text(failure.until),
    }


def failure_of(row: sqlite3.Row) -> Failure | None:
    """The reverse of `failure_columns`."""
    if row["reason"] is None:
        return None
    return Failure(
        Reason(row["reason"]),
        Side(row["side"]) if row["side"] else None,
        row["server_text"],
        moment_of(row["until"]),
    )


def folder_state_columns(state: FolderState) -> dict[str, int | None]:
    """The columns of a folder's numbers."""
    return {
        "uidvalidity": state.uidvalidity,
        "uidnext": state.uidnext,
        "messages": state.messages,
        "highest_modseq": state.highest_modseq,
        "listed_bytes": state.size_bytes,
        "listing": state.listing,
    }


def folder_state_of(row: sqlite3.Row) -> FolderState | None:
    """The reverse of `folder_state_columns`; None if the folder was never listed completely."""
    if row["messages"] is None:
        return None
    return FolderState(
        row["uidvalidity"],
        row["uidnext"],
        row["messages"],
        row["highest_modseq"],
        row["listed_bytes"],
        row["listing"],
    )
