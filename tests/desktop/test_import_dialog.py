from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QComboBox, QWidget

from mailmove_gui.batch import SEMICOLON, AccountTable, ColumnRole, ListSource, read_list
from mailmove_gui.desktop.bridge.background import Background
from mailmove_gui.desktop.bridge.threads import QtSpawn
from mailmove_gui.desktop.wizard.draft import MigrationDraft
from mailmove_gui.desktop.wizard.import_dialog import ImportDialog
from mailmove_gui.desktop.wizard.import_model import DOTS, MOST_COLUMNS, ImportModel, preview_of
from mailmove_gui.desktop.wizard.server_entry import ServerEntry
from mailmove_gui.domain.secret import Secret
from tests.desktop.conftest import wait_until
from tests.desktop.services import NEW, OLD
from tests.unit.batch.sheets import write_sheet

CHINESE = (
    "姓名,原邮箱,授权码,新邮箱,新密码\n张三,zhang@old.cn, geheim ,zhang@new.cn,q\n李四,li si@old.cn,r,li@new.cn,s\n"
    '王五,wang@old.cn,"t,wang@new.cn,u\n赵六,zhang@old.cn, geheim ,zhang@new.cn,q\n'
)
DRAFT = MigrationDraft(ServerEntry(OLD.host), ServerEntry(NEW.host))
Open = Callable[[ListSource], ImportDialog]


@pytest.fixture
def background(spawn: QtSpawn, qapp: QApplication) -> Iterator[Background]:
    made = Background(spawn)
    yield made
    assert made.stop(10)


@pytest.fixture
def open_dialog(background: Background, keep: Callable[[QWidget], QWidget]) -> Open:
    def make(source: ListSource) -> ImportDialog:
        dialog = ImportDialog(preview_of(read_list(source), DRAFT.problems_of), DRAFT.problems_of, background)
        keep(dialog)
        dialog.show()
        return dialog

    return make


@pytest.fixture
def chinese(open_dialog: Open) -> ImportDialog:
    return open_dialog(ListSource("名单.csv", CHINESE.encode("gb18030")))


def choose(dialog: ImportDialog, chooser: QComboBox, value: object) -> None:
    """Choose by the keyboard, as somebody without a mouse does."""
    wanted = chooser.findData(value)
    assert wanted >= 0
    chooser.setFocus()
    while chooser.currentIndex() != wanted:
        key = Qt.Key.Key_Down if chooser.currentIndex() < wanted else Qt.Key.Key_Up
        QTest.keyClick(chooser, key)
        wait_until(lambda: not dialog.is_reading)


def cells(dialog: ImportDialog, column: int) -> list[str]:
    model = dialog.model
    return [str(model.index(row, column).data()) for row in range(model.rowCount())]


def test_a_chinese_list_is_ready_to_be_imported(chinese: ImportDialog) -> None:
    assert chinese.encoding.currentData() == "gb18030"
    assert chinese.headings.isChecked()
    assert not chinese.trims.isChecked()
    roles = [chooser.currentText() for chooser in chinese.header.choosers]
    assert roles == ["Ignore", "Source address", "Source password", "Destination address", "Destination password"]
    assert cells(chinese, 0) == ["张三", "李四", "赵六"]
    assert chinese.import_button.text() == "&Import 3 accounts"
    assert chinese.notice.text() == ""


def test_what_is_not_read_and_what_is_to_be_looked_at_is_listed_by_row(chinese: ImportDialog) -> None:
    assert chinese.summary.text() == (
        "3 accounts will be read. 1 row is not read. 2 have something to look at; they can be corrected in the table."
    )
    lines = chinese.problems.lines()
    assert [line.partition(":")[0] for line in lines] == ["Row 4", "Row 3", "Row 5"]
    assert "not read: a quotation mark" in lines[0]
    assert "“li si@old.cn” is no mail address" in lines[1]
    assert "zhang@old.cn is in row 2 already" in lines[2]


def test_passwords_are_dots_until_somebody_wants_to_see_them(chinese: ImportDialog) -> None:
    assert set(cells(chinese, 2)) == {DOTS}
    roles = [Qt.ItemDataRole(role) for role in range(14)]
    model = chinese.model
    shown = [str(model.index(0, column).data(role)) for column in range(model.columnCount()) for role in roles]
    assert not any("geheim" in text for text in shown)
    chinese.reveals.click()
    assert cells(chinese, 2)[0] == " geheim "
    chinese.reveals.click()
    assert cells(chinese, 2)[0] == DOTS


def test_without_headings_unknown_columns_are_dots_too(open_dialog: Open) -> None:
    dialog = open_dialog(ListSource(text="1\ta@x.cn\tgeheim\tmore\n2\tb@x.cn\tgeheim\tmore\n"))
    assert cells(dialog, 0) == [DOTS, DOTS]
    assert cells(dialog, 1) == ["a@x.cn", "b@x.cn"]
    assert cells(dialog, 3) == [DOTS, DOTS]
    assert "no headings" in dialog.notice.text()


