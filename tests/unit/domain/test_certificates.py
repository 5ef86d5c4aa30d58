from datetime import UTC, datetime

import pytest

from mailmove_gui.domain.certificates import Certificate, CertificatePin
from mailmove_gui.domain.endpoints import Endpoint, Security
from mailmove_gui.domain.probing import pin_for

_DAY = datetime(2026, 1, 2, tzinfo=UTC)


def _certificate(*names: str) -> Certificate:
    return Certificate("", names, "", _DAY, _DAY, "0a" * 32)


def test_a_fingerprint_is_read_in_pairs() -> None:
    assert _certificate().fingerprint == ":".join(["0A"] * 32)


@pytest.mark.parametrize(
    ("names", "host", "expected"),
    [
        (["mail.example"], "mail.example", True),
        (["Mail.Example"], "mail.example.", True),
        (["mail.example"], "imap.mail.example", False),
        (["*.example.com"], "mail.example.com", True),
        (["*.example.com"], "a.mail.example.com", False),
        (["*.example.com"], "example.com", False),
        (["192.0.2.1"], "192.0.2.1", True),
        (["*.0.2.1"], "192.0.2.1", False),
        (["2001:db8::1"], "2001:DB8::1", True),
        (["*"], "localhost", False),
        ([], "mail.example", False),
    ],
)
def test_whom_a_certificate_is_for(names: list[str], host: str, expected: bool) -> None:
    assert _certificate(*names).is_for(host) is expected


def test_a_pin_is_for_host_and_port() -> None:
    endpoint = Endpoint("mail.example", 143, Security.STARTTLS)
    pin = pin_for(endpoint, _certificate())
    assert pin == CertificatePin("mail.example", 143, "0a" * 32)
    assert pin.is_for(Endpoint("Mail.Example.", 143, Security.TLS))
    assert not pin.is_for(Endpoint("mail.example", 993))
    assert not pin.is_for(Endpoint("imap.example", 143))
