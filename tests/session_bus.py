"""A session bus of our own, with a session manager that counts holds, as GNOME's does."""

import contextlib
import shutil
import subprocess
import threading
from collections.abc import Iterator

import pytest
from jeepney import HeaderFields, MessageType, new_error, new_method_return  # type: ignore[import-untyped]
from jeepney.bus_messages import message_bus  # type: ignore[import-untyped]
from jeepney.io.blocking import open_dbus_connection  # type: ignore[import-untyped]
from jeepney.low_level import Message  # type: ignore[import-untyped]

NAME = "org.gnome.SessionManager"
INHIBIT_SUSPEND = 4

needs_bus = pytest.mark.skipif(shutil.which("dbus-daemon") is None, reason="needs dbus-daemon")


class SessionManager:
    """Answers Inhibit and Uninhibit until it is closed."""

    def __init__(self, address: str) -> None:
        self.holds: dict[int, int] = {}
        """cookie: flags"""
        self.flags_ever: list[int] = []
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
                self.flags_ever.append(call.body[3])
                return new_method_return(call, "u", (cookie,))
            case "Uninhibit" if not self.refuses_to_let_go:
                del self.holds[call.body[0]]
                return new_method_return(call)
            case _:
                return new_error(call, "org.gnome.SessionManager.NotNow")


@contextlib.contextmanager
def running_bus() -> Iterator[str]:
    """A bus without services; its address."""
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address"]
    daemon = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert daemon.stdout is not None
    try:
        yield daemon.stdout.readline().strip()
    finally:
        daemon.terminate()
        daemon.wait(10)
        daemon.stdout.close()


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """This program's session bus, for the time of a test."""
    with running_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield address


@pytest.fixture
def manager(bus: str) -> Iterator[SessionManager]:
    """A session manager on it."""
    made = SessionManager(bus)
    yield made
    made.close()
