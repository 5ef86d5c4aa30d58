"""Brings the passwords of the open migration into the system's keyring, and removes them again."""

import functools
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from mailmove_gui.desktop.bridge.background import Background
from mailmove_gui.desktop.bridge.services import MigrationSecrets, Services
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.domain.ports import SecretStore, Spawn
from mailmove_gui.domain.secret import KeyringProblem, RemovedPasswords, Secret, SecretKey
from mailmove_gui.domain.states import OVER


@dataclass(frozen=True, slots=True)
class _Due:
    """What is to be done in the keyring: delete these entries, or, if None, save what was typed.

    `puts` says how many times passwords had been put by then.
    """

    secrets: MigrationSecrets
    unwanted: frozenset[SecretKey] | None
    puts: int


class _ChosenStore:
    """The store that is wished for at the moment; that may change while accounts run."""

    def __init__(self, store: SecretStore) -> None:
        self.store = store

    def get(self, key: SecretKey) -> Secret | None:
        """The password, or None if it is not known."""
        return self.store.get(key)

    def put(self, key: SecretKey, secret: Secret) -> None:
        """Keep the password."""
        self.store.put(key, secret)

    def forget(self, key: SecretKey) -> None:
        """Drop the password."""
        self.store.forget(key)


class PasswordKeeper(QObject):
    """The passwords of one open migration.

    The ledger is read in the commands' thread; the keyring is asked in a thread of its own, so that a prompt which
    nobody answers holds up neither the start nor a command.

    While the plan says `remember_passwords`, entries may be in the keyring. They are deleted when all accounts are
    finished, or when a finished migration is opened whose program ended before it came to that; then the plan is
    saved without the wish, so that the keyring is not asked again (and unlocked) each time somebody looks at it.
    """

    keyring_failed = Signal(object)
    """KeyringProblem: the migration goes on from memory"""
    left_behind = Signal(object)
    """KeyringProblem: the migration is finished, and some passwords may still be in the keyring"""
    removed = Signal(object)
    """RemovedPasswords, as asked for by `remove`"""

    _told = Signal(object)

    def __init__(
        self,
        services: Services,
        commands: Background,
        failed: Callable[[Exception], None],
        spawn: Spawn,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._commands = commands
        self._failed = failed
        self._keyring = Background(spawn, self, name="passwords")
        self._saving = CancelToken()
        self._at_rest = threading.Event()
        self._at_rest.set()
        self._is_known_to_fail = False
        self._is_stopped = False
        self._keeps: bool | None = None
        self._told.connect(self._show_failed, Qt.ConnectionType.QueuedConnection)
        # What follows is touched by the commands thread only.
        self._ledger: Ledger | None = None
        self._secrets: MigrationSecrets | None = None
        self._chosen: _ChosenStore | None = None
        self._puts = 0

    @property
    def keeps(self) -> bool | None:
        """Whether the keyring keeps what is typed until the migration is finished; None for sample mail."""
        return self._keeps

    # In the commands thread

    def open(self, ledger: Ledger, *, is_sample: bool) -> SecretStore:
        """The store of a migration that is being opened: memory, and behind it the keyring if that is wished."""
        plan = ledger.plan()
        if is_sample or not plan.remember_passwords:
            self._secrets = self._services.temporary_secrets()
        else:
            self._secrets = self._services.secrets(plan.id, self._tell)
        self._keeps = None if is_sample else plan.remember_passwords
        self._ledger = ledger
        self._chosen = _ChosenStore(self._secrets)
        return self._chosen

    def put(self, passwords: Mapping[SecretKey, Secret]) -> None:
        """Keep passwords, in memory for the moment: see `tend`."""
        self._puts += 1
        if self._secrets is not None:
            for key, secret in passwords.items():
                if secret:
                    self._secrets.put(key, secret)

    def close(self, timeout_s: float) -> None:
        """Let what is being written come to its end, and let go of the ledger."""
        self._at_rest.wait(timeout_s)
        self._ledger = self._secrets = None

    # On the UI thread; these return at once

    def tend(self) -> None:
        """Bring new passwords into the keyring, or delete those of a migration that is finished."""
        self._commands.run(self._due, self._do, self._failed)

    def keep(self, wanted: bool) -> None:
        """Bring passwords into the keyring from now on, or leave them in memory and delete what is in the keyring."""
        self._keeps = wanted
        if not wanted:
            self._saving.cancel()
        self._commands.run(functools.partial(self._choose, wanted), self._do, self._failed)

    def remove(self) -> None:
        """Delete all passwords of this migration from keyring and memory; `removed` tells."""
        self._saving.cancel()
        self._commands.run(self._everything, self._remove, self._failed)

    def stop(self) -> None:
        """What is not in the keyring yet will not come there; and nothing is asked of the ledger any more."""
        self._is_stopped = True
        self._saving.cancel()

    def join(self, timeout_s: float) -> bool:
        """End the keyring's thread; True if it has ended."""
        return self._keyring.stop(timeout_s)

    def _choose(self, wanted: bool) -> _Due | None:
        if self._ledger is None or self._secrets is None or self._chosen is None:
            return None
        plan = self._ledger.plan()
        self._ledger.save_plan(replace(plan, remember_passwords=wanted))
        if not wanted:
            return self._everything()
        if not plan.remember_passwords:
            former, self._secrets = self._secrets, self._services.secrets(plan.id, self._tell)
            for key in self._ledger.secret_keys():
                if secret := former.get(key):
                    self._secrets.put(key, secret)
            self._chosen.store = self._secrets
        return self._due()

    def _due(self) -> _Due | None:
        if self._ledger is None or self._secrets is None or not self._ledger.plan().remember_passwords:
            return None
        if all(record.state in OVER for record in self._ledger.accounts()):
            return self._everything()
        return _Due(self._secrets, None, self._puts)

    def _everything(self) -> _Due | None:
        if self._ledger is None or self._secrets is None:
            return None
        return _Due(self._secrets, self._ledger.secret_keys(), self._puts)

    def _do(self, due: _Due | None) -> None:
        if due is None:
            return
        if due.unwanted is None:
            self._saving = CancelToken()
            self._at_rest.clear()
            self._keyring.run(functools.partial(self._save, due.secrets, self._saving))
        else:
            self._keyring.run(functools.partial(_release, due), self._show_released)

    def _save(self, secrets: MigrationSecrets, cancel: CancelToken) -> None:
        try:
            secrets.save(cancel)
        finally:
            self._at_rest.set()

    def _show_released(self, outcome: tuple[RemovedPasswords, int]) -> None:
        removed, puts = outcome
        if removed.problem is not None:
            # Who was told that passwords are in memory only has been told enough; the next opening tries again.
            if not self._is_known_to_fail:
                self.left_behind.emit(removed.problem)
        elif not self._is_stopped:
            self._commands.run(functools.partial(self._end_wish, puts), failed=self._failed)

    def _end_wish(self, puts: int) -> None:
        # A password that was typed meanwhile is on its way into the keyring, and will have to be removed.
        if self._ledger is not None and self._puts == puts:
            self._ledger.save_plan(replace(self._ledger.plan(), remember_passwords=False))
            self._keeps = False

    def _remove(self, due: _Due | None) -> None:
        if due is not None and due.unwanted is not None:
            self._keyring.run(functools.partial(due.secrets.remove, due.unwanted), self._show_removed)

    @Slot(object)
    def _show_failed(self, problem: KeyringProblem) -> None:
        self._is_known_to_fail = True
        self.keyring_failed.emit(problem)

    def _show_removed(self, removed: RemovedPasswords) -> None:
        self.removed.emit(removed)

    def _tell(self, problem: KeyringProblem) -> None:
        """Called by whichever thread asked the keyring; the window may be gone by then."""
        if isValid(self):
            self._told.emit(problem)


def _release(due: _Due) -> tuple[RemovedPasswords, int]:
    return due.secrets.release(due.unwanted or ()), due.puts
