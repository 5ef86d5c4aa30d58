"""An IMAP server that says what a test tells it to say."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

_LITERAL = re.compile(rb"\{(\d+)(\+?)\}$")
_TIMEOUT_S = 20.0

Reply = bytes | Callable[[bytes], bytes]
Rules = Mapping[str, Reply | Sequence[Reply]]
"""Regular expression for the start of a command (without tag, ignoring case) -> answer.

`TAG` in an answer becomes the command's tag, `CUT` at its end closes the connection, `STALL` says nothing more. Of a
list each answer is given once and the last one from then on.
"""


class ScriptedServer:
    """Listens on the loopback interface. A context manager; `commands` is what clients sent, literals in place.

    `tags` are those of the commands, `received` is every byte that came, decrypted. Another `tls` or `starttls` holds
    from the next connection on.
    """

    def __init__(
        self,
        rules: Rules | None = None,
        *,
        greeting: bytes = b"* OK ready\r\n",
        capabilities: str = "IMAP4rev1 AUTH=PLAIN SASL-IR",
        tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
        refuse_literal: Callable[[bytes], bytes | None] = lambda command: None,
        mute: bool = False,
    ) -> None:
        base: dict[str, Reply | Sequence[Reply]] = {
            "CAPABILITY": b"* CAPABILITY %s\r\nTAG OK done\r\n" % capabilities.encode(),
            "(AUTHENTICATE|LOGIN)": b"TAG OK welcome\r\n",
            "LOGOUT": b"* BYE see you\r\nTAG OK done\r\n",
            'LIST "" ""': b'* LIST (\\Noselect) "/" ""\r\nTAG OK done\r\n',
            "LIST": b'* LIST () "/" INBOX\r\nTAG OK done\r\n',
            "LSUB|NOOP|ID|STARTTLS": b"TAG OK done\r\n",
        }
        self._rules = {**(rules or {}), **{key: value for key, value in base.items() if key not in (rules or {})}}
        self._greeting = greeting
        self.tls = tls
        self.starttls = starttls
        self._refuse_literal = refuse_literal
        self._mute = mute
        self._used: dict[str, int] = {}
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self._stopping = threading.Event()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.commands: list[bytes] = []
        self.tags: list[bytes] = []
        self.received = bytearray()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def sent(self, start: str) -> list[bytes]:
        """The commands that begin so."""
        return [command for command in self.commands if command.startswith(start.encode())]

    def __enter__(self) -> Self:
        thread = threading.Thread(target=self._accept, name="scripted-accept")
        self._threads.append(thread)
        thread.start()
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

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                sock, _ = self._listener.accept()
            except TimeoutError:
                continue
            sock.settimeout(_TIMEOUT_S)
            self._sockets.append(sock)
            thread = threading.Thread(target=self._serve, args=(sock,), name="scripted-session")
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError, ssl.SSLError, EOFError, ValueError):
            try:
                if self._mute:
                    self._stopping.wait(_TIMEOUT_S)
                    return
                if self.tls is not None:
                    sock = self._secure(sock, self.tls)
                self._converse(sock)
            finally:
                sock.close()

    def _secure(self, sock: socket.socket, context: ssl.SSLContext) -> socket.socket:
        secure = context.wrap_socket(sock, server_side=True)
        self._sockets.append(secure)
        return secure

    def _converse(self, sock: socket.socket) -> None:
        file = sock.makefile("rb")
        sock.sendall(self._greeting.removesuffix(b"CUT"))
        if self._greeting.endswith(b"CUT"):
            file.close()
            return
        while True:
            line = file.readline()
            self.received += line
            if not line.endswith(b"\r\n"):
                raise EOFError
            tag, _, command = line[:-2].partition(b" ")
            refused = False
            while match := _LITERAL.search(command):
                if not match[2]:
                    refusal = self._refuse_literal(command)
                    if refusal is not None:
                        sock.sendall(refusal.replace(b"TAG", tag))
                        refused = True
                        break
                    sock.sendall(b"+ go on\r\n")
                more = file.read(int(match[1])) + file.readline()
                self.received += more
                command += b"\r\n" + more[:-2]
            if command.upper() == b"AUTHENTICATE PLAIN":
                sock.sendall(b"+ \r\n")
                more = file.readline()
                self.received += more
                command += b"\r\n" + more[:-2]
            self.commands.append(command)
            self.tags.append(tag)
            if refused:
                continue
            reply = self._reply(command)
            sock.sendall(reply.removesuffix(b"CUT").removesuffix(b"STALL").replace(b"TAG", tag))
            if reply.endswith(b"CUT"):
                file.close()
                return
            if reply.endswith(b"STALL"):
                self._stopping.wait(_TIMEOUT_S)
                return
            if command == b"STARTTLS" and self.starttls is not None:
                file.close()
                sock = self._secure(sock, self.starttls)
                file = sock.makefile("rb")

    def _reply(self, command: bytes) -> bytes:
        for pattern, replies in self._rules.items():
            if not re.match(pattern.encode(), command, re.IGNORECASE | re.DOTALL):
                continue
            if isinstance(replies, Sequence) and not isinstance(replies, bytes):
                used = self._used.get(pattern, 0)
                self._used[pattern] = used + 1
                reply = replies[min(used, len(replies) - 1)]
            else:
                reply = replies
            return reply(command) if callable(reply) else reply
        return b"TAG BAD what?\r\n"
