"""From a certificate's bytes to what people can judge."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from mailmove_gui.domain.certificates import Certificate
from mailmove_gui.mail.errors import printable

if TYPE_CHECKING:
    from cryptography import x509

_T = TypeVar("_T")
_NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)


def fingerprint_of(der: bytes) -> str:
    """The SHA-256 of a certificate as in `Certificate.sha256` and `CertificatePin.sha256`."""
    return hashlib.sha256(der).hexdigest()


def read_certificate(der: bytes) -> Certificate:
    """What stands in a certificate (RFC 5280), as far as it can be read; the fingerprint always can."""
    # Here and not above: it takes its time, and most runs never show a certificate.
    from cryptography import x509  # noqa: PLC0415

    certificate = _if_readable(lambda: x509.load_der_x509_certificate(der), None)
    if certificate is None:
        return Certificate("", (), "", _NO_DATE, _NO_DATE, fingerprint_of(der), is_readable=False)
    return Certificate(
        subject=_if_readable(lambda: _words(certificate.subject), ""),
        names=_if_readable(lambda: _names(certificate), ()),
        issuer=_if_readable(lambda: _words(certificate.issuer), ""),
        not_before=_if_readable(lambda: certificate.not_valid_before_utc, _NO_DATE),
        not_after=_if_readable(lambda: certificate.not_valid_after_utc, _NO_DATE),
        sha256=fingerprint_of(der),
    )


def _if_readable(read: Callable[[], _T], otherwise: _T) -> _T:
    from cryptography import x509  # noqa: PLC0415

    try:
        return read()
    except (ValueError, TypeError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return otherwise


def _words(name: "x509.Name") -> str:
    """Common name and organisation, or everything (RFC 4514) if there is neither."""
    from cryptography.x509.oid import NameOID  # noqa: PLC0415

    words: list[str] = []
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        words += [str(attribute.value) for attribute in name.get_attributes_for_oid(kind)]
    return printable(", ".join(dict.fromkeys(words)) or name.rfc4514_string())


def _names(certificate: "x509.Certificate") -> tuple[str, ...]:
    from cryptography import x509  # noqa: PLC0415

    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    hosts = names.get_values_for_type(x509.DNSName)
    addresses = names.get_values_for_type(x509.IPAddress)
    return tuple(printable(name) for name in (*hosts, *map(str, addresses)))
