"""Passwords in the system's keyring, if there is one that can be used."""

import logging
import secrets
import threading
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any, Generic, TypeVar, assert_never

import keyring
import keyring.errors
from keyring.backend import KeyringBackend

from mailmove_gui.domain.ports import SecretStore
from mailmove_gui.domain.secret import Secret, SecretKey
from mailmove_gui.secrets.memory_store import MemoryStore, same_key
from mailmove_gui.texts import _

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
_TIMEOUT_S = 20.0


class KeyringProblem(StrEnum):
    """Why passwords are kept in memory only."""

    NONE_THERE = "none_there"
    NOT_ALLOWED = "not_allowed"
    NO_ANSWER = "no_answer"
    FAILED = "failed"


def keyring_sentence(problem: KeyringProblem) -> str:
    """What it means for the user, in two sentences."""
    match problem:
        case KeyringProblem.NONE_THERE:
            return _("This system has no keyring. Passwords are kept until MailMove is closed.")
        case KeyringProblem.NOT_ALLOWED:
            return _(
                "The keyring that is set up writes passwords into a file. Passwords are kept until MailMove is closed."
            )
        case KeyringProblem.NO_ANSWER:
            return _("The keyring is locked or does not answer. Passwords are kept until MailMove is closed.")
        case KeyringProblem.FAILED:
            return _("The keyring does not work. Passwords are kept until MailMove is closed.")
        case _ as never:
            assert_never(never)


class KeyringUnusable(Exception):
    """The keyring did not do what it was asked."""

    def __init__(self, problem: KeyringProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class KeyringStore:
    """A `SecretStore` in the system's keyring, with a copy in memory for speed. Thread-safe.

    A keyring that fails or does not answer within `timeout_s` is not asked again (it may be showing a prompt that
    nobody sees): from then on passwords are in memory only, and `problem` says why. Every method may block for up to
    `timeout_s` once.
    """

    def __init__(
        self, service: str = "MailMove", *, backend: KeyringBackend | None = None, timeout_s: float = _TIMEOUT_S
    ) -> None:
        self._service = service
        self._timeout_s = timeout_s
        self._memory = MemoryStore()
        self._lock = threading.Lock()
        self._backend = backend
        self._problem: KeyringProblem | None = None

    @property
    def problem(self) -> KeyringProblem | None:
        """Why the keyring is not used any more, None while it is."""
        return self._problem

    def get(self, key: SecretKey) -> Secret | None:
        """The password, or None if it is not known."""
        known = self._memory.get(key)
        if known is not None:
            return known
        place, user = self._place(key)
        value = self._ask(lambda backend: backend.get_password(place, user))
        if not isinstance(value, str):
            return None
        secret = Secret(value)
        self._memory.put(key, secret)
        return secret

    def put(self, key: SecretKey, secret: Secret) -> None:
        """Keep the password, in memory if the keyring does not take it."""
        self._memory.put(key, secret)
        place, user = self._place(key)
        self._ask(lambda backend: backend.set_password(place, user, secret.reveal()))

    def forget(self, key: SecretKey) -> None:
        """Drop the password; one that is not there is fine."""
        self._memory.forget(key)
        place, user = self._place(key)

        def delete(backend: KeyringBackend) -> None:
            try:
                backend.delete_password(place, user)
            except keyring.errors.PasswordDeleteError:
                return

        self._ask(delete)

    def probe(self) -> None:
        """Write, read and delete a throw-away entry: what fails at first use fails here.

        Raises:
            KeyringUnusable: with the reason.
        """
        place, user, value = self._service, f"probe {secrets.token_hex(8)}", secrets.token_urlsafe(16)

        def try_out(backend: KeyringBackend) -> bool:
            backend.set_password(place, user, value)
            try:
                return backend.get_password(place, user) == value
            finally:
                backend.delete_password(place, user)

        if self._ask(try_out) is not True:
            raise KeyringUnusable(self._problem or KeyringProblem.FAILED)

    def _place(self, key: SecretKey) -> tuple[str, str]:
        """Service and user name, as the system's own list of passwords shows them."""
        same = same_key(key)
        return f"{self._service}: {same.host}", same.user

    def _ask(self, call: Callable[[KeyringBackend], Any]) -> Any:
        """What the keyring answers; None if it is unusable."""
        if self._problem is not None:
            return None
        try:
            return _bounded(lambda: call(self._usable_backend()), self._timeout_s)
        except KeyringUnusable as unusable:
            problem = unusable.problem
        except keyring.errors.NoKeyringError:
            problem = KeyringProblem.NONE_THERE
        except (keyring.errors.InitError, keyring.errors.KeyringLocked):
            problem = KeyringProblem.NO_ANSWER
        except Exception as error:  # noqa: BLE001 -- each backend raises errors of its own libraries
            # Its text could hold what was to be stored.
            _LOG.warning("the keyring failed: %s", type(error).__name__)
            problem = KeyringProblem.FAILED
        self._problem = problem
        return None

    def _usable_backend(self) -> KeyringBackend:
        with self._lock:
            if self._backend is None:
                self._backend = system_keyring(keyring.get_keyring())
            return self._backend


def system_keyring(configured: Any) -> KeyringBackend:
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


def choose_store(
    service: str = "MailMove", *, backend: KeyringBackend | None = None, timeout_s: float = _TIMEOUT_S
) -> tuple[SecretStore, KeyringProblem | None]:
    """The keyring if it works, else memory and why. Blocks for up to `timeout_s`: call it off the UI thread."""
    store = KeyringStore(service, backend=backend, timeout_s=timeout_s)
    try:
        store.probe()
    except KeyringUnusable as unusable:
        return MemoryStore(), unusable.problem
    return store, None


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
