"""A conversation with one IMAP server: commands and answers in the project's terms."""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TypeVar

from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.mail.connection import ConnectionEnded, NotImap
from mailmove_gui.mail.errors import Redactor, classify, decode_text, reason_of_exception, text_of_exception
from mailmove_gui.mail.syntax import Answer, Argument, Response
from mailmove_gui.mail.wire import Ticket, Wire

_log = logging.getLogger("mailmove.mail")
_LOGOUT_TIMEOUT_S = 3.0
_SLOW_DOWN = b"[THROTTLED]"
EASE_OFF_S = 5.0
"""Pause after an answer with which a server asks for less without refusing anything (Gmail)."""

_T = TypeVar("_T")


class Session:
    """A `Wire` whose failures are `MailError` (with `side`), or `Cancelled` after the run was cut off.

    Used by one thread at a time; `abort` may be called by any.
    """

    def __init__(self, wire: Wire, *, host: str, side: Side, redactor: Redactor, cancel: CancelToken) -> None:
        self.wire = wire
        self.host = host
        self.side = side
        self.capabilities: frozenset[str] = frozenset()
        self.greeting = b""
        self._redactor = redactor
        self._cancel = cancel
        self._usable = True
        self._aborted = False
        self._closed = False
        self._registration = ExitStack()
        self._registration.enter_context(cancel.on_abort(self.abort))

    # -- capabilities

    def has(self, capability: str) -> bool:
        """Whether the server announced it; `capability` in upper case."""
        return capability in self.capabilities

    def learn_capabilities(self, text: bytes) -> None:
        """Take a list of capabilities, and whether literals may go without waiting."""
        self.capabilities = frozenset(text.decode("ascii", "replace").upper().split())
        self.wire.literal_plus = self.has("LITERAL+")
        # IMAP4rev2 includes LITERAL- (RFC 9051 appendix E).
        self.wire.literal_minus = self.has("LITERAL-") or self.has("IMAP4REV2")

    def ask_capabilities(self) -> None:
        """Send CAPABILITY; a server without an answer has none."""
        answer = self.command(b"CAPABILITY")
        listed = answer.of_kind(b"CAPABILITY")
        self.learn_capabilities(listed[-1].text if listed else b"")

    # -- commands

    def command(self, *arguments: Argument, name: str = "", failing: Reason | None = None) -> Answer:
        """Send a command and wait for its end.

        Args:
            arguments: see `Wire.begin`.
            name: what the log calls the command.
            failing: what NO or BAD means if the server's text does not say; None hands the answer out instead.
        """
        return self.finish(self.begin(*arguments, name=name), failing=failing)

    def begin(self, *arguments: Argument, name: str = "") -> Ticket:
        """Send a command without waiting for its answer."""
        return self.run(lambda: self.wire.begin(*arguments, name=name))

    def finish(self, ticket: Ticket, *, failing: Reason | None = None) -> Answer:
        """Wait for the end of a command; raises `Cancelled` too, where the server wants a pause after it."""
        answer = self.run(lambda: self.wire.finish(ticket))
        if answer.ok and _SLOW_DOWN in answer.text:
            self._cancel.wait(EASE_OFF_S)
        if failing is not None and not answer.ok:
            raise self.refusal(answer.text, failing)
        return answer

    def stream(self, ticket: Ticket) -> Iterator[Response]:
        """Untagged responses of a command as they come."""
        responses = self.wire.stream(ticket)
        while (response := self.run(lambda: next(responses, None))) is not None:
            yield response

    def refusal(self, text: bytes, failing: Reason) -> MailError:
        """The error for a server's NO, BAD or BYE."""
        words = self.words(text)
        verdict = classify(words, failing, host=self.host)
        return MailError(verdict.reason, words, side=self.side, retry_after_s=verdict.retry_after_s)

    def words(self, text: bytes) -> str:
        """What the server said, fit to be shown."""
        return self._redactor.clean(decode_text(text))

    def failure(self, reason: Reason, words: str = "") -> MailError:
        """An error of this side."""
        return MailError(reason, words, side=self.side)

    # -- the connection

    def run(self, call: Callable[[], _T]) -> _T:
        """Call something that uses the wire; the wire's exceptions come out as the project's.

        Raises:
            MailError: the connection is of no use any more.
            Cancelled: it was cut off because the run was asked to stop.
        """
        try:
            return call()
        except (OSError, ConnectionEnded, NotImap, UnicodeError) as error:
            caught: Exception = error
        except ValueError:
            # What a file object says when another thread has closed it.
            if not self._closed:
                raise
            caught = ConnectionEnded()
        # Outside the except block, so that the new exception does not carry the old one with it: frames of the wire
        # hold what was being sent, passwords too.
        raise self._failure_of(caught)

    def _failure_of(self, error: Exception) -> MailError | Cancelled:
        self._usable = False
        if self._aborted and self._cancel.is_set:
            return Cancelled()
        failure = self._last_words(error)
        failure.ends_connection = True
        return failure

    def _last_words(self, error: Exception) -> MailError:
        if self.wire.bye_text is not None:
            return self.refusal(self.wire.bye_text, Reason.CONNECTION_LOST)
        # After a cut, any complaint of the socket or its file object means just that.
        reason = Reason.CONNECTION_LOST if self._aborted else reason_of_exception(error)
        _log.debug("connection to %s failed: %s", self.host, reason.value)
        return self.failure(reason, self._redactor.clean(text_of_exception(error)))

    def abort(self) -> None:
        """Cut the connection; a blocked call of another thread then raises. Never raises itself."""
        self._aborted = True
        self.wire.shut()

    def close(self) -> None:
        """Log out within a few seconds and release the connection. Never raises."""
        try:
            if self._usable and not self._aborted:
                self._usable = False
                self.wire.set_timeout(_LOGOUT_TIMEOUT_S)
                self.wire.command(b"LOGOUT")
        except (OSError, ConnectionEnded, NotImap, ValueError) as error:
            _log.debug("logout from %s failed: %s", self.host, type(error).__name__)
        finally:
            self._closed = True
            self.wire.close()
            self._registration.close()
