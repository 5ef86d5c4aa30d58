"""The details of an account, from a click on the board to what the ledger has then."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMessageBox, QPlainTextEdit, QPushButton

from mailmove_gui.desktop.bridge.open_document import NewMigration
from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.desktop.bridge.threads import QtSpawn
from mailmove_gui.desktop.details.message_dialog import MessageDialog
from mailmove_gui.desktop.details.panel import DetailsPanel
from mailmove_gui.desktop.models import folders_model
from mailmove_gui.desktop.widgets.labels import WrappedLabel
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.domain.states import AccountState
from mailmove_gui.ledger import open_ledger
from tests.desktop.conftest import wait_until
from tests.desktop.driving import wait_for_rest
from tests.desktop.services import FakeWorld
from tests.unit.engine.fake_mail import FakeMailbox, mail

OpenWindow = Callable[[Services], MainWindow]
S = AccountState
FORBIDDEN = (b"virus 1", b"virus 2")


@pytest.fixture
def migration(world: FakeWorld) -> NewMigration:
    """Two messages of anna's are refused; a third one lies in a folder of its own."""
    inbox = world.sources[world.accounts[0].source.user].folder("INBOX")
    for words in FORBIDDEN:
        inbox.add(mail(words.decode()))
    world.sources[world.accounts[0].source.user].folder("项目", "2024").add(mail("minutes"))
    destination(world).refuses = lambda body: "NO found a virus" if b"virus" in body else None
    plan = MigrationPlan("Acme", world.accounts)
    return NewMigration(world.folder / "acme.mailmove", plan, world.given_passwords())


@pytest.fixture
def window(open_window: OpenWindow, world: FakeWorld, migration: NewMigration) -> MainWindow:
    opened = open_window(world.services())
    opened.controller.create(migration)
    wait_until(lambda: opened.has_migration)
    return opened


@pytest.fixture
def panel(window: MainWindow) -> DetailsPanel:
    """Everything is moved but for what is refused, and the details of anna are open."""
    window.board.actions_.start.trigger()
    wait_for_rest(window)
    open_first(window)
    wait_until(lambda: window.board.details.refusals.model.rowCount() == 2)
    return window.board.details


def destination(world: FakeWorld) -> FakeMailbox:
    return world.destinations[world.accounts[0].destination.user]


def open_first(window: MainWindow) -> None:
    """With the keyboard: the first account, Enter."""
    table = window.board.table
    table.setFocus()
    table.setCurrentIndex(window.board.filter.index(0, 0))
    QTest.keyClick(table, Qt.Key.Key_Return)


def state(window: MainWindow) -> AccountState:
    return window.board.model.rows[0].state


def cell(panel: DetailsPanel, row: int, column: folders_model.Column) -> str:
    return str(panel.folders.model.index(row, column).data())


def select(panel: DetailsPanel, *rows: int) -> None:
    flags = QItemSelectionModel.SelectionFlag
    selection = panel.refusals.table.selectionModel()
    selection.clearSelection()
    for row in rows:
        selection.select(panel.refusals.model.index(row, 0), flags.Select | flags.Rows)


def accept(panel: DetailsPanel) -> str:
    """Say yes to the question that is open; returns what it says."""
    (box,) = panel.findChildren(QMessageBox)
    text = f"{box.text()} {box.informativeText()}"
    button = box.defaultButton()
    assert isinstance(button, QPushButton)
    wait_until(box.isActiveWindow)
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert not box.isVisible()
    return text


# What is shown


def test_details_open_with_enter_and_close_with_escape(window: MainWindow, world: FakeWorld) -> None:
    panel = window.board.details
    assert panel.isHidden()
    open_first(window)
    assert panel.isVisible()
    assert panel.account_id == world.accounts[0].id
    panel.close_button.setFocus()
    QTest.keyClick(panel.close_button, Qt.Key.Key_Escape)
    assert panel.isHidden()
    assert panel.account_id == ""
    assert window.board.table.hasFocus()


def test_details_open_by_their_action_for_one_account_only(window: MainWindow) -> None:
    action = window.board.actions_.details
    assert not action.isEnabled()
    window.board.table.selectRow(1)
    action.trigger()
    assert window.board.details.account_id == window.board.model.rows[1].account.id
    window.board.table.selectAll()
    assert not action.isEnabled()


def test_details_follow_the_chosen_account(window: MainWindow, world: FakeWorld) -> None:
    open_first(window)
    QTest.keyClick(window.board.table, Qt.Key.Key_Down)
    assert window.board.details.account_id == world.accounts[1].id


def test_their_height_is_remembered(window: MainWindow, open_window: OpenWindow, world: FakeWorld) -> None:
    open_first(window)
    split = window.board.split
    split.moveSplitter(split.sizes()[0] - 40, 1)
    chosen = window.board.details.height()
    window.board.details.closed.emit()
    open_first(window)
    assert window.board.details.height() == chosen
    window.board.details.closed.emit()
    assert window.settings.value.details_height == chosen
    gone: list[MainWindow] = []
    window.gone.connect(gone.append)
    window.close()
    wait_until(lambda: gone == [window])


