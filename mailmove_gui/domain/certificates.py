"""Certificates of mail servers, as far as people have to judge them."""

from dataclasses import dataclass
from datetime import datetime

from mailmove_gui.domain.endpoints import Endpoint


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a server showed in its TLS handshake, trusted or not.

    `names` are the host names and IP addresses that it is for (subjectAltName, RFC 6125), `subject` and `issuer` the
    readable names, `sha256` the fingerprint of its DER form as 64 lower-case hexadecimal digits.
    """

    subject: str
    names: tuple[str, ...]
    issuer: str
    not_before: datetime
    not_after: datetime
    sha256: str

    @property
    def fingerprint(self) -> str:
        """The form in which fingerprints are read aloud and compared: ``AB:CD:…``."""
        digits = self.sha256.upper()
        return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


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
