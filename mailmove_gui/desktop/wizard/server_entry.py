"""A mail server as the wizard knows it. No Qt."""

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import assert_never

from mailmove_gui.domain.endpoints import Endpoint, MailProtocol, Security, default_port, parse_endpoint
from mailmove_gui.domain.plan import ServerOrigin, ServerSetup
from mailmove_gui.domain.problems import InvalidInput
from mailmove_gui.domain.providers import Detection, UserNameForm
from mailmove_gui.domain.reasons import Side
from mailmove_gui.texts import _

MAX_PORT = 65535
_NOT_IN_A_HOST = frozenset(" \t/\\,;@\"'<>()[]")
_NOT_IN_A_DOMAIN = _NOT_IN_A_HOST | {":"}


@dataclass(frozen=True, slots=True)
class HandTyped:
    """The fields of *Manual*; what was typed into them is kept while *Automatic* is chosen."""

    host: str = ""
    port: int = 993
    security: Security = Security.TLS
    protocol: MailProtocol = MailProtocol.IMAP
    user_name: UserNameForm = UserNameForm.EITHER


@dataclass(frozen=True, slots=True)
class ServerEntry:
    """A mail server as it was typed, or as it was found for what was typed.

    `setup` is the user's visible choice, `asked` the address or domain that was typed, `detection` what was found for
    it. The server's data stands in the other fields either way; `user_name` says what of an address is the login name,
    `typed` keeps what was typed by hand while the server is an automatic one. `consented` is the user's yes to a server
    that nothing vouches for. `side` is what the server is for: nothing can be put into a mailbox by POP3.
    """

    host: str = ""
    port: int = 993
    security: Security = Security.TLS
    setup: ServerSetup = ServerSetup.MANUAL
    asked: str = ""
    detection: Detection | None = None
    protocol: MailProtocol = MailProtocol.IMAP
    user_name: UserNameForm = UserNameForm.EITHER
    consented: bool = False
    typed: HandTyped = HandTyped()
    side: Side = Side.SOURCE

    @property
    def is_automatic(self) -> bool:
        """Whether the server is looked for, not typed."""
        return self.setup is ServerSetup.AUTOMATIC

    @property
    def origin(self) -> ServerOrigin:
        """What the plan remembers of how it was chosen."""
        provider = self.detection.provider if self.detection is not None else None
        return ServerOrigin(self.setup, self.asked.strip(), provider.id if provider is not None else "")

    @property
    def problem(self) -> str:
        """What is wrong with it, as a sentence; empty if it can be used, or nothing was typed yet."""
        host = self.host.strip()
        if "@" in host:
            return _("This is a mail address. Enter the name of its mail server, such as imap.example.com.")
        if any(character in _NOT_IN_A_HOST for character in host):
            return _("This is no server's name. Enter a name such as imap.example.com, or an IP address.")
        if _looks_like_ip(host) and not _is_ip(host):
            return _("This is no IP address. Enter one such as 192.168.1.20 or 2001:db8::20, or a server's name.")
        if not 1 <= self.port <= MAX_PORT:
            return _("A port is a number from 1 to {highest}.").format(highest=MAX_PORT)
        if not self._can_use(self.protocol):
            return _(
                "Nothing can be put into a mailbox by POP3, and no IMAP server was found. Enter the IMAP server by"
                " hand: most providers have one."
            )
        return ""

    @property
    def needs_consent(self) -> bool:
        """Whether it was guessed, nothing vouches for it, and the user has not said yes to it."""
        return self.is_automatic and self.detection is not None and self.detection.needs_consent and not self.consented

    @property
    def is_complete(self) -> bool:
        """Whether it can be used."""
        return bool(self.host.strip()) and not self.problem and not self.needs_consent

    @property
    def endpoint(self) -> Endpoint | None:
        """The server; None as long as it cannot be used."""
        return Endpoint(self.host.strip(), self.port, self.security, self.protocol) if self.is_complete else None

    @property
    def candidates(self) -> tuple[Endpoint, ...]:
        """The servers that were found and can be used, the best one first, POP3 last."""
        if self.detection is None:
            return ()
        usable = (server for server in self.detection.servers if self._can_use(server.protocol))
        return tuple(sorted(usable, key=lambda server: server.protocol is MailProtocol.POP3))

    @property
    def asked_domain(self) -> str:
        """The domain to ask about; empty as long as what was typed holds none."""
        domain = domain_of(self.asked)
        is_name = all(domain.split(".")) and "." in domain and not any(mark in _NOT_IN_A_DOMAIN for mark in domain)
        return domain if is_name and not _looks_like_ip(domain) else ""

    @property
    def asked_address(self) -> str:
        """The mail address that was typed; empty if it was a domain, or is not complete yet."""
        local, at, _domain = self.asked.strip().rpartition("@")
        return self.asked.strip() if local and at and self.asked_domain else ""

    def login_name(self, address: str) -> str:
        """The user name by which the owner of an address logs in here."""
        return login_name(address, self.user_name)

    # What people do with it

    def with_setup(self, setup: ServerSetup) -> "ServerEntry":
        """The other choice; what was typed and found for this one comes back with it."""
        if setup is self.setup:
            return self
        if setup is ServerSetup.MANUAL:
            return self.changed_by_hand() if self.typed == HandTyped() else _in_force(self, self.typed, setup)
        return _with_found(replace(self, setup=setup, typed=self._server, consented=False))

    def changed_by_hand(self) -> "ServerEntry":
        """*Manual*, filled in with what was found if that can be used."""
        is_of_use = bool(self.host) and self._can_use(self.protocol)
        return _in_force(self, self._server if is_of_use else HandTyped(), ServerSetup.MANUAL)

    def with_asked(self, text: str) -> "ServerEntry":
        """Another address or domain; what was found stays as long as the domain is the same."""
        asked = replace(self, asked=text)
        if self.detection is not None and asked.asked_domain == domain_of(self.detection.asked):
            return asked
        return asked.without_detection()

    def with_detection(self, detection: Detection) -> "ServerEntry":
        """What was found for what was asked."""
        return _with_found(replace(self, detection=detection, consented=False))

    def without_detection(self) -> "ServerEntry":
        """What was found forgotten, so that it is looked for again."""
        return _with_found(replace(self, detection=None, consented=False))

    def with_consent(self) -> "ServerEntry":
        """The user's yes to the server that is in force."""
        return replace(self, consented=True)

    def with_candidate(self, server: Endpoint) -> "ServerEntry":
        """Another one of the servers that were found; a yes was to the former one."""
        return replace(
            self,
            host=server.host,
            port=server.port,
            security=server.security,
            protocol=server.protocol,
            consented=False,
        )

    def with_security(self, security: Security) -> "ServerEntry":
        """Another kind of encryption; the port follows as long as it is the usual one."""
        return self._with_kind(self.protocol, security)

    def with_protocol(self, protocol: MailProtocol) -> "ServerEntry":
        """Another protocol; the port follows as long as it is the usual one."""
        return self._with_kind(protocol, self.security)

    def with_host(self, text: str, protocols: Collection[MailProtocol] = tuple(MailProtocol)) -> "ServerEntry":
        """Another host; ``imaps://host:port``, ``host:port`` and ``[::1]:port`` fill in the rest.

        A URL of a protocol that is not one of `protocols` gives its host alone.
        """
        text = text.strip()
        if "://" in text:
            try:
                endpoint = parse_endpoint(text)
            except InvalidInput:
                return replace(self, host=text)
            if endpoint.protocol not in protocols:
                return replace(self, host=endpoint.host)
            return replace(
                self,
                host=endpoint.host,
                port=endpoint.port,
                security=endpoint.security,
                protocol=endpoint.protocol,
            )
        host, colon, port = text.rpartition(":")
        if text.startswith("[") and text.endswith("]"):
            host, colon, port = text, "", ""
        is_one = host.startswith("[") or ":" not in host
        if colon and is_one and port.isascii() and port.isdigit() and 1 <= int(port) <= MAX_PORT:
            return replace(self, host=_without_brackets(host), port=int(port))
        return replace(self, host=_without_brackets(text))

    def _can_use(self, protocol: MailProtocol) -> bool:
        return self.side is Side.SOURCE or protocol is MailProtocol.IMAP

    def _with_kind(self, protocol: MailProtocol, security: Security) -> "ServerEntry":
        is_usual = self.port == default_port(self.protocol, self.security)
        port = default_port(protocol, security) if is_usual else self.port
        return replace(self, protocol=protocol, security=security, port=port)

    @property
    def _server(self) -> HandTyped:
        return HandTyped(self.host, self.port, self.security, self.protocol, self.user_name)


