"""The passwords of one migration in the system's keyring."""

import threading
from collections.abc import Callable, Iterable
from typing import TypeVar

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.endpoints import Security
from mailmove_gui.domain.secret import KeyringProblem, RemovedPasswords, Secret, SecretKey
from mailmove_gui.secrets.memory_store import MemoryStore, same_key
from mailmove_gui.secrets.system_keyring import KeyringUnusable, SystemKeyring

_Answer = TypeVar("_Answer")
_NEVER_KEPT_ANY = frozenset({KeyringProblem.NONE_THERE, KeyringProblem.NOT_ALLOWED})


class KeyringStore:
    """A `SecretStore` that belongs to one migration: in memory at once, in the keyring with `save`. Thread-safe.

    What the keyring does not do is told once for each kind of problem, and the migration goes on from memory. All but
    `put` may block for as long as the keyring does.

    Args:
        migration_id: `MigrationPlan.id`; nothing of another migration is read, written or deleted.
        keyring: the program's.
        tell: called with what goes wrong, from any thread.
    """

    def __init__(
        self, migration_id: str, keyring: SystemKeyring, tell: Callable[[KeyringProblem], None] = lambda _problem: None
    ) -> None:
        self._migration_id = migration_id
        self._keyring = keyring
        self._tell = tell
        self._memory = MemoryStore()
        self._lock = threading.Lock()
        self._unsaved: set[SecretKey] = set()
        self._told: set[KeyringProblem] = set()
        # One at a time, so that nothing that was removed comes back from a `get` or `save` that was on its way.
        self._turn = threading.Lock()

    def get(self, key: SecretKey) -> Secret | None:
        """The password, or None if it is not known."""
        known = self._memory.get(key)
        if known is not None:
            return known
        with self._turn:
            value = self._try(lambda: self._keyring.read(*self._entry(key)))
            if value is None:
                return self._memory.get(key)
            secret = Secret(value)
            self._memory.put(key, secret)
            return secret

    def put(self, key: SecretKey, secret: Secret) -> None:
        """Keep the password in memory, and in the keyring with the next `save`."""
        self._memory.put(key, secret)
        with self._lock:
            self._unsaved.add(same_key(key))

    def forget(self, key: SecretKey) -> None:
        """Drop the password; one that is not there is fine."""
        self._drop(key)
        with self._turn:
            self._try(lambda: self._keyring.delete(*self._entry(key)))

    def save(self, cancel: CancelToken) -> None:
        """Bring into the keyring what was put since; ends early, between two passwords, when asked to."""
        if self._try(self._probed) is None:
            return
        while not cancel.is_set:
            with self._lock:
                if not self._unsaved:
                    return
                key = self._unsaved.pop()
            with self._turn:
                secret = self._memory.get(key)
                if secret is not None:
                    self._write(key, secret)
            if self._keyring.problem is not None:
                return

    def release(self, keys: Iterable[SecretKey]) -> RemovedPasswords:
        """Delete these from the keyring; memory keeps them."""
        with self._lock:
            self._unsaved.clear()
        return self._delete(keys)

    def remove(self, keys: Iterable[SecretKey]) -> RemovedPasswords:
        """Delete these from the keyring, which is tried again if it had failed, and from memory."""
        wanted = frozenset(keys)
        for key in wanted:
            self._drop(key)
        self._keyring.try_again()
        return self._delete(wanted)

    def _delete(self, keys: Iterable[SecretKey]) -> RemovedPasswords:
        count = 0
        for key in {same_key(key) for key in keys}:
            with self._turn:
                try:
                    count += self._keyring.delete(*self._entry(key))
                except KeyringUnusable as unusable:
                    problem = None if unusable.problem in _NEVER_KEPT_ANY else unusable.problem
                    return RemovedPasswords(count, problem)
        return RemovedPasswords(count)

    def _drop(self, key: SecretKey) -> None:
        self._memory.forget(key)
        with self._lock:
            self._unsaved.discard(same_key(key))

    def _write(self, key: SecretKey, secret: Secret) -> None:
        def write() -> None:
            self._keyring.write(*self._entry(key), secret.reveal())

        self._try(write)

    def _probed(self) -> bool:
        self._keyring.probe()
        return True

    def _try(self, call: Callable[[], _Answer]) -> _Answer | None:
        """What the keyring answers, None if it does not."""
        try:
            return call()
        except KeyringUnusable as unusable:
            problem = unusable.problem
        with self._lock:
            is_new = problem not in self._told
            self._told.add(problem)
        if is_new:
            self._tell(problem)
        return None

    def _entry(self, key: SecretKey) -> tuple[str, str]:
        return entry_name(self._migration_id, key)


def entry_name(migration_id: str, key: SecretKey) -> tuple[str, str]:
    """Service and user name of a password, as the system's own list of passwords shows them.

    Whatever differs in migration, side, host, port, protection or user differs here (no host has a blank, so no part
    can pass for another). The user stands in the service too: Windows keeps one entry for each service, and the keyring
    library would rename it whenever another user comes.
    """
    same = same_key(key)
    host = f"[{same.host}]" if ":" in same.host else same.host
    # A changed plan that asks for another way to the same server must not get the password.
    way = "" if same.security is Security.TLS else f"/{same.security.value}"
    service = f"MailMove: {same.side.value} {same.user} at {host}:{same.port}{way}, migration {migration_id}"
    return service, same.user
