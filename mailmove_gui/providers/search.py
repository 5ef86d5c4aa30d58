"""The steps of a detection that ask the network, from DNS to guessing."""

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from typing import Any

from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.probing import Prober
from mailmove_gui.domain.providers import Confidence, DetectionStep, StepOutcome
from mailmove_gui.providers.autoconfig import Autoconfig, ask_autoconfig
from mailmove_gui.providers.dns_lookup import DnsFindings, addresses, look_up
from mailmove_gui.providers.findings import Findings
from mailmove_gui.providers.guessing import Guess, Guessing, candidates
from mailmove_gui.providers.name_servers import NameServers
from mailmove_gui.providers.table import Match, ProviderTable
from mailmove_gui.providers.table_file import Gateway
from mailmove_gui.providers.web import Web

_TOTAL_S = 4.5
_LOOK_EVERY_S = 0.05
_NO_MAIL = ("",)
"""The "null MX" (RFC 7505)."""


class Search:
    """One search for one domain or host. `run` ends within five seconds and may be cancelled at any time."""

    def __init__(
        self,
        findings: Findings,
        table: ProviderTable,
        name_servers: NameServers,
        prober: Prober | None,
        tls_context: Callable[[], ssl.SSLContext],
        https_port: int,
    ) -> None:
        self._findings = findings
        self._domain = findings.domain
        self._table = table
        self._name_servers = name_servers
        self._prober = prober
        self._web = Web(lambda host: addresses(host, name_servers), tls_context, https_port)
        self._deadline_s = 0.0
        self._last_resort: tuple[DetectionStep, str, Match] | None = None

    async def run(self, *, is_host: bool) -> None:
        """Go through the steps until one decides; what each saw is in the findings."""
        self._deadline_s = asyncio.get_running_loop().time() + _TOTAL_S
        if is_host:
            await self._guess((self._domain,))
            return
        dns = await look_up(self._domain, self._name_servers)
        has_gateway = self._judge_mx(dns)
        self._judge_aliases(dns)
        self._judge_services(dns)
        self._judge_spf(dns, has_gateway=has_gateway)
        if not self._findings.is_decided and not dns.mx.values and dns.mx.exists:
            self._judge_name()
        if not self._findings.is_decided and dns.mx.exists and dns.mx.values != _NO_MAIL:
            mx_hosts = () if has_gateway else dns.mx.values[:1]
            names = dict.fromkeys((f"imap.{self._domain}", f"mail.{self._domain}", *mx_hosts, self._domain))
            if dns.answered:
                await self._beyond_dns(tuple(names))
            else:
                # No web server can be found without DNS; a mail server may stand in this computer's own list of hosts.
                await self._guess(tuple(names))
        if not self._findings.is_decided and not self._findings.has_provider and self._last_resort is not None:
            step, evidence, match = self._last_resort
            self._findings.decide(step, evidence, match, Confidence.LOW)

    def _judge_mx(self, dns: DnsFindings) -> bool:
        """Decide by the first known MX; returns whether a gateway comes before it."""
        step = DetectionStep.MX
        if not dns.mx.values:
            self._findings.saw_nothing(step, answered=dns.mx.answered)
            return False
        self._findings.saw(step, StepOutcome.NOTHING, dns.mx.values[0] or ".")
        has_gateway = False
        known: list[tuple[str, Match]] = []
        for host in dns.mx.values:
            found = self._table.by_mx(host)
            if isinstance(found, Gateway):
                if not known and not has_gateway:
                    self._findings.stands_behind(found.name)
                    has_gateway = True
            elif found is not None:
                known.append((host, found))
        if not known:
            return has_gateway
        host, match = known[0]
        others = {other.entry.provider.id for _host, other in known} - {match.entry.provider.id}
        if host == dns.mx.values[0] or has_gateway:
            sure = Confidence.MEDIUM if others or has_gateway else Confidence.HIGH
            self._findings.decide(step, host, match, sure)
        else:
            # A provider behind a server that nobody knows may be no more than a backup for it.
            self._last_resort = (step, host, match)
        return has_gateway

    def _judge_aliases(self, dns: DnsFindings) -> None:
        step = DetectionStep.CNAME
        self._findings.saw_nothing(step, answered=dns.aliases.answered)
        for alias in dns.aliases.values:
            match = self._table.by_cname(alias.target)
            if match is not None:
                self._decide_or_report(step, f"{alias.name} → {alias.target}", match, Confidence.MEDIUM)
                return

    def _judge_services(self, dns: DnsFindings) -> None:
        step = DetectionStep.SRV
        servers = dns.services.values
        if not servers:
            self._findings.saw_nothing(step, answered=dns.services.answered)
            return
        if self._findings.is_decided:
            self._findings.saw(step, StepOutcome.FOUND, servers[0].url)
            return
        vouched = tuple(server for server in servers if self._is_own(server) or self._table.by_host(server.host))
        best = (vouched or servers)[0]
        match = self._table.by_host(best.host)
        confidence = match.confidence if match is not None else Confidence.MEDIUM if vouched else Confidence.LOW
        self._findings.decide_servers(
            step, best.url, vouched or servers, confidence, match=match, needs_consent=not vouched
        )

    def _is_own(self, server: Endpoint) -> bool:
        return server.host == self._domain or server.host.endswith(f".{self._domain}")

    def _judge_spf(self, dns: DnsFindings, *, has_gateway: bool) -> None:
        """Who may send for the domain says little, unless the MX is a gateway and there is but one candidate."""
        step = DetectionStep.SPF
        self._findings.saw_nothing(step, answered=dns.spf.answered)
        seen = [(name, match) for name in dns.spf.values if (match := self._table.by_spf(name)) is not None]
        if not seen:
            return
        name, match = seen[0]
        is_clear = len({found.entry.provider.id for _name, found in seen}) == 1
        if self._findings.is_decided or (has_gateway and is_clear):
            self._decide_or_report(step, name, match, Confidence.MEDIUM)
            return
        self._findings.saw(step, StepOutcome.FOUND, name)
        self._last_resort = self._last_resort or (step, name, match)

    def _judge_name(self) -> None:
        """A name without MX may be that of a provider's server which the table does not list."""
        match = self._table.by_host(self._domain)
        if match is not None:
            self._findings.decide(DetectionStep.DOMAIN_TABLE, self._domain, match, Confidence.MEDIUM)

    def _decide_or_report(self, step: DetectionStep, evidence: str, match: Match, at_most: Confidence) -> None:
        if self._findings.is_decided:
            self._findings.saw(step, StepOutcome.FOUND, evidence)
        else:
            self._findings.decide(step, evidence, match, at_most)

    async def _beyond_dns(self, names: tuple[str, ...]) -> None:
        """Ask the domain's web server and look at guessed servers meanwhile; the web server's word goes first."""
        guess = asyncio.create_task(self._guess(names))
        try:
            self._findings.saw_nothing(DetectionStep.AUTOCONFIG, answered=False)
            async with asyncio.timeout_at(self._deadline_s):
                found = await ask_autoconfig(self._domain, self._web)
            self._findings.saw(DetectionStep.AUTOCONFIG, found.outcome, found.url)
            if found.outcome is StepOutcome.FOUND:
                self._judge_autoconfig(found)
                return
            await guess
        except TimeoutError:
            pass  # a guess that was made in time has been judged
        finally:
            guess.cancel()
            await asyncio.wait([guess])

    def _judge_autoconfig(self, found: Autoconfig) -> None:
        match = self._table.by_host(found.servers[0].host)
        self._findings.decide_servers(
            DetectionStep.AUTOCONFIG,
            found.url,
            found.servers,
            Confidence.MEDIUM,
            match=match,
            user_name=found.user_name,
        )

    async def _guess(self, names: tuple[str, ...]) -> None:
        if self._prober is None:
            return
        left_s = self._deadline_s - asyncio.get_running_loop().time()
        guessing = Guessing(self._prober, candidates(names, self._domain), timeout_s=left_s)
        try:
            async with asyncio.timeout_at(self._deadline_s):
                await guessing.run()
        except TimeoutError:
            pass  # what answered in time counts
        guess = guessing.result()
        if guess is None:
            self._findings.saw_nothing(DetectionStep.GUESS, answered=guessing.has_answers)
        else:
            self._judge_guess(guess, guess.servers[0])

    def _judge_guess(self, guess: Guess, best: Endpoint) -> None:
        greeting = self._table.by_greeting(guess.greeting)
        match = self._table.by_host(best.host)
        if match is None and greeting is not None:
            match = self._table.by_id(greeting.provider)
        self._findings.decide_servers(
            DetectionStep.GUESS,
            best.url,
            guess.servers,
            Confidence.MEDIUM if guess.trusted else Confidence.LOW,
            match=match,
            needs_consent=not guess.trusted,
            software=greeting.software if greeting is not None else "",
        )


def run_until_cancelled(work: Coroutine[Any, Any, None], cancel: CancelToken) -> None:
    """Run to the end, or until asked to stop. For threads in which no event loop runs.

    Raises:
        Cancelled: asked to stop; everything that was under way is closed.
    """
    asyncio.run(_until_cancelled(work, cancel))


async def _until_cancelled(work: Coroutine[Any, Any, None], cancel: CancelToken) -> None:
    task = asyncio.ensure_future(work)
    while not task.done():
        await asyncio.wait([task], timeout=_LOOK_EVERY_S)
        if cancel.is_set:
            task.cancel()
            await asyncio.wait([task])
            raise Cancelled
    task.result()
