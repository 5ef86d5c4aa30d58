"""How much memory a process holds, over time."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

_KIB_A_MB = 1024
Sample = tuple[float, float]
"""(seconds since the start, MB resident)."""


def resident_mb(pid: int) -> float:
    """What the system counts as resident of a process (Linux)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / _KIB_A_MB
    raise ProcessLookupError(pid)


class MemoryWatch:
    """Samples a process in a thread. A context manager."""

    def __init__(self, pid: int, every_s: float) -> None:
        self._pid = pid
        self._every_s = every_s
        self._start = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory watch")
        self.samples: list[Sample] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(self._every_s):
            try:
                self.samples.append((time.monotonic() - self._start, resident_mb(self._pid)))
            except (OSError, ProcessLookupError):
                return


def slope_mb_per_hour(samples: Sequence[Sample]) -> float:
    """By least squares; 0 for fewer than two samples."""
    if len(samples) < 2:
        return 0.0
    mean_s = sum(when for when, _ in samples) / len(samples)
    mean_mb = sum(much for _, much in samples) / len(samples)
    spread = sum((when - mean_s) ** 2 for when, _ in samples)
    return sum((when - mean_s) * (much - mean_mb) for when, much in samples) / spread * 3600
