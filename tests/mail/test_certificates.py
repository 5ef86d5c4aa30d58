"""Reading certificates: what stands in them, however odd they are."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from datetime import UTC, datetime
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from mailmove_gui.mail.certificates import fingerprint_of, read_certificate

_SERIAL = 0x1122334455667788
_KEY = ec.generate_private_key(ec.SECP256R1())


def _name(common_name: str = "", organisation: str = "", country: str = "") -> x509.Name:
    kinds = {
        NameOID.COMMON_NAME: common_name,
        NameOID.ORGANIZATION_NAME: organisation,
        NameOID.COUNTRY_NAME: country,
    }
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in kinds.items() if value])


def _der(
    subject: x509.Name,
    issuer: x509.Name,
    names: list[x509.GeneralName] | None = None,
    not_after: datetime = datetime(2030, 1, 2, tzinfo=UTC),
) -> bytes:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(_KEY.public_key())
        .serial_number(_SERIAL)
        .not_valid_before(datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC))
        .not_valid_after(not_after)
    )
    if names is not None:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(_KEY, SHA256()).public_bytes(Encoding.DER)


def test_a_usual_certificate() -> None:
    names = [
        x509.DNSName("mail.example"),
        x509.DNSName("*.example"),
        x509.IPAddress(ip_address("192.0.2.1")),
        x509.IPAddress(ip_address("2001:db8::1")),
        x509.RFC822Name("root@mail.example"),
    ]
    der = _der(_name("mail.example", "Acme"), _name("Acme CA 1", "Acme Trust"), names)
    certificate = read_certificate(der)
    assert certificate.subject == "mail.example, Acme"
    assert certificate.issuer == "Acme CA 1, Acme Trust"
    assert certificate.names == ("mail.example", "*.example", "192.0.2.1", "2001:db8::1")
    assert certificate.not_before == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert certificate.not_after == datetime(2030, 1, 2, tzinfo=UTC)
    assert certificate.sha256 == hashlib.sha256(der).hexdigest() == fingerprint_of(der)
    assert certificate.is_readable


def test_no_names() -> None:
    certificate = read_certificate(_der(_name(), _name(country="CN")))
    assert (certificate.subject, certificate.names, certificate.issuer) == ("", (), "C=CN")
    assert certificate.is_readable


def test_no_end() -> None:
    certificate = read_certificate(
        _der(_name("x"), _name("x"), not_after=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
    )
    assert certificate.not_after.year == 9999


@pytest.mark.filterwarnings("ignore:Parsed a serial number which wasn't positive")
def test_a_negative_serial_number_hides_nothing() -> None:
    der = _der(_name("mail.example"), _name("old CA"), [x509.DNSName("mail.example")])
    serial = _SERIAL.to_bytes(8, "big")
    assert der.count(serial) == 1
    certificate = read_certificate(der.replace(serial, bytes([serial[0] | 0x80]) + serial[1:]))
    assert (certificate.subject, certificate.names) == ("mail.example", ("mail.example",))


def test_names_that_cannot_be_read_leave_the_rest() -> None:
    der = _der(_name("mail.example"), _name("CA"), [x509.DNSName("mail.example")])
    at = der.rindex(b"mail.example")
    certificate = read_certificate(der[:at] + b"\xff" * 12 + der[at + 12 :])
    assert certificate.names == ()
    assert (certificate.subject, certificate.issuer) == ("mail.example", "CA")


def test_names_are_fit_to_be_shown() -> None:
    certificate = read_certificate(_der(_name("mail\x1b[31m\r\nexample"), _name("CA")))
    assert certificate.subject.isprintable()


@pytest.mark.parametrize("der", [b"", b"no certificate", b"\x30\x82\x01\x00" + bytes(256)])
def test_what_is_no_certificate_has_a_fingerprint(der: bytes) -> None:
    certificate = read_certificate(der)
    assert not certificate.is_readable
    assert certificate.sha256 == hashlib.sha256(der).hexdigest()
    assert len(certificate.fingerprint) == 95


def test_cryptography_is_loaded_only_when_a_certificate_is_shown() -> None:
    program = (
        "import sys, mailmove_gui.mail.connection_test, mailmove_gui.mail.probe, mailmove_gui.mail\n"
        "sys.exit('cryptography' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=60, check=False).returncode == 0
