"""TLS: certificates judged by the operating system's trust store, by one more file, or by their fingerprint."""

import selectors
import socket
import ssl
import time
from pathlib import Path

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.problems import InvalidInput, Problem, ProblemKind
from mailmove_gui.mail.certificates import fingerprint_of

_LOOK_EVERY_S = 0.2

_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
"""Where systems without OpenSSL's default path keep their certificate authorities."""


_OLDEST_TLS = ssl.TLSVersion.TLSv1_2
"""What is older is not to be used any more (RFC 8996); Debian's Python would still take it."""


class CertificateNotPinned(Exception):
    """The server showed another certificate (`der`) than the pinned ones. Nothing was sent to it."""

    def __init__(self, der: bytes) -> None:
        super().__init__("the certificate is not the pinned one")
        self.der = der


def wrap_verified(
    sock: socket.socket, host: str, *, ca_file: str | None, timeout_s: float, cancel: CancelToken
) -> ssl.SSLSocket:
    """Put TLS on a connected socket, whose certificate must be trusted here and be for `host`.

    The socket is closed if that fails.

    Raises:
        OSError: SSLError (SSLCertVerificationError if it is about the certificate), TimeoutError, ConnectionError.
        Cancelled: asked to stop; noticed within 0.25 s.
        InvalidInput: see `client_context`.
    """
    try:
        context = client_context(ca_file)
    except InvalidInput:
        sock.close()
        raise
    return _wrap(sock, host, context, timeout_s, cancel)


def wrap_pinned(
    sock: socket.socket, host: str, *, pins: frozenset[str], timeout_s: float, cancel: CancelToken
) -> ssl.SSLSocket:
    """Put TLS on a connected socket, whose certificate must be one of `pins` and may be wrong in every other way.

    With no pins this is a look at the certificate, by way of the exception. The socket is closed if it fails.

    Args:
        pins: SHA-256 fingerprints (see `Certificate.sha256`).

    Raises:
        CertificateNotPinned: it is another.
        OSError: SSLError, TimeoutError, ConnectionError.
        Cancelled: asked to stop; noticed within 0.25 s.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = _OLDEST_TLS
    secure = _wrap(sock, host, context, timeout_s, cancel)
    der = shown_certificate(secure)
    if fingerprint_of(der) not in pins:
        secure.close()
        raise CertificateNotPinned(der)
    return secure


def shown_certificate(secure: ssl.SSLSocket) -> bytes:
    """The certificate of a finished handshake, DER."""
    return secure.getpeercert(binary_form=True) or b""


def _wrap(
    sock: socket.socket, host: str, context: ssl.SSLContext, timeout_s: float, cancel: CancelToken
) -> ssl.SSLSocket:
    deadline = time.monotonic() + timeout_s
    try:
        sock.setblocking(False)
        # The handshake by itself: the plain socket is empty once it is wrapped, so only the other can be closed.
        secure = context.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
    except BaseException:
        sock.close()
        raise
    try:
        while (event := _handshake_step(secure)) is not None:
            _wait(secure, event, deadline, cancel)
        secure.setblocking(True)
    except BaseException:
        secure.close()
        raise
    return secure


def _handshake_step(secure: ssl.SSLSocket) -> int | None:
    """Go on with the handshake; what must happen to the socket before it can go on further, None once it is done."""
    try:
        secure.do_handshake()
    except ssl.SSLWantReadError:
        return selectors.EVENT_READ
    except ssl.SSLWantWriteError:
        return selectors.EVENT_WRITE
    return None


def _wait(sock: socket.socket, event: int, deadline: float, cancel: CancelToken) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(sock, event)
        while True:
            cancel.check()
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                raise TimeoutError
            if selector.select(min(_LOOK_EVERY_S, left_s)):
                return


def client_context(ca_file: str | None = None) -> ssl.SSLContext:
    """A context that checks the certificate and its name (or IP address).

    One for each connection: truststore's contexts lock during a handshake, and a server that stalls in one must not
    hold up the others.

    Args:
        ca_file: PEM with certificates that are trusted in addition to the system's.

    Raises:
        InvalidInput: `ca_file` cannot be read or holds no certificate.
    """
    context = _system_context()
    context.minimum_version = _OLDEST_TLS
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except FileNotFoundError:
            raise InvalidInput(Problem(ProblemKind.FILE_NOT_FOUND, file=ca_file)) from None
        except OSError:
            raise InvalidInput(Problem(ProblemKind.FILE_NOT_READABLE, file=ca_file)) from None
        # A server's own certificate in the file is trust enough, whoever issued it.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def _system_context() -> ssl.SSLContext:
    try:
        import truststore  # noqa: PLC0415 - its import fails on systems that it does not know
    except ImportError:
        return _certifi_context()
    context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if not _system_has_authorities():
        return _certifi_context()
    return context


def _certifi_context() -> ssl.SSLContext:
    import certifi  # noqa: PLC0415 - only where it is needed

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=certifi.where())
    return context


def _system_has_authorities() -> bool:
    """Whether there is anything to verify with; always on Windows and macOS, whose stores are no files."""
    import sys  # noqa: PLC0415

    if sys.platform in {"win32", "darwin"}:
        return True
    paths = ssl.get_default_verify_paths()
    files = [path for path in (paths.cafile, *_BUNDLES) if path]
    if any(Path(path).is_file() for path in files):
        return True
    return bool(paths.capath) and any(Path(str(paths.capath)).glob("*.[0-9]"))
