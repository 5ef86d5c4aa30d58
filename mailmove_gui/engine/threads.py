"""Plain threads behind the Spawn port."""

import threading
from collections.abc import Callable


class PlainThread:
    """A `threading.Thread` that was started."""

    def __init__(self, name: str, target: Callable[[], None]) -> None:
        self._thread = threading.Thread(target=target, name=name)
        self._thread.start()

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait for its end; True if it has ended."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()


def spawn_thread(name: str, target: Callable[[], None]) -> PlainThread:
    """Start `target` in a plain thread."""
    return PlainThread(name, target)
