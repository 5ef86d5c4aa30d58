"""Things that take time, one after the other, away from the UI thread."""

import logging
import queue
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from mailmove_gui.domain.ports import RunningThread, Spawn

_LOG = logging.getLogger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Task(Generic[_T]):
    work: Callable[[], _T]
    done: Callable[[_T], None] | None
    failed: Callable[[Exception], None] | None


@dataclass(frozen=True, slots=True)
class _Outcome:
    task: _Task[Any]
    result: Any = None
    error: Exception | None = None


class Background(QObject):
    """Runs tasks in one thread of its own, in order, and hands their results back on the UI thread.

    `done` and `failed` are bound methods of QObjects; those whose object is gone by then are not called.
    """

    _ended = Signal(object)

    def __init__(self, spawn: Spawn, parent: QObject | None = None, *, name: str = "commands") -> None:
        super().__init__(parent)
        self._spawn = spawn
        self._name = name
        self._tasks: queue.SimpleQueue[_Task[Any] | None] = queue.SimpleQueue()
        self._thread: RunningThread | None = None
        self._ended.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Callable[[], _T],
        done: Callable[[_T], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Have `work` done after what was asked for before.

        Args:
            work: runs in the background thread.
            done: gets what it returned, on the UI thread.
            failed: gets what it raised, on the UI thread; without it the exception is the program's, as if it had been
                raised there.
        """
        if self._thread is None:
            self._thread = self._spawn(self._name, self._work)
        self._tasks.put(_Task(work, done, failed))

    def stop(self, timeout_s: float) -> bool:
        """Let what was asked for come to its end, then end the thread; True if it has ended."""
        if self._thread is None:
            return True
        self._tasks.put(None)
        if not self._thread.join(timeout_s):
            return False
        self._thread = None
        return True

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            try:
                outcome = _Outcome(task, result=task.work())
            except Exception as error:  # noqa: BLE001 -- whatever it is, it is raised again on the UI thread
                outcome = _Outcome(task, error=error)
            if isValid(self):
                self._ended.emit(outcome)
            del task, outcome

    @Slot(object)
    def _deliver(self, outcome: _Outcome) -> None:
        task = outcome.task
        if outcome.error is None:
            if task.done is not None and _is_alive(task.done):
                task.done(outcome.result)
        elif task.failed is None:
            raise outcome.error
        elif _is_alive(task.failed):
            task.failed(outcome.error)


def _is_alive(method: Callable[..., None]) -> bool:
    owner = getattr(method, "__self__", None)
    return not isinstance(owner, QObject) or isValid(owner)
