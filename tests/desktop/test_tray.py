from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox, QSystemTrayIcon, QWidget

from mailmove_gui.app import Program
from mailmove_gui.desktop import running_watch
from mailmove_gui.desktop.bridge.awake import Wakefulness
from mailmove_gui.desktop.bridge.open_document import NewMigration
from mailmove_gui.desktop.bridge.settings import SettingsFile, SharedSettings
from mailmove_gui.desktop.bridge.threads import QtSpawn
from mailmove_gui.desktop.models.groups import Group
from mailmove_gui.desktop.models.rows import Summary
from mailmove_gui.desktop.models.standing import Standing, is_news, news_text, standing_of, standing_text
from mailmove_gui.desktop.tray import Tray
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.states import AccountState
from tests.desktop.conftest import OpenWindow, clean_up, wait_until
from tests.desktop.services import FakeWorld

S = AccountState
Keep = Callable[[QWidget], QWidget]


def summary(**groups: int) -> Summary:
    """``summary(moving=2, done=1)``; what is moving is running."""
    counted = {Group(name): number for name, number in groups.items()}
    return Summary(sum(groups.values()), counted, 0, 0, 0, 0, 0, groups.get("moving", 0))


# In words


@pytest.mark.parametrize(
    ("standings", "text"),
    [
        ([summary(moving=5, needs_you=2)], "5 moving, 2 need a password"),
        ([summary(moving=1, needs_you=1, failed=1)], "1 moving, 1 needs a password, 1 failed"),
        ([summary(moving=2), summary(moving=3, needs_you=1)], "5 moving, 1 needs a password"),
        ([summary(done=3, left_out=1)], "4 of 4 done"),
        ([summary(done=3, paused=2)], "3 of 5 done"),
    ],
)
def test_the_tool_tip_tells_of_all_windows(standings: list[Summary], text: str) -> None:
    assert standing_text([standing_of(one) for one in standings]) == text


@pytest.mark.parametrize(
    ("before", "after", "is_told"),
    [
        (summary(moving=3), summary(moving=2, needs_you=1), True),
        (summary(moving=3), summary(moving=2, failed=1), True),
        (summary(moving=2, needs_you=1), summary(moving=1, needs_you=2), False),
        (summary(moving=2, needs_you=1), summary(moving=3), False),
        (summary(moving=1), summary(done=1), True),
        (summary(moving=1, needs_you=1), summary(done=1, needs_you=1), True),
        (summary(moving=1), summary(paused=1), False),
        (summary(paused=1), summary(moving=1), False),
        (summary(done=2), summary(done=2), False),
    ],
)
def test_what_people_want_to_hear(before: Summary, after: Summary, is_told: bool) -> None:
    assert is_news(before, after) is is_told


@pytest.mark.parametrize(
    ("now", "text"),
    [
        (summary(moving=2, needs_you=3), "3 need a password. The others go on."),
        (
            summary(done=20, needs_you=1, failed=2),
            "Nothing is being moved any more: 20 of 23 done, 1 needs a password, 2 failed.",
        ),
        (summary(done=2), "All accounts are done: every message was looked at and found."),
    ],
)
def test_notifications_say_it_in_a_sentence(now: Summary, text: str) -> None:
    assert news_text(now) == text


# The icon


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """A desktop with a tray; what was notified."""
    notified: list[tuple[str, str]] = []
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    monkeypatch.setattr(
        QSystemTrayIcon, "showMessage", lambda _icon, title, text, *_more: notified.append((title, text))
    )
    return notified


@pytest.fixture
def tray(qapp: QApplication, shown: list[tuple[str, str]]) -> Iterator[Tray]:
    made = Tray()
    yield made
    made.hide()
    made.deleteLater()
    clean_up()


def test_the_icon_comes_with_a_migration_and_goes_with_the_last(tray: Tray) -> None:
    tray.show_standing(1, Standing(3, running=3))
    tray.show_standing(2, Standing(2, running=1, need_password=1))
    icon = tray.icon
    assert icon is not None
    assert icon.isVisible()
    assert icon.toolTip() == "MailMove: 4 moving, 1 needs a password"
    tray.show_standing(1, None)
    assert icon.toolTip() == "MailMove: 1 moving, 1 needs a password"
    tray.show_standing(2, None)
    assert not icon.isVisible()


