"""Tables and numbers of an account's details, without a window around them."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from mailmove_gui.desktop.bridge.account_details import NotMoved
from mailmove_gui.desktop.details.refusals_tab import RefusalsTab
from mailmove_gui.desktop.models import folders_model, refusals_model
from mailmove_gui.desktop.models.folders_model import FoldersModel
from mailmove_gui.desktop.models.not_moved import not_moved_messages
from mailmove_gui.desktop.models.refusals_model import RefusalsModel
from mailmove_gui.desktop.models.sparkline import MINUTES, MinuteCounts, Tempo, tempo_text
from mailmove_gui.domain.events import AccountProgressed, QueueEmptied, Refusal
from mailmove_gui.domain.progress import Counts, FolderCounts
from mailmove_gui.domain.reasons import Reason


def refusal(number: int, *, size: int = 1000, date: str = "", reason: Reason = Reason.MESSAGE_REFUSED) -> Refusal:
    return Refusal("a", ("INBOX",), number, reason, "NO", date, "anna", f"subject {number}", size, 1, number)


@pytest.fixture
def refusals(qapp: QApplication) -> RefusalsModel:
    model = RefusalsModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    return model


@pytest.fixture
def folders(qapp: QApplication) -> FoldersModel:
    model = FoldersModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    return model


def numbers(model: RefusalsModel) -> list[int]:
    return [one.id for one in model.messages]


def test_messages_come_folder_by_folder_and_those_that_were_skipped_last(refusals: RefusalsModel) -> None:
    refusals.show_messages(not_moved_messages([refusal(number) for number in (6, 3, 4)], [refusal(1)]))
    assert numbers(refusals) == [3, 4, 6, 1]
    assert [one.is_dismissed for one in refusals.messages] == [False, False, False, True]
    refusals.show_messages(())
    assert numbers(refusals) == []


def test_what_is_selected_stays_so_when_other_messages_come_and_go(keep: Callable[[QWidget], QWidget]) -> None:
    tab = keep(RefusalsTab())
    assert isinstance(tab, RefusalsTab)
    tab.show_not_moved(NotMoved("a", not_moved_messages([refusal(number) for number in (1, 2, 4, 5)], [])))
    tab.table.selectRow(2)
    tab.show_not_moved(NotMoved("a", not_moved_messages([refusal(number) for number in (2, 3, 4)], [])))
    assert [one.id for one in tab.targets()] == [4]
    assert tab.table.currentIndex().row() == 2
    assert tab.retry_button.text() == "&Try again"
    tab.show_not_moved(NotMoved("a", not_moved_messages([refusal(2)], [])))
    assert tab.retry_button.text() == "&Try all again"
    assert [one.id for one in tab.targets()] == [2]


def test_messages_are_sorted_by_what_they_are_and_not_by_how_it_is_written(refusals: RefusalsModel) -> None:
    columns = refusals_model.Column
    found = [
        refusal(1, size=2_000_000, date="Mon, 4 Mar 2024 10:00:00 +0800"),
        refusal(2, size=30_000, date="Tue, 30 Jan 2024 10:00:00 +0000"),
        refusal(3, size=400, date="yesterday"),
    ]
    refusals.show_messages(not_moved_messages(found, []))
    refusals.sort(columns.SIZE)
    assert numbers(refusals) == [3, 2, 1]
    refusals.sort(columns.DATE, Qt.SortOrder.DescendingOrder)
    assert numbers(refusals) == [1, 2, 3]
    assert [refusals.index(row, columns.DATE).data() for row in range(3)] == ["2024-03-04", "2024-01-30", "yesterday"]
    found.append(refusal(4, date="Sat, 2 Mar 2024 10:00:00 +0800"))
    refusals.show_messages(not_moved_messages(found, []))
    assert numbers(refusals) == [1, 4, 2, 3]
    refusals.sort(-1)
    assert numbers(refusals) == [1, 2, 3, 4]


def test_why_says_what_the_server_said_and_that_a_message_was_skipped(refusals: RefusalsModel) -> None:
    refusals.show_messages(not_moved_messages([refusal(1)], [refusal(2, reason=Reason.ARRIVAL_UNKNOWN)]))
    why = [refusals.index(row, refusals_model.Column.WHY).data() for row in range(2)]
    assert why[0] == "The destination refused this message: “NO”."
    assert why[1].startswith("Skipped for good. The connection was lost")


def test_only_folders_that_changed_are_told(folders: FoldersModel, qtbot: QtBot) -> None:
    def counted(*moved: int) -> list[FolderCounts]:
        return [FolderCounts((str(place),), (str(place),), Counts(10, one)) for place, one in enumerate(moved)]

    folders.show_folders(counted(1, 2, 3))
    told: list[int] = []
    folders.dataChanged.connect(lambda first, last: told.append(first.row()))
    folders.show_folders(counted(1, 5, 3))
    assert told == [0, 2]  # the sums, and the second folder
    folders.show_folders(counted(1, 5, 3))
    assert told == [0, 2]
    assert folders.sums == Counts(30, 9)
    assert folders.index(0, folders_model.Column.FOLDER).data() == "3 folders"
    folders.show_folders([])
    assert folders.rowCount() == 0


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        (Counts(10, 4), "6 to move"),
        (Counts(10, 10, unverified=3), "3 to verify"),
        (Counts(10, 8, refused=2), "Yes"),
        (Counts(10, already_there=10), "Yes"),
        (Counts(10, skipped=10), ""),
        (Counts(), ""),
    ],
)
def test_a_folder_is_verified_when_nothing_is_missing(counts: Counts, text: str) -> None:
    assert folders_model.verified_text(counts) == text


def test_a_minute_holds_what_came_in_it() -> None:
    counts = MinuteCounts()
    assert counts.values(0.0) == ()
    counts.observe(0.0, 500)  # there already
    for at_s, messages in ((10.0, 520), (59.0, 530), (60.0, 535), (200.0, 535), (250.0, 635)):
        counts.observe(at_s, messages)
    assert counts.values(250.0)[-5:] == (30, 5, 0, 0, 100)
    assert len(counts.values(250.0)) == MINUTES
    assert counts.values(250.0 + 60 * MINUTES) == ()


def test_an_undo_is_no_speed() -> None:
    counts = MinuteCounts()
    for messages in (100, 0, 30):
        counts.observe(5.0, messages)
    assert counts.values(5.0)[-1] == 30


def test_no_more_than_an_hour_is_kept() -> None:
    counts = MinuteCounts()
    for minute in range(10 * MINUTES):
        counts.observe(60.0 * minute, minute)
    assert sum(counts.values(60.0 * 10 * MINUTES - 1)) == MINUTES
    assert len(counts._minutes) == MINUTES


def test_every_account_has_its_own_tempo() -> None:
    tempo = Tempo()
    tempo.start("a", 100, 0.0)
    tempo.apply(
        [AccountProgressed("a", Counts(200, 140)), AccountProgressed("b", Counts(200, 50)), QueueEmptied()], 1.0
    )
    assert sum(tempo.values("a", 1.0)) == 40
    assert tempo.values("b", 1.0) == ()  # what was there before is not known
    assert tempo.values("c", 1.0) == ()
    tempo.apply([AccountProgressed("b", Counts(200, 51))], 2.0)
    assert tempo_text(tempo.values("b", 2.0)) == "Up to 1 message a minute"
