"""What can happen: what users do, what servers and lines do, and the program's passes. Printed, a script is Python."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from mailmove_gui.domain.reasons import Side
from tests.faults.faults import Fault
from tests.faults.script import When

_ENUM = re.compile(r"<((?:Side|Where|Way)\.\w+): '[^']+'>")

# `which` counts the messages of a mailbox and `folder` its folders, round and round: every number names one, so that a
# script stays a script when steps are taken out of it.


@dataclass(frozen=True, slots=True)
class Deliver:
    """A message comes in."""

    side: Side
    folder: int
    content: str
    day: int = 0
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remove:
    """The user deletes a message for good."""

    side: Side
    which: int


@dataclass(frozen=True, slots=True)
class File:
    """The user puts a message into another folder."""

    side: Side
    which: int
    folder: int


@dataclass(frozen=True, slots=True)
class Mark:
    """The user sets a flag, or takes it away."""

    side: Side
    which: int
    flag: str


@dataclass(frozen=True, slots=True)
class RenameFolder:
    """The user gives a folder (not INBOX) another name."""

    side: Side
    folder: int


@dataclass(frozen=True, slots=True)
class RemoveFolder:
    """The user deletes a folder (not INBOX) with all that is in it."""

    side: Side
    folder: int


@dataclass(frozen=True, slots=True)
class Renumber:
    """The server loses its index: another UIDVALIDITY, other UIDs."""

    side: Side
    folder: int


@dataclass(frozen=True, slots=True)
class Quota:
    """So much room is left at the destination; None for any amount."""

    room_bytes: int | None


UserAction: TypeAlias = Deliver | Remove | File | Mark | RenameFolder | RemoveFolder | Renumber | Quota


@dataclass(frozen=True, slots=True)
class Stop:
    """The user stops the run."""


@dataclass(frozen=True, slots=True)
class During:
    """At the nth command of this name in a pass, when it has been carried out and not yet been answered."""

    side: Side
    command: str
    nth: int
    happens: UserAction | Stop


@dataclass(frozen=True, slots=True)
class Fails:
    """What goes wrong between the program and a server in a pass, once; see `tests.faults.proxy`."""

    side: Side
    when: When
    fault: Fault


@dataclass(frozen=True, slots=True)
class Death:
    """The program is killed at its nth commit: right before, or right after it."""

    nth: int
    committed: bool


@dataclass(frozen=True, slots=True)
class Pass:
    """The program runs until it is done, is stopped, dies or gives up."""

    during: tuple[During, ...] = ()
    fails: tuple[Fails, ...] = ()
    death: Death | None = None


@dataclass(frozen=True, slots=True)
class Restart:
    """The program ends and is started again with the same ledger."""


Step: TypeAlias = UserAction | Pass | Restart


@dataclass(frozen=True, slots=True)
class Script:
    """A history; `hidden` are capabilities that the destination does not have."""

    steps: tuple[Step, ...]
    hidden: frozenset[str] = frozenset()

    def __str__(self) -> str:
        lines = [f"        {step}," for step in self.steps]
        text = "\n".join(["Script(", "    (", *lines, "    ),", f"    {self.hidden!r},", ")"])
        return _ENUM.sub(r"\1", text)
