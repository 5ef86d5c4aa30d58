from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from mailmove_gui.desktop.models.board_filter import BoardFilter
from mailmove_gui.desktop.models.board_model import SORT_ROLE, BoardModel, Column
from mailmove_gui.desktop.models.groups import Group
from mailmove_gui.domain.events import AccountChanged, AccountProgressed, Event, Failure, QueueEmptied
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.records import AccountRecord
from mailmove_gui.domain.states import AccountState
from tests.desktop.services import account

S = AccountState


def board(count: int) -> BoardModel:
    plan = MigrationPlan("", tuple(account(f"user{number:04}") for number in range(count)))
    model = BoardModel()
    model.show_accounts(plan, [AccountRecord(one.id, S.QUEUED, Counts()) for one in plan.accounts])
    return model


def watcher_of(model: QAbstractItemModel) -> QAbstractItemModelTester:
    return QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)


def changed_cells(model: QAbstractItemModel) -> list[tuple[int, int, int, int]]:
    cells: list[tuple[int, int, int, int]] = []

    def note(first: QModelIndex, last: QModelIndex) -> None:
        cells.append((first.row(), last.row(), first.column(), last.column()))

    model.dataChanged.connect(note)
    return cells


def moving(number: int, moved: int) -> AccountProgressed:
    return AccountProgressed(account(f"user{number:04}").id, Counts(total=100, moved=moved), ("Sent",))


def test_qt_finds_nothing_wrong_with_the_models(qapp: QApplication) -> None:
    model = board(30)
    filtered = BoardFilter(model)
    watchers = [watcher_of(model), watcher_of(filtered)]
    filtered.sort(Column.PROGRESS)
    for step in range(5):
        model.apply([moving(number, step * 10) for number in range(0, 30, 3)], step)
        model.apply([AccountChanged(account("user0001").id, S.FAILED, Counts(), Failure(Reason.LOCAL_DISK))], step)
    filtered.show_group(Group.FAILED)
    filtered.search("user")
    model.show_accounts(MigrationPlan(), [])
    assert len(watchers) == 2
    assert model.rowCount() == 0


def test_only_what_changed_is_told_in_runs_of_neighbours(qapp: QApplication) -> None:
    model = board(10)
    cells = changed_cells(model)
    model.apply([moving(2, 1), moving(3, 1), moving(7, 1)], 0)
    assert cells == [(2, 3, Column.STATE, Column.PROBLEM), (7, 7, Column.STATE, Column.PROBLEM)]


def test_events_of_strangers_and_of_the_queue_change_nothing(qapp: QApplication) -> None:
    model = board(3)
    cells = changed_cells(model)
    model.apply([AccountChanged("nobody", S.DONE, Counts()), QueueEmptied()], 0)
    assert cells == []


def test_cells_say_what_is_going_on(qapp: QApplication) -> None:
    model = board(2)
    events: list[Event] = [AccountChanged(account("user0000").id, S.MOVING, Counts(total=100))]
    model.apply([*events, moving(0, 10)], 0)
    model.apply([moving(0, 40)], 10)

    def text(column: Column) -> str:
        return str(model.index(0, column).data())

    assert text(Column.ACCOUNT) == "user0000@old.example"
    assert text(Column.STATE) == "Moving"
    assert text(Column.PROGRESS) == "40 of 100"
    assert text(Column.SPEED) == "240/min"
    assert text(Column.LEFT) == "15 s"
    assert model.index(0, Column.STATE).data(Qt.ItemDataRole.AccessibleTextRole) == "State: Moving, folder Sent"
    failure = Failure(Reason.WRONG_PASSWORD, Side.SOURCE)
    model.apply([AccountChanged(account("user0000").id, S.NEEDS_PASSWORD, Counts(total=100, moved=40), failure)], 11)
    assert text(Column.STATE) == "Needs a password"
    assert text(Column.PROBLEM) == "The source server does not accept this password."
    assert text(Column.SPEED) == ""


def test_a_clock_that_runs_changes_speeds_only(qapp: QApplication) -> None:
    model = board(3)
    model.apply([AccountChanged(account("user0001").id, S.MOVING, Counts(total=100))], 0)
    model.apply([moving(1, 50)], 10)
    cells = changed_cells(model)
    model.look_at_clock(20)
    assert cells == [(1, 1, Column.SPEED, Column.LEFT)]


@pytest.mark.parametrize("column", Column)
def test_every_column_can_be_sorted_by(qapp: QApplication, column: Column) -> None:
    model = board(6)
    for number in range(6):
        state = [S.MOVING, S.DONE, S.FAILED][number % 3]
        failure = Failure(Reason.LOCAL_DISK) if state is S.FAILED else None
        model.apply([AccountChanged(account(f"user{number:04}").id, S.MOVING, Counts(total=10))], 0)
        counts = Counts(total=10, moved=number, bytes_total=number * 10)
        started = datetime(2026, 6, 1, number, tzinfo=UTC)
        model.apply([AccountChanged(account(f"user{number:04}").id, state, counts, failure, started)], 10)
    filtered = BoardFilter(model)
    filtered.sort(column, Qt.SortOrder.DescendingOrder)
    keys = [filtered.index(row, column).data(SORT_ROLE) for row in range(6)]
    assert keys == sorted(keys, reverse=True)
    assert len(set(keys)) > 1


def test_rows_find_new_places_with_the_clock_and_keep_their_selection(qapp: QApplication) -> None:
    model = board(5)
    filtered = BoardFilter(model)
    filtered.sort(Column.PROGRESS, Qt.SortOrder.DescendingOrder)
    chosen = QPersistentModelIndex(filtered.index(4, 0))
    assert filtered.board_row(chosen).account == account("user0004")
    model.apply([AccountChanged(account("user0004").id, S.MOVING, Counts(total=10, moved=5))], 0)
    assert chosen.row() == 4
    model.look_at_clock(1)
    assert chosen.row() == 0
    assert filtered.board_row(chosen).account == account("user0004")
    model.apply([AccountChanged(account("user0002").id, S.MOVING, Counts(total=10, moved=9))], 2)
    row = model.row_of(account("user0002").id)
    assert row is not None
    assert row.counts.moved == 9
    filtered.sort(-1)
    assert chosen.row() == 4


def test_filter_and_search_work_together_and_follow_changes(qapp: QApplication) -> None:
    model = board(20)
    filtered = BoardFilter(model)
    filtered.show_group(Group.FAILED)
    assert filtered.rowCount() == 0
    failure = Failure(Reason.DESTINATION_FULL, Side.DESTINATION)
    for number in (3, 13):
        model.apply([AccountChanged(account(f"user{number:04}").id, S.FAILED, Counts(), failure)], 0)
    assert filtered.rowCount() == 2
    filtered.search("USER0013")
    assert [filtered.board_row(filtered.index(0, 0)).account.source.user] == ["user0013@old.example"]
    filtered.search("mailbox is full")
    assert filtered.rowCount() == 2
    filtered.show_group(None)
    filtered.search("imap.new.example")
    assert filtered.rowCount() == 20
    filtered.search("nothing like this")
    assert filtered.rowCount() == 0


def test_a_thousand_rows_that_all_change_are_one_signal(qapp: QApplication) -> None:
    model = board(1000)
    cells = changed_cells(model)
    model.apply([moving(number, 5) for number in range(1000)], 0)
    assert cells == [(0, 999, Column.STATE, Column.PROBLEM)]
