"""A name server on the loopback interface: real UDP and TCP, answers from a zone."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

Zone = Mapping[tuple[str, str], Sequence[str]]
"""(name without final dot, type) -> records as they stand in a zone file."""

_POLL_S = 0.05


class NameServer:
    """Answers from a zone; a context manager.

    `broken` names get SERVFAIL, `silent` ones no answer, as does everything if `mute`. `delay_s` is waited before each
    answer. With `by_tcp_only` every answer over UDP is cut short; a `lame` server knows nothing of its own and says so.
    Records live for `ttl_s`. `questions` is what was asked, as (name, type),
    `recursion_wanted` whether any of them asked for recursion.
    """

    def __init__(
        self,
        zone: Zone | None = None,
        *,
        broken: Sequence[str] = (),
        silent: Sequence[str] = (),
        mute: bool = False,
        delay_s: float = 0.0,
        by_tcp_only: bool = False,
        lame: bool = False,
        ttl_s: int = 60,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.zone = {(name.lower(), kind): records for (name, kind), records in (zone or {}).items()}
        self._broken = {name.lower() for name in broken}
        self._silent = {name.lower() for name in silent}
        self._mute = mute
        self._delay_s = delay_s
        self._by_tcp_only = by_tcp_only
        self._lame = lame
        self._ttl_s = ttl_s
        self._udp, self._tcp = _pair(host, port)
        self.port = int(self._udp.getsockname()[1])
        self._udp.settimeout(_POLL_S)
        self._tcp.settimeout(_POLL_S)
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._serve_udp), threading.Thread(target=self._serve_tcp)]
        self.questions: list[tuple[str, str]] = []
        self.recursion_wanted = False

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        self._udp.close()
        self._tcp.close()

    def _serve_udp(self) -> None:
        late: list[tuple[float, bytes, tuple[str, int]]] = []
        while not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                question, sender = self._udp.recvfrom(4096)
                answer = self._answer(question, udp=True)
                if answer is not None:
                    late.append((time.monotonic() + self._delay_s, answer, sender))
            for item in [item for item in late if item[0] <= time.monotonic()]:
                late.remove(item)
                self._udp.sendto(item[1], item[2])

    def _serve_tcp(self) -> None:
        while not self._stopping.is_set():
            with contextlib.suppress(OSError, struct.error):
                connection, _ = self._tcp.accept()
                with connection:
                    connection.settimeout(2)
                    (length,) = struct.unpack("!H", connection.recv(2))
                    answer = self._answer(connection.recv(length), udp=False)
                    if answer is not None:
                        connection.sendall(struct.pack("!H", len(answer)) + answer)

    def _answer(self, wire: bytes, *, udp: bool) -> bytes | None:
        question = dns.message.from_wire(wire)
        name = question.question[0].name
        text = name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.question[0].rdtype)
        self.questions.append((text, kind))
        self.recursion_wanted = self.recursion_wanted or bool(question.flags & dns.flags.RD)
        if self._mute or text in self._silent:
            return None
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.RA if self._lame else dns.flags.RA | dns.flags.AA
        records = self.zone.get((text, kind))
        if text in self._broken:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif udp and self._by_tcp_only:
            answer.flags |= dns.flags.TC
        elif records:
            answer.answer.append(dns.rrset.from_text(name, self._ttl_s, "IN", kind, *records))
        elif alias := self.zone.get((text, "CNAME")):
            answer.answer.append(dns.rrset.from_text(name, self._ttl_s, "IN", "CNAME", *alias))
        elif not any(known == text or known.endswith(f".{text}") for known, _ in self.zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer.to_wire()


def _pair(host: str, port: int) -> tuple[socket.socket, socket.socket]:
    """Sockets for UDP and TCP with the same port; OSError if a certain port is taken."""
    for last_try in (*[False] * 20, True):
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            udp.bind((host, port))
            return udp, socket.create_server((host, udp.getsockname()[1]))
        except OSError:
            udp.close()
            # One that is free for UDP may be taken for TCP by any program on this machine.
            if port or last_try:
                raise
    raise AssertionError("the last try returns or raises")
