"""What went through a proxy."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.proxies.imap_streams import Command


@dataclass(frozen=True, slots=True)
class ProxyCounts:
    """What went through.

    commands: complete ones by verb ("APPEND", "UID FETCH"). append_commands: complete ones.
    multi_append_commands: those with more than one message. messages_appended: whole messages in complete APPENDs.
    messages_confirmed: those whose APPEND the server answered with OK.
    plus_literals: literals in complete commands that did not wait for the server.
    """

    connections: int = 0
    bytes_to_server: int = 0
    bytes_to_client: int = 0
    commands: Mapping[str, int] = field(default_factory=dict)
    append_commands: int = 0
    multi_append_commands: int = 0
    messages_appended: int = 0
    messages_confirmed: int = 0
    plus_literals: int = 0


class Tally:
    """ProxyCounts in the making, for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers: Counter[str] = Counter()
        self._commands: Counter[str] = Counter()

    def add(self, **numbers: int) -> None:
        with self._lock:
            self._numbers.update(numbers)

    def command(self, command: Command) -> None:
        with self._lock:
            self._commands[command.verb] += 1
            self._numbers["plus_literals"] += command.plus_literals
            if command.verb == "APPEND":
                self._numbers["append_commands"] += 1
                self._numbers["multi_append_commands"] += command.messages > 1
                self._numbers["messages_appended"] += command.messages

    def counts(self) -> ProxyCounts:
        with self._lock:
            return ProxyCounts(commands=dict(self._commands), **self._numbers)

    def reset(self) -> None:
        with self._lock:
            self._numbers.clear()
            self._commands.clear()
