"""One IMAP connection: reads commands, keeps its state, and tells the client what others have changed."""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from mailmove_gui.demo.folder import Folder, Message, Path, StoreError
from mailmove_gui.demo.imap_text import decode_name, format_flags, parse_set
from mailmove_gui.demo.state import LoginRefused, ServerState
from mailmove_gui.demo.store import User
from mailmove_gui.demo.wire import Arguments, BadSyntax, Connection, Disconnected

LARGEST_BAD_COMMANDS = 20

_TAG = re.compile(rb'[^\x00-\x20\x7f(){%*"\\+]+')
# RFC 3501 §7.4.1: no EXPUNGE while these are answered, for the client counts by sequence number.
_KEEPS_NUMBERS = frozenset({"FETCH", "STORE", "SEARCH"})


class No(Exception):
    """A command that cannot be carried out; the text follows NO, response code included."""


class Phase(Enum):
    """When a command is allowed."""

    ANY = auto()
    BEFORE_LOGIN = auto()
    AFTER_LOGIN = auto()
    SELECTED = auto()


@dataclass(frozen=True, slots=True)
class Command:
    """How a command is carried out: `run` returns the text after OK (empty for the usual one)."""

    run: Callable[[ImapSession, Arguments], str]
    phase: Phase
    capability: str = ""


class View:
    """A selected folder as this session's client knows it: the sequence numbers stay until it is told."""

    def __init__(self, folder: Folder, read_only: bool) -> None:
        self.folder = folder
        self.read_only = read_only
        self.uid_validity = folder.uid_validity
        self._version, messages = folder.snapshot()
        self.messages = list(messages)

    @property
    def lost(self) -> bool:
        """Whether the folder was deleted or renumbered."""
        return self.folder.deleted or self.folder.uid_validity != self.uid_validity

    def update(self, message: Message) -> None:
        """The client has been told, or must not be told, of these flags."""
        index = self._index_at_or_after(message.uid)
        if index < len(self.messages) and self.messages[index].uid == message.uid:
            self.messages[index] = message

    def current(self, index: int) -> Message:
        """The message with its flags of this moment; as it was last seen if it has gone meanwhile."""
        known = self.messages[index]
        return self.folder.message(known.uid) or known

    def resolve(self, raw_set: bytes, by_uid: bool) -> list[int]:
        """Indices of the messages in a set, ascending. Raises BadSyntax for a sequence number too high."""
        indices: set[int] = set()
        largest = len(self.messages) if not by_uid else (self.messages[-1].uid if self.messages else 0)
        for first, last in parse_set(raw_set):
            ends = sorted((largest if first is None else first, largest if last is None else last))
            if by_uid:
                indices.update(range(self._index_at_or_after(ends[0]), self._index_at_or_after(ends[1] + 1)))
            elif ends[0] >= 1 and ends[1] <= largest:
                indices.update(range(ends[0] - 1, ends[1]))
            else:
                raise BadSyntax("Invalid message sequence number")
        return sorted(indices)

    def catch_up(self, may_expunge: bool) -> list[bytes]:
        """Untagged lines for what has changed in the folder since the last call."""
        if self._version == self.folder.version:
            return []
        self._version, messages = self.folder.snapshot()
        now = {message.uid: message for message in messages}
        lines: list[bytes] = []
        kept: list[Message] = []
        for known in self.messages:
            message = now.pop(known.uid, None)
            if message is None and may_expunge:
                lines.append(b"* %d EXPUNGE\r\n" % (len(kept) + 1))
                continue
            if message is None:
                self._version = -1  # Still to be told.
            elif message is not known:
                flags = format_flags(message.flags)
                lines.append(b"* %d FETCH (UID %d FLAGS %b)\r\n" % (len(kept) + 1, message.uid, flags))
            kept.append(message or known)
        self.messages = [*kept, *now.values()]
        if now:
            lines.append(b"* %d EXISTS\r\n" % len(self.messages))
        return lines

    def _index_at_or_after(self, uid: int) -> int:
        return bisect.bisect_left(self.messages, uid, key=lambda message: message.uid)


