"""Whether a domain's SPF record lets the destination's servers send for it."""

import ipaddress
from collections import deque
from collections.abc import Awaitable, Callable

from dns.rdtypes.ANY.TXT import TXT

from mailmove_gui.domain.mx import MxPlace, SenderPolicy
from mailmove_gui.domain.reasons import Side
from mailmove_gui.providers.asked import ascii_name
from mailmove_gui.providers.dns_lookup import Records, spf_records, spf_terms
from mailmove_gui.providers.mx_places import FindAddresses, MailSides

_MOST_RECORDS = 10
"""RFC 7208 section 4.6.4: who checks a sender looks at no more."""


async def sender_policy(
    domain: str,
    sides: MailSides,
    mx: MxPlace,
    addresses: FindAddresses,
    texts: Callable[[str], Awaitable[Records[TXT]]],
) -> SenderPolicy:
    """What the SPF record says, with the records that it includes.

    Args:
        domain: whose record.
        sides: what the destination is known by.
        mx: where the domain's MX points; its servers may send too if the record says ``mx``.
        addresses: finds those of the destination's servers.
        texts: asks for the TXT records of a name.
    """
    destination = {
        ipaddress.ip_address(address) for host in sides.hosts[Side.DESTINATION] for address in await addresses(host)
    }
    questions, asked, is_complete, has_record = deque([domain]), {domain}, True, False
    while questions:
        records: Records[TXT] = await texts(questions.popleft())
        is_complete = is_complete and records.answered
        has_record = has_record or any(True for _terms in spf_records(records.values))
        for kind, value in spf_terms(records.values):
            if _names_destination(kind, value, domain, sides, mx, destination):
                return SenderPolicy.DESTINATION
            name = ascii_name(value.removesuffix(".")) if kind in {"include", "redirect"} else None
            if name is None or name in asked:
                continue
            if len(asked) > _MOST_RECORDS:
                is_complete = False
                break
            asked.add(name)
            questions.append(name)
    if not is_complete:
        return SenderPolicy.UNKNOWN
    if not has_record:
        return SenderPolicy.NONE
    # Which servers send for a destination that is in no table, only its owner knows.
    return SenderPolicy.OTHERS if _is_recognisable(sides) else SenderPolicy.UNKNOWN


def _names_destination(
    kind: str,
    value: str,
    domain: str,
    sides: MailSides,
    mx: MxPlace,
    destination: set[ipaddress.IPv4Address | ipaddress.IPv6Address],
) -> bool:
    name = value.partition("/")[0].removesuffix(".")
    match kind:
        case "include" | "redirect":
            match = sides.table.by_spf(name)
            if match is not None:
                return sides.by_provider(match.entry.provider.id) is MxPlace.DESTINATION
            return sides.by_neighbourhood(name) is MxPlace.DESTINATION
        case "mx":
            return mx is MxPlace.DESTINATION and name in {"", domain}
        case "a":
            return sides.by_name(name or domain) is MxPlace.DESTINATION
        case "ip4" | "ip6":
            try:
                network = ipaddress.ip_network(value, strict=False)
            except ValueError:
                return False
            return any(address in network for address in destination)
        case _:
            return False


def _is_recognisable(sides: MailSides) -> bool:
    """Whether every provider at the destination is known by what its customers include."""
    entries = [sides.table.by_id(provider) for provider in sides.providers[Side.DESTINATION]]
    return bool(entries) and all(match is not None and match.entry.spf for match in entries)
