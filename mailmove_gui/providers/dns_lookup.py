"""What DNS tells about a domain's mail: MX, SRV, SPF and aliases, all asked at once."""

import asyncio
import re
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import dns.asyncresolver
import dns.exception
import dns.nameserver
import dns.rdatatype
import dns.resolver
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT
from dns.rdtypes.IN.SRV import SRV

from mailmove_gui.domain.endpoints import Endpoint, MailProtocol, Security
from mailmove_gui.providers.asked import ascii_name
from mailmove_gui.providers.name_servers import NameServers

_T = TypeVar("_T")

ALIASES = ("imap", "autodiscover", "autoconfig", "mail")
"""Names below a domain that are often aliases of its provider's, the most telling first: mail. is often a web page."""
_SERVICES = {
    "_imaps": (MailProtocol.IMAP, Security.TLS),
    "_imap": (MailProtocol.IMAP, Security.STARTTLS),
    "_pop3s": (MailProtocol.POP3, Security.TLS),
    "_pop3": (MailProtocol.POP3, Security.STARTTLS),
}
"""RFC 6186 section 3, RFC 8314 section 5.1."""
_SYSTEM_S = 2.0
_PUBLIC_S = 1.2
_HEAD_START_S = 1.0
_PATIENCE_S = 0.8
"""How much later than those about MX answers may come: the questions were asked at the same time."""
_ALIAS_HOPS = 3
_SPF_TERM = re.compile(r"[+?~]?([a-z][a-z0-9._-]*)(?:[:=](.*))?")
_SPF_QUESTIONS = 5
"""Far below the ten that RFC 7208 allows: what is included that deep says little."""


@dataclass(frozen=True, slots=True)
class Records(Generic[_T]):
    """Answers to one question; `answered` is False if nobody told, `exists` if there is no such name (NXDOMAIN)."""

    values: tuple[_T, ...] = ()
    answered: bool = True
    exists: bool = True

    def or_else(self, other: "Records[_T]") -> "Records[_T]":
        """These, unless the others know more."""
        if self.values or not other.answered:
            return self
        return other if other.values or not self.answered else self


@dataclass(frozen=True, slots=True)
class Alias:
    """A name below the domain, and one that it leads to."""

    name: str
    target: str


@dataclass(frozen=True, slots=True)
class DnsFindings:
    """What is known of a domain.

    `mx` has the hosts by preference; the empty name alone is the "null MX" of a domain that takes no mail (RFC 7505).
    `services` has the servers of SRV records, IMAP first; `spf` the names that its SPF record includes.
    """

    mx: Records[str]
    aliases: Records[Alias]
    services: Records[Endpoint]
    spf: Records[str]

    @property
    def answered(self) -> bool:
        """Whether any question was answered."""
        return any(records.answered for records in (self.mx, self.aliases, self.services, self.spf))

    def or_else(self, other: "DnsFindings") -> "DnsFindings":
        """These, each completed by the others where they know more."""
        return DnsFindings(
            self.mx.or_else(other.mx),
            self.aliases.or_else(other.aliases),
            self.services.or_else(other.services),
            self.spf.or_else(other.spf),
        )


async def look_up(domain: str, servers: NameServers) -> DnsFindings:
    """Ask all there is to ask about a domain.

    The system's name servers first; the public ones too if those know no MX (a company's own often does not) or have
    not answered after a second. Takes less than four seconds, whatever happens.
    """
    async with asyncio.TaskGroup() as tasks:
        system = _Round(domain, system_resolver(servers), tasks)
        await asyncio.wait([system.mx], timeout=_HEAD_START_S)
        rounds = [system]
        if not system.has_mx and servers.public:
            rounds.append(_Round(domain, public_resolver(servers), tasks))
        pending = {one.mx for one in rounds}
        while pending and not any(one.has_mx for one in rounds):
            _done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        # What one resolver knows of MX comes with what it knows of the rest.
        rounds.sort(key=lambda one: not one.has_mx)
        await asyncio.wait([task for one in rounds for task in one.all], timeout=_PATIENCE_S)
        found = [one.findings() for one in rounds]
        for one in rounds:
            one.stop()
    return found[0].or_else(found[1]) if len(found) > 1 else found[0]