def entry_of(endpoint: Endpoint, side: Side = Side.SOURCE) -> ServerEntry:
    """The entry that stands for a server."""
    return ServerEntry(endpoint.host, endpoint.port, endpoint.security, protocol=endpoint.protocol, side=side)


def automatic_entry(side: Side = Side.SOURCE) -> ServerEntry:
    """The entry that a new migration begins with: nothing typed, and the server is to be looked for."""
    return ServerEntry(setup=ServerSetup.AUTOMATIC, side=side)


def domain_of(asked: str) -> str:
    """The domain of an address, or the domain itself, in lower case; anything if it is neither."""
    return asked.strip().rpartition("@")[2].strip().rstrip(".").casefold()


def found_for(side: Side, detection: Detection) -> Detection:
    """What was found, without the servers that are no place to put mail if that is what is asked for."""
    if side is Side.SOURCE or detection.provider is None:
        return detection
    source_only = {offer.endpoint for offer in detection.provider.imap if offer.for_source}
    return replace(detection, servers=tuple(server for server in detection.servers if server not in source_only))


def login_name(address: str, form: UserNameForm) -> str:
    """The user name by which the owner of an address logs in.

    Only `UserNameForm.LOCAL` changes anything: a name without a domain cannot be completed from here.
    """
    match form:
        case UserNameForm.LOCAL:
            local, at, _domain = address.rpartition("@")
            return local if at and local else address
        case UserNameForm.FULL | UserNameForm.EITHER:
            return address
        case _:
            assert_never(form)


def _with_found(entry: ServerEntry) -> ServerEntry:
    """The best server that was found put in force, or none; what was typed by hand stays in force."""
    found = entry.detection
    if not entry.is_automatic:
        return entry
    if found is None or not found.servers:
        return _in_force(entry, HandTyped(), entry.setup)
    best = next(iter(entry.candidates), found.servers[0])
    server = HandTyped(best.host, best.port, best.security, best.protocol, found.user_name)
    return _in_force(entry, server, entry.setup)


def _in_force(entry: ServerEntry, server: HandTyped, setup: ServerSetup) -> ServerEntry:
    return replace(
        entry,
        host=server.host,
        port=server.port,
        security=server.security,
        protocol=server.protocol,
        user_name=server.user_name,
        setup=setup,
    )


def _without_brackets(host: str) -> str:
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host


def _looks_like_ip(host: str) -> bool:
    """Whether it can be nothing but an IP address: no name is made of digits and dots, or holds a colon."""
    return ":" in host or (any(map(str.isdigit, host)) and all(mark.isdigit() or mark == "." for mark in host))


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
