"""The folder map: the model, and the dialog on it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QComboBox, QWidget

from mailmove_gui.desktop.dialogs.folder_map_dialog import FolderMapDialog
from mailmove_gui.desktop.models.folder_map_model import WARNS_ROLE, Column, FolderMapModel
from mailmove_gui.desktop.models.folder_wishes import FolderWishes, name_problem
from mailmove_gui.domain.account_folders import map_account
from mailmove_gui.domain.findings import AccountCheck, FolderFinding
from mailmove_gui.domain.folders import INBOX, Folder, FolderRole, NamingRules
from mailmove_gui.domain.plan import Account, Options
from tests.desktop.services import account

SOURCE = (
    Folder(INBOX, FolderRole.INBOX),
    Folder(("Out",), FolderRole.SENT),
    Folder(("Junk",), FolderRole.JUNK),
    Folder(("Work",)),
    Folder(("Work", "v1.2")),
    Folder(("Home",)),
    Folder(("[a]",)),
)
DESTINATION = (Folder(INBOX, FolderRole.INBOX), Folder(("Sent",), FolderRole.SENT), Folder(("Old",)))
ANNA, BO = account("anna"), account("bo")
OPTIONS = Options(exclude_roles=frozenset({FolderRole.JUNK}))


def check(one: Account) -> AccountCheck:
    mapped = map_account(one, OPTIONS, SOURCE, DESTINATION, NamingRules("."))
    return AccountCheck(
        one.id,
        folders=tuple(FolderFinding(mapping, 1234, 1) for mapping in mapped.wanted),
        left_out=mapped.left_out,
        source_folders=SOURCE,
        destination_folders=DESTINATION,
        naming=NamingRules("."),
    )


@pytest.fixture
def model(qapp: QApplication) -> FolderMapModel:
    made = FolderMapModel(OPTIONS, FolderWishes())
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Warning, made)
    made.show_account(ANNA, check(ANNA))
    return made


def at(model: FolderMapModel, source: str, column: Column) -> QModelIndex:
    names = [model.index(row, Column.SOURCE).data() for row in range(model.rowCount())]
    return model.index(names.index(source), column)


def text(model: FolderMapModel, source: str, column: Column) -> str:
    return str(at(model, source, column).data() or "")


def send(model: FolderMapModel, source: str, destination: str) -> bool:
    return model.setData(at(model, source, Column.DESTINATION), destination)


def move(model: FolderMapModel, source: str, state: Qt.CheckState) -> bool:
    return model.setData(at(model, source, Column.MOVE), state, Qt.ItemDataRole.CheckStateRole)


def moved(model: FolderMapModel) -> set[str]:
    return {
        str(model.index(row, Column.SOURCE).data())
        for row in range(model.rowCount())
        if model.index(row, Column.MOVE).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    }


def test_the_map_shows_kinds_numbers_and_why_names_change(model: FolderMapModel) -> None:
    assert [text(model, "Out", column) for column in Column] == [
        "",
        "Out",
        "Sent",
        "1\N{NARROW NO-BREAK SPACE}234",
        "Sent",
        "Goes to the folder of the same kind.",
    ]
    assert text(model, "Work/v1.2", Column.DESTINATION) == "Work/v1_2"
    assert text(model, "Work/v1.2", Column.NOTE) == "The destination cannot hold its name."
    assert text(model, "Home", Column.NOTE) == "Will be made."
    assert at(model, "Out", Column.NOTE).data(WARNS_ROLE) is False
    assert at(model, "Home", Column.NOTE).data(WARNS_ROLE) is None


def test_what_another_page_leaves_out_cannot_be_taken_in_here(model: FolderMapModel) -> None:
    assert text(model, "Junk", Column.NOTE) == "Left out on the page “What to move”."
    assert not model.flags(at(model, "Junk", Column.MOVE)) & Qt.ItemFlag.ItemIsUserCheckable
    assert not move(model, "Junk", Qt.CheckState.Checked)
    assert not send(model, "Junk", "Spam")
    assert model.wishes == FolderWishes()


def test_a_folder_is_sent_elsewhere_and_its_children_follow(model: FolderMapModel) -> None:
    assert send(model, "Work", "Old/Job")
    assert text(model, "Work", Column.DESTINATION) == "Old/Job"
    assert text(model, "Work", Column.NOTE) == "Chosen by you."
    assert text(model, "Work/v1.2", Column.DESTINATION) == "Old/Job/v1_2"
    assert model.wishes == FolderWishes(folder_map=((("Work",), ("Old", "Job")),))
    assert send(model, "Work", "Work")
    assert model.wishes == FolderWishes()


def test_two_in_one_is_allowed_and_shown_on_both(model: FolderMapModel) -> None:
    assert send(model, "Home", "Work")
    for source, other in (("Home", "Work"), ("Work", "Home")):
        assert text(model, source, Column.DESTINATION) == "Work"
        assert f"Put together with {other}." in text(model, source, Column.NOTE)
        assert at(model, source, Column.NOTE).data(WARNS_ROLE) is True
    assert send(model, "Home", "Sent")
    assert "Put together with Out." in text(model, "Home", Column.NOTE)
    assert text(model, "Work", Column.NOTE) == "Will be made."


@pytest.mark.parametrize("name", ["", "  ", "/", "a\nb", "x" * 256])
def test_a_name_that_cannot_be_gets_a_sentence(model: FolderMapModel, name: str) -> None:
    said: list[str] = []
    model.refused.connect(said.append)
    assert not send(model, "Home", name)
    assert said == [name_problem(name.strip())]
    assert said[0].endswith(".")
    assert model.wishes == FolderWishes()
    assert send(model, "Home", "Haus")
    assert said[1:] == [""]


def test_a_folder_is_left_out_with_what_is_below_it_and_taken_in_with_what_is_above(model: FolderMapModel) -> None:
    everything = {"INBOX", "Out", "Work", "Work/v1.2", "Home", "[a]"}
    assert moved(model) == everything
    move(model, "Work", Qt.CheckState.Unchecked)
    move(model, "[a]", Qt.CheckState.Unchecked)
    assert moved(model) == everything - {"Work", "Work/v1.2", "[a]"}
    assert text(model, "Work", Column.NOTE) == "Not moved."
    assert set(model.wishes.exclude) == {"Work", "[[]a]"}
    move(model, "Work/v1.2", Qt.CheckState.Checked)
    assert moved(model) == everything - {"[a]"}
    move(model, "[a]", Qt.CheckState.Checked)
    assert model.wishes.exclude == ()


def test_wishes_for_one_account_win_and_stay_with_it(model: FolderMapModel) -> None:
    send(model, "Home", "Haus")
    move(model, "Work", Qt.CheckState.Unchecked)
    model.only_this = True
    send(model, "Home", "Casa")
    move(model, "Work", Qt.CheckState.Checked)
    assert model.wishes == FolderWishes(
        folder_map=((("Home",), ("Haus",)),),
        exclude=("Work",),
        own_maps={ANNA.id: ((("Home",), ("Casa",)),)},
        own_exclude={ANNA.id: ()},
    )
    model.show_account(BO, check(BO))
    assert text(model, "Home", Column.DESTINATION) == "Haus"
    assert "Work" not in moved(model)
    model.show_account(ANNA, check(ANNA))
    assert text(model, "Home", Column.DESTINATION) == "Casa"
    assert "Work" in moved(model)
    # A wish for all that is made while Anna is shown counts for her too.
    model.only_this = False
    send(model, "Home", "Maison")
    assert text(model, "Home", Column.DESTINATION) == "Maison"
    assert model.wishes.own_maps == {}
    model.only_this = True
    send(model, "Home", "Home")
    assert text(model, "Home", Column.DESTINATION) == "Home"
    model.forget_wishes()
    assert model.wishes == FolderWishes()


def test_names_that_only_other_accounts_have_stay_left_out(qapp: QApplication) -> None:
    model = FolderMapModel(OPTIONS, FolderWishes(exclude=("Nobody's", "Home")))
    model.show_account(ANNA, check(ANNA))
    move(model, "Home", Qt.CheckState.Checked)
    assert model.wishes.exclude == ("Nobody's",)


@pytest.fixture
def dialog(qapp: QApplication, keep: Callable[[QWidget], QWidget]) -> FolderMapDialog:
    checks = {one.id: check(one) for one in (ANNA, BO)}
    made = FolderMapDialog([ANNA, BO], checks, OPTIONS, FolderWishes())
    keep(made)
    made.show()
    return made


def test_a_click_and_the_space_bar_leave_a_folder_out(dialog: FolderMapDialog) -> None:
    table = dialog.table
    index = at(dialog.model, "Home", Column.MOVE)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(index).center())
    assert dialog.wishes().exclude == ("Home",)
    table.setCurrentIndex(index)
    QTest.keyClick(table, Qt.Key.Key_Space)
    assert dialog.wishes().exclude == ()
    junk = at(dialog.model, "Junk", Column.MOVE)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(junk).center())
    assert dialog.wishes().exclude == ()


def test_a_destination_is_chosen_or_typed(dialog: FolderMapDialog) -> None:
    index = at(dialog.model, "Home", Column.DESTINATION)
    dialog.table.setCurrentIndex(index)
    dialog.table.edit(index)
    editor = dialog.table.findChild(QComboBox)
    assert editor is not None
    offered = [editor.itemText(position) for position in range(editor.count())]
    assert {"INBOX", "Sent", "Old", "Home"} <= set(offered)
    assert editor.currentText() == "Home"
    delegate = dialog.table.itemDelegateForIndex(index)
    editor.setCurrentText("a\tb")
    delegate.setModelData(editor, dialog.model, index)
    assert "holds a character" in dialog.notice.text()
    editor.setCurrentText("Old")
    delegate.setModelData(editor, dialog.model, index)
    assert dialog.notice.text() == ""
    assert dialog.wishes().folder_map == ((("Home",), ("Old",)),)


def test_whose_folders_and_for_whom(dialog: FolderMapDialog) -> None:
    dialog.account_field.setCurrentIndex(1)
    dialog.only_this_button.click()
    send(dialog.model, "Home", "Haus")
    assert dialog.wishes() == FolderWishes(own_maps={BO.id: ((("Home",), ("Haus",)),)})
    dialog.reset_button.click()
    assert dialog.wishes() == FolderWishes()


def test_a_single_account_is_not_chosen(qapp: QApplication, keep: Callable[[QWidget], QWidget]) -> None:
    one = FolderMapDialog([ANNA], {ANNA.id: check(ANNA)}, replace(OPTIONS), FolderWishes())
    keep(one)
    one.show()
    assert not one.account_field.isVisible()
    assert not one.only_this_button.isVisible()
