"""Looking at Dovecot, without a login and with one."""

from __future__ import annotations

import pytest

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.endpoints import MailProtocol, Security, parse_endpoint
from mailmove_gui.domain.plan import Mailbox, Options
from mailmove_gui.domain.probing import Stage, StageResult, pin_for
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.mail.connection_test import ServerTester
from mailmove_gui.mail.probe import ImapProber
from tests.servers.conftest import Pair
from tests.servers.dovecot import Dovecot, Scheme

_SCHEMES: tuple[Scheme, ...] = ("imap", "imap+starttls", "imaps", "pop3", "pop3+starttls", "pop3s")


@pytest.mark.parametrize("scheme", _SCHEMES)
def test_probe(dovecot_pair: Pair, scheme: Scheme) -> None:
    server = dovecot_pair.source
    endpoint = parse_endpoint(server.url(scheme))
    probe = ImapProber(ca_file=str(server.ca_file)).probe(endpoint, CancelToken(), timeout_s=20.0)
    assert probe.failure is None
    assert "Dovecot" in probe.greeting
    assert ("IMAP4REV1" if endpoint.protocol is MailProtocol.IMAP else "UIDL") in probe.capabilities
    assert (probe.certificate is None) is (endpoint.security is Security.PLAIN)


@pytest.mark.parametrize("scheme", ["imaps", "imap+starttls", "pop3s", "pop3+starttls"])
def test_probe_of_a_certificate_that_nobody_knows(dovecot_pair: Pair, scheme: Scheme) -> None:
    server = dovecot_pair.source
    endpoint = parse_endpoint(server.url(scheme))
    refused = ImapProber().probe(endpoint, CancelToken(), timeout_s=20.0)
    assert refused.failure is not None
    assert refused.failure.reason is Reason.CERTIFICATE_UNKNOWN_ISSUER
    assert refused.certificate is not None
    assert refused.certificate.is_for(server.host)
    pinned = ImapProber(pins=(pin_for(endpoint, refused.certificate),))
    assert pinned.probe(endpoint, CancelToken(), timeout_s=20.0).failure is None


@pytest.mark.parametrize("scheme", ["imap+starttls", "pop3s"])
def test_probe_of_the_wrong_port(dovecot_pair: Pair, scheme: Scheme) -> None:
    """STARTTLS where TLS is spoken; POP3 with TLS where there is none."""
    server = dovecot_pair.source
    port = server.imaps_port if scheme == "imap+starttls" else server.pop3_port
    endpoint = parse_endpoint(f"{scheme}://{server.host}:{port}")
    probe = ImapProber().probe(endpoint, CancelToken(), timeout_s=6.0)
    assert probe.failure is not None
    expected = {"imap+starttls": Reason.TLS_ON_PLAIN_PORT, "pop3s": Reason.PLAIN_ON_TLS_PORT}
    assert probe.failure.reason is expected[scheme]


def _test(server: Dovecot, scheme: Scheme, user: str, password: str) -> list[StageResult]:
    results: list[StageResult] = []
    ServerTester().test(
        Mailbox(parse_endpoint(server.url(scheme)), user),
        Secret(password),
        Side.DESTINATION,
        Options(ca_file=str(server.ca_file)),
        results.append,
        CancelToken(),
    )
    return results


@pytest.mark.parametrize("scheme", ["imaps", "imap+starttls"])
def test_connection_test(dovecot_pair: Pair, scheme: Scheme) -> None:
    user = dovecot_pair.destination.new_user('=x§*("ü`')
    results = _test(dovecot_pair.destination, scheme, user.name, user.password)
    assert all(result.passed for result in results), results
    assert {result.stage for result in results} == set(Stage)
    assert results[-1].detail == "6 folders, 0 messages in the inbox"


def test_connection_test_with_a_wrong_password(dovecot_pair: Pair) -> None:
    user = dovecot_pair.destination.new_user()
    *passed, last = _test(dovecot_pair.destination, "imaps", user.name, "wrong")
    assert all(result.passed for result in passed)
    assert last.stage is Stage.LOGIN
    assert last.failure is not None
    assert last.failure.reason is Reason.WRONG_PASSWORD
    assert last.failure.side is Side.DESTINATION