def test_before_the_start_there_is_nothing_to_tell(window: MainWindow) -> None:
    open_first(window)
    panel = window.board.details
    wait_until(lambda: "looked at when the account starts" in panel.folders.content.words())
    assert panel.log.content.words() == "Nothing has happened yet."
    assert panel.standing == "Not started"
    assert panel.tabs.tabText(1) == "&Not moved"


def test_numbers_are_those_of_the_ledger(
    window: MainWindow, panel: DetailsPanel, world: FakeWorld, migration: NewMigration
) -> None:
    columns = folders_model.Column
    numbers = (columns.AT_SOURCE, columns.MOVED, columns.ALREADY_THERE, columns.NOT_MOVED, columns.AT_DESTINATION)
    assert [cell(panel, 0, column) for column in columns] == ["2 folders", "15", "13", "0", "2", "0", "13", "Yes"]
    assert cell(panel, 1, columns.FOLDER) == "INBOX"
    assert cell(panel, 2, columns.FOLDER) == "项目/2024"
    assert panel.tabs.tabText(1) == "&Not moved (2)"
    shown = [[cell(panel, row, column) for column in numbers] for row in (1, 2)]
    gone: list[MainWindow] = []
    window.gone.connect(gone.append)
    window.close()
    wait_until(lambda: gone == [window])
    ledger = open_ledger(migration.path)
    counted = [one.counts for one in ledger.folder_counts(world.accounts[0].id)]
    ledger.close()
    assert shown == [
        [str(number) for number in (one.at_source, one.moved, one.already_there, one.refused, one.at_destination)]
        for one in counted
    ]


def test_the_details_of_a_running_account_follow_it(window: MainWindow, world: FakeWorld) -> None:
    world.append_gate.clear()
    open_first(window)
    panel = window.board.details
    window.board.actions_.start.trigger()
    wait_until(lambda: panel.folders.model.sums.pending == 15)
    assert cell(panel, 0, folders_model.Column.VERIFIED) == "15 to move"
    assert panel.standing.startswith("Moving")
    world.append_gate.set()
    wait_until(lambda: state(window) is S.DONE_WITH_REFUSALS)
    wait_until(lambda: panel.folders.model.sums.moved == 13)
    wait_until(lambda: "since" in panel.standing)
    assert sum(panel.sparkline.values) == 13
    assert panel.sparkline.accessibleName() == "Up to 13 messages a minute"


def test_a_problem_is_told_with_what_to_do_and_its_button(
    open_window: OpenWindow, world: FakeWorld, migration: NewMigration
) -> None:
    key = world.accounts[0].secret_key(Side.SOURCE)
    wrong = NewMigration(migration.path, migration.plan, {**migration.passwords, key: Secret("wrong")})
    window = open_window(world.services())
    window.controller.create(wrong)
    wait_until(lambda: window.has_migration)
    window.board.actions_.start.trigger()
    wait_for_rest(window)
    # Enter would ask for the password at once.
    window.board.table.selectRow(0)
    window.board.actions_.details.trigger()
    panel = window.board.details
    asked: list[tuple[str, ...]] = []
    window.board.passwords_wanted.connect(asked.append)
    assert panel.notice.text().startswith("The source server does not accept this password. Type it again.")
    assert not window.board.strip.isVisible()
    panel.notice.button.click()
    assert asked == [(world.accounts[0].id,)]
    wait_until(lambda: "does not accept this password" in panel.log.text.toPlainText())


def test_the_log_can_be_copied(panel: DetailsPanel) -> None:
    wait_until(lambda: "Done, but for messages" in panel.log.text.toPlainText())
    panel.tabs.setCurrentWidget(panel.log)
    panel.log.copy_button.click()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[1].endswith("Started; waiting for its turn.")
    assert lines[-1].endswith("Done, but for messages that were not moved.")


def test_a_message_is_shown_whole(panel: DetailsPanel) -> None:
    panel.tabs.setCurrentWidget(panel.refusals)
    table = panel.refusals.table
    table.setFocus()
    table.setCurrentIndex(panel.refusals.model.index(0, 0))
    QTest.keyClick(table, Qt.Key.Key_Return)
    (dialog,) = panel.findChildren(MessageDialog)
    texts = [label.text() for label in dialog.findChildren(WrappedLabel)]
    assert texts[0] == "virus 1"
    (words,) = dialog.findChildren(QPlainTextEdit)
    assert words.toPlainText() == "NO found a virus"
    wait_until(dialog.isActiveWindow)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


# What is done


def save(panel: DetailsPanel, folder: Path) -> None:
    """Press the button, choose the folder, wait until it is over."""
    panel.refusals.save_button.click()
    (dialog,) = panel.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(folder))
    dialog.close()
    wait_until(lambda: "saved" in panel.refusals.notice.text())


