"""The day of the switch in words: where mail goes, what has been done, and what is to be done next."""

from collections.abc import Sequence
from typing import assert_never

from mailmove_gui.domain.cutover import AccountFacts, Cutover, CutoverStep, CutoverWay, StepStatus, steps_of
from mailmove_gui.domain.mx import DomainMail, MxAnswer, MxPlace, SenderPolicy
from mailmove_gui.texts.language import _, joined, ngettext, pgettext
from mailmove_gui.texts.numbers import count, duration
from mailmove_gui.texts.times import stamp

_MOST_NAMES = 5


def way_word(way: CutoverWay) -> str:
    """One of both orders."""
    match way:
        case CutoverWay.MOVE_FIRST:
            return _("Move all mail first, then switch the domain")
        case CutoverWay.SWITCH_FIRST:
            return _("Switch the domain first, and let old mail follow")
        case _ as never:
            assert_never(never)


def status_word(status: StepStatus) -> str:
    """How a step stands."""
    match status:
        case StepStatus.DONE:
            return pgettext("step", "Done")
        case StepStatus.OPEN:
            return pgettext("step", "To do")
        case StepStatus.UNTOLD:
            return _("Cannot be told")
        case _ as never:
            assert_never(never)


def step_title(step: CutoverStep) -> str:
    """What is true once the step is done."""
    match step:
        case CutoverStep.ALL_MOVED:
            return _("All accounts are moved")
        case CutoverStep.SENDER_POLICY:
            return _("The SPF record names the new mail server")
        case CutoverStep.MX_OWN:
            return _("The domain sends its mail to the new server")
        case CutoverStep.MX_PUBLIC:
            return _("Name servers elsewhere know it, too")
        case CutoverStep.OLD_ANSWERS:
            return _("Nobody remembers the old server any more")
        case CutoverStep.NO_NEW_MAIL:
            return _("No new mail arrives at the old server")
        case CutoverStep.FINAL_PASS:
            return _("All accounts were gone through once more after that")
        case CutoverStep.FINAL_VERIFICATION:
            return _("All accounts were verified again after that")
        case _ as never:
            assert_never(never)


def headline(cutover: Cutover, way: CutoverWay) -> str:
    """Whether it is finished, or what is next."""
    step = cutover.next_step(way)
    if step is None:
        return _("The move is finished: every step is done.")
    steps = steps_of(way)
    return _("Not finished: step {number} of {steps} is next.").format(number=steps.index(step) + 1, steps=len(steps))


def place_sentence(mail: DomainMail) -> str:
    """Where mail for a domain goes now."""
    domain = mail.domain
    match mail.place:
        case MxPlace.SOURCE:
            text = _("Mail for {domain} goes to the old server.")
        case MxPlace.DESTINATION:
            text = _("Mail for {domain} goes to the new server.")
        case MxPlace.FILTER:
            text = _("Mail for {domain} goes to a filter service first; where that sends it cannot be seen from here.")
        case MxPlace.ELSEWHERE:
            text = _("Mail for {domain} goes to a server that is neither the old nor the new one.")
        case MxPlace.MIXED:
            text = _("Mail for {domain} goes to several places.")
        case MxPlace.NONE:
            text = _("{domain} has no server for its mail (MX record).")
        case MxPlace.UNKNOWN:
            text = _("It cannot be told where mail for {domain} goes.")
        case _ as never:
            assert_never(never)
    said = [text.format(domain=domain)]
    if mail.ttl_s:
        said.append(_("Others may remember that for {time} (TTL).").format(time=duration(mail.ttl_s)))
    if mail.is_providers:
        said.append(_("The domain belongs to the provider and cannot be switched; tell people the new addresses."))
    return joined(said)


def answer_line(answer: MxAnswer) -> str:
    """What one name server says: ``ns1.acme.cn: the new server (mx1.example)``."""
    if not answer.hosts:
        word = place_word(answer.place)
        return _("{server}: {place}").format(server=answer.server, place=word)
    hosts = ", ".join(answer.hosts)
    return _("{server}: {place} ({hosts})").format(server=answer.server, place=place_word(answer.place), hosts=hosts)


def place_word(place: MxPlace) -> str:
    """A place in a few words."""
    match place:
        case MxPlace.SOURCE:
            return _("the old server")
        case MxPlace.DESTINATION:
            return _("the new server")
        case MxPlace.FILTER:
            return _("a filter service")
        case MxPlace.ELSEWHERE:
            return _("another server")
        case MxPlace.MIXED:
            return _("several places")
        case MxPlace.NONE:
            return _("no server")
        case MxPlace.UNKNOWN:
            return _("cannot be told")
        case _ as never:
            assert_never(never)


def warnings(cutover: Cutover, way: CutoverWay) -> tuple[str, ...]:
    """What goes wrong on this way if nobody looks after it."""
    if way is not CutoverWay.SWITCH_FIRST:
        return ()
    text = _(
        "The old server is reached as {host}, a name of the domain that is switched. If that name moves with it, the"
        " old mail cannot be reached. Enter the old provider's own server name or the IP address for it first."
    )
    return tuple(text.format(host=host) for host in cutover.moving_hosts)


