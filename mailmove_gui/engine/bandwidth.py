"""A bound on what all runs together take of the line."""

import threading

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.ports import Clock

_SAVED_UP_S = 1.0
_PORTION_S = 2.0
_LOOK_AGAIN_S = 0.5
_SHORTEST_WAIT_S = 0.01


class Bandwidth:
    """A token bucket for all runs of a migration. Thread-safe.

    Whoever finds no debt takes as much as it needs, even if that is more than there is; then all wait until the debt
    is paid. So a message larger than the bucket passes, and the rate still holds over time.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bytes_s: int | None = None
        self._paid_at_s: float | None = None

    def change(self, bytes_s: int | None) -> None:
        """Bound to `bytes_s`, or not at all; holds at once, also for those that wait. Debts are forgotten."""
        with self._lock:
            if bytes_s != self._bytes_s:
                self._bytes_s = bytes_s
                self._paid_at_s = None

    def take(self, size_bytes: int, clock: Clock, cancel: CancelToken) -> None:
        """Wait for the right to read or write so many bytes; raises `Cancelled`."""
        while (wait_s := self._wait_s(size_bytes, clock.monotonic_s())) > 0:
            clock.wait(cancel, max(_SHORTEST_WAIT_S, min(wait_s, _LOOK_AGAIN_S)))

    def portion_bytes(self, wanted_bytes: int) -> int:
        """How much of `wanted_bytes` to take at once, so that the line is used evenly and not in bursts."""
        with self._lock:
            return wanted_bytes if self._bytes_s is None else min(wanted_bytes, round(self._bytes_s * _PORTION_S))

    def _wait_s(self, size_bytes: int, now_s: float) -> float:
        """Take, and return 0; or how long the debt takes to be paid."""
        with self._lock:
            if self._bytes_s is None:
                return 0.0
            paid_at_s = now_s if self._paid_at_s is None else self._paid_at_s
            if paid_at_s > now_s:
                return paid_at_s - now_s
            self._paid_at_s = max(paid_at_s, now_s - _SAVED_UP_S) + size_bytes / self._bytes_s
            return 0.0
