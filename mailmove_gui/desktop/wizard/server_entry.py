"""A mail server as the wizard knows it. No Qt."""

from dataclasses import dataclass, replace

from mailmove_gui.domain.endpoints import Endpoint, MailProtocol, Security, default_port, parse_endpoint
from mailmove_gui.domain.plan import ServerOrigin, ServerSetup
from mailmove_gui.domain.problems import InvalidInput
from mailmove_gui.domain.providers import Detection
from mailmove_gui.texts import _

MAX_PORT = 65535
_NOT_IN_A_HOST = frozenset(" \t/\\,;@\"'<>()")


@dataclass(frozen=True, slots=True)
class ServerEntry:
    """A mail server as it was typed, or as it was found for what was typed.

    `setup` is the user's visible choice, `asked` the address or domain that was typed, `detection` what was found for
    it. The server's data stands in the other fields either way.
    """

    host: str = ""
    port: int = 993
    security: Security = Security.TLS
    setup: ServerSetup = ServerSetup.MANUAL
    asked: str = ""
    detection: Detection | None = None

    @property
    def origin(self) -> ServerOrigin:
        """What the plan remembers of how it was chosen."""
        provider = self.detection.provider if self.detection is not None else None
        return ServerOrigin(self.setup, self.asked, provider.id if provider is not None else "")

    @property
    def problem(self) -> str:
        """What is wrong with it, as a sentence; empty if it can be used, or nothing was typed yet."""
        host = self.host.strip()
        if "@" in host:
            return _("This is a mail address. Enter the name of its mail server, such as imap.example.com.")
        if any(character in _NOT_IN_A_HOST for character in host):
            return _("This is no server's name. Enter a name such as imap.example.com, or an IP address.")
        if not 1 <= self.port <= MAX_PORT:
            return _("A port is a number from 1 to {highest}.").format(highest=MAX_PORT)
        return ""

    @property
    def is_complete(self) -> bool:
        """Whether it can be used."""
        return bool(self.host.strip()) and not self.problem

    @property
    def endpoint(self) -> Endpoint | None:
        """The server; None as long as it cannot be used."""
        return Endpoint(self.host.strip(), self.port, self.security) if self.is_complete else None

    def with_security(self, security: Security) -> "ServerEntry":
        """Another kind of encryption; the port follows as long as it is the usual one."""
        port = self.port
        if port == default_port(MailProtocol.IMAP, self.security):
            port = default_port(MailProtocol.IMAP, security)
        return replace(self, security=security, port=port)

    def with_host(self, text: str) -> "ServerEntry":
        """Another host; ``imaps://host:port`` and ``host:port`` fill in the rest."""
        text = text.strip()
        if "://" in text:
            try:
                endpoint = parse_endpoint(text)
            except InvalidInput:
                return replace(self, host=text)
            if endpoint.protocol is not MailProtocol.IMAP:
                return replace(self, host=endpoint.host)
            return replace(self, host=endpoint.host, port=endpoint.port, security=endpoint.security)
        host, colon, port = text.partition(":")
        if colon and ":" not in port and port.isascii() and port.isdigit() and 1 <= int(port) <= MAX_PORT:
            return replace(self, host=host, port=int(port))
        return replace(self, host=text)


def entry_of(endpoint: Endpoint) -> ServerEntry:
    """The entry that stands for a server."""
    return ServerEntry(endpoint.host, endpoint.port, endpoint.security)
