import threading

import pytest
from PySide6.QtWidgets import QApplication

from mailmove_gui.desktop.bridge.pump import Pump
from mailmove_gui.domain.events import (
    AccountChanged,
    AccountNoted,
    AccountProgressed,
    Event,
    Failure,
    MessageRefused,
    QueueEmptied,
    Refusal,
)
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.domain.states import AccountState
from tests.desktop.conftest import wait_until


def progress(account: str, moved: int) -> AccountProgressed:
    return AccountProgressed(account, Counts(total=100, moved=moved))


def change(account: str, moved: int = 0) -> AccountChanged:
    return AccountChanged(account, AccountState.MOVING, Counts(total=100, moved=moved))


def refusal(uid: int) -> MessageRefused:
    return MessageRefused(Refusal("a", ("INBOX",), uid, Reason.MESSAGE_REFUSED, "NO", "", "", "", 1))


@pytest.fixture
def drained(qapp: QApplication) -> tuple[Pump, list[tuple[Event, ...]]]:
    pump, batches = Pump(most_events=10), list[tuple[Event, ...]]()
    pump.drained.connect(batches.append)
    return pump, batches


def test_of_progress_only_the_newest_of_each_account_arrives(
    drained: tuple[Pump, list[tuple[Event, ...]]],
) -> None:
    pump, batches = drained
    for moved in range(50):
        pump(progress("a", moved))
        pump(progress("b", moved * 2))
    assert pump.drain()
    assert batches == [(progress("a", 49), progress("b", 98))]
    assert not pump.drain()
    assert len(batches) == 1


def test_everything_else_arrives_whole_and_in_order(drained: tuple[Pump, list[tuple[Event, ...]]]) -> None:
    pump, batches = drained
    sent: list[Event] = [change("a"), *map(refusal, range(30)), AccountNoted("a", Failure(Reason.THROTTLED))]
    sent += [change("a", 5), QueueEmptied()]
    for event in sent:
        pump(event)
    while pump.drain():
        pass
    assert [event for batch in batches for event in batch] == sent
    assert max(map(len, batches)) == 10


def test_progress_never_overtakes_the_change_before_it(drained: tuple[Pump, list[tuple[Event, ...]]]) -> None:
    pump, batches = drained
    for uid in range(15):
        pump(refusal(uid))
    pump(change("a", 7))
    pump(progress("a", 8))
    while pump.drain():
        pass
    flat = [event for batch in batches for event in batch]
    assert flat[-2:] == [change("a", 7), progress("a", 8)]


def test_a_change_makes_the_progress_before_it_needless(drained: tuple[Pump, list[tuple[Event, ...]]]) -> None:
    pump, batches = drained
    pump(progress("a", 8))
    pump(change("a", 9))
    assert pump.drain()
    assert batches == [(change("a", 9),)]


def test_a_tick_hands_over_no_more_than_its_bound_of_progress(
    drained: tuple[Pump, list[tuple[Event, ...]]],
) -> None:
    pump, batches = drained
    for number in range(25):
        pump(progress(str(number), 1))
    while pump.drain():
        pass
    assert [len(batch) for batch in batches] == [10, 10, 5]
    assert {event.account_id for batch in batches for event in batch} == {str(number) for number in range(25)}  # type: ignore[union-attr]


def test_threads_that_send_at_once_lose_nothing(drained: tuple[Pump, list[tuple[Event, ...]]]) -> None:
    pump, batches = drained

    def send(name: str) -> None:
        for moved in range(500):
            pump(progress(name, moved))
            pump(change(name, moved))

    threads = [threading.Thread(target=send, args=(str(number),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            pump.drain()
            thread.join(0.001)
    while pump.drain():
        pass
    flat = [event for batch in batches for event in batch]
    for number in range(4):
        changes = [event for event in flat if isinstance(event, AccountChanged) and event.account_id == str(number)]
        assert [event.counts.moved for event in changes] == list(range(500))


def test_it_drains_by_itself_while_it_is_started(qapp: QApplication) -> None:
    pump, batches = Pump(), list[tuple[Event, ...]]()
    pump.drained.connect(batches.append)
    pump(change("a"))
    pump.start()
    wait_until(lambda: len(batches) == 1, 5)
    pump(change("b"))
    pump.stop()
    assert batches == [(change("a"),), (change("b"),)]
