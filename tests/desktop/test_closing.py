import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton

from mailmove_gui.desktop.bridge import open_document
from mailmove_gui.desktop.bridge.open_document import NewMigration
from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.desktop.bridge.threads import QtSpawn
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.domain.plan import MigrationPlan, Options
from mailmove_gui.domain.states import AccountState
from mailmove_gui.ledger import create_ledger, open_ledger
from tests.desktop.conftest import wait_until
from tests.desktop.driving import open_wizard, to_accounts, to_check, type_accounts
from tests.desktop.services import NEW, OLD, FakeWorld

OpenWindow = Callable[[Services], MainWindow]
S = AccountState


@pytest.fixture
def running(open_window: OpenWindow, world: FakeWorld) -> MainWindow:
    """Both accounts are waiting for their connections."""
    world.gate.clear()
    window = open_window(world.services())
    plan = MigrationPlan("Acme", world.accounts)
    ids = tuple(account.id for account in world.accounts)
    path = world.folder / "acme.mailmove"
    window.controller.create(NewMigration(path, plan, world.given_passwords(), start=ids))
    wait_until(lambda: [row.state for row in window.board.model.rows] == [S.CHECKING, S.CHECKING])
    return window


def button_of(message: QMessageBox, word: str) -> QPushButton:
    return next(button for button in message.findChildren(QPushButton) if word in button.text())


def closed(window: MainWindow) -> list[MainWindow]:
    gone: list[MainWindow] = []
    window.gone.connect(gone.append)
    return gone


def test_closing_says_what_runs_and_can_be_taken_back(running: MainWindow) -> None:
    running.close()
    (question,) = running.findChildren(QMessageBox)
    assert question.text() == "2 accounts are still being moved."
    button_of(question, "Keep").click()
    assert running.isVisible()
    assert not running.controller.is_closing


def test_closing_stops_and_the_next_start_goes_on(running: MainWindow, world: FakeWorld, spawn: QtSpawn) -> None:
    gone = closed(running)
    running.close()
    (question,) = running.findChildren(QMessageBox)
    button_of(question, "Stop").click()
    assert running.busy_page.title == "Stopping 2 accounts…"
    assert running.isVisible()
    wait_until(lambda: gone == [running], 10)
    assert list(spawn.running) == []
    ledger = open_ledger(world.folder / "acme.mailmove")
    assert [record.state for record in ledger.accounts()] == [S.PAUSED, S.PAUSED]
    ledger.close()


def test_the_window_stays_alive_while_it_stops(running: MainWindow, world: FakeWorld) -> None:
    """What is being appended takes its time; the UI thread does not wait for it."""
    world.append_gate.clear()
    world.gate.set()
    wait_until(world.appending.is_set)
    wait_until(lambda: all(row.state is S.MOVING for row in running.board.model.rows))
    gone = closed(running)
    began = time.monotonic()
    running.close_for_good()
    assert time.monotonic() - began < 0.5
    rounds = 0
    while rounds < 20:
        QApplication.processEvents()
        rounds += 1
    assert gone == []
    assert running.busy_page.isVisible()
    world.append_gate.set()
    wait_until(lambda: gone == [running], 15)


def test_a_server_that_never_answers_does_not_keep_the_window_open(
    running: MainWindow, world: FakeWorld, monkeypatch: pytest.MonkeyPatch, expected_log: Callable[[str], None]
) -> None:
    expected_log("did not end in 1.0 s")
    monkeypatch.setattr(open_document, "CLOSE_TIMEOUT_S", 1.0)
    world.append_gate.clear()
    world.gate.set()
    wait_until(world.appending.is_set)
    gone = closed(running)
    running.close_for_good()
    wait_until(lambda: gone == [running], 8)
    world.append_gate.set()


def test_closing_an_idle_window_asks_nothing(open_window: OpenWindow, world: FakeWorld) -> None:
    window = open_window(world.services())
    gone = closed(window)
    window.close()
    wait_until(lambda: gone == [window])
    assert window.findChildren(QMessageBox) == []


def test_closing_with_the_wizard_open_ends_its_check(open_window: OpenWindow, world: FakeWorld, spawn: QtSpawn) -> None:
    world.gate.clear()
    window = open_window(world.services())
    wizard = open_wizard(window)
    to_accounts(wizard, OLD, NEW)
    type_accounts(wizard, world.accounts, world.given_passwords())
    to_check(wizard)
    gone = closed(window)
    window.close()
    wait_until(lambda: gone == [window])
    wait_until(lambda: list(spawn.running) == [], 5)


def test_the_recent_list_knows_how_it_stood(running: MainWindow, world: FakeWorld, open_window: OpenWindow) -> None:
    gone = closed(running)
    running.close_for_good()
    wait_until(lambda: gone == [running], 10)
    again = open_window(world.services())
    wait_until(lambda: len(again.start_page.recent_cards()) == 1)
    assert again.start_page.recent_cards()[0].button.accessibleName() == "Open Acme"


def test_a_migration_that_is_opened_again_goes_on_watching(open_window: OpenWindow, world: FakeWorld) -> None:
    """Somebody has switched passes on; what is due by then is made up for."""
    path = world.folder / "acme.mailmove"
    ledger = create_ledger(path, MigrationPlan("Acme", world.accounts, Options(pass_every_s=3600)))
    some_time_ago = datetime.now(UTC) - timedelta(hours=2)
    for account in world.accounts:
        for state in (S.CHECKING, S.MOVING, S.VERIFYING, S.WATCHING):
            ledger.set_account_state(account.id, state, at=some_time_ago)
    ledger.close()
    for key, secret in world.given_passwords().items():
        world.kept.put(key, secret)
    window = open_window(world.services())
    window.controller.open(path)
    destination = world.destinations[world.accounts[0].destination.user]
    source = world.sources[world.accounts[0].source.user]
    wait_until(lambda: destination.bodies() == source.bodies())
    wait_until(lambda: [row.state for row in window.board.model.rows] == [S.WATCHING, S.WATCHING])
