"""Against a session bus of our own with a session manager that counts holds, as GNOME's does."""

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator

import pytest
from jeepney import HeaderFields, MessageType, new_error, new_method_return  # type: ignore[import-untyped]
from jeepney.bus_messages import message_bus  # type: ignore[import-untyped]
from jeepney.io.blocking import open_dbus_connection  # type: ignore[import-untyped]
from jeepney.low_level import Message  # type: ignore[import-untyped]

from mailmove_gui.awake import WakeLock, kept_awake

NAME = "org.gnome.SessionManager"
INHIBIT_SUSPEND = 4

needs_bus = pytest.mark.skipif(shutil.which("dbus-daemon") is None, reason="needs dbus-daemon")


class SessionManager:
    """Answers Inhibit and Uninhibit until it is closed."""

    def __init__(self, address: str) -> None:
        self.holds: dict[int, int] = {}
        """cookie: flags"""
        self.refuses_to_let_go = False
        self._connection = open_dbus_connection(address)
        self._connection.send_and_get_reply(message_bus.RequestName(NAME))
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._answer, name="session manager")
        self._thread.start()

    def close(self) -> None:
        self._is_over.set()
        self._thread.join(10)
        self._connection.close()

    def _answer(self) -> None:
        while not self._is_over.is_set():
            try:
                call = self._connection.receive(timeout=0.05)
            except TimeoutError:
                continue
            if call.header.message_type is MessageType.method_call:
                self._connection.send(self._reply_to(call))

    def _reply_to(self, call: Message) -> Message:
        match call.header.fields[HeaderFields.member]:
            case "Inhibit":
                cookie = len(self.holds) + 1
                self.holds[cookie] = call.body[3]
                return new_method_return(call, "u", (cookie,))
            case "Uninhibit" if not self.refuses_to_let_go:
                del self.holds[call.body[0]]
                return new_method_return(call)
            case _:
                return new_error(call, "org.gnome.SessionManager.NotNow")


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address"]
    daemon = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert daemon.stdout is not None
    address = daemon.stdout.readline().strip()
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    yield address
    daemon.terminate()
    daemon.wait(10)
    daemon.stdout.close()


@pytest.fixture
def manager(bus: str) -> Iterator[SessionManager]:
    made = SessionManager(bus)
    yield made
    made.close()


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
