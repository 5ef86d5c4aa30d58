"""Cutting the connection at the steps of a move, one step a run."""

from __future__ import annotations

import itertools
from pathlib import Path

from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.records import AccountRecord
from mailmove_gui.domain.states import AccountState
from tests.faults.every import chosen
from tests.faults.faults import Drop
from tests.faults.mailbox import MESSAGES
from tests.faults.moments import Moment, Where
from tests.faults.moves import Move, Place, SwiftClock
from tests.faults.pairs import Proxied, look
from tests.faults.script import When, once
from tests.servers.compare import assert_equal_mailboxes

_EXTENSIONS = ("UIDPLUS", "MULTIAPPEND", "LITERAL+")
MASKS = [tuple(mask) for count in range(4) for mask in itertools.combinations(_EXTENSIONS, count)]
"""Which extensions a server may lack."""

# Where not all steps are tried, so many of each run.
_TRIED = 5
_SHOWN = 10


def mask_name(mask: tuple[str, ...]) -> str:
    """For the name of a test."""
    return "without-" + "-".join(mask) if mask else "all"


def cut_at_steps(between: Proxied, side: Side, folder: Path, offset: int) -> None:
    """Learn the steps of a run without faults, then cut at each of them (or at some) in a run of its own.

    folder: for the ledgers. offset: makes another choice where not all are tried.
    """
    between.restart()
    destination = between.servers.new_destination()
    record = new_move(between, destination, folder / "whole").run(SwiftClock(between.catch_up))
    moments = between.proxies[side].moments
    check(between, destination, record)
    complaints: list[str] = []
    tried = chosen(moments, _TRIED, offset)
    for number, moment in enumerate(tried):
        try:
            cut_at(between, side, moment, folder / f"cut{number}")
        except AssertionError as error:
            complaints.append(f"{moment}: {error}")
    print(f"{len(tried)} of {len(moments)} steps cut at the {side}")
    summary = "\n\n".join(complaints[:_SHOWN])
    assert not complaints, f"after {len(complaints)} of {len(tried)} cuts, one step a run:\n{summary}"


def cut_at(between: Proxied, side: Side, moment: Moment, path: Path) -> None:
    """Cut a move there, let it go on without faults, and compare."""
    # What was sent comes late in every other run; in every other two, the program is ended and started again.
    holds = [moment.step % 2 == 0]
    if moment.where is Where.AFTER_COMMAND and moment.verb == "APPEND":
        holds = [False, True]
    for hold in holds:
        script = once(When(step=moment.step, way=moment.where.way), Drop(hold=hold))
        between.restart({side: script})
        destination = between.servers.new_destination()
        move = new_move(between, destination, path.with_suffix(f".{hold}"))
        record = move.run(SwiftClock(between.catch_up, stops_at_wait=moment.step // 2 % 2 == 0))
        assert script.happened, "this step did not come"
        if record.state is AccountState.PAUSED:
            record = move.run(SwiftClock(between.catch_up))
        check(between, destination, record)
        # Thousands of them are more than a folder in memory holds.
        move.forget()


def new_move(between: Proxied, destination: Place, path: Path) -> Move:
    """From the source to an empty mailbox, through the proxies, with a ledger of its own."""
    source = between.servers.source()
    return Move(path, between.through(Side.SOURCE, source), between.through(Side.DESTINATION, destination))


def check(between: Proxied, destination: Place, record: AccountRecord) -> None:
    """The account is done, and all is there that was at the source, once."""
    assert record.state is AccountState.DONE, (record.state, record.failure, record.counts)
    assert record.counts.settled == record.counts.total == MESSAGES, record.counts
    assert_equal_mailboxes(between.expected, look(destination))
    between.servers.clear(destination)
