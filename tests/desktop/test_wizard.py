from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QAbstractItemView, QLabel, QMessageBox, QPushButton

from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.desktop.dialogs.password_dialog import PasswordDialog
from mailmove_gui.desktop.models.check_model import Column as CheckColumn
from mailmove_gui.desktop.widgets.password_edit import PasswordEdit
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.desktop.wizard.accounts_model import DOTS, HINDERS_ROLE, AccountsModel, Column
from mailmove_gui.desktop.wizard.draft import MigrationDraft
from mailmove_gui.desktop.wizard.wizard import MigrationWizard, Step
from mailmove_gui.domain.endpoints import Security
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret
from tests.desktop.conftest import wait_until
from tests.desktop.driving import (
    check,
    go_on,
    open_wizard,
    start,
    to_accounts,
    to_check,
    type_accounts,
    type_server,
    wait_for_rest,
)
from tests.desktop.services import NEW, OLD, FakeWorld

OpenWindow = Callable[[Services], MainWindow]


@pytest.fixture
def wizard(open_window: OpenWindow, world: FakeWorld) -> MigrationWizard:
    return open_wizard(open_window(world.services()))


@pytest.fixture
def at_accounts(wizard: MigrationWizard) -> MigrationWizard:
    to_accounts(wizard, OLD, NEW)
    return wizard


