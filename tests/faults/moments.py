"""The moments of an IMAP connection at which something can go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from tests.proxies.imap_streams import ClientPiece, Piece, ServerPiece

# A long literal has several moments inside.
_LITERAL_STEP_BYTES = 128 * 1024


class Way(Enum):
    """Which way the bytes go."""

    TO_SERVER = "to the server"
    TO_CLIENT = "to the client"


class Where(Enum):
    """What has passed and what has not.

    A command: BEFORE_COMMAND nothing of it; IN_LINE half of one of its lines; IN_LITERAL a part of a literal;
    BEFORE_LINE up to the end of a literal; AFTER_COMMAND all of it, and nothing is known of the answer yet.
    What a server says: BEFORE_RESPONSE nothing of a greeting, an untagged response or a go-ahead; IN_RESPONSE half of
    one of its lines; IN_BODY a part of a literal; BEFORE_REST up to the end of a literal; BEFORE_ANSWER nothing of the
    line that answers a command, which the server has carried out; IN_ANSWER half of that line.
    """

    BEFORE_COMMAND = "before a command"
    IN_LINE = "in a line"
    IN_LITERAL = "in a literal"
    BEFORE_LINE = "before a line"
    AFTER_COMMAND = "after a command"
    BEFORE_RESPONSE = "before a response"
    IN_RESPONSE = "in a response"
    IN_BODY = "in a literal of a response"
    BEFORE_REST = "before the rest of a response"
    BEFORE_ANSWER = "before an answer"
    IN_ANSWER = "in an answer"

    @property
    def way(self) -> Way:
        return Way.TO_SERVER if self in _OF_THE_CLIENT else Way.TO_CLIENT


_OF_THE_CLIENT = frozenset(
    {Where.BEFORE_COMMAND, Where.IN_LINE, Where.IN_LITERAL, Where.BEFORE_LINE, Where.AFTER_COMMAND}
)


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment of a proxy's life.

    step: its number among those of the same way over all connections, from 1. Each way is counted by itself, because
        with pipelining it is chance how they interleave, while each by itself is the same in every equal run.
    connection: number of the connection, from 1.
    verb: of the command that is sent or answered; empty for a greeting.
    nth: its number among those of the same `where` and `verb` over all connections, from 1.
    line: the line that it is about; empty in a literal.
    """

    step: int
    connection: int
    where: Where
    verb: str
    nth: int
    line: bytes = b""

    def __str__(self) -> str:
        return (
            f"step {self.step} {self.where.way.value}: {self.where.value} of {self.verb or 'the greeting'} ({self.nth})"
        )


def moments_of_sent(piece: ClientPiece) -> Iterator[tuple[int, Where]]:
    """(how many bytes of the piece have passed, which moment that is), in order."""
    if piece.literal_bytes:
        yield from _inside(piece, Where.IN_LITERAL)
        return
    yield 0, Where.BEFORE_COMMAND if piece.begins else Where.BEFORE_LINE
    yield len(piece.data) // 2, Where.IN_LINE
    if piece.ends:
        yield len(piece.data), Where.AFTER_COMMAND


def moments_of_said(piece: ServerPiece) -> Iterator[tuple[int, Where]]:
    """As `moments_of_sent`."""
    if piece.literal_bytes:
        yield from _inside(piece, Where.IN_BODY)
        return
    if piece.tagged is not None:
        yield 0, Where.BEFORE_ANSWER
        yield len(piece.data) // 2, Where.IN_ANSWER
        return
    yield 0, Where.BEFORE_RESPONSE if piece.begins else Where.BEFORE_REST
    yield len(piece.data) // 2, Where.IN_RESPONSE


def _inside(piece: Piece, where: Where) -> Iterator[tuple[int, Where]]:
    """However the literal comes, the same places in it."""
    step = min((piece.literal_bytes + 1) // 2, _LITERAL_STEP_BYTES)
    for place in range(step, piece.literal_bytes, step):
        if piece.offset < place <= piece.offset + len(piece.data):
            yield place - piece.offset, where