async def addresses(host: str, servers: NameServers) -> tuple[str, ...]:
    """IP addresses of a host, IPv4 first; empty if there is none or nobody knows."""
    for resolver in (system_resolver(servers), public_resolver(servers)):
        if resolver is None:
            continue
        found = await asyncio.gather(ask(resolver, host, "A"), ask(resolver, host, "AAAA"))
        values = tuple(str(record) for records in found for record in records.values)
        if values:
            return values
    return ()


class _Round:
    """All questions about a domain to one set of name servers, under way."""

    def __init__(self, domain: str, resolver: dns.asyncresolver.Resolver | None, tasks: asyncio.TaskGroup) -> None:
        def start(question: Coroutine[Any, Any, Records[_T]]) -> asyncio.Task[Records[_T]]:
            return tasks.create_task(question)

        self.mx = start(_mx(resolver, domain))
        self._aliases = [start(_alias(resolver, f"{label}.{domain}")) for label in ALIASES]
        self._services = [start(_service(resolver, domain, service)) for service in _SERVICES]
        self._spf = start(_spf(resolver, domain))
        self.all: list[asyncio.Task[Any]] = [self.mx, *self._aliases, *self._services, self._spf]

    @property
    def has_mx(self) -> bool:
        """Whether an MX is known by now."""
        return bool(_so_far(self.mx).values)

    def findings(self) -> DnsFindings:
        """What is known by now."""
        return DnsFindings(
            _so_far(self.mx),
            _joined(map(_so_far, self._aliases)),
            _joined(map(_so_far, self._services)),
            _so_far(self._spf),
        )

    def stop(self) -> None:
        """Ask no more."""
        for task in self.all:
            task.cancel()


def _so_far(task: "asyncio.Task[Records[_T]]") -> Records[_T]:
    return task.result() if task.done() and not task.cancelled() else Records(answered=False)


def _joined(records: Iterable[Records[_T]]) -> Records[_T]:
    """One answer to several questions: those that were not answered matter only if no other was."""
    all_records = list(records)
    values = tuple(value for one in all_records for value in one.values)
    return Records(values, answered=any(one.answered for one in all_records))


def system_resolver(servers: NameServers) -> dns.asyncresolver.Resolver | None:
    """Asks the system's name servers; None if there are none."""
    if servers.system is not None:
        return _resolver_at(servers.system, servers.port, _SYSTEM_S)
    try:
        resolver = dns.asyncresolver.Resolver()
    except (dns.resolver.NoResolverConfiguration, OSError):
        return None
    _be_patient(resolver, _SYSTEM_S)
    return resolver


def public_resolver(servers: NameServers) -> dns.asyncresolver.Resolver | None:
    """Asks the public name servers, one after the other; None if there are none."""
    return _resolver_at(servers.public, servers.port, _PUBLIC_S)


def _resolver_at(hosts: tuple[str, ...], port: int, lifetime_s: float) -> dns.asyncresolver.Resolver | None:
    if not hosts:
        return None
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers = [dns.nameserver.Do53Nameserver(host, port) for host in hosts]
    _be_patient(resolver, lifetime_s)
    return resolver


def _be_patient(resolver: dns.asyncresolver.Resolver, lifetime_s: float) -> None:
    """Give each name server its share, and a single one all the time there is: its late answer is worth having."""
    resolver.lifetime = lifetime_s
    resolver.timeout = lifetime_s / min(3, max(1, len(resolver.nameservers)))


