from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox

from mailmove_gui.app import open_gateway
from mailmove_gui.desktop.bridge.open_document import NewMigration
from mailmove_gui.desktop.bridge.services import Services, nothing_is_removed
from mailmove_gui.desktop.dialogs.undo_dialog import UndoDialog
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.domain.endpoints import Endpoint, Security
from mailmove_gui.domain.plan import Account, Mailbox, MigrationPlan, account_id
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.domain.states import AccountState
from tests.desktop.conftest import wait_until
from tests.desktop.driving import wait_for_rest
from tests.desktop.services import FakeWorld
from tests.mailboxes.fill import fill
from tests.mailboxes.generate import generate_mailbox
from tests.servers.compare import assert_equal_mailboxes, snapshot, total
from tests.servers.conftest import Pair
from tests.servers.wire import Wire
from tests.unit.engine.fake_mail import FakeMailbox, mail

OpenWindow = Callable[[Services], MainWindow]
S = AccountState


def moved_in(opened: MainWindow, world: FakeWorld) -> MainWindow:
    """Everything was moved."""
    plan = MigrationPlan("Acme", world.accounts)
    opened.controller.create(NewMigration(world.folder / "acme.mailmove", plan, world.given_passwords()))
    wait_until(lambda: opened.has_migration)
    opened.board.actions_.start.trigger()
    wait_for_rest(opened)
    return opened


@pytest.fixture
def window(open_window: OpenWindow, world: FakeWorld) -> MainWindow:
    return moved_in(open_window(world.services()), world)


@pytest.fixture
def destination(world: FakeWorld) -> FakeMailbox:
    """Of the first account."""
    return world.destinations[world.accounts[0].destination.user]


def ask(window: MainWindow) -> UndoDialog:
    window.board.table.selectRow(0)
    window.board.actions_.undo.trigger()
    dialog = window.findChild(UndoDialog)
    assert isinstance(dialog, UndoDialog)
    return dialog


def agree(dialog: UndoDialog) -> None:
    assert not dialog.remove_button.isEnabled()
    dialog.agreed_box.click()
    QTest.mouseClick(dialog.remove_button, Qt.MouseButton.LeftButton)


def test_nothing_is_removed_without_a_clear_yes(window: MainWindow, destination: FakeMailbox) -> None:
    dialog = ask(window)
    assert dialog.close_button.isDefault()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    wait_until(lambda: window.findChild(UndoDialog) is None)
    assert sum(destination.bodies().values()) == 12
    assert window.board.model.rows[0].state is S.DONE


def test_what_was_moved_is_taken_out_and_what_was_touched_stays(window: MainWindow, destination: FakeMailbox) -> None:
    destination.folder("INBOX").messages[0].flags = frozenset({"\\Seen"})
    destination.folder("INBOX").add(mail("from elsewhere"))
    dialog = ask(window)
    agree(dialog)
    wait_until(lambda: dialog.notice.text() != "")
    assert dialog.notice.text().splitlines() == [
        "11 messages removed.",
        "1 message left: changed since by somebody, such as read or flagged",
    ]
    assert sum(destination.bodies().values()) == 2
    wait_until(lambda: window.board.model.rows[0].state is S.SKIPPED)
    wait_until(lambda: window.board.model.rows[0].counts.moved == 0)
    dialog.close_button.click()
    wait_until(lambda: not window.board.actions_.undo.isEnabled())
    window.board.actions_.unskip.trigger()
    wait_until(lambda: window.board.model.rows[0].state is S.PAUSED)
    window.board.actions_.start.trigger()
    wait_until(lambda: window.board.model.rows[0].state is S.DONE)
    assert window.board.model.rows[0].counts.already_there == 1


def test_an_undo_can_be_stopped_and_goes_on_from_the_board(
    window: MainWindow, world: FakeWorld, destination: FakeMailbox
) -> None:
    world.gate.clear()
    dialog = ask(window)
    agree(dialog)
    assert dialog.progress == "0 of 12 messages removed"
    wait_until(dialog.stop_button.hasFocus)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    wait_until(lambda: dialog.notice.text().startswith("Stopped after 0 of 12 messages"))
    assert sum(destination.bodies().values()) == 12
    dialog.close_button.click()
    wait_until(lambda: window.findChild(UndoDialog) is None)
    world.gate.set()
    again = ask(window)
    agree(again)
    wait_until(lambda: again.notice.text() == "12 messages removed.")
    assert sum(destination.bodies().values()) == 0


