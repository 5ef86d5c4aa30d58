"""What a report says, and not how it looks: the web page and the PDF are drawn from the same blocks."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from mailmove_gui.domain.states import AccountState
from mailmove_gui.texts.numbers import count
from mailmove_gui.texts.states import state_word

_DASH = "\N{EN DASH}"
# Turn text around (UAX #9), so that "exe.txt" may be read where "txt.exe" stands.
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Look(StrEnum):
    """How words stand out. Colours never carry a meaning alone: the words or a mark say the same."""

    PLAIN = "plain"
    QUIET = "quiet"
    STRONG = "strong"
    SERVER = "server"
    MOVING = "moving"
    DONE = "done"
    WAITING = "waiting"
    SOMEONE = "someone"
    FAILED = "failed"
    IDLE = "idle"


@dataclass(frozen=True, slots=True)
class Span:
    """Some words. `mark` is a sign before them that says nothing more; `is_foreign` marks text from mail and servers.

    `on_new_line` begins a line.
    """

    words: str
    look: Look = Look.PLAIN
    mark: str = ""
    is_foreign: bool = False
    on_new_line: bool = False


Spans: TypeAlias = tuple[Span, ...]
Row: TypeAlias = tuple[Spans, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 (the report's name) to 4."""

    level: int
    spans: Spans


class ParagraphKind(StrEnum):
    """What a paragraph is for."""

    PLAIN = "plain"
    ROUTE = "route"
    VERDICT = "verdict"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some sentences."""

    spans: Spans
    kind: ParagraphKind = ParagraphKind.PLAIN


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of sentences."""

    items: tuple[Spans, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A number that matters, with its name above and a note below."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cards:
    """Numbers side by side."""

    cards: tuple[Card, ...]


class TableKind(StrEnum):
    """What a table is of; each way to draw it knows how wide its columns are."""

    SUM = "sum"
    ATTENTION = "attention"
    ACCOUNTS = "accounts"
    FOLDERS = "folders"
    REFUSALS = "refusals"


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose rows may come one by one. The last `figures` columns are numbers; `total` is a row that sums up."""

    kind: TableKind
    headings: tuple[str, ...]
    rows: Iterable[Row]
    figures: int = 0
    total: Row | None = None


@dataclass(frozen=True, slots=True)
class FoldBegun:
    """A part with a heading of its own that may be folded away on a screen, never on paper; `FoldEnded` ends it."""

    level: int
    spans: Spans
    is_open: bool


@dataclass(frozen=True, slots=True)
class FoldEnded:
    """The end of the part that `FoldBegun` began; there is none inside another."""


Block: TypeAlias = Heading | Paragraph | Listing | Cards | Table | FoldBegun | FoldEnded


def plain(words: str, look: Look = Look.PLAIN) -> Spans:
    """Words of our own."""
    return (Span(words, look),)


def shown(foreign: str, look: Look = Look.PLAIN, *, mark: str = "", on_new_line: bool = False) -> Spans:
    """Foreign text on one line, as by `legible`. Nothing for nothing."""
    clean = legible(" ".join(foreign.split()))
    return (Span(clean, look, mark, is_foreign=True, on_new_line=on_new_line),) if clean else ()


def legible(foreign: str) -> str:
    """Foreign text; it hides no control characters and cannot turn text around."""
    return "".join(map(_visible, foreign))


def number(value: int, look: Look = Look.PLAIN) -> Spans:
    """A count; nothing is a dash, so that the numbers that matter are seen."""
    return plain(count(value), look) if value else plain(_DASH)


def moment(when: datetime | None) -> str:
    """Date and time of this computer's zone, or a dash."""
    return f"{when.astimezone():%Y-%m-%d %H:%M}" if when else _DASH


def chip(state: AccountState) -> Spans:
    """A state as mark and word."""
    look, mark = LOOKS[state]
    return (Span(state_word(state), look, mark),)


_S = AccountState
LOOKS: dict[AccountState, tuple[Look, str]] = {
    _S.NOT_STARTED: (Look.IDLE, "○"),
    _S.INVITED: (Look.IDLE, "○"),
    _S.CHECKING: (Look.MOVING, "▶"),
    _S.READY: (Look.IDLE, "○"),
    _S.QUEUED: (Look.MOVING, "▶"),
    _S.MOVING: (Look.MOVING, "▶"),
    _S.VERIFYING: (Look.MOVING, "▶"),
    _S.WAITING: (Look.WAITING, "◷"),
    _S.PAUSED: (Look.WAITING, "‖"),
    _S.NEEDS_PASSWORD: (Look.SOMEONE, "!"),
    _S.FAILED: (Look.FAILED, "✕"),
    _S.DONE: (Look.DONE, "✓"),
    _S.DONE_WITH_REFUSALS: (Look.SOMEONE, "✓"),
    _S.WATCHING: (Look.DONE, "✓"),
    _S.SKIPPED: (Look.IDLE, _DASH),
    _S.CLOSED: (Look.DONE, "✓"),
}
"""How a state stands out, and its mark."""


def _visible(character: str) -> str:
    hidden = unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn") or character in _DIRECTIONS
    return "\N{REPLACEMENT CHARACTER}" if hidden else character
