import threading

import pytest

from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.engine.bandwidth import Bandwidth
from mailmove_gui.engine.clock import SystemClock
from tests.unit.engine.fake_mail import FakeClock


def waited_s(clock: FakeClock) -> float:
    return sum(clock.waits)


def test_without_a_bound_nobody_waits() -> None:
    bandwidth, clock = Bandwidth(), FakeClock()
    bandwidth.take(10**12, clock, CancelToken())
    assert clock.waits == []
    assert bandwidth.portion_bytes(8_000_000) == 8_000_000


def test_the_rate_holds_over_time_whatever_the_sizes() -> None:
    bandwidth, clock, cancel = Bandwidth(), FakeClock(), CancelToken()
    bandwidth.change(1000)
    sizes = [1, 100, 50_000, 3000, 10, 999, 20_000] * 3
    for size_bytes in sizes:
        bandwidth.take(size_bytes, clock, cancel)
    # Once more, so that the debt of the last one is paid too.
    bandwidth.take(0, clock, cancel)
    assert waited_s(clock) == pytest.approx(sum(sizes) / 1000, rel=0.02)


def test_a_message_larger_than_the_bucket_passes_and_the_next_one_waits() -> None:
    bandwidth, clock, cancel = Bandwidth(), FakeClock(), CancelToken()
    bandwidth.change(1000)
    bandwidth.take(60_000, clock, cancel)
    assert clock.waits == []
    bandwidth.take(1, clock, cancel)
    assert waited_s(clock) == pytest.approx(60)


def test_what_was_not_used_is_not_saved_up() -> None:
    bandwidth, clock, cancel = Bandwidth(), FakeClock(), CancelToken()
    bandwidth.change(1000)
    bandwidth.take(1000, clock, cancel)
    clock.wait(cancel, 3600)
    clock.waits.clear()
    for _ in range(10):
        bandwidth.take(1000, clock, cancel)
    assert waited_s(clock) == pytest.approx(8, abs=1)


def test_a_change_holds_at_once_for_those_that_wait() -> None:
    bandwidth, clock, cancel = Bandwidth(), FakeClock(), CancelToken()
    bandwidth.change(1)
    bandwidth.take(1_000_000, clock, cancel)
    clock.before_wait = lambda: bandwidth.change(None)
    bandwidth.take(1_000_000, clock, cancel)
    assert waited_s(clock) < 1


def test_a_stop_ends_the_wait() -> None:
    bandwidth, cancel = Bandwidth(), CancelToken()
    bandwidth.change(1)
    bandwidth.take(1_000_000, SystemClock(), cancel)
    stopper = threading.Timer(0.05, cancel.cancel)
    stopper.start()
    with pytest.raises(Cancelled):
        bandwidth.take(1, SystemClock(), cancel)
    stopper.join()


def test_portions_are_small_where_the_line_is() -> None:
    bandwidth = Bandwidth()
    bandwidth.change(100_000)
    assert bandwidth.portion_bytes(8_000_000) == 200_000
    assert bandwidth.portion_bytes(1000) == 1000