def test_messages_are_saved_byte_for_byte_and_nothing_is_overwritten(panel: DetailsPanel, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    save(panel, folder)
    assert panel.refusals.notice.text() == f"2 messages are saved in {folder}."
    assert sorted(file.read_bytes() for file in folder.iterdir()) == sorted(mail(one.decode()) for one in FORBIDDEN)
    select(panel, 0)
    panel.refusals.notice.clear()
    save(panel, folder)
    assert len(list(folder.glob("*.eml"))) == 3
    assert any(file.name.endswith("(2).eml") for file in folder.iterdir())


def test_a_message_that_is_gone_does_not_keep_the_others_from_being_saved(
    panel: DetailsPanel, world: FakeWorld, tmp_path: Path
) -> None:
    inbox = world.sources[world.accounts[0].source.user].folder("INBOX")
    inbox.remove(panel.refusals.model.messages[0].refusal.uid)
    save(panel, tmp_path)
    assert panel.refusals.notice.text().startswith("1 message is saved")
    assert "is not at the source any more" in panel.refusals.notice.text()
    assert len(list(tmp_path.glob("*.eml"))) == 1


def test_a_folder_that_takes_no_files_is_explained(panel: DetailsPanel, tmp_path: Path) -> None:
    save(panel, tmp_path / "no such folder")
    assert "This computer's disk is full, or writing to it is not allowed." in panel.refusals.notice.text()
    assert panel.refusals.save_button.isEnabled()


def test_saving_can_be_stopped(panel: DetailsPanel, world: FakeWorld, tmp_path: Path) -> None:
    world.gate.clear()
    panel.refusals.save_into(tmp_path)
    assert not panel.refusals.notice.text()  # nothing was chosen yet
    panel.refusals.save_button.click()
    (dialog,) = panel.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path))
    dialog.close()
    assert not panel.refusals.save_button.isEnabled()
    panel.refusals.notice.button.click()
    wait_until(lambda: "Then it was stopped." in panel.refusals.notice.text())
    world.gate.set()
    assert list(tmp_path.glob("*.eml")) == []


def test_one_message_is_tried_again(window: MainWindow, panel: DetailsPanel, world: FakeWorld) -> None:
    destination(world).refuses = lambda body: None
    select(panel, 1)
    panel.refusals.retry_button.click()
    wait_until(lambda: panel.refusals.model.rowCount() == 1)
    assert panel.refusals.model.messages[0].refusal.subject == "virus 1"
    wait_until(lambda: panel.tabs.tabText(1) == "&Not moved (1)")
    assert mail("virus 2") in destination(world).bodies()
    assert mail("virus 1") not in destination(world).bodies()
    panel.refusals.retry_button.click()
    wait_until(lambda: state(window) is S.DONE)
    wait_until(lambda: panel.refusals.content.words() != "")


def test_skipping_for_good_makes_the_account_done_and_can_be_taken_back(
    window: MainWindow, panel: DetailsPanel, world: FakeWorld
) -> None:
    panel.refusals.dismiss_button.click()
    assert "Skip 2 messages for good? They stay at the source" in accept(panel)
    wait_until(lambda: state(window) is S.DONE)
    wait_until(lambda: all(one.is_dismissed for one in panel.refusals.model.messages))
    assert panel.refusals.model.rowCount() == 2
    assert panel.tabs.tabText(1) == "&Not moved"
    assert not panel.refusals.dismiss_button.isEnabled()
    assert not panel.refusals.retry_button.isEnabled()  # nothing is named
    destination(world).refuses = lambda body: None
    select(panel, 0, 1)
    panel.refusals.retry_button.click()
    wait_until(lambda: panel.refusals.model.rowCount() == 0)
    wait_until(lambda: window.board.model.rows[0].counts.moved == 15)


def test_a_closed_panel_reads_nothing(window: MainWindow, panel: DetailsPanel) -> None:
    told: list[object] = []
    panel.closed.emit()
    window.controller.details.story_read.connect(told.append)
    window.board.actions_.start.trigger()
    window.board.table.selectAll()
    window.board.actions_.start.trigger()
    wait_for_rest(window)
    assert told == []


def test_closing_the_window_ends_what_is_under_way(
    window: MainWindow, panel: DetailsPanel, world: FakeWorld, spawn: QtSpawn, tmp_path: Path
) -> None:
    world.gate.clear()
    panel.refusals.save_button.click()
    (dialog,) = panel.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path))
    dialog.close()
    wait_until(lambda: "saving messages" in spawn.running)
    ended: list[bool] = []
    window.controller.closed.connect(ended.append)
    gone: list[MainWindow] = []
    window.gone.connect(gone.append)
    window.close()
    wait_until(lambda: gone == [window])
    assert ended == [True]
    assert spawn.join(5.0)
    assert list(tmp_path.glob("*.eml")) == []
    world.gate.set()
