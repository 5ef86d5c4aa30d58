"""A clock for passes: hours go by in which nothing waits for real."""

import threading
from collections.abc import Callable
from datetime import timedelta

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.engine.passes import THREAD
from tests.unit.engine.fake_mail import FakeClock

_TIMEOUT_S = 60


class Hours(FakeClock):
    """Its hands go on while nothing is being moved, up to the hour that the test wants."""

    def __init__(self) -> None:
        super().__init__()
        self._changed = threading.Condition()
        self._until = self.now()
        self._has_looked = False
        self.comes_to_rest: Callable[[], bool] = lambda: True
        """Waits until nothing is being moved."""
        self.happens: Callable[[], None] = lambda: None
        """Called each time the hands go on."""

    def go_on(self, **time: float) -> None:
        """Let so much time pass, with all the passes in it; `Migration.watch` has been called."""
        with self._changed:
            self._until += timedelta(**time)
            self._has_looked = False
            self._changed.notify_all()
            assert self._changed.wait_for(lambda: self._has_looked, _TIMEOUT_S)

    def jump(self, **time: float) -> None:
        """Let so much time pass while no program runs."""
        self._until += timedelta(**time)
        self.turn_to(self._until)

    def wait(self, cancel: CancelToken, seconds: float) -> None:
        if threading.current_thread().name != THREAD:
            super().wait(cancel, seconds)
            return
        assert self.comes_to_rest()
        with self._changed:
            while self.now() >= self._until:
                self._has_looked = True
                self._changed.notify_all()
                cancel.check()
                # The test lets time go on, or everything is being closed, which it has to look for.
                self._changed.wait(0.05)
            cancel.check()
            self.turn_to(min(self._until, self.now() + timedelta(seconds=seconds)))
        self.happens()
