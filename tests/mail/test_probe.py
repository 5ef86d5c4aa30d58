"""Probing: what a server is without a login, bounded whatever it does."""

from __future__ import annotations

import contextlib
import itertools
import socket
import ssl
import threading
import time

import pytest
import trustme

from mailmove_gui.domain.certificates import CertificatePin
from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.endpoints import Endpoint, MailProtocol, Security
from mailmove_gui.domain.probing import Probe, Stage
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.mail.probe import ImapProber
from tests.mail.raw_server import Behaviour, RawServer
from tests.mail.scripted_server import ScriptedServer
from tests.mail.tls_servers import BAD_CERTIFICATES, HOST, Maker, right

_TIMEOUT_S = 1.0
"""For servers that keep a probe waiting until its time is over."""

_ENCRYPTED = (Security.TLS, Security.STARTTLS)
_BEFORE_TLS = [Stage.NAME, Stage.CONNECT]


def _probe(
    port: int,
    security: Security = Security.PLAIN,
    protocol: MailProtocol = MailProtocol.IMAP,
    *,
    ca_file: str | None = None,
    pins: tuple[CertificatePin, ...] = (),
    timeout_s: float = 10.0,
) -> Probe:
    endpoint = Endpoint(HOST, port, security, protocol)
    return ImapProber(ca_file=ca_file, pins=pins).probe(endpoint, CancelToken(), timeout_s=timeout_s)


def _reason(probe: Probe) -> Reason | None:
    return probe.failure.reason if probe.failure is not None else None


# -- servers as they should be


@pytest.mark.parametrize("security", Security)
def test_an_imap_server(authority: trustme.CA, ca_file: str, security: Security) -> None:
    shown = right(authority)
    with ScriptedServer(
        greeting=b"* OK [CAPABILITY IMAP4rev1] Acme ready\r\n",
        capabilities="IMAP4rev1 starttls ID",
        tls=shown.context if security is Security.TLS else None,
        starttls=shown.context,
    ) as server:
        probe = _probe(server.port, security, ca_file=ca_file)
    assert probe.failure is None
    assert probe.greeting == "[CAPABILITY IMAP4rev1] Acme ready"
    assert probe.capabilities == {"IMAP4REV1", "STARTTLS", "ID"}
    assert {stage.stage for stage in probe.stages} == {Stage.NAME, Stage.CONNECT, Stage.TLS, Stage.GREETING}
    if security is Security.PLAIN:
        assert probe.certificate is None
    else:
        assert probe.certificate is not None
        assert probe.certificate.sha256 == shown.sha256
    assert server.commands[-1] == b"LOGOUT"
    assert not server.sent("LOGIN")
    assert not server.sent("AUTHENTICATE")


class _Pop3:
    """As much POP3 as a probe hears. `commands` is what came."""

    def __init__(self, context: ssl.SSLContext | None, *, implicit: bool, knows_capa: bool = True) -> None:
        self._context = context
        self._implicit = implicit
        self._knows_capa = knows_capa
        self.commands: list[bytes] = []

    def __call__(self, sock: socket.socket, _over: threading.Event) -> None:
        with contextlib.ExitStack() as stack:
            if self._implicit:
                sock = stack.enter_context(self._secure(sock))
            sock.sendall(b"+OK Acme POP3\r\n")
            while True:
                command = self._line(sock)
                self.commands.append(command)
                match command:
                    case b"CAPA" if self._knows_capa:
                        sock.sendall(b"+OK\r\nSTLS\r\nSasl Plain Login\r\n.\r\n")
                    case b"CAPA":
                        sock.sendall(b"-ERR what\r\n")
                    case b"STLS":
                        sock.sendall(b"+OK go\r\n")
                        sock = stack.enter_context(self._secure(sock))
                    case _:
                        sock.sendall(b"+OK bye\r\n")
                        return

    def _secure(self, sock: socket.socket) -> ssl.SSLSocket:
        assert self._context is not None
        return self._context.wrap_socket(sock, server_side=True)

    @staticmethod
    def _line(sock: socket.socket) -> bytes:
        line = b""
        while not line.endswith(b"\n"):
            byte = sock.recv(1)
            if not byte:
                raise ConnectionError
            line += byte
        return line.strip()


@pytest.mark.parametrize("security", Security)
def test_a_pop3_server(authority: trustme.CA, ca_file: str, security: Security) -> None:
    behave = _Pop3(right(authority).context, implicit=security is Security.TLS)
    with RawServer(behave) as server:
        probe = _probe(server.port, security, MailProtocol.POP3, ca_file=ca_file)
    assert probe.failure is None
    assert probe.greeting == "Acme POP3"
    assert probe.capabilities == {"STLS", "SASL PLAIN LOGIN"}
    assert behave.commands[-1] == b"QUIT"
    assert set(behave.commands) <= {b"CAPA", b"STLS", b"QUIT"}


