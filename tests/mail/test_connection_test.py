"""The connection test: each step by its name, each way to fail by its own sentence, no password before its turn."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
import trustme

from mailmove_gui.demo import EmbeddedServer, NewMessage, ServerOptions, Store
from mailmove_gui.domain.certificates import CertificatePin
from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.endpoints import Endpoint, MailProtocol, Security
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.plan import Mailbox, Options
from mailmove_gui.domain.probing import Stage, StageResult, pin_for
from mailmove_gui.domain.problems import InvalidInput
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.mail.connection_test import ServerTester
from mailmove_gui.texts.probing import failure_sentence
from tests.mail.opening import PASSWORD
from tests.mail.scripted_server import ScriptedServer
from tests.mail.tls_servers import BAD_CERTIFICATES, HOST, Maker, old_tls_only, right, self_signed

_CAPABILITIES = "IMAP4rev1 STARTTLS"
_EXAMINE = {
    "EXAMINE": b"* 12 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT 13] x\r\nTAG OK [READ-ONLY] done\r\n",
}
_ORDER = {
    Security.TLS: [Stage.NAME, Stage.CONNECT, Stage.TLS, Stage.GREETING, Stage.LOGIN, Stage.FOLDERS],
    Security.PLAIN: [Stage.NAME, Stage.CONNECT, Stage.TLS, Stage.GREETING, Stage.LOGIN, Stage.FOLDERS],
    Security.STARTTLS: [Stage.NAME, Stage.CONNECT, Stage.GREETING, Stage.TLS, Stage.LOGIN, Stage.FOLDERS],
}


def _test(
    endpoint: Endpoint, options: Options | None = None, *, timeout_s: float = 5.0, password: str = PASSWORD
) -> list[StageResult]:
    results: list[StageResult] = []
    ServerTester(timeout_s=timeout_s).test(
        Mailbox(endpoint, "alice"),
        Secret(password),
        Side.SOURCE,
        options or Options(),
        results.append,
        CancelToken(),
    )
    return results


def _reason(result: StageResult) -> Reason:
    assert result.failure is not None
    assert result.failure.side is Side.SOURCE
    return result.failure.reason


def _stages(results: list[StageResult]) -> list[Stage]:
    return [result.stage for result in results]


def _passed_all_but_the_last(results: list[StageResult]) -> bool:
    return all(result.passed for result in results[:-1]) and not results[-1].passed


# -- what works


@pytest.mark.parametrize("security", Security)
def test_every_step_is_told_with_what_was_seen(authority: trustme.CA, ca_file: str, security: Security) -> None:
    shown = right(authority)
    with ScriptedServer(
        _EXAMINE,
        greeting=b"* OK [ALERT] Mail of   Acme\r\n",
        capabilities=_CAPABILITIES,
        tls=shown.context if security is Security.TLS else None,
        starttls=shown.context,
    ) as server:
        results = _test(Endpoint(HOST, server.port, security), Options(ca_file=ca_file))
    assert all(result.passed for result in results)
    assert _stages(results) == _ORDER[security]
    seen = {result.stage: result for result in results}
    assert seen[Stage.NAME].detail == HOST
    assert seen[Stage.CONNECT].detail.startswith(HOST)
    assert seen[Stage.GREETING].detail == "Mail of Acme"
    assert seen[Stage.FOLDERS].detail == "1 folder, 12 messages in the inbox"
    certificate = seen[Stage.TLS].certificate
    if security is Security.PLAIN:
        assert certificate is None
        assert seen[Stage.TLS].detail == "not encrypted"
    else:
        assert certificate is not None
        assert certificate.sha256 == shown.sha256
        assert certificate.names == (HOST,)
        assert seen[Stage.TLS].detail.startswith("TLSv1.3, ")
    assert server.commands[-1] == b"LOGOUT"


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_certificate_shown_can_be_pinned_and_then_works(authority: trustme.CA, security: Security) -> None:
    context = self_signed(authority).context
    with ScriptedServer(
        _EXAMINE,
        capabilities=_CAPABILITIES,
        tls=context if security is Security.TLS else None,
        starttls=context,
    ) as server:
        endpoint = Endpoint(HOST, server.port, security)
        refused = _test(endpoint)[-1]
        assert refused.certificate is not None
        results = _test(endpoint, Options(pins=(pin_for(endpoint, refused.certificate),)))
    assert all(result.passed for result in results)
    assert _stages(results) == _ORDER[security]
    assert next(result for result in results if result.stage is Stage.TLS).certificate == refused.certificate


def test_a_certificate_that_became_right_passes_every_step_once(authority: trustme.CA, ca_file: str) -> None:
    shown = right(authority)
    with ScriptedServer(_EXAMINE, capabilities=_CAPABILITIES, starttls=shown.context) as server:
        old = CertificatePin(HOST, server.port, "ab" * 32)
        results = _test(Endpoint(HOST, server.port, Security.STARTTLS), Options(ca_file=ca_file, pins=(old,)))
    assert _stages(results) == _ORDER[Security.STARTTLS]


# -- certificates that are refused


@pytest.mark.parametrize("pinned", [False, True], ids=["no pin", "another pin"])
@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
@pytest.mark.parametrize(("make", "reason"), BAD_CERTIFICATES)
def test_a_refused_certificate_is_shown_and_gets_no_password(
    authority: trustme.CA, ca_file: str, make: Maker, reason: Reason, security: Security, pinned: bool
) -> None:
    shown = make(authority)
    with ScriptedServer(
        capabilities=_CAPABILITIES,
        tls=shown.context if security is Security.TLS else None,
        starttls=shown.context,
    ) as server:
        pins = (CertificatePin(HOST, server.port, "ab" * 32),) if pinned else ()
        results = _test(Endpoint(HOST, server.port, security), Options(ca_file=ca_file, pins=pins))
    assert _passed_all_but_the_last(results)
    assert results[-1].stage is Stage.TLS
    assert _reason(results[-1]) is (Reason.CERTIFICATE_CHANGED if pinned else reason)
    assert results[-1].certificate is not None
    assert results[-1].certificate.sha256 == shown.sha256
    if security is Security.TLS:
        assert not server.received
    else:
        assert {*server.commands} <= {b"CAPABILITY", b"STARTTLS"}


# -- everything else that can be wrong


@dataclass(frozen=True)
class _Case:
    """A server that is not as it should be, how it is asked, and where that ends."""

    server: Callable[[trustme.CA], ScriptedServer]
    security: Security
    stage: Stage
    reason: Reason


_CASES = {
    "old tls": _Case(lambda ca: ScriptedServer(tls=old_tls_only(ca)), Security.TLS, Stage.TLS, Reason.TLS_TOO_OLD),
    "plain text where tls should be": _Case(
        lambda ca: ScriptedServer(), Security.TLS, Stage.TLS, Reason.PLAIN_ON_TLS_PORT
    ),
    "tls on a plain port": _Case(
        lambda ca: ScriptedServer(tls=right(ca).context), Security.PLAIN, Stage.GREETING, Reason.TLS_ON_PLAIN_PORT
    ),
    "tls on a starttls port": _Case(
        lambda ca: ScriptedServer(tls=right(ca).context), Security.STARTTLS, Stage.GREETING, Reason.TLS_ON_PLAIN_PORT
    ),
    "no starttls": _Case(lambda ca: ScriptedServer(), Security.STARTTLS, Stage.TLS, Reason.STARTTLS_NOT_OFFERED),
    "starttls refused": _Case(
        lambda ca: ScriptedServer({"STARTTLS": b"TAG NO not now\r\n"}, capabilities=_CAPABILITIES),
        Security.STARTTLS,
        Stage.TLS,
        Reason.STARTTLS_NOT_OFFERED,
    ),
    "never greets": _Case(lambda ca: ScriptedServer(mute=True), Security.PLAIN, Stage.GREETING, Reason.TIMED_OUT),
    "silent in the handshake": _Case(lambda ca: ScriptedServer(mute=True), Security.TLS, Stage.TLS, Reason.TIMED_OUT),
    "no mail server": _Case(
        lambda ca: ScriptedServer(greeting=b"220 smtp ready\r\n"),
        Security.PLAIN,
        Stage.GREETING,
        Reason.NOT_A_MAIL_SERVER,
    ),
    "goodbye at once": _Case(
        lambda ca: ScriptedServer(greeting=b"* BYE down for maintenance\r\nCUT"),
        Security.PLAIN,
        Stage.GREETING,
        Reason.SERVER_BUSY,
    ),
}


@pytest.mark.parametrize("case", _CASES.values(), ids=_CASES)
def test_a_server_that_is_not_as_it_should_be(authority: trustme.CA, ca_file: str, case: _Case) -> None:
    with case.server(authority) as server:
        results = _test(Endpoint(HOST, server.port, case.security), Options(ca_file=ca_file), timeout_s=2.0)
    assert _passed_all_but_the_last(results)
    assert results[-1].stage is case.stage
    assert _reason(results[-1]) is case.reason
    assert results[-1].certificate is None
    assert PASSWORD.encode() not in server.received
    assert not server.sent("LOGIN")


def test_each_case_has_a_sentence_of_its_own() -> None:
    cases = {(Stage.TLS, reason) for _, reason in BAD_CERTIFICATES} | {(Stage.TLS, Reason.CERTIFICATE_CHANGED)}
    cases |= {(case.stage, case.reason) for case in _CASES.values()}
    cases |= {(Stage.NAME, Reason.HOST_NOT_FOUND), (Stage.CONNECT, Reason.CONNECTION_REFUSED)}
    endpoint = Endpoint("imap.example", 993)
    sentences = {
        failure_sentence(StageResult(stage, Failure(reason, Side.SOURCE)), endpoint) for stage, reason in cases
    }
    assert len(sentences) == len(cases)


def test_a_name_that_is_none() -> None:
    endpoint = Endpoint("a" * 80 + ".example", 993)
    (result,) = _test(endpoint)
    assert result.stage is Stage.NAME
    assert _reason(result) is Reason.HOST_NOT_FOUND
    assert endpoint.host in failure_sentence(result, endpoint)


def test_a_port_where_nobody_is() -> None:
    with socket.socket() as unused:
        unused.bind((HOST, 0))
        results = _test(Endpoint(HOST, unused.getsockname()[1]))
    assert _stages(results) == [Stage.NAME, Stage.CONNECT]
    assert _reason(results[-1]) is Reason.CONNECTION_REFUSED


def test_a_wrong_password_ends_the_test() -> None:
    with ScriptedServer({"LOGIN": b"TAG NO [AUTHENTICATIONFAILED] no\r\n"}, capabilities="IMAP4rev1") as server:
        results = _test(Endpoint(HOST, server.port, Security.PLAIN))
    assert results[-1].stage is Stage.LOGIN
    assert _reason(results[-1]) is Reason.WRONG_PASSWORD
    assert server.commands[-1] == b"LOGOUT"


def test_a_password_that_the_server_echoes_is_not_in_the_result() -> None:
    rules = {"LOGIN": lambda command: b"TAG BAD cannot parse " + command + b"\r\n"}
    with ScriptedServer(rules, capabilities="IMAP4rev1") as server:
        results = _test(Endpoint(HOST, server.port, Security.PLAIN))
    assert _reason(results[-1]) is not Reason.INTERNAL_ERROR
    assert PASSWORD not in repr(results)


def test_an_inbox_that_does_not_open() -> None:
    with ScriptedServer({"EXAMINE": b"TAG NO [NONEXISTENT] no inbox\r\n"}) as server:
        results = _test(Endpoint(HOST, server.port, Security.PLAIN))
    assert results[-1].stage is Stage.FOLDERS
    assert _reason(results[-1]) is Reason.FOLDER_UNREADABLE


def test_a_ca_file_that_cannot_be_used_is_told_before_anything_is_tried() -> None:
    with pytest.raises(InvalidInput):
        _test(Endpoint("host.invalid", 993), Options(ca_file="/does/not/exist.pem"))


# -- POP3


@pytest.mark.parametrize(("password", "stages"), [(PASSWORD, 6), ("wrong", 5)])
def test_a_pop3_server_is_tested_as_far_as_its_inbox(password: str, stages: int) -> None:
    store = Store()
    store.add_user("alice", PASSWORD).folder("INBOX").add_messages([NewMessage(b"Subject: x\r\n\r\n")])
    with EmbeddedServer(store, pop3_port=0) as server:
        endpoint = Endpoint(HOST, server.pop3_port, Security.PLAIN, MailProtocol.POP3)
        results = _test(endpoint, password=password)
        assert "RETR" not in server.commands_seen
    assert _stages(results) == _ORDER[Security.PLAIN][:stages]
    assert results[3].detail == "Sample mail server ready."
    last = results[-1]
    if password == PASSWORD:
        assert last.failure is None
        assert last.detail == "1 folder, 1 message in the inbox"
    else:
        assert _reason(last) is Reason.WRONG_PASSWORD


def test_a_pop3_server_that_deletes_what_is_read_is_told_of() -> None:
    store = Store()
    store.add_user("alice", PASSWORD)
    with EmbeddedServer(store, ServerOptions(pop3_expire_days=0), pop3_port=0) as server:
        endpoint = Endpoint(HOST, server.pop3_port, Security.PLAIN, MailProtocol.POP3)
        results = _test(endpoint)
        assert _reason(results[-1]) is Reason.READING_DELETES
        assert _test(endpoint, Options(pop3_may_delete=True))[-1].failure is None


# -- stopping


def _cut_off_after(endpoint: Endpoint, last: Stage | None) -> list[StageResult]:
    """Test, and cut the test off while it waits in the step after `last`."""
    cancel = CancelToken()
    results: list[StageResult] = []
    cutter = threading.Timer(0.2, cancel.abort)

    def report(result: StageResult) -> None:
        results.append(result)
        if result.stage is last:
            cutter.start()

    if last is None:
        cutter.start()
    started = time.monotonic()
    with pytest.raises(Cancelled):
        ServerTester(timeout_s=60.0).test(
            Mailbox(endpoint, "alice"), Secret(PASSWORD), Side.SOURCE, Options(), report, cancel
        )
    cutter.join()
    assert time.monotonic() - started < 30, "it was cut off, it did not time out"
    assert all(result.passed for result in results)
    return results


def test_cut_off_while_the_name_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def hanging(*_arguments: object, **_more: object) -> list[object]:
        release.wait(60)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hanging)
    try:
        assert _cut_off_after(Endpoint("mail.example", 993), None) == []
    finally:
        release.set()
        for thread in threading.enumerate():
            if thread.name == "resolve":
                thread.join(5)


def test_cut_off_while_connecting() -> None:
    with socket.socket() as full, ExitStack() as fillers:
        # A listener whose queue is full leaves further attempts without an answer.
        full.bind((HOST, 0))
        full.listen(0)
        for _ in range(4):
            filler = fillers.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        results = _cut_off_after(Endpoint(HOST, full.getsockname()[1]), Stage.NAME)
    assert _stages(results) == [Stage.NAME]


@pytest.mark.parametrize(
    ("stalls_at", "security"),
    [
        (Stage.TLS, Security.TLS),
        (Stage.TLS, Security.STARTTLS),
        (Stage.GREETING, Security.PLAIN),
        (Stage.LOGIN, Security.PLAIN),
        (Stage.FOLDERS, Security.PLAIN),
    ],
)
def test_cut_off_while_the_server_is_silent(stalls_at: Stage, security: Security) -> None:
    rules = {
        Stage.TLS: {"STARTTLS": b"TAG OK go\r\nSTALL"},
        Stage.LOGIN: {"LOGIN": b"STALL"},
        Stage.FOLDERS: {"LIST": b"STALL"},
    }.get(stalls_at)
    mute = stalls_at is Stage.GREETING or security is Security.TLS
    before = _ORDER[security][: _ORDER[security].index(stalls_at)]
    with ScriptedServer(rules, capabilities=_CAPABILITIES, mute=mute) as server:
        results = _cut_off_after(Endpoint(HOST, server.port, security), before[-1])
    assert _stages(results) == before
