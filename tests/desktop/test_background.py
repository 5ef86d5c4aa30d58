import threading

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread

from mailmove_gui.desktop.bridge.background import Background
from mailmove_gui.desktop.bridge.threads import QtSpawn
from tests.desktop.conftest import wait_until


class Receiver(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.results: list[object] = []
        self.errors: list[Exception] = []
        self.threads: set[QThread] = set()

    def take(self, result: object) -> None:
        self.threads.add(QThread.currentThread())
        self.results.append(result)

    def refuse(self, error: Exception) -> None:
        self.threads.add(QThread.currentThread())
        self.errors.append(error)


def test_work_is_done_elsewhere_in_order_and_results_come_back_here(spawn: QtSpawn) -> None:
    background, receiver = Background(spawn), Receiver()
    worked_in: set[QThread] = set()

    def work(number: int) -> int:
        worked_in.add(QThread.currentThread())
        return number

    for number in range(20):
        background.run(lambda number=number: work(number), receiver.take)  # type: ignore[misc]
    wait_until(lambda: len(receiver.results) == 20)
    assert receiver.results == list(range(20))
    assert receiver.threads == {QThread.currentThread()}
    assert worked_in.isdisjoint(receiver.threads)
    assert background.stop(5)


def test_what_is_raised_comes_back_and_the_next_task_runs(spawn: QtSpawn) -> None:
    background, receiver = Background(spawn), Receiver()

    def fail() -> None:
        raise OSError("disk")

    background.run(fail, receiver.take, receiver.refuse)
    background.run(lambda: 7, receiver.take, receiver.refuse)
    wait_until(lambda: receiver.results == [7])
    assert [type(error) for error in receiver.errors] == [OSError]
    assert background.stop(5)


def test_an_error_that_nobody_takes_is_raised_on_the_ui_thread(
    spawn: QtSpawn, capture_exceptions: list[BaseException]
) -> None:
    background = Background(spawn)

    def fail() -> None:
        raise ValueError("mistake")

    background.run(fail)
    wait_until(lambda: bool(capture_exceptions))
    assert [type(error) for error in capture_exceptions] == [ValueError]
    assert background.stop(5)


def test_a_receiver_that_is_gone_is_not_called(spawn: QtSpawn) -> None:
    background, receiver, other = Background(spawn), Receiver(), Receiver()
    go_on = threading.Event()
    background.run(lambda: go_on.wait(5), receiver.take)
    background.run(lambda: "after", other.take)
    receiver.deleteLater()
    QCoreApplication.sendPostedEvents(receiver, QEvent.Type.DeferredDelete)
    go_on.set()
    wait_until(lambda: other.results == ["after"])
    assert receiver.results == []
    assert background.stop(5)
