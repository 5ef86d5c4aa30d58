"""One connection through the proxy."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from tests.proxies.counts import Tally
from tests.proxies.imap_streams import ClientPiece, ClientStream, ServerPiece, ServerStream

_CHUNK_BYTES = 1 << 18
_CONNECT_TIMEOUT_S = 10.0
_LOOK_EVERY_S = 0.01


@dataclass(frozen=True, slots=True)
class Settings:
    """See `ImapProxy`."""

    upstream: tuple[str, int]
    hidden_capabilities: Collection[str]
    commit_delay_s: float
    half_round_trip_s: float
    linger_s: float
    hangs_up: bool
    buffer_bytes: int


class Passage(Protocol):
    """Decides what becomes of what comes through one connection, in that connection's thread."""

    def from_client(self, piece: ClientPiece, link: Link) -> None:
        """The client has sent it."""
        ...

    def from_server(self, piece: ServerPiece, link: Link) -> None:
        """The server has sent it."""
        ...


class FreePassage:
    """A Passage that lets everything through."""

    def from_client(self, piece: ClientPiece, link: Link) -> None:
        link.pass_to_server(piece)

    def from_server(self, piece: ServerPiece, link: Link) -> None:
        link.pass_to_client(piece)


class _Way:
    """One direction: what has been received and when it is due at the other end."""

    def __init__(self, target: socket.socket) -> None:
        self.target = target
        self.size_bytes = 0
        self._queue: deque[tuple[float, bytes]] = deque()
        self._last_due = 0.0
        self._portion_bytes = 0
        self._pause_s = 0.0

    def put(self, data: bytes, due: float) -> None:
        if not data:
            return
        self.size_bytes += len(data)
        portion_bytes = self._portion_bytes or len(data)
        for start in range(0, len(data), portion_bytes):
            # What comes later never overtakes.
            self._last_due = max(self._last_due + self._pause_s, due)
            self._queue.append((self._last_due, data[start : start + portion_bytes]))

    def stall(self, until: float) -> None:
        """What is put from here on is not due before."""
        self._last_due = max(self._last_due, until)

    def trickle(self, portion_bytes: int, pause_s: float) -> None:
        """What is put from here on goes in small portions."""
        self._portion_bytes, self._pause_s = portion_bytes, pause_s

    def next_due(self) -> float | None:
        return self._queue[0][0] if self._queue else None

    def send(self) -> int:
        """Sends what is due and fits. Raises OSError if the other end has gone."""
        if not self._queue:
            # Dropped since the socket was seen to be ready: the other end has gone in the same moment.
            return 0
        due, data = self._queue.popleft()
        try:
            sent = self.target.send(data)
        except BlockingIOError:
            sent = 0
        if sent < len(data):
            self._queue.appendleft((due, data[sent:]))
        self.size_bytes -= sent
        return sent

    def drop(self) -> None:
        self._queue.clear()
        self.size_bytes = 0

    def drop_stalled(self) -> None:
        """What would be due never."""
        while self._queue and self._queue[-1][0] == float("inf"):
            self.size_bytes -= len(self._queue.pop()[1])


