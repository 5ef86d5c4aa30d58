"""Where the mail of a domain goes, as name servers tell, and what earlier looks have seen of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from typing import Protocol

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.reasons import Side

UNSEEN_TTL = timedelta(days=2)
"""How long the old answer is taken to live on if it was never seen: longer than most zones say."""


class MxPlace(StrEnum):
    """Where mail for a domain is sent to."""

    SOURCE = "source"
    DESTINATION = "destination"
    FILTER = "filter"
    """a filter service, behind which nobody can look"""
    ELSEWHERE = "elsewhere"
    MIXED = "mixed"
    NONE = "none"
    """the domain takes no mail, or says nothing about it"""
    UNKNOWN = "unknown"
    """nobody answered, or source and destination look alike"""


class SenderPolicy(StrEnum):
    """What the domain's SPF record (RFC 7208) says about the destination's servers."""

    DESTINATION = "destination"
    OTHERS = "others"
    NONE = "none"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class MxAnswer:
    """What one name server says: `hosts` by preference; UNKNOWN with none if it gave no answer that counts."""

    server: str
    place: MxPlace = MxPlace.UNKNOWN
    hosts: tuple[str, ...] = ()
    ttl_s: int | None = None


@dataclass(frozen=True, slots=True)
class DomainMail:
    """What is told about a domain: by its own name servers, and by public ones, which may remember what was.

    `is_providers` says that it is a provider's own domain, which its users cannot switch.
    """

    domain: str
    own: tuple[MxAnswer, ...] = ()
    public: tuple[MxAnswer, ...] = ()
    policy: SenderPolicy = SenderPolicy.UNKNOWN
    is_providers: bool = False

    @property
    def place(self) -> MxPlace:
        """Where mail goes: as its own name servers say, or the public ones where those say nothing."""
        own = overall_place(answer.place for answer in self.own)
        return own if own is not MxPlace.UNKNOWN else overall_place(answer.place for answer in self.public)

    @property
    def is_switched(self) -> bool:
        """Whether every one of its own name servers names the destination and nothing else."""
        return bool(self.own) and all(answer.place is MxPlace.DESTINATION for answer in self.own)

    @property
    def ttl_s(self) -> int | None:
        """How long answers may be remembered, as its own name servers say."""
        return max((answer.ttl_s for answer in self.own if answer.ttl_s is not None), default=None)


def overall_place(places: Iterable[MxPlace]) -> MxPlace:
    """What several hosts or name servers come to; those of which nothing is known do not count."""
    known = set(places) - {MxPlace.UNKNOWN}
    if len(known) > 1:
        return MxPlace.MIXED
    return known.pop() if known else MxPlace.UNKNOWN


@dataclass(frozen=True, slots=True)
class MxHistory:
    """What was seen of a domain by earlier looks.

    `switched` is when its name servers were first seen to name the destination alone, and have done so since.
    `old_ttl_s` is how long the answer before that could be remembered, `old_until` how long the one that was seen can.
    """

    domain: str
    switched: datetime | None = None
    old_ttl_s: int | None = None
    old_until: datetime | None = None

    def after(self, mail: DomainMail, now: datetime) -> "MxHistory":
        """The history with one more look."""
        if mail.is_switched:
            return replace(self, switched=self.switched or now)
        old = [answer for answer in mail.own if answer.place not in {MxPlace.DESTINATION, MxPlace.UNKNOWN}]
        if not old:
            return self  # silence of one of them takes nothing back
        ttl_s = max((answer.ttl_s for answer in old if answer.ttl_s is not None), default=self.old_ttl_s)
        seen_until = now + timedelta(seconds=ttl_s or 0)
        return MxHistory(self.domain, None, ttl_s, max(self.old_until or seen_until, seen_until))

    def old_answers_until(self, mail: DomainMail, now: datetime) -> datetime | None:
        """Until when somebody may remember the old answer; None before the switch."""
        if self.switched is None:
            return None
        ttl = UNSEEN_TTL if self.old_ttl_s is None else timedelta(seconds=self.old_ttl_s)
        ends = [self.switched + ttl]
        if self.old_until is not None:
            ends.append(self.old_until)
        ends += [
            now + timedelta(seconds=answer.ttl_s or 0)
            for answer in mail.public
            if answer.place not in {MxPlace.DESTINATION, MxPlace.UNKNOWN}
        ]
        return max(ends)


class MxWatch(Protocol):
    """Asks name servers where the mail of a plan's domains goes."""

    def __call__(self, plan: MigrationPlan, cancel: CancelToken) -> tuple[DomainMail, ...]:
        """Look at each of `domains_of`; whoever does not answer is told as such.

        Raises:
            Cancelled: asked to stop.
        """
        ...


def domains_of(plan: MigrationPlan) -> tuple[str, ...]:
    """Domains whose mail is to arrive at the destination, as they stand in the addresses: the old ones and the new."""
    users = [account.mailbox(side).owner for side in Side for account in plan.accounts]
    return tuple(dict.fromkeys(user.rpartition("@")[2] for user in users if "@" in user.strip("@")))


def moving_hosts(plan: MigrationPlan, domains: Sequence[str]) -> tuple[str, ...]:
    """Source servers reached by a name of one of the domains, which may move with it."""
    hosts = dict.fromkeys(account.source.endpoint.host.casefold().removesuffix(".") for account in plan.accounts)
    return tuple(
        host
        for host in hosts
        if not _is_address(host) and any(host == domain or host.endswith(f".{domain}") for domain in domains)
    )


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
