"""A TCP proxy before a real IMAP server (without TLS): hides capabilities, delays, counts.

It keeps what a killed client has sent on its way to the server, as networks and servers do: a message may well be
stored a second after the one who sent it has died.
"""

from __future__ import annotations

import selectors
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterable
from types import TracebackType
from typing import Self

from tests.proxies.counts import ProxyCounts, Tally
from tests.proxies.imap_link import FreePassage, Link, Passage, Settings

__all__ = ["ImapProxy", "ProxyCounts"]

_STOP_TIMEOUT_S = 5.0

# After these the proxy could not read along.
_ALWAYS_HIDDEN = ("STARTTLS", "COMPRESS=DEFLATE")


class ImapProxy:
    """Listens on a free port of the loopback interface. A context manager; `host` and `port` are for the client.

    upstream_host, upstream_port: the server's port without TLS. STARTTLS is always hidden.
    hide: capabilities that are taken out of greeting and answers; with UIDPLUS also the codes APPENDUID and COPYUID.
    commit_delay_s: the end of each APPEND is held back so long, and therefore the answer too; all before it is
        delivered as received. If the client dies meanwhile, the end is delivered all the same.
    round_trip_delay_s: added to every round trip, half on each way.
    linger_s: how long the connection to the server stays after a dead client's last byte has been delivered.
    hangs_up: tell the server that the client has gone when its last byte has been delivered, and let it finish; else
        it does not notice before the connection ends.
    buffer_bytes: how much of each direction waits here before the proxy stops reading.
    new_passage: makes what decides over each new connection's traffic; without it all goes through.
    """

    def __init__(
        self,
        upstream_host: str,
        upstream_port: int,
        *,
        hide: Collection[str] = (),
        commit_delay_s: float = 0.0,
        round_trip_delay_s: float = 0.0,
        linger_s: float = 0.2,
        hangs_up: bool = False,
        buffer_bytes: int = 32 * 1024**2,
        new_passage: Callable[[], Passage] = FreePassage,
    ) -> None:
        self._settings = Settings(
            (upstream_host, upstream_port),
            (*hide, *_ALWAYS_HIDDEN),
            commit_delay_s,
            round_trip_delay_s / 2,
            linger_s,
            hangs_up,
            buffer_bytes,
        )
        self._new_passage = new_passage
        self._tally = Tally()
        self._lock = threading.Lock()
        self._links: dict[threading.Thread, Link] = {}
        self._acceptor: threading.Thread | None = None
        self.host = "127.0.0.1"
        self.port = 0

    def start(self) -> Self:
        if self._acceptor is not None:
            raise RuntimeError("this proxy runs already")
        self._listener = socket.create_server((self.host, 0), backlog=100)
        # A client that has gone between being announced and being accepted must not block.
        self._listener.setblocking(False)
        self.port = int(self._listener.getsockname()[1])
        self._stopping, self._stop = socket.socketpair()
        self._acceptor = threading.Thread(target=self._accept, name="imap-proxy")
        self._acceptor.start()
        return self

    def stop(self) -> None:
        """Cuts all connections at once, delivered or not, and ends all threads. Safe to call twice."""
        acceptor, self._acceptor = self._acceptor, None
        if acceptor is None:
            return
        self._stop.close()
        acceptor.join(_STOP_TIMEOUT_S)
        for link in self._links:
            link.join(_STOP_TIMEOUT_S)
        self._listener.close()
        self._stopping.close()
        if any(thread.is_alive() for thread in (acceptor, *self._links)):
            raise RuntimeError("a thread of the proxy does not end")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def counts(self) -> ProxyCounts:
        """What went through since the start or the last `reset_counts`."""
        return self._tally.counts()

    def reset_counts(self) -> None:
        self._tally.reset()

    def wait_until_idle(self, timeout_s: float = 10.0) -> None:
        """Returns when no connection is left: dead clients' data has been delivered. Raises TimeoutError."""
        with self._lock:
            threads = list(self._links)
        _join(threads, timeout_s)

    def wait_until_delivered(self, timeout_s: float = 10.0) -> None:
        """Returns when what gone clients had sent, held back or not, has been delivered and their connections ended.

        With `hangs_up`, the server has then dealt with it. Those of living clients stay. Raises TimeoutError.
        """
        with self._lock:
            orphans = {thread: link for thread, link in self._links.items() if link.is_orphaned}
        for link in orphans.values():
            link.deliver()
        _join(orphans, timeout_s)

    def _accept(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._stopping, selectors.EVENT_READ)
            while True:
                ready = [key.fileobj for key, _ in selector.select()]
                if self._stopping in ready:
                    return
                try:
                    client, _ = self._listener.accept()
                except OSError:
                    continue
                self._tally.add(connections=1)
                link = Link(client, self._settings, self._tally, self._stopping, self._new_passage())
                thread = threading.Thread(target=link.run, name=f"imap-proxy-link-{self.port}")
                thread.start()
                with self._lock:
                    self._links = {old: its for old, its in self._links.items() if old.is_alive()} | {thread: link}


def _join(threads: Iterable[threading.Thread], timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
        if thread.is_alive():
            raise TimeoutError("the proxy still has a connection")
