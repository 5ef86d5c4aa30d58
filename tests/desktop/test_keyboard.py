"""From the start page to a finished migration with a password put right on the way, without a mouse."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from mailmove_gui.desktop.bridge.services import SampleMigration, Services
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.desktop.wizard.wizard import Step
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.domain.states import AccountState
from tests.desktop.conftest import wait_until
from tests.desktop.driving import wait_for_rest
from tests.desktop.services import FakeWorld

OpenWindow = Callable[[Services], MainWindow]
S = AccountState
_MOST_STOPS = 60


class WorldWithWrongPassword(FakeWorld):
    """Its sample has one password that its server does not take."""

    def samples(self) -> SampleMigration:
        sample = super().samples()
        passwords = {**sample.passwords, self.accounts[0].secret_key(Side.SOURCE): Secret("not this one")}
        return SampleMigration(sample.accounts, passwords, sample.folder)


def press(window: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(window.focusWidget(), key, modifier)


def tab_to(window: QWidget, wanted: QWidget) -> None:
    for _stop in range(_MOST_STOPS):
        if window.focusWidget() is wanted:
            return
        press(window, Qt.Key.Key_Tab)
    raise AssertionError(f"Tab does not reach {wanted!r}")


def test_from_the_start_page_to_a_finished_migration(open_window: OpenWindow, tmp_path: Path) -> None:
    world = WorldWithWrongPassword(tmp_path)
    window = open_window(world.services())
    tab_to(window, window.start_page.sample_button)
    press(window, Qt.Key.Key_Space)
    wait_until(lambda: window.wizard is not None)
    wizard = window.wizard
    assert wizard is not None
    while wizard.currentId() < Step.CHECK:
        before = wizard.currentId()
        wait_until(wizard.currentPage().isComplete)
        tab_to(wizard, wizard.primary_button())
        press(wizard, Qt.Key.Key_Space)
        wait_until(lambda before=before: wizard.currentId() > before)  # type: ignore[misc]
    wait_until(lambda: not wizard.checker.is_running)
    tab_to(wizard, wizard.primary_button())
    press(wizard, Qt.Key.Key_Space)
    wait_until(lambda: wizard.currentId() == Step.START)
    wait_until(wizard.start_page.isComplete)
    tab_to(wizard, wizard.primary_button())
    press(wizard, Qt.Key.Key_Space)
    wait_until(lambda: window.wizard is None)
    wait_for_rest(window)
    assert [row.state for row in window.board.model.rows] == [S.NEEDS_PASSWORD, S.DONE]

    tab_to(window, window.board.notice.button)
    press(window, Qt.Key.Key_Space)
    wait_until(lambda: window.passwords.dialog is not None)
    dialog = window.passwords.dialog
    assert dialog is not None
    (line,) = dialog.lines
    assert dialog.focusWidget() is line.field
    QTest.keyClicks(line.field, world.sources[world.accounts[0].source.user].password)
    tab_to(dialog, line.test_button)
    press(dialog, Qt.Key.Key_Space)
    wait_until(lambda: line.outcome == "Works")
    tab_to(dialog, line.field)
    press(dialog, Qt.Key.Key_Return)
    wait_until(lambda: [row.state for row in window.board.model.rows] == [S.DONE, S.DONE])
    assert window.passwords.dialog is None
