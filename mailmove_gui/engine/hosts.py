"""How many accounts a host takes at once, learned from what it says; shared by all accounts of a migration."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from mailmove_gui.domain.plan import Account
from mailmove_gui.domain.reasons import Side

_ONE_MORE_AFTER_S = 10 * 60.0


@dataclass(frozen=True, slots=True)
class _Lowered:
    """So many accounts had their connections when the host refused another one, at `at_s`."""

    accounts: int
    at_s: float


class Hosts:
    """What is known of the servers of a migration since the program started. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connected: Counter[str] = Counter()
        self._reached: set[str] = set()
        self._lowered: dict[str, _Lowered] = {}

    @contextmanager
    def connected(self, account: Account) -> Iterator[None]:
        """Count an account as connected to its hosts while both of its connections are open."""
        hosts = hosts_of(account)
        with self._lock:
            self._connected.update(hosts)
            self._reached |= hosts
        try:
            yield
        finally:
            with self._lock:
                self._connected.subtract(hosts)

    def were_reached(self, account: Account) -> bool:
        """Whether both hosts have let somebody in before: then what keeps an account out now will pass."""
        with self._lock:
            return hosts_of(account) <= self._reached

    def has_connections(self, account: Account, side: Side) -> bool:
        """Whether other accounts are connected to this account's host, which is not connected itself."""
        with self._lock:
            return self._connected[_host(account, side)] > 0

    def too_many(self, account: Account, side: Side, now_s: float) -> None:
        """The host refused this account for the number of connections: so many as it has are what it takes."""
        host = _host(account, side)
        with self._lock:
            self._lowered[host] = _Lowered(max(1, self._connected[host]), now_s)

    def most_accounts(self, host: str, now_s: float) -> int | None:
        """How many accounts may be at work at a host at once, None if it has not complained.

        After a complaint one more is allowed every ten minutes.
        """
        with self._lock:
            lowered = self._lowered.get(host)
            if lowered is None:
                return None
            return lowered.accounts + int((now_s - lowered.at_s) / _ONE_MORE_AFTER_S)


def hosts_of(account: Account) -> frozenset[str]:
    """The machines an account is connected to."""
    return frozenset(_host(account, side) for side in Side)


def _host(account: Account, side: Side) -> str:
    return account.mailbox(side).endpoint.server
