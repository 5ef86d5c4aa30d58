"""A whole migration from, and to, a server that keeps mail as Gmail does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from mailmove_gui.demo.folder import Message
from mailmove_gui.demo.folder import Path as FolderPath
from mailmove_gui.demo.personalities import (
    Allowance,
    gmail,
)
from mailmove_gui.domain.plan import Options
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.states import AccountState
from tests.personalities.conftest import World, contents
from tests.personalities.letters import INBOX, PLAIN, START, fill, put
from tests.servers.compare import assert_equal_mailboxes, multiset_of_hashes
from tests.unit.engine.fake_mail import mail

WorldOf = Callable[..., World]


def label(world: World, message: Message, *paths: FolderPath) -> None:
    """Show a message of All Mail under more labels."""
    for path in paths:
        found = world.old.find_folder(path)
        folder = world.old.add_folder(path) if found is None else found
        folder.add_message(message.content, flags=message.flags, internal_date=message.internal_date)


ALL, STARRED, IMPORTANT, SENT = (("[Gmail]", name) for name in ("所有邮件", "已加星标", "重要", "已发邮件"))


def test_from_gmail_each_message_once(world_of: WorldOf) -> None:
    world = world_of(gmail(), PLAIN)
    world.new.add_folder(("Sent",), special_use="\\Sent")
    everything = put(world.old, ALL, 30).messages
    for number, message in enumerate(everything):
        if number < 12:
            label(world, message, INBOX, IMPORTANT)
        elif number < 16:
            label(world, message, SENT, ("客户", "Acme"))
        elif number < 24:
            label(world, message, ("客户", "Acme"), ("项目",))
        elif number < 27:
            label(world, message, STARRED)
    expected = {
        INBOX: everything[:12],
        ("Sent",): everything[12:16],
        ("客户", "Acme"): everything[16:24],
        STARRED: everything[24:27],
        ALL: everything[27:],
    }
    record = world.run()
    assert record.state is AccountState.DONE
    arrived = {path: {one.content for one in folder.messages} for path, folder in world.new.folders.items()}
    assert {path: found for path, found in arrived.items() if found} == {
        path: {one.content for one in messages} for path, messages in expected.items()
    }
    assert multiset_of_hashes(contents(world.new)) == Counter(fact.sha256 for fact in contents(world.old)[ALL])
    assert (record.counts.moved, record.counts.repeated) == (30, 12 * 2 + 4 * 2 + 8 * 2 + 3)
    assert dict(world.ledger.repeated(world.account.id)) == {
        ("客户", "Acme"): 4, ("项目",): 8, IMPORTANT: 12, ALL: 27,
    }  # fmt: skip
    checked = world.check()
    assert (checked.messages, checked.messages_repeated) == (30, record.counts.repeated)
    assert world.run().counts == record.counts
    assert world.source.errors_seen == Counter()


def test_from_gmail_as_copies(world_of: WorldOf) -> None:
    world = world_of(gmail(), PLAIN, Options(label_copies=True))
    for message in put(world.old, ALL, 4).messages:
        label(world, message, INBOX)
    assert world.run().counts.moved == 8
    assert_equal_mailboxes(contents(world.old), contents(world.new))


def test_to_gmail_and_equal_messages_are_one_there(world_of: WorldOf) -> None:
    world = world_of(PLAIN, gmail())
    fill(world.old)
    twin = world.old.folder(INBOX).messages[0]
    world.old.folder(INBOX).add_message(twin.content, internal_date=twin.internal_date)
    record = world.run()
    assert record.state is AccountState.DONE_WITH_REFUSALS
    assert (record.counts.moved, record.counts.refused) == (26, 1)
    assert [one.reason for one in world.ledger.refusals()] == [Reason.ONE_COPY_KEPT]
    there = contents(world.new, without=(ALL,))
    assert multiset_of_hashes(there) == Counter(set(multiset_of_hashes(contents(world.old))))
    assert len(world.new.folder(ALL)) == 26
    assert world.run().counts == record.counts
    assert world.destination.errors_seen == Counter()


def test_gmail_closes_the_line_after_so_many_bytes_and_goes_on_later(world_of: WorldOf) -> None:
    for reading in (True, False):
        allowance = Allowance(1500)
        throttled = gmail(allowance=allowance)
        world = world_of(throttled, PLAIN) if reading else world_of(PLAIN, throttled)
        put(world.old, INBOX, 40)
        world.clock.before_wait = allowance.renew
        record = world.run()
        assert record.state is AccountState.DONE
        assert multiset_of_hashes(contents(world.new, without=(ALL,))) == multiset_of_hashes(contents(world.old))
        waits = world.waited_for()
        assert len(waits) > 1
        side = Side.SOURCE if reading else Side.DESTINATION
        assert {(one.reason, one.side) for one in waits} == {(Reason.THROTTLED, side)}


def test_gmail_says_too_big_in_bad_and_hears_of_larger_ones_no_more(world_of: WorldOf) -> None:
    world = world_of(PLAIN, gmail(largest_bytes=2000))
    put(world.old, INBOX, 3)
    big = world.old.folder(INBOX)
    for number in range(3):
        body = "\r\n".join(["y" * 70] * (40 + number))
        big.add_message(mail(f"big {number}", body=body), flags={"\\Seen", "$Work"}, internal_date=START)
    record = world.run()
    assert (record.state, record.counts.moved) == (AccountState.DONE_WITH_REFUSALS, 3)
    assert [one.reason for one in world.ledger.refusals()] == [Reason.MESSAGE_TOO_LARGE] * 3
    assert world.destination.errors_seen["BAD APPEND"] <= 3
