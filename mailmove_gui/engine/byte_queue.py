"""A queue between reader and writer that is bounded by bytes."""

import threading
from collections import deque
from typing import Generic, TypeVar

from mailmove_gui.domain.control import CancelToken

_Item = TypeVar("_Item")
_LOOK_AROUND_S = 0.25


class ByteQueue(Generic[_Item]):
    """First in, first out. An item larger than the whole bound passes alone."""

    def __init__(self, bound_bytes: int) -> None:
        self._bound_bytes = bound_bytes
        self._changed = threading.Condition()
        self._items: deque[tuple[_Item, int]] = deque()
        self._held_bytes = 0
        self._finished = False
        self._abandoned = False
        self._error: BaseException | None = None

    def put(self, item: _Item, size_bytes: int, cancel: CancelToken) -> bool:
        """Wait for room and add the item; False if nobody will take it any more. Raises `Cancelled`."""
        with self._changed:
            while not self._abandoned and self._items and self._held_bytes + size_bytes > self._bound_bytes:
                cancel.check()
                self._changed.wait(_LOOK_AROUND_S)
            cancel.check()
            if self._abandoned:
                return False
            self._items.append((item, size_bytes))
            self._held_bytes += size_bytes
            self._changed.notify_all()
            return True

    def finish(self, error: BaseException | None = None) -> None:
        """No more items come; `error` is raised to the taker after those that are still in."""
        with self._changed:
            self._finished = True
            self._error = error
            self._changed.notify_all()

    def abandon(self) -> None:
        """Nobody takes items any more."""
        with self._changed:
            self._abandoned = True
            self._items.clear()
            self._changed.notify_all()

    def get(self, cancel: CancelToken) -> _Item | None:
        """Wait for the next item; None after the last one. Raises `Cancelled`, or what the reader ended with."""
        with self._changed:
            while not self._items and not self._finished:
                cancel.check()
                self._changed.wait(_LOOK_AROUND_S)
            cancel.check()
            if self._items:
                item, size_bytes = self._items.popleft()
                self._held_bytes -= size_bytes
                self._changed.notify_all()
                return item
            if self._error is not None:
                raise self._error
            return None
