"""A whole migration from, and to, servers with the manners of real providers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from mailmove_gui.demo import ServerOptions
from mailmove_gui.demo.folder import Message
from mailmove_gui.demo.folder import Path as FolderPath
from mailmove_gui.demo.personalities import (
    EXCHANGE_BUSY,
    EXCHANGE_BYE,
    EXCHANGE_ERRORS,
    EXCHANGE_NOT_CONNECTED,
    Allowance,
    Personality,
    Troubles,
    courier,
    exchange,
    gmail,
    netease,
    newest,
    tencent,
    yahoo,
    younger_than,
)
from mailmove_gui.demo.traits import Interruption
from mailmove_gui.domain.folders import FolderRole
from mailmove_gui.domain.plan import Options
from mailmove_gui.domain.reasons import Reason, Side, needs_password
from mailmove_gui.domain.states import AccountState
from tests.personalities.conftest import World, contents
from tests.personalities.letters import START, put
from tests.servers.compare import assert_equal_mailboxes, multiset_of_hashes
from tests.unit.engine.fake_mail import mail

PLAIN = Personality(ServerOptions())
INBOX = ("INBOX",)
NEW_NAMES = {
    "plain": PLAIN,
    "netease": netease(),
    "tencent": tencent(),
    "exchange": exchange(),
    "yahoo": yahoo(),
    "courier": courier(),
    "gmail": gmail(),
}
WorldOf = Callable[..., World]


def fill(world: World) -> None:
    """Mail in the inbox, in sent mail by whatever name, and in folders of one's own."""
    sent = next((path for path, folder in world.old.folders.items() if folder.special_use == "\\Sent"), ("Sent",))
    parent = ("其他文件夹",) if ("其他文件夹",) in world.old.folders else ()
    for path, count in ((INBOX, 12), (sent, 4), ((*parent, "项目"), 7), ((*parent, "Offers & more", "2025"), 3)):
        put(world.old, path, count)


def mapped(world: World) -> dict[FolderPath, FolderPath]:
    """Where folders go, from what each side calls its special folders."""
    there = {folder.special_use: path for path, folder in world.new.folders.items() if folder.special_use}
    return {
        path: there[folder.special_use]
        for path, folder in world.old.folders.items()
        if folder.special_use in there and folder.selectable
    }


def assert_moved(world: World, record: object, *, ignored_flags: tuple[str, ...] = ()) -> None:
    assert_equal_mailboxes(
        contents(world.old), contents(world.new), mapped(world), ignored_flags=ignored_flags, empty_folders_too=True
    )


@pytest.mark.parametrize("name", ["netease", "tencent", "yahoo"])
def test_from(world_of: WorldOf, name: str) -> None:
    world = world_of(NEW_NAMES[name], PLAIN)
    for path, use in ((("Sent",), "\\Sent"), (("Bin",), "\\Trash")):
        world.new.add_folder(path, special_use=use)
    fill(world)
    record = world.run()
    assert record.state is AccountState.DONE
    assert record.counts.moved == record.counts.total == 26
    assert_moved(world, record)
    assert world.run().counts.moved == 26
    assert world.source.errors_seen == Counter()
    assert world.destination.errors_seen == Counter()
    assert world.clock.waits == []


@pytest.mark.parametrize("name", ["netease", "tencent", "yahoo", "exchange"])
def test_to(world_of: WorldOf, name: str) -> None:
    world = world_of(PLAIN, NEW_NAMES[name])
    world.old.add_folder(("Gesendet",), special_use="\\Sent")
    fill(world)
    record = world.run()
    assert record.state is AccountState.DONE
    assert record.counts.moved == record.counts.total == 26
    assert record.counts.unverified == 0
    assert world.ledger.change_counts(world.account.id) == {}
    assert_moved(world, record)
    appended = world.destination.commands_seen["APPEND"]
    assert world.run().state is AccountState.DONE
    assert world.destination.commands_seen["APPEND"] == appended
    assert world.destination.errors_seen == Counter()


