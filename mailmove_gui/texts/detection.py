"""Providers and how they were recognised, in words."""

from dataclasses import dataclass
from typing import assert_never

from mailmove_gui.domain.endpoints import MailProtocol
from mailmove_gui.domain.providers import (
    Confidence,
    Detection,
    DetectionStep,
    PasswordKind,
    Provider,
    StepOutcome,
    StepReport,
    UserNameForm,
    VisibleWindow,
)
from mailmove_gui.texts.language import _, ngettext
from mailmove_gui.texts.numbers import count, size


@dataclass(frozen=True, slots=True)
class Preparation:
    """What has to be so before the start, and where it is set; `where` is empty if nobody knows."""

    what: str
    where: str = ""


def display_name(provider: Provider) -> str:
    """The provider's name in Chinese and English: whoever looks at its pages may see either."""
    # Some Chinese names have the English one in them.
    if not provider.name_zh or provider.name in provider.name_zh:
        return provider.name_zh or provider.name
    return f"{provider.name_zh} {provider.name}"


def how_found(detection: Detection) -> str:
    """How it was found, as a phrase with what was seen: ``found by the domain's MX record (mx.acme.cn)``."""
    match detection.how:
        case DetectionStep.DOMAIN_TABLE:
            text = _("known: a domain or server of this provider")
        case DetectionStep.MX:
            text = _("found by the domain's MX record")
        case DetectionStep.CNAME:
            text = _("found by an alias of the domain's mail server")
        case DetectionStep.SRV:
            text = _("named by the domain's SRV record")
        case DetectionStep.AUTOCONFIG:
            text = _("named by the domain's own settings file")
        case DetectionStep.SPF:
            text = _("found by the domain's SPF record, which says who sends its mail")
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


def hindrance(provider: Provider) -> str:
    """Why this version cannot move mail from or to this provider; empty if it can."""
    if not provider.takes_programs:
        return _("This provider lets no mail program in: its mailboxes cannot be moved with MailMove.")
    if provider.needs_browser:
        return _(
            "This provider takes sign-in with the browser only. This version of MailMove cannot do that yet, so its"
            " mailboxes do not let it in."
        )
    return ""


def preparation(provider: Provider, protocol: MailProtocol | None = None) -> tuple[Preparation, ...]:
    """What has to be so at the provider before the start, in the order in which to see to it.

    Args:
        provider: whose mailboxes.
        protocol: what they will be opened with; None: IMAP where the provider has it.
    """
    if not provider.takes_programs:
        return ()
    steps: list[Preparation] = []
    if provider.enable_first:
        is_pop_only = bool(provider.pop3) and not provider.imap
        by_pop3 = is_pop_only if protocol is None else protocol is MailProtocol.POP3
        what = _("POP3 is switched on for every mailbox") if by_pop3 else _("IMAP is switched on for every mailbox")
        steps.append(Preparation(what, provider.enable_where))
    if (password := right_password(provider)) is not None:
        steps.append(password)
    if provider.window is not None:
        steps.append(Preparation(_window(provider.window), provider.window.where))
    return tuple(steps)


def right_password(provider: Provider) -> Preparation | None:
    """Which password mail programs need at the provider, and where it is made; None if it is the login password."""
    if PasswordKind.APP_PASSWORD not in provider.passwords:
        return None
    return Preparation(_password(provider), provider.app_password_where)


def _password(provider: Provider) -> str:
    name = provider.app_password_name or _("app password (授权码)")
    if provider.needs_app_password or provider.passwords[0] is PasswordKind.OAUTH2:
        return _("The password is the {name}, not the login password").format(name=name)
    if provider.passwords[0] is PasswordKind.APP_PASSWORD:
        text = _("The password is the {name}; the login password works only where the provider still allows it")
        return text.format(name=name)
    return _("Where the login password is refused, the password is the {name}").format(name=name)


def _window(window: VisibleWindow) -> str:
    if window.days is None:
        return _("All mail is shown to mail programs, without a limit for large folders")
    if window.confidence is Confidence.LOW:
        text = ngettext(
            "All mail is shown to mail programs, not only the last {n} day (it may be set so)",
            "All mail is shown to mail programs, not only the last {n} days (it may be set so)",
            window.days,
        )
    else:
        text = ngettext(
            "All mail is shown to mail programs, not only the last {n} day as it usually is",
            "All mail is shown to mail programs, not only the last {n} days as it usually is",
            window.days,
        )
    return text.format(n=count(window.days))


def limits(provider: Provider) -> tuple[str, ...]:
    """What the provider allows, one sentence each; what is not known is left out."""
    known = provider.limits
    sentences = []
    if known.download_bytes_a_day is not None:
        text = _("At most {size} a day can be read from a mailbox.")
        sentences.append(text.format(size=size(known.download_bytes_a_day)))
    if known.upload_bytes_a_day is not None:
        text = _("At most {size} a day can be put into a mailbox.")
        sentences.append(text.format(size=size(known.upload_bytes_a_day)))
    if known.message_bytes is not None:
        sentences.append(_("Messages over {size} are refused.").format(size=size(known.message_bytes)))
    if known.messages_shown_a_folder is not None:
        text = _("The usual server shows only {n} messages of a folder.")
        sentences.append(text.format(n=count(known.messages_shown_a_folder)))
    if (most := known.connections) is not None:
        text = ngettext("At most {n} connection to a mailbox.", "At most {n} connections to a mailbox.", most)
        sentences.append(text.format(n=count(most)))
    return tuple(sentences)


def user_name(form: UserNameForm) -> str:
    """What the user name is, as a phrase."""
    match form:
        case UserNameForm.FULL:
            return _("the whole address")
        case UserNameForm.LOCAL:
            return _("the part of the address before the @")
        case UserNameForm.EITHER:
            return _("the whole address, or the part before the @")
        case _ as never:
            assert_never(never)


def step_tried(report: StepReport) -> str:
    """One step of a search and what came of it: ``MX record of the domain: found (mx.acme.cn)``."""
    # A name beside "nothing" was seen and led nowhere.
    is_unknown = report.outcome is StepOutcome.NOTHING and bool(report.detail)
    outcome = _("not known") if is_unknown else _outcome(report.outcome)
    detail = f" ({report.detail})" if report.detail else ""
    return _("{step}: {outcome}").format(step=_step(report.step), outcome=outcome) + detail


def _step(step: DetectionStep) -> str:
    match step:
        case DetectionStep.DOMAIN_TABLE:
            return _("List of known domains and servers")
        case DetectionStep.MX:
            return _("MX record of the domain")
        case DetectionStep.CNAME:
            return _("Alias (CNAME) of the domain's mail server")
        case DetectionStep.SRV:
            return _("SRV record for mail programs")
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
