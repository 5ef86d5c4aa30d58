"""A folder's numbers: the answers to EXAMINE, SELECT and STATUS (RFC 3501 sections 6.3.1 and 6.3.10)."""

import re
from dataclasses import dataclass

from mailmove_gui.domain.messages import Flags, FolderState
from mailmove_gui.mail.session import Session
from mailmove_gui.mail.syntax import Answer

_NUMBERS = re.compile(rb"\(([^()]*)\)\s*$")
_PERMANENT = re.compile(rb"\s*\[PERMANENTFLAGS \(([^)]*)\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a folder says of itself when it is opened; None where it says nothing."""

    messages: int
    uidvalidity: int | None
    uidnext: int | None
    highest_modseq: int | None
    permanent_flags: Flags | None


def read_opened(answer: Answer) -> Opened:
    """Read the answer to EXAMINE or SELECT."""
    exists = [response.number for response in answer.of_kind(b"EXISTS") if response.number is not None]
    return Opened(
        messages=exists[-1] if exists else 0,
        uidvalidity=_number(answer.code(b"UIDVALIDITY")),
        uidnext=_number(answer.code(b"UIDNEXT")),
        highest_modseq=_number(answer.code(b"HIGHESTMODSEQ")),
        permanent_flags=_permanent_flags(answer),
    )


def _permanent_flags(answer: Answer) -> Flags | None:
    for text in (*(response.text for response in answer.of_kind(b"OK")), answer.text):
        match = _PERMANENT.match(text)
        if match:
            return frozenset(match[1].decode("utf-8", "replace").split())
    return None


def tells_changes(session: Session) -> bool:
    """Whether HIGHESTMODSEQ tells of every change of flags (RFC 7162: QRESYNC includes CONDSTORE)."""
    return session.has("CONDSTORE") or session.has("QRESYNC")


def status_items(session: Session) -> bytes:
    """What to ask STATUS for at this server."""
    items = b"MESSAGES UIDNEXT UIDVALIDITY"
    if tells_changes(session):
        items += b" HIGHESTMODSEQ"
    if session.has("STATUS=SIZE"):
        items += b" SIZE"
    return b"(" + items + b")"


def read_status(answer: Answer) -> FolderState:
    """Read the answer to STATUS; numbers that did not come are 0, or None where that is allowed."""
    numbers: dict[bytes, int | None] = {}
    for response in answer.of_kind(b"STATUS"):
        match = _NUMBERS.search(response.parts[-1])
        if match:
            words = match[1].upper().split()
            numbers.update(zip(words[0::2], map(_number, words[1::2]), strict=False))
    return FolderState(
        uidvalidity=numbers.get(b"UIDVALIDITY") or 0,
        uidnext=numbers.get(b"UIDNEXT") or 0,
        messages=numbers.get(b"MESSAGES") or 0,
        # 0 is said of folders that keep none (RFC 7162 section 3.1.2.2).
        highest_modseq=numbers.get(b"HIGHESTMODSEQ") or None,
        size_bytes=numbers.get(b"SIZE"),
    )


def _number(text: bytes | None) -> int | None:
    return int(text) if text is not None and text.strip().isdigit() else None