class ImapSession:
    """Serves one client in the calling thread."""

    def __init__(self, connection: Connection, state: ServerState, commands: Mapping[str, Command]) -> None:
        self.connection = connection
        self.state = state
        self.user: User | None = None
        self.view: View | None = None
        self.identified = False
        self.ended = False
        self.encrypt_next = False
        self._commands = commands
        self._bad_commands = 0

    def run(self) -> None:
        """Greet and serve until either side ends it; the socket is closed by the caller."""
        try:
            capabilities = self.capabilities()
            self.connection.write(b"* OK [CAPABILITY %b] Sample mail server ready.\r\n" % capabilities)
            while not self.ended:
                self._serve_one()
            self.connection.flush()
        except TimeoutError:
            self._say_bye(b"Disconnected for inactivity.")
        except BadSyntax:
            self._say_bye(b"Too long line.")
        except Disconnected:
            pass
        finally:
            if self.user is not None:
                self.state.log_out(self.user)

    def capabilities(self) -> bytes:
        """What CAPABILITY announces in this state of the session."""
        names = ["IMAP4rev1", "LITERAL+", "SASL-IR", "ID", "ENABLE"]
        if self.user is None:
            if self.state.tls is not None and not self.connection.encrypted:
                names.append("STARTTLS")
            names.append("AUTH=PLAIN")
            if not self.state.offers("LOGIN"):
                names.append("LOGINDISABLED")
        else:
            names += [
                "CHILDREN",
                "NAMESPACE",
                "SPECIAL-USE",
                "UNSELECT",
                "UIDPLUS",
                "MULTIAPPEND",
                "QUOTA",
                "STATUS=SIZE",
            ]
            limit = self.state.options.append_limit_bytes
            if limit is not None and self.state.offers("APPENDLIMIT"):
                names.append(f"APPENDLIMIT={limit}")
        return " ".join(name for name in names if self.state.offers(name)).encode()

    def send(self, line: bytes) -> None:
        """Queue one untagged line."""
        self.connection.write(b"* ", line, b"\r\n")

    def pace(self, messages: int, size_bytes: int) -> None:
        """Wait as the server's speed demands, after sending what is queued."""
        options = self.state.options
        if options.messages_per_s or options.bytes_per_s:
            self.connection.flush()
            self.state.pace(messages, size_bytes)

    def owner(self) -> User:
        """The user who is logged in."""
        if self.user is None:
            raise BadSyntax("Not logged in")
        return self.user

    def selected(self) -> View:
        """The selected folder."""
        if self.view is None:
            raise BadSyntax("No mailbox selected")
        return self.view

    def writable(self) -> View:
        """The selected folder. Raises No when it was opened by EXAMINE."""
        if self.selected().read_only:
            raise No("[READ-ONLY] Mailbox is read-only")
        return self.selected()

    def path(self, raw_name: bytes) -> Path:
        """The path that a folder name on the wire stands for. Raises No."""
        try:
            return self.state.store.path_of(decode_name(raw_name))
        except ValueError as error:
            raise No("[CANNOT] Mailbox name is not valid modified UTF-7") from error

    def folder(self, raw_name: bytes, missing_code: str = "NONEXISTENT") -> Folder:
        """The selectable folder of this name. Raises No."""
        folder = self.owner().find_folder(self.path(raw_name))
        if folder is None or not folder.selectable:
            raise No(f"[{missing_code}] Mailbox doesn't exist")
        return folder

    def _serve_one(self) -> None:
        line = self.connection.read_line()
        tag, _, rest = line.partition(b" ")
        if not _TAG.fullmatch(tag):
            self.send(b"BAD Invalid tag")
            self._count_bad()
            return
        arguments = Arguments(self.connection, rest, self.state.offers("LITERAL+"))
        name = ""
        try:
            name = arguments.atom()
            if name == "UID":
                arguments.space()
                name += " " + arguments.atom()
            self.state.saw(name)
            status, text = "OK", self._carry_out(name, arguments) or f"{name} completed."
        except (No, StoreError, LoginRefused) as error:
            status, text = "NO", str(error)
            if isinstance(error, StoreError) and error.code:
                text = f"[{error.code}] {text}"
        except BadSyntax as error:
            status, text = "BAD", f"Error in IMAP command {name}: {error}"
        if status != "OK":
            arguments.discard()
        self._answer(tag, name, status, text)

    def _carry_out(self, name: str, arguments: Arguments) -> str:
        command = self._commands.get(name)
        if command is None or (command.capability and not self.state.offers(command.capability)):
            raise BadSyntax("Unknown command")
        match command.phase:
            case Phase.ANY:
                pass
            case Phase.BEFORE_LOGIN:
                if self.user is not None:
                    raise BadSyntax("Already logged in")
            case Phase.AFTER_LOGIN:
                self.owner()
            case Phase.SELECTED:
                self.selected()
        return command.run(self, arguments)

    def _answer(self, tag: bytes, name: str, status: str, text: str) -> None:
        options = self.state.options
        if options.lose_answer is not None and options.lose_answer(name):
            self.connection.flush()
            raise Disconnected
        if options.latency_s:
            self.connection.flush()
            self.state.wait(options.latency_s)
        if self.view is not None:
            if self.view.lost:
                self._say_bye(b"Selected mailbox was deleted or has changed its UIDVALIDITY.")
                raise Disconnected
            self.connection.write(*self.view.catch_up(name not in _KEEPS_NUMBERS))
        self.connection.write(tag, b" ", status.encode(), b" ", _one_line(text), b"\r\n")
        if self.encrypt_next and self.state.tls is not None:
            self.encrypt_next = False
            self.connection.start_tls(self.state.tls)
        if status == "BAD":
            self._count_bad()

    def _count_bad(self) -> None:
        self._bad_commands += 1
        if self._bad_commands >= LARGEST_BAD_COMMANDS:
            self._say_bye(b"Too many invalid IMAP commands.")
            raise Disconnected

    def _say_bye(self, text: bytes) -> None:
        try:
            self.connection.write(b"* BYE ", text, b"\r\n")
            self.connection.flush()
        except Disconnected:
            pass


def _one_line(text: str) -> bytes:
    return " ".join(text.split()).encode("utf-8")


def untagged(*parts: bytes | Sequence[bytes]) -> bytes:
    """Parts joined by spaces; a sequence becomes a parenthesised list."""
    return b" ".join(part if isinstance(part, bytes) else b"(" + b" ".join(part) + b")" for part in parts)