def step_lines(cutover: Cutover, step: CutoverStep) -> tuple[str, ...]:
    """What was seen that keeps the step from being done, and what helps; empty if it is done."""
    if cutover.status(step) is StepStatus.DONE:
        return ()
    mails = [mail for mail, _history in cutover.domains]
    match step:
        case CutoverStep.ALL_MOVED:
            return _moved(cutover.accounts)
        case CutoverStep.SENDER_POLICY:
            return _or_no_domain([line for mail in mails if (line := _policy(mail))])
        case CutoverStep.MX_OWN:
            return _or_no_domain([line for mail in mails for line in _own(mail)])
        case CutoverStep.MX_PUBLIC:
            return _or_no_domain([line for mail in mails for line in _public(mail)])
        case CutoverStep.OLD_ANSWERS:
            return (_old_answers(cutover),)
        case CutoverStep.NO_NEW_MAIL:
            return _new_mail(cutover)
        case CutoverStep.FINAL_PASS:
            return (
                _("When nothing arrives at the old server any more: select all accounts and start them once more."),
            )
        case CutoverStep.FINAL_VERIFICATION:
            return (_("After the last pass: select all accounts and verify them again."),)
        case _ as never:
            assert_never(never)


def _moved(accounts: Sequence[AccountFacts]) -> tuple[str, ...]:
    left = [account.user for account in accounts if not account.is_moved]
    if not left:
        return (_("There is no account to be moved."),)
    text = ngettext(
        "{n} account is not done: {names}. Start it, and help it where it waits.",
        "{n} accounts are not done: {names}. Start them, and help them where they wait.",
        len(left),
    )
    return (text.format(n=count(len(left)), names=_some(left)),)


def _policy(mail: DomainMail) -> str:
    match mail.policy:
        case SenderPolicy.DESTINATION:
            return ""
        case SenderPolicy.OTHERS:
            text = _(
                "{domain}: its TXT record with v=spf1 does not name the new provider. Add what the new provider asks"
                " for, and leave the old entry in until all is done."
            )
        case SenderPolicy.NONE:
            text = _("{domain}: there is no TXT record with v=spf1. Add the one that the new provider asks for.")
        case SenderPolicy.UNKNOWN:
            text = _("{domain}: compare its TXT record with v=spf1 with what the new provider asks for.")
        case _ as never:
            assert_never(never)
    return text.format(domain=mail.domain)


def _own(mail: DomainMail) -> tuple[str, ...]:
    if mail.is_switched:
        return ()
    if not mail.own:
        return (_("{domain}: its own name servers were not found.").format(domain=mail.domain),)
    text = _("{domain}: where its name servers are run, set the MX record to what the new provider asks for.")
    if mail.place is MxPlace.FILTER:
        text = _("{domain}: have the filter service send its mail to the new server.")
    elif mail.place in {MxPlace.DESTINATION, MxPlace.UNKNOWN}:
        text = _("{domain}: not every name server could be asked, or told apart. Look again later.")
    return text.format(domain=mail.domain), *(answer_line(answer) for answer in mail.own)


def _public(mail: DomainMail) -> tuple[str, ...]:
    if mail.public and all(answer.place is MxPlace.DESTINATION for answer in mail.public):
        return ()
    text = _("{domain}: they follow by themselves. Look again later.").format(domain=mail.domain)
    return text, *(answer_line(answer) for answer in mail.public)


def _old_answers(cutover: Cutover) -> str:
    until = cutover.old_answers_until
    if until is None:
        return _("It begins when the domain is switched. Lower the TTL of its MX record a day before, to 10 minutes.")
    text = _("Mail may still be sent to the old server until {when}. Keep the old accounts at least so long.")
    return text.format(when=stamp(until, now=cutover.at))


def _new_mail(cutover: Cutover) -> tuple[str, ...]:
    until = cutover.old_answers_until
    if until is None or until > cutover.at:
        return (_("It can be told once nobody remembers the old server any more."),)
    arriving = [account for account in cutover.accounts if account.is_quiet_since(until) is False]
    undated = [account.user for account in cutover.accounts if account.is_undated]
    if not arriving and undated:
        text = _("The source does not tell when mail has arrived. Look there for new mail yourself: {names}.")
        return (text.format(names=_some(undated)),)
    if not arriving:
        return (_("Select all accounts and start them once more: nobody has looked at the old server since."),)
    newest = [
        _("{user}: newest mail {when}").format(user=account.user, when=stamp(account.newest, now=cutover.at))
        for account in arriving[:_MOST_NAMES]
        if account.newest is not None
    ]
    advice = _(
        "Mail still arrives at the old server. Its provider may go on delivering what its own customers send:"
        " take the domain off it there. Copies made by a forwarding rule arrive, too."
    )
    return advice, *newest


def _or_no_domain(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(lines) or (_("No address of the accounts names a domain."),)


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_MOST_NAMES])
    return f"{shown}, …" if len(names) > _MOST_NAMES else shown
