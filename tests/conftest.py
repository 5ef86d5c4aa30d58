"""What holds for every test: folders of its own, nothing left behind, no unexpected warning, no silent skip.

With MAILMOVE_REQUIRE_SERVERS=1 a test that needs a server (under tests/servers, or marked `server`) fails where it
would be skipped. Warnings, exceptions in threads and in destructors are errors by `filterwarnings` in pyproject.toml;
Qt's messages by pytest-qt's `qt_log_level_fail` there.
"""

from __future__ import annotations

import gc
import itertools
import logging
import os
import re
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

# Texts are compared in English, whatever the machine speaks.
os.environ["LANGUAGE"] = "en"

_GRACE_S = 2.0
_SERVERS = Path(__file__).parent / "servers"
_FD = Path("/proc/self/fd")

# Python's own, which lives as long as the interpreter.
_LONG_LIVED_CHILDREN = ("multiprocessing.resource_tracker", "multiprocessing.forkserver")

_session_folder = pytest.StashKey[Path]()
_environment_before = pytest.StashKey[dict[str, str]]()
_numbers = itertools.count(1)


# -- Environment ------------------------------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "expected_log(pattern): a log record of this kind (regex) is no failure")
    config.stash[_environment_before] = dict(os.environ)
    folder = Path(tempfile.mkdtemp(prefix="mailmove-tests-"))
    config.stash[_session_folder] = folder
    for variable, name in {"HOME": "home", "XDG_CACHE_HOME": "cache", "XDG_RUNTIME_DIR": "runtime"}.items():
        (folder / name).mkdir(mode=0o700)
        os.environ[variable] = str(folder / name)
    # The keyring of whoever runs the tests is none of their business; a test that needs one brings its own.
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    if sys.platform == "linux" and not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A shell that starts the tests in the background has Ctrl-C ignored, and programs under test would inherit it.
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_unconfigure(config: pytest.Config) -> None:
    before = config.stash.get(_environment_before, None)
    if before is not None:
        os.environ.clear()
        os.environ.update(before)
    if folder := config.stash.get(_session_folder, None):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def _folders_of_its_own(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, data and state of the user are new for each test; they do not exist yet."""
    folder = request.config.stash[_session_folder] / str(next(_numbers))
    for variable, name in {"XDG_CONFIG_HOME": "config", "XDG_DATA_HOME": "data", "XDG_STATE_HOME": "state"}.items():
        monkeypatch.setenv(variable, str(folder / name))


# -- Skips ------------------------------------------------------------------------------------------------------------


def _servers_required() -> bool:
    return os.environ.get("MAILMOVE_REQUIRE_SERVERS") == "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(_SERVERS):
            item.add_marker("server")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    is_expected_failure = hasattr(report, "wasxfail")
    if report.skipped and not is_expected_failure and _servers_required() and item.get_closest_marker("server"):
        report.longrepr = f"MAILMOVE_REQUIRE_SERVERS=1, but this was skipped: {report.longreprtext}"
        report.outcome = "failed"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.skipped and _servers_required() and collector.path.is_relative_to(_SERVERS):
        report.longrepr = f"MAILMOVE_REQUIRE_SERVERS=1, but this was skipped: {report.longreprtext}"
        report.outcome = "failed"
    return report


# -- What a test leaves behind ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Possessions:
    """What this process has at a moment. Empty where the system does not tell (no /proc)."""

    threads: frozenset[threading.Thread]
    children: frozenset[int]
    sockets: frozenset[str]
    files: frozenset[str]

    @classmethod
    def now(cls, folder: Path) -> _Possessions:
        # Threads that Qt started show up as dummies, and stay when they have ended; see `_qt_activity` for those.
        threads = frozenset(
            thread for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread)
        )
        # Hidden names and these two belong to tools, whether started by tests or not.
        names = {path.name for path in folder.iterdir()} - {"__pycache__", "build"}
        files = frozenset(name for name in names if not name.startswith("."))
        return cls(threads, frozenset(_children()), frozenset(_sockets()), files)

    def beyond(self, before: _Possessions) -> list[str]:
        """What has been added since, in words."""
        found = [f"thread {thread.name!r}" for thread in self.threads - before.threads if thread.is_alive()]
        found += [f"process {pid}: {_process(pid)}" for pid in self.children - before.children]
        new_sockets = self.sockets - before.sockets
        found += [f"socket {_socket(name)}" for name in sorted(new_sockets)]
        found += [f"file {name!r} in the working folder" for name in sorted(self.files - before.files)]
        return found


def _children() -> Iterator[int]:
    for listing in Path("/proc/self/task").glob("*/children"):
        try:
            pids = [int(pid) for pid in listing.read_text().split()]
        except OSError:
            continue
        yield from (pid for pid in pids if not any(name in _process(pid) for name in _LONG_LIVED_CHILDREN))


def _process(pid: int) -> str:
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
    except OSError:
        return "(has just ended)"
    return line or "(has ended, nobody has waited for it)"


def _sockets() -> Iterator[str]:
    if not _FD.is_dir():
        return
    for descriptor in _FD.iterdir():
        try:
            target = str(descriptor.readlink())
        except OSError:
            continue
        if target.startswith("socket:") and not _is_qts(target):
            yield target


def _is_qts(target: str) -> bool:
    """Qt talks to the desktop's own services over Unix sockets of its own, from when it likes to."""
    if _qt_application() is None:
        return False
    inode = target.removeprefix("socket:[").rstrip("]")
    return any(line.split()[6:7] == [inode] for line in Path("/proc/net/unix").read_text().splitlines())


def _socket(target: str) -> str:
    inode = target.removeprefix("socket:[").rstrip("]")
    for table in ("tcp", "tcp6", "udp", "udp6"):
        path = Path("/proc/net") / table
        for line in path.read_text().splitlines()[1:] if path.exists() else ():
            fields = line.split()
            if fields[9] == inode:
                state = "listening" if fields[3] == "0A" else "open"
                return f"{target} ({table}, {state}, local port {int(fields[1].rpartition(':')[2], 16)})"
    return target


def _wait_for_nothing(look: Callable[[], list[str]]) -> list[str]:
    """What is still there when the grace is over: threads and connections may take a moment to end."""
    deadline = time.monotonic() + _GRACE_S
    found = look()
    if found:
        gc.collect()
    while found and time.monotonic() < deadline:
        time.sleep(0.02)
        found = look()
    return found


@pytest.fixture(autouse=True)
def _nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """No thread, process, socket or file is there after a test that was not there before it.

    Fixtures of a longer life are set up before this one, so that what they hold counts as having been there.
    """
    folder = request.config.invocation_params.dir
    before = _Possessions.now(folder)
    yield
    if found := _wait_for_nothing(lambda: _Possessions.now(folder).beyond(before)):
        pytest.fail("left behind:\n" + "\n".join(found), pytrace=False)


# -- Qt ---------------------------------------------------------------------------------------------------------------


def _qt_application() -> Any | None:
    """The QCoreApplication, if there is one; imports nothing."""
    core = sys.modules.get("PySide6.QtCore")
    return core.QCoreApplication.instance() if core else None


def _qt_activity() -> list[Any]:
    """Running QThreads and active QTimers that Python knows of; nothing if Qt has not been started."""
    application = _qt_application()
    if application is None:
        return []
    core, shiboken = sys.modules["PySide6.QtCore"], sys.modules["shiboken6"]
    main_thread = application.thread()
    found: list[Any] = []
    for thing in gc.get_objects():
        kind = type(thing)
        if issubclass(kind, core.QThread):
            if shiboken.isValid(thing) and thing != main_thread and thing.isRunning():
                found.append(thing)
        elif issubclass(kind, core.QTimer) and shiboken.isValid(thing) and thing.isActive():
            found.append(thing)
    return found


def _qt_beyond(before: Iterable[Any]) -> list[str]:
    core = sys.modules["PySide6.QtCore"]
    core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)
    new = [thing for thing in _qt_activity() if not any(thing is old for old in before)]
    return [f"{type(thing).__name__} {thing.objectName()!r} of {thing.parent()!r}" for thing in new]


