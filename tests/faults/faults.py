"""What can go wrong, as values. `tests.faults.script` says when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Drop:
    """The connection is cut. What the client has sent before reaches the server, as on real networks.

    hold: on the way to the server, that reaches it only when the proxy's `wait_until_delivered` is called: a message is
        stored late, when the client has come back already.
    """

    hold: bool = False


@dataclass(frozen=True, slots=True)
class Stall:
    """Nothing more goes either way for so long. If that is for ever, what is sent from then on is lost."""

    seconds: float = float("inf")


@dataclass(frozen=True, slots=True)
class Bye:
    """The server says `* BYE text` and hangs up."""

    text: str = "Server shutting down."


@dataclass(frozen=True, slots=True)
class Say:
    """The command is answered so ("NO [OVERQUOTA] Full"), after those before it.

    Before a command: the server does not get it. Before an answer: instead of it; the server has carried it out.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Omit:
    """The untagged response does not come."""


@dataclass(frozen=True, slots=True)
class Nil:
    """The untagged response has NIL where its literals were: a body that the server cannot read."""


@dataclass(frozen=True, slots=True)
class Shorten:
    """The first literal of the untagged response is so many bytes shorter, and announced so."""

    by_bytes: int = 1


@dataclass(frozen=True, slots=True)
class Replace:
    """In the first line of the untagged response, a regular expression is replaced (all places)."""

    pattern: bytes
    replacement: bytes


@dataclass(frozen=True, slots=True)
class Trickle:
    """From here on bytes go in small portions with pauses between, both ways."""

    portion_bytes: int = 64
    pause_s: float = 0.001


Fault: TypeAlias = Drop | Stall | Bye | Say | Omit | Nil | Shorten | Replace | Trickle


def size_lie(size_bytes: int) -> Replace:
    """RFC822.SIZE says this."""
    return Replace(rb"RFC822\.SIZE \d+", b"RFC822.SIZE %d" % size_bytes)


def count_lie(messages: int) -> Replace:
    """EXISTS says this."""
    return Replace(rb"\A\* \d+ EXISTS", b"* %d EXISTS" % messages)
