import threading

import pytest

from mailmove_gui.domain.control import Cancelled, CancelToken


def test_asking_wakes_a_wait() -> None:
    token = CancelToken()
    ended = threading.Event()

    def run() -> None:
        with pytest.raises(Cancelled):
            token.wait(60)
        ended.set()

    thread = threading.Thread(target=run)
    thread.start()
    token.cancel()
    thread.join(10)
    assert ended.is_set()


def test_check_raises_only_after_asking() -> None:
    token = CancelToken()
    token.check()
    token.wait(0)
    token.cancel()
    with pytest.raises(Cancelled):
        token.check()


def test_asking_cuts_nothing_and_aborting_cuts_what_is_open() -> None:
    token = CancelToken()
    cut: list[str] = []
    with token.on_abort(lambda: cut.append("closed before")):
        pass
    with token.on_abort(lambda: cut.append("open")):
        token.cancel()
        assert cut == []
        token.abort()
        assert cut == ["open"]
    with token.on_abort(lambda: cut.append("late")):
        assert cut == ["open", "late"]
    assert token.is_set


def test_a_part_is_asked_to_stop_with_the_whole_and_not_the_other_way_round() -> None:
    token = CancelToken()
    with token.part() as part:
        part.cancel()
        token.check()
    with token.part() as part:
        part.check()
        token.cancel()
        with pytest.raises(Cancelled):
            part.check()
    with token.part() as late, pytest.raises(Cancelled):
        late.check()


def test_a_part_ends_with_its_block() -> None:
    with CancelToken().part() as part:
        pass
    assert part.is_set


def test_cutting_off_the_whole_asks_its_parts_to_stop() -> None:
    token = CancelToken()
    with token.part() as part:
        token.abort()
        assert part.is_set
