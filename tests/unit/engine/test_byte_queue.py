import threading

import pytest

from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.engine.byte_queue import ByteQueue


def test_items_come_out_in_order_and_none_after_the_last() -> None:
    queue: ByteQueue[str] = ByteQueue(100)
    cancel = CancelToken()
    for item in "abc":
        assert queue.put(item, 10, cancel)
    queue.finish()
    assert [queue.get(cancel) for _ in range(4)] == ["a", "b", "c", None]


def test_put_waits_for_room_but_lets_an_oversized_item_pass_alone() -> None:
    queue: ByteQueue[int] = ByteQueue(100)
    cancel = CancelToken()
    queue.put(1, 1000, cancel)
    entered = threading.Event()

    def put_second() -> None:
        queue.put(2, 1, cancel)
        entered.set()

    thread = threading.Thread(target=put_second)
    thread.start()
    assert not entered.wait(0.3)
    assert queue.get(cancel) == 1
    assert entered.wait(5)
    thread.join()
    assert queue.get(cancel) == 2


def test_readers_error_reaches_the_taker_after_what_was_read() -> None:
    queue: ByteQueue[str] = ByteQueue(10)
    cancel = CancelToken()
    queue.put("read", 1, cancel)
    queue.finish(RuntimeError("broken"))
    assert queue.get(cancel) == "read"
    with pytest.raises(RuntimeError, match="broken"):
        queue.get(cancel)


def test_abandoned_queue_lets_the_reader_go() -> None:
    queue: ByteQueue[int] = ByteQueue(1)
    cancel = CancelToken()
    queue.put(1, 1, cancel)
    results: list[bool] = []
    thread = threading.Thread(target=lambda: results.append(queue.put(2, 1, cancel)))
    thread.start()
    queue.abandon()
    thread.join(5)
    assert results == [False]


def test_cancel_wakes_both_ends() -> None:
    queue: ByteQueue[int] = ByteQueue(1)
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        queue.get(cancel)
    with pytest.raises(Cancelled):
        queue.put(1, 1, cancel)
