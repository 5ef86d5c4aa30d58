"""The check before the start, away from the UI thread."""

import time
from collections.abc import Iterable, Mapping

from PySide6.QtCore import QObject, Qt, Signal, Slot

from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.findings import AccountCheck
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.ports import RunningThread, Spawn
from mailmove_gui.domain.secret import Secret, SecretKey
from mailmove_gui.engine.preflight import CheckPorts, check_accounts


class Checker(QObject):
    """Checks accounts on both sides, several at once; results come as they are found."""

    checked = Signal(object)
    """AccountCheck"""
    finished = Signal()
    """all that were asked for are checked; not sent after `cancel`"""

    _checked = Signal(int, object)
    _finished = Signal(int)

    def __init__(self, services: Services, spawn: Spawn, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._spawn = spawn
        self._run = 0
        self._cancel: CancelToken | None = None
        self._threads: list[RunningThread] = []
        self._checked.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)
        self._finished.connect(self._end, Qt.ConnectionType.QueuedConnection)

    @property
    def is_running(self) -> bool:
        """Whether accounts are being checked."""
        return self._cancel is not None

    def start(
        self, plan: MigrationPlan, passwords: Mapping[SecretKey, Secret], account_ids: Iterable[str] | None = None
    ) -> None:
        """Check accounts of the plan (None: all); a check that is running is given up."""
        self.cancel()
        self._run += 1
        run, cancel = self._run, CancelToken()
        self._cancel = cancel
        wanted = None if account_ids is None else tuple(account_ids)
        typed = dict(passwords)

        def work() -> None:
            secrets = self._services.temporary_secrets()
            for key, secret in typed.items():
                secrets.put(key, secret)

            def done(check: AccountCheck) -> None:
                self._checked.emit(run, check)

            try:
                gateway = self._services.gateway(plan.options)
                ports = CheckPorts(gateway, secrets, self._services.provider_of_host, spawn=self._spawn)
                check_accounts(plan, wanted, ports, done, cancel)
            finally:
                self._finished.emit(run)

        self._threads = [thread for thread in self._threads if not thread.join(0)]
        self._threads.append(self._spawn("checks", work))

    def cancel(self) -> None:
        """Give up; connections are cut. Does not wait."""
        if self._cancel is not None:
            self._cancel.abort()
            self._cancel = None

    def join(self, timeout_s: float) -> bool:
        """Wait until the threads of all checks have ended; True if so."""
        deadline_s = time.monotonic() + timeout_s
        return all(thread.join(max(0.0, deadline_s - time.monotonic())) for thread in self._threads)

    @Slot(int, object)
    def _pass_on(self, run: int, check: AccountCheck) -> None:
        if run == self._run and self._cancel is not None:
            self.checked.emit(check)

    @Slot(int)
    def _end(self, run: int) -> None:
        if run == self._run and self._cancel is not None:
            self._cancel = None
            self.finished.emit()
