"""Flags that change at the source follow, where the server tells what has changed and where it has to be asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailmove_gui.domain.states import AccountState
from tests.mailboxes.folders import GeneratedFolder, GeneratedMessage
from tests.proxies.imap_proxy import ImapProxy
from tests.servers.changing import ChangingAccount, OnDovecot, Served, by_hand, look, put
from tests.servers.conftest import Pair
from tests.servers.wire import namespace_of, quoted

pytestmark = pytest.mark.server

INBOX, PROJECTS = ("INBOX",), ("Projects",)
DATE = datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC)


@dataclass
class Watched:
    """An account whose source is reached through a proxy that counts."""

    account: ChangingAccount
    proxy: ImapProxy
    tells_changes: bool


@pytest.fixture(params=[(), ("CONDSTORE", "QRESYNC")], ids=["condstore", "no condstore"])
def watched(request: pytest.FixtureRequest, dovecot_pair: Pair, tmp_path: Path) -> Iterator[Watched]:
    """Three messages in each of two folders, moved."""
    source, destination = dovecot_pair
    with ImapProxy(source.host, source.imap_port, hide=request.param) as proxy:
        old, new = OnDovecot(source, source.new_user()), OnDovecot(destination, destination.new_user())
        old.port = proxy.port
        for path in (INBOX, PROJECTS):
            put(old, GeneratedFolder(path, tuple(message(f"{path[-1]} {n}", n) for n in range(3))))
        account = ChangingAccount(old, new, tmp_path / "state.mailmove")
        assert account.pass_over().state is AccountState.DONE
        yield Watched(account, proxy, tells_changes=not request.param)


def message(subject: str, number: int) -> GeneratedMessage:
    name = subject.replace(" ", ".")
    body = f"From: {name}@example.org\r\nSubject: {subject}\r\nMessage-ID: <{name}@example.org>\r\n\r\nText\r\n"
    return GeneratedMessage(body.encode(), ("\\Answered",), DATE + timedelta(days=number))


def flag(served: Served, subject: str, change: str) -> None:
    """What the user's own mail program does."""
    path, uid = next((path, one.uid) for path, facts in look(served).items() for one in facts if one.subject == subject)
    with by_hand(served) as wire:
        wire.run(b"SELECT", quoted(namespace_of(wire).name_of(path)))
        wire.run(b"UID STORE", b"%d" % uid, change.encode())


def flags(served: Served, path: tuple[str, ...]) -> dict[str, set[str]]:
    return {fact.subject: set(fact.flags) for fact in look(served)[path]}


def test_flags_follow_and_what_the_destination_changed_stays(watched: Watched) -> None:
    account = watched.account
    flag(account.old, "INBOX 0", "+FLAGS (\\Seen \\Flagged $Forwarded)")
    flag(account.old, "INBOX 1", "-FLAGS (\\Answered)")
    flag(account.old, "Projects 2", "+FLAGS (\\Deleted)")
    flag(account.new, "INBOX 0", "-FLAGS (\\Answered)")
    flag(account.new, "INBOX 2", "FLAGS (\\Draft)")
    assert account.pass_over().state is AccountState.DONE
    assert flags(account.new, INBOX) == {
        "INBOX 0": {"\\Seen", "\\Flagged", "$Forwarded"},
        "INBOX 1": set(),
        "INBOX 2": {"\\Draft"},
    }
    assert flags(account.new, PROJECTS)["Projects 2"] == {"\\Answered", "\\Deleted"}


def test_a_pass_in_which_nothing_changed_is_cheap(watched: Watched) -> None:
    account = watched.account
    flag(account.old, "INBOX 1", "+FLAGS (\\Seen)")
    account.pass_over()
    folders = len(look(account.old))
    watched.proxy.reset_counts()
    account.pass_over()
    commands = watched.proxy.counts().commands
    asked = 0 if watched.tells_changes else 2
    assert [commands.get(verb, 0) for verb in ("STATUS", "EXAMINE", "UID FETCH")] == [folders, asked, asked]
    assert not {"SELECT", "FETCH", "STORE", "UID STORE"} & commands.keys()
