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
class Command:
    """A command as far as it has come.

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Bytes to be passed on: a whole line, or a part of a literal as it came.

    begins, ends: it is the first, the last of its command or of its answer.
    literal_bytes: how large the literal is that this is a part of, 0 for a line. offset: where in it this part begins.
    """

    data: bytes
    begins: bool
    ends: bool
    literal_bytes: int = 0
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientPiece(Piece):
    """command: what it is a piece of, so far; complete if the piece ends it."""

    command: Command

    @property
    def is_append_end(self) -> bool:
        """With its last byte the server has all of an APPEND and may store it."""
        return self.ends and self.command.verb == "APPEND"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerPiece(Piece):
    """tagged: the line is the answer to a command."""

    tagged: TaggedAnswer | None = None


class ClientStream:
    """What a client sends. Keeps unended lines."""

    def __init__(self) -> None:
        self._line = b""
        self._literal_bytes = 0
        self._literal_left = 0
        self._literal_waits = False
        self._literal_is_message = False
        self._command: Command | None = None

    def feed(self, data: bytes) -> Iterator[ClientPiece]:
        """All that is complete, in its order."""
        position = 0
        while position < len(data):
            if self._literal_left and self._command is not None:
                taken = data[position : position + self._literal_left]
                position += len(taken)
                offset = self._literal_bytes - self._literal_left
                self._literal_left -= len(taken)
                self._literal_waits = False
                if not self._literal_left and self._literal_is_message:
                    self._command = _with(self._command, messages=1)
                yield ClientPiece(
                    data=taken,
                    begins=False,
                    ends=False,
                    literal_bytes=self._literal_bytes,
                    offset=offset,
                    command=self._command,
                )
                continue
            end = data.find(b"\n", position) + 1
            if not end:
                self._line += data[position:]
                return
            line, position = self._line + data[position:end], end
            self._line = b""
            yield self._taken_apart(line)

    def rest(self) -> bytes:
        """A line that the client did not end before it hung up."""
        rest, self._line = self._line, b""
        return rest

    def refused(self, tag: bytes) -> None:
        """The server has answered NO or BAD: a literal that waits for its "+" will not come."""
        if self._command is not None and self._command.tag == tag and self._literal_waits:
            self._literal_left = 0
            self._literal_waits = False
            self._line = b""
            self._command = None

    def _taken_apart(self, line: bytes) -> ClientPiece:
        begins = self._command is None
        if self._command is None:
            words = _FIRST_WORDS.match(line)
            tag, verb = words.groups() if words else (b"", b"")
            self._command = Command(tag, b" ".join(verb.upper().split()).decode())
        command = self._command
        literal = _LITERAL_AT_END.search(line)
        if literal is None:
            self._command = None
            return ClientPiece(data=line, begins=begins, ends=True, command=command)
        self._literal_bytes = self._literal_left = int(literal[1])
        self._literal_waits = not literal[2] and self._literal_left > 0
        self._literal_is_message = command.verb == "APPEND" and _MAILBOX_AS_LITERAL.match(line) is None
        if literal[2]:
            self._command = _with(command, plus_literals=1)
        return ClientPiece(data=line, begins=begins, ends=False, command=self._command)


def _with(command: Command, *, messages: int = 0, plus_literals: int = 0) -> Command:
    return Command(command.tag, command.verb, command.messages + messages, command.plus_literals + plus_literals)


class ServerStream:
    """What a server sends, with capabilities hidden. Literals pass untouched, whatever they look like."""

    def __init__(self, hidden_capabilities: Collection[str]) -> None:
        self._hidden = frozenset(name.upper().encode() for name in hidden_capabilities)
        self._line = b""
        self._literal_bytes = 0
        self._literal_left = 0
        self._begins = True

    def feed(self, data: bytes) -> Iterator[ServerPiece]:
        """All that is complete, in its order. Keeps unended lines."""
        position = 0
        while position < len(data):
            if self._literal_left:
                taken = data[position : position + self._literal_left]
                position += len(taken)
                offset = self._literal_bytes - self._literal_left
                self._literal_left -= len(taken)
                yield ServerPiece(
                    data=taken, begins=False, ends=False, literal_bytes=self._literal_bytes, offset=offset
                )
                continue
            end = data.find(b"\n", position) + 1
            if not end:
                self._line += data[position:]
                return
            line, position = self._line + data[position:end], end
            self._line = b""
            literal = _LITERAL_AT_END.search(line)
            begins, self._begins = self._begins, literal is None
            tagged = None
            if begins and literal is None:
                if match := _TAGGED.match(line):
                    tagged = TaggedAnswer(match[1], match[2].upper())
                line = self._rewritten(line)
            self._literal_bytes = self._literal_left = int(literal[1]) if literal else 0
            yield ServerPiece(data=line, begins=begins, ends=literal is None, tagged=tagged)

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