def test_a_server_that_fails_is_quoted_and_the_board_offers_to_go_on(
    window: MainWindow, destination: FakeMailbox
) -> None:
    destination.before_header_keys = lost
    dialog = ask(window)
    agree(dialog)
    wait_until(lambda: "connection" in dialog.notice.text())
    dialog.close_button.click()
    wait_until(lambda: window.findChild(UndoDialog) is None)
    window.board.actions_.start.trigger()
    wait_until(lambda: window.board.model.rows[0].state is S.FAILED)
    wait_until(lambda: window.board.strip.button.text() == "Go on with the undo…")
    destination.before_header_keys = lambda: None
    window.board.strip.button.click()
    again = window.findChild(UndoDialog)
    assert isinstance(again, UndoDialog)
    agree(again)
    wait_until(lambda: again.notice.text() == "12 messages removed.")


def test_where_nothing_can_be_removed_that_is_said(
    open_window: OpenWindow, world: FakeWorld, destination: FakeMailbox
) -> None:
    window = moved_in(open_window(replace(world.services(), undo_gateway=nothing_is_removed)), world)
    dialog = ask(window)
    agree(dialog)
    wait_until(lambda: dialog.notice.text() != "")
    assert sum(destination.bodies().values()) == 12
    assert window.board.model.rows[0].state is S.DONE


def test_what_cannot_be_undone_can_be_forgotten(window: MainWindow, world: FakeWorld, destination: FakeMailbox) -> None:
    destination.password = "the mailbox is gone"
    dialog = ask(window)
    agree(dialog)
    wait_until(dialog.forget_button.isVisible)
    assert "forget" in dialog.notice.text()
    dialog.forget_button.click()
    question = dialog.findChild(QMessageBox)
    assert isinstance(question, QMessageBox)
    assert "stays there" in question.informativeText()
    default = question.defaultButton()
    assert default is not None
    assert "Cancel" in default.text()
    (forget,) = (button for button in question.buttons() if "Forget" in button.text())
    forget.click()
    wait_until(lambda: window.board.model.rows[0].counts.moved == 0)
    assert window.board.model.rows[0].state is S.PAUSED
    assert sum(destination.bodies().values()) == 12


def lost() -> None:
    raise MailError(Reason.CONNECTION_LOST, side=Side.DESTINATION)


@pytest.mark.server
def test_undo_on_a_real_server(open_window: OpenWindow, world: FakeWorld, dovecot_pair: Pair, tmp_path: Path) -> None:
    source, destination = dovecot_pair
    old, new = source.new_user("old secret"), destination.new_user("new secret")
    with Wire(source.host, source.imap_port) as wire:
        wire.login(old.name, old.password)
        fill(wire, generate_mailbox(150, 4, seed=3))
    with Wire(destination.host, destination.imap_port) as wire:
        wire.login(new.name, new.password)
        fill(wire, generate_mailbox(5, 1, seed=4))
    was_there = snapshot(destination.host, destination.imap_port, new.name, new.password)
    mailboxes = (
        Mailbox(Endpoint(source.host, source.imap_port, Security.PLAIN), old.name),
        Mailbox(Endpoint(destination.host, destination.imap_port, Security.PLAIN), new.name),
    )
    account = Account(account_id(old.name, new.name), *mailboxes)
    passwords = {
        account.secret_key(Side.SOURCE): Secret(old.password),
        account.secret_key(Side.DESTINATION): Secret(new.password),
    }
    at_source = snapshot(source.host, source.imap_port, old.name, old.password)
    window = open_window(replace(world.services(), gateway=open_gateway, undo_gateway=open_gateway))
    window.controller.create(NewMigration(tmp_path / "a.mailmove", MigrationPlan("Acme", (account,)), passwords))
    wait_until(lambda: window.has_migration)
    window.board.actions_.start.trigger()
    wait_for_rest(window)
    moved = window.board.model.rows[0].counts.moved
    assert total(snapshot(destination.host, destination.imap_port, new.name, new.password)) == moved + total(was_there)
    dialog = ask(window)
    agree(dialog)
    wait_until(lambda: dialog.notice.text() != "", 30)
    assert dialog.notice.text() == f"{moved} messages removed."
    left = snapshot(destination.host, destination.imap_port, new.name, new.password)
    assert total(left) == total(was_there)
    for path, facts in was_there.items():
        assert left[path] == facts
    assert_equal_mailboxes(at_source, snapshot(source.host, source.imap_port, old.name, old.password))
