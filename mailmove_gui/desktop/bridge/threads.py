"""QThreads behind the Spawn port."""

import sys
import threading
import time
from collections.abc import Callable

from PySide6.QtCore import QDeadlineTimer, QObject, QThread, Slot

_STACK_BYTES = 8 * 1024 * 1024  # as on Linux; macOS gives secondary threads 512 KiB, too little for Python


class _Worker(QObject):
    """Lives in its own thread and runs one function there."""

    def __init__(self, target: Callable[[], None], thread: QThread, ended: threading.Event) -> None:
        super().__init__()
        self._target: Callable[[], None] | None = target
        self._thread = thread
        self._ended = ended

    @Slot()
    def run(self) -> None:
        """Run the function; what it raises goes where plain threads send it."""
        target, self._target = self._target, None
        try:
            if target is not None:
                target()
        except SystemExit:
            pass
        except BaseException:  # noqa: BLE001 -- an exception that leaves a slot would only be printed
            _report_exception()
        finally:
            del target
            self._ended.set()
            self._thread.quit()


class QtThread:
    """A QThread that was started."""

    def __init__(self, name: str, target: Callable[[], None]) -> None:
        self._ended = threading.Event()
        self._thread = QThread()
        self._thread.setObjectName(name)
        self._thread.setStackSize(_STACK_BYTES)
        self._worker = _Worker(target, self._thread, self._ended)
        self._worker.moveToThread(self._thread)
        self._thread.started.connect(self._worker.run)
        self._thread.start()

    @property
    def name(self) -> str:
        """What it was called when it was started."""
        return self._thread.objectName()

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait for its end; True if it has ended. Called in the thread itself: False at once."""
        if QThread.currentThread() is self._thread:
            return False
        start = time.monotonic()
        if not self._ended.wait(timeout_s):
            return False
        if timeout_s is None:
            return self._thread.wait(QDeadlineTimer(QDeadlineTimer.ForeverConstant.Forever))
        # The function has returned; the thread is only putting itself away.
        left_s = max(0.05, timeout_s - (time.monotonic() - start))
        return self._thread.wait(QDeadlineTimer(round(left_s * 1000)))


class QtSpawn:
    """The Spawn port on QThreads; callable from any thread.

    Keeps every thread until it has ended: a QThread that is forgotten while it runs ends the program.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads: list[QtThread] = []

    def __call__(self, name: str, target: Callable[[], None]) -> QtThread:
        """Start `target` in a thread of that name."""
        thread = QtThread(name, target)
        with self._lock:
            self._threads = [known for known in self._threads if not known.join(0)]
            self._threads.append(thread)
        return thread

    @property
    def running(self) -> tuple[str, ...]:
        """Names of the threads that have not ended."""
        with self._lock:
            threads = list(self._threads)
        return tuple(thread.name for thread in threads if not thread.join(0))

    def join(self, timeout_s: float) -> bool:
        """Wait until all have ended; True if so."""
        deadline = time.monotonic() + timeout_s
        with self._lock:
            threads = list(self._threads)
        return all(thread.join(max(0.0, deadline - time.monotonic())) for thread in threads)


def _report_exception() -> None:
    kind, value, trace = sys.exc_info()
    if kind is not None:
        threading.excepthook(threading.ExceptHookArgs((kind, value, trace, threading.current_thread())))
