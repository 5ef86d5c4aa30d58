"""Against a session bus of our own."""

from collections.abc import Callable

import pytest

from mailmove_gui.awake import WakeLock, kept_awake
from tests.session_bus import INHIBIT_SUSPEND, SessionManager, bus, manager, needs_bus

__all__ = ["bus", "manager"]


@needs_bus
def test_the_session_manager_is_asked_and_told_when_it_is_over(manager: SessionManager) -> None:
    lock = WakeLock()
    assert lock.hold()
    assert lock.hold()
    assert list(manager.holds.values()) == [INHIBIT_SUSPEND]
    lock.release()
    assert manager.holds == {}
    lock.release()
    assert lock.hold()
    lock.release()
    assert manager.holds == {}


@needs_bus
def test_an_error_inside_still_lets_go(manager: SessionManager) -> None:
    def fail() -> None:
        with kept_awake() as is_kept:
            assert is_kept
            assert len(manager.holds) == 1
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert manager.holds == {}


@needs_bus
def test_a_session_manager_that_does_not_let_go_harms_nobody(
    manager: SessionManager, expected_log: Callable[[str], None]
) -> None:
    expected_log("could not be given back")
    manager.refuses_to_let_go = True
    with kept_awake() as is_kept:
        assert is_kept


@needs_bus
def test_a_desktop_without_one_is_no_error(bus: str) -> None:
    with kept_awake() as is_kept:
        assert not is_kept


@needs_bus
def test_no_session_bus_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    with kept_awake() as is_kept:
        assert not is_kept
