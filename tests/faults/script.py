"""When something goes wrong."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Protocol

from tests.faults.faults import Fault
from tests.faults.moments import Moment, Way, Where


class Script(Protocol):
    """Asked at every moment of every connection, one at a time and in the order of each connection."""

    def fault_at(self, moment: Moment) -> Fault | None:
        """What goes wrong now."""
        ...


@dataclass(frozen=True, slots=True)
class When:
    """Which moments are meant; what is None does not matter.

    step: together with `way`. containing: bytes in the line.
    """

    where: Where | None = None
    verb: str | None = None
    nth: int | None = None
    step: int | None = None
    way: Way | None = None
    connection: int | None = None
    containing: bytes = b""

    def is_now(self, moment: Moment) -> bool:
        asked = (self.where, self.verb, self.nth, self.step, self.way, self.connection)
        told = (moment.where, moment.verb, moment.nth, moment.step, moment.where.way, moment.connection)
        return (
            all(one is None or one == other for one, other in zip(asked, told, strict=True))
            and self.containing in moment.line
        )


class NoFaults:
    """A Script of a line and a server as they should be."""

    def fault_at(self, moment: Moment) -> Fault | None:
        return None


@dataclass(slots=True)
class Faults:
    """A Script of pairs of when and what. Each happens `times` times at most (None: always); the first that fits wins.

    happened: the moments at which something went wrong.
    """

    rules: Collection[tuple[When, Fault]]
    times: int | None = 1
    happened: list[Moment] = field(default_factory=list)
    _counts: dict[int, int] = field(default_factory=dict)

    def fault_at(self, moment: Moment) -> Fault | None:
        for index, (when, fault) in enumerate(self.rules):
            count = self._counts.get(index, 0)
            if (self.times is None or count < self.times) and when.is_now(moment):
                self._counts[index] = count + 1
                self.happened.append(moment)
                return fault
        return None


def once(when: When, fault: Fault) -> Faults:
    """One thing goes wrong, one time."""
    return Faults([(when, fault)])
