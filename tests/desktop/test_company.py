"""A company's list through the whole window: recognised, corrected, checked, started, arrived."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from mailmove_gui.app import open_gateway
from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.desktop.dialogs.password_dialog import PasswordDialog
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.desktop.wizard.accounts_model import Column
from mailmove_gui.desktop.wizard.import_dialog import ImportDialog
from mailmove_gui.desktop.wizard.wizard import MigrationWizard
from mailmove_gui.domain.endpoints import Endpoint, Security
from mailmove_gui.domain.states import AccountState
from tests.desktop.conftest import wait_until
from tests.desktop.driving import check, open_wizard, start, to_accounts, wait_for_rest
from tests.desktop.services import FakeWorld
from tests.mailboxes.fill import fill
from tests.mailboxes.generate import generate_mailbox
from tests.servers.compare import assert_equal_mailboxes, snapshot
from tests.servers.conftest import Pair
from tests.servers.leaks import leaks_below
from tests.servers.wire import Wire

OpenWindow = Callable[[Services], MainWindow]
_ROWS = 30
_MESSAGES = 12
# As people choose and spreadsheets keep them: quotes, commas, formula marks, blanks at the ends.
_PASSWORDS = ('=x§*("', " kept blanks ", "密码-123", "a,b;c", "+1-2@3")


@dataclass(frozen=True, slots=True)
class _Colleague:
    old: str
    old_password: str
    new: str
    new_password: str


def _colleagues(servers: Pair) -> list[_Colleague]:
    """One account for each row of the list but the double one, with mail at the source."""
    made = []
    for number in range(1, _ROWS):
        password = f"{_PASSWORDS[number % len(_PASSWORDS)]}{number}"
        one = _Colleague(f"name{number}@old.example", password, f"name{number}@new.example", password[::-1])
        servers.source.add_user(one.old, one.old_password)
        servers.destination.add_user(one.new, one.new_password)
        with Wire(servers.source.host, servers.source.imap_port) as wire:
            wire.login(one.old, one.old_password)
            fill(wire, generate_mailbox(_MESSAGES, 3, seed=number))
        made.append(one)
    return made


def _quoted(*cells: str) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\r\n"


def _list(colleagues: list[_Colleague], wrong: dict[int, _Colleague]) -> str:
    """The list as a Chinese spreadsheet saves it: two wrong passwords, one account twice, one address with a typo."""
    lines = [_quoted("姓名", "原邮箱", "授权码", "新邮箱", "新密码")]
    for number, one in enumerate(colleagues, 1):
        given = wrong.get(number, one)
        old = given.old.replace("@", "@@") if number == len(colleagues) else given.old
        lines.append(_quoted(f"同事{number}", old, given.old_password, given.new, given.new_password))
    first = colleagues[0]
    lines.append(_quoted("同事1", first.old, first.old_password, first.new, first.new_password))
    return "".join(lines)


@pytest.fixture
def services(world: FakeWorld) -> Services:
    """Real connections."""
    return replace(world.services(), gateway=open_gateway)


def _import(wizard: MigrationWizard, file: Path) -> None:
    wizard.accounts_page.lists.read_file(str(file))
    wait_until(lambda: _dialog(wizard) is not None)
    dialog = _dialog(wizard)
    assert dialog is not None
    assert dialog.encoding.currentData() == "gb18030"
    assert dialog.import_button.text().replace("&", "") == f"Import {_ROWS} accounts"
    QTest.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    wait_until(lambda: _dialog(wizard) is None)


def _dialog(wizard: MigrationWizard) -> ImportDialog | None:
    return next((one for one in wizard.findChildren(ImportDialog) if one.isVisible()), None)


@pytest.mark.server
@pytest.mark.slow
def test_thirty_rows_from_a_spreadsheet(
    open_window: OpenWindow, services: Services, dovecot_pair: Pair, tmp_path: Path
) -> None:
    source, destination = dovecot_pair
    colleagues = _colleagues(dovecot_pair)
    wrong = {
        7: replace(colleagues[6], old_password="not this one"),
        19: replace(colleagues[18], new_password="nor this one"),
    }
    file = tmp_path / "list" / "名单.csv"
    file.parent.mkdir()
    file.write_bytes(_list(colleagues, wrong).encode("gb18030"))

    window = open_window(services)
    wizard = open_wizard(window)
    to_accounts(
        wizard,
        Endpoint(source.host, source.imap_port, Security.PLAIN),
        Endpoint(destination.host, destination.imap_port, Security.PLAIN),
    )
    _import(wizard, file)
    model = wizard.accounts_page.model
    wait_until(lambda: model.is_judged)
    problems = {row: str(model.index(row, Column.PROBLEM).data() or "") for row in range(model.rowCount())}
    found = {row + 1: sentence for row, sentence in problems.items() if sentence}
    assert set(found) == {_ROWS - 1, _ROWS}
    assert "@@" in found[_ROWS - 1]
    assert "row 1" in found[_ROWS]
    assert not wizard.primary_button().isEnabled()

    assert model.setData(model.index(_ROWS - 2, Column.SOURCE_USER), colleagues[-1].old)
    model.remove([_ROWS - 1])
    wait_until(lambda: model.is_judged)
    check(wizard, 60)
    assert len(wizard.draft.passed()) == len(colleagues) - len(wrong)
    QTest.mouseClick(wizard.check_page.passwords_button, Qt.MouseButton.LeftButton)
    dialog = next(one for one in wizard.findChildren(QDialog) if isinstance(one, PasswordDialog))
    for edit, password in zip(dialog.edits(), (colleagues[6].old_password, colleagues[18].new_password), strict=True):
        QTest.keyClicks(edit, password) if password.isascii() else edit.setText(password)
    QTest.mouseClick(dialog.retry_button, Qt.MouseButton.LeftButton)
    wait_until(lambda: not wizard.checker.is_running, 60)
    assert len(wizard.draft.passed()) == len(colleagues)

    start(window, wizard)
    wait_for_rest(window, 100)
    assert {row.state for row in window.board.model.rows} == {AccountState.DONE}
    for one in colleagues:
        before = snapshot(source.host, source.imap_port, one.old, one.old_password)
        assert_equal_mailboxes(before, snapshot(destination.host, destination.imap_port, one.new, one.new_password))
    file.unlink()
    used = [
        (user, password)
        for one in colleagues
        for user, password in ((one.old, one.old_password), (one.new, one.new_password))
    ]
    assert leaks_below(tmp_path, used) == []
