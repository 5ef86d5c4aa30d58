"""Cycles of new accounts that are moved, over lines that break, while mail comes in and the engine restarts."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme

from tests.faults.proxy import FaultProxy
from tests.mailboxes.fill import fill
from tests.mailboxes.folders import GeneratedFolder, expected_snapshot
from tests.mailboxes.generate import generate_mailbox
from tests.servers.compare import Snapshot, assert_equal_mailboxes, multiset_of_hashes, snapshot
from tests.servers.dovecot import Dovecot, User
from tests.servers.wire import Wire
from tests.soak.memory import MemoryWatch, Sample, slope_mb_per_hour
from tests.soak.weather import Weather

_ACCOUNTS = 3
_MESSAGES = 200
_FOLDERS = 6
_LATER_MESSAGES = 20
_LAST_RUNS = 6
# Memory goes up and down within each cycle; few samples would tell of that and not of the hour.
_SAMPLE_EVERY_S = 2.0
_ENGINE_ENDS_WITHIN_S = 30.0


@dataclass(slots=True)
class Soaked:
    """What a soak came to; `samples` of the engine's memory from the first to the last."""

    seconds: float = 0.0
    cycles: int = 0
    restarts: int = 0
    faults: int = 0
    moved: int = 0
    lost: int = 0
    twice: int = 0
    named: int = 0
    differences: list[str] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)

    @property
    def equal(self) -> bool:
        """Whether every mailbox was at the destination as it is at the source, which is as it was filled."""
        return not (self.lost or self.twice or self.named or self.differences)

    @property
    def slope_mb_per_hour(self) -> float:
        """Of the engine's memory, after the first sixth of the time."""
        return slope_mb_per_hour([one for one in self.samples if one[0] >= self.seconds / 6])


class Engine:
    """The engine's process, and what it is told."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.engine"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.pid = self._process.pid

    def tell(self, do: str, **arguments: Any) -> Any:
        """Have something done, and wait for the answer."""
        self.ask(do, **arguments)
        return self.answer()

    def ask(self, do: str, **arguments: Any) -> None:
        """Have something done; `answer` waits for its end."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
        self._process.stdin.flush()

    def answer(self) -> Any:
        """Raises RuntimeError if the engine has ended instead; why stands on standard error."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the engine has ended with status {self._process.wait()}")
        return json.loads(line)

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(_ENGINE_ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


def soak(seconds: float, *, seed: int = 1, told: Callable[[str], None] = print) -> Soaked:
    """Cycle after cycle for so long (the last one is ended); what comes of each is told.

    Raises DovecotMissingError.
    """
    with ExitStack() as stack:
        authority = trustme.CA()
        servers = [stack.enter_context(Dovecot(authority=authority, name=name)) for name in ("source", "destination")]
        weathers = [Weather(seed), Weather(seed + 1)]
        proxies = [
            stack.enter_context(FaultProxy(server.host, server.imap_port, weather))
            for server, weather in zip(servers, weathers, strict=True)
        ]
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mailmove-soak-")))
        engine = Engine()
        stack.callback(engine.close)
        watch = stack.enter_context(MemoryWatch(engine.pid, _SAMPLE_EVERY_S))
        soaked = Soaked(samples=watch.samples)
        start = time.monotonic()
        while time.monotonic() - start < seconds and soaked.equal:
            _Cycle(servers, proxies, weathers, engine, soaked, seed * 10_000 + soaked.cycles).run(folder)
            soaked.faults = sum(weather.faults for weather in weathers)
            soaked.seconds = time.monotonic() - start
            told(
                f"{soaked.seconds:6.0f} s: cycle {soaked.cycles}, {soaked.moved} messages moved, "
                f"{soaked.faults} faults, {soaked.restarts} restarts, {soaked.lost} lost, {soaked.twice} twice, "
                + (f"{soaked.samples[-1][1]:.1f} MB" if soaked.samples else "")
            )
        return soaked


class _Cycle:
    """Some new accounts from empty to moved."""

    def __init__(
        self,
        servers: Sequence[Dovecot],
        proxies: Sequence[FaultProxy],
        weathers: Sequence[Weather],
        engine: Engine,
        soaked: Soaked,
        seed: int,
    ) -> None:
        self._source, self._destination = servers
        self._proxies = proxies
        self._weathers = weathers
        self._engine = engine
        self._soaked = soaked
        self._seed = seed
        self._chance = random.Random(seed)
        self._filled: dict[str, list[GeneratedFolder]] = {}

    def run(self, folder: Path) -> None:
        pairs = [(self._source.new_user(), self._destination.new_user()) for _ in range(_ACCOUNTS)]
        for number, (user, _) in enumerate(pairs):
            self._deliver(user, generate_mailbox(_MESSAGES, _FOLDERS, self._seed * 100 + number))
        file = folder / f"{self._soaked.cycles}.mailmove"
        ports = {"source": self._proxies[0].port, "destination": self._proxies[1].port}
        accounts = [[one.name, one.password, other.name, other.password] for one, other in pairs]
        self._engine.tell("begin", file=str(file), ports=ports, accounts=accounts)
        self._storm([user for user, _ in pairs])
        self._finish()
        for user, moved in pairs:
            self._compare(user, moved)
        said = self._engine.tell("counts")
        self._engine.tell("end")
        self._soaked.moved += said["moved"]
        self._soaked.named += said["named"]
        self._soaked.cycles += 1
        for path in folder.iterdir():
            path.unlink()
        for user, moved in pairs:
            self._source.remove_user(user.name)
            self._destination.remove_user(moved.name)

    def _storm(self, users: Sequence[User]) -> None:
        """Runs that are stopped, while mail comes in and lines break."""
        self._set_calm(False)
        for _ in range(3):
            self._engine.ask("run", seconds=self._chance.uniform(1.0, 12.0))
            for user in users:
                number = self._chance.randrange(1_000_000)
                self._deliver(user, generate_mailbox(_LATER_MESSAGES, _FOLDERS, number))
            self._engine.answer()
            if self._chance.random() < 0.7:
                self._engine.tell("restart")
                self._soaked.restarts += 1

    def _finish(self) -> None:
        """The lines are good again, and what was refused is tried once more."""
        self._set_calm(True)
        self._engine.tell("retry")
        for _ in range(_LAST_RUNS):
            states = self._engine.tell("run")
            if states.keys() <= {"done", "done_with_refusals"}:
                return
        self._soaked.differences.append(f"there is no end to it: {states}")

    def _set_calm(self, calm: bool) -> None:
        for weather in self._weathers:
            weather.calm = calm

    def _deliver(self, user: User, folders: list[GeneratedFolder]) -> None:
        """Put mail into a source mailbox, past the proxy."""
        with Wire(self._source.host, self._source.imap_port) as wire:
            wire.login(user.name, user.password)
            fill(wire, folders)
        self._filled.setdefault(user.name, []).extend(folders)

    def _compare(self, user: User, moved: User) -> None:
        wanted: Snapshot = {}
        for one in self._filled[user.name]:
            wanted.setdefault(one.path, []).extend(expected_snapshot([one])[one.path])
        source = snapshot(self._source.host, self._source.imap_port, user.name, user.password)
        destination = snapshot(self._destination.host, self._destination.imap_port, moved.name, moved.password)
        there, here = multiset_of_hashes(destination), multiset_of_hashes(source)
        self._soaked.lost += (here - there).total()
        self._soaked.twice += (there - here).total()
        for expected, found in ((wanted, source), (source, destination)):
            try:
                assert_equal_mailboxes(expected, found)
            except AssertionError as difference:
                self._soaked.differences.append(str(difference))
