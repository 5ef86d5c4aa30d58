"""From the engine's threads to the UI thread, a bounded piece at a time."""

import itertools
import threading
from collections import deque

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from mailmove_gui.domain.events import AccountChanged, AccountProgressed, Event

TICK_MS = 100
MOST_EVENTS = 500
"""How many events one tick hands over at most."""
MOST_PROGRESS = 100
"""How many of these are progress; a thousand accounts then take turns."""


class Pump(QObject):
    """A Sink that any thread may call; `drained` hands over what has gathered, on the UI thread, every 100 ms.

    Of each account's progress only the newest is kept; everything else arrives whole and in order.
    """

    drained = Signal(object)
    """tuple[Event, ...], never empty"""

    def __init__(self, parent: QObject | None = None, *, most_events: int = MOST_EVENTS) -> None:
        super().__init__(parent)
        self._most_events = most_events
        self._lock = threading.Lock()
        self._whole: deque[Event] = deque()
        self._progress: dict[str, AccountProgressed] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.drain)

    def __call__(self, event: Event) -> None:
        """Take one event; from any thread."""
        with self._lock:
            match event:
                case AccountProgressed():
                    self._progress[event.account_id] = event
                case AccountChanged():
                    # Its numbers are newer than those of the progress before it.
                    self._progress.pop(event.account_id, None)
                    self._whole.append(event)
                case _:
                    self._whole.append(event)

    def start(self) -> None:
        """Begin to drain."""
        self._timer.start()

    def stop(self) -> None:
        """Hand over all that is left, and drain no more."""
        self._timer.stop()
        while self.drain():
            pass

    @Slot(result=bool)
    def drain(self) -> bool:
        """Hand over what has gathered, up to a bound; True if there was anything."""
        events = self._take()
        if events:
            self.drained.emit(events)
        return bool(events)

    def _take(self) -> tuple[Event, ...]:
        with self._lock:
            events: list[Event] = []
            while self._whole and len(events) < self._most_events:
                events.append(self._whole.popleft())
            # Progress is newer than the changes before it, so it comes only when all of those are out.
            if not self._whole:
                room = min(self._most_events - len(events), MOST_PROGRESS)
                ready = list(itertools.islice(self._progress, room))
                events.extend(self._progress.pop(account_id) for account_id in ready)
            return tuple(events)
