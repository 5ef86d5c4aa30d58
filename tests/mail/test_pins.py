"""Certificates that the user trusts for one server: accepted there and nowhere else, and not when they change."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import trustme

from mailmove_gui import app
from mailmove_gui.commandline import wiring
from mailmove_gui.domain.certificates import CertificatePin
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.endpoints import Endpoint, Security
from mailmove_gui.domain.plan import Mailbox, Options
from mailmove_gui.domain.ports import MailGateway
from mailmove_gui.domain.reasons import MailError, Reason
from mailmove_gui.domain.secret import Secret
from tests.mail.opening import PASSWORD, gateway
from tests.mail.scripted_server import ScriptedServer
from tests.mail.tls_servers import (
    BAD_CERTIFICATES,
    HOST,
    Maker,
    Shown,
    of_another_authority,
    old_tls_only,
    right,
    self_signed,
)

_ENCRYPTED = (Security.TLS, Security.STARTTLS)
_CAPABILITIES = "IMAP4rev1 STARTTLS LOGIN-REFERRALS"


def _server(shown: Shown, security: Security) -> ScriptedServer:
    """Logs in by LOGIN, so that a password would be seen as it is."""
    if security is Security.TLS:
        return ScriptedServer(tls=shown.context, capabilities=_CAPABILITIES)
    return ScriptedServer(starttls=shown.context, capabilities=_CAPABILITIES)


def _log_in(
    server: ScriptedServer,
    security: Security,
    *pins: CertificatePin,
    host: str = HOST,
    ca_file: str | None = None,
) -> None:
    mailbox = Mailbox(Endpoint(host, server.port, security), "alice")
    gateway(pins=pins, ca_file=ca_file).source(mailbox, Secret(PASSWORD), CancelToken()).close()


def _refusal(server: ScriptedServer, security: Security, *pins: CertificatePin, ca_file: str | None = None) -> Reason:
    with pytest.raises(MailError) as caught:
        _log_in(server, security, *pins, ca_file=ca_file)
    return caught.value.reason


def _nothing_was_said(server: ScriptedServer, security: Security) -> bool:
    """No byte inside TLS; before it, only what it takes to begin it."""
    before_tls = {command.upper() for command in server.commands}
    return not server.received if security is Security.TLS else before_tls <= {b"CAPABILITY", b"STARTTLS"}


@pytest.mark.parametrize("security", _ENCRYPTED)
@pytest.mark.parametrize(("make", "reason"), BAD_CERTIFICATES)
def test_a_pinned_certificate_is_accepted_whatever_is_wrong_with_it(
    authority: trustme.CA, make: Maker, reason: Reason, security: Security
) -> None:
    shown = make(authority)
    with _server(shown, security) as server:
        _log_in(server, security, CertificatePin(HOST, server.port, shown.sha256.upper()))
    assert PASSWORD.encode() in server.received


@pytest.mark.parametrize("open_gateway", [app.open_gateway, wiring.open_gateway], ids=["window", "command line"])
def test_the_pins_of_a_plan_are_used(authority: trustme.CA, open_gateway: Callable[[Options], MailGateway]) -> None:
    shown = self_signed(authority)
    with _server(shown, Security.TLS) as server:
        options = Options(pins=(CertificatePin(HOST, server.port, shown.sha256),))
        mailbox = Mailbox(Endpoint(HOST, server.port), "alice")
        open_gateway(options).source(mailbox, Secret(PASSWORD), CancelToken()).close()


@pytest.mark.parametrize("security", _ENCRYPTED)
def test_one_of_several_pins_is_enough(authority: trustme.CA, security: Security) -> None:
    shown = self_signed(authority)
    with _server(shown, security) as server:
        pins = (CertificatePin(HOST, server.port, "ab" * 32), CertificatePin(HOST, server.port, shown.sha256))
        _log_in(server, security, *pins)


@pytest.mark.parametrize("security", _ENCRYPTED)
@pytest.mark.parametrize("other", ["host", "port"])
def test_a_pin_is_for_its_server_alone(authority: trustme.CA, security: Security, other: str) -> None:
    shown = self_signed(authority)
    with _server(shown, security) as server:
        host, port = ("localhost", server.port) if other == "host" else (HOST, server.port - 1)
        assert _refusal(server, security, CertificatePin(host, port, shown.sha256)) is Reason.CERTIFICATE_SELF_SIGNED
        assert _nothing_was_said(server, security)


@pytest.mark.parametrize("security", _ENCRYPTED)
@pytest.mark.parametrize("make", [make for make, _ in BAD_CERTIFICATES])
def test_another_certificate_than_the_pinned_one_is_refused(
    authority: trustme.CA, ca_file: str, make: Maker, security: Security
) -> None:
    with _server(make(authority), security) as server:
        pin = CertificatePin(HOST, server.port, self_signed(authority).sha256)
        assert _refusal(server, security, pin, ca_file=ca_file) is Reason.CERTIFICATE_CHANGED
        assert _nothing_was_said(server, security)


@pytest.mark.parametrize("security", _ENCRYPTED)
def test_a_server_that_changes_its_certificate_is_refused_from_then_on(
    authority: trustme.CA, security: Security
) -> None:
    first, second = self_signed(authority), of_another_authority(authority)
    with _server(first, security) as server:
        pin = CertificatePin(HOST, server.port, first.sha256)
        _log_in(server, security, pin)
        server.received.clear()
        server.commands.clear()
        if security is Security.TLS:
            server.tls = second.context
        else:
            server.starttls = second.context
        assert _refusal(server, security, pin) is Reason.CERTIFICATE_CHANGED
        assert _nothing_was_said(server, security)


@pytest.mark.parametrize("security", _ENCRYPTED)
def test_a_certificate_that_is_right_needs_no_pin(authority: trustme.CA, ca_file: str, security: Security) -> None:
    with _server(right(authority), security) as server:
        old = CertificatePin(HOST, server.port, self_signed(authority).sha256)
        _log_in(server, security, old, ca_file=ca_file)
    assert PASSWORD.encode() in server.received


def test_a_pin_makes_no_old_tls_acceptable(authority: trustme.CA) -> None:
    with ScriptedServer(tls=old_tls_only(authority)) as server:
        pin = CertificatePin(HOST, server.port, "ab" * 32)
        assert _refusal(server, Security.TLS, pin) is Reason.TLS_TOO_OLD
