"""The guards of tests/conftest.py, before tests that leave things behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

_ROOT = Path(__file__).parent.parent.parent

_LEAKING = """
import logging, socket, subprocess, sys, threading
import pytest

kept = []
stop = threading.Event()

def test_clean():
    with socket.create_server(("127.0.0.1", 0)):
        thread = threading.Thread(target=lambda: None)
        thread.start()
        thread.join()

@pytest.mark.parametrize("daemon", [True, False])
def test_leaks_a_thread(daemon):
    threading.Thread(target=stop.wait, name="stray", daemon=daemon).start()

def test_leaks_a_process():
    kept.append(subprocess.Popen(["cat"], stdin=subprocess.PIPE))

def test_leaks_a_listener():
    kept.append(socket.create_server(("127.0.0.1", 0)))

def test_leaks_a_socket_pair():
    kept.append(socket.socketpair())

def test_leaks_a_file():
    open("stray.txt", "w").close()

def test_warns_in_the_log():
    logging.getLogger("mailmove.x").warning("odd thing %d", 7)

def test_does_not_log_what_it_expects(expected_log):
    expected_log("odd thing")

def test_clean_logs_what_it_expects(expected_log):
    expected_log("^WARNING mailmove.x: odd thing 7$")
    logging.getLogger("mailmove.x").warning("odd thing %d", 7)

@pytest.mark.expected_log("odd thing")
def test_clean_logs_by_marker():
    logging.getLogger("mailmove.x").warning("odd thing")
    logging.getLogger("mailmove.x").info("only information")

def test_clean_has_folders_of_its_own(tmp_path_factory):
    import os, keyring
    assert "mailmove-tests-" in os.environ["XDG_DATA_HOME"] and "mailmove-tests-" in os.environ["HOME"]
    assert not os.path.exists(os.environ["XDG_DATA_HOME"])
    assert type(keyring.get_keyring()).__module__ == "keyring.backends.fail"

def test_clean_at_the_end():
    stop.set()
    for thing in kept[1:2]:
        thing.close()
    kept[0].communicate(timeout=10)
"""

_LEAKING_QT = """
import pytest
from PySide6.QtCore import QObject, QThread, QTimer

kept = []

def test_clean(qtbot):
    timer, thread = QTimer(), QThread()
    timer.start(10)
    thread.start()
    timer.stop()
    thread.quit()
    assert thread.wait(5000)

def test_leaks_a_timer(qtbot):
    kept.append(QTimer(objectName="stray"))
    kept[0].start(1000)

def test_leaks_a_child_timer(qtbot):
    kept.append(QObject())
    QTimer(kept[1], objectName="stray child").start(1000)

def test_leaks_a_thread(qtbot):
    kept.append(QThread(objectName="stray thread"))
    kept[2].start()

def test_clean_with_a_timer_that_is_deleted_later(qtbot):
    timer = QTimer()
    timer.start(1000)
    timer.deleteLater()

def test_clean_at_the_end(qtbot):
    kept[0].stop()
    kept[1].deleteLater()
    kept[2].quit()
    assert kept[2].wait(5000)
"""

_SKIPPING = """
import pytest

def test_skips():
    pytest.skip("no server here")

@pytest.mark.xfail(strict=True)
def test_fails_as_expected():
    assert False
