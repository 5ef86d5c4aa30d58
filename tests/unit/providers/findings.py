"""What a detection found, in short."""

from mailmove_gui.domain.providers import Detection, DetectionStep, StepOutcome


def provider_id(found: Detection) -> str | None:
    return found.provider.id if found.provider is not None else None


def outcomes(found: Detection) -> dict[DetectionStep, StepOutcome]:
    return {report.step: report.outcome for report in found.steps}


def detail(found: Detection, step: DetectionStep) -> str:
    return next(report.detail for report in found.steps if report.step is step)
