"""A text to send to colleagues whose mailboxes have not been started. No Qt."""

from collections.abc import Mapping, Sequence

from mailmove_gui.desktop.models.words import provider_name
from mailmove_gui.domain.plan import Account
from mailmove_gui.domain.providers import Provider
from mailmove_gui.texts import _, ngettext, numbers


def addresses(accounts: Sequence[Account]) -> str:
    """The source addresses, as a mail program takes them."""
    return ", ".join(account.source.user for account in accounts)


def reminder_text(accounts: Sequence[Account], providers: Mapping[str, Provider]) -> str:
    """Subject and text: what is going to happen, what is needed of them, and what they need not fear.

    Args:
        accounts: whose mailboxes; at least one.
        providers: those that are known, by host.
    """
    destinations = {account.destination.endpoint.host for account in accounts}
    where = _name(destinations.pop(), providers) if len(destinations) == 1 else _("a new server")
    paragraphs = [
        _("Subject: Your mailbox moves to {where}").format(where=where),
        _("Hello,"),
        ngettext(
            "Your mailbox is going to be moved to {where}. It has not been started yet.",
            "Your mailboxes are going to be moved to {where}. They have not been started yet.",
            len(accounts),
        ).format(where=where),
        _addresses(accounts),
        *_needed(accounts, providers),
        _("Nothing is deleted from the old mailbox, and you can go on using it while it is being moved."),
        _("Do not send a password by mail: type it at my screen, or call me."),
    ]
    return "\n\n".join(paragraphs)


def recipients_text(accounts: Sequence[Account]) -> str:
    """Whom it is for: how many accounts have not been started."""
    text = ngettext("{n} account has not been started.", "{n} accounts have not been started.", len(accounts))
    return text.format(n=numbers.count(len(accounts)))


def _addresses(accounts: Sequence[Account]) -> str:
    return "\n".join(
        account.source.user
        if account.source.owner == account.destination.owner
        else f"{account.source.user} \N{RIGHTWARDS ARROW} {account.destination.user}"
        for account in accounts
    )


def _needed(accounts: Sequence[Account], providers: Mapping[str, Provider]) -> list[str]:
    """What the providers of the old mailboxes want to be done first."""
    paragraphs = []
    for host in sorted({account.source.endpoint.host for account in accounts}):
        provider = providers.get(host)
        if provider is None:
            continue
        steps = []
        if provider.enable_first:
            steps.append(_with_place(_("Switch on IMAP"), provider.enable_where))
        if provider.needs_app_password:
            kind = provider.app_password_name or _("an app password")
            steps.append(_with_place(_("Make {kind}").format(kind=kind), provider.app_password_where))
        if steps:
            heading = _("Before that, at {provider}:").format(provider=provider_name(provider))
            paragraphs.append("\n".join([heading, *(f"- {step}" for step in steps)]))
    return paragraphs


def _with_place(step: str, where: str) -> str:
    return _("{step} ({where})").format(step=step, where=where) if where else step


def _name(host: str, providers: Mapping[str, Provider]) -> str:
    return provider_name(providers[host]) if host in providers else host