"""

_SKIPPING_MODULE = """
import pytest
pytest.skip("no server at all", allow_module_level=True)
"""


def _outcomes(folder: Path, *arguments: str, **environment: str) -> dict[str, str]:
    """Runs pytest there under the real conftest: "" or the failure's text by name of the test."""
    conftest = (_ROOT / "tests" / "conftest.py").read_text()
    impatient = conftest.replace("_GRACE_S = 2.0", "_GRACE_S = 0.3")
    assert impatient != conftest
    (folder / "conftest.py").write_text(impatient)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    server: x\nfilterwarnings =\n    error\n")
    report = folder / ".report.xml"
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--junitxml={report}", *arguments],
        cwd=folder,
        env={**os.environ, "MAILMOVE_REQUIRE_SERVERS": "", "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert run.returncode in (0, 1), run.stdout + run.stderr
    outcomes: dict[str, str] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        failures = [f"{part.get('message')}\n{part.text}" for part in case if part.tag in ("failure", "error")]
        skipped = ["skipped" for part in case if part.tag == "skipped"]
        name = case.get("name", "")
        outcomes[name] = outcomes.get(name, "") + "\n".join(failures + skipped)
    return outcomes


def test_what_a_test_leaves_behind_fails_it(tmp_path: Path) -> None:
    (tmp_path / "test_leaks.py").write_text(_LEAKING)
    outcomes = _outcomes(tmp_path)
    said = {
        "test_leaks_a_thread[True]": "thread 'stray'",
        "test_leaks_a_thread[False]": "thread 'stray'",
        "test_leaks_a_process": ": cat",
        "test_leaks_a_listener": "tcp, listening, local port",
        "test_leaks_a_socket_pair": "socket socket:[",
        "test_leaks_a_file": "file 'stray.txt' in the working folder",
        "test_warns_in_the_log": "unexpected: WARNING mailmove.x: odd thing 7",
        "test_does_not_log_what_it_expects": "expected and not logged: odd thing",
    }
    clean = {name for name in outcomes if name.startswith("test_clean")}
    assert len(clean) == 5
    assert outcomes.keys() == said.keys() | clean
    assert {name: outcomes[name] for name in clean} == dict.fromkeys(clean, "")
    assert [name for name, text in said.items() if text not in outcomes[name]] == []


def test_what_qt_goes_on_doing_fails_a_test(tmp_path: Path) -> None:
    (tmp_path / "test_qt.py").write_text(_LEAKING_QT)
    outcomes = _outcomes(tmp_path, "-o", "qt_api=pyside6", QT_QPA_PLATFORM="offscreen")
    said = {
        "test_leaks_a_timer": "QTimer 'stray'",
        "test_leaks_a_child_timer": "QTimer 'stray child'",
        "test_leaks_a_thread": "QThread 'stray thread'",
    }
    clean = {name for name in outcomes if name.startswith("test_clean")}
    assert len(clean) == 3
    assert outcomes.keys() == said.keys() | clean
    assert {name: outcomes[name] for name in clean} == dict.fromkeys(clean, "")
    assert [name for name, text in said.items() if text not in outcomes[name]] == []


@pytest.mark.parametrize("required", ["", "1"])
def test_a_skip_is_a_failure_where_servers_are_required(tmp_path: Path, required: str) -> None:
    (tmp_path / "servers").mkdir()
    (tmp_path / "servers" / "test_under_servers.py").write_text(_SKIPPING)
    (tmp_path / "servers" / "test_whole_module.py").write_text(_SKIPPING_MODULE)
    (tmp_path / "test_elsewhere.py").write_text("import pytest\n\ndef test_elsewhere():\n    pytest.skip('meant')\n")
    marked = "import pytest\n\n@pytest.mark.server\n@pytest.mark.skip(reason='x')\ndef test_marked(): ...\n"
    (tmp_path / "test_marked.py").write_text(marked)
    outcomes = _outcomes(tmp_path, "--continue-on-collection-errors", MAILMOVE_REQUIRE_SERVERS=required)
    assert outcomes.pop("test_elsewhere") == "skipped"
    assert outcomes.pop("test_fails_as_expected") == "skipped"
    texts = {name: text.partition("\n")[0] for name, text in outcomes.items()}
    assert len(texts) == 3
    if required:
        assert all("MAILMOVE_REQUIRE_SERVERS=1, but this was skipped" in text for text in outcomes.values()), outcomes
    else:
        assert set(texts.values()) == {"skipped"}
