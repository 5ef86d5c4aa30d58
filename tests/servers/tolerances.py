"""What each kind of server does to messages that are not as they should be, and what the program must call it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from mailmove_gui.domain.records import Change

Kind: TypeAlias = Literal["dovecot", "cyrus", "courier"]

KINDS: Mapping[str, Kind] = {
    "dovecot-slash": "dovecot",
    "dovecot-dot": "dovecot",
    "cyrus-slash": "cyrus",
    "cyrus-dot": "cyrus",
    "courier": "courier",
}
"""The kind of each of the servers in the fixture `mail_servers`."""

_BARE_CR = re.compile(rb"\r(?!\n)")
_EIGHT_BIT = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True, slots=True)
class Tolerance:
    """One thing that a server does to the bytes that it is given. change: the word for it in the report."""

    name: str
    change: Change
    stored: Callable[[bytes], bytes]


def _header_in_ascii(body: bytes) -> bytes:
    header, blank, text = body.partition(b"\r\n\r\n")
    return _EIGHT_BIT.sub(b"X", header) + blank + text


NUL_TO_0X80 = Tolerance("NUL to 0x80", Change.ZERO_BYTES, lambda body: body.replace(b"\0", b"\x80"))
HEADER_8_BIT_TO_X = Tolerance("8-bit header to X", Change.HEADER_LETTERS, _header_in_ascii)
BARE_CR_REMOVED = Tolerance("bare CR removed", Change.LINE_ENDS, lambda body: _BARE_CR.sub(b"", body))
FINAL_CRLF_ADDED = Tolerance(
    "final CRLF added", Change.LINE_ENDS, lambda body: body if body.endswith(b"\n") else body + b"\r\n"
)

TOLERANCES: Mapping[Kind, tuple[Tolerance, ...]] = {
    "dovecot": (NUL_TO_0X80,),
    "cyrus": (HEADER_8_BIT_TO_X,),
    "courier": (BARE_CR_REMOVED, FINAL_CRLF_ADDED),
}


def stored_by(kind: Kind, body: bytes) -> bytes:
    """What a server of this kind keeps of a message, if it takes it."""
    for tolerance in TOLERANCES[kind]:
        body = tolerance.stored(body)
    return body


def changes_by(kind: Kind, body: bytes) -> frozenset[Change]:
    """What the report must say of a message that a server of this kind has taken."""
    return frozenset(tolerance.change for tolerance in TOLERANCES[kind] if tolerance.stored(body) != body)
