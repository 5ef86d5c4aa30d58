"""Watches how late the UI thread is, and runs its event loop as the program does."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Slot

TICK_MS = 10
GOAL_P99_MS, GOAL_MAX_MS = 50.0, 200.0
_TIMEOUT_S = 600.0
_LOOK_MS = 50
_TICKS_BETWEEN_LOOKS = 100


def memory_mb() -> float:
    """Memory of this process now, in MB; 0 where the system does not tell in the way of Linux."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGESIZE") / 1e6


class Watch(QObject):
    """Notes how late each tick of the UI thread's timer is, and about every second how much memory there is."""

    def __init__(self) -> None:
        super().__init__()
        self.late_ms: list[float] = []
        self.peak_mb = 0.0
        self._last = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self._last = time.perf_counter()
        self._timer.start(TICK_MS)

    def stop(self) -> None:
        self._timer.stop()
        self.peak_mb = max(self.peak_mb, memory_mb())

    @Slot()
    def _tick(self) -> None:
        now = time.perf_counter()
        self.late_ms.append(max(0.0, (now - self._last) * 1000 - TICK_MS))
        self._last = now
        if len(self.late_ms) % _TICKS_BETWEEN_LOOKS == 0:
            self.peak_mb = max(self.peak_mb, memory_mb())


class _Until(QObject):
    """Runs the event loop as the program does (`exec` gives Python's lock away, `processEvents` does not)."""

    def __init__(self, condition: Callable[[], bool]) -> None:
        super().__init__()
        self._condition = condition
        self._deadline = time.monotonic() + _TIMEOUT_S
        self._loop = QEventLoop()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)

    def run(self) -> None:
        self._timer.start(_LOOK_MS)
        self._loop.exec()
        self._timer.stop()
        assert self._condition(), "it took too long"

    @Slot()
    def _look(self) -> None:
        if self._condition() or time.monotonic() > self._deadline:
            self._loop.quit()


def run_until(condition: Callable[[], bool]) -> None:
    """Run the event loop until something is so."""
    _Until(condition).run()


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds that something took, and the milliseconds by which the UI thread was late."""

    name: str
    seconds: float
    late_ms: list[float]

    def line(self) -> str:
        """A row of the table."""
        late = sorted(self.late_ms) or [0.0]
        p99 = late[min(len(late) - 1, len(late) * 99 // 100)]
        good = "yes" if p99 <= GOAL_P99_MS and late[-1] <= GOAL_MAX_MS else "NO"
        return f"| {self.name} | {self.seconds:.2f} | {p99:.1f} | {late[-1]:.1f} | {good} |"


def measured(name: str, begin: Callable[[], None], is_over: Callable[[], bool]) -> Measured:
    """Begin something, run the event loop until it is over, and note how late the UI thread was meanwhile."""
    watch = Watch()
    watch.start()
    began = time.perf_counter()
    begin()
    run_until(is_over)
    seconds = time.perf_counter() - began
    watch.stop()
    return Measured(name, seconds, watch.late_ms)
