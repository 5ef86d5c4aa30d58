import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QMessageBox

from mailmove_gui.desktop.bridge.open_document import NewMigration
from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.desktop.dialogs.control_dialog import ControlDialog
from mailmove_gui.desktop.dialogs.reminder_dialog import ReminderDialog
from mailmove_gui.desktop.models.board_model import Column
from mailmove_gui.desktop.models.control import Control
from mailmove_gui.desktop.models.groups import Group
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.findings import AccountCheck
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.providers import Provider
from mailmove_gui.domain.quiet_hours import QuietHours
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.domain.states import AccountState
from mailmove_gui.ledger import open_ledger
from tests.desktop.conftest import wait_until
from tests.desktop.driving import wait_for_rest
from tests.desktop.services import FakeWorld
from tests.unit.engine.fake_mail import mail

OpenWindow = Callable[[Services], MainWindow]
S = AccountState
KNOWN = {"imap.old.example": Provider("old", "Old Mail", name_zh="老邮箱")}


@pytest.fixture
def migration(world: FakeWorld) -> NewMigration:
    plan = MigrationPlan("Acme", world.accounts)
    return NewMigration(world.folder / "acme.mailmove", plan, world.given_passwords())


@pytest.fixture
def window(open_window: OpenWindow, world: FakeWorld, migration: NewMigration) -> MainWindow:
    """A migration that was made and not started."""
    opened = open_window(world.services())
    opened.controller.create(migration)
    wait_until(lambda: opened.has_migration)
    return opened


def states(window: MainWindow) -> list[AccountState]:
    return [row.state for row in window.board.model.rows]


def choose(window: MainWindow, *rows: int) -> None:
    flags = QItemSelectionModel.SelectionFlag
    window.board.table.clearSelection()
    for row in rows:
        index = window.board.filter.index(row, 0)
        window.board.table.selectionModel().select(index, flags.Select | flags.Rows)


def chip(window: MainWindow, group: Group) -> int:
    return window.board.chips.chip(list(Group).index(group) + 1).number


def test_start_all_moves_all_and_the_board_follows(window: MainWindow, world: FakeWorld) -> None:
    assert states(window) == [S.NOT_STARTED, S.NOT_STARTED]
    assert window.windowTitle() == "Acme: MailMove"
    window.board.actions_.start.trigger()
    wait_for_rest(window)
    assert states(window) == [S.DONE, S.DONE]
    assert chip(window, Group.DONE) == 2
    assert window.board.header.text.startswith("24 of 24 messages")
    assert "All accounts are done" in window.board.notice.text()
    for one in world.accounts:
        assert world.destinations[one.destination.user].bodies() == world.sources[one.source.user].bodies()


def test_progress_is_shown_while_it_moves(window: MainWindow, world: FakeWorld) -> None:
    world.append_gate.clear()
    window.board.actions_.start.trigger()
    wait_until(lambda: states(window) == [S.MOVING, S.MOVING])
    wait_until(lambda: window.board.model.rows[0].counts.total == 12)
    assert chip(window, Group.MOVING) == 2
    assert window.board.model.index(0, Column.PROGRESS).data() == "0 of 12"
    assert window.board.actions_.pause.isEnabled()
    world.append_gate.set()
    wait_for_rest(window)


def test_actions_work_on_what_is_chosen(window: MainWindow) -> None:
    choose(window, 1)
    assert window.board.actions_.start.text() == "&Start selected"
    window.board.actions_.start.trigger()
    wait_until(lambda: states(window)[1] is S.DONE)
    assert states(window) == [S.NOT_STARTED, S.DONE]


def test_pause_and_go_on(window: MainWindow, world: FakeWorld) -> None:
    world.gate.clear()
    window.board.actions_.start.trigger()
    wait_until(lambda: states(window) == [S.CHECKING, S.CHECKING])
    window.board.actions_.pause.trigger()
    wait_until(lambda: states(window) == [S.PAUSED, S.PAUSED])
    assert chip(window, Group.PAUSED) == 2
    world.gate.set()
    window.board.actions_.start.trigger()
    wait_until(lambda: states(window) == [S.DONE, S.DONE])


def test_stop_stops(window: MainWindow, world: FakeWorld) -> None:
    world.gate.clear()
    window.board.actions_.start.trigger()
    wait_until(lambda: states(window) == [S.CHECKING, S.CHECKING])
    choose(window, 0)
    window.board.actions_.stop.trigger()
    wait_until(lambda: states(window)[0] is S.PAUSED)
    assert states(window)[1] is S.CHECKING
    world.gate.set()
    wait_until(lambda: states(window)[1] is S.DONE)


