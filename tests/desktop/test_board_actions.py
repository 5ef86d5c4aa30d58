"""Which actions are on for whom, and whom they are for."""

from collections.abc import Sequence

import pytest
from PySide6.QtCore import SignalInstance
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication

from mailmove_gui.desktop.board.actions import BoardActions
from mailmove_gui.desktop.models.rows import BoardRow
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.domain.states import AccountState
from tests.desktop.services import account

S = AccountState


def row(state: AccountState, name: str = "anna", counts: Counts | None = None) -> BoardRow:
    return BoardRow(account(name), state, counts or Counts())


ANNA, BO, CY, DI = (account(name).id for name in ("anna", "bo", "cy", "di"))


@pytest.fixture
def actions(qapp: QApplication) -> BoardActions:
    return BoardActions()


def caught(signal: SignalInstance) -> list[tuple[str, ...] | None]:
    got: list[tuple[str, ...] | None] = []
    signal.connect(got.append)
    return got


def enabled(actions: BoardActions) -> set[str]:
    names = (
        "start", "pause", "stop", "pass_now", "retry", "passwords", "skip", "unskip", "reminder",
        "verify", "undo", "correct", "details",
    )  # fmt: skip
    by_name: dict[str, QAction] = {name: getattr(actions, name) for name in names}
    assert set(by_name.values()) == set(actions.on_accounts)
    return {name for name, action in by_name.items() if action.isEnabled()}


@pytest.mark.parametrize(
    ("state", "on"),
    [
        (S.NOT_STARTED, {"start", "skip", "reminder"}),
        (S.MOVING, {"pause", "stop", "skip"}),
        (S.QUEUED, {"pause", "stop", "skip"}),
        (S.WAITING, {"pause", "stop", "skip"}),
        (S.PAUSED, {"start", "skip"}),
        (S.NEEDS_PASSWORD, {"start", "retry", "passwords", "skip"}),
        (S.FAILED, {"start", "retry", "skip"}),
        (S.DONE, {"start"}),
        (S.WATCHING, {"start", "pause", "stop", "pass_now", "skip"}),
        (S.DONE_WITH_REFUSALS, {"start", "retry"}),
        (S.SKIPPED, {"start", "unskip"}),
    ],
)
def test_what_makes_no_sense_is_off(actions: BoardActions, state: AccountState, on: set[str]) -> None:
    chosen = row(state)
    actions.aim([chosen], [chosen])
    on = on | {"details"} | (set() if chosen.is_running else {"correct"})
    assert enabled(actions) == on
    moved = row(state, counts=Counts(total=5, moved=5))
    actions.aim([moved], [moved])
    at_rest = state not in (S.MOVING, S.QUEUED, S.WAITING)
    assert enabled(actions) == on | {"undo"} | ({"verify"} if at_rest else set())


def test_a_refused_password_is_tried_by_a_verification_only_for_a_chosen_account(actions: BoardActions) -> None:
    refused = row(S.NEEDS_PASSWORD, "anna", counts=Counts(total=5, moved=5))
    done = row(S.DONE, "bo", counts=Counts(total=5, moved=5))
    wanted = caught(actions.verify_wanted)
    actions.aim([], [refused, done])
    actions.verify.trigger()
    actions.aim([refused], [refused, done])
    actions.verify.trigger()
    assert wanted == [(BO,), (ANNA,)]


@pytest.mark.parametrize(
    ("reason", "on"),
    [
        (Reason.DESTINATION_FULL, {"start", "pause", "stop", "skip", "details"}),
        (Reason.CONNECTION_LOST, {"start", "pause", "stop", "skip", "details"}),
        (Reason.QUIET_HOURS, {"pause", "stop", "skip", "details"}),
    ],
)
def test_a_start_ends_a_wait_but_not_quiet_hours(actions: BoardActions, reason: Reason, on: set[str]) -> None:
    chosen = row(S.WAITING)
    chosen.failure = Failure(reason)
    started = caught(actions.start_wanted)
    actions.aim([chosen], [chosen])
    assert enabled(actions) == on
    actions.start.trigger()
    assert started == ([(ANNA,)] if "start" in on else [])


def test_nothing_is_on_without_accounts(actions: BoardActions) -> None:
    actions.aim([], [])
    assert enabled(actions) == set()
    assert not any(action.isEnabled() for action in actions.on_all)


