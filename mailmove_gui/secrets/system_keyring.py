"""The system's keyring: found once, asked in bounded time, left alone once it has failed."""

import logging
import secrets
import threading
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

import keyring
import keyring.errors
from keyring.backend import KeyringBackend

from mailmove_gui.domain.secret import KeyringProblem
from mailmove_gui.secrets.keyring_errors import names_of, problem_of

_LOG = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")

# Keyrings of the systems themselves. Everything else (files, plain or with a password on the terminal; "null", which
# takes and forgets; "fail") is refused: a password is in the system's keyring or in memory.
_SYSTEM_KEYRINGS = frozenset(
    {
        "keyring.backends.SecretService",
        "keyring.backends.Windows",
        "keyring.backends.kwallet",
        "keyring.backends.libsecret",
        "keyring.backends.macOS",
    }
)
_NO_KEYRING = frozenset({"keyring.backends.fail", "keyring.backends.null"})
# Somebody may be typing the keyring's own password into its prompt.
_TIMEOUT_S = 30.0


class KeyringUnusable(Exception):
    """The keyring did not do what it was asked."""

    def __init__(self, problem: KeyringProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class SystemKeyring:
    """The keyring of the system, one object for the whole program. Thread-safe.

    Every method may block for up to `timeout_s`, and raises `KeyringUnusable`. A keyring that fails or does not answer
    is not asked again (it may be showing a prompt that nobody sees) until `try_again`; REFUSED alone concerns one entry
    and not the keyring.
    """

    def __init__(self, *, backend: KeyringBackend | None = None, timeout_s: float = _TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._backend = backend
        self._finding = threading.Lock()
        self._first = threading.Lock()
        self._has_answered = False
        self._probing = threading.Lock()
        self._was_probed = False
        self._problem: KeyringProblem | None = None

    @property
    def problem(self) -> KeyringProblem | None:
        """Why it is not asked any more, None while it is."""
        return self._problem

    def probe(self) -> None:
        """Write, read and delete a throw-away entry, once a program: what fails at first use fails here."""
        with self._probing:
            if self._was_probed and self._problem is None:
                return
            service, user, value = "MailMove", f"probe {secrets.token_hex(8)}", secrets.token_urlsafe(16)

            def try_out(backend: KeyringBackend) -> bool:
                # First, because some say clearly only when they are read that they were not unlocked (KWallet).
                backend.get_password(service, user)
                backend.set_password(service, user, value)
                try:
                    return backend.get_password(service, user) == value
                finally:
                    backend.delete_password(service, user)

            try:
                self._was_probed = self._ask(try_out)
            except KeyringUnusable as unusable:
                if unusable.problem is not KeyringProblem.REFUSED:
                    raise
            if not self._was_probed:
                self._problem = KeyringProblem.FAILED
                raise KeyringUnusable(KeyringProblem.FAILED)

    def read(self, service: str, user: str) -> str | None:
        """The password of an entry, None if there is no such entry."""
        value = self._ask(lambda backend: backend.get_password(service, user))
        return value if isinstance(value, str) else None

    def write(self, service: str, user: str, password: str) -> None:
        """Make an entry, or give it another password."""
        self._ask(lambda backend: backend.set_password(service, user, password))

    def delete(self, service: str, user: str) -> bool:
        """Delete an entry; False if there was none."""

        def delete(backend: KeyringBackend) -> bool:
            try:
                backend.delete_password(service, user)
            except keyring.errors.PasswordDeleteError:
                # Backends say so of an entry that is not there as well as of one that they could not delete.
                if backend.get_password(service, user) is not None:
                    raise
                return False
            return True

        return self._ask(delete)

    def try_again(self) -> None:
        """Ask the keyring again after it has failed: somebody may have unlocked it."""
        self._problem = None

    def _ask(self, call: Callable[[KeyringBackend], _Answer]) -> _Answer:
        if self._has_answered:
            return self._ask_now(call)
        # Each of the first calls may show a prompt: they wait for one another, and one refusal counts for all.
        with self._first:
            return self._ask_now(call)

    def _ask_now(self, call: Callable[[KeyringBackend], _Answer]) -> _Answer:
        if self._problem is not None:
            raise KeyringUnusable(self._problem)
        try:
            answer = _bounded(lambda: call(self._usable_backend()), self._timeout_s)
        except KeyringUnusable as unusable:
            problem = unusable.problem
        except Exception as error:  # noqa: BLE001 -- each backend raises errors of its own libraries
            problem = problem_of(error)
            _LOG.warning("the keyring failed (%s): %s", problem.value, names_of(error))
        else:
            self._has_answered = True
            return answer
        if problem is KeyringProblem.FAILED and self._has_answered:
            problem = KeyringProblem.STOPPED
        if problem is not KeyringProblem.REFUSED:
            self._problem = problem
        # Outside of the handler: the keyring's own exception, whose text may be anything, does not hang on this one.
        raise KeyringUnusable(problem)

    def _usable_backend(self) -> KeyringBackend:
        with self._finding:
            if self._backend is None:
                self._backend = system_backend(keyring.get_keyring())
            return self._backend


def system_backend(configured: Any) -> KeyringBackend:
    """The first keyring of the system itself behind what the keyring library would use.

    Raises:
        KeyringUnusable: NONE_THERE, or NOT_ALLOWED if there are only others.
    """
    problem = KeyringProblem.NONE_THERE
    for backend in _behind(configured):
        module = type(backend).__module__
        if module in _SYSTEM_KEYRINGS:
            return backend
        if module not in _NO_KEYRING:
            problem = KeyringProblem.NOT_ALLOWED
    raise KeyringUnusable(problem)


def _behind(configured: Any) -> Iterator[KeyringBackend]:
    """The backends that a chain of backends tries, in its order."""
    chained = getattr(configured, "backends", None)
    if chained is None:
        yield configured
    else:
        yield from chained


class _Call(Generic[_Answer]):
    """A call in a thread of its own, which is left behind if it never ends."""

    def __init__(self, call: Callable[[], _Answer]) -> None:
        self._call = call
        self.answers: list[_Answer] = []
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            self.answers.append(self._call())
        except Exception as error:  # noqa: BLE001 -- handed to the thread that waits
            self.error = error


def _bounded(call: Callable[[], _Answer], timeout_s: float) -> _Answer:
    asked = _Call(call)
    thread = threading.Thread(target=asked.run, name="keyring", daemon=True)
    thread.start()
    thread.join(timeout_s)
    if asked.error is not None:
        raise asked.error
    if not asked.answers:
        raise KeyringUnusable(KeyringProblem.NO_ANSWER)
    return asked.answers[0]
