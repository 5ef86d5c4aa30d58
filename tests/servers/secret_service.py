"""A private GNOME keyring on a private D-Bus, in a folder of its own."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.moving import environment
from tests.servers.processes import end_group, launch, wait_until

_PROGRAMS = ("dbus-daemon", "dbus-send", "gnome-keyring-daemon")
_START_TIMEOUT_S = 20.0
_ASK_TIMEOUT_S = 60.0
_OWN_PASSWORD = "opens the keyring itself"
_LIST = """
import contextlib, json, secretstorage
with contextlib.closing(secretstorage.dbus_init()) as bus:
    items = secretstorage.get_default_collection(bus).get_all_items()
    print(json.dumps(sorted(item.get_label() for item in items)))
"""


class SecretServiceMissingError(Exception):
    """There is none here; the text says what to install."""


def require_secret_service() -> None:
    """Raises SecretServiceMissingError if a program is missing."""
    if missing := [program for program in _PROGRAMS if shutil.which(program) is None]:
        raise SecretServiceMissingError(f"{', '.join(missing)} not found: apt-get install dbus gnome-keyring")


class SecretService:
    """One bus and one keyring. A context manager: started on entry, gone with its folder on exit.

    is_locked: the keyring exists and is locked; there is no display on which it could ask to be unlocked.
    """

    def __init__(self, *, is_locked: bool = False) -> None:
        self._is_locked = is_locked
        self._stack = contextlib.ExitStack()
        self._folder: Path | None = None

    @property
    def folder(self) -> Path:
        """The home of its user; the keyring's own files are below."""
        if self._folder is None:
            raise RuntimeError("this keyring has not been started")
        return self._folder

    @property
    def keyring_files(self) -> list[Path]:
        """What it has written."""
        return sorted(path for path in (self.folder / "data" / "keyrings").iterdir() if path.is_file())

    @property
    def environment(self) -> Mapping[str, str]:
        """For programs that shall find it."""
        without = {"DISPLAY", "WAYLAND_DISPLAY", "PYTHON_KEYRING_BACKEND"}
        kept = {name: value for name, value in environment(self.folder).items() if name not in without}
        return {
            **kept,
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self.folder / 'bus'}",
        }

    def labels(self) -> list[str]:
        """Names of all entries, as the system's own list shows them."""
        found: list[str] = json.loads(self.run(_LIST))
        return found

    def run(self, program: str, *arguments: str) -> str:
        """What a Python program prints that runs with this keyring."""
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_ASK_TIMEOUT_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            # A socket's path may not be longer than 107 bytes.
            self._folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mailmove-keyring-")))
            (self._folder / "run").mkdir(mode=0o700)
            self._start(stack, "dbus-daemon", "--session", "--nofork", f"--address=unix:path={self._folder / 'bus'}")
            if not wait_until((self._folder / "bus").exists, _START_TIMEOUT_S):
                raise RuntimeError("the D-Bus did not start")
            with contextlib.ExitStack() as first:
                self._start_keyring(first if self._is_locked else stack, unlocked=True)
            if self._is_locked:
                self._start_keyring(stack, unlocked=False)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _start_keyring(self, stack: contextlib.ExitStack, *, unlocked: bool) -> None:
        command = "gnome-keyring-daemon --foreground --components=secrets"
        if unlocked:
            command = f"printf %s {_OWN_PASSWORD!r} | {command} --unlock"
        stack.callback(wait_until, lambda: not self._is_owned(), _START_TIMEOUT_S)
        self._start(stack, "/bin/sh", "-c", command)
        if not wait_until(self._is_owned, _START_TIMEOUT_S):
            raise RuntimeError("the keyring did not start")

    def _start(self, stack: contextlib.ExitStack, *command: str) -> None:
        stack.callback(end_group, launch(command, self.folder / "errors.log", self.environment))

    def _is_owned(self) -> bool:
        asked = subprocess.run(
            [
                *("dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/"),
                *("org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"),
            ],
            env=self.environment,
            capture_output=True,
            timeout=_ASK_TIMEOUT_S,
            check=False,
        )
        return b"boolean true" in asked.stdout
