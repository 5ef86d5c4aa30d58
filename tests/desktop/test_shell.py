"""The program around the migrations: start page, one window for each file, about."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from mailmove_gui import __version__
from mailmove_gui.app import Program
from mailmove_gui.desktop.bridge.recent import RecentMigration, RecentMigrations, describe
from mailmove_gui.desktop.dialogs.about_dialog import AboutDialog
from mailmove_gui.desktop.recent_card import RecentCard
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.states import AccountState
from mailmove_gui.ledger import create_ledger, open_ledger
from tests.desktop.conftest import OpenWindow, clean_up, wait_until
from tests.desktop.services import FakeWorld

S = AccountState
HOLD_OPEN = """
import sys
from pathlib import Path
from mailmove_gui.ledger import open_ledger
ledger = open_ledger(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
ledger.close()
"""

CRASH = """
import os, sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from mailmove_gui.desktop.bridge.open_document import NewMigration
from mailmove_gui.desktop.bridge.recent import RecentMigrations
from mailmove_gui.desktop.bridge.threads import QtSpawn
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.domain.plan import MigrationPlan
from tests.desktop.services import FakeWorld

application = QApplication([])
world = FakeWorld(Path(sys.argv[1]))
world.gate.clear()
recent = RecentMigrations(world.services().settings_folder)
window = MainWindow(world.services(), QtSpawn(), recent)
ids = tuple(account.id for account in world.accounts)
plan = MigrationPlan("Acme", world.accounts)
window.controller.create(NewMigration(world.folder / "acme.mailmove", plan, world.given_passwords(), start=ids))
while [known.running for known in recent.load()] != [2]:
    application.processEvents()
os._exit(9)
"""
"""A program that ends from one moment to the next while two accounts are being moved."""


def made(world: FakeWorld, name: str) -> Path:
    """A migration that nobody has started."""
    path = world.folder / f"{name}.mailmove"
    create_ledger(path, MigrationPlan(name, world.accounts)).close()
    return path


def remember(world: FakeWorld, path: Path, *, running: int = 0) -> None:
    ledger = open_ledger(path)
    known = describe(path, ledger.plan().name, datetime.now(UTC), ledger.accounts())
    ledger.close()
    RecentMigrations(world.services().settings_folder).remember(replace(known, running=running))


def cards(window: MainWindow, number: int) -> list[RecentCard]:
    page = window.start_page
    wait_until(lambda: len(page.recent_cards()) == number and all(card.isVisible() for card in page.recent_cards()))
    return page.recent_cards()


def tab_to(window: MainWindow, wanted: QWidget) -> None:
    """Press Tab until something has the focus."""
    wait_until(window.isActiveWindow)
    for _number in range(40):
        if QApplication.focusWidget() is wanted:
            return
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
    raise AssertionError(f"Tab does not come there, but to {QApplication.focusWidget()}")


@pytest.fixture
def program(qapp: QApplication, world: FakeWorld) -> Iterator[Program]:
    started = Program(world.services())
    yield started
    started.close_all()
    wait_until(lambda: not started.windows, 20)
    assert started.spawn.join(10)
    started.deleteLater()
    clean_up()


# Go on with


def test_what_was_interrupted_is_offered_first_and_goes_on(open_window: OpenWindow, world: FakeWorld) -> None:
    command = [sys.executable, "-c", CRASH, str(world.folder)]
    crashed = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert crashed.returncode == 9, crashed.stderr
    remember(world, made(world, "other"))
    for key, secret in world.given_passwords().items():
        world.kept.put(key, secret)

    again = open_window(world.services())
    first, second = cards(again, 2)
    assert first.state.text().startswith("Interrupted while 2 accounts were being moved")
    assert (first.button.text(), second.button.text()) == ("Go on", "Open")
    assert first.button.accessibleName() == "Go on with Acme"
    tab_to(again, first.button)
    QTest.keyClick(first.button, Qt.Key.Key_Space)
    wait_until(lambda: again.has_migration and again.board.summary.is_finished, 20)


def test_open_does_not_start_anything(open_window: OpenWindow, world: FakeWorld) -> None:
    remember(world, made(world, "acme"))
    window = open_window(world.services())
    (card,) = cards(window, 1)
    tab_to(window, card.button)
    QTest.keyClick(card.button, Qt.Key.Key_Space)
    wait_until(lambda: len(window.board.model.rows) == 2)
    assert [row.state for row in window.board.model.rows] == [S.NOT_STARTED, S.NOT_STARTED]


def test_a_file_that_is_gone_is_said_and_can_be_taken_from_the_list(open_window: OpenWindow, world: FakeWorld) -> None:
    kept, lost = made(world, "kept"), made(world, "lost")
    remember(world, kept)
    remember(world, lost)
    lost.unlink()
    window = open_window(world.services())
    first, second = cards(window, 2)
    assert first.state.text().startswith("lost.mailmove is not there any more.")
    assert not first.button.isVisible()
    assert second.button.isVisible()
    assert first.forget_button.accessibleName() == "Take lost from this list"
    tab_to(window, first.forget_button)
    QTest.keyClick(first.forget_button, Qt.Key.Key_Space)
    wait_until(lambda: [card.path for card in window.start_page.recent_cards()] == [kept])
    assert kept.exists()
    (card,) = cards(window, 1)
    assert QApplication.focusWidget() is card.forget_button
    QTest.keyClick(card.forget_button, Qt.Key.Key_Space)
    cards(window, 0)
    assert QApplication.focusWidget() is window.start_page.browse_button


def test_a_file_that_went_away_meanwhile_is_said(open_window: OpenWindow, world: FakeWorld) -> None:
    path = made(world, "acme")
    remember(world, path)
    window = open_window(world.services())
    (card,) = cards(window, 1)
    path.unlink()
    card.button.click()
    wait_until(lambda: window.start_page.notice.text() == "acme.mailmove: there is no such file; check its name.")
    wait_until(lambda: not cards(window, 1)[0].button.isVisible())


@pytest.mark.parametrize(
    ("known", "line"),
    [
        (RecentMigration(Path("a"), "a", datetime.now(UTC), 24, 18, 2, 1, 0), "18 of 24 done · 2 need a password"),
        (RecentMigration(Path("a"), "a", datetime.now(UTC), 3, 3, 0, 0, 0), "3 accounts done, verified"),
        (RecentMigration(Path("a"), "a", datetime.now(UTC), 3, 3, 0, 0, 1), "3 accounts done, some messages not moved"),
    ],
)
def test_the_list_says_how_it_stood(qapp: QApplication, known: RecentMigration, line: str) -> None:
    card = RecentCard(known)
    assert card.state.text().startswith(line)
    assert " · today at " in card.state.text()
    card.deleteLater()
    clean_up()


# One window for each file


def test_a_file_that_is_open_brings_its_window_to_the_front(program: Program, world: FakeWorld) -> None:
    path = made(world, "acme")
    first = program.open_window(path)
    wait_until(lambda: len(first.board.model.rows) == 2)
    first.hide()
    second = program.open_window()
    (card,) = cards(second, 1)
    assert card.state.text() == "Open in another window · 0 of 2 done"
    assert card.button.text() == "Show"
    second.open_file(path.parent / "." / path.name)
    assert first.isVisible()
    assert not second.has_migration
    first.open_file(path)
    assert len(program.windows) == 2


def test_another_file_opens_in_another_window(program: Program, world: FakeWorld) -> None:
    first = program.open_window(made(world, "acme"))
    wait_until(lambda: len(first.board.model.rows) == 2)
    first.open_file(made(world, "other"))
    _first, second = program.windows
    wait_until(lambda: len(second.board.model.rows) == 2)
    assert second.windowTitle().startswith("other")


def test_a_file_that_was_closed_opens_again(program: Program, world: FakeWorld) -> None:
    path = made(world, "acme")
    first, second = program.open_window(path), program.open_window()
    wait_until(lambda: len(first.board.model.rows) == 2)
    first.close()
    wait_until(lambda: program.windows == (second,), 20)
    second.open_file(path)
    wait_until(lambda: len(second.board.model.rows) == 2)


@pytest.mark.parametrize("way", ["command line", "list", "file dialog"])
def test_a_file_that_another_program_has_open_is_said(program: Program, world: FakeWorld, way: str) -> None:
    path = made(world, "acme")
    remember(world, path)
    command = [sys.executable, "-c", HOLD_OPEN, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        match way:
            case "command line":
                window = program.open_window(path)
            case "list":
                window = program.open_window()
                cards(window, 1)[0].button.click()
            case _:
                window = program.open_window()
                window._file_chosen(str(path))
        said = "acme.mailmove: another program has this migration open; close it there first."
        wait_until(lambda: window.start_page.notice.text() == said)
        assert window.start_page.isVisible()
        other.communicate(timeout=20)
    # And when it is closed there, it opens here.
    window.open_file(path)
    wait_until(lambda: len(window.board.model.rows) == 2)


# Help


def test_about_tells_version_licence_and_log(
    open_window: OpenWindow, world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    logs = world.folder / "log"
    window = open_window(replace(world.services(), logs_folder=logs))
    about = next(action for action in window.menus.help.actions() if "About" in action.text())
    about.trigger()
    (dialog,) = window.findChildren(AboutDialog)
    text = "\n".join(getattr(child, "text", str)() for child in dialog.findChildren(QWidget))
    for word in (f"Version {__version__}", "MIT", "LGPL", str(logs)):
        assert word in text
    dialog.logs.open_button.click()
    wait_until(lambda: opened == [logs.as_posix()])
    dialog.close()
    next(action for action in window.menus.help.actions() if "log" in action.text()).trigger()
    wait_until(lambda: len(opened) == 2)


def test_the_help_button_opens_the_help_menu(open_window: OpenWindow, world: FakeWorld) -> None:
    window = open_window(world.services())
    assert window.start_page.help_button.menu() is window.menus.help
