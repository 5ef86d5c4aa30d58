from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from mailmove_gui.batch import ROLES, AccountRow, ListSource, read_list
from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.desktop.wizard.accounts_model import HINDERS_ROLE, AccountsModel, Column
from mailmove_gui.desktop.wizard.accounts_page import AccountsPage
from mailmove_gui.desktop.wizard.draft import MigrationDraft, likely_domains
from mailmove_gui.desktop.wizard.import_dialog import ImportDialog
from mailmove_gui.desktop.wizard.judging import Judging
from mailmove_gui.desktop.wizard.server_entry import ServerEntry
from mailmove_gui.desktop.wizard.wizard import MigrationWizard
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret
from tests.desktop.conftest import wait_until
from tests.desktop.driving import open_wizard, to_accounts
from tests.desktop.services import NEW, OLD, FakeWorld

OpenWindow = Callable[[Services], MainWindow]


@pytest.fixture
def wizard(open_window: OpenWindow, world: FakeWorld) -> MigrationWizard:
    made = open_wizard(open_window(world.services()))
    to_accounts(made, OLD, NEW)
    return made


@pytest.fixture
def page(wizard: MigrationWizard) -> AccountsPage:
    return wizard.accounts_page


def dialog_of(page: AccountsPage) -> ImportDialog:
    wait_until(lambda: page.findChild(ImportDialog) is not None)
    dialog = page.findChild(ImportDialog)
    assert isinstance(dialog, ImportDialog)
    return dialog


