"""One thing that takes time, begun anew whenever it is asked for again."""

import logging
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.ports import RunningThread, Spawn

_LOG = logging.getLogger(__name__)

Work = Callable[[Callable[[Any], None], CancelToken], None]
"""Runs in a thread of its own; reports results as they come; raises Cancelled if asked to stop."""


class LatestRun(QObject):
    """Runs work in a thread of its own. Only the latest run is heard: a new one gives up the former."""

    reported = Signal(object)
    """what the work reported, on the UI thread"""
    finished = Signal()
    """all was reported; not sent after `cancel`"""
    failed = Signal()
    """a mistake of our own ended the work; it is in the log"""

    _reported = Signal(int, object)
    _ended = Signal(int, bool)

    def __init__(self, spawn: Spawn, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._spawn = spawn
        self._run = 0
        self._cancel: CancelToken | None = None
        self._threads: list[RunningThread] = []
        self._reported.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(self._end, Qt.ConnectionType.QueuedConnection)

    @property
    def is_running(self) -> bool:
        """Whether something is being done."""
        return self._cancel is not None

    def cancel(self) -> None:
        """Give up; connections are cut. Does not wait."""
        if self._cancel is not None:
            self._cancel.abort()
            self._cancel = None

    def join(self, timeout_s: float) -> bool:
        """Wait until the threads of all runs have ended; True if so."""
        deadline_s = time.monotonic() + timeout_s
        return all(thread.join(max(0.0, deadline_s - time.monotonic())) for thread in self._threads)

    def _begin(self, name: str, work: Work) -> None:
        """Do `work` in a thread of that name; what is running is given up."""
        self.cancel()
        self._run += 1
        run, cancel = self._run, CancelToken()
        self._cancel = cancel

        def report(result: object) -> None:
            self._reported.emit(run, result)

        def do() -> None:
            worked = False
            try:
                work(report, cancel)
                worked = True
            except Cancelled:
                pass
            except Exception:  # noqa: BLE001 -- whatever it is, it is logged, and `failed` tells
                _LOG.exception("%s failed in a way that nobody expected", name)
            finally:
                self._ended.emit(run, worked)

        self._threads = [thread for thread in self._threads if not thread.join(0)]
        self._threads.append(self._spawn(name, do))

    @Slot(int, object)
    def _pass_on(self, run: int, result: object) -> None:
        if run == self._run and self._cancel is not None:
            self.reported.emit(result)

    @Slot(int, bool)
    def _end(self, run: int, worked: bool) -> None:
        if run == self._run and self._cancel is not None:
            self._cancel = None
            if worked:
                self.finished.emit()
            else:
                self.failed.emit()
