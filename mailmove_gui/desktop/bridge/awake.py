"""Keeps the computer awake while accounts run, away from the UI thread."""

from enum import Enum
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from mailmove_gui.desktop.bridge.background import Background
from mailmove_gui.domain.ports import Spawn


class WakeLock(Protocol):
    """A hold on the computer, used from one thread only."""

    def hold(self) -> bool:
        """Keep the computer awake from now on; False if this system offers no way."""
        ...

    def release(self) -> None:
        """Let it fall asleep again."""
        ...


class Wakefulness(Enum):
    """What keeps the computer from falling asleep."""

    LEFT_ALONE = "left_alone"
    """nothing, and nothing needs to"""
    KEPT = "kept"
    REFUSED = "refused"
    """nothing, though something is running: the system offers no way"""


class KeepAwake(QObject):
    """Holds the computer as long as it is wanted."""

    changed = Signal(object)
    """Wakefulness"""

    def __init__(self, lock: WakeLock, spawn: Spawn, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = lock
        self._background = Background(spawn, self, name="awake")
        self._is_wanted = False
        self.state = Wakefulness.LEFT_ALONE

    def want(self, wanted: bool) -> None:
        """Hold the computer, or let go of it; `changed` tells what came of it."""
        if wanted == self._is_wanted:
            return
        self._is_wanted = wanted
        self._background.run(self._hold if wanted else self._release, self._show)

    def stop(self, timeout_s: float) -> bool:
        """End the thread; True if it has ended. Only when it is not wanted any more."""
        return self._background.stop(timeout_s)

    def _hold(self) -> Wakefulness:
        return Wakefulness.KEPT if self._lock.hold() else Wakefulness.REFUSED

    def _release(self) -> Wakefulness:
        self._lock.release()
        return Wakefulness.LEFT_ALONE

    def _show(self, state: Wakefulness) -> None:
        if state is not self.state:
            self.state = state
            self.changed.emit(state)
