"""Pieces of HTML. Whatever comes from mail, servers or accounts goes through `shown`."""

import html
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime

from mailmove_gui.domain.states import AccountState
from mailmove_gui.texts.numbers import count
from mailmove_gui.texts.states import state_word

_DASH = "\N{EN DASH}"
# Turn text around (UAX #9), so that "exe.txt" may be read where "txt.exe" stands.
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_S = AccountState
# Class of the colour, and a mark: colour never carries a meaning alone.
_LOOKS: dict[AccountState, tuple[str, str]] = {
    _S.NOT_STARTED: ("idle", "○"),
    _S.INVITED: ("idle", "○"),
    _S.CHECKING: ("moving", "▶"),
    _S.READY: ("idle", "○"),
    _S.QUEUED: ("moving", "▶"),
    _S.MOVING: ("moving", "▶"),
    _S.VERIFYING: ("moving", "▶"),
    _S.WAITING: ("waiting", "◷"),
    _S.PAUSED: ("waiting", "‖"),
    _S.NEEDS_PASSWORD: ("someone", "!"),
    _S.FAILED: ("failed", "✕"),
    _S.DONE: ("done", "✓"),
    _S.DONE_WITH_REFUSALS: ("someone", "✓"),
    _S.WATCHING: ("done", "✓"),
    _S.SKIPPED: ("idle", _DASH),
    _S.CLOSED: ("done", "✓"),
}


def text(words: str) -> str:
    """Words of our own, escaped."""
    return html.escape(words)


def shown(foreign: str) -> str:
    """Foreign text, escaped; it hides no control characters and does not turn around what stands beside it."""
    clean = "".join(_visible(character) for character in " ".join(foreign.split()))
    return f"<bdi>{html.escape(clean)}</bdi>" if clean else ""


def number(value: int) -> str:
    """A count; nothing is a dash, so that the numbers that matter are seen."""
    return text(count(value)) if value else _DASH


def moment(when: datetime | None) -> str:
    """Date and time of this computer's zone, or a dash."""
    return f"{when.astimezone():%Y-%m-%d %H:%M}" if when else _DASH


def chip(state: AccountState) -> str:
    """A state as mark and word."""
    colour, mark = _LOOKS[state]
    return (
        f'<span class="chip {colour}"><span class="mark" aria-hidden="true">{mark}</span> '
        f"{text(state_word(state))}</span>"
    )


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, kind: str = "", numbers: int = 0) -> str:
    """A table; cells are HTML already, headings are words. The last `numbers` columns are figures."""
    first_number = len(headings) - numbers
    head = "".join(
        f'<th scope="col"{_figure(index >= first_number)}>{text(word)}</th>' for index, word in enumerate(headings)
    )
    body = "\n".join(
        "<tr>" + "".join(f"<td{_figure(index >= first_number)}>{cell}</td>" for index, cell in enumerate(row)) + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll"><table class="{kind}"><thead><tr>{head}</tr></thead>'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def _figure(is_number: bool) -> str:
    return ' class="n"' if is_number else ""


def _visible(character: str) -> str:
    hidden = unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn") or character in _DIRECTIONS
    return "\N{REPLACEMENT CHARACTER}" if hidden else character