def test_a_wrong_password_is_asked_for_and_the_account_goes_on(
    open_window: OpenWindow, world: FakeWorld, migration: NewMigration
) -> None:
    key = world.accounts[0].secret_key(Side.SOURCE)
    right = migration.passwords[key]
    wrong = NewMigration(migration.path, migration.plan, {**migration.passwords, key: Secret("wrong")})
    window = open_window(world.services())
    window.controller.create(wrong)
    wait_until(lambda: window.has_migration)
    window.board.actions_.start.trigger()
    wait_for_rest(window)
    assert states(window) == [S.NEEDS_PASSWORD, S.DONE]
    assert window.board.notice.text() == "1 account needs a password."
    choose(window, 0)
    assert window.board.strip.account_id == world.accounts[0].id
    window.board.notice.button.click()
    wait_until(lambda: window.passwords.dialog is not None)
    dialog = window.passwords.dialog
    assert dialog is not None
    (line,) = dialog.lines
    QTest.keyClicks(line.field, right.reveal())
    dialog.retry_button.click()
    wait_until(lambda: states(window) == [S.DONE, S.DONE])
    assert world.kept.get(key) == right
    assert window.board.strip.account_id == ""


def test_what_the_check_found_is_on_the_board_from_the_beginning(
    open_window: OpenWindow, world: FakeWorld, migration: NewMigration
) -> None:
    first, second = world.accounts
    checks = (
        AccountCheck(first.id, source_failure=Failure(Reason.WRONG_PASSWORD, Side.SOURCE)),
        AccountCheck(second.id, destination_failure=Failure(Reason.TIMED_OUT, Side.DESTINATION)),
    )
    window = open_window(world.services())
    window.controller.create(NewMigration(migration.path, migration.plan, migration.passwords, checks))
    wait_until(lambda: window.has_migration)
    assert states(window) == [S.NEEDS_PASSWORD, S.FAILED]
    window.board.table.selectAll()
    window.board.actions_.retry.trigger()
    wait_until(lambda: states(window) == [S.DONE, S.DONE])


def test_refused_messages_can_be_tried_again(window: MainWindow, world: FakeWorld) -> None:
    destination = world.destinations[world.accounts[0].destination.user]
    world.sources[world.accounts[0].source.user].folder("INBOX").add(mail("unwelcome"))
    destination.refuses = lambda body: "NO virus" if b"unwelcome" in body else None
    window.board.actions_.start.trigger()
    wait_for_rest(window)
    assert states(window) == [S.DONE_WITH_REFUSALS, S.DONE]
    assert window.board.model.index(0, Column.PROBLEM).data() == "1 message was not moved."
    destination.refuses = lambda body: None
    choose(window, 0)
    window.board.strip.button.click()
    wait_until(lambda: states(window) == [S.DONE, S.DONE])
    assert window.board.model.rows[0].counts.moved == 13


def test_filter_and_search(window: MainWindow) -> None:
    choose(window, 1)
    window.board.actions_.start.trigger()
    wait_until(lambda: chip(window, Group.DONE) == 1)
    window.board.chips.chip(list(Group).index(Group.DONE) + 1).click()
    assert window.board.filter.rowCount() == 1
    QTest.keyClicks(window.board.search_field, "anna")
    assert window.board.filter.rowCount() == 0
    window.board.chips.chip(0).click()
    assert window.board.filter.rowCount() == 1


def test_the_context_menu_offers_the_same_actions(window: MainWindow) -> None:
    window.board.table.customContextMenuRequested.emit(QPoint(10, 10))
    menu = window.board.findChild(QMenu)
    assert menu is not None
    offered = [action for action in menu.actions() if not action.isSeparator()]
    assert offered == list(window.board.actions_.on_accounts)
    menu.close()


def test_delete_does_nothing_to_mail(window: MainWindow, world: FakeWorld) -> None:
    choose(window, 0, 1)
    QTest.keyClick(window.board.table, Qt.Key.Key_Delete)
    assert window.board.model.rowCount() == 2
    assert len(world.sources[world.accounts[0].source.user].bodies()) == 12


def test_the_report_is_written(window: MainWindow, world: FakeWorld) -> None:
    window.board.actions_.start.trigger()
    wait_for_rest(window)
    file = world.folder / "report.html"
    window.controller.write_report(file)
    wait_until(lambda: bool(window.findChildren(QMessageBox)))
    assert world.accounts[0].source.user in file.read_text(encoding="utf-8")
    window.findChildren(QMessageBox)[0].close()


def test_a_report_that_cannot_be_written_is_explained(
    window: MainWindow, world: FakeWorld, expected_log: Callable[[str], None]
) -> None:
    expected_log("a file could not be written")
    window.controller.write_report(world.folder / "no such folder" / "report.html")
    wait_until(lambda: bool(window.findChildren(QMessageBox)))
    (message,) = window.findChildren(QMessageBox)
    assert "report.html" in message.informativeText()
    message.close()


