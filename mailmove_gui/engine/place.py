"""A run's place among those that are at work: kept, given up for a wait, taken again."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.ports import Clock


class Place:
    """One run's place. Without arguments: of a run that nobody else waits for.

    Args:
        give_up: lets another run have the place; False if that is not wanted.
        take_again: waits for a place, and calls what it is given if there is none at once. Raises `Cancelled`.
    """

    def __init__(
        self,
        give_up: Callable[[], bool] = lambda: False,
        take_again: Callable[[Callable[[], None]], None] = lambda _no_place_yet: None,
    ) -> None:
        self._give_up = give_up
        self._take_again = take_again
        self._lock = threading.Lock()
        self._wait: CancelToken | None = None

    def wait(self, clock: Clock, cancel: CancelToken, seconds: float, *, tell: Callable[[], None]) -> None:
        """Wait until the time is over or `wake` is called; raises `Cancelled` when the run is asked to stop.

        Args:
            clock: whose seconds they are.
            cancel: stops the run.
            seconds: how long.
            tell: tells that the run waits; whoever is told can wake it.
        """
        with cancel.part() as wait:
            with self._lock:
                self._wait = wait
            try:
                tell()
                clock.wait(wait, seconds)
            except Cancelled:
                cancel.check()
            finally:
                with self._lock:
                    self._wait = None

    def wake(self) -> None:
        """End the run's wait, if it is in one. Callable from any thread."""
        with self._lock:
            if self._wait is not None:
                self._wait.cancel()

    @contextmanager
    def given_up(self, no_place_yet: Callable[[], None]) -> Iterator[None]:
        """Have others go on inside the block, and take the place again at its end.

        Args:
            no_place_yet: called at the end of the block if all places are taken.

        Raises:
            Cancelled: the run was asked to stop while it waited for a place.
        """
        is_given_up = self._give_up()
        yield
        if is_given_up:
            self._take_again(no_place_yet)
