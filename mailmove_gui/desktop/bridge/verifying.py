"""Looks again whether everything that was moved is there, in a thread of its own."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.findings import AccountVerification
from mailmove_gui.domain.ports import RunningThread, Spawn
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.engine.migration import Migration

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AccountVerified:
    """One account's result; None: it was stopped before there was one."""

    account_id: str
    result: AccountVerification | None


class Verifying(QObject):
    """One verification after the other. `begin` and `stop` are called by the commands thread, which goes on at once."""

    verified = Signal(object)
    """AccountVerified, of each account in turn"""

    def __init__(self, spawn: Spawn, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._spawn = spawn
        self._thread: RunningThread | None = None
        self._cancel = CancelToken()

    def begin(self, migration: Migration, account_ids: Sequence[str], *, deep: bool) -> None:
        """Have it done; `verified` tells."""
        cancel = self._cancel = CancelToken()

        def work() -> None:
            for account_id in account_ids:
                self.verified.emit(AccountVerified(account_id, _verify(migration, account_id, cancel, deep=deep)))

        self._thread = self._spawn("verify", work)

    def stop(self, migration: Migration, account_ids: Sequence[str]) -> None:
        """Have it come to rest; its connections are cut if that takes long."""
        self._cancel.cancel()
        migration.stop(account_ids)

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread; True if it has ended."""
        self._cancel.cancel()
        return self._thread is None or self._thread.join(timeout_s)


def _verify(migration: Migration, account_id: str, cancel: CancelToken, *, deep: bool) -> AccountVerification | None:
    try:
        cancel.check()
        return migration.verify(account_id, cancel, deep=deep)
    except Cancelled:
        return None
    except Exception:  # noqa: BLE001 -- whoever waits for the end of it must hear of it
        _LOG.exception("a verification failed in a way that nobody expected")
        return AccountVerification(account_id, deep, failure=Failure(Reason.INTERNAL_ERROR))
