"""One connection through the proxy."""

from __future__ import annotations

import contextlib
import selectors
import socket
import time
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass

from tests.proxies.counts import Tally
from tests.proxies.imap_streams import ClientStream, Command, Piece, ServerStream, TaggedAnswer

_CHUNK_BYTES = 1 << 18
_CONNECT_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Settings:
    upstream: tuple[str, int]
    hidden_capabilities: Collection[str]
    commit_delay_s: float
    half_round_trip_s: float
    linger_s: float
    buffer_bytes: int


class _Way:
    """One direction: what has been received and when it is due at the other end."""

    def __init__(self, target: socket.socket) -> None:
        self.target = target
        self.size_bytes = 0
        self._queue: deque[tuple[float, bytes]] = deque()
        self._last_due = 0.0

    def put(self, data: bytes, due: float) -> None:
        if not data:
            return
        # What comes later never overtakes.
        self._last_due = max(self._last_due, due)
        self._queue.append((self._last_due, data))
        self.size_bytes += len(data)

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


class Link:
    """One client's connection and the one to the server that belongs to it, both served by one thread."""

    def __init__(self, client: socket.socket, settings: Settings, tally: Tally, stopping: socket.socket) -> None:
        self._client = client
        self._settings = settings
        self._tally = tally
        self._stopping = stopping
        self._from_client = ClientStream()
        self._from_server = ServerStream(settings.hidden_capabilities)
        self._appends: dict[bytes, int] = {}
        self._client_open = True
        self._server_open = True

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
            self._pump(_Way(server), _Way(client), stack.enter_context(selectors.DefaultSelector()))

    def _pump(self, up: _Way, down: _Way, selector: selectors.BaseSelector) -> None:
        client, server = down.target, up.target
        selector.register(self._stopping, selectors.EVENT_READ)
        linger_until: float | None = None
        while True:
            if not self._client_open and up.next_due() is None and linger_until is None:
                linger_until = time.monotonic() + self._settings.linger_s
            if not self._server_open and down.next_due() is None:
                return
            now = time.monotonic()
            if linger_until is not None and now >= linger_until:
                return
            waits = [linger_until] if linger_until is not None else []
            for end, way_in, way_out, is_open in (
                (client, up, down, self._client_open),
                (server, down, up, self._server_open),
            ):
                due = way_out.next_due()
                events = 0
                if is_open and way_in.size_bytes < self._settings.buffer_bytes:
                    events |= selectors.EVENT_READ
                if due is not None and due <= now:
                    events |= selectors.EVENT_WRITE
                elif due is not None:
                    waits.append(due)
                _watch(selector, end, events)
            ready = selector.select(max(0.0, min(waits) - now) if waits else None)
            for key, events in ready:
                if key.fileobj is self._stopping:
                    return
                if key.fileobj is client:
                    self._serve_client(up, down, events)
                else:
                    self._serve_server(up, down, events)

    def _serve_client(self, up: _Way, down: _Way, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            try:
                self._tally.add(bytes_to_client=down.send())
            except OSError:
                self._client_open = False
                down.drop()
        if events & selectors.EVENT_READ and self._client_open:
            data = _received(down.target)
            if not data:
                self._client_open = False
            arrival = time.monotonic() + self._settings.half_round_trip_s
            for item in self._from_client.feed(data):
                match item:
                    case Piece():
                        up.put(item.data, arrival + (self._settings.commit_delay_s if item.is_append_end else 0.0))
                    case Command():
                        self._tally.command(item)
                        if item.messages:
                            self._appends[item.tag] = item.messages

    def _serve_server(self, up: _Way, down: _Way, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            try:
                self._tally.add(bytes_to_server=up.send())
            except OSError:
                up.drop()
                self._server_open = False
        if events & selectors.EVENT_READ and self._server_open:
            data = _received(up.target)
            passed_on = []
            for item in self._from_server.feed(data):
                match item:
                    case bytes():
                        passed_on.append(item)
                    case TaggedAnswer():
                        messages = self._appends.pop(item.tag, 0)
                        if item.status == b"OK":
                            self._tally.add(messages_confirmed=messages)
                        else:
                            self._from_client.refused(item.tag)
            if not data:
                self._server_open = False
                passed_on.append(self._from_server.rest())
            down.put(b"".join(passed_on), time.monotonic() + self._settings.half_round_trip_s)
        if not self._client_open:
            down.drop()


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
        data = end.recv(_CHUNK_BYTES)
        # Courier holds its next words back until these are acknowledged, which otherwise takes 40 ms.
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        return data
    except OSError:
        return b""
