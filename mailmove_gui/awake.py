"""Keeps the computer from falling asleep by itself while mail is moved.

The screen may still turn off and lock, and closing a laptop's lid still sends it to sleep.
"""

import contextlib
import logging
import sys
from collections.abc import Iterator

from wakepy import DBusAdapter, keep
from wakepy.core import DBusMethodCall

_LOG = logging.getLogger(__name__)


class WakeLock:
    """One hold on the computer. All calls in one thread: wakepy keeps its state by thread.

    Windows: SetThreadExecutionState. macOS: caffeinate. Linux: the session manager of GNOME or the power manager of
    other desktops, over the session's D-Bus, where each call waits 2 s at the most.
    """

    def __init__(self) -> None:
        self._held = contextlib.ExitStack()
        self._is_held = False

    def hold(self) -> bool:
        """Keep the computer awake from now on; False if this system offers no way (wakepy logs why)."""
        if not self._is_held:
            self._is_held = self._held.enter_context(keep.running(on_fail="pass", dbus_adapter=_dbus())).active
            if not self._is_held:
                self._held.close()
        return self._is_held

    def release(self) -> None:
        """Let it fall asleep again."""
        self._is_held = False
        try:
            self._held.close()
        except RuntimeError as error:  # wakepy's; the system lets go by itself when this program ends
            _LOG.warning("the hold on the computer could not be given back: %s", type(error).__name__)


@contextlib.contextmanager
def kept_awake() -> Iterator[bool]:
    """Hold the computer awake inside the `with`; whether that works."""
    lock = WakeLock()
    try:
        yield lock.hold()
    finally:
        lock.release()


def _dbus() -> type[DBusAdapter] | None:
    """How calls to the session's bus are made; None where systems have none."""
    if sys.platform in {"win32", "darwin"}:
        return None
    from wakepy.dbus_adapters.jeepney import JeepneyDBusAdapter  # noqa: PLC0415 -- there is no jeepney on the other systems

    class Closing(JeepneyDBusAdapter):
        """Closes its connection when a call fails; wakepy does so only at the end of a hold that came about."""

        def process(self, call: DBusMethodCall) -> object:
            try:
                return super().process(call)
            except BaseException:
                self.close_connections()
                raise

    return Closing
