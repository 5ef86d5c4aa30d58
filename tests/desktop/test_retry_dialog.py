from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from mailmove_gui.desktop.bridge.open_document import NewMigration
from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.desktop.dialogs.retry_dialog import RetryDialog
from mailmove_gui.desktop.dialogs.retry_line import RetryLine
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.logins import AccountLogins, LoginQuestion
from mailmove_gui.domain.plan import Mailbox, MigrationPlan, Options
from mailmove_gui.domain.probing import Stage, StageResult
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.domain.states import AccountState
from mailmove_gui.ledger import open_ledger
from tests.desktop.conftest import wait_until
from tests.desktop.driving import wait_for_rest
from tests.desktop.services import FakeTester, FakeWorld, account, wait_for

OpenWindow = Callable[[Services], MainWindow]
S = AccountState
NAMES = ("anna", "bo", "cy", "di", "el")


class LoginTester(FakeTester):
    """Knows the mailboxes' passwords."""

    def __init__(self, world: FakeWorld) -> None:
        super().__init__()
        self._world = world

    def test(
        self,
        mailbox: Mailbox,
        secret: Secret,
        side: Side,
        options: Options,
        report: Callable[[StageResult], None],
        cancel: CancelToken,
    ) -> None:
        self.asked.append((mailbox, side, options))
        wait_for(self.gate, cancel)
        boxes = self._world.sources if side is Side.SOURCE else self._world.destinations
        right = boxes[mailbox.user].password == secret.reveal()
        refusal = None if right else Failure(Reason.WRONG_PASSWORD, side, "Authentication failed")
        report(StageResult(Stage.LOGIN, refusal))


class Migration:
    """Accounts of which some have wrong passwords, moved as far as that goes."""

    def __init__(
        self, open_window: OpenWindow, world: FakeWorld, wrong: Mapping[str, tuple[Side, ...]], *, keeps: bool = True
    ) -> None:
        self.world = world
        self.tester = world.tester = LoginTester(world)
        self.by_name = {one.source.user.split("@")[0]: one for one in world.accounts}
        passwords = world.given_passwords()
        for name, sides in wrong.items():
            passwords.update(dict.fromkeys((self.by_name[name].secret_key(side) for side in sides), Secret("wrong")))
        self.path = world.folder / "acme.mailmove"
        plan = MigrationPlan("Acme", world.accounts, remember_passwords=keeps)
        self.open_window = open_window
        self.window = open_window(world.services())
        self.window.controller.create(NewMigration(self.path, plan, passwords))
        wait_until(lambda: self.window.has_migration)
        self.window.board.actions_.start.trigger()
        wait_for_rest(self.window)

    def open(self, *names: str) -> RetryDialog:
        self.window.board.passwords_wanted.emit(tuple(self.by_name[name].id for name in names))
        wait_until(lambda: self.window.passwords.dialog is not None)
        assert self.window.passwords.dialog is not None
        return self.window.passwords.dialog

    def right(self, line: RetryLine) -> str:
        boxes = self.world.sources if line.question.side is Side.SOURCE else self.world.destinations
        return boxes[line.question.mailbox.user].password

    def tries(self, name: str, side: Side) -> int:
        assert self.window.controller._document.ledger is not None
        return self.window.controller._document.ledger.refused_logins(self.by_name[name].secret_key(side)).tries

    def state(self, name: str) -> AccountState:
        row = self.window.board.model.row_of(self.by_name[name].id)
        assert row is not None
        return row.state

    def begin_again(self) -> None:
        """Close the program, and open the file again."""
        gone: list[MainWindow] = []
        self.window.gone.connect(gone.append)
        self.window.close_for_good()
        wait_until(lambda: bool(gone))
        self.window = self.open_window(self.world.services())
        self.window.open_file(self.path)
        wait_until(lambda: self.window.board.model.rowCount() == len(self.by_name))


@pytest.fixture
def world(tmp_path: Path) -> FakeWorld:
    return FakeWorld(tmp_path, NAMES)


@pytest.fixture
def three_wrong(open_window: OpenWindow, world: FakeWorld) -> Migration:
    """One at the source, one at the destination, one at both."""
    wrong = {"anna": (Side.SOURCE,), "bo": (Side.DESTINATION,), "cy": (Side.SOURCE, Side.DESTINATION)}
    return Migration(open_window, world, wrong)


def asked(dialog: RetryDialog) -> list[tuple[str, Side]]:
    return [(line.question.mailbox.user, line.question.side) for line in dialog.lines if not line.is_settled]