def test_a_pop3_server_without_capa() -> None:
    behave = _Pop3(None, implicit=False, knows_capa=False)
    with RawServer(behave) as server:
        assert _probe(server.port, protocol=MailProtocol.POP3).failure is None
        starttls = _probe(server.port, Security.STARTTLS, MailProtocol.POP3)
    assert _reason(starttls) is Reason.STARTTLS_NOT_OFFERED
    assert starttls.stages[-1].stage is Stage.TLS


# -- certificates


@pytest.mark.parametrize("security", _ENCRYPTED)
@pytest.mark.parametrize(("make", "reason"), BAD_CERTIFICATES)
def test_a_refused_certificate_is_told(
    authority: trustme.CA, ca_file: str, make: Maker, reason: Reason, security: Security
) -> None:
    shown = make(authority)
    tls = shown.context if security is Security.TLS else None
    with ScriptedServer(tls=tls, starttls=shown.context, capabilities="IMAP4rev1 STARTTLS") as server:
        probe = _probe(server.port, security, ca_file=ca_file)
        pin = CertificatePin(HOST, server.port, shown.sha256)
        assert _probe(server.port, security, pins=(pin,)).failure is None
    assert _reason(probe) is reason
    assert probe.certificate is not None
    assert probe.certificate.sha256 == shown.sha256


@pytest.mark.parametrize("security", [Security.PLAIN, Security.STARTTLS])
@pytest.mark.parametrize("protocol", MailProtocol)
def test_tls_on_a_plain_port(authority: trustme.CA, protocol: MailProtocol, security: Security) -> None:
    with ScriptedServer(tls=right(authority).context) as server:
        # Half of it is waited for a greeting.
        probe = _probe(server.port, security, protocol, timeout_s=4.0)
    assert _reason(probe) is Reason.TLS_ON_PLAIN_PORT
    assert probe.stages[-1].stage is Stage.GREETING


@pytest.mark.parametrize("protocol", MailProtocol)
def test_plain_text_on_a_tls_port(protocol: MailProtocol) -> None:
    with ScriptedServer() as server:
        probe = _probe(server.port, Security.TLS, protocol)
    assert _reason(probe) is Reason.PLAIN_ON_TLS_PORT


# -- servers that are none


def _says(text: bytes) -> Behaviour:
    def behave(sock: socket.socket, over: threading.Event) -> None:
        sock.sendall(text)
        over.wait(20)

    return behave


def _http(sock: socket.socket, _over: threading.Event) -> None:
    """Waits to be asked."""
    sock.recv(1000)
    sock.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def _endless_line(sock: socket.socket, over: threading.Event) -> None:
    while not over.is_set():
        sock.sendall(b"* OK " + b"x" * 10_000)


def _endless_answer(sock: socket.socket, over: threading.Event) -> None:
    sock.sendall(b"* OK ready\r\n")
    while not over.is_set():
        sock.sendall(b"* SEARCH 1\r\n" * 1000)


def _endless_capa(sock: socket.socket, over: threading.Event) -> None:
    sock.sendall(b"+OK ready\r\n+OK\r\n")
    while not over.is_set():
        sock.sendall(b"MORE\r\n" * 1000)


def _drips(sock: socket.socket, over: threading.Event) -> None:
    """Never silent for long, and never done."""
    for byte in itertools.cycle(b"*"):
        if over.wait(0.05):
            return
        sock.sendall(bytes([byte]))


def _mute(_sock: socket.socket, over: threading.Event) -> None:
    over.wait(20)


def _hangs_up(_sock: socket.socket, _over: threading.Event) -> None:
    """Closes at once."""


_IMAP, _POP3 = MailProtocol.IMAP, MailProtocol.POP3