async def ask(resolver: dns.asyncresolver.Resolver | None, name: str, kind: str) -> Records[Any]:
    """All records of a kind; not answered without a resolver, and whatever else goes wrong."""
    if resolver is None:
        return Records(answered=False)
    try:
        answer = await resolver.resolve(f"{name}.", kind, search=False)
    except dns.resolver.NXDOMAIN:
        return Records(exists=False)
    except dns.resolver.NoAnswer:
        return Records()
    except (dns.exception.DNSException, OSError, EOFError):
        return Records(answered=False)
    return Records(tuple(answer))


async def _mx(resolver: dns.asyncresolver.Resolver | None, domain: str) -> Records[str]:
    found: Records[MX] = await ask(resolver, domain, "MX")
    return Records(exchanges(found.values), found.answered, found.exists)


def exchanges(records: Iterable[MX]) -> tuple[str, ...]:
    """The hosts of MX records by preference, the empty name for a "null MX" (RFC 7505)."""
    ordered = sorted(records, key=lambda record: (record.preference, record.exchange))
    # An exchange that is no host name at all (such as an IP address in a broken zone) leads nowhere.
    names = [host_name(record.exchange) for record in ordered]
    return tuple(name for name in names if name is not None)


async def _alias(resolver: dns.asyncresolver.Resolver | None, name: str) -> Records[Alias]:
    found: list[Alias] = []
    at = name
    answered = False
    for _hop in range(_ALIAS_HOPS):
        records = await ask(resolver, at, "CNAME")
        answered = answered or records.answered
        target = host_name(records.values[0].target) if records.values else None
        if not target:
            break
        found.append(Alias(name, target))
        at = target
    return Records(tuple(found), answered)


async def _service(resolver: dns.asyncresolver.Resolver | None, domain: str, service: str) -> Records[Endpoint]:
    found: Records[SRV] = await ask(resolver, f"{service}._tcp.{domain}", "SRV")
    protocol, security = _SERVICES[service]
    records = sorted(found.values, key=lambda record: (record.priority, -record.weight, record.target))
    # The root as target: this service is decidedly not there (RFC 2782).
    endpoints = [
        Endpoint(host, record.port, security, protocol)
        for record in records
        if (host := host_name(record.target)) and record.port
    ]
    return Records(tuple(endpoints), found.answered)


async def _spf(resolver: dns.asyncresolver.Resolver | None, domain: str) -> Records[str]:
    """Names that the SPF record includes or redirects to; records of the domain's own are looked into."""
    names: dict[str, None] = {}
    questions, answered = [domain], False
    for _question in range(_SPF_QUESTIONS):
        if not questions:
            break
        records: Records[TXT] = await ask(resolver, questions.pop(0), "TXT")
        answered = answered or records.answered
        for kind, value in spf_terms(records.values):
            name = ascii_name(value.removesuffix(".")) if kind in {"include", "redirect"} else None
            if name is None:
                continue  # no name of another, or one with a macro
            if name not in names and (kind == "redirect" or name.endswith(f".{domain}")):
                questions.append(name)
            names[name] = None
    return Records(tuple(names), answered)


def spf_records(records: Iterable[TXT]) -> Iterable[list[str]]:
    """The terms of each record that is one of SPF (RFC 7208 section 4.5), in lower case."""
    for record in records:
        version, *terms = b"".join(record.strings).decode("ascii", "replace").lower().split() or [""]
        if version == "v=spf1":
            yield terms


def spf_terms(records: Iterable[TXT]) -> Iterable[tuple[str, str]]:
    """(kind, value) of all terms of SPF records (RFC 7208 section 4.6.1) that let somebody send."""
    for terms in spf_records(records):
        for term in terms:
            if not term.startswith("-") and (parts := _SPF_TERM.fullmatch(term)):
                yield parts[1], parts[2] or ""


def host_name(name: dns.name.Name) -> str | None:
    """A name of DNS as the program writes it, empty for the root; None if no host can have it."""
    text = name.to_text(omit_final_dot=True).lower()
    return "" if text == "." else ascii_name(text)
