"""Where a domain's mail goes, asked of each of its own name servers and of each public one for itself."""

import asyncio
import functools
from dataclasses import dataclass
from typing import Any, cast

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.rcode
from dns.rdtypes.ANY.CNAME import CNAME
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.NS import NS
from dns.rdtypes.ANY.TXT import TXT

from mailmove_gui.domain.mx import DomainMail, MxAnswer, MxPlace, overall_place
from mailmove_gui.providers.dns_lookup import (
    Records,
    addresses,
    ask,
    exchanges,
    host_name,
    public_resolver,
    system_resolver,
)
from mailmove_gui.providers.mx_places import MailSides, place_of_host
from mailmove_gui.providers.name_servers import NameServers
from mailmove_gui.providers.sender_policy import sender_policy

_QUESTION_S = 2.0
_ADDRESSES_TRIED = 3


@dataclass(frozen=True, slots=True)
class _Told:
    """MX hosts by preference and how long they may be remembered; `hosts` None: no answer that counts."""

    hosts: tuple[str, ...] | None = None
    ttl_s: int | None = None


class MxQuestions:
    """All questions about one domain (RFC 1034 names, in ASCII). Each has a limit of its own, so they end.

    Args:
        sides: what source and destination are known by.
        servers: the system's name servers lead to those of the domain; the public ones are asked what they remember.
    """

    def __init__(self, domain: str, sides: MailSides, servers: NameServers) -> None:
        self._domain = domain
        self._sides = sides
        self._servers = servers
        self._places: dict[str, asyncio.Future[MxPlace]] = {}
        self._resolvers = (system_resolver(servers), public_resolver(servers))
        self._addresses = functools.partial(addresses, servers=servers)

    async def ask(self) -> DomainMail:
        """Ask everything; whoever does not answer is told as such."""
        own, public = await asyncio.gather(self._own(), self._public())
        if all(answer.place is MxPlace.UNKNOWN and not answer.hosts for answer in (*own, *public)):
            return DomainMail(self._domain, own, public)  # there is no DNS to be asked about the rest
        place = overall_place(answer.place for answer in own or public)
        policy = await sender_policy(self._domain, self._sides, place, self._addresses, self._texts)
        return DomainMail(self._domain, own, public, policy)

    async def _own(self) -> tuple[MxAnswer, ...]:
        names = await self._name_servers()
        return tuple(await asyncio.gather(*[self._own_answer(name) for name in names]))

    async def _public(self) -> tuple[MxAnswer, ...]:
        async def answer(server: str) -> MxAnswer:
            return await self._judged(server, await self._told(server, is_own=False))

        return tuple(await asyncio.gather(*[answer(server) for server in self._servers.public]))

    async def _name_servers(self) -> tuple[str, ...]:
        """Those of the zone that the domain is in: a name below it has none of its own."""
        zone = self._domain
        while "." in zone:
            found: Records[NS] = await self._known("NS", zone)
            names = sorted(name for record in found.values if (name := host_name(record.target)))
            if names or not found.answered:
                return tuple(names)
            zone = zone.partition(".")[2]
        return ()

    async def _own_answer(self, name: str) -> MxAnswer:
        """What a name server says at the first of its addresses that answers: it may have some that lead nowhere."""
        for address in (await self._addresses(name))[:_ADDRESSES_TRIED]:
            told = await self._told(address, is_own=True)
            if told.hosts is not None:
                return await self._judged(name, told)
        return MxAnswer(name)

    async def _told(self, address: str, *, is_own: bool) -> _Told:
        """The answer of one name server: as its own one without recursion, and only if it has the zone."""
        question = dns.message.make_query(self._domain, "MX", flags=0 if is_own else dns.flags.RD)
        try:
            answer, _by_tcp = await dns.asyncquery.udp_with_fallback(
                question, address, timeout=_QUESTION_S, port=self._servers.port
            )
            if answer.rcode() not in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}:
                return _Told()
            if is_own and not answer.flags & dns.flags.AA:
                return _Told()  # a lame delegation (RFC 1912 section 2.8)
            chain = cast("dns.message.QueryMessage", answer).resolve_chaining()
        except (dns.exception.DNSException, OSError, EOFError):
            return _Told()
        if chain.answer is not None:
            return _Told(exchanges(cast("list[MX]", list(chain.answer))), chain.minimum_ttl)
        target = host_name(chain.canonical_name)
        if target in {None, "", self._domain}:
            return _Told(())
        # The domain is an alias that leads out of this server's zones.
        found: Records[MX] = await self._known("MX", target or "")
        ttl_s = min((rrset.ttl for rrset in answer.answer), default=None)
        return _Told(exchanges(found.values), ttl_s) if found.answered else _Told()

    async def _judged(self, server: str, told: _Told) -> MxAnswer:
        if told.hosts is None:
            return MxAnswer(server)
        hosts = tuple(host for host in told.hosts if host)
        if not hosts:
            return MxAnswer(server, MxPlace.NONE, (), told.ttl_s)
        places = await asyncio.gather(*map(self._place, hosts))
        # A host that may belong to either side must not be taken for the one beside it.
        place = MxPlace.UNKNOWN if MxPlace.UNKNOWN in places else overall_place(places)
        return MxAnswer(server, place, hosts, told.ttl_s)

    def _place(self, host: str) -> "asyncio.Future[MxPlace]":
        """Where a host belongs; found out once, whoever names it."""
        if host not in self._places:
            found = place_of_host(host, self._sides, self._addresses, self._alias)
            self._places[host] = asyncio.ensure_future(found)
        return self._places[host]

    async def _alias(self, host: str) -> str:
        found: Records[CNAME] = await self._known("CNAME", host)
        return (host_name(found.values[0].target) or "") if found.values else ""

    async def _texts(self, name: str) -> Records[TXT]:
        return await self._known("TXT", name)

    async def _known(self, kind: str, name: str) -> Records[Any]:
        """What the system's name servers say, or the public ones where those say nothing."""
        system, public = self._resolvers
        records = await ask(system, name, kind)
        return records if records.values else records.or_else(await ask(public, name, kind))
