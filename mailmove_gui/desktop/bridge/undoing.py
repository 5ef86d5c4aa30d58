"""Takes what was moved out of a wrong mailbox again, in a thread of its own."""

import logging
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.plan import Options
from mailmove_gui.domain.ports import RunningThread, Spawn
from mailmove_gui.domain.reasons import MailError, Reason
from mailmove_gui.domain.undo import UndoResult
from mailmove_gui.engine.migration import Migration

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class UndoEnded:
    """How an undo came to its end; with neither a result nor a failure it was stopped, and can go on later."""

    account_id: str
    result: UndoResult | None = None
    failure: Failure | None = None


class Undoing(QObject):
    """One undo after the other. `begin` and `stop` are called by the commands thread, which goes on at once."""

    ended = Signal(object)
    """UndoEnded"""

    def __init__(self, services: Services, spawn: Spawn, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._spawn = spawn
        self._thread: RunningThread | None = None
        self._cancel = CancelToken()

    def begin(self, migration: Migration, options: Options, account_id: str) -> None:
        """Have it done; `ended` tells."""
        cancel = self._cancel = CancelToken()

        def work() -> None:
            self.ended.emit(self._undo(migration, options, account_id, cancel))

        self._thread = self._spawn("undo", work)

    def stop(self, migration: Migration, account_id: str) -> None:
        """Have it come to rest after what it is removing now; its connections are cut if that takes long."""
        self._cancel.cancel()
        migration.stop((account_id,))

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread; True if it has ended."""
        return self._thread is None or self._thread.join(timeout_s)

    def _undo(self, migration: Migration, options: Options, account_id: str, cancel: CancelToken) -> UndoEnded:
        try:
            result = migration.undo(account_id, self._services.undo_gateway(options), cancel)
        except Cancelled:
            return UndoEnded(account_id)
        except MailError as error:
            return UndoEnded(account_id, failure=Failure(error.reason, error.side, error.server_text))
        except Exception:  # noqa: BLE001 -- whoever waits for the end of it must hear of it
            _LOG.exception("undo failed in a way that nobody expected")
            return UndoEnded(account_id, failure=Failure(Reason.INTERNAL_ERROR))
        return UndoEnded(account_id, result)
