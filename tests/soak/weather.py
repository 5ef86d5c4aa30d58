"""Things that go wrong now and then, by chance; the same chance for the same seed."""

from __future__ import annotations

import random

from tests.faults.faults import Bye, Drop, Fault, Say, Stall, Trickle
from tests.faults.moments import Moment, Where

_ONE_IN = 250
_WORDS = (
    "NO [UNAVAILABLE] Internal error, try again later",
    "NO [INUSE] Mailbox is locked",
    "NO [LIMIT] Too many requests, slow down",
)


class Weather:
    """A script for a fault proxy; while it is `calm` nothing goes wrong. `faults` counts what did."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self.calm = False
        self.faults = 0

    def fault_at(self, moment: Moment) -> Fault | None:
        if self.calm or self._chance.randrange(_ONE_IN):
            return None
        self.faults += 1
        if moment.where is Where.BEFORE_COMMAND and moment.verb in ("APPEND", "UID FETCH"):
            return Say(self._chance.choice(_WORDS))
        return self._chance.choice((Drop(), Drop(), Drop(), Bye(), Stall(0.2), Trickle(512, 0.001)))