def paste(wizard: MigrationWizard, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    wizard.accounts_page.paste_button.click()
    wait_until(lambda: "Reading" not in wizard.accounts_page.notice.text())


def test_the_source_needs_a_server(wizard: MigrationWizard) -> None:
    form = wizard.source_page.form
    assert wizard.currentId() == Step.SOURCE
    assert not wizard.primary_button().isEnabled()
    QTest.keyClicks(form.host_field, "anna@acme.cn")
    assert not wizard.primary_button().isEnabled()
    assert "mail address" in form.notice.text()
    form.host_field.clear()
    type_server(wizard.source_page, OLD)
    assert form.notice.text() == ""
    assert wizard.primary_button().isEnabled()
    assert wizard.primary_button().text().replace("&", "") == "Continue to the destination"


def test_what_is_not_encrypted_is_warned_about(wizard: MigrationWizard) -> None:
    form = wizard.source_page.form
    QTest.keyClicks(form.host_field, "imap://10.0.0.7")
    assert form.port_field.value() == 143
    assert Security(form.security_field.currentData()) is Security.PLAIN
    assert "readable for everyone" in form.notice.text()
    assert wizard.primary_button().isEnabled()


def test_going_back_keeps_what_was_typed(wizard: MigrationWizard) -> None:
    type_server(wizard.source_page, OLD)
    go_on(wizard, Step.DESTINATION)
    type_server(wizard.destination_page, NEW)
    wizard.back()
    assert wizard.source_page.form.host_field.text() == OLD.host
    go_on(wizard, Step.DESTINATION)
    assert wizard.destination_page.form.host_field.text() == NEW.host


def test_accounts_are_typed_and_problems_named(at_accounts: MigrationWizard, world: FakeWorld) -> None:
    model = at_accounts.accounts_page.model
    assert not at_accounts.primary_button().isEnabled()
    type_accounts(at_accounts, world.accounts, world.given_passwords())
    assert at_accounts.primary_button().isEnabled()
    assert at_accounts.primary_button().text().replace("&", "") == "Continue to what is moved"
    model.setData(model.index(1, Column.SOURCE_USER), world.accounts[0].source.user)
    model.setData(model.index(1, Column.DESTINATION_USER), world.accounts[0].destination.user)
    assert "is in row 1 already" in str(model.index(1, Column.PROBLEM).data())
    assert model.index(1, Column.PROBLEM).data(HINDERS_ROLE) is True
    assert not at_accounts.primary_button().isEnabled()
    at_accounts.accounts_page.table.selectRow(1)
    at_accounts.accounts_page.remove_button.click()
    assert at_accounts.primary_button().isEnabled()
    assert [account.id for account in at_accounts.draft.accounts()] == [world.accounts[0].id]


def test_passwords_are_dots_and_never_come_out_of_the_table(at_accounts: MigrationWizard, world: FakeWorld) -> None:
    model = at_accounts.accounts_page.model
    type_accounts(at_accounts, world.accounts, world.given_passwords())
    index = model.index(0, Column.SOURCE_PASSWORD)
    assert index.data() == DOTS
    assert index.data(Qt.ItemDataRole.EditRole) == ""
    roles = [Qt.ItemDataRole(role) for role in range(14)]
    for column in Column:
        shown = [str(model.index(0, column).data(role)) for role in roles]
        assert not any("right " in text for text in shown)


def test_typing_a_password_in_the_table(at_accounts: MigrationWizard) -> None:
    table, model = at_accounts.accounts_page.table, at_accounts.accounts_page.model
    model.setData(model.index(0, Column.SOURCE_USER), "anna@old.example")
    for text, expected in (("s3cret", Secret("s3cret")), ("", Secret("s3cret"))):
        table.setCurrentIndex(model.index(0, Column.SOURCE_PASSWORD))
        table.edit(model.index(0, Column.SOURCE_PASSWORD))
        editor = next(edit for edit in table.findChildren(PasswordEdit) if edit.isVisible())
        QTest.keyClicks(editor, text)
        QTest.keyClick(editor, Qt.Key.Key_Return)
        wait_until(lambda: table.state() is not QAbstractItemView.State.EditingState)
        assert model.rows[0].source_password == expected
    table.setCurrentIndex(model.index(0, Column.SOURCE_PASSWORD))
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert not model.rows[0].source_password


def test_rows_are_pasted_from_a_spreadsheet(at_accounts: MigrationWizard) -> None:
    paste(at_accounts, "anna@a\tp,1\tanna@b\tq\nbo@a\tr\tbo@b\ts\n")
    assert [row.source_user for row in at_accounts.draft.rows] == ["anna@a", "bo@a"]
    assert at_accounts.draft.rows[0].source_password == Secret("p,1")
    assert at_accounts.accounts_page.notice.text() == "2 accounts were read."
    assert at_accounts.primary_button().isEnabled()


def test_a_column_of_passwords_is_filled_in_and_makes_no_rows_of_passwords(at_accounts: MigrationWizard) -> None:
    paste(at_accounts, "anna@a\t\tanna@b\t\nbo@a\t\tbo@b\t\n")
    page = at_accounts.accounts_page
    page.table.setFocus()
    page.table.setCurrentIndex(page.model.index(0, Column.SOURCE_PASSWORD))
    wait_until(page.table.hasFocus)
    QGuiApplication.clipboard().setText("pa,ss;1\n two \n")
    page.paste()
    assert [row.source_user for row in at_accounts.draft.rows] == ["anna@a", "bo@a"]
    assert [row.source_password for row in at_accounts.draft.rows] == [Secret("pa,ss;1"), Secret(" two ")]


def test_passwords_corrected_later_are_there_after_going_back(at_accounts: MigrationWizard, world: FakeWorld) -> None:
    type_accounts(at_accounts, world.accounts, world.given_passwords())
    page = at_accounts.accounts_page
    key = at_accounts.draft.accounts()[0].secret_key(Side.SOURCE)
    page.hide()
    at_accounts.change(at_accounts.draft.with_passwords({key: Secret("better")}))
    page.show()
    page.model.setData(page.model.index(1, Column.SOURCE_USER), "renamed@old.example")
    assert at_accounts.draft.rows[0].source_password == Secret("better")


def test_a_file_that_cannot_be_read_is_explained(at_accounts: MigrationWizard, tmp_path: Path) -> None:
    at_accounts.accounts_page.lists.read_file(str(tmp_path / "none.csv"))
    wait_until(lambda: "no such file" in at_accounts.accounts_page.notice.text())
    assert at_accounts.draft.rows == ()


def test_same_domain_and_same_passwords_fill_the_destination(at_accounts: MigrationWizard) -> None:
    page = at_accounts.accounts_page
    model = page.model
    model.setData(model.index(0, Column.SOURCE_USER), "anna@old.example")
    model.setData(model.index(0, Column.SOURCE_PASSWORD), "secret")
    QTest.keyClicks(page.domain_field, "new.example")
    page.same_passwords.setChecked(True)
    assert model.index(0, Column.DESTINATION_USER).data() == "anna@new.example"
    assert model.index(0, Column.DESTINATION_PASSWORD).data() == DOTS
    assert model.index(0, Column.PROBLEM).data() == ""


def test_qt_finds_nothing_wrong_with_the_accounts_model(wizard: MigrationWizard) -> None:
    model = AccountsModel()
    watcher = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    model.show_draft(MigrationDraft())
    model.add_blank()
    model.setData(model.index(0, 0), "anna@a")
    model.remove([0, 1])
    assert model.rowCount() == 1
    assert watcher.model() is model


def test_the_check_shows_both_sides_and_lets_those_go_on_that_passed(
    at_accounts: MigrationWizard, world: FakeWorld
) -> None:
    passwords = world.given_passwords()
    passwords[world.accounts[1].secret_key(Side.SOURCE)] = Secret("wrong")
    type_accounts(at_accounts, world.accounts, passwords)
    check(at_accounts)
    page = at_accounts.check_page
    assert page.model.index(0, CheckColumn.MESSAGES).data() == "12"
    assert page.model.index(1, CheckColumn.SOURCE).data() == "Fails"
    assert page.model.index(1, CheckColumn.DESTINATION).data() == "Works"
    assert "does not accept this password" in str(page.model.index(1, CheckColumn.NOTE).data())
    assert page.status.startswith("1 account can be moved")
    assert "1 account cannot be moved yet" in page.notice.text()
    assert at_accounts.primary_button().text().replace("&", "") == "Go on with 1 account"
    assert at_accounts.primary_button().isEnabled()


def test_the_check_stays_usable_and_can_be_stopped(at_accounts: MigrationWizard, world: FakeWorld) -> None:
    world.gate.clear()
    type_accounts(at_accounts, world.accounts, world.given_passwords())
    to_check(at_accounts)
    page = at_accounts.check_page
    assert at_accounts.checker.is_running
    assert page.status == "Checked 0 of 2"
    assert not at_accounts.primary_button().isEnabled()
    page.again_button.click()
    assert page.again_button.text() == "Check &again"
    world.gate.set()
    page.again_button.click()
    wait_until(lambda: not at_accounts.checker.is_running)
    assert page.status.startswith("2 accounts can be moved")


def test_going_back_ends_the_check_and_coming_again_checks_what_changed(
    at_accounts: MigrationWizard, world: FakeWorld
) -> None:
    world.gate.clear()
    type_accounts(at_accounts, world.accounts, world.given_passwords())
    to_check(at_accounts)
    at_accounts.back()
    assert not at_accounts.checker.is_running
    world.gate.set()
    go_on(at_accounts, Step.CHECK)
    wait_until(lambda: not at_accounts.checker.is_running)
    logins = sum(box.calls["folders"] for box in world.sources.values())
    at_accounts.back()
    go_on(at_accounts, Step.CHECK)
    assert not at_accounts.checker.is_running
    assert sum(box.calls["folders"] for box in world.sources.values()) == logins


def test_passwords_are_corrected_on_the_check_page(at_accounts: MigrationWizard, world: FakeWorld) -> None:
    passwords = world.given_passwords()
    key = world.accounts[1].secret_key(Side.SOURCE)
    right, passwords[key] = passwords[key], Secret("wrong")
    type_accounts(at_accounts, world.accounts, passwords)
    check(at_accounts)
    at_accounts.check_page.passwords_button.click()
    dialog = at_accounts.findChild(PasswordDialog)
    assert isinstance(dialog, PasswordDialog)
    assert not dialog.retry_button.isEnabled()
    QTest.keyClicks(dialog.edits()[0], right.reveal())
    assert dialog.retry_button.text().replace("&", "") == "Retry 1 account"
    dialog.retry_button.click()
    wait_until(lambda: not at_accounts.checker.is_running)
    assert at_accounts.draft.passed() == tuple(account.id for account in world.accounts)
    assert at_accounts.draft.passwords()[key] == right


def test_the_last_page_says_what_moves_and_where_the_file_lies(at_accounts: MigrationWizard, world: FakeWorld) -> None:
    type_accounts(at_accounts, world.accounts, world.given_passwords())
    check(at_accounts)
    go_on(at_accounts, Step.START)
    wait_until(at_accounts.start_page.isComplete)
    assert at_accounts.draft.path == world.folder / "migrations" / "old.example to new.example.mailmove"
    whole = "\n".join(label.text() for label in at_accounts.start_page.findChildren(QLabel))
    assert "2 accounts · 24 messages" in whole
    for left_out in ("Contacts", "calendars", "Rules"):
        assert left_out in whole
    assert at_accounts.primary_button().text().replace("&", "") == "Start moving"
    at_accounts.start_page.name_field.clear()
    QTest.keyClicks(at_accounts.start_page.name_field, "Acme: 2026")
    at_accounts.start_page.name_field.editingFinished.emit()
    wait_until(lambda: at_accounts.draft.path == world.folder / "migrations" / "Acme 2026.mailmove")


def test_a_file_that_cannot_be_made_keeps_the_wizard_open(
    open_window: OpenWindow, world: FakeWorld, expected_log: Callable[[str], None]
) -> None:
    expected_log("a file could not be written")
    window = open_window(world.services())
    wizard = open_wizard(window)
    to_accounts(wizard, OLD, NEW)
    type_accounts(wizard, world.accounts, world.given_passwords())
    check(wizard)
    go_on(wizard, Step.START)
    wait_until(wizard.start_page.isComplete)
    (world.folder / "migrations").write_text("a file where a folder should be")
    wizard.primary_button().click()
    wait_until(lambda: "cannot be written" in wizard.start_page.notice.text())
    assert window.wizard is wizard
    assert wizard.primary_button().isEnabled()
    assert len(wizard.draft.rows) == 2
    (world.folder / "migrations").unlink()
    wizard.primary_button().click()
    wait_until(lambda: window.wizard is None)
    wait_for_rest(window)


def test_one_mailbox_is_a_form(open_window: OpenWindow, world: FakeWorld) -> None:
    window = open_window(world.services())
    QTest.mouseClick(window.start_page.single_button, Qt.MouseButton.LeftButton)
    wizard = window.wizard
    assert wizard is not None
    to_accounts(wizard, OLD, NEW)
    form, one, passwords = wizard.accounts_page.single, world.accounts[0], world.given_passwords()
    QTest.keyClicks(form.source_user, one.source.user)
    QTest.keyClicks(form.source_password, passwords[one.secret_key(Side.SOURCE)].reveal())
    QTest.keyClicks(form.destination_user, one.destination.user)
    QTest.keyClicks(form.destination_password, passwords[one.secret_key(Side.DESTINATION)].reveal())
    go_on(wizard, Step.WHAT)
    assert not wizard.what_page.at_once_field.isVisible()
    assert wizard.primary_button().text().replace("&", "") == "Check this mailbox"
    go_on(wizard, Step.CHECK)
    wait_until(lambda: not wizard.checker.is_running)
    start(window, wizard)
    wait_for_rest(window)
    assert [row.counts.moved for row in window.board.model.rows] == [12]


def test_cancel_asks_once_when_something_was_typed(open_window: OpenWindow, world: FakeWorld) -> None:
    window = open_window(world.services())
    wizard = open_wizard(window)
    wizard.reject()
    first, wizard = wizard, open_wizard(window)
    assert wizard is not first
    QTest.keyClicks(wizard.source_page.form.host_field, "imap.old.example")
    wizard.reject()
    question = wizard.findChild(QMessageBox)
    assert question is not None
    leave = next(button for button in question.findChildren(QPushButton) if "Forget" in button.text())
    assert wizard.isVisible()
    leave.click()
    assert window.wizard is None


def test_a_draft_from_elsewhere_fills_the_pages(open_window: OpenWindow, world: FakeWorld) -> None:
    window = open_window(world.services())
    window.begin_sample()
    wait_until(lambda: window.wizard is not None)
    wizard = window.wizard
    assert wizard is not None
    assert wizard.source_page.form.host_field.text() == OLD.host
    assert wizard.draft == replace(wizard.draft, is_sample=True, name="Sample mail")
    assert len(wizard.draft.accounts()) == 2
