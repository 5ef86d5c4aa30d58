"""Takes what was moved out of a wrong mailbox again, in a thread of its own."""

import logging
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.domain.control import Cancelled
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
    """One undo after the other. `begin` is called by the commands thread, which goes on at once."""

    ended = Signal(object)
    """UndoEnded"""

    def __init__(self, services: Services, spawn: Spawn, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._spawn = spawn
        self._thread: RunningThread | None = None

    def begin(self, migration: Migration, options: Options, account_id: str) -> None:
        """Have it done; `ended` tells. It is stopped as the account is."""

        def work() -> None:
            self.ended.emit(self._undo(migration, options, account_id))

        self._thread = self._spawn("undo", work)

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread; True if it has ended."""
        return self._thread is None or self._thread.join(timeout_s)

    def _undo(self, migration: Migration, options: Options, account_id: str) -> UndoEnded:
        try:
            result = migration.undo(account_id, self._services.undo_gateway(options))
        except Cancelled:
            return UndoEnded(account_id)
        except MailError as error:
            return UndoEnded(account_id, failure=Failure(error.reason, error.side, error.server_text))
        except Exception:  # noqa: BLE001 -- whoever waits for the end of it must hear of it
            _LOG.exception("undo failed in a way that nobody expected")
            return UndoEnded(account_id, failure=Failure(Reason.INTERNAL_ERROR))
        return UndoEnded(account_id, result)
