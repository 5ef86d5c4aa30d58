"""What a conversation with a mail server has in every protocol: how it fails, and how it is cut off."""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from typing import Protocol, TypeVar

from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.mail.connection import ConnectionEnded, Unintelligible
from mailmove_gui.mail.errors import Redactor, classify, decode_text, reason_of_exception, text_of_exception

_log = logging.getLogger("mailmove.mail")
_GOODBYE_TIMEOUT_S = 3.0
_T = TypeVar("_T")


class Line(Protocol):
    """The connection that a conversation is held over. Only `shut` may be called by any thread."""

    @property
    def bye_text(self) -> bytes | None:
        """What the server said when it ended the connection; None if it did not end it, or said nothing."""
        ...

    def set_timeout(self, timeout_s: float) -> None:
        """Use another timeout from here on."""
        ...

    def say_goodbye(self) -> None:
        """Log out, and wait for the server's answer."""
        ...

    def shut(self) -> None:
        """Cut the connection; a blocked call of another thread ends. Never raises."""
        ...

    def close(self) -> None:
        """Cut and release the connection. Never raises."""
        ...


class Conversation:
    """A `Line` whose failures are `MailError` (with `side`), or `Cancelled` after the run was cut off.

    Used by one thread at a time; `abort` may be called by any.
    """

    def __init__(self, line: Line, *, host: str, side: Side, redactor: Redactor, cancel: CancelToken) -> None:
        self.host = host
        self.side = side
        self._line = line
        self._redactor = redactor
        self._cancel = cancel
        self._usable = True
        self._aborted = False
        self._closed = False
        self._registration = ExitStack()
        self._registration.enter_context(cancel.on_abort(self.abort))

    def refusal(self, text: bytes, failing: Reason) -> MailError:
        """The error for what a server said when it refused or left; `failing` is what that means if it does not say."""
        words = self.words(text)
        verdict = classify(words, failing, host=self.host)
        return MailError(verdict.reason, words, side=self.side, retry_after_s=verdict.retry_after_s)

    def words(self, text: bytes) -> str:
        """What the server said, fit to be shown."""
        return self._redactor.clean(decode_text(text))

    def failure(self, reason: Reason, words: str = "") -> MailError:
        """An error of this side."""
        return MailError(reason, words, side=self.side)

    def run(self, call: Callable[[], _T]) -> _T:
        """Call something that uses the line; its exceptions come out as the project's.

        Raises:
            MailError: the connection is of no use any more.
            Cancelled: it was cut off because the run was asked to stop.
        """
        try:
            return call()
        except (OSError, ConnectionEnded, Unintelligible, UnicodeError) as error:
            caught: Exception = error
        except ValueError:
            # What a file object says when another thread has closed it.
            if not self._closed:
                raise
            caught = ConnectionEnded()
        # Outside the except block, so that the new exception does not carry the old one with it: frames of the line
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
        if self._line.bye_text is not None:
            return self.refusal(self._line.bye_text, Reason.CONNECTION_LOST)
        # After a cut, any complaint of the socket or its file object means just that.
        reason = Reason.CONNECTION_LOST if self._aborted else reason_of_exception(error)
        _log.debug("connection to %s failed: %s", self.host, reason.value)
        return self.failure(reason, self._redactor.clean(text_of_exception(error)))

    def abort(self) -> None:
        """Cut the connection; a blocked call of another thread then raises. Never raises itself."""
        self._aborted = True
        self._line.shut()

    def close(self) -> None:
        """Log out within a few seconds and release the connection. Never raises."""
        try:
            if self._usable and not self._aborted:
                self._usable = False
                self._line.set_timeout(_GOODBYE_TIMEOUT_S)
                self._line.say_goodbye()
        except (OSError, ConnectionEnded, Unintelligible, ValueError) as error:
            _log.debug("logout from %s failed: %s", self.host, type(error).__name__)
        finally:
            self._closed = True
            self._line.close()
            self._registration.close()
