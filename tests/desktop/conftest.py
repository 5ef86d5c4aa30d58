"""Windows for tests: real threads, fake or real mail behind them, everything closed in the end."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from mailmove_gui.desktop.bridge.recent import RecentMigrations
from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.desktop.bridge.settings import SharedSettings
from mailmove_gui.desktop.bridge.threads import QtSpawn
from mailmove_gui.desktop.tray import Tray
from mailmove_gui.desktop.window import MainWindow
from tests.desktop.services import FakeWorld
from tests.servers.conftest import authority, dovecot_installed, dovecot_pair

__all__ = ["authority", "dovecot_installed", "dovecot_pair"]

_END_S = 20.0
OpenWindow = Callable[..., MainWindow]
"""Services first; then, if a test has some, shared settings and a tray"""
_SAID_OFFSCREEN = (
    # of dialogs with a smallest size, of menus, and of windows to be raised
    "^This plugin does not support (propagateSizeHints|raise|grab)",
    # of the tray's icon
    "^QObject::connect: No such signal QPlatformNativeInterface::systemTrayWindowChanged",
)
"""Complaints of Qt's offscreen platform about itself."""
_FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(_FOLDER):
            item.add_marker(pytest.mark.qt_log_ignore(*_SAID_OFFSCREEN))


@pytest.fixture
def spawn(qapp: QApplication) -> Iterator[QtSpawn]:
    """Threads that have all ended when the test has."""
    made = QtSpawn()
    yield made
    assert made.join(_END_S), f"threads still running: {made.running}"


@pytest.fixture
def world(tmp_path: Path) -> FakeWorld:
    """Two accounts on fake servers, and real ledgers."""
    return FakeWorld(tmp_path)


@pytest.fixture
def open_window(spawn: QtSpawn, qtbot: QtBot) -> Iterator[OpenWindow]:
    """Makes windows; they are closed, and their threads ended, when the test is over."""
    windows: list[MainWindow] = []

    def forget(window: MainWindow) -> None:
        windows.remove(window)
        window.deleteLater()

    def make(services: Services, settings: SharedSettings | None = None, tray: Tray | None = None) -> MainWindow:
        window = MainWindow(services, spawn, RecentMigrations(services.settings_folder), settings, tray)
        window.gone.connect(forget)
        windows.append(window)
        window.show()
        return window

    yield make
    for window in windows:
        window.close_for_good()
        wait_until(lambda window=window: window not in windows, _END_S)  # type: ignore[misc]
    clean_up()


@pytest.fixture
def keep() -> Iterator[Callable[[QWidget], QWidget]]:
    """Widgets without a window; deleted when the test is over."""
    kept: list[QWidget] = []

    def take(widget: QWidget) -> QWidget:
        kept.append(widget)
        return widget

    yield take
    for widget in kept:
        widget.close()
        widget.deleteLater()
    clean_up()


def clean_up() -> None:
    """Delete what was given to deleteLater."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()


def wait_until(condition: Callable[[], bool], timeout_s: float = 10.0) -> None:
    """Run the event loop until something is so."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come to be so in time"
        QApplication.processEvents()
        time.sleep(0.002)


@pytest.fixture
def capture_exceptions(qtbot: QtBot) -> Iterator[list[BaseException]]:
    """What is raised in slots during the test; taken note of instead of failing it."""
    with qtbot.captureExceptions() as raised:
        found: list[BaseException] = []
        former = sys.excepthook

        def take(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
            found.append(error)

        sys.excepthook = take
        yield found
        sys.excepthook = former
    assert raised == []
