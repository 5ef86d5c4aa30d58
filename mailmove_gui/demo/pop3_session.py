"""One POP3 connection (RFC 1939, 2449, 5034): serves the INBOX of a user."""

from __future__ import annotations

from collections.abc import Callable

from mailmove_gui.demo.folder import INBOX, Folder, Message
from mailmove_gui.demo.imap_fetch import split_message
from mailmove_gui.demo.state import LoginRefused, ServerState, parse_sasl_plain
from mailmove_gui.demo.wire import BadSyntax, Connection, Disconnected


class Refused(Exception):
    """Answered -ERR with this text."""


class Pop3Session:
    """Serves one client in the calling thread."""

    def __init__(self, connection: Connection, state: ServerState) -> None:
        self._connection = connection
        self._state = state
        self._user_name = ""
        self._folder: Folder | None = None
        self._messages: tuple[Message, ...] = ()
        self._deleted: set[int] = set()
        self._retrieved: set[int] = set()
        self._ended = False
        self._encrypt_next = False
        self._before_login: dict[str, Callable[[str], str]] = {
            "AUTH": self._auth,
            "PASS": self._password,
            "STLS": self._start_tls,
            "USER": self._user,
        }
        self._after_login: dict[str, Callable[[str], str]] = {
            "DELE": self._delete,
            "LIST": self._list,
            "NOOP": lambda _argument: "",
            "RETR": self._retrieve,
            "RSET": self._reset,
            "STAT": self._stat,
            "TOP": self._top,
            "UIDL": self._uidl,
        }

    def run(self) -> None:
        """Greet and serve until either side ends it; the socket is closed by the caller."""
        try:
            self._connection.write(b"+OK Sample mail server ready.\r\n")
            while not self._ended:
                self._serve_one()
            self._connection.flush()
        except (Disconnected, TimeoutError, BadSyntax):
            pass  # A POP3 server that gives up just closes (RFC 1939 §3), and nothing is deleted.

    def _serve_one(self) -> None:
        line = self._connection.read_line().decode("utf-8", "replace")
        name, _, argument = line.partition(" ")
        name = name.upper()
        self._state.saw(name)
        try:
            answer = "+OK " + self._carry_out(name, argument)
        except (Refused, LoginRefused) as error:
            text = str(error)
            is_auth = isinstance(error, LoginRefused) and text == self._state.options.wrong_password_text
            answer = "-ERR " + text.replace("[AUTHENTICATIONFAILED]", "[AUTH]" if is_auth else "")
        except BadSyntax as error:
            answer = f"-ERR {error}"
        if self._state.options.lose_answer is not None and self._state.options.lose_answer(name):
            self._connection.flush()
            raise Disconnected
        if self._state.options.latency_s:
            self._connection.flush()
            self._state.wait(self._state.options.latency_s)
        head, _, body = answer.partition("\n")
        self._connection.write(head.rstrip().encode("utf-8"), b"\r\n", body.encode("latin-1"))
        if self._encrypt_next and self._state.tls is not None:
            self._encrypt_next = False
            self._connection.start_tls(self._state.tls)

    def _carry_out(self, name: str, argument: str) -> str:
        if name in ("QUIT", "CAPA"):
            return self._quit() if name == "QUIT" else self._capabilities()
        command = (self._after_login if self._folder is not None else self._before_login).get(name)
        if command is None or not self._state.offers(name):
            raise Refused("Unknown command.")
        return command(argument)

    def _capabilities(self) -> str:
        names = ["UIDL", "TOP", "PIPELINING", "RESP-CODES", "AUTH-RESP-CODE"]
        if self._folder is None:
            if self._state.tls is not None and not self._connection.encrypted:
                names.append("STLS")
            names += ["USER", "SASL"]
        lines = ["SASL PLAIN" if name == "SASL" else name for name in names if self._state.offers(name)]
        if self._state.options.pop3_expire_days is not None:
            lines.append(f"EXPIRE {self._state.options.pop3_expire_days}")
        return _listing("Capability list follows", lines)

    def _start_tls(self, _argument: str) -> str:
        if self._state.tls is None or self._connection.encrypted:
            raise Refused("TLS is not available.")
        self._encrypt_next = True
        return "Begin TLS negotiation now."

    def _user(self, argument: str) -> str:
        self._user_name = argument
        return ""

    def _password(self, argument: str) -> str:
        if not self._user_name:
            raise Refused("No username given.")
        return self._log_in(self._user_name, argument)

    def _auth(self, argument: str) -> str:
        mechanism, _, response = argument.partition(" ")
        if mechanism.upper() != "PLAIN" or not self._state.offers("SASL"):
            raise Refused("Unsupported authentication mechanism.")
        raw = response.encode()
        if not raw:
            self._connection.write(b"+ \r\n")
            raw = self._connection.read_line()
        if raw == b"*":
            raise Refused("Authentication aborted by client.")
        return self._log_in(*parse_sasl_plain(raw))

    def _log_in(self, name: str, password: str) -> str:
        self._folder = self._state.log_in(name, password, imap=False).folder(INBOX)
        self._messages = self._folder.messages
        return "Logged in."

    def _stat(self, _argument: str) -> str:
        sizes = [message.size_bytes for _, message in self._left()]
        return f"{len(sizes)} {sum(sizes)}"

    def _list(self, argument: str) -> str:
        if argument:
            number, message = self._message(argument)
            return f"{number} {message.size_bytes}"
        lines = [f"{number} {message.size_bytes}" for number, message in self._left()]
        return _listing(f"{len(lines)} messages:", lines)

    def _uidl(self, argument: str) -> str:
        if argument:
            number, message = self._message(argument)
            return f"{number} {self._unique_id(message)}"
        return _listing("", [f"{number} {self._unique_id(message)}" for number, message in self._left()])

    def _retrieve(self, argument: str) -> str:
        number, message = self._message(argument)
        self._connection.flush()
        self._state.pace(1, message.size_bytes)
        self._retrieved.add(number)
        return _text(f"{message.size_bytes} octets", message.content)

    def _top(self, argument: str) -> str:
        raw_number, _, raw_lines = argument.partition(" ")
        if not raw_lines.isdigit():
            raise Refused("Line count missing.")
        header, text = split_message(self._message(raw_number)[1].content)
        return _text("", header + b"".join(text.splitlines(keepends=True)[: int(raw_lines)]))

    def _delete(self, argument: str) -> str:
        self._deleted.add(self._message(argument)[0])
        return "Marked to be deleted."

    def _reset(self, _argument: str) -> str:
        self._deleted.clear()
        return ""

    def _quit(self) -> str:
        self._ended = True
        if self._folder is not None:
            numbers = set(self._deleted)
            if self._state.options.pop3_expire_days == 0:
                numbers |= self._retrieved
            self._folder.expunge([self._messages[number - 1].uid for number in numbers])
        return "Logging out."

    def _left(self) -> list[tuple[int, Message]]:
        return [pair for pair in enumerate(self._messages, 1) if pair[0] not in self._deleted]

    def _message(self, raw_number: str) -> tuple[int, Message]:
        number = int(raw_number) if raw_number.isdigit() else 0
        if not 1 <= number <= len(self._messages) or number in self._deleted:
            raise Refused("There's no such message.")
        return number, self._messages[number - 1]

    def _unique_id(self, message: Message) -> str:
        validity = self._folder.uid_validity if self._folder is not None else 0
        return f"{message.uid:08x}{validity:08x}"


def _listing(head: str, lines: list[str]) -> str:
    return "\n".join([head, *(line + "\r" for line in lines), ".\r", ""])


def _text(head: str, content: bytes) -> str:
    """Head line and dot-stuffed text (RFC 1939 §3), bytes as Latin-1."""
    stuffed = content.replace(b"\n.", b"\n..")
    if stuffed.startswith(b"."):
        stuffed = b"." + stuffed
    if stuffed and not stuffed.endswith(b"\n"):
        stuffed += b"\r\n"
    return head + "\n" + (stuffed + b".\r\n").decode("latin-1")