def test_the_icon_itself_tells_states_apart(tray: Tray) -> None:
    pictures = []
    for standing in (Standing(2, 2), Standing(2, 1, 1), Standing(2, 1, 0, 1), Standing(2, done=2), Standing(2)):
        tray.show_standing(1, standing)
        assert tray.icon is not None
        pictures.append(tray.icon.icon().pixmap(32, 32).toImage())
    assert all(one != other for number, one in enumerate(pictures) for other in pictures[number + 1 :])


def test_its_menu_says_what_is_wanted(tray: Tray) -> None:
    wanted: list[str] = []
    tray.show_wanted.connect(lambda: wanted.append("show"))
    tray.pause_wanted.connect(lambda: wanted.append("pause"))
    tray.quit_wanted.connect(lambda: wanted.append("quit"))
    tray.show_standing(1, Standing(1, 1))
    assert tray.icon is not None
    for action in tray.icon.contextMenu().actions():
        action.trigger()
    tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Context)
    tray.icon.messageClicked.emit()
    assert wanted == ["show", "pause", "quit", "show", "show"]


def test_without_a_tray_nothing_breaks(qapp: QApplication) -> None:
    tray = Tray()
    tray.show_standing(1, Standing(1, 1))
    tray.say("Acme", "All is done.")
    tray.hide()
    assert tray.icon is None
    tray.deleteLater()
    clean_up()


# With a window


class Lock:
    """A computer that can be held, or not."""

    def __init__(self, *, can_hold: bool = True) -> None:
        self.is_held = False
        self._can_hold = can_hold

    def hold(self) -> bool:
        self.is_held = self._can_hold
        return self.is_held

    def release(self) -> None:
        self.is_held = False


@pytest.fixture
def lock() -> Lock:
    return Lock()


@pytest.fixture
def settings(world: FakeWorld, spawn: QtSpawn) -> Iterator[SharedSettings]:
    made = SharedSettings(SettingsFile(world.folder / "settings"), spawn)
    yield made
    assert made.stop(10)


@pytest.fixture
def window(
    world: FakeWorld,
    lock: Lock,
    settings: SharedSettings,
    tray: Tray,
    open_window: OpenWindow,  # asked for last, so that windows are closed before what they share is gone
    monkeypatch: pytest.MonkeyPatch,
) -> MainWindow:
    """Its two accounts wait for their connections."""
    monkeypatch.setattr(running_watch, "GATHER_MS", 0)
    world.gate.clear()
    made = open_window(replace(world.services(), wake_lock=lambda: lock), settings, tray)
    start(made, world)
    return made


def start(window: MainWindow, world: FakeWorld, name: str = "acme") -> None:
    ids = tuple(account.id for account in world.accounts)
    plan = MigrationPlan("Acme", world.accounts)
    path = world.folder / f"{name}.mailmove"
    window.controller.create(NewMigration(path, plan, world.given_passwords(), start=ids))
    wait_until(lambda: [row.state for row in window.board.model.rows] == [S.CHECKING, S.CHECKING])


def finish(window: MainWindow, world: FakeWorld) -> None:
    world.gate.set()
    wait_until(lambda: window.board.summary.is_finished)


def test_the_computer_stays_awake_as_long_as_something_runs(window: MainWindow, world: FakeWorld, lock: Lock) -> None:
    wait_until(lambda: lock.is_held)
    wait_until(window.awake_bar.isVisible)
    assert window.awake_bar.text() == "MailMove keeps this computer awake while mail is moved."
    finish(window, world)
    wait_until(lambda: not lock.is_held)
    wait_until(lambda: not window.awake_bar.isVisible())
    assert window.watch.wakefulness is Wakefulness.LEFT_ALONE


def test_the_computer_is_let_go_when_the_window_closes(window: MainWindow, lock: Lock) -> None:
    wait_until(lambda: lock.is_held)
    gone: list[MainWindow] = []
    window.gone.connect(gone.append)
    window.close_for_good()
    wait_until(lambda: bool(gone), 20)
    assert not lock.is_held


def test_people_may_let_it_fall_asleep(window: MainWindow, lock: Lock, settings: SharedSettings) -> None:
    wait_until(lambda: lock.is_held)
    settings.change(replace(settings.value, keep_awake=False))
    wait_until(lambda: not lock.is_held)
    wait_until(lambda: not window.awake_bar.isVisible())
    settings.change(replace(settings.value, keep_awake=True))
    wait_until(lambda: lock.is_held)


