"""One IMAP connection: reads commands, keeps its state, and tells the client what others have changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from mailmove_gui.demo.folder import Folder, Message, Path, StoreError
from mailmove_gui.demo.imap_text import decode_name
from mailmove_gui.demo.imap_view import View
from mailmove_gui.demo.state import LoginRefused, ServerState
from mailmove_gui.demo.store import User
from mailmove_gui.demo.traits import Interruption
from mailmove_gui.demo.wire import Arguments, BadSyntax, Connection, Disconnected

_TAG = re.compile(rb'[^\x00-\x20\x7f(){%*"\\+]+')
# RFC 3501 §7.4.1: no EXPUNGE while these are answered, for the client counts by sequence number.
_KEEPS_NUMBERS = frozenset({"FETCH", "STORE", "SEARCH"})
_LOOKS_FOR_NEW_MAIL = frozenset({"NOOP", "CHECK"})


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
        self._errors = 0

    def run(self) -> None:
        """Greet and serve until either side ends it; the socket is closed by the caller."""
        try:
            capabilities = self.capabilities()
            greeting = self.state.traits.greeting.encode()
            self.connection.write(b"* OK [CAPABILITY %b] %b\r\n" % (capabilities, greeting))
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
                "XLIST",
                "X-GM-EXT-1",
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

    def shown(self, messages: Sequence[Message]) -> Sequence[Message]:
        """Those of a folder's messages that this server shows."""
        shows = self.state.traits.shows
        return messages if shows is None else shows(messages)

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
            self._count_error()
            return
        arguments = Arguments(self.connection, rest, self.state.offers("LITERAL+"))
        name = ""
        bye: str | None = None
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
        except Interruption as interruption:
            status, text, bye = interruption.status, interruption.text, interruption.bye
        if status != "OK":
            arguments.discard()
            self.state.failed(name, status)
        self._answer(tag, name, status, text)
        if bye is not None:
            self._say_bye(bye.encode())
            raise Disconnected

    def _carry_out(self, name: str, arguments: Arguments) -> str:
        command = self._commands.get(name)
        if command is None or (command.capability and not self.state.offers(command.capability)):
            raise BadSyntax("Unknown command")
        self.state.intervene(name)
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
        text = command.run(self, arguments)
        done_text = self.state.traits.done_text
        return (done_text(name) if done_text is not None else None) or text

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
            may_grow = not self.state.traits.new_mail_needs_noop or name in _LOOKS_FOR_NEW_MAIL
            self.connection.write(*self.view.catch_up(may_expunge=name not in _KEEPS_NUMBERS, may_grow=may_grow))
        self.connection.write(tag, b" ", status.encode(), b" ", _one_line(text), b"\r\n")
        if self.encrypt_next and self.state.tls is not None:
            self.encrypt_next = False
            self.connection.start_tls(self.state.tls)
        if status == "BAD" or (status == "NO" and self.state.traits.counts_no):
            self._count_error()

    def _count_error(self) -> None:
        self._errors += 1
        if self._errors >= self.state.traits.errors_before_bye:
            self._say_bye(self.state.traits.bye_after_errors.encode())
            raise Disconnected

    def _say_bye(self, text: bytes) -> None:
        try:
            self.connection.write(b"* BYE ", text, b"\r\n")
            self.connection.hang_up()
        except Disconnected:
            pass


def _one_line(text: str) -> bytes:
    return " ".join(text.split()).encode("utf-8")


def untagged(*parts: bytes | Sequence[bytes]) -> bytes:
    """Parts joined by spaces; a sequence becomes a parenthesised list."""
    return b" ".join(part if isinstance(part, bytes) else b"(" + b" ".join(part) + b")" for part in parts)