@pytest.mark.parametrize(
    ("behave", "protocol", "reason"),
    [
        (_mute, _IMAP, Reason.TIMED_OUT),
        (_mute, _POP3, Reason.TIMED_OUT),
        (_http, _IMAP, Reason.TIMED_OUT),
        (_http, _POP3, Reason.TIMED_OUT),
        (_drips, _IMAP, Reason.TIMED_OUT),
        (_says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), _IMAP, Reason.NOT_A_MAIL_SERVER),
        (_says(b"220 smtp.example ESMTP\r\n"), _IMAP, Reason.NOT_A_MAIL_SERVER),
        (_says(b"220 smtp.example ESMTP\r\n"), _POP3, Reason.NOT_A_MAIL_SERVER),
        (_says(b"+OK POP3\r\n"), _IMAP, Reason.NOT_A_MAIL_SERVER),
        (_says(b"* OK IMAP\r\n"), _POP3, Reason.NOT_A_MAIL_SERVER),
        (_says(b"\r\n"), _IMAP, Reason.NOT_A_MAIL_SERVER),
        (_says(b"* BYE down for maintenance\r\n"), _IMAP, Reason.SERVER_BUSY),
        (_says(b"-ERR [SYS/TEMP] later\r\n"), _POP3, Reason.SERVER_BUSY),
        (_says(b"* OK ready\r\n"), _IMAP, Reason.TIMED_OUT),
        (_endless_line, _IMAP, Reason.NOT_A_MAIL_SERVER),
        (_endless_line, _POP3, Reason.NOT_A_MAIL_SERVER),
        (_endless_answer, _IMAP, Reason.NOT_A_MAIL_SERVER),
        (_endless_capa, _POP3, Reason.NOT_A_MAIL_SERVER),
        (_hangs_up, _IMAP, Reason.CONNECTION_LOST),
    ],
)
def test_what_is_no_mail_server(behave: Behaviour, protocol: MailProtocol, reason: Reason) -> None:
    with RawServer(behave) as server:
        timeout_s = _TIMEOUT_S if reason is Reason.TIMED_OUT else 20.0
        probe = _probe(server.port, protocol=protocol, timeout_s=timeout_s)
    assert _reason(probe) is reason
    assert probe.stages[-1].stage is Stage.GREETING
    assert [stage.stage for stage in probe.stages[:2]] == _BEFORE_TLS
    assert probe.capabilities == frozenset()


@pytest.mark.parametrize("behave", [_mute, _drips])
def test_no_handshake(behave: Behaviour) -> None:
    with RawServer(behave) as server:
        probe = _probe(server.port, Security.TLS, timeout_s=_TIMEOUT_S)
    assert probe.stages[-1].stage is Stage.TLS
    assert _reason(probe) in {Reason.TIMED_OUT, Reason.PLAIN_ON_TLS_PORT}


def test_words_fit_to_be_shown() -> None:
    with RawServer(_says(b"* BYE \x1b[31m\xc3\xa4 " + b"x" * 2000 + b"\r\n")) as server:
        probe = _probe(server.port)
    assert probe.failure is not None
    assert probe.failure.server_text.isprintable()
    assert len(probe.failure.server_text) <= 500


def test_what_came_before_the_handshake_is_not_believed(authority: trustme.CA, ca_file: str) -> None:
    # Whatever tag the next command has, its answer is there already.
    injected = b"TAG OK go\r\n* CAPABILITY IMAP4rev1 INJECTED\r\np1 OK done\r\np2 OK done\r\np3 OK done\r\n"
    context = right(authority).context
    with ScriptedServer({"STARTTLS": injected}, starttls=context, capabilities="IMAP4rev1 STARTTLS") as server:
        probe = _probe(server.port, Security.STARTTLS, ca_file=ca_file)
    assert probe.failure is None
    assert "INJECTED" not in probe.capabilities


@pytest.mark.parametrize("answer", [b"STALL", b"* BYE" + 5000 * b" not yet\r\n*" + b"STALL"], ids=["silent", "endless"])
def test_a_server_that_does_not_say_goodbye_is_left(answer: bytes) -> None:
    with ScriptedServer({"LOGOUT": answer}) as server:
        assert _probe(server.port, timeout_s=4.0).failure is None


# -- stopping


@pytest.mark.parametrize("stop", ["cancel", "abort"])
@pytest.mark.parametrize(
    ("behave", "security"),
    [(_mute, Security.PLAIN), (_mute, Security.TLS), (_drips, Security.PLAIN), (_says(b"* OK hi\r\n"), Security.PLAIN)],
    ids=["greeting", "handshake", "dripping", "capabilities"],
)
def test_a_probe_that_is_stopped(behave: Behaviour, security: Security, stop: str) -> None:
    cancel = CancelToken()
    timer = threading.Timer(0.2, cancel.cancel if stop == "cancel" else cancel.abort)
    timer.start()
    started = time.monotonic()
    with RawServer(behave) as server, pytest.raises(Cancelled):
        ImapProber().probe(Endpoint(HOST, server.port, security), cancel, timeout_s=120.0)
    timer.join()
    assert time.monotonic() - started < 30, "it was stopped, it did not time out"