def test_a_line_for_each_account_and_side(three_wrong: Migration) -> None:
    dialog = three_wrong.open("anna", "bo", "cy")
    assert dialog.title == "3 accounts need a password"
    assert asked(dialog) == [
        ("anna@old.example", Side.SOURCE),
        ("bo@new.example", Side.DESTINATION),
        ("cy@old.example", Side.SOURCE),
        ("cy@new.example", Side.DESTINATION),
    ]
    assert "The destination server does not accept this password. Type it again." in dialog.lines[1].words
    assert "1 try was refused" in dialog.lines[1].words
    assert not dialog.retry_button.isEnabled()


def test_what_is_filled_in_is_tried_and_the_rest_stays(three_wrong: Migration) -> None:
    dialog = three_wrong.open("anna", "bo", "cy")
    anna, _bo, cy_source, _cy_destination = dialog.lines
    QTest.keyClicks(anna.field, three_wrong.right(anna))
    # With one of two passwords still wrong, trying again would only bring the mailbox closer to being locked.
    QTest.keyClicks(cy_source.field, three_wrong.right(cy_source))
    assert dialog.retry_button.text() == "&Retry 1 account"
    dialog.retry_button.click()
    wait_until(lambda: three_wrong.state("anna") is S.DONE)
    wait_until(lambda: anna.outcome == "Done, verified")
    assert anna.is_settled
    assert anna.field.text() == ""
    assert cy_source.field.text() == three_wrong.right(cy_source)
    assert dialog.title == "2 accounts need a password"
    for line in dialog.lines[1:]:
        line.field.setText(three_wrong.right(line))
    dialog.retry_button.click()
    wait_until(lambda: three_wrong.window.passwords.dialog is None)
    wait_until(lambda: {three_wrong.state(name) for name in NAMES} == {S.DONE})


def test_a_password_that_is_wrong_again_asks_again(three_wrong: Migration) -> None:
    dialog = three_wrong.open("anna", "bo")
    anna = dialog.lines[0]
    anna.field.setText("wrong too")
    dialog.retry_button.click()
    wait_until(lambda: not anna.is_settled and "2 tries were refused" in anna.words)
    assert anna.outcome == ""
    assert anna.field.text() == ""
    assert anna.field.isEnabled()


def test_a_test_tells_and_a_refused_one_counts(three_wrong: Migration) -> None:
    dialog = three_wrong.open("anna", "bo")
    anna, bo = dialog.lines
    assert not anna.test_button.isEnabled()
    QTest.keyClicks(anna.field, "no")
    QTest.mouseClick(anna.test_button, Qt.MouseButton.LeftButton)
    wait_until(lambda: "does not accept this password" in anna.outcome)
    wait_until(lambda: "2 tries were refused" in anna.words)
    assert three_wrong.tries("anna", Side.SOURCE) == 2
    assert anna.field.text() == "no"

    bo.field.setText(three_wrong.right(bo))
    QTest.mouseClick(bo.test_button, Qt.MouseButton.LeftButton)
    wait_until(lambda: bo.outcome == "Works")
    assert three_wrong.tries("bo", Side.DESTINATION) == 1
    QTest.keyClick(bo.field, Qt.Key.Key_X)
    assert bo.outcome == "", "the test was about another password"


def test_tests_run_side_by_side_and_can_be_stopped(three_wrong: Migration) -> None:
    three_wrong.tester.gate.clear()
    dialog = three_wrong.open("anna", "bo")
    for line in dialog.lines:
        line.field.setText(three_wrong.right(line))
        line.test_button.click()
    wait_until(lambda: len(three_wrong.tester.asked) == 2)
    anna, bo = dialog.lines
    assert (anna.outcome, anna.test_button.text()) == ("Testing…", "Stop")
    anna.test_button.click()
    assert (anna.outcome, anna.test_button.text()) == ("", "Test")
    three_wrong.tester.gate.set()
    wait_until(lambda: bo.outcome == "Works")
    assert anna.outcome == ""


def test_tries_are_counted_over_restarts_and_none_is_made_by_itself(three_wrong: Migration) -> None:
    three_wrong.begin_again()
    three_wrong.window.board.actions_.start.trigger()
    wait_for_rest(three_wrong.window)
    dialog = three_wrong.open("anna")
    (line,) = dialog.lines
    assert "1 try was refused" in line.words
    line.field.setText("no")
    line.test_button.click()
    wait_until(lambda: "2 tries were refused" in line.words)
    three_wrong.begin_again()
    (line,) = three_wrong.open("anna").lines
    assert "2 tries were refused. Providers lock a mailbox after a handful." in line.words


