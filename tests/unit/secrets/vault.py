"""Keyrings for tests, made on the keyring library's own base class."""

import threading
from collections.abc import Callable
from typing import Any

import keyring.backend
import keyring.errors


class Vault(keyring.backend.KeyringBackend):
    """A keyring in memory that can be made to fail, by `before`; `answered` is for the prompt of one that is stuck."""

    priority = 0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.entries: dict[tuple[str, str], str] = {}
        self.calls = 0
        self.before: Callable[[], Any] = lambda: None
        self.answered = threading.Event()
        self._lock = threading.Lock()

    def get_password(self, service: str, username: str) -> str | None:
        self._called()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._called()
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._called()
        if self.entries.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError("not there")

    def _called(self) -> None:
        with self._lock:
            self.calls += 1
        self.before()


class SystemVault(Vault):
    """As if it were the system's."""


SystemVault.__module__ = "keyring.backends.SecretService"


class PlaintextKeyring(Vault):
    """As if it were the one that writes a file."""


PlaintextKeyring.__module__ = "keyrings.alt.file"


class Chain:
    """What the keyring library puts together when there are several."""

    def __init__(self, *backends: Vault) -> None:
        self.backends = backends


def fail_with(error: Exception) -> Callable[[], None]:
    """For `Vault.before`."""

    def fail() -> None:
        raise error

    return fail
