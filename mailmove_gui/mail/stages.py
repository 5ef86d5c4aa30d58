"""Steps of an approach as the results that people see."""

from collections.abc import Callable
from typing import TypeAlias

from mailmove_gui.domain.certificates import Certificate
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.probing import Stage, StageResult
from mailmove_gui.domain.reasons import MailError
from mailmove_gui.mail.approach import Approach
from mailmove_gui.mail.certificates import read_certificate
from mailmove_gui.mail.dialogue import converse

Report: TypeAlias = Callable[[StageResult], None]


class StageReporter:
    """A `Witness` that passes on what it is told, with certificates read."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def __call__(self, stage: Stage, detail: str, der: bytes | None) -> None:
        """A step worked."""
        self._report(StageResult(stage, detail=detail, certificate=_read(der)))

    def failed(self, approach: Approach, error: MailError) -> None:
        """The approach ended with an error; the certificate is looked at again if it is about that.

        Raises:
            Cancelled: asked to stop.
        """
        der = approach.refused_certificate(error, converse)
        self._report(
            StageResult(approach.stage, Failure(error.reason, approach.side, error.server_text), certificate=_read(der))
        )


def _read(der: bytes | None) -> Certificate | None:
    return read_certificate(der) if der is not None else None