class Link:
    """One client's connection and the one to the server that belongs to it, both served by one thread.

    The methods in the middle are for its `Passage`.
    """

    def __init__(
        self, client: socket.socket, settings: Settings, tally: Tally, stopping: socket.socket, passage: Passage
    ) -> None:
        self._client = client
        self._settings = settings
        self._tally = tally
        self._stopping = stopping
        self._passage = passage
        self._from_client = ClientStream()
        self._from_server = ServerStream(settings.hidden_capabilities)
        self._appends: dict[bytes, int] = {}
        self._client_open = True
        self._server_open = True
        self._leaving = False
        self._may_deliver = threading.Event()
        self._may_deliver.set()

    @property
    def is_orphaned(self) -> bool:
        """Whether its client has gone."""
        return not self._client_open

    def run(self) -> None:
        with contextlib.ExitStack() as stack:
            client = stack.enter_context(self._client)
            try:
                server = stack.enter_context(socket.create_connection(self._settings.upstream, _CONNECT_TIMEOUT_S))
            except OSError:
                # The client sees a connection that ends without a greeting, as behind a real load balancer.
                return
            for end in (client, server):
                end.setblocking(False)
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._up, self._down = _Way(server), _Way(client)
            self._pump(stack.enter_context(selectors.DefaultSelector()))

    # -- for a Passage

    def pass_to_server(self, piece: ClientPiece, start: int = 0) -> None:
        """Send the piece from byte `start` on, and count it."""
        if piece.ends:
            self._tally.command(piece.command)
            if piece.command.messages:
                self._appends[piece.command.tag] = piece.command.messages
        data = piece.data[start:]
        if not piece.is_append_end:
            self.send_to_server(data)
            return
        # Without its line feed nothing is stored.
        self.send_to_server(data[:-1])
        self.send_to_server(data[-1:], delay_s=self._settings.commit_delay_s)

    def send_to_server(self, data: bytes, *, delay_s: float = 0.0) -> None:
        self._up.put(data, time.monotonic() + self._settings.half_round_trip_s + delay_s)

    def pass_to_client(self, piece: ServerPiece, start: int = 0) -> None:
        """Send the piece from byte `start` on, and count it."""
        if piece.tagged is not None:
            messages = self._appends.pop(piece.tagged.tag, 0)
            if piece.tagged.status == b"OK":
                self._tally.add(messages_confirmed=messages)
            else:
                self.refused(piece.tagged.tag)
        self.send_to_client(piece.data[start:])

    def send_to_client(self, data: bytes) -> None:
        if self._client_open and not self._leaving:
            self._down.put(data, time.monotonic() + self._settings.half_round_trip_s)

    def refused(self, tag: bytes) -> None:
        """The command was answered NO or BAD: its literals will not come if they wait to be asked for."""
        self._from_client.refused(tag)

    def cut(self, *, hold: bool = False) -> None:
        """The client is gone at once, and what is on its way to it lost; what it has sent is delivered.

        hold: but only when `deliver` is called.
        """
        if hold:
            self._may_deliver.clear()
        self._down.drop()
        self._leaving = True

    def hang_up(self) -> None:
        """Cut as soon as the client has got what is on its way to it."""
        self._leaving = True

    def stall(self, seconds: float) -> None:
        """Nothing that comes from here on goes on before; infinity is never."""
        until = time.monotonic() + seconds
        self._up.stall(until)
        self._down.stall(until)

    def trickle(self, portion_bytes: int, pause_s: float) -> None:
        """What comes from here on goes on in small portions with pauses between."""
        self._up.trickle(portion_bytes, pause_s)
        self._down.trickle(portion_bytes, pause_s)

    # -- for the proxy, from other threads

    def deliver(self) -> None:
        """Do not hold back any longer what a gone client has sent."""
        self._may_deliver.set()

    # -- the pump

    def _pump(self, selector: selectors.BaseSelector) -> None:
        client, server = self._down.target, self._up.target
        selector.register(self._stopping, selectors.EVENT_READ)
        linger_until: float | None = None
        while True:
            if self._leaving and self._client_open and self._down.next_due() is None:
                _watch(selector, client, 0)
                self._end_client()
            if not self._client_open:
                self._up.drop_stalled()
                if self._up.next_due() is None and self._may_deliver.is_set() and linger_until is None:
                    linger_until = time.monotonic() + self._settings.linger_s
                    if self._settings.hangs_up:
                        with contextlib.suppress(OSError):
                            server.shutdown(socket.SHUT_WR)
            if not self._server_open and self._down.next_due() is None:
                return
            now = time.monotonic()
            if linger_until is not None and now >= linger_until:
                return
            if self._watch_both(selector, now, linger_until):
                return

    def _watch_both(self, selector: selectors.BaseSelector, now: float, linger_until: float | None) -> bool:
        """Wait for whatever comes next and serve it; True when the proxy is being stopped."""
        client, server = self._down.target, self._up.target
        waits = [linger_until] if linger_until is not None else []
        is_held = not self._may_deliver.is_set()
        if is_held:
            waits.append(now + _LOOK_EVERY_S)
        ends = [(server, self._down, self._up, self._server_open)]
        if self._client_open:
            ends.append((client, self._up, self._down, not self._leaving))
        for end, way_in, way_out, is_open in ends:
            due = None if way_out is self._up and is_held else way_out.next_due()
            events = 0
            if is_open and way_in.size_bytes < self._settings.buffer_bytes:
                events |= selectors.EVENT_READ
            if due is not None and due <= now:
                events |= selectors.EVENT_WRITE
            elif due is not None:
                waits.append(due)
            _watch(selector, end, events)
        timeout_s = max(0.0, min(waits) - now) if waits else float("inf")
        for key, events in selector.select(timeout_s if timeout_s < float("inf") else None):
            if key.fileobj is self._stopping:
                return True
            if key.fileobj is client:
                self._serve_client(selector, events)
            else:
                self._serve_server(events)
        return False

    def _end_client(self) -> None:
        self._client_open = False
        self._down.drop()
        self._client.close()

    def _serve_client(self, selector: selectors.BaseSelector, events: int) -> None:
        data: bytes | None = None
        if events & selectors.EVENT_WRITE:
            try:
                self._tally.add(bytes_to_client=self._down.send())
            except OSError:
                data = b""
        if data is None and events & selectors.EVENT_READ:
            data = _received(self._client)
        if data == b"":
            self.send_to_server(self._from_client.rest())
            _watch(selector, self._client, 0)
            self._end_client()
        for piece in self._from_client.feed(data or b""):
            self._passage.from_client(piece, self)
            if self._leaving:
                return

    def _serve_server(self, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            try:
                self._tally.add(bytes_to_server=self._up.send())
            except OSError:
                self._up.drop()
                self._server_open = False
        if events & selectors.EVENT_READ and self._server_open:
            data = _received(self._up.target)
            for piece in self._from_server.feed(data):
                if self._client_open and not self._leaving:
                    self._passage.from_server(piece, self)
                else:
                    self.pass_to_client(piece)
            if not data:
                self._server_open = False
                self.send_to_client(self._from_server.rest())


def _watch(selector: selectors.BaseSelector, end: socket.socket, events: int) -> None:
    is_known = end in selector.get_map()
    if events and is_known:
        selector.modify(end, events)
    elif events:
        selector.register(end, events)
    elif is_known:
        selector.unregister(end)


def _received(end: socket.socket) -> bytes:
    """What has come; empty if the other end has gone, in whatever way."""
    try:
        return end.recv(_CHUNK_BYTES)
    except OSError:
        return b""
