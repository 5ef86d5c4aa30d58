"""An IMAP and POP3 server on 127.0.0.1 over a `Store`, in threads of this process."""

from __future__ import annotations

import selectors
import socket
import ssl
import threading
import time
from collections import Counter
from types import TracebackType
from typing import Self

from mailmove_gui.demo.imap_commands import COMMANDS
from mailmove_gui.demo.imap_session import ImapSession
from mailmove_gui.demo.options import ServerOptions
from mailmove_gui.demo.pop3_session import Pop3Session
from mailmove_gui.demo.state import ServerState
from mailmove_gui.demo.store import Store
from mailmove_gui.demo.wire import Connection, Disconnected

HOST = "127.0.0.1"
STOP_TIMEOUT_S = 2.0

_BACKLOG = 128


class EmbeddedServer:
    """Serves `store` by IMAP, and by POP3 when `pop3_port` is given (0 picks a free port).

    With `tls` (a server-side context) STARTTLS and STLS are offered, and further ports speak TLS from the
    first byte. After `stop` it can be started again and then has the same ports. A context manager.
    """

    def __init__(
        self,
        store: Store,
        options: ServerOptions | None = None,
        *,
        imap_port: int = 0,
        pop3_port: int | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.store = store
        self._state = ServerState(store, options or ServerOptions(), tls)
        self._ports: dict[str, int] = {"imap": imap_port}
        if tls is not None:
            self._ports["imaps"] = 0
        if pop3_port is not None:
            self._ports["pop3"] = pop3_port
            if tls is not None:
                self._ports["pop3s"] = 0
        self._lock = threading.Lock()
        self._sessions: dict[threading.Thread, Connection] = {}
        self._acceptor: threading.Thread | None = None
        self._waker: socket.socket | None = None

    @property
    def options(self) -> ServerOptions:
        """The options in force; assigning others changes running sessions too."""
        return self._state.options

    @options.setter
    def options(self, options: ServerOptions) -> None:
        self._state.options = options

    @property
    def host(self) -> str:
        """The address it listens at."""
        return HOST

    @property
    def imap_port(self) -> int:
        """Port of IMAP in plain text and with STARTTLS."""
        return self._port("imap")

    @property
    def imaps_port(self) -> int:
        """Port of IMAP with TLS from the first byte. RuntimeError without a `tls` context."""
        return self._port("imaps")

    @property
    def pop3_port(self) -> int:
        """Port of POP3 in plain text and with STLS. RuntimeError if POP3 was not asked for."""
        return self._port("pop3")

    @property
    def pop3s_port(self) -> int:
        """Port of POP3 with TLS from the first byte. RuntimeError if POP3 or TLS was not asked for."""
        return self._port("pop3s")

    @property
    def commands_seen(self) -> Counter[str]:
        """How often each command came ("SELECT", "UID FETCH", ...), over all sessions."""
        return Counter(self._state.commands_seen)

    @property
    def errors_seen(self) -> Counter[str]:
        """How often a command was answered NO or BAD ("NO SELECT", "BAD UID FETCH", ...), over all sessions."""
        return Counter(self._state.errors_seen)

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        with self._lock:
            return len(self._sessions)

    def start(self) -> None:
        """Listen. Raises OSError when a port is taken, RuntimeError when already started."""
        if self._acceptor is not None:
            raise RuntimeError("already started")
        self._state.stopping.clear()
        listeners: dict[str, socket.socket] = {}
        try:
            for name, port in self._ports.items():
                listeners[name] = socket.create_server((HOST, port), backlog=_BACKLOG)
        except OSError:
            for listener in listeners.values():
                listener.close()
            raise
        self._ports = {name: listener.getsockname()[1] for name, listener in listeners.items()}
        wake_end, self._waker = socket.socketpair()
        self._acceptor = threading.Thread(
            target=self._accept, args=(listeners, wake_end), name="sample-mail-server", daemon=True
        )
        self._acceptor.start()

    def stop(self) -> None:
        """Stop listening, cut all sessions and join their threads. Does nothing when not started.

        Raises RuntimeError if a thread is still there after `STOP_TIMEOUT_S`.
        """
        if self._acceptor is None or self._waker is None:
            return
        deadline = time.monotonic() + STOP_TIMEOUT_S
        self._state.stopping.set()
        self._waker.close()
        self._acceptor.join(STOP_TIMEOUT_S)
        self._acceptor = self._waker = None
        with self._lock:
            threads = list(self._sessions)
        for thread in threads:
            while thread.is_alive() and time.monotonic() < deadline:
                # Again and again: a socket that is just being wrapped for TLS cannot be reached.
                self.close_sessions()
                thread.join(0.05)
        alive = sum(thread.is_alive() for thread in threads)
        if alive:
            raise RuntimeError(f"{alive} threads of the sample mail server did not end")

    def close_sessions(self) -> None:
        """Cut all connections, as a network that fails; their threads end by themselves."""
        with self._lock:
            connections = list(self._sessions.values())
        for connection in connections:
            connection.shut_down()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _port(self, name: str) -> int:
        if self._acceptor is None and not self._ports.get(name):
            raise RuntimeError("not started")
        if name not in self._ports:
            raise RuntimeError(f"this server does not speak {name}")
        return self._ports[name]

    def _accept(self, listeners: dict[str, socket.socket], wake_end: socket.socket) -> None:
        # One selector instead of blocking accept calls: closing a listener does not wake accept everywhere.
        with selectors.DefaultSelector() as selector:
            selector.register(wake_end, selectors.EVENT_READ, None)
            for name, listener in listeners.items():
                listener.setblocking(False)
                selector.register(listener, selectors.EVENT_READ, name)
            while not self._state.stopping.is_set():
                for key, _ in selector.select():
                    if key.data is not None:
                        self._start_session(listeners[key.data], key.data)
        for sock in (*listeners.values(), wake_end):
            sock.close()

    def _start_session(self, listener: socket.socket, protocol: str) -> None:
        try:
            sock, _ = listener.accept()
        except OSError:
            return  # The client has gone before it was accepted.
        most = self.options.traits.connections_in_all
        if most is not None and self.connections >= most:
            sock.close()
            return
        try:
            connection = Connection(sock, self.options.idle_timeout_s)
        except OSError:
            sock.close()
            return
        thread = threading.Thread(
            target=self._serve, args=(connection, protocol), name=f"sample-mail-{protocol}", daemon=True
        )
        with self._lock:
            self._sessions[thread] = connection
        thread.start()

    def _serve(self, connection: Connection, protocol: str) -> None:
        try:
            if protocol.endswith("s") and self._state.tls is not None:
                connection.start_tls(self._state.tls)
            if protocol.startswith("imap"):
                ImapSession(connection, self._state, COMMANDS).run()
            else:
                Pop3Session(connection, self._state).run()
        except Disconnected:
            pass  # TLS was not agreed on.
        finally:
            connection.close()
            with self._lock:
                self._sessions.pop(threading.current_thread(), None)
