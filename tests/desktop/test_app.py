import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from mailmove_gui import __version__
from mailmove_gui.app import Program, Samples, WatchedSecrets, log_to_file
from mailmove_gui.desktop.dialogs.unexpected import UnexpectedErrors
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret, SecretKey
from mailmove_gui.secrets import MemoryStore, Redactor
from tests.desktop.conftest import clean_up, wait_until
from tests.desktop.services import FakeWorld


@pytest.fixture
def program(qapp: QApplication, world: FakeWorld) -> Iterator[Program]:
    made = Program(world.services())
    yield made
    made.close_all()
    wait_until(lambda: not made.windows, 20)
    assert made.spawn.join(10)
    clean_up()


def test_version_and_help_answer_without_qt() -> None:
    program = "import sys; sys.modules['PySide6'] = None\nfrom mailmove_gui.__main__ import main\nmain(sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", program, "--version"], capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, f"MailMove {__version__}"), done.stderr
    wrong = subprocess.run(
        [sys.executable, "-m", "mailmove_gui", "--nonsense"], capture_output=True, text=True, timeout=30, check=False
    )
    assert wrong.returncode == 2


def test_the_program_ends_with_its_last_window(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    quits: list[bool] = []
    monkeypatch.setattr(QApplication, "quit", lambda: quits.append(True))
    first, second = program.open_window(), program.open_window()
    first.close()
    wait_until(lambda: program.windows == (second,))
    assert quits == []
    second.close()
    wait_until(lambda: quits == [True])


def test_a_window_with_a_migration_opens_the_next_one_in_another(program: Program, world: FakeWorld) -> None:
    window = program.open_window()
    window.another_wanted.emit(None)
    assert len(program.windows) == 2


def test_samples_are_started_once_and_can_be_logged_into() -> None:
    samples = Samples()
    try:
        migration = samples.start()
        assert samples.start() is migration
        assert len(migration.accounts) == 6
        assert {account.secret_key(Side.SOURCE) for account in migration.accounts} <= set(migration.passwords)
        assert migration.folder.is_dir()
    finally:
        samples.stop()
    assert not migration.folder.exists()


def test_passwords_are_struck_out_of_the_log(tmp_path: Path) -> None:
    redactor = Redactor()
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    file = log_to_file(tmp_path / "log", redactor)
    try:
        assert file is not None
        store = WatchedSecrets(MemoryStore(), redactor)
        store.put(SecretKey(Side.SOURCE, "host", 993, "anna"), Secret("correct horse"))
        logging.getLogger("mailmove_gui.test").info("it was correct horse")
    finally:
        for handler in set(root.handlers) - set(handlers):
            root.removeHandler(handler)
            handler.close()
        root.setLevel(level)
    text = file.read_text(encoding="utf-8")
    assert "it was ***" in text
    assert "correct horse" not in text


@pytest.fixture
def errors(qapp: QApplication) -> Iterator[UnexpectedErrors]:
    made = UnexpectedErrors(Path("mailmove.log"))
    made.install()
    yield made
    made.uninstall()
    if made.dialog is not None:
        made.dialog.close()
    clean_up()


@pytest.mark.parametrize("where", ["here", "thread"])
def test_what_nobody_expected_is_logged_and_shown_without_its_text(
    errors: UnexpectedErrors, expected_log: Callable[[str], None], where: str
) -> None:
    expected_log("CRITICAL mailmove_gui.*an exception that nobody expected")

    def fail() -> None:
        raise ValueError("the password was hunter2")

    def report() -> None:
        try:
            fail()
        except ValueError:
            kind, error, trace = sys.exc_info()
            assert kind is not None
            assert error is not None
            if where == "here":
                sys.excepthook(kind, error, trace)
            else:
                threading.excepthook(threading.ExceptHookArgs((kind, error, trace, None)))

    if where == "here":
        report()
    else:
        thread = threading.Thread(target=report)
        thread.start()
        thread.join(5)
    wait_until(lambda: errors.dialog is not None)
    assert errors.dialog is not None
    assert "mistake of its own" in errors.dialog.text()
    assert "mailmove.log" in errors.dialog.informativeText()
    assert "ValueError" in errors.dialog.detailedText()
    assert "hunter2" not in errors.dialog.detailedText()


def test_many_unexpected_errors_are_one_dialog(errors: UnexpectedErrors, expected_log: Callable[[str], None]) -> None:
    expected_log("an exception that nobody expected")
    for _number in range(5):
        errors.take(ValueError, ValueError("x"), None)
    wait_until(lambda: errors.dialog is not None)
    first = errors.dialog
    QApplication.processEvents()
    assert errors.dialog is first
