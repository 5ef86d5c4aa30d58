"""A whole migration from, and to, servers with the manners of real providers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from mailmove_gui.demo.folder import Path as FolderPath
from mailmove_gui.demo.personalities import (
    Personality,
    courier,
    exchange,
    gmail,
    netease,
    newest,
    tencent,
    yahoo,
    younger_than,
)
from mailmove_gui.domain.plan import Options
from mailmove_gui.domain.reasons import Side, needs_password
from mailmove_gui.domain.states import AccountState
from tests.personalities.conftest import World, contents
from tests.personalities.letters import INBOX, PLAIN, START, fill, put
from tests.servers.compare import assert_equal_mailboxes, multiset_of_hashes
from tests.unit.engine.fake_mail import mail

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
    fill(world.old)
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
    fill(world.old)
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
        fill(world.old)
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
    fill(world.old)
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
