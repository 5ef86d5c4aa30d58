"""Two servers, the source filled with the small mailbox, and proxies with faults before both."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from mailmove_gui.demo.server import EmbeddedServer
from mailmove_gui.demo.store import Store
from mailmove_gui.domain.reasons import Side
from tests.faults.mailbox import small_mailbox
from tests.faults.moves import Place
from tests.faults.proxy import FaultProxy
from tests.faults.script import NoFaults, Script
from tests.mailboxes.fill import fill
from tests.servers.compare import Snapshot, snapshot
from tests.servers.conftest import Pair
from tests.servers.wire import Wire

_PASSWORD = "pass word"


class Servers(Protocol):
    """Where the mail is, and where it goes."""

    def source(self) -> Place:
        """The one mailbox that everything comes from; empty when it is asked for first."""
        ...

    def new_destination(self) -> Place:
        """An empty mailbox."""
        ...

    def clear(self, destination: Place) -> None:
        """Its mail is not needed any more."""
        ...


class EmbeddedServers:
    """Two embedded servers."""

    def __init__(self, source: EmbeddedServer, destination: EmbeddedServer) -> None:
        self._source = source
        self._destination = destination
        self._numbers = itertools.count(1)
        source.store.add_user("anna", _PASSWORD)

    def source(self) -> Place:
        return Place(self._source.host, self._source.imap_port, "anna", _PASSWORD)

    def new_destination(self) -> Place:
        name = f"anna{next(self._numbers)}"
        self._destination.store.add_user(name, _PASSWORD)
        return Place(self._destination.host, self._destination.imap_port, name, _PASSWORD)

    def clear(self, destination: Place) -> None:
        for folder in self._destination.store.user(destination.user).folders.values():
            folder.expunge([message.uid for message in folder.messages])


class DovecotServers:
    """Two Dovecots."""

    def __init__(self, pair: Pair) -> None:
        self._pair = pair
        self._user = pair.source.new_user(_PASSWORD)

    def source(self) -> Place:
        server = self._pair.source
        return Place(server.host, server.imap_port, self._user.name, self._user.password)

    def new_destination(self) -> Place:
        server = self._pair.destination
        user = server.new_user(_PASSWORD)
        return Place(server.host, server.imap_port, user.name, user.password)

    def clear(self, destination: Place) -> None:
        self._pair.destination.remove_user(destination.user)


@contextmanager
def embedded_servers() -> Iterator[EmbeddedServers]:
    """Two of them, running."""
    with EmbeddedServer(Store()) as source, EmbeddedServer(Store()) as destination:
        yield EmbeddedServers(source, destination)


def look(place: Place) -> Snapshot:
    """What lies in a mailbox, read without the program."""
    return snapshot(place.host, place.port, place.user, place.password)


@dataclass(frozen=True, slots=True)
class Proxied:
    """Servers behind proxies. expected: what lies at the source."""

    servers: Servers
    proxies: dict[Side, FaultProxy]
    expected: Snapshot

    def restart(self, scripts: dict[Side, Script] | None = None) -> None:
        """These faults from now on; none on a side that is not named."""
        for side, proxy in self.proxies.items():
            proxy.script = (scripts or {}).get(side, NoFaults())

    def through(self, side: Side, place: Place) -> Place:
        """The same mailbox, reached through the proxy."""
        return replace(place, port=self.proxies[side].port)

    def catch_up(self) -> None:
        """Wait until the servers have dealt with what clients had sent that are gone."""
        for proxy in self.proxies.values():
            proxy.wait_until_delivered()

    def wait_until_idle(self) -> None:
        """As `catch_up`; and no client is left."""
        for proxy in self.proxies.values():
            proxy.wait_until_idle()


@contextmanager
def proxied(servers: Servers, masked: Collection[str] = ()) -> Iterator[Proxied]:
    """Fill the source, unless it is, and put proxies before both servers.

    masked: capabilities that neither side seems to have.
    """
    source = servers.source()
    expected = look(source)
    if not any(expected.values()):
        with Wire(source.host, source.port) as wire:
            wire.login(source.user, source.password)
            fill(wire, small_mailbox())
        expected = look(source)
    with ExitStack() as stack:
        enter = partial(FaultProxy, hide=masked)
        proxies = {
            side: stack.enter_context(enter(place.host, place.port))
            for side, place in ((Side.SOURCE, source), (Side.DESTINATION, servers.new_destination()))
        }
        yield Proxied(servers, proxies, expected)