def test_a_computer_that_cannot_be_held_is_said_and_the_move_goes_on(open_window: OpenWindow, world: FakeWorld) -> None:
    world.gate.clear()
    window = open_window(replace(world.services(), wake_lock=lambda: Lock(can_hold=False)))
    start(window, world)
    wait_until(window.awake_bar.isVisible)
    assert window.awake_bar.text().startswith("This computer may fall asleep")
    finish(window, world)
    wait_until(lambda: not window.awake_bar.isVisible())


def test_the_end_is_told_once_if_nobody_looks(
    window: MainWindow, world: FakeWorld, shown: list[tuple[str, str]]
) -> None:
    window.go_to_background()
    assert shown == [("Acme", "MailMove goes on here. Click this icon to see how far it is.")]
    finish(window, world)
    wait_until(lambda: len(shown) > 1)
    assert shown[1:] == [("Acme", "All accounts are done: every message was looked at and found.")]


def test_accounts_that_need_somebody_are_told_of_together(
    window: MainWindow, world: FakeWorld, shown: list[tuple[str, str]]
) -> None:
    window.hide()
    for mailbox in world.sources.values():
        mailbox.password = "changed meanwhile"
    world.gate.set()
    wait_until(lambda: window.board.summary.groups.get(Group.NEEDS_YOU) == len(world.accounts))
    wait_until(lambda: bool(shown))
    assert shown[-1] == ("Acme", "Nothing is being moved any more: 0 of 2 done, 2 need a password.")
    assert len(shown) <= 2


@pytest.mark.parametrize("why", ["looks", "does not want it"])
def test_nothing_is_told_to_those_who(
    window: MainWindow, world: FakeWorld, shown: list[tuple[str, str]], settings: SharedSettings, why: str
) -> None:
    if why == "looks":
        wait_until(window.isActiveWindow)
    else:
        settings.change(replace(settings.value, notifications=False))
        window.hide()
    told: list[str] = []
    window.watch._gathering.timeout.connect(lambda: told.append("looked whether to tell"))
    finish(window, world)
    wait_until(lambda: bool(told))
    assert shown == []


def test_closing_offers_the_background_and_the_tray_brings_it_back(window: MainWindow, tray: Tray) -> None:
    window.close()
    (question,) = window.findChildren(QMessageBox)
    buttons = {button.text().replace("&", ""): button for button in question.buttons()}
    assert sorted(buttons) == ["Go on in the background", "Keep the window", "Stop and close"]
    assert question.defaultButton() is buttons["Keep the window"]
    buttons["Go on in the background"].click()
    assert not window.isVisible()
    assert not window.controller.is_closing
    assert [row.state for row in window.board.model.rows] == [S.CHECKING, S.CHECKING]
    window.come_to_front()
    assert window.isVisible()


def test_the_background_is_not_offered_where_no_tray_would_bring_it_back(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: False)
    window.close()
    (question,) = window.findChildren(QMessageBox)
    assert [button.text() for button in question.buttons() if "background" in button.text()] == []


# With the whole program


@pytest.fixture
def program(qapp: QApplication, world: FakeWorld, shown: list[tuple[str, str]]) -> Iterator[Program]:
    made = Program(world.services())
    yield made
    made.close_all()
    wait_until(lambda: not made.windows, 20)
    assert made.spawn.join(10)
    made.deleteLater()
    clean_up()


def test_the_tray_speaks_to_every_window(program: Program, world: FakeWorld) -> None:
    world.gate.clear()
    first, second = program.open_window(), program.open_window()
    start(first, world, "first")
    start(second, world, "second")
    assert program.tray.icon is not None
    assert program.tray.icon.toolTip() == "MailMove: 4 moving"
    first.hide()
    program.tray.show_wanted.emit()
    assert first.isVisible()
    program.tray.pause_wanted.emit()
    world.gate.set()
    for window in (first, second):
        wait_until(lambda window=window: not window.board.summary.running)  # type: ignore[misc]


def test_quitting_asks_first(program: Program, world: FakeWorld) -> None:
    world.gate.clear()
    _idle, busy = program.open_window(), program.open_window()
    start(busy, world)
    busy.go_to_background()
    program.tray.quit_wanted.emit()
    wait_until(lambda: program.windows == (busy,))
    assert busy.isVisible()
    (question,) = busy.findChildren(QMessageBox)
    assert question.text() == "2 accounts are still being moved."