def test_later_keeps_nothing(three_wrong: Migration) -> None:
    dialog = three_wrong.open("anna", "bo")
    dialog.lines[0].field.setText("typed")
    edits = [line.field for line in dialog.lines]
    tried = three_wrong.tries("anna", Side.SOURCE)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert [edit.text() for edit in edits] == ["", ""]
    wait_until(lambda: three_wrong.window.passwords.dialog is None)
    assert three_wrong.tries("anna", Side.SOURCE) == tried
    assert three_wrong.state("anna") is S.NEEDS_PASSWORD


def test_one_account_alone_shows_nothing_of_the_others(three_wrong: Migration) -> None:
    dialog = three_wrong.open("cy")
    shown = "\n".join(line.words for line in dialog.lines)
    assert [user for user, _side in asked(dialog)] == ["cy@old.example", "cy@new.example"]
    assert "anna" not in shown
    assert not dialog.paste_button.isVisible()
    assert {edit.text() for edit in dialog.findChildren(QLineEdit)} == {""}, "no password that is known is shown"
    three_wrong.window.controller.take_passwords({}, [three_wrong.by_name["bo"].id])
    wait_until(lambda: three_wrong.tries("bo", Side.DESTINATION) == 2)
    wait_until(lambda: three_wrong.state("bo") is S.NEEDS_PASSWORD)
    assert len(dialog.lines) == 2


def test_new_failures_join_and_solved_ones_go_grey(three_wrong: Migration) -> None:
    dialog = three_wrong.open("anna", "bo")
    anna, bo = dialog.lines
    QTest.keyClicks(anna.field, "half a pass")
    anna.field.setFocus()
    world, window = three_wrong.world, three_wrong.window
    right = {bo.question.mailbox.secret_key(Side.DESTINATION): Secret(three_wrong.right(bo))}
    world.sources["di@old.example"].password = "changed meanwhile"
    window.controller.take_passwords(right, [three_wrong.by_name[name].id for name in ("bo", "di")])
    wait_until(lambda: bo.outcome == "Done, verified")
    wait_until(lambda: ("di@old.example", Side.SOURCE) in asked(dialog))
    assert not bo.field.isEnabled()
    assert anna.field.text() == "half a pass"
    assert dialog.focusWidget() is anna.field
    assert dialog.title == "2 accounts need a password"


