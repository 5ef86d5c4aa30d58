"""Searches and connection tests in their threads: only the latest is heard, and nothing is left behind."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from mailmove_gui.desktop.bridge.detecting import Detecting
from mailmove_gui.desktop.bridge.server_questions import ServerQuestions
from mailmove_gui.desktop.bridge.settings import SettingsFile, SharedSettings
from mailmove_gui.desktop.bridge.testing import ConnectionTesting
from mailmove_gui.desktop.bridge.threads import QtSpawn
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.plan import Mailbox, Options
from mailmove_gui.domain.probing import Stage, StageResult
from mailmove_gui.domain.providers import Detection
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.secret import Secret
from tests.desktop.conftest import clean_up, wait_until
from tests.desktop.services import OLD, FakeWorld

FOUND = Detection("anna@old.example", "old.example", servers=(OLD,))


class Heard:
    """What a run told, in its order."""

    def __init__(self, run: Detecting | ConnectionTesting) -> None:
        self.results: list[object] = []
        self.ends: list[str] = []
        run.reported.connect(self.results.append)
        run.finished.connect(self._finish)
        run.failed.connect(self._fail)

    def _finish(self) -> None:
        self.ends.append("finished")

    def _fail(self) -> None:
        self.ends.append("failed")


@pytest.fixture
def settings(tmp_path: Path, spawn: QtSpawn, qapp: QApplication) -> Iterator[SharedSettings]:
    made = SharedSettings(SettingsFile(tmp_path / "settings"), spawn)
    yield made
    assert made.stop(10.0)


@pytest.fixture
def questions(world: FakeWorld, spawn: QtSpawn, settings: SharedSettings) -> Iterator[ServerQuestions]:
    made = ServerQuestions(world.services(), spawn, settings)
    yield made
    made.cancel()
    assert made.join(10.0)
    made.deleteLater()
    clean_up()


def test_what_is_found_comes_to_the_ui_thread(questions: ServerQuestions, world: FakeWorld) -> None:
    world.detections[FOUND.asked] = FOUND
    detecting = questions.detecting[Side.SOURCE]
    heard = Heard(detecting)
    detecting.ask(FOUND.asked)
    assert detecting.is_running
    wait_until(lambda: not detecting.is_running)
    assert heard.results == [FOUND]
    assert heard.ends == ["finished"]


def test_asking_again_gives_up_the_former_search(questions: ServerQuestions, world: FakeWorld) -> None:
    world.detections[FOUND.asked] = FOUND
    world.detect_gate.clear()
    detecting = questions.detecting[Side.SOURCE]
    heard = Heard(detecting)
    detecting.ask("anna@old.exampl")
    wait_until(lambda: world.detected == ["anna@old.exampl"])
    detecting.ask(FOUND.asked)
    wait_until(lambda: world.detected == ["anna@old.exampl", FOUND.asked])
    world.detect_gate.set()
    wait_until(lambda: not detecting.is_running)
    assert heard.results == [FOUND]
    assert heard.ends == ["finished"]


def test_nothing_is_heard_after_a_cancel(questions: ServerQuestions, world: FakeWorld) -> None:
    world.detect_gate.clear()
    detecting = questions.detecting[Side.SOURCE]
    heard = Heard(detecting)
    detecting.ask(FOUND.asked)
    wait_until(lambda: bool(world.detected))
    detecting.cancel()
    assert not detecting.is_running
    assert detecting.join(10.0)
    clean_up()
    assert (heard.results, heard.ends) == ([], [])


def test_a_result_that_was_on_its_way_at_a_cancel_is_not_heard(questions: ServerQuestions, world: FakeWorld) -> None:
    detecting = questions.detecting[Side.SOURCE]
    heard = Heard(detecting)
    detecting.ask(FOUND.asked)
    # The thread ends and its result waits in the UI thread's queue, which does not run here.
    assert detecting.join(10.0)
    detecting.cancel()
    clean_up()
    assert (heard.results, heard.ends) == ([], [])


def test_the_two_sides_do_not_give_each_other_up(questions: ServerQuestions, world: FakeWorld) -> None:
    world.detect_gate.clear()
    runs = [questions.detecting[side] for side in Side]
    heard = [Heard(run) for run in runs]
    for run, asked in zip(runs, ("old.example", "new.example"), strict=True):
        run.ask(asked)
    world.detect_gate.set()
    wait_until(lambda: not any(run.is_running for run in runs))
    assert [one.ends for one in heard] == [["finished"], ["finished"]]


def test_nobody_is_asked_if_the_settings_say_so(
    questions: ServerQuestions, settings: SharedSettings, world: FakeWorld
) -> None:
    detecting = questions.detecting[Side.SOURCE]
    for wanted in (True, False):
        settings.change(replace(settings.value, search_online=wanted))
        detecting.ask("acme.example")
        wait_until(lambda: not detecting.is_running)
    assert world.detected_online == [True, False]


def test_a_mistake_of_our_own_is_logged_and_told(
    world: FakeWorld, spawn: QtSpawn, settings: SharedSettings, expected_log: Callable[[str], None]
) -> None:
    def broken(asked: str, cancel: CancelToken, *, online: bool = True) -> Detection:
        raise KeyError(asked)

    expected_log("detection failed in a way that nobody expected")
    detecting = Detecting(replace(world.services(), detect=broken), spawn, settings)
    heard = Heard(detecting)
    detecting.ask(FOUND.asked)
    wait_until(lambda: not detecting.is_running)
    assert (heard.results, heard.ends) == ([], ["failed"])
    assert detecting.join(10.0)
    detecting.deleteLater()
    clean_up()


def test_each_step_of_a_test_comes_as_it_ends(questions: ServerQuestions, world: FakeWorld) -> None:
    failed = StageResult(Stage.CONNECT, Failure(Reason.CONNECTION_REFUSED, Side.SOURCE))
    world.tester.results = (StageResult(Stage.NAME), failed)
    heard = Heard(questions.testing)
    mailbox = Mailbox(OLD, "anna")
    questions.testing.start(mailbox, Secret("p"), Side.SOURCE, Options())
    wait_until(lambda: not questions.testing.is_running)
    assert heard.results == [StageResult(Stage.NAME), failed]
    assert heard.ends == ["finished"]
    assert world.tester.asked == [(mailbox, Side.SOURCE, Options())]