def test_each_signal_names_those_for_whom_it_makes_sense(actions: BoardActions) -> None:
    rows: Sequence[BoardRow] = [
        row(S.NOT_STARTED, "anna"),
        row(S.MOVING, "bo"),
        row(S.SKIPPED, "cy"),
        row(S.DONE, "di", Counts(total=1, moved=1)),
    ]
    started, paused, reminded = map(caught, (actions.start_wanted, actions.pause_wanted, actions.reminder_wanted))
    skipped, taken_in = caught(actions.skip_wanted), caught(actions.unskip_wanted)
    undone = caught(actions.undo_wanted)
    actions.aim([], rows)
    assert not actions.skip.isEnabled(), "all accounts are left out by nobody on purpose"
    for action in (actions.start, actions.pause, actions.reminder):
        action.trigger()
    assert (started, paused, reminded) == ([None], [(BO,)], [(ANNA,)])
    actions.aim(rows, rows)
    assert not actions.undo.isEnabled(), "undo is for one mailbox"
    for action in (actions.skip, actions.unskip, actions.start):
        action.trigger()
    assert (skipped, taken_in, started[1:]) == ([(ANNA, BO)], [(CY,)], [(ANNA, CY, DI)])
    actions.aim([rows[3]], rows)
    actions.undo.trigger()
    assert undone == [(DI,)]


def test_all_means_all_whoever_is_chosen(actions: BoardActions) -> None:
    rows = [row(S.PAUSED, "anna"), row(S.MOVING, "bo"), row(S.MOVING, "cy"), row(S.DONE, "di")]
    started, paused, stopped = map(caught, (actions.start_wanted, actions.pause_wanted, actions.stop_wanted))
    actions.aim([rows[3]], rows)
    assert not actions.pause.isEnabled()
    for action in actions.on_all:
        action.trigger()
    assert (started, paused, stopped) == ([None], [(BO, CY)], [(BO, CY)])


def test_refused_passwords_are_tried_again_only_where_somebody_chose_them(actions: BoardActions) -> None:
    rows = [row(S.FAILED, "anna"), row(S.NEEDS_PASSWORD, "bo")]
    tried = caught(actions.retry_wanted)
    actions.aim([], rows)
    actions.retry.trigger()
    actions.aim([rows[1]], rows)
    actions.retry.trigger()
    actions.aim([], rows[1:])
    assert not actions.retry.isEnabled()
    assert tried == [(ANNA,), (BO,)]


def test_a_start_of_all_is_off_where_it_would_do_nothing(actions: BoardActions) -> None:
    actions.aim([], [row(S.NEEDS_PASSWORD, "anna"), row(S.MOVING, "bo"), row(S.DONE, "cy")])
    assert not actions.start.isEnabled()
    assert not actions.start_all.isEnabled()
    assert actions.passwords.isEnabled()


def test_going_on_is_called_so(actions: BoardActions) -> None:
    paused, fresh = row(S.PAUSED, "anna"), row(S.NOT_STARTED, "bo")
    actions.aim([], [paused])
    assert (actions.start.text(), actions.start.iconText()) == ("&Go on with all", "Go on")
    actions.aim([paused], [paused, fresh])
    assert (actions.start.text(), actions.start.iconText()) == ("&Go on with selected", "Go on")
    actions.aim([], [paused, fresh])
    assert (actions.start.text(), actions.start.iconText()) == ("&Start all", "Start all")


def test_an_undo_that_did_not_end_can_go_on(actions: BoardActions) -> None:
    half = row(S.FAILED)
    half.failure = Failure(Reason.UNDO_UNFINISHED)
    actions.aim([half], [half])
    assert actions.undo.isEnabled()


def test_no_two_actions_have_the_same_keys(actions: BoardActions) -> None:
    everything = [*actions.on_accounts, *actions.on_all, actions.control, actions.report]
    keys = [action.shortcut().toString() for action in everything]
    assert all(keys)
    assert len(set(keys)) == len(keys)
    assert not any("Del" in key for key in keys)
    in_menu = [*actions.on_accounts, *actions.on_all]
    letters = [action.text()[action.text().index("&") + 1].casefold() for action in in_menu]
    assert len(set(letters)) == len(letters)


def test_a_pass_now_is_for_those_that_are_watched(actions: BoardActions) -> None:
    everything = [row(S.WATCHING), row(S.DONE, "bo"), row(S.WATCHING, "cy"), row(S.MOVING, "di")]
    wanted, paused = caught(actions.start_wanted), caught(actions.pause_wanted)
    actions.aim((), everything)
    actions.pass_now.trigger()
    actions.aim(everything[2:], everything)
    actions.pass_now.trigger()
    assert wanted == [(ANNA, CY), (CY,)]
    actions.pause_all.trigger()
    assert paused == [(ANNA, CY, DI)]
    # They go on by themselves.
    actions.aim((), [row(S.WATCHING)])
    assert not actions.start_all.isEnabled()


def test_what_was_refused_in_a_watched_account_can_be_retried(actions: BoardActions) -> None:
    wanted = caught(actions.retry_wanted)
    actions.aim((), [row(S.WATCHING, counts=Counts(moved=3, refused=1)), row(S.WATCHING, "bo")])
    actions.retry.trigger()
    assert wanted == [(ANNA,)]
