"""How many copies of a message there may be at the destination: all ways in which it can have come about.

Equal messages cannot be told apart, so what is known of one content is a set of possible states. Each thing that
happens turns every state into those that may follow it; what is then seen at the destination leaves those that agree.
When none is left, a message was lost or copied twice. Nothing here knows how the program works; these are its promises:

- a message at the source is copied once, or stands for an equal one that nobody stood for at the destination;
- one that was copied and then deleted at the destination is not copied again;
- filing, renaming and renumbering, on either side, change nothing;
- a message that comes to the source after an equal one was deleted there may be that one again, or another.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class State(NamedTuple):
    """Messages of one content.

    waiting: at the source and not settled. settled: at the source, and a copy at the destination stands or stood for
    each. left: settled, and then deleted at the source. free: at the destination, nobody stands for them. flying:
    deleted at the source in the middle of a pass, which may have read them before.
    """

    waiting: int = 0
    settled: int = 0
    left: int = 0
    free: int = 0
    flying: int = 0

    def taken(self, there: int) -> int:
        """How many of the copies at the destination somebody stands for."""
        return there - self.free


class Impossible(AssertionError):
    """What is seen at the destination cannot have come about without a message lost, or copied twice."""


class Reckoning:
    """The possible states of one content; `there` is always how many copies the destination held before."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._states = {State()}
        self._past: list[str] = []

    def source_gained(self) -> None:
        """One was delivered to the source."""
        self._follow("delivered at the source", {s._replace(waiting=s.waiting + 1) for s in self._states})

    def source_lost(self, *, running: bool) -> None:
        """One was deleted at the source, in the middle of a pass or between two."""
        following = set()
        for s in self._states:
            if s.waiting:
                following.add(s._replace(waiting=s.waiting - 1, flying=s.flying + running))
            if s.settled:
                following.add(s._replace(settled=s.settled - 1, left=s.left + 1))
        self._follow("deleted at the source", following)

    def destination_gained(self) -> None:
        """One was delivered to the destination."""
        self._follow("delivered at the destination", {s._replace(free=s.free + 1) for s in self._states})

    def destination_lost(self, there: int) -> None:
        """One was deleted at the destination."""
        following = {s for s in self._states if s.taken(there) > 0}
        following |= {s._replace(free=s.free - 1) for s in self._states if s.free}
        self._follow("deleted at the destination", following)

    def seen(self, there: int, arrived: int, *, undisturbed: bool) -> None:
        """A part of a pass has brought so many; `undisturbed` if no user has done anything during the whole pass."""
        following = {
            after
            for before in self._states
            for thrifty, after in _moves(before, there, arrived)
            if thrifty or not undisturbed
        }
        self._follow(f"{arrived} arrived", following)

    def finished(self, there: int, arrived: int, refused: int, doubtful: int) -> None:
        """The rest of a pass that nobody disturbed has brought so many, and the program says that it is done.

        `refused` are the messages at the source that it names as refused, `doubtful` those that it has just begun to
        name as doubtful.
        """
        following = {
            after._replace(flying=0)
            for before in self._states
            for given_up in _giving_up(before, doubtful)
            for thrifty, after in _moves(given_up, there, arrived)
            if thrifty and after.waiting == refused
        }
        self._follow(f"done; {arrived} arrived, {refused} refused, {doubtful} doubtful", following)

    def interrupted(self, there: int, arrived: int, doubtful: int, *, undisturbed: bool) -> None:
        """The rest of any other pass has brought so many."""
        self._follow(f"{doubtful} doubtful", {one for s in self._states for one in _giving_up(s, doubtful)})
        self.seen(there, arrived, undisturbed=undisturbed)
        self._states = {s._replace(flying=0) for s in self._states}

    def _follow(self, event: str, states: set[State]) -> None:
        before = sorted(self._states)
        self._past.append(event)
        if not states:
            raise Impossible(
                f"message {self._name!r} was lost or copied twice: "
                + ", ".join(self._past)
                + f"; possible before: {', '.join(str(tuple(one)) for one in before[:5])}"
                + " (waiting, settled, left, free, flying)"
            )
        self._states = states


def _moves(before: State, there: int, arrived: int) -> Iterator[tuple[bool, State]]:
    """What a pass may make of a state while so many arrive, and whether it sent none while an equal one was there."""
    # Whose copy was deleted may be thought to have been filed where an equal one lies.
    most_adopted = min(before.free, before.settled + before.left - before.taken(there))
    for adopted in range(max(0, most_adopted) + 1):
        free = before.free - adopted
        for rebound in range(min(before.waiting, before.left) + 1):
            for claimed in range(min(before.waiting - rebound, free) + 1):
                for late in range(min(before.flying, free - claimed) + 1):
                    waiting = before.waiting - rebound - claimed
                    for stray in range(min(before.flying - late, arrived) + 1):
                        sent = arrived - stray
                        if sent > waiting:
                            continue
                        yield (
                            not sent or free == claimed + late,
                            State(
                                waiting - sent,
                                before.settled + rebound + claimed + sent,
                                before.left - rebound + late + stray,
                                free - claimed - late,
                                before.flying - late - stray,
                            ),
                        )


def _giving_up(before: State, doubtful: int) -> Iterator[State]:
    """So many become doubtful: each was settled and its copy is gone, or never arrived; neither is sent again."""
    for never in range(min(doubtful, before.waiting) + 1):
        if doubtful - never <= before.settled + before.left:
            yield before._replace(waiting=before.waiting - never, settled=before.settled + never)
