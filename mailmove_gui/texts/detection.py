"""Providers and how they were recognised, in words."""

from dataclasses import dataclass
from typing import assert_never

from mailmove_gui.domain.providers import Confidence, Detection, DetectionStep, Provider, StepOutcome, StepReport
from mailmove_gui.texts.language import _, ngettext


@dataclass(frozen=True, slots=True)
class Preparation:
    """What somebody has to do before the start, and where; `where` is empty if nobody knows."""

    what: str
    where: str = ""


def display_name(provider: Provider) -> str:
    """The provider's name, Chinese before English: both are on its pages."""
    if provider.name_zh and provider.name_zh != provider.name:
        return f"{provider.name_zh} {provider.name}"
    return provider.name


def how_found(detection: Detection) -> str:
    """How the servers were found, as a phrase with what was seen: ``found by the domain's MX record (mx.acme.cn)``."""
    match detection.how:
        case DetectionStep.DOMAIN_TABLE:
            text = _("a domain of this provider")
        case DetectionStep.MX:
            text = _("found by the domain's MX record")
        case DetectionStep.CNAME:
            text = _("found by the alias of the domain's mail server")
        case DetectionStep.SRV:
            text = _("named by the domain's SRV record")
        case DetectionStep.AUTOCONFIG:
            text = _("named by the domain's own settings file")
        case DetectionStep.SPF:
            text = _("found by the domain's SPF record")
        case DetectionStep.GUESS:
            text = _("guessed: a mail server answers at this name")
        case None:
            return _("nothing was found")
        case _ as never:
            assert_never(never)
    return _("{text} ({evidence})").format(text=text, evidence=detection.evidence) if detection.evidence else text


def how_sure(detection: Detection) -> str:
    """How much that is worth, as a phrase."""
    match detection.confidence:
        case Confidence.HIGH:
            return _("sure")
        case Confidence.MEDIUM:
            return _("quite sure")
        case Confidence.LOW:
            return _("not sure: test the connection")
        case _ as never:
            assert_never(never)


def preparation(provider: Provider) -> tuple[Preparation, ...]:
    """What has to be done at the provider before the start."""
    steps: list[Preparation] = []
    if provider.enable_first:
        steps.append(Preparation(_("IMAP is switched on for every mailbox"), provider.enable_where))
    if provider.app_password_name:
        if provider.needs_app_password:
            what = _("The password is the {name}, not the login password")
        else:
            what = _("Where it is asked for, the password is the {name}, not the login password")
        steps.append(Preparation(what.format(name=provider.app_password_name), provider.app_password_where))
    if (window := provider.window) is not None:
        if window.days is None:
            what = _("All mail is shown to mail programs, not only the recent")
        else:
            what = ngettext(
                "All mail is shown to mail programs: usually it is only the last {n} day",
                "All mail is shown to mail programs: usually it is only the last {n} days",
                window.days,
            ).format(n=window.days)
        steps.append(Preparation(what, window.where))
    return tuple(steps)


def step_tried(report: StepReport) -> str:
    """One step of a search and what came of it: ``MX record of the domain: nothing (…)``."""
    detail = f" ({report.detail})" if report.detail else ""
    return _("{step}: {outcome}").format(step=_step(report.step), outcome=_outcome(report.outcome)) + detail


def _step(step: DetectionStep) -> str:
    match step:
        case DetectionStep.DOMAIN_TABLE:
            return _("List of known domains")
        case DetectionStep.MX:
            return _("MX record of the domain")
        case DetectionStep.CNAME:
            return _("Alias (CNAME) of the domain's mail server")
        case DetectionStep.SRV:
            return _("SRV record for IMAP")
        case DetectionStep.AUTOCONFIG:
            return _("Settings file of the domain")
        case DetectionStep.SPF:
            return _("SPF record of the domain")
        case DetectionStep.GUESS:
            return _("Usual names of mail servers")
        case _ as never:
            assert_never(never)


def _outcome(outcome: StepOutcome) -> str:
    match outcome:
        case StepOutcome.FOUND:
            return _("found")
        case StepOutcome.NOTHING:
            return _("nothing")
        case StepOutcome.NO_ANSWER:
            return _("no answer")
        case StepOutcome.NOT_TRUSTED:
            return _("found, but nothing vouches for it")
        case StepOutcome.NOT_ASKED:
            return _("not asked")
        case _ as never:
            assert_never(never)
