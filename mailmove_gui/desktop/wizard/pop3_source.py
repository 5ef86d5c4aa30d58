"""What it means for a draft that a source speaks POP3. No Qt."""

from mailmove_gui.desktop.wizard.draft import MigrationDraft
from mailmove_gui.desktop.wizard.server_entry import ServerEntry
from mailmove_gui.domain.endpoints import Endpoint, MailProtocol
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.texts import _, joined
from mailmove_gui.texts.servers import pop3_leaves_behind


def remark(entry: ServerEntry) -> str:
    """What to know of a server that can be used all the same; empty if there is nothing."""
    if entry.side is not Side.SOURCE or entry.protocol is not MailProtocol.POP3:
        return ""
    said = pop3_leaves_behind()
    if entry.is_automatic or imap_instead(entry) is not None:
        return said
    return joined((said, _("Most servers offer IMAP too, and by IMAP everything comes along.")))


def imap_instead(entry: ServerEntry) -> Endpoint | None:
    """The IMAP server that was found together with the POP3 server in force; None if there is none such."""
    found = entry.detection
    if found is None or entry.protocol is not MailProtocol.POP3:
        return None
    offers = found.provider.imap if found.provider is not None else ()
    known = (*found.servers, *(offer.endpoint for offer in offers))
    if not entry.is_automatic and entry.host not in {server.host for server in known}:
        return None
    return next((server for server in known if server.protocol is MailProtocol.IMAP), None)


def is_read_by_pop3(draft: MigrationDraft) -> bool:
    """Whether any account is read by POP3."""
    return MailProtocol.POP3 in _protocols(draft)


def is_read_by_pop3_alone(draft: MigrationDraft) -> bool:
    """Whether all accounts are, so that there is nothing but inboxes."""
    return _protocols(draft) == {MailProtocol.POP3}


def may_lose_mail(draft: MigrationDraft) -> bool:
    """Whether a source has said that it deletes what was read, or the user has said yes to that already."""
    refused = (check.source_failure for check in draft.checks.values())
    return (
        draft.reading_deletes
        or draft.options.pop3_may_delete
        or any(failure is not None and failure.reason is Reason.READING_DELETES for failure in refused)
    )


def _protocols(draft: MigrationDraft) -> set[MailProtocol]:
    return {account.source.endpoint.protocol for account in draft.accounts()}