def test_a_migration_is_opened_again_where_it_was(
    open_window: OpenWindow, world: FakeWorld, window: MainWindow, migration: NewMigration
) -> None:
    choose(window, 0)
    window.board.actions_.start.trigger()
    wait_until(lambda: states(window)[0] is S.DONE)
    gone: list[MainWindow] = []
    window.gone.connect(gone.append)
    window.close()
    wait_until(lambda: gone == [window])
    again = open_window(world.services())
    wait_until(lambda: len(again.start_page.recent_cards()) == 1)
    again.start_page.recent_cards()[0].button.click()
    wait_until(lambda: states(again) == [S.DONE, S.NOT_STARTED])
    again.board.actions_.start.trigger()
    wait_until(lambda: states(again) == [S.DONE, S.DONE])


def test_a_file_that_is_no_migration_is_explained(open_window: OpenWindow, world: FakeWorld) -> None:
    window = open_window(world.services())
    file = world.folder / "letter.mailmove"
    file.write_text("Dear Anna")
    window.open_file(file)
    wait_until(lambda: "letter.mailmove" in window.start_page.notice.text())
    assert not window.has_migration


def test_a_second_migration_goes_into_another_window(window: MainWindow, world: FakeWorld) -> None:
    wanted: list[Path | None] = []
    window.another_wanted.connect(wanted.append)
    window.open_file(world.folder / "other.mailmove")
    assert wanted == [world.folder / "other.mailmove"]


def test_the_ledger_holds_no_password(window: MainWindow, migration: NewMigration) -> None:
    window.board.actions_.start.trigger()
    wait_for_rest(window)
    gone: list[MainWindow] = []
    window.gone.connect(gone.append)
    window.close()
    wait_until(lambda: gone == [window])
    data = migration.path.read_bytes()
    assert not any(secret.reveal().encode() in data for secret in migration.passwords.values())
    ledger = open_ledger(migration.path)
    assert [record.state for record in ledger.accounts()] == [S.DONE, S.DONE]
    ledger.close()


def test_accounts_are_left_out_and_taken_in_again(window: MainWindow) -> None:
    choose(window, 1)
    window.board.actions_.skip.trigger()
    wait_until(lambda: states(window) == [S.NOT_STARTED, S.SKIPPED])
    window.board.table.clearSelection()
    window.board.actions_.start.trigger()
    wait_until(lambda: states(window) == [S.DONE, S.SKIPPED])
    wait_until(lambda: "1 account is left out" in window.board.header.circumstances)
    assert window.board.header.text.startswith("12 of 12 messages")
    choose(window, 1)
    window.board.actions_.unskip.trigger()
    wait_until(lambda: states(window) == [S.DONE, S.NOT_STARTED])
    wait_until(lambda: window.board.header.circumstances == "")
    assert window.board.header.text.endswith("1 account not counted yet"), "what is in it is not in the total"


def test_an_empty_table_says_why(window: MainWindow) -> None:
    QTest.keyClicks(window.board.search_field, "zzz")
    assert window.board.filter.words_if_empty() == "No account matches “zzz”."
    shown = window.board.table.grab().toImage()
    window.board.search_field.clear()
    window.board.filter.show_group(Group.FAILED)
    assert window.board.filter.words_if_empty() == "No account is in this state now."
    assert window.board.table.grab().toImage() != shown


def test_speed_and_times_change_while_accounts_run(window: MainWindow, world: FakeWorld) -> None:
    world.append_gate.clear()
    window.board.actions_.start.trigger()
    wait_until(lambda: states(window) == [S.MOVING, S.MOVING])
    window.board.actions_.control.trigger()
    dialog = window.findChild(ControlDialog)
    assert isinstance(dialog, ControlDialog)
    dialog.accounts_field.setValue(1)
    dialog.bandwidth_box.click()
    dialog.apply_button.click()
    wait_until(lambda: window.board.header.circumstances == "at most 2 MB/s")
    # The accounts go on under the new limits, and the next dialog knows them.
    world.append_gate.set()
    wait_for_rest(window)
    assert states(window) == [S.DONE, S.DONE]
    wait_until(lambda: window.findChild(ControlDialog) is None)
    window.board.actions_.control.trigger()
    again = window.findChild(ControlDialog)
    assert isinstance(again, ControlDialog)
    assert again.control() == Control(1, 2_000_000)
    again.reject()


