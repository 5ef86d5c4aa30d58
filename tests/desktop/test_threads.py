import threading
import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import QThread

from mailmove_gui.desktop.bridge.threads import QtSpawn
from mailmove_gui.domain.ports import RunningThread


def test_runs_in_a_thread_of_its_own(spawn: QtSpawn) -> None:
    seen: list[QThread] = []
    thread = spawn("one", lambda: seen.append(QThread.currentThread()))
    assert thread.join(5)
    assert len(seen) == 1
    assert seen[0] is not QThread.currentThread()


def test_join_tells_whether_it_has_ended(spawn: QtSpawn) -> None:
    go_on = threading.Event()

    def work() -> None:
        go_on.wait(10)

    thread = spawn("waits", work)
    assert not thread.join(0.05)
    assert list(spawn.running) == ["waits"]
    go_on.set()
    assert thread.join(5)
    assert thread.join(0)
    assert list(spawn.running) == []


@pytest.mark.parametrize("outer", ["plain", "qt"])
def test_threads_can_be_spawned_and_joined_in_other_threads(spawn: QtSpawn, outer: str) -> None:
    ended: list[bool] = []
    inner_ran = threading.Event()

    def work() -> None:
        ended.append(spawn("inner", inner_ran.set).join(5))

    if outer == "plain":
        plain = threading.Thread(target=work)
        plain.start()
        plain.join(10)
    else:
        assert spawn("outer", work).join(10)
    assert inner_ran.is_set()
    assert ended == [True]


def test_a_thread_does_not_wait_for_itself(spawn: QtSpawn) -> None:
    threads: list[RunningThread] = []
    started, answers = threading.Event(), list[bool]()

    def work() -> None:
        started.wait(5)
        answers.append(threads[0].join(5))

    threads.append(spawn("self", work))
    started.set()
    assert threads[0].join(5)
    assert answers == [False]


def test_what_is_raised_goes_where_plain_threads_send_it(spawn: QtSpawn, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", taken.append)

    def work() -> None:
        raise ValueError("broken")

    assert spawn("raises", work).join(5)
    assert [args.exc_type for args in taken] == [ValueError]


def test_a_thread_that_nobody_holds_runs_to_its_end(spawn: QtSpawn) -> None:
    ends: list[int] = []
    lock = threading.Lock()

    def work(number: int) -> Callable[[], None]:
        def run() -> None:
            time.sleep(0.01)
            with lock:
                ends.append(number)

        return run

    for number in range(40):
        spawn(f"thread {number}", work(number))
    assert spawn.join(10)
    assert sorted(ends) == list(range(40))
