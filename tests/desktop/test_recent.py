import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from mailmove_gui.desktop.bridge.recent import RecentMigrations, describe
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.records import AccountRecord
from mailmove_gui.domain.states import AccountState

S = AccountState
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def record(number: int, state: AccountState) -> AccountRecord:
    return AccountRecord(str(number), state, Counts())


def test_what_is_remembered_of_a_migration(tmp_path: Path) -> None:
    states = [S.DONE, S.DONE_WITH_REFUSALS, S.NEEDS_PASSWORD, S.FAILED, S.PAUSED]
    known = describe(tmp_path, "Acme", NOW, [record(number, state) for number, state in enumerate(states)])
    assert (known.accounts, known.done, known.need_password, known.failed, known.with_refusals) == (5, 2, 1, 1, 1)
    assert not known.is_finished
    assert not known.was_interrupted


def test_the_newest_comes_first_and_files_that_are_gone_are_told_of(tmp_path: Path) -> None:
    recent = RecentMigrations(tmp_path / "settings")
    assert recent.load() == ()
    for name in ("a", "b", "c", "a"):
        (tmp_path / name).touch()
        recent.remember(describe(tmp_path / name, name, NOW, [record(1, S.DONE)]))
    assert [known.name for known in recent.load()] == ["a", "c", "b"]
    assert recent.load()[0].when == NOW
    (tmp_path / "c").unlink()
    assert [(known.name, known.is_missing) for known in recent.load()] == [("a", False), ("c", True), ("b", False)]
    assert [known.name for known in recent.forget(tmp_path / "c")] == ["a", "b"]
    assert (tmp_path / "a").exists()
    assert [file.name for file in (tmp_path / "settings").iterdir()] == ["recent.json"]


def test_only_so_many_are_kept(tmp_path: Path) -> None:
    recent = RecentMigrations(tmp_path)
    for number in range(30):
        (tmp_path / str(number)).touch()
        recent.remember(describe(tmp_path / str(number), str(number), NOW, []))
    assert len(recent.load()) == 12


def test_a_damaged_list_is_an_empty_list(tmp_path: Path, expected_log: Callable[[str], None]) -> None:
    expected_log("could not be read")
    for text in ("not json", '{"migrations": [{"path": 3}]}', "[]"):
        (tmp_path / "recent.json").write_text(text)
        assert RecentMigrations(tmp_path).load() == ()


def test_a_disk_that_takes_nothing_is_only_logged(tmp_path: Path, expected_log: Callable[[str], None]) -> None:
    expected_log("could not be read")
    expected_log("could not be written")
    (tmp_path / "file").touch()
    RecentMigrations(tmp_path / "file").remember(describe(tmp_path, "x", NOW, []))


def test_what_was_running_when_the_program_ended_was_interrupted(tmp_path: Path) -> None:
    recent = RecentMigrations(tmp_path)
    (tmp_path / "a").touch()
    states = [S.MOVING, S.QUEUED, S.WAITING, S.PAUSED, S.DONE]
    recent.remember(describe(tmp_path / "a", "a", NOW, [record(number, state) for number, state in enumerate(states)]))
    (known,) = recent.load()
    assert known.running == 3
    assert known.was_interrupted


def test_entries_of_other_versions_are_understood(tmp_path: Path) -> None:
    recent = RecentMigrations(tmp_path)
    recent.remember(describe(tmp_path / "a", "a", NOW, [record(1, S.DONE)]))
    file = tmp_path / "recent.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    del document["migrations"][0]["running"]
    document["migrations"][0]["colour"] = "green"
    file.write_text(json.dumps(document), encoding="utf-8")
    assert [(known.name, known.running) for known in recent.load()] == [("a", 0)]


def test_what_is_open_says_so_until_its_program_is_gone(tmp_path: Path) -> None:
    recent = RecentMigrations(tmp_path)
    file = tmp_path / "a"
    file.touch()
    recent.remember(describe(file, "a", NOW, [record(1, S.MOVING)]))

    def known() -> tuple[bool, bool]:
        (one,) = recent.load()
        return one.is_open, one.was_interrupted

    assert known() == (False, True)
    mark = recent.mark_of(file)
    mark.set()
    assert known() == (True, False)
    mark.clear()
    assert known() == (False, True)

    program = (
        "import sys, pathlib\n"
        "from mailmove_gui.desktop.bridge.recent import RecentMigrations\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "mark = RecentMigrations(folder).mark_of(folder / 'a')\n"
        "mark.set()\n"
        "print('set', flush=True)\n"
        "sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "set\n"
        assert known() == (True, False)
        other.kill()
        other.wait(20)
    assert known() == (False, True)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a", "recent.json"]


def test_a_folder_that_takes_no_mark_says_nothing_is_open(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "none", tmp_path / "file"):
        mark = RecentMigrations(folder).mark_of(tmp_path / "a")
        assert not mark.is_set()
    mark.set()
    assert not mark.is_set()
