"""On which side of a migration a mail exchanger is."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from mailmove_gui.domain.mx import MxPlace
from mailmove_gui.domain.plan import Account
from mailmove_gui.domain.reasons import Side
from mailmove_gui.providers.table import ProviderTable
from mailmove_gui.providers.table_file import Gateway

_ALIAS_HOPS = 3
_SHORTEST_OWN_LABEL = 4
_PLACES = {Side.SOURCE: MxPlace.SOURCE, Side.DESTINATION: MxPlace.DESTINATION}

FindAddresses = Callable[[str], Awaitable[tuple[str, ...]]]
FindAlias = Callable[[str], Awaitable[str]]
"""The name that a name is an alias of; empty if it is none."""


@dataclass(frozen=True, slots=True)
class MailSides:
    """What is known of both sides: the hosts of their servers, and the ids of the providers that these belong to."""

    table: ProviderTable
    hosts: Mapping[Side, frozenset[str]]
    providers: Mapping[Side, frozenset[str]]

    @classmethod
    def of(cls, accounts: Iterable[Account], table: ProviderTable) -> "MailSides":
        """Both sides of these accounts."""
        mailboxes = tuple(accounts)
        hosts = {
            side: frozenset(one.mailbox(side).endpoint.host.casefold().removesuffix(".") for one in mailboxes)
            for side in Side
        }
        found = {side: [match for host in hosts[side] if (match := table.by_host(host)) is not None] for side in Side}
        providers = {side: frozenset(match.entry.provider.id for match in found[side]) for side in Side}
        return cls(table, hosts, providers)

    def by_table(self, host: str) -> MxPlace | None:
        """Where the provider table puts an exchanger; None if it says nothing about these sides."""
        found = self.table.by_mx(host)
        if isinstance(found, Gateway):
            return MxPlace.FILTER
        if found is None:
            return None
        return self.by_provider(found.entry.provider.id)

    def by_provider(self, provider_id: str) -> MxPlace | None:
        """The side that uses a provider; UNKNOWN if both do, None if neither."""
        return _side_of({side for side in Side if provider_id in self.providers[side]})

    def by_name(self, host: str) -> MxPlace | None:
        """The side on which a server has this very name."""
        return _side_of({side for side in Side if host in self.hosts[side]})

    def by_neighbourhood(self, host: str) -> MxPlace | None:
        """The side that has a server below the same domain, such as imap.hoster.example beside mx1.hoster.example."""
        return _side_of({side for side in Side if any(_are_neighbours(host, own) for own in self.hosts[side])})


async def place_of_host(
    host: str, sides: MailSides, addresses: FindAddresses, alias: FindAlias, hops: int = _ALIAS_HOPS
) -> MxPlace:
    """Where an exchanger belongs: by name, provider, alias, address, and domain, the surest first."""
    if known := sides.by_name(host) or sides.by_table(host):
        return known
    target = await alias(host)
    if target and hops:
        return await place_of_host(target, sides, addresses, alias, hops - 1)
    own = frozenset(await addresses(host))
    same = {side for side in Side for other in sides.hosts[side] if own.intersection(await addresses(other))}
    return _side_of(same) or sides.by_neighbourhood(host) or MxPlace.ELSEWHERE


def _side_of(found: Iterable[Side]) -> MxPlace | None:
    sides = set(found)
    if len(sides) > 1:
        return MxPlace.UNKNOWN
    return _PLACES[sides.pop()] if sides else None


def _are_neighbours(one: str, other: str) -> bool:
    domain = other.partition(".")[2]
    return _may_be_own(domain) and one.endswith(f".{domain}")


def _may_be_own(domain: str) -> bool:
    """Whether a domain may belong to one owner: not com, and not co.uk or com.cn."""
    labels = domain.split(".")
    return len(labels) > 2 or (len(labels) == 2 and not (len(labels[1]) == 2 and len(labels[0]) < _SHORTEST_OWN_LABEL))
