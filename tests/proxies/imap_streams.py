"""The two directions of an IMAP connection, taken apart as far as a proxy needs: lines, literals, command borders."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

# RFC 3501 §4.3; "+" and "~" by RFC 7888 and RFC 3516.
_LITERAL_AT_END = re.compile(rb"~?\{(\d+)([+-]?)\}\r?\n\Z")
_FIRST_WORDS = re.compile(rb"(\S+) +((?:UID +)?[A-Z]+)", re.IGNORECASE)
_MAILBOX_AS_LITERAL = re.compile(rb"\S+ +APPEND +~?\{\d+[+-]?\}\r?\n\Z", re.IGNORECASE)
_TAGGED = re.compile(rb"([^*+\s]\S*) (OK|NO|BAD)\b", re.IGNORECASE)
_CAPABILITY_LINE = re.compile(rb"(\* CAPABILITY )([^\r\n]*)(.*)", re.IGNORECASE | re.DOTALL)
_CAPABILITY_CODE = re.compile(rb"(\S+ (?:OK|PREAUTH) \[CAPABILITY )([^\]\r\n]*)(\].*)", re.IGNORECASE | re.DOTALL)
_UIDPLUS_CODE = re.compile(rb"(\S+ OK )\[(?:APPENDUID|COPYUID) [^\]\r\n]*\] ?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes to be passed on. is_append_end: with them the server has all of an APPEND and may store it."""

    data: bytes
    is_append_end: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A command that has begun (messages 0) or is complete.

    tag, verb: "UID FETCH" counts as one verb, in upper case. messages: complete ones in an APPEND so far.
    plus_literals: literals that did not wait for the server.
    """

    tag: bytes
    verb: str
    messages: int = 0
    plus_literals: int = 0


@dataclass(frozen=True, slots=True)
class TaggedAnswer:
    """tag and its status: b"OK", b"NO" or b"BAD"."""

    tag: bytes
    status: bytes


class ClientStream:
    """What a client sends. All bytes given to `feed` come out again at once, cut where an APPEND ends."""

    def __init__(self) -> None:
        self._line = b""
        self._literal_left = 0
        self._literal_untouched = False
        self._literal_is_message = False
        self._command: Command | None = None

    def feed(self, data: bytes) -> Iterator[Piece | Command]:
        """Pieces in their order; a Command when its message or itself is complete."""
        position = 0
        while position < len(data):
            if self._literal_left:
                taken = data[position : position + self._literal_left]
                position += len(taken)
                self._literal_left -= len(taken)
                self._literal_untouched = False
                yield Piece(taken)
                if not self._literal_left and self._literal_is_message and self._command is not None:
                    self._command = _with(self._command, messages=1)
                continue
            end = data.find(b"\n", position) + 1
            if not end:
                self._line += data[position:]
                yield Piece(data[position:])
                return
            taken, position = data[position:end], end
            self._line += taken
            yield from self._line_ended(taken)

    def refused(self, tag: bytes) -> None:
        """The server has answered NO or BAD: a literal that waits for its "+" will not come."""
        if self._command is not None and self._command.tag == tag and self._literal_untouched:
            self._literal_left = 0
            self._literal_untouched = False
            self._line = b""
            self._command = None

    def _line_ended(self, taken: bytes) -> Iterator[Piece | Command]:
        line, self._line = self._line, b""
        if self._command is None:
            words = _FIRST_WORDS.match(line)
            tag, verb = words.groups() if words else (b"", b"")
            self._command = Command(tag, b" ".join(verb.upper().split()).decode())
        command = self._command
        literal = _LITERAL_AT_END.search(line)
        if literal is None:
            self._command = None
            if command.verb == "APPEND":
                # The carriage return may have gone on already; without the line feed nothing is stored.
                yield Piece(taken[:-1])
                yield command
                yield Piece(taken[-1:], is_append_end=True)
            else:
                yield command
                yield Piece(taken)
            return
        self._literal_left = int(literal[1])
        self._literal_untouched = not literal[2] and self._literal_left > 0
        self._literal_is_message = command.verb == "APPEND" and _MAILBOX_AS_LITERAL.match(line) is None
        if literal[2]:
            self._command = _with(command, plus_literals=1)
        yield Piece(taken)


def _with(command: Command, *, messages: int = 0, plus_literals: int = 0) -> Command:
    return Command(command.tag, command.verb, command.messages + messages, command.plus_literals + plus_literals)


class ServerStream:
    """What a server sends, with capabilities hidden. Literals pass untouched, whatever they look like."""

    def __init__(self, hidden_capabilities: Collection[str]) -> None:
        self._hidden = frozenset(name.upper().encode() for name in hidden_capabilities)
        self._line = b""
        self._literal_left = 0
        self._is_start = True

    def feed(self, data: bytes) -> Iterator[bytes | TaggedAnswer]:
        """Bytes to pass on, in their order; a TaggedAnswer before the line that it stands in. Keeps unended lines."""
        position = 0
        while position < len(data):
            if self._literal_left:
                taken = data[position : position + self._literal_left]
                position += len(taken)
                self._literal_left -= len(taken)
                yield taken
                continue
            end = data.find(b"\n", position) + 1
            if not end:
                self._line += data[position:]
                return
            line, position = self._line + data[position:end], end
            self._line = b""
            literal = _LITERAL_AT_END.search(line)
            if self._is_start and literal is None:
                if tagged := _TAGGED.match(line):
                    yield TaggedAnswer(tagged[1], tagged[2].upper())
                line = self._rewritten(line)
            self._is_start = literal is None
            self._literal_left = int(literal[1]) if literal else 0
            yield line

    def rest(self) -> bytes:
        """A line that the server did not end before it hung up."""
        rest, self._line = self._line, b""
        return rest

    def _rewritten(self, line: bytes) -> bytes:
        if match := _CAPABILITY_LINE.match(line) or _CAPABILITY_CODE.match(line):
            before, names, after = match.groups()
            return before + b" ".join(name for name in names.split() if name.upper() not in self._hidden) + after
        if b"UIDPLUS" in self._hidden:
            return _UIDPLUS_CODE.sub(rb"\1", line, count=1)
        return line