@pytest.fixture(autouse=True)
def _no_qt_activity_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """No QThread runs and no QTimer ticks after a test with a QApplication; the others are spared the search."""
    if "qapp" not in request.fixturenames:
        yield
        return
    before = _qt_activity()
    yield
    if _qt_application() is not None and (found := _wait_for_nothing(lambda: _qt_beyond(before))):
        pytest.fail("still active:\n" + "\n".join(found), pytrace=False)


# -- Logs -------------------------------------------------------------------------------------------------------------


class _LogWatch(logging.Handler):
    """Collects records from WARNING up; knows which of them are meant."""

    def __init__(self, allowed: Iterable[str]) -> None:
        super().__init__(logging.WARNING)
        self._allowed = list(allowed)
        self._required: list[str] = []
        self._lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")

    def expect(self, pattern: str) -> None:
        self._required.append(pattern)

    def complaints(self) -> list[str]:
        meant = [*self._allowed, *self._required]
        found = [line for line in self._lines if not any(re.search(pattern, line) for pattern in meant)]
        absent = [pattern for pattern in self._required if not any(re.search(pattern, line) for line in self._lines)]
        return [f"unexpected: {line}" for line in found] + [f"expected and not logged: {text}" for text in absent]


@pytest.fixture(autouse=True)
def _log_watch(request: pytest.FixtureRequest) -> Iterator[_LogWatch]:
    """A warning that nobody expected fails the test."""
    watch = _LogWatch(str(marker.args[0]) for marker in request.node.iter_markers("expected_log"))
    logging.getLogger().addHandler(watch)
    yield watch
    logging.getLogger().removeHandler(watch)
    watch.close()
    if complaints := watch.complaints():
        pytest.fail("log:\n" + "\n".join(complaints), pytrace=False)


@pytest.fixture
def expected_log(_log_watch: _LogWatch) -> Callable[[str], None]:
    """`expected_log(r"WARNING mailmove.*slow")`: such a record (regex over "LEVEL logger: text") must come."""
    return _log_watch.expect
