"""What becomes of a move when a server leaves out, lies, stalls or says goodbye."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.records import AccountRecord, Change
from mailmove_gui.domain.states import AccountState
from mailmove_gui.ledger import open_ledger
from tests.faults.cutting import check, new_move
from tests.faults.faults import Bye, Drop, Fault, Nil, Omit, Say, Shorten, Stall, Trickle, count_lie, size_lie
from tests.faults.moments import Where
from tests.faults.moves import Move, SwiftClock
from tests.faults.pairs import Proxied, Servers, look, proxied
from tests.faults.script import Faults, When, once
from tests.servers.compare import total

_A_BODY = When(Where.BEFORE_RESPONSE, "UID FETCH", containing=b"BODY[]")


@pytest.fixture(scope="module")
def between(servers: Servers) -> Iterator[Proxied]:
    with proxied(servers) as made:
        yield made


def _moved(between: Proxied, side: Side, script: Faults, path: Path) -> tuple[Move, AccountRecord]:
    between.restart({side: script})
    destination = between.servers.new_destination()
    move = replace(new_move(between, destination, path), silence_s=2.0)
    record = move.run(SwiftClock(between.catch_up))
    assert script.happened
    return move, record


@pytest.mark.parametrize(
    ("side", "when", "fault"),
    [
        (Side.SOURCE, When(Where.IN_RESPONSE, ""), Drop()),
        (Side.SOURCE, _A_BODY, Omit()),
        (Side.SOURCE, _A_BODY, Nil()),
        (Side.SOURCE, _A_BODY, Shorten(10)),
        (Side.SOURCE, When(Where.BEFORE_RESPONSE, "FETCH"), Omit()),
        (Side.SOURCE, When(Where.BEFORE_RESPONSE, "EXAMINE", containing=b"EXISTS"), count_lie(3)),
        (Side.SOURCE, When(Where.BEFORE_RESPONSE, "EXAMINE", containing=b"EXISTS"), count_lie(70)),
        (Side.SOURCE, When(Where.BEFORE_RESPONSE, "FETCH", containing=b"RFC822.SIZE"), size_lie(1)),
        (Side.SOURCE, When(Where.BEFORE_ANSWER, "UID FETCH"), Bye("Too many errors.")),
        (Side.SOURCE, When(Where.IN_BODY, "UID FETCH", 5), Stall()),
        (Side.SOURCE, When(Where.BEFORE_COMMAND, "EXAMINE"), Trickle(1000, 0.0005)),
        (Side.DESTINATION, When(Where.BEFORE_COMMAND, "APPEND", 3), Bye("Server shutting down.")),
        (Side.DESTINATION, When(Where.BEFORE_ANSWER, "APPEND", 3), Bye("Server shutting down.")),
        (Side.DESTINATION, When(Where.BEFORE_ANSWER, "APPEND", 3), Stall()),
        (Side.DESTINATION, When(Where.AFTER_COMMAND, "APPEND", 3), Stall()),
        (Side.DESTINATION, When(Where.IN_LITERAL, "APPEND", 9), Stall()),
        (Side.DESTINATION, When(Where.BEFORE_COMMAND, "APPEND", 3), Say("OK Done.")),
        (Side.DESTINATION, When(Where.BEFORE_ANSWER, "APPEND", 3), Say("OK Done.")),
        (Side.DESTINATION, When(Where.BEFORE_RESPONSE, "UID FETCH", 9), Omit()),
        (Side.DESTINATION, When(Where.BEFORE_RESPONSE, "UID FETCH", 9), size_lie(12)),
        (Side.DESTINATION, When(Where.BEFORE_COMMAND, "SELECT"), Trickle(1000, 0.0005)),
    ],
    ids=str,
)
def test_what_goes_wrong_once_leaves_no_trace(
    between: Proxied, side: Side, when: When, fault: Fault, tmp_path: Path
) -> None:
    move, record = _moved(between, side, once(when, fault), tmp_path / "ledger")
    check(between, move.destination, record)


@pytest.mark.parametrize("fault", [Omit(), Nil()], ids=str)
def test_a_message_that_never_comes_is_refused_alone(between: Proxied, fault: Fault, tmp_path: Path) -> None:
    when = When(Where.BEFORE_RESPONSE, "UID FETCH", containing=b"* 5 FETCH (UID 5 FLAGS")
    move, record = _moved(between, Side.SOURCE, Faults([(when, fault)], times=None), tmp_path / "ledger")
    assert record.state is AccountState.DONE_WITH_REFUSALS
    ledger = open_ledger(move.path)
    refusals = list(ledger.refusals())
    ledger.close()
    assert {refusal.reason for refusal in refusals} == {Reason.MESSAGE_UNREADABLE}
    assert total(look(between.through(Side.DESTINATION, move.destination))) == record.counts.moved
    assert record.counts.moved + len(refusals) == record.counts.total


def test_a_message_that_stays_short_is_moved_and_named(between: Proxied, tmp_path: Path) -> None:
    when = When(Where.BEFORE_RESPONSE, "UID FETCH", containing=b"* 20 FETCH (UID 20 FLAGS")
    move, record = _moved(between, Side.SOURCE, Faults([(when, Shorten(10))], times=None), tmp_path / "ledger")
    ledger = open_ledger(move.path)
    changes = ledger.change_counts("the account")
    ledger.close()
    assert record.state is AccountState.DONE
    assert changes == {Change.SHORTER: 1}
