"""As much of IMAP and POP3 as it takes to learn what a server is: greeting, capabilities, STARTTLS, goodbye.

Made for servers of which nothing is known yet: every line, every answer and every wait has a limit.
"""

import contextlib
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from mailmove_gui.domain.endpoints import MailProtocol, Security
from mailmove_gui.domain.probing import Stage
from mailmove_gui.domain.reasons import MailError, Reason
from mailmove_gui.mail.approach import Approach, Attempt
from mailmove_gui.mail.errors import classify, decode_text, printable
from mailmove_gui.texts.probing import greeting_seen

_LOOK_EVERY_S = 0.2
_GOODBYE_S = 2.0
_MAX_LINE = 8192
_MAX_LINES = 200


@dataclass(frozen=True, slots=True)
class Greeted:
    """What a server says of itself: its greeting, and its capabilities in upper case.

    Capabilities are words with IMAP, lines with POP3 (``SASL PLAIN LOGIN``).
    """

    greeting: str
    capabilities: frozenset[str]


def converse(attempt: Attempt) -> Greeted:
    """Connect, learn what the server says of itself once the connection is as it shall be, and say goodbye.

    Raises:
        MailError: the server is none, or does not do what the endpoint asks for.
        CertificateNotPinned: see `Attempt.connect`.
        Cancelled: asked to stop; noticed within 0.25 s.
    """
    sock = attempt.connect()
    try:
        return _converse(attempt, sock)
    except OSError as error:
        raise attempt.approach.failure(error) from None
    finally:
        sock.close()


def _converse(attempt: Attempt, sock: socket.socket) -> Greeted:
    approach = attempt.approach
    attempt.begin(Stage.GREETING)
    talk = _talk(sock, approach)
    greeting = talk.greeting()
    capabilities = talk.capabilities()
    attempt.passed(Stage.GREETING, greeting_seen(greeting))
    if approach.endpoint.security is Security.STARTTLS:
        attempt.begin(Stage.TLS)
        talk.ask_for_tls(capabilities)
        # A new talk: what came in plain text and was not read must not pass for something said under TLS.
        with attempt.secure(sock) as secure:
            talk = _talk(secure, approach)
            capabilities = talk.capabilities()
            talk.goodbye()
    else:
        talk.goodbye()
    return Greeted(greeting, capabilities)


class _Lines:
    """Lines of a connection, all of which together may take as long as one step.

    Methods raise OSError, `MailError` or `Cancelled`.
    """

    def __init__(self, sock: socket.socket, approach: Approach) -> None:
        self._sock = sock
        self._approach = approach
        self._unread = bytearray()
        self._deadline = time.monotonic() + approach.left_s()

    def hurry(self, seconds: float) -> None:
        """What is still to be said may take so long and no longer."""
        self._deadline = min(self._deadline, time.monotonic() + seconds)

    def send(self, line: bytes) -> None:
        self._sock.settimeout(self._left_s())
        self._sock.sendall(line + b"\r\n")

    def read(self) -> bytes:
        """The next line, without its end."""
        while b"\n" not in self._unread:
            if len(self._unread) > _MAX_LINE:
                raise self.no_mail_server()
            self._unread += self._receive()
        line, _, rest = bytes(self._unread).partition(b"\n")
        self._unread = bytearray(rest)
        return line.rstrip(b"\r")

    def _receive(self) -> bytes:
        while True:
            self._approach.cancel.check()
            self._sock.settimeout(min(_LOOK_EVERY_S, self._left_s()))
            # Silence for so long is no failure yet; `_left_s` says when it is.
            with contextlib.suppress(TimeoutError):
                received = self._sock.recv(_MAX_LINE)
                if not received:
                    raise ConnectionResetError
                return received

    def _left_s(self) -> float:
        left_s = self._deadline - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        return left_s

    def all(self) -> Iterator[bytes]:
        """Lines for as long as somebody wants them, up to the limit."""
        for _ in range(_MAX_LINES):
            yield self.read()
        raise self.no_mail_server()

    def no_mail_server(self) -> MailError:
        return MailError(Reason.NOT_A_MAIL_SERVER, side=self._approach.side)

    def refusal(self, text: bytes, default: Reason) -> MailError:
        words = printable(decode_text(text))
        verdict = classify(words, default, host=self._approach.host)
        return MailError(verdict.reason, words, side=self._approach.side, retry_after_s=verdict.retry_after_s)


