"""Mail servers: where they are and how to talk to them."""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from mailmove_gui.domain.problems import InvalidInput, Problem, ProblemKind


class MailProtocol(StrEnum):
    """Protocol that a mailbox is read or written with."""

    IMAP = "imap"
    POP3 = "pop3"


class Security(StrEnum):
    """How a connection is protected (RFC 8314)."""

    TLS = "tls"
    STARTTLS = "starttls"
    PLAIN = "plain"


_SCHEMES: dict[str, tuple[MailProtocol, Security]] = {
    "imaps": (MailProtocol.IMAP, Security.TLS),
    "imap+starttls": (MailProtocol.IMAP, Security.STARTTLS),
    "imap": (MailProtocol.IMAP, Security.PLAIN),
    "pop3s": (MailProtocol.POP3, Security.TLS),
    "pop3+starttls": (MailProtocol.POP3, Security.STARTTLS),
    "pop3": (MailProtocol.POP3, Security.PLAIN),
}
_SCHEME_OF = {kind: scheme for scheme, kind in _SCHEMES.items()}
_REGISTERED_PORTS = frozenset({143, 993, 110, 995})
_MAX_PORT = 65535
_LOOKS_LIKE_SCHEME = re.compile(r"[a-z][a-z0-9+]{0,20}", re.IGNORECASE)
_LOOKS_LIKE_HOST = re.compile(r"[\w-]+(\.[\w-]+)+(:\d{0,5})?/?")


def default_port(protocol: MailProtocol, security: Security) -> int:
    """The registered port (IANA; RFC 8314 section 3)."""
    implicit = security is Security.TLS
    match protocol:
        case MailProtocol.IMAP:
            return 993 if implicit else 143
        case MailProtocol.POP3:
            return 995 if implicit else 110


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server (name or IP address), port, security and protocol."""

    host: str
    port: int
    security: Security = Security.TLS
    protocol: MailProtocol = MailProtocol.IMAP

    @property
    def url(self) -> str:
        """The form that the command line takes, such as ``imaps://mail.example:993``."""
        return f"{_SCHEME_OF[self.protocol, self.security]}://{self._bracketed_host}:{self.port}"

    @property
    def server(self) -> str:
        """Name of the machine that answers here, the same for all of a machine's registered ports.

        Behind another port may be another machine (a tunnel), so it is part of the name: ``localhost:1993``.
        """
        host = self._bracketed_host.casefold()
        return host if self.port in _REGISTERED_PORTS else f"{host}:{self.port}"

    @property
    def _bracketed_host(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host


def parse_endpoint(url: str) -> Endpoint:
    """Read ``scheme://host[:port]`` (see `Endpoint.url`).

    Raises:
        InvalidInput: the scheme is none of ours, the host is missing, the port is no port, or the URL carries a user,
            password, path or query.
    """
    text = url.strip()
    scheme, mark, rest = text.partition("://")
    kind = _SCHEMES.get(scheme.lower())
    if not mark or kind is None:
        raise InvalidInput(Problem(ProblemKind.URL_BAD_SCHEME, value=_showable(scheme, text, mark)))
    # Before any parsing: a slash or # in a password would end the part in which a parser looks for one.
    if "@" in rest:
        raise InvalidInput(Problem(ProblemKind.URL_HAS_SECRET))
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise InvalidInput(Problem(ProblemKind.URL_BAD_PORT, value=text)) from None
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise InvalidInput(Problem(ProblemKind.URL_HAS_EXTRA, value=text))
    if not parts.hostname or any(character.isspace() for character in parts.hostname):
        raise InvalidInput(Problem(ProblemKind.URL_NO_HOST, value=text))
    if port is None:
        port = default_port(*kind)
    if not 1 <= port <= _MAX_PORT:
        raise InvalidInput(Problem(ProblemKind.URL_BAD_PORT, value=text))
    return Endpoint(parts.hostname, port, kind[1], kind[0])


def _showable(scheme: str, text: str, mark: str) -> str:
    """What may be shown of a text that is no URL of ours; it may be a password in the wrong column."""
    if mark:
        return scheme if _LOOKS_LIKE_SCHEME.fullmatch(scheme) else ""
    return text if _LOOKS_LIKE_HOST.fullmatch(text) else ""
