"""A day of passes over real sockets: equal at the end, and cheap where nothing happens."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from mailmove_gui.demo import EmbeddedServer, Store
from mailmove_gui.demo import User as EmbeddedUser
from mailmove_gui.domain.endpoints import Endpoint, Security
from mailmove_gui.domain.plan import Account, Mailbox, MigrationPlan, Options
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.domain.states import AccountState
from mailmove_gui.engine.migration import Migration
from mailmove_gui.ledger import create_ledger
from mailmove_gui.mail import ServerGateway
from mailmove_gui.secrets import MemoryStore
from tests.proxies.imap_proxy import ImapProxy
from tests.unit.engine.hours import Hours

FOLDERS = [("INBOX",), *((f"Folder {number}",) for number in range(19))]
EVERY_S = 3600
SEED = 20261124
MOST_A_FOLDER = 3
# What a connection costs before and after its folders: CAPABILITY, login, LIST, LSUB, NAMESPACE, LOGOUT and the like.
MOST_A_CONNECTION = 12
_TIMEOUT_S = 60


@dataclass
class Day:
    """An account of 20 folders that has been moved once, and its two servers behind proxies that count."""

    old: EmbeddedUser
    new: EmbeddedUser
    proxies: dict[Side, ImapProxy]
    clock: Hours
    migration: Migration

    def contents(self, user: EmbeddedUser) -> Counter[tuple[object, ...]]:
        return Counter(
            (path, one.content, one.flags, one.internal_date)
            for path, folder in user.folders.items()
            for one in folder.messages
        )


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    stores = {side: Store() for side in Side}
    users = {side: store.add_user("anna", "pass word") for side, store in stores.items()}
    for path in FOLDERS[1:]:
        users[Side.SOURCE].add_folder(path)
    with ExitStack() as stack:
        servers = {side: stack.enter_context(EmbeddedServer(store)) for side, store in stores.items()}
        proxies = {
            side: stack.enter_context(ImapProxy(server.host, server.imap_port)) for side, server in servers.items()
        }
        mailboxes = {
            side: Mailbox(Endpoint(proxy.host, proxy.port, Security.PLAIN), "anna") for side, proxy in proxies.items()
        }
        account = Account("anna", mailboxes[Side.SOURCE], mailboxes[Side.DESTINATION])
        secrets = MemoryStore()
        for side in Side:
            secrets.put(account.secret_key(side), Secret("pass word"))
        plan = MigrationPlan("day", (account,), Options(pass_every_s=EVERY_S))
        ledger = create_ledger(tmp_path / "day.mailmove", plan)
        stack.callback(ledger.close)
        clock = Hours()
        migration = Migration(ledger, ServerGateway(), secrets, lambda event: None, clock=clock)
        stack.callback(migration.close)
        clock.comes_to_rest = lambda: migration.wait(_TIMEOUT_S)
        for path in FOLDERS:
            deliver(users[Side.SOURCE], path, f"from the beginning in {path[-1]}", clock.now())
        migration.start()
        assert migration.wait(_TIMEOUT_S)
        migration.watch()
        yield Day(users[Side.SOURCE], users[Side.DESTINATION], proxies, clock, migration)


def deliver(user: EmbeddedUser, path: tuple[str, ...], subject: str, now: datetime) -> None:
    name = subject.replace(" ", ".")
    header = f"From: {name}@example.org\r\nSubject: {subject}\r\nMessage-ID: <{name}@example.org>\r\n\r\n"
    user.folder(path).add_message(f"{header}{subject}\r\n".encode(), flags=("\\Seen",), internal_date=now)


def test_a_day_with_random_arrivals_is_equal_at_the_end(day: Day) -> None:
    chance = random.Random(SEED)
    arrived = 0

    def something_arrives() -> None:
        nonlocal arrived
        if chance.random() < 0.1:
            for _ in range(chance.randint(1, 4)):
                arrived += 1
                deliver(day.old, chance.choice(FOLDERS), f"number {arrived}", day.clock.now())

    day.clock.happens = something_arrives
    day.clock.go_on(hours=24)
    day.clock.happens = lambda: None
    day.clock.go_on(seconds=EVERY_S)
    assert arrived > 200
    assert day.contents(day.new) == day.contents(day.old)
    (record,) = day.migration.snapshot()
    assert (record.state, record.counts.moved) == (AccountState.WATCHING, arrived + len(FOLDERS))


def test_an_idle_pass_costs_little(day: Day) -> None:
    day.clock.go_on(seconds=EVERY_S)
    for proxy in day.proxies.values():
        proxy.reset_counts()
    day.clock.go_on(seconds=EVERY_S)
    for side, proxy in day.proxies.items():
        counts = proxy.counts()
        total = sum(counts.commands.values())
        assert counts.connections == 1, side
        assert len(FOLDERS) <= total <= MOST_A_FOLDER * len(FOLDERS) + MOST_A_CONNECTION, (side, counts.commands)
        assert all(number <= len(FOLDERS) for number in counts.commands.values()), (side, counts.commands)
        assert not {"APPEND", "STORE", "UID STORE"} & counts.commands.keys()
