"""Servers by guess: the usual names on the usual ports, looked at without a login."""

import asyncio
import concurrent.futures
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.endpoints import Endpoint, MailProtocol, Security, default_port
from mailmove_gui.domain.probing import Probe, Prober
from mailmove_gui.domain.reasons import Reason

_UNTRUSTED = frozenset(
    {
        Reason.CERTIFICATE_WRONG_HOST,
        Reason.CERTIFICATE_EXPIRED,
        Reason.CERTIFICATE_NOT_YET_VALID,
        Reason.CERTIFICATE_UNKNOWN_ISSUER,
        Reason.CERTIFICATE_SELF_SIGNED,
    }
)


_PATIENCE_S = 1.0
"""How long a likelier server may keep silent once another one has answered."""


@dataclass(frozen=True, slots=True)
class Guess:
    """Servers that answered, IMAP first; `trusted` if their certificates fit. `greeting` is the first one's."""

    servers: tuple[Endpoint, ...]
    trusted: bool
    greeting: str = ""


def candidates(names: Sequence[str], domain: str) -> tuple[Endpoint, ...]:
    """Servers that are worth a look, the likeliest first: IMAP with TLS, IMAP with STARTTLS, POP3."""
    pop_names = dict.fromkeys((f"pop.{domain}", *names)) if len(names) > 1 else names
    return (
        *(_endpoint(name, MailProtocol.IMAP, Security.TLS) for name in names),
        *(_endpoint(name, MailProtocol.IMAP, Security.STARTTLS) for name in names),
        *(_endpoint(name, MailProtocol.POP3, Security.TLS) for name in pop_names),
    )


def _endpoint(host: str, protocol: MailProtocol, security: Security) -> Endpoint:
    return Endpoint(host, default_port(protocol, security), security, protocol)


class Guessing:
    """Looks at all candidates at once. Each look has a thread of its own that ends with its time or when told to."""

    def __init__(self, prober: Prober, endpoints: Sequence[Endpoint], *, timeout_s: float) -> None:
        self._prober = prober
        self._endpoints = tuple(endpoints)
        self._timeout_s = timeout_s
        self._probes: dict[Endpoint, Probe] = {}
        self._cancel = CancelToken()

    async def run(self) -> None:
        """Look until the likeliest server is found, or all have been looked at. To be cancelled at any time."""
        looks = {asyncio.wrap_future(self._start(endpoint)) for endpoint in self._endpoints}
        try:
            while looks and not self._is_decided():
                patience_s = _PATIENCE_S if self._has_imap() else None
                done, looks = await asyncio.wait(looks, timeout=patience_s, return_when=asyncio.FIRST_COMPLETED)
                if not done:
                    break
                self._probes |= {probe.endpoint: probe for look in done if (probe := look.result()) is not None}
        finally:
            self._cancel.abort()
            for look in looks:
                look.cancel()

    @property
    def has_answers(self) -> bool:
        """Whether any look came to an end, whatever it saw."""
        return bool(self._probes)

    def result(self) -> Guess | None:
        """The best that was found so far; None if no server was."""
        passed = [probe for probe in self._in_order() if probe.failure is None]
        if passed:
            return Guess(_best(passed), True, passed[0].greeting)
        untrusted = [probe for probe in self._in_order() if probe.failure and probe.failure.reason in _UNTRUSTED]
        return Guess(_best(untrusted), False) if untrusted else None

    def _has_imap(self) -> bool:
        return any(
            probe.failure is None and endpoint.protocol is MailProtocol.IMAP for endpoint, probe in self._probes.items()
        )

    def _is_decided(self) -> bool:
        """Whether no look that is still out could give a better IMAP server."""
        for endpoint in self._endpoints:
            probe = self._probes.get(endpoint)
            if probe is None or endpoint.protocol is not MailProtocol.IMAP:
                return False
            if probe.failure is None:
                return True
        return False

    def _in_order(self) -> list[Probe]:
        return [self._probes[endpoint] for endpoint in self._endpoints if endpoint in self._probes]

    def _start(self, endpoint: Endpoint) -> "concurrent.futures.Future[Probe | None]":
        future: concurrent.futures.Future[Probe | None] = concurrent.futures.Future()

        def look() -> None:
            probe = None
            try:
                probe = self._prober.probe(endpoint, self._cancel, timeout_s=self._timeout_s)
            except Cancelled:
                pass
            finally:
                if future.set_running_or_notify_cancel():
                    future.set_result(probe)

        threading.Thread(target=look, name=f"guess {endpoint.host}:{endpoint.port}", daemon=True).start()
        return future


def _best(probes: Sequence[Probe]) -> tuple[Endpoint, ...]:
    """One server of each protocol."""
    first: dict[MailProtocol, Endpoint] = {}
    for probe in probes:
        first.setdefault(probe.endpoint.protocol, probe.endpoint)
    return tuple(first.values())
