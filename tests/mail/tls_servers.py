"""Certificates that are right and wrong, for servers of the tests."""

from __future__ import annotations

import hashlib
import ssl
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from mailmove_gui.domain.reasons import Reason

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a server shows: its context for handshakes, and the certificate's fingerprint."""

    context: ssl.SSLContext
    sha256: str


Maker = Callable[[trustme.CA], Shown]


def shown(certificate: trustme.LeafCert) -> Shown:
    return _shown(certificate.private_key_pem.bytes(), *(pem.bytes() for pem in certificate.cert_chain_pems))


def _shown(key: bytes, *chain: bytes) -> Shown:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "server.pem"
        file.write_bytes(key + b"".join(chain))
        context.load_cert_chain(file)
    return Shown(context, hashlib.sha256(ssl.PEM_cert_to_DER_cert(chain[0].decode())).hexdigest())


def right(authority: trustme.CA) -> Shown:
    return shown(authority.issue_cert(HOST))


def wrong_host(authority: trustme.CA) -> Shown:
    return shown(authority.issue_cert("mail.example.org"))


def wrong_address(authority: trustme.CA) -> Shown:
    return shown(authority.issue_cert("127.0.0.2"))


def expired(authority: trustme.CA) -> Shown:
    return shown(authority.issue_cert(HOST, not_after=datetime.now(UTC) - timedelta(days=1)))


def early(authority: trustme.CA) -> Shown:
    return shown(authority.issue_cert(HOST, not_before=datetime.now(UTC) + timedelta(days=1)))


def of_another_authority(_authority: trustme.CA) -> Shown:
    return shown(trustme.CA().issue_cert(HOST))


def self_signed(_authority: trustme.CA) -> Shown:
    own = trustme.CA()
    return _shown(own.private_key_pem.bytes(), own.cert_pem.bytes())


BAD_CERTIFICATES: tuple[tuple[Maker, Reason], ...] = (
    (wrong_host, Reason.CERTIFICATE_WRONG_HOST),
    (wrong_address, Reason.CERTIFICATE_WRONG_HOST),
    (expired, Reason.CERTIFICATE_EXPIRED),
    (early, Reason.CERTIFICATE_NOT_YET_VALID),
    (of_another_authority, Reason.CERTIFICATE_UNKNOWN_ISSUER),
    (self_signed, Reason.CERTIFICATE_SELF_SIGNED),
)


def old_tls_only(authority: trustme.CA) -> ssl.SSLContext:
    """For a server that knows nothing newer than TLS 1.0."""
    context = right(authority).context
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1 is deprecated"):
        context.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="TLSv1 is deprecated"):
        context.maximum_version = ssl.TLSVersion.TLSv1
    return context
