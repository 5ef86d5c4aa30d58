"""A program that was killed at any moment: the board that opens its file shows the truth."""

import subprocess
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path

import pytest

from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.desktop.models.board_model import Column
from mailmove_gui.desktop.models.groups import Group
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.domain.states import TRANSITIONS, AccountState
from tests.desktop.conftest import wait_until
from tests.desktop.driving import wait_for_rest
from tests.desktop.services import FakeWorld

OpenWindow = Callable[[Services], MainWindow]
S = AccountState
_END_S = 10.0

WORDS = {
    S.NOT_STARTED: "Not started",
    S.INVITED: "Invited",
    S.CHECKING: "Paused",
    S.READY: "Ready",
    S.QUEUED: "Paused",
    S.MOVING: "Paused",
    S.VERIFYING: "Paused",
    S.WAITING: "Paused",
    S.PAUSED: "Paused",
    S.NEEDS_PASSWORD: "Needs a password",
    S.FAILED: "Failed",
    S.DONE: "Done, verified",
    S.DONE_WITH_REFUSALS: "Done, some not moved",
    S.WATCHING: "Watching for new mail",
    S.SKIPPED: "Left out",
    S.CLOSED: "Closed",
}
"""What was running rests: nothing moves until somebody says so."""


def way_to(state: AccountState) -> list[AccountState]:
    """The shortest way of an account to a state."""
    ways = deque([[S.NOT_STARTED]])
    while ways[0][-1] is not state:
        way = ways.popleft()
        ways.extend([*way, following] for following in sorted(TRANSITIONS[way[-1]]) if following not in way)
    return ways[0][1:]


def write_and_die(path: Path, ways: dict[str, list[AccountState]]) -> None:
    """Another program writes a migration with an account on each way, and is killed with the file open."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.desktop.killed_program", str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        for name, way in ways.items():
            process.stdin.write(" ".join([name, *way]) + "\n")
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline() == "written\n"
    finally:
        process.kill()
        process.wait(_END_S)
        process.stdin.close()
        process.stdout.close()


@pytest.fixture
def reopened(open_window: OpenWindow, tmp_path: Path) -> MainWindow:
    """An account in each state."""
    path = tmp_path / "killed.mailmove"
    write_and_die(path, {state.value: way_to(state) for state in AccountState})
    window = open_window(FakeWorld(tmp_path, tuple(AccountState)).services())
    window.open_file(path)
    wait_until(lambda: window.board.model.rowCount() == len(AccountState))
    return window


def test_the_board_shows_the_truth_of_every_state(reopened: MainWindow) -> None:
    model = reopened.board.model
    shown = {
        S(model.index(number, Column.ACCOUNT).data().partition("@")[0]): model.index(number, Column.STATE).data()
        for number in range(model.rowCount())
    }
    assert shown == WORDS
    assert not any(row.is_running for row in model.rows)
    summary = reopened.board.summary
    assert summary.running == 0
    assert summary.groups[Group.PAUSED] == 6
    assert reopened.board.actions_.start_all.isEnabled()
    # The one that is watched can be stopped.
    assert reopened.board.actions_.stop_all.isEnabled()


def test_what_was_killed_while_it_moved_goes_on(open_window: OpenWindow, world: FakeWorld, tmp_path: Path) -> None:
    path = tmp_path / "killed.mailmove"
    write_and_die(path, {"anna": way_to(S.MOVING), "bo": way_to(S.VERIFYING)})
    world.kept = world.services().temporary_secrets()
    for key, secret in world.given_passwords().items():
        world.kept.put(key, secret)
    window = open_window(world.services())
    window.open_file(path)
    wait_until(lambda: [row.state for row in window.board.model.rows] == [S.PAUSED, S.PAUSED])
    window.board.actions_.start_all.trigger()
    wait_until(lambda: window.board.summary.running > 0 or window.board.summary.is_finished)
    wait_for_rest(window)
    assert [row.state for row in window.board.model.rows] == [S.DONE, S.DONE]
