"""Passwords for as long as the program runs."""

import threading
from collections.abc import Iterable
from dataclasses import replace

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.secret import RemovedPasswords, Secret, SecretKey


class MemoryStore:
    """A `SecretStore` that forgets everything at the program's end. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._secrets: dict[SecretKey, Secret] = {}

    def get(self, key: SecretKey) -> Secret | None:
        """The password, or None if it is not known."""
        with self._lock:
            return self._secrets.get(same_key(key))

    def put(self, key: SecretKey, secret: Secret) -> None:
        """Keep the password."""
        with self._lock:
            self._secrets[same_key(key)] = secret

    def forget(self, key: SecretKey) -> None:
        """Drop the password; one that is not there is fine."""
        with self._lock:
            self._secrets.pop(same_key(key), None)

    def save(self, cancel: CancelToken) -> None:
        """Nothing: memory is all there is."""

    def release(self, keys: Iterable[SecretKey]) -> RemovedPasswords:  # noqa: ARG002 -- whichever they are
        """Nothing is in a keyring."""
        return RemovedPasswords()

    def remove(self, keys: Iterable[SecretKey]) -> RemovedPasswords:
        """Drop these."""
        for key in keys:
            self.forget(key)
        return RemovedPasswords()


def same_key(key: SecretKey) -> SecretKey:
    """The key under which both spellings of a host (``IMAP.Example``, ``imap.example.``) are one."""
    return replace(key, host=key.host.strip().rstrip(".").casefold(), user=key.user.strip())
