"""TLS: certificates judged by the operating system's trust store, and by one more file if there is one."""

import ssl
from pathlib import Path

from mailmove_gui.domain.problems import InvalidInput, Problem, ProblemKind

_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
"""Where systems without OpenSSL's default path keep their certificate authorities."""


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
