"""A process that moves an account and is killed at one of its commits."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkServerContext
from typing import Any
from unittest import mock

from mailmove_gui.ledger import opening
from mailmove_gui.ledger.database import connect
from tests.faults.moves import Move, SwiftClock

_TIMEOUT_S = 60.0


class Commits:
    """Counts commits; kills its own process right before or right after one of them.

    kill_at: which one, from 1; 0 for none.
    """

    def __init__(self, kill_at: int = 0, *, after: bool = False) -> None:
        self.count = 0
        self._kill_at = kill_at
        self._after = after

    @contextmanager
    def watching(self) -> Iterator[None]:
        """All ledgers that are made or opened meanwhile."""
        with mock.patch.object(opening, "connect", lambda path: _Watched(connect(path), self)):
            yield

    def before(self) -> None:
        self.count += 1
        if self.count == self._kill_at and not self._after:
            os.kill(os.getpid(), signal.SIGKILL)

    def after(self) -> None:
        if self.count == self._kill_at and self._after:
            os.kill(os.getpid(), signal.SIGKILL)


class _Watched:
    """A database connection that tells of commits."""

    def __init__(self, connection: sqlite3.Connection, commits: Commits) -> None:
        self._connection = connection
        self._commits = commits

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, statement: str, *parameters: Any) -> sqlite3.Cursor:
        if statement != "COMMIT":
            return self._connection.execute(statement, *parameters)
        self._commits.before()
        try:
            return self._connection.execute(statement)
        finally:
            self._commits.after()


def spawner() -> ForkServerContext:
    """Starts processes from one that has the program loaded, so that each costs milliseconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def die_at(context: ForkServerContext, move: Move, kill_at: int, *, after: bool) -> None:
    """Run the move in a process of its own, which is killed at this commit."""
    process = context.Process(target=_run, args=(move, kill_at, after))
    process.start()
    process.join(_TIMEOUT_S)
    if process.is_alive():
        process.kill()
        process.join()
        raise AssertionError("a move did not end")
    code = process.exitcode
    process.close()
    assert code == -signal.SIGKILL, f"the move ended with {code} instead of being killed"


def _run(move: Move, kill_at: int, after: bool) -> None:
    with Commits(kill_at, after=after).watching():
        # Nothing is stored late for a process whose connections all work.
        move.run(SwiftClock(lambda: None))
