"""Asking a run to stop, and cutting it off if it does not."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Cancelled(Exception):
    """Raised inside a run that was asked to stop; its account goes on later where it was."""


class CancelToken:
    """One for each run. Thread-safe.

    `cancel` asks: the run looks between batches and in every wait. `abort` cuts: the sockets of connections registered
    with `on_abort` are shut, so that a blocked read or write ends at once.
    """

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._aborts: dict[int, Callable[[], None]] = {}
        self._parts: list[CancelToken] = []
        self._next = 0
        self._aborted = False

    @property
    def is_set(self) -> bool:
        """Whether the run was asked to stop."""
        return self._event.is_set()

    def cancel(self) -> None:
        """Ask the run to stop at the next border of a batch."""
        with self._lock:
            self._event.set()
            parts = list(self._parts)
        for part in parts:
            part.cancel()

    def abort(self) -> None:
        """Ask the run to stop, and cut its connections, also those that are registered later."""
        self.cancel()
        with self._lock:
            self._aborted = True
            aborts = list(self._aborts.values())
        for abort in aborts:
            abort()

    def check(self) -> None:
        """Raise `Cancelled` if the run was asked to stop."""
        if self._event.is_set():
            raise Cancelled

    def wait(self, seconds: float) -> None:
        """Sleep, but wake up and raise `Cancelled` when the run is asked to stop."""
        if self._event.wait(max(0.0, seconds)):
            raise Cancelled

    @contextmanager
    def part(self) -> Iterator["CancelToken"]:
        """A token for a part of the run: asked to stop when the run is and when the block ends, or by itself."""
        part = CancelToken()
        with self._lock:
            self._parts.append(part)
            if self._event.is_set():
                part.cancel()
        try:
            yield part
        finally:
            part.cancel()
            with self._lock:
                self._parts.remove(part)

    @contextmanager
    def on_abort(self, abort: Callable[[], None]) -> Iterator[None]:
        """Have `abort` called if the run is cut off inside the block."""
        with self._lock:
            key = self._next
            self._next += 1
            self._aborts[key] = abort
            aborted = self._aborted
        if aborted:
            abort()
        try:
            yield
        finally:
            with self._lock:
                del self._aborts[key]
