"""What the steps of a detection saw, and what was decided by it."""

from dataclasses import replace

from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.providers import (
    Confidence,
    Detection,
    DetectionStep,
    StepOutcome,
    StepReport,
    UserNameForm,
)
from mailmove_gui.providers.table import Match

_RANKS = (Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH)


class Findings:
    """Collects reports of steps until one of them decides."""

    def __init__(self, asked: str, domain: str) -> None:
        self.domain = domain
        self._detection = Detection(asked, domain)
        self._reports: dict[DetectionStep, StepReport] = {}

    @property
    def has_provider(self) -> bool:
        """Whether it is known who it is."""
        return self._detection.provider is not None

    @property
    def is_decided(self) -> bool:
        """Whether nothing more has to be found out: the servers are known, or that there are none."""
        provider = self._detection.provider
        return bool(self._detection.servers) or (provider is not None and not provider.takes_programs)

    def saw(self, step: DetectionStep, outcome: StepOutcome, detail: str = "") -> None:
        """Keep what came of a step."""
        self._reports[step] = StepReport(step, outcome, detail)

    def saw_nothing(self, step: DetectionStep, *, answered: bool = True) -> None:
        """Keep that a step came to nothing, or was not answered."""
        self.saw(step, StepOutcome.NOTHING if answered else StepOutcome.NO_ANSWER)

    def stands_behind(self, gateway: str) -> None:
        """A filter service receives the domain's mail first."""
        self._detection = replace(self._detection, gateway=gateway)

    def decide(self, step: DetectionStep, evidence: str, match: Match, at_most: Confidence = Confidence.HIGH) -> None:
        """It is this provider, with the servers of the table."""
        provider = match.provider_for(self.domain)
        # What shows more of a mailbox goes first for a source, and a server that was asked for by its name before all.
        imap = sorted(provider.imap, key=lambda offer: (offer.endpoint.host != self.domain, not offer.for_source))
        self._detection = replace(
            self._detection,
            provider=provider,
            servers=tuple(offer.endpoint for offer in (*imap, *provider.pop3)),
            user_name=provider.user_name,
            how=step,
            evidence=evidence,
            confidence=min(match.confidence, at_most, key=_RANKS.index),
        )
        self.saw(step, StepOutcome.FOUND, evidence)

    def decide_servers(
        self,
        step: DetectionStep,
        evidence: str,
        servers: tuple[Endpoint, ...],
        confidence: Confidence,
        *,
        match: Match | None = None,
        user_name: UserNameForm = UserNameForm.FULL,
        needs_consent: bool = False,
        software: str = "",
    ) -> None:
        """These are the servers, whatever the table says of the provider that they belong to.

        That is `match`, or who was recognised before without any server being known.
        """
        provider = match.provider_for(self.domain) if match is not None else self._detection.provider
        self._detection = replace(
            self._detection,
            provider=provider,
            servers=servers,
            user_name=provider.user_name if provider is not None else user_name,
            how=step,
            evidence=evidence,
            confidence=confidence,
            needs_consent=needs_consent,
            software=software,
        )
        self.saw(step, StepOutcome.FOUND, evidence)

    def detection(self) -> Detection:
        """All of it; steps that nobody took are reported as not asked."""
        steps = tuple(self._reports.get(step, StepReport(step, StepOutcome.NOT_ASKED)) for step in DetectionStep)
        return replace(self._detection, steps=steps)
