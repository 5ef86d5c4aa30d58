"""What people are told of a mailbox that does not let us in."""

from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.logins import LoginQuestion
from mailmove_gui.domain.probing import Stage, StageResult
from mailmove_gui.domain.providers import Provider
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.texts.detection import Preparation, display_name, right_password
from mailmove_gui.texts.language import _, joined, ngettext
from mailmove_gui.texts.numbers import count
from mailmove_gui.texts.probing import failure_sentence
from mailmove_gui.texts.reasons import sentence

_HANDFUL = 3
"""So many tries are believed to be safe where nobody knows how many the provider allows."""


def heading(accounts: int, *, passwords_alone: bool) -> str:
    """How many accounts wait for somebody; `passwords_alone` if a password is what all of them need."""
    if passwords_alone:
        text = ngettext("{n} account needs a password", "{n} accounts need a password", accounts)
    else:
        text = ngettext("{n} account cannot log in", "{n} accounts cannot log in", accounts)
    return text.format(n=count(accounts))


def place(question: LoginQuestion) -> str:
    """Where the mailbox is: ``at 腾讯企业邮箱 Tencent Exmail (source)``."""
    where = display_name(question.provider) if question.provider is not None else question.mailbox.endpoint.host
    text = _("at {where} (source)") if question.side is Side.SOURCE else _("at {where} (destination)")
    return text.format(where=where)


def why(question: LoginQuestion) -> str:
    """What happened, what to do, and which password it is at this provider."""
    said = sentence(question.failure)
    step = what_helps(question)
    return _("{said} {hint}.").format(said=said, hint=step.what) if step is not None and step.what else said


def what_helps(question: LoginQuestion) -> Preparation | None:
    """What has to be so at this provider, and where it is set; None if nothing is known."""
    provider = question.provider
    if provider is None:
        return None
    match question.failure.reason:
        case Reason.PROTOCOL_DISABLED if provider.enable_where:
            return Preparation("", provider.enable_where)
        case Reason.NEEDS_APP_PASSWORD | Reason.OAUTH_REQUIRED if (step := right_password(provider)) is not None:
            # The sentence has said that it is not the login password, but not what it is called here.
            return Preparation(_named(provider), step.where)
        case Reason.WRONG_PASSWORD | Reason.PASSWORD_MISSING:
            return right_password(provider)
        case _:
            return None


def _named(provider: Provider) -> str:
    name = provider.app_password_name
    return _("Here it is called {name}").format(name=name) if name else ""


def tries_used(tries: int, allowed: int | None) -> str:
    """How many tries were refused, and what another one may lead to; empty if none was."""
    if tries <= 0:
        return ""
    if allowed is None:
        text = ngettext(
            "{n} try was refused. Providers lock a mailbox after a handful.",
            "{n} tries were refused. Providers lock a mailbox after a handful.",
            tries,
        )
        return text.format(n=count(tries))
    text = ngettext("{n} of about {allowed} tries used.", "{n} of about {allowed} tries used.", tries)
    used = text.format(n=count(tries), allowed=count(allowed))
    if tries < allowed - 1:
        return used
    return _("{used} Another wrong one may lock the mailbox.").format(used=used)


def is_last_try(tries: int, allowed: int | None) -> bool:
    """Whether another wrong try may lock the mailbox."""
    return tries >= (_HANDFUL if allowed is None else allowed) - 1


def outcome_sentence(result: StageResult, question: LoginQuestion) -> str:
    """What came of the step in which a test ended, in a sentence that fits beside a password."""
    if result.failure is None:
        return _("Works")
    if result.stage is not Stage.LOGIN:
        return failure_sentence(result, question.mailbox.endpoint)
    return sentence(Failure(result.failure.reason, question.side, result.failure.server_text))


def filled_in(filled: int, given: int) -> str:
    """What came of pasting a column of passwords."""
    text = ngettext("{n} password filled in.", "{n} passwords filled in.", filled).format(n=count(filled))
    if filled == given:
        return text
    left = ngettext(
        "{n} line of the column is left over: there is no field for it.",
        "{n} lines of the column are left over: there are no fields for them.",
        given - filled,
    )
    return joined((text, left.format(n=count(given - filled))))