def test_the_end_of_the_source_can_be_set_and_taken_back(window: MainWindow) -> None:
    deadline = window.board.header.deadline
    assert deadline.text() == ""
    ends = date.today() + timedelta(days=20)  # noqa: DTZ011 -- a day of this computer, as the field shows it
    window.controller.change_control(Control(source_ends=ends))
    wait_until(lambda: ends.isoformat() in deadline.text())
    assert "20 days are left" in deadline.toolTip()
    window.board.actions_.start.trigger()
    wait_for_rest(window)
    window.board._look_at_deadline()
    wait_until(lambda: "everything has been moved" in deadline.text())
    window.controller.change_control(Control())
    wait_until(lambda: deadline.text() == "")


def test_the_end_of_the_source_is_kept_in_the_file(window: MainWindow, migration: NewMigration) -> None:
    ends = date(2026, 12, 31)
    window.controller.change_control(Control(7, source_ends=ends))
    wait_until(lambda: ends.isoformat() in window.board.header.deadline.text())
    gone: list[MainWindow] = []
    window.gone.connect(gone.append)
    window.close()
    wait_until(lambda: gone == [window])
    ledger = open_ledger(migration.path)
    plan = ledger.plan()
    ledger.close()
    assert (plan.source_ends, plan.options.accounts_at_once) == (ends, 7)


def test_passes_are_switched_on_and_made_now(window: MainWindow, world: FakeWorld) -> None:
    actions = window.board.actions_
    actions.start.trigger()
    wait_for_rest(window)
    actions.control.trigger()
    dialog = window.findChild(ControlDialog)
    assert isinstance(dialog, ControlDialog)
    assert dialog.passes_field.currentText() == "Off"
    dialog.passes_field.setCurrentText("Every hour")
    dialog.apply_button.click()
    wait_until(lambda: states(window) == [S.WATCHING, S.WATCHING])
    assert re.fullmatch(r"Watching; next pass .*\d\d:\d\d", window.board.model.index(0, Column.STATE).data())
    assert window.board.model.summary().watched == 2
    late = mail("late")
    world.sources[world.accounts[0].source.user].folder("INBOX").add(late)
    actions.pass_now.trigger()
    wait_until(lambda: late in world.destinations[world.accounts[0].destination.user].bodies())
    wait_until(lambda: states(window) == [S.WATCHING, S.WATCHING])
    # Nothing is watched unseen.
    window.close()
    (question,) = window.findChildren(QMessageBox)
    assert question.text() == "2 accounts are watched for new mail."
    question.reject()
    window.controller.change_control(Control())
    wait_until(lambda: states(window) == [S.DONE, S.DONE])
    assert window.board.model.index(0, Column.STATE).data() == "Done, verified"


def test_quiet_hours_hold_accounts_back_and_the_header_says_until_when(window: MainWindow, world: FakeWorld) -> None:
    now = datetime.now(UTC).astimezone()
    hours = QuietHours((now - timedelta(hours=1)).time(), (now + timedelta(hours=2)).time())
    window.controller.change_control(Control(4, None, (hours,)))
    window.board.actions_.start.trigger()
    wait_until(lambda: states(window) == [S.WAITING, S.WAITING])
    assert "quiet hours" in window.board.model.index(0, Column.PROBLEM).data()
    assert window.board.model.index(0, Column.STATE).data().startswith("Continues ")
    wait_until(lambda: "Nothing moves now, it continues " in window.board.header.circumstances)
    assert window.board.header.circumstances.startswith("quiet ")
    window.controller.change_control(Control())
    window.board.actions_.stop_all.trigger()
    wait_until(lambda: states(window) == [S.PAUSED, S.PAUSED])


def test_a_reminder_is_offered_for_those_who_have_not_started(window: MainWindow) -> None:
    assert window.board.reminder_button.isHidden()
    window.board.chips.all_chips[list(Group).index(Group.NOT_STARTED) + 1].click()
    assert not window.board.reminder_button.isHidden()
    window.board.reminder_button.click()
    dialog = window.findChild(ReminderDialog)
    assert isinstance(dialog, ReminderDialog)
    text = dialog.text_field.toPlainText()
    assert all(row.account.source.user in text for row in window.board.model.rows)
    dialog.reject()


def test_details_are_shown_where_no_password_is_needed(window: MainWindow, migration: NewMigration) -> None:
    window.board.table.activated.emit(window.board.filter.index(1, 0))
    assert window.board.details.account_id == migration.plan.accounts[1].id
    choose(window, 0)
    window.board.actions_.details.trigger()
    assert window.board.details.account_id == migration.plan.accounts[0].id


def test_the_route_is_told_in_the_names_of_providers(
    open_window: OpenWindow, world: FakeWorld, migration: NewMigration
) -> None:
    services = replace(world.services(), provider_of_host=KNOWN.get)
    window = open_window(services)
    window.controller.create(migration)
    wait_until(lambda: window.has_migration)
    assert window.board.header.route == "老邮箱 Old Mail → imap.new.example"
