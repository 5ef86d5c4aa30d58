"""The provider table: who is recognised by which name. Read at the first question, not at start-up."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from mailmove_gui.domain.endpoints import Endpoint, MailProtocol
from mailmove_gui.domain.providers import Confidence, Provider, ServerOffer
from mailmove_gui.providers.table_file import Gateway, Greeting, OfferTemplate, ProviderEntry, TableFiles, read_table
from mailmove_gui.resource_files import resource_path

_LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Match:
    """A provider that was recognised. `mx_host` and `region` are known if an MX host told."""

    entry: ProviderEntry
    confidence: Confidence
    mx_host: str = ""
    region: str = ""

    def provider_for(self, domain: str) -> Provider:
        """The provider with its servers for a domain: names filled in, those that cannot be filled in left out."""
        return self._with_servers(lambda protocol: self._offers(protocol, domain))

    def provider(self) -> Provider:
        """The provider with all servers that can be named without knowing the domain."""
        return self._with_servers(
            lambda protocol: dict.fromkeys(
                offer for domain in ("", *self.entry.domains) for offer in self._offers(protocol, domain)
            )
        )

    def _with_servers(self, offers: Callable[[MailProtocol], Iterable[ServerOffer]]) -> Provider:
        imap, pop3 = (tuple(offers(protocol)) for protocol in (MailProtocol.IMAP, MailProtocol.POP3))
        return replace(self.entry.provider, imap=imap, pop3=pop3)

    def _offers(self, protocol: MailProtocol, domain: str) -> Iterator[ServerOffer]:
        known = {"domain": domain, "region": self.region, "mxhost": self.mx_host}
        for index, template in enumerate(self.entry.servers[protocol]):
            host = template.host if index else self._own_host(protocol, domain) or template.host
            if all(value or f"{{{name}}}" not in host for name, value in known.items()):
                yield _offer(template, host.format_map(known), protocol)

    def _own_host(self, protocol: MailProtocol, domain: str) -> str:
        by_mx = self.entry.hosts_by_mx[protocol]
        suffix = _longest_suffix(self.mx_host, by_mx)
        return self.entry.hosts_by_domain[protocol].get(domain) or by_mx.get(suffix, "")


def _offer(template: OfferTemplate, host: str, protocol: MailProtocol) -> ServerOffer:
    endpoint = Endpoint(host, template.port, template.security, protocol)
    return ServerOffer(endpoint, template.when, template.confidence, template.for_source)


class ProviderTable:
    """Answers who a domain, an MX host, an alias, an SPF include, a server's name or a greeting belongs to.

    Names are given in lower case, ASCII, without a final dot.
    """

    def __init__(self, files: TableFiles) -> None:
        self._entries = files.entries
        self._greetings = files.greetings
        self._by_id = {entry.provider.id: entry for entry in files.entries}
        self._by_domain = {domain: entry for entry in files.entries for domain in entry.domains}
        self._by_mx: dict[str, Match | Gateway] = {
            suffix: gateway for gateway in files.gateways for suffix in gateway.mx
        }
        for entry in files.entries:
            self._by_mx |= {suffix: Match(entry, entry.provider.confidence) for suffix in entry.mx}
            self._by_mx |= {suffix: Match(entry, Confidence.LOW) for suffix in entry.mx_low}
        self._by_spf = {suffix: entry for entry in files.entries for suffix in entry.spf}
        self._by_cname = {suffix: entry for entry in files.entries for suffix in entry.cname}
        self._by_host: dict[str, ProviderEntry] = {}
        for match in self.matches():
            provider = match.provider()
            for offer in (*provider.imap, *provider.pop3):
                # Behind this computer's own address may be any server, not only a provider's bridge.
                if offer.endpoint.host != _LOOPBACK:
                    self._by_host.setdefault(offer.endpoint.host, match.entry)

    def matches(self) -> Iterator[Match]:
        """All providers."""
        return (Match(entry, entry.provider.confidence) for entry in self._entries)

    def by_id(self, provider_id: str) -> Match | None:
        """The provider of an id."""
        return _match(self._by_id.get(provider_id))

    def by_domain(self, domain: str) -> Match | None:
        """The provider whose own domain this is."""
        found = self._by_domain.get(domain)
        if found is None:
            patterned = (entry for entry in self._entries if any(p.fullmatch(domain) for p in entry.domain_patterns))
            found = next(patterned, None)
        return _match(found)

    def by_mx(self, host: str) -> Match | Gateway | None:
        """The provider or filter service that a mail exchanger belongs to."""
        for entry in self._entries:
            for pattern in entry.mx_patterns:
                if seen := pattern.fullmatch(host):
                    region = seen.groupdict().get("region") or ""
                    return Match(entry, entry.provider.confidence, host, region)
        found = self._by_mx.get(_longest_suffix(host, self._by_mx))
        return replace(found, mx_host=host) if isinstance(found, Match) else found

    def by_spf(self, name: str) -> Match | None:
        """The provider whose servers an SPF record lets send by including this name."""
        return _match(self._by_spf.get(_longest_suffix(name, self._by_spf)))

    def by_cname(self, target: str) -> Match | None:
        """The provider that an alias leads to."""
        return _match(self._by_cname.get(_longest_suffix(target, self._by_cname))) or self.by_host(target)

    def by_server(self, host: str) -> Match | None:
        """The provider whose table lists this very server."""
        return _match(self._by_host.get(host))

    def by_host(self, host: str) -> Match | None:
        """The provider that a mail server seems to belong to: listed, or below a domain of its own or of its MX."""
        if found := self.by_server(host):
            return found
        by_suffix = self.by_mx(host)
        if isinstance(by_suffix, Match):
            return replace(by_suffix, mx_host="")
        return _match(self._by_domain.get(_longest_suffix(host, self._by_domain)))

    def by_greeting(self, text: str) -> Greeting | None:
        """What a server's first words say about it."""
        folded = text.casefold()
        return next((greeting for greeting in self._greetings if greeting.contains.casefold() in folded), None)


def _match(entry: ProviderEntry | None) -> Match | None:
    return Match(entry, entry.provider.confidence) if entry is not None else None


def _longest_suffix(host: str, suffixes: Mapping[str, object]) -> str:
    """The longest of the suffixes that `host` is, or ends with behind a dot; empty if none."""
    rest = host
    while rest and rest not in suffixes:
        rest = rest.partition(".")[2]
    return rest


@cache
def provider_table() -> ProviderTable:
    """The table that comes with the program; read once.

    Raises:
        FileNotFoundError: the program came without its resources.
    """
    return ProviderTable(read_table(resource_path("providers")))


def provider_by_id(provider_id: str) -> Provider | None:
    """What is known of a provider that was recognised before, such as `ServerOrigin.provider_id`; None if nothing."""
    match = provider_table().by_id(provider_id)
    return match.provider() if match is not None else None


def provider_of_host(host: str) -> Provider | None:
    """The provider that a mail server belongs to, for a server that was typed by hand; None if it is not known."""
    match = provider_table().by_host(host.strip().rstrip(".").lower())
    return match.provider() if match is not None else None
