"""Servers that are guessed by their names, and how sure that is."""

import pytest

from mailmove_gui.domain.endpoints import Endpoint, MailProtocol, Security, parse_endpoint
from mailmove_gui.domain.providers import Confidence, DetectionStep, UserNameForm
from mailmove_gui.domain.reasons import Reason
from tests.unit.providers.conftest import Detect
from tests.unit.providers.findings import provider_id
from tests.unit.providers.name_server import Zone
from tests.unit.providers.probers import FakeProber

ALONE: Zone = {("acme.cn", "MX"): ["10 mx.acme.cn."]}


def test_the_likeliest_of_several_servers(detect: Detect) -> None:
    prober = FakeProber(
        {
            "imap+starttls://imap.acme.cn:143": "* OK later",
            "imaps://mail.acme.cn:993": "* OK Microsoft Exchange IMAP4 service is ready.",
            "pop3s://pop.acme.cn:995": "+OK",
        }
    )
    found = detect("acme.cn", ALONE, prober=prober)
    assert found.servers[0] == Endpoint("mail.acme.cn", 993)
    assert (provider_id(found), found.software) == ("exchange-onprem", "Exchange")
    assert (found.how, found.confidence, found.needs_consent) == (DetectionStep.GUESS, Confidence.MEDIUM, False)
    assert found.user_name is UserNameForm.EITHER


def test_only_starttls_and_pop3(detect: Detect) -> None:
    prober = FakeProber({"imap+starttls://imap.acme.cn:143": "* OK Dovecot ready", "pop3s://mail.acme.cn:995": "+OK"})
    found = detect("acme.cn", ALONE, prober=prober)
    assert found.servers[0] == Endpoint("imap.acme.cn", 143, Security.STARTTLS)
    assert (found.provider, found.software) == (None, "Dovecot")
    prober = FakeProber({"pop3s://pop.acme.cn:995": "+OK"})
    assert detect("acme.cn", ALONE, prober=prober).servers == (
        Endpoint("pop.acme.cn", 995, Security.TLS, MailProtocol.POP3),
    )


@pytest.mark.parametrize(
    "reason",
    [
        Reason.CERTIFICATE_WRONG_HOST,
        Reason.CERTIFICATE_SELF_SIGNED,
        Reason.CERTIFICATE_EXPIRED,
        Reason.CERTIFICATE_UNKNOWN_ISSUER,
        Reason.CERTIFICATE_NOT_YET_VALID,
    ],
)
def test_a_certificate_that_does_not_fit_needs_consent(detect: Detect, reason: Reason) -> None:
    found = detect("acme.cn", ALONE, prober=FakeProber({"imaps://imap.acme.cn:993": reason}))
    assert found.servers == (Endpoint("imap.acme.cn", 993),)
    assert (found.needs_consent, found.confidence) == (True, Confidence.LOW)


def test_a_server_whose_certificate_fits_is_preferred(detect: Detect) -> None:
    prober = FakeProber(
        {"imaps://imap.acme.cn:993": Reason.CERTIFICATE_WRONG_HOST, "imaps://mail.acme.cn:993": "* OK ready"}
    )
    found = detect("acme.cn", ALONE, prober=prober)
    assert (found.servers, found.needs_consent) == ((Endpoint("mail.acme.cn", 993),), False)


def test_a_coremail_of_the_universitys_own(detect: Detect) -> None:
    greeting = "* OK Coremail System IMap Server Ready(tsinghua[1])"
    found = detect("acme.cn", ALONE, prober=FakeProber({"imaps://mail.acme.cn:993": greeting}))
    assert provider_id(found) == "coremail-cloud"
    assert found.servers[0].host == "mail.acme.cn"
    assert found.provider is not None
    assert found.provider.id_required


def test_a_known_provider_without_known_servers_is_looked_for(detect: Detect) -> None:
    prober = FakeProber({"imaps://mail.acme.cn:993": "* OK ready"})
    found = detect("acme.cn", {("acme.cn", "MX"): ["10 mx1.cloudzimail.com."]}, prober=prober)
    assert (provider_id(found), found.how) == ("zimbra", DetectionStep.GUESS)
    assert found.servers == (Endpoint("mail.acme.cn", 993),)


@pytest.mark.parametrize("host", ["192.0.2.7", "127.0.0.1", "2001:db8::1", "old"])
def test_a_machine_is_looked_at_itself(detect: Detect, host: str) -> None:
    url = Endpoint(host, 993).url
    prober = FakeProber({url: Reason.CERTIFICATE_WRONG_HOST})
    found = detect(host, prober=prober)
    assert (found.servers, found.needs_consent) == ((Endpoint(host, 993),), True)
    assert {parse_endpoint(asked_url).host for asked_url in prober.asked} == {host}
