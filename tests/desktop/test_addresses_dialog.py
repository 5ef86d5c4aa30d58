from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from mailmove_gui.desktop.bridge.open_document import NewMigration
from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.desktop.dialogs.addresses_dialog import AddressesDialog
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.domain.states import AccountState
from tests.desktop.conftest import wait_until
from tests.desktop.driving import wait_for_rest
from tests.desktop.services import FakeWorld
from tests.unit.engine.fake_mail import FakeMailbox

OpenWindow = Callable[[Services], MainWindow]
S = AccountState
RIGHT = "anna.right@new.example"


@pytest.fixture
def window(open_window: OpenWindow, world: FakeWorld) -> MainWindow:
    opened = open_window(world.services())
    plan = MigrationPlan("Acme", world.accounts)
    opened.controller.create(NewMigration(world.folder / "acme.mailmove", plan, world.given_passwords()))
    wait_until(lambda: opened.has_migration)
    return opened


def ask(window: MainWindow) -> AddressesDialog:
    window.board.table.selectRow(0)
    window.board.actions_.correct.trigger()
    dialog = window.findChild(AddressesDialog)
    assert isinstance(dialog, AddressesDialog)
    return dialog


def type_into(field: QLineEdit, text: str) -> None:
    field.selectAll()
    QTest.keyClicks(field, text)


def test_a_corrected_address_shows_on_the_board_and_is_asked_for_its_password(
    window: MainWindow, world: FakeWorld
) -> None:
    right = world.destinations[RIGHT] = FakeMailbox(password="right")
    dialog = ask(window)
    assert not dialog.correct_button.isEnabled(), "nothing is different"
    type_into(dialog.destination_field, RIGHT)
    QTest.keyClick(dialog.destination_field, Qt.Key.Key_Return)
    wait_until(lambda: window.findChild(AddressesDialog) is None)
    row = window.board.model.rows[0]
    assert row.account.destination.user == RIGHT
    window.board.actions_.start.trigger()
    wait_until(lambda: window.board.model.rows[0].state is S.NEEDS_PASSWORD)
    window.controller.take_passwords({row.account.secret_key(Side.DESTINATION): Secret("right")}, [row.account.id])
    wait_until(lambda: window.board.model.rows[0].state is S.DONE)
    assert sum(right.bodies().values()) == 12


def test_two_accounts_of_the_same_addresses_are_refused_with_a_sentence(window: MainWindow) -> None:
    dialog = ask(window)
    type_into(dialog.destination_field, "bo@new.example")
    assert dialog.notice.text() == "Another account also goes to bo@new.example; check that this is meant."
    assert dialog.correct_button.isEnabled(), "two may go to one"
    type_into(dialog.source_field, "bo@old.example")
    assert "in the list already; remove one of the two." in dialog.notice.text()
    assert not dialog.correct_button.isEnabled()
    type_into(dialog.source_field, "bo@old@example")
    assert dialog.notice.text() == "“bo@old@example” is no mail address; correct it."
    dialog.source_field.clear()
    assert dialog.notice.text() == "This is empty; fill it in."


def test_what_was_moved_has_to_be_undone_first(window: MainWindow) -> None:
    window.board.actions_.start.trigger()
    wait_for_rest(window)
    dialog = ask(window)
    type_into(dialog.destination_field, RIGHT)
    assert dialog.notice.text().startswith("Messages of this account have been moved; undo it first")
    assert not dialog.correct_button.isEnabled()


def test_an_account_that_was_started_meanwhile_stays_what_it_is(window: MainWindow, world: FakeWorld) -> None:
    dialog = ask(window)
    type_into(dialog.destination_field, RIGHT)
    world.gate.clear()
    window.board.actions_.start.trigger()
    wait_until(lambda: window.board.model.rows[0].state is S.CHECKING)
    assert not window.board.actions_.correct.isEnabled()
    dialog.correct_button.click()
    wait_until(lambda: dialog.notice.text() == "This account is running; stop it first.")
    assert window.board.model.rows[0].account == world.accounts[0]
    world.gate.set()
    dialog.cancel_button.click()
    wait_until(lambda: window.board.model.rows[0].state is S.DONE)
