"""Starts `window_program`, and tells it what to do."""

import json
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.servers.dovecot import Dovecot, User

_ANSWER_TIMEOUT_S = 60.0
_JOIN_S = 10.0


class WindowProgram:
    """Starts the program and tells it what to do. A context manager; the program ends with it, however it is left."""

    def __init__(self, environment: Mapping[str, str], home: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.servers.window_program", str(home)],
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self.printed = ""

    def create(self, path: Path, servers: Sequence[Dovecot], pairs: Sequence[tuple[User, User]]) -> None:
        """Make a migration of these accounts and start them all."""
        self._tell(do="create", path=str(path), **_accounts(servers, pairs))

    def open(self, path: Path) -> None:
        """Open a migration's file."""
        self._tell(do="open", path=str(path))

    def type_passwords(self, servers: Sequence[Dovecot], pairs: Sequence[tuple[User, User]]) -> None:
        """Type the passwords of these accounts, which are then tried again."""
        self._tell(do="type", **_accounts(servers, pairs))

    def start(self) -> None:
        """Start all accounts."""
        self._tell(do="start")

    def remove(self) -> None:
        """Remove the passwords."""
        self._tell(do="remove")

    def wait_for(self, name: str) -> Any:
        """What it says of `name`, passing over everything else."""
        assert self._process.stdout is not None
        timer = threading.Timer(_ANSWER_TIMEOUT_S, self._process.kill)
        timer.start()
        try:
            for line in self._process.stdout:
                self.printed += line
                said = json.loads(line)
                if name in said:
                    return said[name]
        finally:
            timer.cancel()
            timer.join()
        raise AssertionError(f"it said nothing of {name!r}: {self.printed}{self._errors()}")

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._process.kill()
        self._process.wait(_JOIN_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._process.poll() is None and error is None:
                self._tell(do="close")
                assert self.wait_for("closed") is True
                assert self._process.wait(_JOIN_S) == 0, self._errors()
        finally:
            self._process.kill()
            self._process.communicate(timeout=_JOIN_S)

    def _tell(self, **command: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()

    def _errors(self) -> str:
        assert self._process.stderr is not None
        self._process.kill()
        return self._process.stderr.read()


def _accounts(servers: Sequence[Dovecot], pairs: Sequence[tuple[User, User]]) -> dict[str, Any]:
    return {
        "ports": [server.imap_port for server in servers],
        "pairs": [[(user.name, user.password) for user in pair] for pair in pairs],
    }
