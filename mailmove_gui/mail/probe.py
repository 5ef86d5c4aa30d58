"""What a server is, without a login."""

import time

from mailmove_gui.domain.certificates import CertificatePin
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.probing import Probe, StageResult
from mailmove_gui.domain.reasons import MailError
from mailmove_gui.mail.approach import Approach, Trust
from mailmove_gui.mail.dialogue import Greeted, converse
from mailmove_gui.mail.stages import StageReporter


class ImapProber:
    """A `Prober` for IMAP and POP3. Thread-safe.

    Args:
        ca_file: PEM with certificates that are trusted in addition to the system's.
        pins: certificates that are trusted for one server each.

    Raises:
        InvalidInput: `ca_file` cannot be used.
    """

    def __init__(self, *, ca_file: str | None = None, pins: tuple[CertificatePin, ...] = ()) -> None:
        self._trust = Trust(ca_file, pins)

    def probe(self, endpoint: Endpoint, cancel: CancelToken, *, timeout_s: float) -> Probe:
        """See `Prober.probe`. A step may take half the time, so that something is left for finding out why."""
        stages: list[StageResult] = []
        reporter = StageReporter(stages.append)
        approach = Approach(
            endpoint,
            self._trust,
            cancel,
            step_timeout_s=timeout_s / 2,
            deadline=time.monotonic() + timeout_s,
            witness=reporter,
        )
        greeted = Greeted("", frozenset())
        try:
            greeted = approach.reach(converse)
        except MailError as error:
            reporter.failed(approach, error)
        return Probe(endpoint, tuple(stages), greeted.greeting, greeted.capabilities)