def test_a_column_is_pasted_from_a_line_on(three_wrong: Migration) -> None:
    dialog = three_wrong.open("anna", "bo", "cy")
    QGuiApplication.clipboard().setText("one\r\n\r\n two \r\nthree\r\nfour\r\n")
    dialog.lines[1].field.setFocus()
    QTest.keyClick(dialog.lines[1].field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert [line.field.text() for line in dialog.lines] == ["", "one", "", " two "]
    assert dialog.remark == (
        "2 passwords filled in. 2 lines of the column are left over: there are no fields for them."
    )
    dialog.lines[0].field.setFocus()
    QGuiApplication.clipboard().setText("1\n2\n3\n4")
    dialog.paste_button.click()
    assert [line.field.text() for line in dialog.lines] == ["1", "2", "3", "4"]
    assert dialog.remark == "4 passwords filled in."
    assert dialog.retry_button.text() == "&Retry 3 accounts"


@pytest.mark.parametrize(("text", "said"), [("", "Nothing is copied"), ("anna\tsecret\nbo\tsecret", "Several columns")])
def test_what_is_no_column_is_not_pasted(three_wrong: Migration, text: str, said: str) -> None:
    dialog = three_wrong.open("anna", "bo")
    QGuiApplication.clipboard().setText(text)
    dialog.paste_button.click()
    assert said in dialog.remark
    assert [line.field.text() for line in dialog.lines] == ["", ""]


def test_by_keyboard_alone(three_wrong: Migration) -> None:
    dialog = three_wrong.open("anna", "bo")
    anna, bo = dialog.lines
    assert dialog.focusWidget() is anna.field
    QTest.keyClicks(anna.field, three_wrong.right(anna))
    QTest.keyClick(anna.field, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert anna.field.echoMode() is QLineEdit.EchoMode.Normal
    QTest.keyClick(anna.field, Qt.Key.Key_Return)
    assert dialog.focusWidget() is bo.field
    QTest.keyClick(bo.field, Qt.Key.Key_Return)
    wait_until(lambda: three_wrong.state("anna") is S.DONE)
    QTest.keyClick(bo.field, Qt.Key.Key_Return)
    assert dialog.remark == "No password is filled in yet."
    QTest.keyClicks(bo.field, three_wrong.right(bo))
    QTest.keyClick(bo.field, Qt.Key.Key_Return)
    wait_until(lambda: three_wrong.state("bo") is S.DONE)


def test_what_needs_no_password_is_ticked(open_window: OpenWindow, world: FakeWorld) -> None:
    migration = Migration(open_window, world, {})
    window = migration.window
    ledger_failure = Failure(Reason.PROTOCOL_DISABLED, Side.SOURCE, "NO IMAP is disabled")
    anna = migration.by_name["anna"]
    window.controller.close()
    wait_until(lambda: window.controller._is_closed)
    ledger = open_ledger(migration.path)
    now = ledger.attempts(anna.id)[-1].at
    ledger.set_account_state(anna.id, S.CHECKING, at=now)
    ledger.set_account_state(anna.id, S.FAILED, ledger_failure, at=now)
    ledger.close()
    migration.window = open_window(world.services())
    migration.window.open_file(migration.path)
    wait_until(lambda: migration.window.board.model.rowCount() == len(NAMES))
    wait_until(lambda: migration.window.board.notice.text() == "1 account cannot log in.")
    dialog = migration.open("anna")
    (line,) = dialog.lines
    assert "IMAP is switched off for the source mailbox." in line.words
    assert line.field.isHidden()
    assert not dialog.retry_button.isEnabled()
    line.box.click()
    dialog.retry_button.click()
    wait_until(lambda: migration.state("anna") is S.DONE)


def test_passwords_are_kept_from_now_on(open_window: OpenWindow, world: FakeWorld) -> None:
    migration = Migration(open_window, world, {"anna": (Side.SOURCE,), "bo": (Side.SOURCE,)}, keeps=False)
    key = migration.by_name["cy"].secret_key(Side.SOURCE)
    assert world.kept.get(key) is None
    dialog = migration.open("anna", "bo")
    assert dialog.keep_box.isVisible()
    assert not dialog.keep_box.isChecked()
    dialog.keep_box.click()
    line = dialog.lines[0]
    line.field.setText(migration.right(line))
    dialog.retry_button.click()
    wait_until(lambda: migration.state("anna") is S.DONE)
    assert world.kept.get(key) == world.given_passwords()[key]
    assert world.kept.get(migration.by_name["anna"].secret_key(Side.SOURCE)) == Secret(migration.right(line))
    assert migration.window.controller.keeps_passwords


def test_passwords_are_no_longer_kept(three_wrong: Migration) -> None:
    dialog = three_wrong.open("anna", "bo")
    assert dialog.keep_box.isChecked()
    dialog.keep_box.click()
    ledger = three_wrong.window.controller._document.ledger
    assert ledger is not None
    wait_until(lambda: not ledger.plan().remember_passwords)
    assert three_wrong.window.controller.keeps_passwords is False


def test_hundreds_of_lines_come_bit_by_bit(three_wrong: Migration, keep: Callable[[QWidget], QWidget]) -> None:
    def waiting(number: int) -> AccountLogins:
        one = account(f"name{number}")
        failure = Failure(Reason.WRONG_PASSWORD, Side.SOURCE)
        return AccountLogins(one.id, S.NEEDS_PASSWORD, (LoginQuestion(one, Side.SOURCE, failure),))

    dialog = RetryDialog(three_wrong.window.controller.logins, [waiting(number) for number in range(300)])
    keep(dialog)
    assert dialog.title == "300 accounts need a password"
    assert len(dialog.findChildren(RetryLine)) < 50
    dialog.show()
    QTest.keyClicks(dialog.findChildren(RetryLine)[0].field, "typed")
    wait_until(lambda: len(dialog.findChildren(RetryLine)) == 300)
    assert [line.question.mailbox.user for line in dialog.lines[:2]] == ["name0@old.example", "name1@old.example"]
    assert dialog.lines[0].field.text() == "typed"
    assert dialog.retry_button.text() == "&Retry 1 account"


def test_what_a_test_says_is_about_its_own_line(three_wrong: Migration) -> None:
    dialog = three_wrong.open("anna", "bo")
    anna, bo = dialog.lines
    bo.field.setText("no")
    bo.test_button.click()
    wait_until(lambda: bool(bo.outcome) and bo.outcome != "Testing…")
    assert anna.outcome == ""
    assert "1 try was refused" in anna.words