def test_every_choice_is_read_anew(chinese: ImportDialog) -> None:
    chinese.trims.click()
    wait_until(lambda: not chinese.is_reading)
    assert chinese.preview.reading.accounts.rows[0].source_password == Secret("geheim")
    choose(chinese, chinese.header.choosers[0], ColumnRole.DESTINATION_USER)
    assert chinese.header.choosers[3].currentData() == ColumnRole.IGNORE
    assert chinese.preview.reading.accounts.rows[0].destination_user == "张三"
    chinese.headings.click()
    wait_until(lambda: not chinese.is_reading)
    assert cells(chinese, 0)[0] == "姓名"
    choose(chinese, chinese.separator, SEMICOLON)
    assert len(chinese.header.choosers) == 1
    assert chinese.model.columnCount() == 1


def test_without_a_column_of_source_addresses_nothing_can_be_imported(chinese: ImportDialog) -> None:
    choose(chinese, chinese.header.choosers[1], ColumnRole.IGNORE)
    assert not chinese.import_button.isEnabled()
    assert chinese.summary.text() == "Choose the column that holds the source addresses."
    chinese.accept()
    assert chinese.isVisible()
    choose(chinese, chinese.header.choosers[1], ColumnRole.SOURCE_USER)
    assert chinese.import_button.isEnabled()


def test_an_encoding_that_does_not_fit_is_said_and_taken_back(open_dialog: Open) -> None:
    dialog = open_dialog(ListSource("a.csv", "email,password\nanna@a.cn,\u4e00\n".encode("utf-16-le")))
    dialog.encoding.setCurrentIndex(dialog.encoding.findData("utf-8"))
    dialog.encoding.activated.emit(dialog.encoding.currentIndex())
    wait_until(lambda: not dialog.is_reading)
    assert "no table of accounts" in dialog.notice.text()
    assert dialog.encoding.currentData() == "utf-16-le"
    assert dialog.import_button.isEnabled()


def test_changes_that_come_fast_are_all_made(chinese: ImportDialog) -> None:
    chinese.trims.click()
    chinese.headings.click()
    assert not chinese.import_button.isEnabled(), "it is being read"
    wait_until(lambda: not chinese.is_reading)
    assert chinese.preview.reading.trims_passwords
    assert not chinese.preview.reading.has_headings


def test_import_hands_over_what_is_shown(chinese: ImportDialog) -> None:
    taken: list[AccountTable] = []
    chinese.import_wanted.connect(taken.append)
    QTest.keyClick(chinese, Qt.Key.Key_Return)
    assert [row.source_user for row in taken[0].rows] == ["zhang@old.cn", "li si@old.cn", "zhang@old.cn"]
    assert taken[0].left_out == (4,)
    assert not chinese.isVisible()


def test_a_spreadsheet_has_no_encoding_and_no_separator(open_dialog: Open, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    write_sheet(path, [["email", "password"], ["a@x.cn", 7]])
    dialog = open_dialog(ListSource(path.name, path.read_bytes()))
    assert not dialog.encoding.isVisible()
    assert not dialog.separator.isVisible()
    assert "number in the spreadsheet" in dialog.problems.lines()[0]


def test_pasted_rows_have_no_encoding(open_dialog: Open) -> None:
    dialog = open_dialog(ListSource(text="a;b;c;d"))
    assert not dialog.encoding.isVisible()
    assert dialog.separator.isVisible()


def test_a_table_of_hundreds_of_columns_is_cut(open_dialog: Open) -> None:
    dialog = open_dialog(ListSource(text="\t".join(["x"] * 400)))
    assert dialog.model.columnCount() == len(dialog.header.choosers) == MOST_COLUMNS


def test_choosers_stand_above_their_columns_and_have_names(chinese: ImportDialog) -> None:
    for column, chooser in enumerate(chinese.header.choosers):
        middle = chooser.geometry().center().x()
        assert chinese.header.logicalIndexAt(middle) == column
    assert chinese.header.choosers[1].accessibleName() == "What 原邮箱 is for"
    bar = chinese.table.horizontalScrollBar()
    chinese.resize(500, 500)
    QApplication.processEvents()
    bar.setValue(bar.maximum())
    QApplication.processEvents()
    assert bar.value() > 0
    last = chinese.header.choosers[-1]
    assert chinese.header.logicalIndexAt(last.geometry().center().x()) == len(chinese.header.choosers) - 1


def test_everything_is_reached_by_tab(chinese: ImportDialog) -> None:
    chinese.encoding.setFocus()
    seen: set[QWidget | None] = set()
    for _step in range(40):
        seen.add(QApplication.focusWidget())
        QTest.keyClick(chinese, Qt.Key.Key_Tab)
    wanted = {chinese.encoding, chinese.separator, chinese.headings, chinese.trims, chinese.reveals, chinese.problems}
    assert wanted | set(chinese.header.choosers) | {chinese.import_button, chinese.table} <= seen


def test_qt_finds_nothing_wrong_with_the_model(qapp: QApplication) -> None:
    model = ImportModel(read_list(ListSource(text="a@x.cn\tp\n")))
    watcher = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    model.show_reading(read_list(ListSource(text="email,a,b\nc,d,e\n")))
    model.reveal(True)
    assert (model.rowCount(), model.columnCount()) == (1, 3)
    assert watcher.model() is model
