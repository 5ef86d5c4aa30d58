from collections.abc import Callable
from dataclasses import replace

from mailmove_gui.domain.ports import RunningThread
from mailmove_gui.domain.states import AccountState
from mailmove_gui.engine.threads import spawn_thread
from tests.unit.engine.conftest import World
from tests.unit.engine.fake_mail import mail


class _SlowToEnd:
    """A thread that is never seen to have ended."""

    def __init__(self, thread: RunningThread, waits: list[float | None]) -> None:
        self._thread = thread
        self._waits = waits

    def join(self, timeout_s: float | None = None) -> bool:
        self._waits.append(timeout_s)
        self._thread.join(timeout_s)
        return False


def test_a_reader_that_does_not_end_is_not_waited_for_for_ever(
    world: World, expected_log: Callable[[str], None]
) -> None:
    expected_log("ERROR mailmove_gui.engine.transfer: A reader has not ended")
    world.source.folder("INBOX").add(mail("one"))
    waits: list[float | None] = []
    ports = replace(world.ports, spawn=lambda name, target: _SlowToEnd(spawn_thread(name, target), waits))
    assert world.run(ports=ports).state is AccountState.DONE
    assert waits
    assert None not in waits