def test_from_courier_and_to_it(world_of: WorldOf) -> None:
    for names in ((courier(), PLAIN), (PLAIN, courier())):
        world = world_of(*names)
        fill(world)
        record = world.run()
        assert record.state is AccountState.DONE
        assert_equal_mailboxes(contents(world.old), contents(world.new))
        # Without UIDPLUS, what was appended is found by looking, also when somebody else's mail comes in between.
        world.new.folder(INBOX).add_message(mail("delivered"), internal_date=START)
        put(world.old, ("Later",), 3)
        assert world.run().state is AccountState.DONE
        assert multiset_of_hashes(contents(world.new)) - multiset_of_hashes(contents(world.old)) == Counter(
            {contents(world.new)[INBOX][-1].sha256: 1}
        )
        assert world.source.errors_seen + world.destination.errors_seen == Counter()


def test_netease_opens_nothing_before_id(world_of: WorldOf) -> None:
    world = world_of(netease(), netease())
    fill(world)
    assert world.run().state is AccountState.DONE
    assert_moved(world, None)
    assert (world.source.commands_seen["ID"], world.destination.commands_seen["ID"]) == (1, 1)
    assert world.source.errors_seen + world.destination.errors_seen == Counter()


@pytest.mark.parametrize("personality", [netease, tencent])
def test_a_window_that_is_opened_shows_older_mail(world_of: WorldOf, personality: Callable[..., Personality]) -> None:
    now = START + timedelta(days=100)
    world = world_of(personality(window=younger_than(30, now)), PLAIN)
    put(world.old, INBOX, 50, every=timedelta(days=2))
    shown = younger_than(30, now)(world.old.folder(INBOX).messages)
    assert 0 < len(shown) < 50
    assert world.run().counts.moved == len(shown)
    # Older mail has lower UIDs: "above the last one" would miss it.
    world.source.options = replace(world.source.options, traits=replace(world.source.options.traits, shows=None))
    record = world.run()
    assert (record.state, record.counts.moved) == (AccountState.DONE, 50)
    assert_moved(world, record)
    # And the window closes: what is not shown any more was moved, and stays at the destination.
    world.source.options = personality(window=younger_than(30, now)).options
    record = world.run()
    assert (record.state, record.counts.moved, record.counts.gone) == (AccountState.DONE, 50, 50 - len(shown))
    assert_moved(world, record)


def test_tencent_tells_roles_by_xlist_and_searches_in_old_mail_only(world_of: WorldOf) -> None:
    world = world_of(tencent(search_finds=lambda message: False), PLAIN)
    world.new.add_folder(("Sent",), special_use="\\Sent")
    put(world.old, ("Sent Messages",), 3)
    put(world.old, ("其他文件夹", "客户"), 5)
    put(world.old, INBOX, 2)
    assert world.run().state is AccountState.DONE
    assert_moved(world, None)
    assert world.source.commands_seen["XLIST"] > 0
    assert not world.new.folder(("其他文件夹",)).selectable
    # Messages that are fetched in another order than they were sent in, and with gaps, still ask for ascending sets.
    for uid in (2, 4):
        world.old.folder(("其他文件夹", "客户")).expunge([uid])
    world.options = Options()
    put(world.old, INBOX, 7, first=START - timedelta(days=90))
    assert world.run().state is AccountState.DONE
    assert world.source.errors_seen == Counter()


def test_tencent_refuses_without_saying_why(world_of: WorldOf) -> None:
    world = world_of(tencent(), PLAIN)
    world.old.password = "another"
    record = world.run()
    assert record.state is AccountState.NEEDS_PASSWORD
    assert record.failure is not None
    assert record.failure.side is Side.SOURCE
    assert needs_password(record.failure.reason)
    assert "Account is abnormal" in record.failure.server_text
    assert world.source.errors_seen == Counter({"NO AUTHENTICATE": 1})


def test_yahoo_shows_the_newest_and_what_it_shows_is_moved(world_of: WorldOf) -> None:
    world = world_of(yahoo(shown=10), PLAIN)
    put(world.old, INBOX, 25)
    record = world.run()
    assert (record.state, record.counts.moved) == (AccountState.DONE, 10)
    # Each new message hides an old one; the old one was moved.
    put(world.old, INBOX, 3, first=START + timedelta(days=90))
    record = world.run()
    assert (record.state, record.counts.moved, record.counts.gone) == (AccountState.DONE, 13, 3)
    shown = newest(13)(world.old.folder(INBOX).messages)
    assert [one.content for one in world.new.folder(INBOX).messages] == [one.content for one in shown]


# -- Gmail


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
    fill(world)
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


# -- Exchange


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
    fill(world)
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
    fill(world)
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
