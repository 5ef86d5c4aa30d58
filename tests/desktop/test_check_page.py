"""The check of many accounts: what it says, and putting it right on the spot."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QDate, QModelIndex
from PySide6.QtWidgets import QApplication

from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.desktop.dialogs.folder_map_dialog import FolderMapDialog
from mailmove_gui.desktop.dialogs.password_dialog import PasswordDialog
from mailmove_gui.desktop.models.check_model import WARNS_ROLE, CheckModel, Column
from mailmove_gui.desktop.models.folder_map_model import Column as MapColumn
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.desktop.wizard.wizard import MigrationWizard, Step
from mailmove_gui.domain.findings import AccountCheck, Quota
from mailmove_gui.domain.providers import Provider, ProviderLimits
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret
from tests.desktop.conftest import wait_until
from tests.desktop.driving import check, go_on, open_wizard, start, to_accounts, type_accounts, wait_for_rest
from tests.desktop.services import NEW, OLD, FakeWorld, account
from tests.unit.engine.fake_mail import mail

OpenWindow = Callable[[Services], MainWindow]


def logins(world: FakeWorld) -> list[int]:
    return [world.sources[one.source.user].calls["folders"] for one in world.accounts]


def cell(wizard: MigrationWizard, row: int, column: Column) -> str:
    return str(wizard.check_page.model.index(row, column).data() or "")


def wait_for_check(wizard: MigrationWizard) -> None:
    wait_until(lambda: not wizard.checker.is_running)


@pytest.fixture
def window(open_window: OpenWindow, world: FakeWorld) -> MainWindow:
    for box in world.sources.values():
        box.folder("Work").add(mail("work"))
        box.folder("Work", "2024")
    return open_window(world.services())


@pytest.fixture
def wizard(window: MainWindow, world: FakeWorld) -> MigrationWizard:
    opened = open_wizard(window)
    to_accounts(opened, OLD, NEW)
    type_accounts(opened, world.accounts, world.given_passwords())
    return opened


def test_what_was_found_is_said_in_the_line_and_below(wizard: MigrationWizard, world: FakeWorld) -> None:
    anna = world.accounts[0]
    world.destinations[anna.destination.user].quota = Quota(900, 1000)
    check(wizard)
    page = wizard.check_page
    assert cell(wizard, 0, Column.VISIBLE_SINCE).startswith("2020-01-01")
    assert "too little for this mailbox" in cell(wizard, 0, Column.NOTE)
    assert page.model.index(0, Column.NOTE).data(WARNS_ROLE) is True
    assert page.model.index(1, Column.NOTE).data(WARNS_ROLE) is False
    assert not page._row_note.isVisible()
    page.table.selectRow(0)
    assert page._row_note.text() == cell(wizard, 0, Column.NOTE)
    assert page._row_note.isVisible()
    assert page.summary.estimate.text().startswith("Less than a minute for 2 accounts, ready")
    assert page.summary.folder_map.text() == "Folder map: 3 folders, all keep their names"
    # It may be so: nothing of it keeps the account from moving.
    assert wizard.primary_button().isEnabled()


def test_the_estimate_is_held_against_the_end_of_the_source(
    window: MainWindow, wizard: MigrationWizard, world: FakeWorld
) -> None:
    check(wizard)
    summary = wizard.check_page.summary
    assert summary.deadline.text() == ""
    before = logins(world)
    today = QDate.currentDate()
    summary.source_end.box.click()
    summary.source_end.field.setDate(today.addDays(40))
    assert "in time, ready today" in summary.deadline.text()
    summary.source_end.field.setDate(today.addDays(20))
    assert "20 days are left." in summary.deadline.text()
    summary.source_end.field.setDate(today.addDays(-1))
    assert "was to end on" in summary.deadline.text()
    summary.source_end.field.setDate(today.addDays(40))
    # Nobody has to log in again for it, and it comes back with the page.
    wizard.back()
    go_on(wizard, Step.CHECK)
    assert logins(world) == before
    assert summary.source_end.box.isChecked()
    ends = summary.source_end.day
    assert ends is not None
    assert wizard.draft.source_ends == wizard.draft.plan().source_ends == ends
    start(window, wizard)
    wait_for_rest(window)
    assert ends.isoformat() in window.board.header.deadline.text()
    assert window.board.dialogs.control.source_ends == ends


def test_the_providers_limits_come_into_it(open_window: OpenWindow, world: FakeWorld) -> None:
    limits = ProviderLimits(download_bytes_a_day=1000, message_bytes=50)
    known = {OLD.host: Provider("old", "Old Mail", limits=limits), NEW.host: Provider("new", "New Mail", limits=limits)}
    wizard = open_wizard(open_window(replace(world.services(), provider_of_host=known.get)))
    to_accounts(wizard, OLD, NEW)
    type_accounts(wizard, world.accounts, world.given_passwords())
    check(wizard)
    assert wizard.check_page.summary.estimate.text().endswith("limited by Old Mail's 1 kB a day.")
    assert "12 messages are larger than the destination accepts (50 bytes)" in cell(wizard, 0, Column.NOTE)


def test_a_user_name_is_corrected_and_only_that_account_checked_again(
    wizard: MigrationWizard, world: FakeWorld
) -> None:
    bo = world.accounts[1]
    wrong = replace(bo, source=replace(bo.source, user="b0@old.example"))
    world.sources["b0@old.example"] = replace(world.sources[bo.source.user], password="another")
    passwords = world.given_passwords() | {wrong.secret_key(Side.SOURCE): Secret("right bo@old.example")}
    type_accounts(wizard, [world.accounts[0], wrong], passwords)
    check(wizard)
    before = logins(world)
    wizard.check_page.passwords_button.click()
    dialog = wizard.findChild(PasswordDialog)
    assert isinstance(dialog, PasswordDialog)
    assert not dialog.retry_button.isEnabled()
    dialog.user_edits()[0].setText(bo.source.user)
    assert dialog.retry_button.text().replace("&", "") == "Retry 1 account"
    dialog.retry_button.click()
    wait_for_check(wizard)
    assert wizard.draft.passed() == tuple(one.id for one in world.accounts)
    assert [account.destination.user for account in wizard.draft.accounts()] == ["anna@new.example", "bo@new.example"]
    assert logins(world) == [before[0], before[1] + 1]


def test_a_correction_that_makes_two_of_one_is_not_taken(wizard: MigrationWizard, world: FakeWorld) -> None:
    anna, bo = world.accounts
    twin = replace(bo, destination=anna.destination)
    passwords = world.given_passwords()
    passwords[twin.secret_key(Side.SOURCE)] = Secret("wrong")
    type_accounts(wizard, [anna, twin], passwords)
    check(wizard)
    draft = wizard.draft
    wizard.check_page.passwords_button.click()
    dialog = wizard.findChild(PasswordDialog)
    assert isinstance(dialog, PasswordDialog)
    dialog.user_edits()[0].setText(anna.source.user)
    dialog.retry_button.click()
    assert wizard.draft == draft
    assert "is in row 1 already" in wizard.check_page.notice.text()
    assert not wizard.checker.is_running


def test_one_changed_password_costs_one_check(wizard: MigrationWizard, world: FakeWorld) -> None:
    check(wizard)
    before = logins(world)
    wizard.back()
    wizard.back()
    passwords = world.given_passwords()
    passwords[world.accounts[1].secret_key(Side.DESTINATION)] = Secret("wrong")
    type_accounts(wizard, world.accounts, passwords)
    check(wizard)
    assert logins(world) == [before[0], before[1] + 1]
    assert wizard.draft.passed() == (world.accounts[0].id,)


def test_order_and_pace_need_no_other_check_but_days_do(wizard: MigrationWizard, world: FakeWorld) -> None:
    check(wizard)
    before = logins(world)
    wizard.back()
    wizard.what_page.at_once_field.setValue(9)
    go_on(wizard, Step.CHECK)
    assert not wizard.checker.is_running
    wizard.back()
    wizard.what_page.since_box.click()
    go_on(wizard, Step.CHECK)
    wait_for_check(wizard)
    assert logins(world) == [number + 1 for number in before]
    assert "13 messages are left out for their date or size." in cell(wizard, 0, Column.NOTE)


def look_at_map(wizard: MigrationWizard) -> FolderMapDialog:
    wizard.check_page.summary.map_button.click()
    found = wizard.findChildren(FolderMapDialog)
    assert len(found) == 1
    return found[0]


def test_the_map_is_changed_without_another_check_and_moves_so(
    window: MainWindow, wizard: MigrationWizard, world: FakeWorld
) -> None:
    check(wizard)
    before = logins(world)
    dialog = look_at_map(wizard)
    model = dialog.model
    assert model.setData(model.index(1, MapColumn.DESTINATION), "Job")
    dialog.account_field.setCurrentIndex(1)
    dialog.only_this_button.click()
    assert model.setData(model.index(1, MapColumn.DESTINATION), "INBOX")
    dialog.accept()
    assert not wizard.checker.is_running
    assert logins(world) == before
    assert wizard.check_page.summary.folder_map.text() == "Folder map: 3 folders, 2 renamed"
    assert "2 folders go into one" in cell(wizard, 1, Column.NOTE)
    assert [one.folder_map for one in wizard.draft.accounts()] == [(), ((("Work",), ("INBOX",)),)]
    start(window, wizard)
    wait_for_rest(window)
    anna, bo = (world.destinations[one.destination.user] for one in world.accounts)
    assert len(anna.folders["Job",].messages) == 1
    assert ("Job", "2024") in anna.folders
    assert len(bo.folders["INBOX",].messages) == 13
    assert ("Job",) not in bo.folders


def test_folders_that_come_in_are_counted(wizard: MigrationWizard, world: FakeWorld) -> None:
    check(wizard)
    before = logins(world)
    for state, messages, checks in ((False, "12", 0), (True, "13", 1)):
        dialog = look_at_map(wizard)
        model = dialog.model
        model._move(("Work",), wanted=state)
        dialog.accept()
        wait_for_check(wizard)
        assert [cell(wizard, row, Column.MESSAGES) for row in range(2)] == [messages] * 2
        assert logins(world) == [number + checks for number in before]
        wait_until(lambda: not wizard.findChildren(FolderMapDialog))


def test_a_result_repaints_its_own_line_only(qapp: QApplication) -> None:
    model = CheckModel()
    accounts = [account(f"u{number}") for number in range(100)]
    model.show_accounts(accounts, {})
    told: list[tuple[int, int]] = []

    def note(first: QModelIndex, last: QModelIndex) -> None:
        told.append((first.row(), last.row()))

    model.dataChanged.connect(note)
    for number in (7, 99):
        model.take(AccountCheck(accounts[number].id))
    assert told == [(7, 7), (99, 99)]
