"""TCP connections that can be given up: name resolution and connecting, bounded and cancellable."""

import errno
import queue
import selectors
import socket
import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeAlias

from mailmove_gui.domain.control import CancelToken

_LOOK_EVERY_S = 0.2
_NEXT_ADDRESS_AFTER_S = 0.3
_IN_PROGRESS = frozenset({errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EALREADY, 10035, 10036})
"""What connect answers while it is at it; the numbers are WSAEWOULDBLOCK and WSAEINPROGRESS."""

Address: TypeAlias = tuple[socket.AddressFamily, "tuple[str, int] | tuple[str, int, int, int]"]
Resolver: TypeAlias = Callable[[str, int], Sequence[Address]]


def _nobody_asks(_addresses: Sequence[Address]) -> None:
    """For those who do not care which addresses a name has."""


def resolve(host: str, port: int) -> list[Address]:
    """Addresses of a host in the order in which the system prefers them. Raises gaierror, UnicodeError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(family, address) for family, _, _, _, address in found]  # type: ignore[misc]


def open_socket(
    host: str,
    port: int,
    *,
    timeout_s: float,
    cancel: CancelToken,
    resolver: Resolver = resolve,
    resolved: Callable[[Sequence[Address]], None] = _nobody_asks,
) -> socket.socket:
    """A connected blocking socket with TCP_NODELAY and SO_KEEPALIVE.

    All addresses get their chance: the next one is tried when one fails or has been silent for 0.3 s (RFC 8305).
    `resolved` is told the addresses before the first of them is tried.

    Raises:
        OSError: gaierror, TimeoutError after `timeout_s`, or the first address's error if all failed.
        UnicodeError: `host` cannot be a host name.
        Cancelled: the run was asked to stop; noticed within 0.25 s.
    """
    deadline = time.monotonic() + timeout_s
    addresses = _resolve_within(host, port, deadline, cancel, resolver)
    if not addresses:
        raise socket.gaierror(socket.EAI_NONAME, "no address")
    resolved(addresses)
    sock = _Race(addresses, deadline, cancel).run()
    sock.setblocking(True)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    return sock


def _resolve_within(
    host: str, port: int, deadline: float, cancel: CancelToken, resolver: Resolver
) -> Sequence[Address]:
    """Resolve in a thread of its own, which is left behind if the system's resolver hangs: it cannot be stopped."""
    answer: queue.SimpleQueue[Sequence[Address] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answer.put(resolver(host, port))
        except (OSError, UnicodeError) as error:
            answer.put(error)

    thread = threading.Thread(target=ask, name="resolve", daemon=True)
    thread.start()
    while True:
        cancel.check()
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        try:
            result = answer.get(timeout=min(_LOOK_EVERY_S, left_s))
        except queue.Empty:
            continue
        thread.join()
        if isinstance(result, Exception):
            raise result
        return result


class _Race:
    """Connection attempts to several addresses, a little apart; the first that succeeds wins."""

    def __init__(self, addresses: Sequence[Address], deadline: float, cancel: CancelToken) -> None:
        self._waiting = list(addresses)
        self._deadline = deadline
        self._cancel = cancel
        self._first_error: OSError | None = None
        self._selector = selectors.DefaultSelector()
        self._next_start = 0.0

    def run(self) -> socket.socket:
        winner: socket.socket | None = None
        try:
            while winner is None:
                self._cancel.check()
                now = time.monotonic()
                if now >= self._deadline:
                    raise TimeoutError
                if self._waiting and (now >= self._next_start or not self._selector.get_map()):
                    self._start_next()
                    self._next_start = time.monotonic() + _NEXT_ADDRESS_AFTER_S
                    continue
                if not self._selector.get_map():
                    raise self._first_error or TimeoutError()
                winner = self._look(min(_LOOK_EVERY_S, self._deadline - now))
            return winner
        finally:
            for key in list(self._selector.get_map().values()):
                if key.fileobj is not winner and isinstance(key.fileobj, socket.socket):
                    key.fileobj.close()
            self._selector.close()

    def _start_next(self) -> None:
        family, address = self._waiting.pop(0)
        try:
            sock = socket.socket(family, socket.SOCK_STREAM)
        except OSError as error:
            self._failed(error)
            return
        sock.setblocking(False)
        try:
            code = sock.connect_ex(address)
        except OSError as error:
            sock.close()
            self._failed(error)
            return
        if code and code not in _IN_PROGRESS:
            sock.close()
            self._failed(OSError(code, "connect"))
            return
        self._selector.register(sock, selectors.EVENT_WRITE)

    def _look(self, timeout_s: float) -> socket.socket | None:
        for key, _ in self._selector.select(timeout_s):
            sock = key.fileobj
            assert isinstance(sock, socket.socket)
            code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if code == 0:
                return sock
            self._selector.unregister(sock)
            sock.close()
            self._failed(OSError(code, "connect"))
        return None

    def _failed(self, error: OSError) -> None:
        # A refusal says more than "no route", which IPv6 gives wherever there is none.
        if self._first_error is None or isinstance(error, ConnectionRefusedError):
            self._first_error = error
