"""Runs the `mailmove` program as its users do: a process of its own, an accounts file, a state file."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers.dovecot import Dovecot, User

_TIMEOUT_S = 110
_HEADINGS = ("source_user", "source_password", "destination_user", "destination_password")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended, and what it said."""

    status: int
    output: str
    errors: str

    @property
    def events(self) -> list[dict[str, Any]]:
        """The JSON lines."""
        return [json.loads(line) for line in self.output.splitlines() if line.startswith("{")]

    @property
    def summary(self) -> dict[str, Any]:
        """The last JSON line."""
        last = self.events[-1]
        assert last["event"] == "summary", self.errors
        return last


def write_accounts(path: Path, accounts: Iterable[tuple[User, User]]) -> Path:
    """An accounts file of (source user, destination user)."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADINGS)
        for source, destination in accounts:
            writer.writerow((source.name, source.password, destination.name, destination.password))
    return path


def plain_url(port: int) -> str:
    """A server or proxy on this machine, without TLS."""
    return f"imap://127.0.0.1:{port}"


def command(*arguments: str | Path) -> list[str]:
    """The command line of `mailmove`."""
    return [sys.executable, "-m", "mailmove_gui.cli", *map(str, arguments)]


def environment(home: Path) -> dict[str, str]:
    """This process's, with everything that a program may write for its user below `home`."""
    folders = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("DATA", "CONFIG", "CACHE", "STATE")}
    return {**os.environ, "HOME": str(home), **folders, "PYTHONIOENCODING": "utf-8"}


def mailmove(
    home: Path, *arguments: str | Path, variables: Mapping[str, str] | None = None, timeout_s: float = _TIMEOUT_S
) -> Outcome:
    """Run the program to its end, with `environment(home)` unless other `variables` are given."""
    done = subprocess.run(
        command(*arguments),
        env=dict(variables or environment(home)),
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=timeout_s,
        check=False,
    )
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


def run_arguments(
    source: Dovecot | str, destination: Dovecot | str, accounts: Path, state: Path
) -> Sequence[str | Path]:
    """What `mailmove run` needs for a move between two servers without TLS."""

    def url(server: Dovecot | str) -> str:
        return server if isinstance(server, str) else plain_url(server.imap_port)

    return (
        *("run", "--source", url(source), "--destination", url(destination)),
        *("--accounts", accounts, "--state", state, "--json"),
    )