class _Talk(Protocol):
    """What is asked of a server, in its protocol."""

    def greeting(self) -> str: ...

    def capabilities(self) -> frozenset[str]: ...

    def ask_for_tls(self, capabilities: frozenset[str]) -> None: ...

    def goodbye(self) -> None: ...


class _ImapTalk:
    """RFC 3501 sections 6.1, 6.2.1 and 7.1."""

    def __init__(self, lines: _Lines) -> None:
        self._lines = lines
        self._number = 0

    def greeting(self) -> str:
        star, _, rest = self._lines.read().partition(b" ")
        kind, _, text = rest.partition(b" ")
        if star != b"*" or kind.upper() not in {b"OK", b"PREAUTH", b"BYE"}:
            raise self._lines.no_mail_server()
        if kind.upper() == b"BYE":
            raise self._lines.refusal(text, Reason.SERVER_BUSY)
        return printable(decode_text(text))

    def capabilities(self) -> frozenset[str]:
        _, untagged = self._command(b"CAPABILITY")
        found = [line for line in untagged if line.upper().startswith(b"* CAPABILITY ")]
        return frozenset(_upper(found[-1]).split()[2:]) if found else frozenset()

    def ask_for_tls(self, capabilities: frozenset[str]) -> None:
        if "STARTTLS" not in capabilities:
            raise self._lines.refusal(b"", Reason.STARTTLS_NOT_OFFERED)
        end, _ = self._command(b"STARTTLS")
        if not end.upper().startswith(b"OK"):
            raise self._lines.refusal(end, Reason.STARTTLS_NOT_OFFERED)

    def goodbye(self) -> None:
        _say_goodbye(self._lines, b"end LOGOUT", b"end ")

    def _command(self, command: bytes) -> tuple[bytes, list[bytes]]:
        """What stands behind the tag at the end, and the lines before it."""
        self._number += 1
        tag = b"p%d" % self._number
        self._lines.send(tag + b" " + command)
        untagged: list[bytes] = []
        for line in self._lines.all():
            if line.startswith(tag + b" "):
                return line[len(tag) + 1 :], untagged
            untagged.append(line)
        raise AssertionError("the lines end with an exception")


class _Pop3Talk:
    """RFC 1939, CAPA of RFC 2449, STLS of RFC 2595."""

    def __init__(self, lines: _Lines) -> None:
        self._lines = lines

    def greeting(self) -> str:
        status, _, text = self._lines.read().partition(b" ")
        if status == b"-ERR":
            raise self._lines.refusal(text, Reason.SERVER_BUSY)
        if status != b"+OK":
            raise self._lines.no_mail_server()
        return printable(decode_text(text))

    def capabilities(self) -> frozenset[str]:
        self._lines.send(b"CAPA")
        if not self._lines.read().startswith(b"+OK"):
            return frozenset()
        found: set[str] = set()
        for line in self._lines.all():
            if line == b".":
                break
            found.add(_upper(line))
        return frozenset(found)

    def ask_for_tls(self, capabilities: frozenset[str]) -> None:
        if "STLS" not in capabilities:
            raise self._lines.refusal(b"", Reason.STARTTLS_NOT_OFFERED)
        self._lines.send(b"STLS")
        answer = self._lines.read()
        if not answer.startswith(b"+OK"):
            raise self._lines.refusal(answer.partition(b" ")[2], Reason.STARTTLS_NOT_OFFERED)

    def goodbye(self) -> None:
        _say_goodbye(self._lines, b"QUIT", b"+OK")


def _talk(sock: socket.socket, approach: Approach) -> _Talk:
    lines = _Lines(sock, approach)
    match approach.endpoint.protocol:
        case MailProtocol.IMAP:
            return _ImapTalk(lines)
        case MailProtocol.POP3:
            return _Pop3Talk(lines)


def _say_goodbye(lines: _Lines, command: bytes, answer: bytes) -> None:
    """Log out; a server that does not mind is left all the same."""
    with contextlib.suppress(OSError, MailError):
        lines.hurry(_GOODBYE_S)
        lines.send(command)
        for line in lines.all():
            if line.startswith(answer):
                return


def _upper(line: bytes) -> str:
    return line.decode("ascii", "replace").upper()
