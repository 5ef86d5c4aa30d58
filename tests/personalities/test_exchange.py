"""A whole migration from, and to, a server that throttles and estimates as Exchange does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from mailmove_gui.demo.personalities import (
    EXCHANGE_BUSY,
    EXCHANGE_BYE,
    EXCHANGE_ERRORS,
    EXCHANGE_NOT_CONNECTED,
    Allowance,
    Troubles,
    exchange,
)
from mailmove_gui.demo.traits import Interruption
from mailmove_gui.domain.folders import FolderRole
from mailmove_gui.domain.plan import Options
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.states import AccountState
from tests.personalities.conftest import World, contents
from tests.personalities.letters import INBOX, PLAIN, START, fill, put
from tests.servers.compare import multiset_of_hashes
from tests.unit.engine.fake_mail import mail

WorldOf = Callable[..., World]


def test_exchange_waits_as_told(world_of: WorldOf) -> None:
    for reading in (True, False):
        allowance = Allowance(2000)
        throttled = exchange(allowance=allowance, backoff_ms=123_456)
        world = world_of(throttled, PLAIN) if reading else world_of(PLAIN, throttled)
        put(world.old, INBOX, 30)
        world.clock.before_wait = allowance.renew
        record = world.run()
        assert record.state is AccountState.DONE
        assert multiset_of_hashes(contents(world.new)) == multiset_of_hashes(contents(world.old))
        waits = world.waited_for()
        side = Side.SOURCE if reading else Side.DESTINATION
        assert {(one.reason, one.side) for one in waits} == {(Reason.THROTTLED, side)}
        told = [wait for wait in world.clock.waits if 123.456 <= wait < 1.1 * 123.456]
        assert len(told) == len(waits) > 1
        assert all("123456" in one.server_text for one in waits)


def test_exchange_has_bad_days(world_of: WorldOf) -> None:
    troubles = Troubles(
        (
            ("LIST", Interruption("BAD", EXCHANGE_NOT_CONNECTED, EXCHANGE_BYE)),
            ("EXAMINE", Interruption("NO", EXCHANGE_BUSY)),
            ("FETCH", Interruption("BAD", EXCHANGE_NOT_CONNECTED, EXCHANGE_BYE)),
        )
    )
    world = world_of(exchange(troubles=troubles), PLAIN)
    fill(world.old)
    record = world.run()
    assert record.state is AccountState.DONE
    assert troubles.left == 0
    assert {one.reason for one in world.waited_for()} <= {Reason.SERVER_BUSY, Reason.CONNECTION_LOST}
    assert [one.reason for one in world.waited_for()][:2] == [Reason.SERVER_BUSY] * 2
    assert record.counts.moved == record.counts.total == 26


def test_exchange_estimates_sizes_and_nothing_counts_as_changed(world_of: WorldOf) -> None:
    for names in ((exchange(), PLAIN), (PLAIN, exchange()), (exchange(), exchange())):
        world = world_of(*names)
        put(world.old, INBOX, 20)
        record = world.run()
        assert record.state is AccountState.DONE
        assert (record.counts.moved, record.counts.unverified) == (20, 0)
        assert world.ledger.change_counts(world.account.id) == {}
        assert multiset_of_hashes(contents(world.new)) == multiset_of_hashes(contents(world.old))


def test_exchange_lists_what_is_no_mail_and_that_is_left_out(world_of: WorldOf) -> None:
    world = world_of(exchange(), PLAIN)
    fill(world.old)
    for path in (("Calendar",), ("Sync Issues", "Conflicts"), ("Notes",)):
        put(world.old, path, 2)
    left_out = {one.source.path for one in world.check().left_out}
    assert left_out == {
        ("Calendar",), ("Contacts",), ("Conversation History",), ("Journal",), ("Notes",), ("Outbox",), ("Tasks",),
        ("Sync Issues",), ("Sync Issues", "Conflicts"),
    }  # fmt: skip
    assert world.run().counts.total == 26
    assert not left_out & set(world.new.folders)
    # Whoever wants one of them can have it.
    world.options = Options(folders=("Notes",))
    assert world.run().counts.total == 28
    assert len(world.new.folder("Notes")) == 2


def test_mail_is_not_put_among_notes(world_of: WorldOf) -> None:
    world = world_of(PLAIN, exchange())
    put(world.old, ("Notes",), 3)
    assert [one.mapping.source.role for one in world.check().folders] == [FolderRole.INBOX, FolderRole.NONE]
    assert world.run().counts.moved == 3
    assert len(world.new.folder("Notes")) == 0
    assert len(world.new.folder("Notes (1)")) == 3


@pytest.mark.parametrize("growing", [True, False], ids=["larger and larger", "smaller and smaller"])
def test_exchange_hangs_up_at_the_tenth_error(world_of: WorldOf, growing: bool) -> None:
    world = world_of(PLAIN, exchange(largest_bytes=1_000_000))
    put(world.old, INBOX, 5)
    # As large as half a batch, so that one is refused before the next is sent. The highest UID comes first.
    for number in range(EXCHANGE_ERRORS + 3):
        lines = 60_000 - number if growing else 60_000 + number
        message = mail(f"big {number}", body="\r\n".join(["z" * 76] * lines))
        world.old.folder(INBOX).add_message(message, flags={"$Work"}, internal_date=START)
    record = world.run()
    assert record.state is AccountState.DONE_WITH_REFUSALS
    assert (record.counts.moved, record.counts.refused) == (5, EXCHANGE_ERRORS + 3)
    assert {one.reason for one in world.ledger.refusals()} == {Reason.MESSAGE_TOO_LARGE}
    if growing:
        # What is larger than something that was too large is not sent at all.
        assert world.destination.errors_seen == Counter({"BAD APPEND": 1})
        assert world.waited_for() == []
    else:
        assert len(world.waited_for()) == 1
    assert multiset_of_hashes(contents(world.new)).total() == 5
