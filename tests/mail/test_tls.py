"""Certificates that are right, wrong, old, early and unknown."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
import trustme

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.endpoints import Security
from mailmove_gui.domain.problems import InvalidInput, ProblemKind
from mailmove_gui.domain.reasons import MailError, Reason
from mailmove_gui.domain.secret import Secret
from mailmove_gui.mail import ServerGateway
from mailmove_gui.mail.tls import client_context
from tests.mail.opening import PASSWORD, gateway, mailbox
from tests.mail.scripted_server import ScriptedServer
from tests.mail.tls_servers import BAD_CERTIFICATES, Maker, old_tls_only, right, shown


def _reason(
    server: ScriptedServer, security: Security, ca_file: str | None, host: str = "127.0.0.1", **changes: float
) -> tuple[Reason, str]:
    with pytest.raises(MailError) as caught:
        gateway(ca_file=ca_file, **changes).source(
            mailbox(server.port, security, host=host), Secret(PASSWORD), CancelToken()
        )
    return caught.value.reason, caught.value.server_text


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_certificate_that_is_right(authority: trustme.CA, ca_file: str, security: Security, host: str) -> None:
    context = shown(authority.issue_cert(host)).context
    capabilities = "IMAP4rev1 AUTH=PLAIN SASL-IR STARTTLS"
    tls = context if security is Security.TLS else None
    with ScriptedServer(tls=tls, starttls=context, capabilities=capabilities) as server:
        source = gateway(ca_file=ca_file).source(
            mailbox(server.port, security, host=host), Secret(PASSWORD), CancelToken()
        )
        assert source.folders()
        source.close()
    if security is Security.STARTTLS:
        words = [command.split()[0] for command in server.commands[:4]]
        assert words == [b"CAPABILITY", b"STARTTLS", b"CAPABILITY", b"AUTHENTICATE"]


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
@pytest.mark.parametrize(("make", "reason"), BAD_CERTIFICATES)
def test_certificates_that_are_not(
    authority: trustme.CA,
    ca_file: str,
    make: Maker,
    reason: Reason,
    security: Security,
) -> None:
    context = make(authority).context
    tls = context if security is Security.TLS else None
    with ScriptedServer(tls=tls, starttls=context, capabilities="IMAP4rev1 STARTTLS AUTH=PLAIN") as server:
        found, text = _reason(server, security, ca_file)
    assert found is reason
    assert text
    assert not server.sent("AUTHENTICATE")


def test_the_systems_authorities_do_not_know_ours(authority: trustme.CA) -> None:
    with ScriptedServer(tls=right(authority).context) as server:
        assert _reason(server, Security.TLS, None)[0] is Reason.CERTIFICATE_UNKNOWN_ISSUER


def test_the_servers_own_certificate_as_ca_file(authority: trustme.CA, tmp_path: Path) -> None:
    certificate = authority.issue_cert("127.0.0.1")
    certificate.cert_chain_pems[0].write_to_path(str(tmp_path / "leaf.pem"))
    with ScriptedServer(tls=shown(certificate).context) as server:
        source = gateway(ca_file=str(tmp_path / "leaf.pem")).source(
            mailbox(server.port, Security.TLS), Secret(PASSWORD), CancelToken()
        )
        source.close()


def test_plain_text_on_a_tls_port(ca_file: str) -> None:
    with ScriptedServer() as server:
        reason, text = _reason(server, Security.TLS, ca_file)
    assert reason is Reason.PLAIN_ON_TLS_PORT
    assert text == "WRONG_VERSION_NUMBER"


def test_tls_port_without_tls(authority: trustme.CA, ca_file: str) -> None:
    with ScriptedServer(tls=right(authority).context) as server:
        assert _reason(server, Security.PLAIN, ca_file, timeout_s=0.3)[0] is Reason.TLS_ON_PLAIN_PORT


def test_a_server_that_is_silent_in_the_handshake(ca_file: str) -> None:
    with ScriptedServer(mute=True) as server:
        assert _reason(server, Security.TLS, ca_file, connect_timeout_s=0.3)[0] is Reason.TIMED_OUT


def test_a_server_with_an_old_tls_only(authority: trustme.CA, ca_file: str) -> None:
    with ScriptedServer(tls=old_tls_only(authority)) as server:
        assert _reason(server, Security.TLS, ca_file)[0] is Reason.TLS_TOO_OLD


def test_what_was_sent_before_the_handshake_is_thrown_away(authority: trustme.CA, ca_file: str) -> None:
    injected = b"TAG OK go\r\n* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n* BYE gone\r\nM3 OK injected\r\n"
    context = right(authority).context
    capabilities = "IMAP4rev1 STARTTLS AUTH=PLAIN SASL-IR"
    with ScriptedServer({"STARTTLS": injected}, starttls=context, capabilities=capabilities) as server:
        source = gateway(ca_file=ca_file).source(
            mailbox(server.port, Security.STARTTLS), Secret(PASSWORD), CancelToken()
        )
        assert source.folders()
        source.close()
    assert len(server.sent("AUTHENTICATE")) == 1


def test_ca_file_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        ServerGateway(ca_file=str(tmp_path / "none.pem"), role_names={})
    assert caught.value.problem.kind is ProblemKind.FILE_NOT_FOUND
    (tmp_path / "text.pem").write_text("no certificate")
    with pytest.raises(InvalidInput) as caught:
        ServerGateway(ca_file=str(tmp_path / "text.pem"), role_names={})
    assert caught.value.problem.kind is ProblemKind.FILE_NOT_READABLE


def test_without_a_trust_store_there_is_a_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailmove_gui.mail.tls._system_has_authorities", lambda: False)
    context = client_context()
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.cert_store_stats()["x509_ca"] > 50
