"""The day of the switch, from the board."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox

from mailmove_gui.desktop.bridge.open_document import NewMigration
from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.desktop.dialogs.cutover_dialog import CutoverDialog
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.domain.cutover import CutoverWay
from mailmove_gui.domain.events import Event, QueueEmptied
from mailmove_gui.domain.mx import DomainMail, MxAnswer, MxPlace, SenderPolicy
from mailmove_gui.domain.plan import MigrationPlan
from tests.desktop.conftest import wait_until
from tests.desktop.services import FakeWorld
from tests.desktop.test_keyboard import press, tab_to

OpenWindow = Callable[[Services], MainWindow]

OLD = MxAnswer("ns1.dns.example", MxPlace.SOURCE, ("mx.old.example",), 0)
NEW = MxAnswer("ns1.dns.example", MxPlace.DESTINATION, ("mx.new.example",), 0)
BEFORE = DomainMail("old.example", (OLD,), (OLD,), SenderPolicy.OTHERS)
AFTER = DomainMail("old.example", (NEW,), (NEW,), SenderPolicy.DESTINATION)


@pytest.fixture
def window(open_window: OpenWindow, world: FakeWorld) -> MainWindow:
    """Nothing was moved yet."""
    opened = open_window(world.services())
    plan = MigrationPlan("Acme", world.accounts)
    opened.controller.create(NewMigration(world.folder / "acme.mailmove", plan, world.given_passwords()))
    wait_until(lambda: opened.has_migration)
    return opened


def open_dialog(window: MainWindow) -> CutoverDialog:
    window.board.actions_.cutover.trigger()
    dialog = window.findChild(CutoverDialog)
    assert isinstance(dialog, CutoverDialog)
    return dialog


def go_through(window: MainWindow) -> None:
    """One pass over the selected accounts, or all."""
    seen: list[tuple[Event, ...]] = []
    window.controller.happened.connect(seen.append)
    window.board.actions_.start.trigger()
    wait_until(lambda: any(isinstance(event, QueueEmptied) for batch in seen for event in batch))
    window.controller.happened.disconnect(seen.append)


def statuses(dialog: CutoverDialog) -> list[str]:
    return [status for _title, status, _lines in dialog.steps.texts]


def test_from_the_first_look_to_the_end(window: MainWindow, world: FakeWorld) -> None:
    world.mails = (BEFORE,)
    dialog = open_dialog(window)
    wait_until(dialog.places.isVisible)
    assert dialog.title.text() == "Not finished: step 1 of 8 is next."
    assert dialog.places.text() == "Mail for old.example goes to the old server."
    assert dialog.steps.texts[0][0] == "1. All accounts are moved"
    assert "2 accounts are not done" in dialog.steps.texts[0][2]
    assert dialog.way is CutoverWay.MOVE_FIRST

    go_through(window)
    world.mails = (AFTER,)
    dialog.look_button.click()
    wait_until(lambda: dialog.look_button.text() == "&Look again")
    assert statuses(dialog)[:5] == ["Done"] * 5
    assert dialog.title.text() == "Not finished: step 6 of 8 is next."

    window.board.table.selectAll()
    go_through(window)
    accounts = tuple(row.account.id for row in window.board.model.rows)
    seen: list[object] = []
    window.controller.verified.connect(seen.append)
    window.controller.verify(accounts, False)
    wait_until(lambda: len(seen) == len(accounts))
    dialog.look_button.click()
    wait_until(lambda: dialog.look_button.text() == "&Look again")
    assert dialog.title.text() == "The move is finished: every step is done."
    assert {lines for _title, _status, lines in dialog.steps.texts} == {""}


def test_the_other_way_has_another_order(window: MainWindow, world: FakeWorld) -> None:
    world.mails = (BEFORE,)
    dialog = open_dialog(window)
    wait_until(dialog.places.isVisible)
    dialog.way_buttons[CutoverWay.SWITCH_FIRST].click()
    assert dialog.steps.texts[0][0] == "1. The SPF record names the new mail server"
    assert "imap.old.example" in dialog.notice.text()
    dialog.way_buttons[CutoverWay.MOVE_FIRST].click()
    assert dialog.notice.text() == ""


def test_a_switch_under_way_is_recognised(window: MainWindow, world: FakeWorld) -> None:
    world.mails = (AFTER,)
    dialog = open_dialog(window)
    wait_until(dialog.places.isVisible)
    assert dialog.way is CutoverWay.SWITCH_FIRST


def test_it_is_stopped_and_begun_again_with_the_keyboard(window: MainWindow, world: FakeWorld) -> None:
    world.mails = (BEFORE,)
    world.mx_gate.clear()
    dialog = open_dialog(window)
    assert (dialog.title.text(), dialog.look_button.text()) == ("Asking the name servers…", "&Stop")
    tab_to(dialog, dialog.look_button)
    press(dialog, Qt.Key.Key_Space)
    assert dialog.look_button.text() == "&Look again"
    assert not window.controller.cutover.is_running
    world.mx_gate.set()
    press(dialog, Qt.Key.Key_Space)
    wait_until(dialog.places.isVisible)
    tab_to(dialog, dialog.close_button)
    press(dialog, Qt.Key.Key_Space)
    assert not dialog.isVisible()


@pytest.mark.parametrize("by_window", [False, True])
def test_closing_the_dialog_or_the_window_ends_the_look(window: MainWindow, world: FakeWorld, by_window: bool) -> None:
    world.mx_gate.clear()
    dialog = open_dialog(window)
    wait_until(dialog.isActiveWindow)
    if by_window:
        window.close_for_good()
    else:
        press(dialog, Qt.Key.Key_Escape)
    assert not window.controller.cutover.is_running


def test_a_mistake_of_our_own_is_said(
    open_window: OpenWindow, world: FakeWorld, expected_log: Callable[[str], None]
) -> None:
    expected_log("cutover failed in a way that nobody expected")

    def broken(plan: MigrationPlan, cancel: object) -> tuple[DomainMail, ...]:
        raise RuntimeError("broken")

    window = open_window(replace(world.services(), mx_watch=broken))
    plan = MigrationPlan("Acme", world.accounts)
    window.controller.create(NewMigration(world.folder / "acme.mailmove", plan, world.given_passwords()))
    wait_until(lambda: window.has_migration)
    dialog = open_dialog(window)
    wait_until(lambda: dialog.notice.text() == "This could not be done.")
    assert dialog.look_button.text() == "&Look again"


def test_the_accounts_are_saved_for_a_control_panel(window: MainWindow, world: FakeWorld) -> None:
    dialog = open_dialog(window)
    google = next(action for action in dialog.accounts_button.menu().actions() if action.text() == "Google Workspace")
    google.trigger()
    files = window.findChild(QFileDialog)
    assert isinstance(files, QFileDialog)
    path = world.folder / "accounts.csv"
    files.fileSelected.emit(str(path))
    wait_until(lambda: window.findChild(QMessageBox) is not None)
    box = window.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    assert box.text() == "The list is written."
    assert "Fill in a password" in box.informativeText()
    assert "anna@new.example" in path.read_text(encoding="utf-8-sig")
    box.close()
    files.close()
