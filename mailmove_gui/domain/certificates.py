"""Certificates of mail servers, as far as people have to judge them."""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address

from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.reasons import Reason

CERTIFICATE_REASONS = frozenset(
    {
        Reason.CERTIFICATE_WRONG_HOST,
        Reason.CERTIFICATE_EXPIRED,
        Reason.CERTIFICATE_NOT_YET_VALID,
        Reason.CERTIFICATE_UNKNOWN_ISSUER,
        Reason.CERTIFICATE_SELF_SIGNED,
        Reason.CERTIFICATE_CHANGED,
    }
)
"""Failures that a person may overrule by trusting the certificate for its server."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a server showed in its TLS handshake, trusted or not.

    `names` are the host names and IP addresses that it is for (subjectAltName, RFC 6125), `subject` and `issuer` the
    readable names, `sha256` the fingerprint of its DER form as 64 lower-case hexadecimal digits. Of one that is not
    `is_readable` only the fingerprint is known.
    """

    subject: str
    names: tuple[str, ...]
    issuer: str
    not_before: datetime
    not_after: datetime
    sha256: str
    is_readable: bool = True

    @property
    def fingerprint(self) -> str:
        """The form in which fingerprints are read aloud and compared: ``AB:CD:…``."""
        digits = self.sha256.upper()
        return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))

    def is_for(self, host: str) -> bool:
        """Whether its names cover a host name or IP address (RFC 6125 section 6.4: ``*`` stands for one label)."""
        wanted = _plain(host)
        rest = wanted.partition(".")[2]
        # An IP address has no labels that a wildcard could stand for.
        wildcard = f"*.{rest}" if rest and not _is_address(wanted) else None
        names = {_plain(name) for name in self.names}
        return wanted in names or wildcard in names


@dataclass(frozen=True, slots=True)
class CertificatePin:
    """A certificate that the user trusts for one server (host and port), whatever else is wrong with it."""

    host: str
    port: int
    sha256: str

    def is_for(self, endpoint: Endpoint) -> bool:
        """Whether this pin is about that server."""
        return self.port == endpoint.port and _plain(self.host) == _plain(endpoint.host)


def _plain(host: str) -> str:
    return host.strip().rstrip(".").casefold()


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