def paste(page: AccountsPage, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    page.paste_button.click()
    wait_until(lambda: "Reading" not in page.notice.text())


def rows(count: int) -> tuple[AccountRow, ...]:
    return tuple(AccountRow(0, f"user{n}@a.cn", Secret("p"), f"user{n}@b.cn", Secret("q")) for n in range(count))


def test_a_file_is_looked_at_before_it_is_imported(page: AccountsPage, wizard: MigrationWizard, tmp_path: Path) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text(
        "source_user;source_password;destination_user;destination_password;source\n"
        "anna@a;p;anna@b;q;\nbo@a;p;bo@b;q;imaps://other.example\nchen@a;p;chen@b;q;gopher://x\n",
        encoding="utf-8",
    )
    page.lists.read_file(str(file))
    dialog = dialog_of(page)
    assert wizard.draft.rows == ()
    dialog.accept()
    # A server that cannot be read does not become another one: the row is left out, and said to be.
    hosts = [account.source.endpoint.host for account in wizard.draft.accounts()]
    assert hosts == [OLD.host, "other.example"]
    said = page.notice.text()
    assert "1 row was left out" in said
    assert "Row 4" in said
    assert "gopher" in said
    # Rows without a server of their own follow the wizard's, also when that is corrected.
    corrected = replace(wizard.draft, source=replace(wizard.draft.source, host="corrected.example"))
    assert [account.source.endpoint.host for account in corrected.accounts()] == ["corrected.example", "other.example"]


def test_a_dialog_that_is_cancelled_changes_nothing(
    page: AccountsPage, wizard: MigrationWizard, tmp_path: Path
) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text("email,password\na@x,p\n", encoding="utf-8")
    page.lists.read_file(str(file))
    dialog_of(page).reject()
    assert wizard.draft.rows == ()
    assert page.notice.text() == ""


def test_what_is_pasted_is_taken_if_it_is_clear(page: AccountsPage, wizard: MigrationWizard) -> None:
    paste(page, "anna@a.cn----p w\nbo@a.cn----q\n")
    assert page.findChild(ImportDialog) is None
    assert wizard.draft.rows == (AccountRow(1, "anna@a.cn", Secret("p w")), AccountRow(2, "bo@a.cn", Secret("q")))


def test_what_is_pasted_is_looked_at_if_it_is_not(page: AccountsPage, wizard: MigrationWizard) -> None:
    paste(page, "source_user,source_user\na,b\n")
    dialog = dialog_of(page)
    assert not wizard.draft.rows
    dialog.accept()
    assert [row.source_user for row in wizard.draft.rows] == ["a"]


def test_an_address_and_a_password_are_pasted_into_the_empty_table(page: AccountsPage, wizard: MigrationWizard) -> None:
    page.table.setFocus()
    wait_until(page.table.hasFocus)
    QGuiApplication.clipboard().setText("anna@a.cn geheim")
    QTest.keyClick(page.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    wait_until(lambda: bool(wizard.draft.rows) and bool(wizard.draft.rows[0].source_password))
    assert wizard.draft.rows[0] == AccountRow(1, "anna@a.cn", Secret("geheim"))


@pytest.mark.parametrize(
    ("column", "text", "filled"),
    [
        (Column.SOURCE_USER, "anna@a.cn\n", [("anna@a.cn", ""), ("bo", "")]),
        (Column.SOURCE_USER, "ACME\\anna smith", [("ACME\\anna smith", ""), ("bo", "")]),
        (Column.SOURCE_PASSWORD, "p w\r\n\r\n x \r\n", [("anna", "p w"), ("bo", ""), ("", " x ")]),
        (Column.SOURCE_PASSWORD, "a@b c@d\n", [("anna", "a@b c@d"), ("bo", "")]),
    ],
)
def test_cells_are_pasted_where_one_is_chosen(
    page: AccountsPage, column: Column, text: str, filled: list[tuple[str, str]]
) -> None:
    page.model.add_rows([AccountRow(1, "anna"), AccountRow(2, "bo")])
    page.table.setFocus()
    page.table.setCurrentIndex(page.model.index(0, column))
    wait_until(page.table.hasFocus)
    QGuiApplication.clipboard().setText(text)
    page.paste()
    assert [(row.source_user, row.source_password.reveal()) for row in page.model.rows] == filled


def test_an_empty_clipboard_is_said(page: AccountsPage) -> None:
    QGuiApplication.clipboard().setText("")
    page.paste_button.click()
    assert "no text on the clipboard" in page.notice.text()


def test_counts_and_rows_with_problems(page: AccountsPage) -> None:
    paste(page, "anna@a\tp\tanna@b\tq\nbo@a\tp\tanna@b\tq\nchen@a\tp\tchen@b\tq\n")
    page.model.setData(page.model.index(2, Column.SOURCE_USER), "chen li@a")
    assert page.model.index(1, Column.PROBLEM).data() == "Row 1 also goes to anna@b; check that this is meant."
    assert page.model.index(1, Column.PROBLEM).data(HINDERS_ROLE) is False
    assert page.model.index(2, Column.PROBLEM).data(HINDERS_ROLE) is True
    assert page.problems.isHidden()
    page.show_button.click()
    assert page.problems.isVisible()
    assert page.problems.lines() == [
        "Row 2: Row 1 also goes to anna@b; check that this is meant.",
        "Row 3: “chen li@a” is no mail address; correct it.",
    ]
    index = page.problems.model().index(1, 0)
    QTest.mouseClick(page.problems.viewport(), Qt.MouseButton.LeftButton, pos=page.problems.visualRect(index).center())
    assert page.table.currentIndex().row() == 2
    assert page.table.hasFocus()
    page.model.setData(page.model.index(2, Column.SOURCE_USER), "chen@a")
    page.model.setData(page.model.index(1, Column.DESTINATION_USER), "bo@b")
    assert page.show_button.isHidden()
    assert page.problems.isHidden()
    assert page.isComplete()


def test_all_problems_of_a_row_are_in_its_tool_tip(page: AccountsPage) -> None:
    model = page.model
    model.setData(model.index(0, Column.DESTINATION_USER), "@b")
    tip = model.index(0, Column.PROBLEM).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == "The source address is missing.\n“@b” is no mail address; correct it.\nBoth passwords are missing."


def test_a_domain_is_offered_and_chosen(page: AccountsPage, wizard: MigrationWizard) -> None:
    model = page.model
    model.setData(model.index(0, Column.SOURCE_USER), "anna@old.example")
    model.setData(model.index(0, Column.SOURCE_PASSWORD), "p")
    offered = [page.domain_field.itemText(position) for position in range(page.domain_field.count())]
    assert offered == ["", "new.example"]
    page.domain_field.setFocus()
    QTest.keyClick(page.domain_field, Qt.Key.Key_Down)
    assert wizard.draft.destination_domain == "new.example"
    assert model.index(0, Column.DESTINATION_USER).data() == "anna@new.example"
    model.setData(model.index(0, Column.DESTINATION_USER), "a.smith@other.example")
    assert wizard.draft.accounts()[0].destination.user == "a.smith@other.example"


@pytest.mark.parametrize(
    ("entry", "typed", "domains"),
    [
        (ServerEntry("imap.new.example"), "", ["new.example"]),
        (ServerEntry("imap.exmail.example", asked="anna@acme.cn"), "", ["acme.cn", "exmail.example"]),
        (ServerEntry("imap.acme.cn", asked="acme.cn"), "bo@acme.com", ["acme.com", "acme.cn"]),
        (ServerEntry("10.0.0.7"), "", []),
        (ServerEntry("localhost"), "", []),
    ],
)
def test_domains_that_are_likely(entry: ServerEntry, typed: str, domains: list[str]) -> None:
    draft = MigrationDraft(destination=entry, rows=(AccountRow(1, "bo@acme.cn", destination_user=typed),))
    assert likely_domains(draft) == domains


@pytest.mark.parametrize("name", ["accounts.csv", "accounts.xlsx"])
def test_a_template_is_saved_and_read_back(page: AccountsPage, tmp_path: Path, name: str) -> None:
    page.lists.save_template(str(tmp_path / name))
    wait_until(lambda: "was saved" in page.notice.text())
    assert read_list(ListSource(name, (tmp_path / name).read_bytes())).roles == ROLES


def test_a_template_that_cannot_be_saved_is_explained(page: AccountsPage, tmp_path: Path) -> None:
    page.lists.save_template(str(tmp_path / "none" / "accounts.xlsx"))
    wait_until(lambda: "accounts.xlsx: this file cannot be written" in page.notice.text())


def test_a_password_that_was_a_number_is_marked_until_it_is_typed(page: AccountsPage) -> None:
    page.model.add_rows([replace(rows(1)[0], numeric_passwords=frozenset({Side.SOURCE}))])
    index = page.model.index(0, Column.PROBLEM)
    assert "number in the spreadsheet" in str(index.data())
    assert page.isComplete()
    page.model.setData(page.model.index(0, Column.SOURCE_PASSWORD), "007")
    assert index.data() == ""


def test_thousands_of_rows_are_judged_bit_by_bit(page: AccountsPage, wizard: MigrationWizard) -> None:
    page.model.add_rows([*rows(5000), rows(1)[0]])
    if not page.model.is_judged:
        assert not wizard.primary_button().isEnabled()
    wait_until(lambda: page.model.is_judged, 30)
    assert page.model.judgement.filled == 5001
    assert page.model.index(5000, Column.PROBLEM).data() == "user0@a.cn is in row 1 already; remove one of the two."
    page.model.remove([5000])
    wait_until(lambda: page.model.is_judged, 30)
    assert page.model.judgement.to_look_at == 0
    assert wizard.primary_button().isEnabled()


def test_judging_stops_when_it_is_late_and_goes_on() -> None:
    judging = Judging(MigrationDraft(ServerEntry(OLD.host), ServerEntry(NEW.host), rows=rows(120)))
    assert judging.go_on(lambda: True) is None
    assert judging.go_on(lambda: True) is None
    judgement = judging.go_on(lambda: True)
    assert judgement is not None
    assert (judgement.filled, judgement.accounts, judgement.can_check) == (120, 120, True)


def test_a_judgement_is_what_the_draft_says(page: AccountsPage, wizard: MigrationWizard) -> None:
    paste(page, "anna@a\tp\tanna@b\tq\nanna@a\tp\tanna@b\tq\nbo@a\t\tbo@b\t\n@a\tp\tx@b\tq\n")
    found = page.model.judgement.problems
    said = {(problem.row, problem.kind) for problem in wizard.draft.problems()}
    assert {(problem.row, problem.kind) for problems in found.values() for problem in problems} == said
    assert page.model.judgement.can_check is wizard.draft.can_check


def test_a_column_that_is_pasted_is_one_change(page: AccountsPage) -> None:
    changes: list[None] = []
    page.model.edited.connect(lambda: changes.append(None))
    page.model.fill(0, Column.SOURCE_PASSWORD, [["p"], [" q "], ["r"]])
    assert [row.source_password for row in page.model.rows] == [Secret("p"), Secret(" q "), Secret("r")]
    assert len(changes) == 1


def test_cells_are_edited_and_emptied_by_keys(page: AccountsPage) -> None:
    table, model = page.table, page.model
    table.setCurrentIndex(model.index(0, Column.SOURCE_USER))
    QTest.keyClick(table, Qt.Key.Key_F2)
    editor = table.findChild(QLineEdit)
    assert isinstance(editor, QLineEdit)
    QTest.keyClicks(editor, "anna@a.cn")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    wait_until(lambda: model.rows[0].source_user == "anna@a.cn")
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert model.rows[0].source_user == ""


def test_one_mailbox_is_told_what_is_wrong(open_window: OpenWindow, world: FakeWorld) -> None:
    window = open_window(world.services())
    window.start_page.single_button.click()
    wizard = window.wizard
    assert wizard is not None
    to_accounts(wizard, OLD, NEW)
    form = wizard.accounts_page.single
    QTest.keyClicks(form.source_user, "anna li@a.cn")
    assert form.problem() == "", "it is still being typed"
    form.source_password.setFocus()
    form.source_user.editingFinished.emit()
    assert form.problem() == "“anna li@a.cn” is no mail address; correct it."
    assert not wizard.primary_button().isEnabled()
    form.source_user.clear()
    QTest.keyClicks(form.source_user, "anna@a.cn")
    form.source_user.editingFinished.emit()
    assert form.problem() == ""


def test_the_model_forgets_what_was_said_of_other_rows() -> None:
    model = AccountsModel()
    model.show_draft(MigrationDraft(rows=(AccountRow(1, "anna@"),)))
    assert model.problems_of(0)
    model.show_draft(MigrationDraft())
    assert not model.problems_of(0)
