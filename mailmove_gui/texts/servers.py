"""Servers in words."""

from mailmove_gui.domain.endpoints import Endpoint, MailProtocol, Security
from mailmove_gui.texts.language import _


def protocol_name(protocol: MailProtocol) -> str:
    """As people know it: ``IMAP``."""
    return protocol.value.upper()


def security_name(security: Security) -> str:
    """A kind of encryption."""
    match security:
        case Security.TLS:
            return _("TLS")
        case Security.STARTTLS:
            return _("STARTTLS")
        case Security.PLAIN:
            return _("not encrypted")


def server_and_port(host: str, port: int) -> str:
    """``imap.example.com:993``; IPv6 addresses in brackets (RFC 3986)."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def pop3_leaves_behind() -> str:
    """What does not come along where a mailbox is read by POP3, in two sentences."""
    return _(
        "By POP3 only the inbox can be read. Folders, drafts, sent mail, and which messages were read or marked stay"
        " behind."
    )


def server_line(endpoint: Endpoint) -> str:
    """All of it in one line: ``IMAP · imap.example.com:993 · TLS``."""
    parts = (
        protocol_name(endpoint.protocol),
        server_and_port(endpoint.host, endpoint.port),
        security_name(endpoint.security),
    )
    return " \N{MIDDLE DOT} ".join(parts)
