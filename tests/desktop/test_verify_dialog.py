"""Verify again, and bring back what was deleted at the destination, from the board."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QAbstractItemView

from mailmove_gui.desktop.bridge.open_document import NewMigration
from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.desktop.dialogs.verify_dialog import VerifyDialog
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.domain.plan import MigrationPlan
from tests.desktop.conftest import wait_until
from tests.desktop.driving import wait_for_rest
from tests.desktop.services import FakeWorld
from tests.unit.engine.fake_mail import FakeMailbox

OpenWindow = Callable[[Services], MainWindow]


@pytest.fixture
def window(open_window: OpenWindow, world: FakeWorld) -> MainWindow:
    """Everything was moved."""
    opened = open_window(world.services())
    plan = MigrationPlan("Acme", world.accounts)
    opened.controller.create(NewMigration(world.folder / "acme.mailmove", plan, world.given_passwords()))
    wait_until(lambda: opened.has_migration)
    opened.board.actions_.start.trigger()
    wait_for_rest(opened)
    return opened


@pytest.fixture
def destination(world: FakeWorld) -> FakeMailbox:
    """Of the first account."""
    return world.destinations[world.accounts[0].destination.user]


def ask(window: MainWindow) -> VerifyDialog:
    window.board.actions_.verify.trigger()
    dialog = window.findChild(VerifyDialog)
    assert isinstance(dialog, VerifyDialog)
    return dialog


@pytest.mark.parametrize("deep", [False, True])
def test_all_accounts_are_looked_at_and_the_details_remember_it(window: MainWindow, deep: bool) -> None:
    window.board.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    window.board.table.clearSelection()
    dialog = ask(window)
    assert not dialog.stop_button.isVisible()
    (dialog.deep_choice if deep else dialog.quick_choice).click()
    dialog.verify_button.click()
    wait_until(dialog.close_button.isVisible)
    assert dialog.windowTitle() == "Verify again"
    found = dialog.findings.toPlainText().splitlines()
    assert len(found) == len(window.board.model.rows)
    assert all("all unaltered" in line if deep else "all found" in line for line in found)
    dialog.close_button.click()
    window.board.table.selectRow(0)
    window.board.actions_.details.trigger()
    folders = window.board.details.folders
    wait_until(lambda: "all unaltered" in folders.afterwards if deep else "all found" in folders.afterwards)
    assert not folders.bring_back_button.isVisible()


def test_what_was_deleted_is_named_and_brought_back(window: MainWindow, destination: FakeMailbox) -> None:
    moved = destination.bodies()
    inbox = destination.folder("INBOX")
    inbox.remove(inbox.messages[0].uid)
    window.board.table.selectRow(0)
    dialog = ask(window)
    dialog.verify_button.click()
    wait_until(dialog.close_button.isVisible)
    assert "missing: INBOX: INBOX #1" in dialog.findings.toPlainText()
    dialog.close_button.click()
    window.board.actions_.details.trigger()
    folders = window.board.details.folders
    wait_until(folders.bring_back_button.isVisible)
    assert "1 message has been deleted at the destination since." in folders.afterwards
    folders.bring_back_button.click()
    wait_until(lambda: destination.bodies() == moved)
    wait_for_rest(window)
    wait_until(lambda: not folders.bring_back_button.isVisible())


def test_a_verification_can_be_stopped(window: MainWindow, world: FakeWorld) -> None:
    world.gate.clear()
    dialog = ask(window)
    dialog.verify_button.click()
    wait_until(dialog.stop_button.isVisible)
    dialog.reject()
    wait_until(dialog.close_button.isVisible)
    assert "Not every account was looked at." in dialog.notice.text()
    assert all(not row.is_running for row in window.board.model.rows)
    world.gate.set()
