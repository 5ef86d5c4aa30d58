"""A server that does what a function tells it to, for all that is no IMAP."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

_TIMEOUT_S = 20.0

Behaviour = Callable[[socket.socket, threading.Event], None]
"""Gets the connected socket, and an event that is set when the test is over."""


class RawServer:
    """Listens on the loopback interface. A context manager; `connections` counts those that came."""

    def __init__(self, behave: Behaviour) -> None:
        self._behave = behave
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self._stopping = threading.Event()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.connections = 0

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        self._start(self._accept, "raw-accept")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        for sock in list(self._sockets):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(_TIMEOUT_S)
        for sock in self._sockets:
            sock.close()
        self._listener.close()
        assert not any(thread.is_alive() for thread in self._threads)

    def _start(self, work: Callable[[], None], name: str) -> None:
        thread = threading.Thread(target=work, name=name)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                sock, _ = self._listener.accept()
            except TimeoutError:
                continue
            sock.settimeout(_TIMEOUT_S)
            self.connections += 1
            self._sockets.append(sock)

            def serve(sock: socket.socket = sock) -> None:
                with contextlib.suppress(OSError):
                    self._behave(sock, self._stopping)
                sock.close()

            self._start(serve, "raw-session")
