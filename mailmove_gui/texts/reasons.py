"""Why something failed: one sentence what happened, one sentence what to do."""

from datetime import datetime
from typing import assert_never

from mailmove_gui.domain.endpoints import MailProtocol
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.texts.language import _, joined
from mailmove_gui.texts.numbers import size
from mailmove_gui.texts.times import moment


def sentence(failure: Failure, *, now: datetime | None = None) -> str:
    """What happened and what to do, in two sentences; `now` is for telling today from tomorrow."""
    happened = what_happened(failure.reason, failure.side, server_text=failure.server_text)
    return joined((happened, what_to_do(failure.reason, failure.side, failure.until, now=now)))


def side_word(side: Side) -> str:
    """``source`` or ``destination``."""
    return _("source") if side is Side.SOURCE else _("destination")


def what_happened(  # noqa: C901, PLR0911, PLR0912, PLR0915 -- one branch a reason
    reason: Reason,
    side: Side | None = None,
    *,
    server_text: str = "",
    limit_bytes: int | None = None,
    protocol: MailProtocol = MailProtocol.IMAP,
) -> str:
    """One sentence about what went wrong.

    Args:
        reason: why.
        side: where; the sentence names it.
        server_text: the server's own words; quoted only by reasons that say nothing without them.
        limit_bytes: the largest message that the destination takes, if known.
        protocol: what the mailbox is read with, for `Reason.PROTOCOL_DISABLED`.
    """
    the_server = _server(side)
    match reason:
        case Reason.WRONG_PASSWORD:
            text = _("{the_server} does not accept this password.")
        case Reason.LOGIN_REFUSED:
            text = _("{the_server} refused the login and names several possible causes.")
        case Reason.PASSWORD_MISSING:
            return _("There is no password for {the_mailbox}.").format(the_mailbox=_mailbox(side))
        case Reason.NEEDS_APP_PASSWORD:
            text = _("{the_server} wants an authorisation code (app password), not the login password.")
        case Reason.PROTOCOL_DISABLED:
            text = _("{protocol} is switched off for {the_mailbox}.")
            return text.format(protocol=protocol.value.upper(), the_mailbox=_mailbox(side))
        case Reason.OAUTH_REQUIRED:
            text = _("{the_server} accepts sign-in with the browser only.")
        case Reason.WEB_LOGIN_REQUIRED:
            text = _("{the_server} wants somebody to sign in to the webmail first.")
        case Reason.LOCKED_OUT:
            text = _("Too many wrong tries: {the_server} has locked the mailbox for now.")
            return text.format(the_server=_server_inside(side))
        case Reason.HOST_REFUSES_ALL:
            text = _("{the_server} refused three accounts in a row; the others were not tried.")
        case Reason.HOST_NOT_FOUND:
            text = _("{the_server} was not found: there is none of this name.")
        case Reason.CONNECTION_REFUSED:
            text = _("{the_server} does not answer on this port.")
        case Reason.NETWORK_UNREACHABLE:
            text = _("{the_server} cannot be reached: this computer has no way to it.")
        case Reason.TIMED_OUT:
            text = _("{the_server} did not answer in time.")
        case Reason.CERTIFICATE_WRONG_HOST:
            text = _("The certificate of {the_server} is for another name than the one it was called by.")
            return text.format(the_server=_server_inside(side))
        case Reason.CERTIFICATE_EXPIRED:
            text = _("The certificate of {the_server} has expired.")
            return text.format(the_server=_server_inside(side))
        case Reason.CERTIFICATE_NOT_YET_VALID:
            text = _("The certificate of {the_server} is not valid yet: its first day is still to come.")
            return text.format(the_server=_server_inside(side))
        case Reason.CERTIFICATE_UNKNOWN_ISSUER:
            text = _("The certificate of {the_server} is from an issuer that this computer does not know.")
            return text.format(the_server=_server_inside(side))
        case Reason.CERTIFICATE_SELF_SIGNED:
            text = _("{the_server} has signed its certificate itself: nobody else vouches for it.")
        case Reason.CERTIFICATE_CHANGED:
            text = _("{the_server} shows another certificate than the one that is trusted for it.")
        case Reason.TLS_TOO_OLD:
            text = _("{the_server} encrypts only in a way that is too old to be safe (older than TLS 1.2).")
        case Reason.TLS_ON_PLAIN_PORT:
            text = _("{the_server} waits for an encrypted connection (TLS) on this port.")
        case Reason.PLAIN_ON_TLS_PORT:
            text = _("{the_server} answers on this port without encryption, not with TLS.")
        case Reason.TLS_FAILED:
            text = _("{the_server} and this program found no common way to encrypt.")
        case Reason.STARTTLS_NOT_OFFERED:
            text = _("{the_server} does not offer STARTTLS.")
        case Reason.LOGIN_NEEDS_TLS:
            text = _("{the_server} accepts passwords only on an encrypted connection.")
        case Reason.NOT_A_MAIL_SERVER:
            text = _("{the_server} answers on this port, but not as a mail server does.")
        case Reason.CONNECTION_LOST:
            text = _("The connection to {the_server} was lost.")
            return text.format(the_server=_server_inside(side))
        case Reason.SERVER_BUSY:
            text = _("{the_server} is busy or under maintenance.")
        case Reason.THROTTLED:
            text = _("{the_server} asked to slow down.")
        case Reason.DAILY_LIMIT:
            text = _("{the_server} has served as much as it allows in a day.")
        case Reason.QUIET_HOURS:
            return _("Nothing is moved in the quiet hours.")
        case Reason.TOO_MANY_CONNECTIONS:
            text = _("{the_server} allows fewer connections.")
        case Reason.DESTINATION_FULL:
            return _("The destination mailbox is full.")
        case Reason.FOLDER_REFUSED:
            return _quoting(
                _("The destination server refused a folder."),
                _("The destination server refused a folder: “{server_text}”."),
                server_text,
            )
        case Reason.FOLDER_UNREADABLE:
            text = _("{the_server} does not open a folder of this mailbox.")
        case Reason.MESSAGE_TOO_LARGE if limit_bytes is not None:
            text = _("This message is larger than the destination accepts ({limit}).")
            return text.format(limit=size(limit_bytes))
        case Reason.MESSAGE_TOO_LARGE:
            return _("This message is larger than the destination accepts.")
        case Reason.MESSAGE_REFUSED:
            return _quoting(
                _("The destination refused this message."),
                _("The destination refused this message: “{server_text}”."),
                server_text,
            )
        case Reason.MESSAGE_UNREADABLE:
            return _("The source server lists this message, but does not hand it out.")
        case Reason.MESSAGE_GONE:
            return _("This message is not at the source any more.")
        case Reason.MESSAGE_BREAKS_CONNECTION:
            return _("The connection broke each time this message alone was on its way.")
        case Reason.ARRIVAL_UNKNOWN:
            return _("The connection was lost while this message was on its way; it was not found since.")
        case Reason.ONE_COPY_KEPT:
            return _("The destination keeps equal messages once, and has this one from another.")
        case Reason.HIDDEN_MAIL:
            text = _("{the_server} shows only part of the mail, such as the last 30 days.")
        case Reason.READING_DELETES:
            text = _("{the_server} says that it deletes mail once it was read by POP3.")
        case Reason.NUMBERS_DIFFER:
            return _("The numbers do not add up: not every message at the source is accounted for.")
        case Reason.CANNOT_UNDO:
            return _("The destination server does not remove single messages.")
        case Reason.UNDO_UNFINISHED:
            return _("Undo was interrupted before it had gone through the whole account.")
        case Reason.LOCAL_DISK:
            return _("This computer's disk is full, or writing to it is not allowed.")
        case Reason.NOT_SUPPORTED:
            text = _("{the_server} needs something that this version of MailMove cannot do.")
        case Reason.SERVER_SAID:
            return _quoting(
                _("{the_server} answered with an error.").format(the_server=the_server),
                _("{the_server} answered: “{server_text}”.").replace("{the_server}", the_server),
                server_text,
            )
        case Reason.INTERNAL_ERROR:
            return _("MailMove made a mistake of its own.")
        case _ as never:
            assert_never(never)
    return text.format(the_server=the_server)


def what_to_do(  # noqa: C901, PLR0911, PLR0912 -- one branch a reason
    reason: Reason, side: Side | None = None, until: datetime | None = None, *, now: datetime | None = None
) -> str:
    """One sentence about the next step.

    Args:
        reason: why.
        side: where; the sentence names it where the step depends on it.
        until: when the program goes on by itself, if it does.
        now: what counts as the present, for telling today from tomorrow.
    """
    if until is not None:
        return _goes_on(reason, moment(until, now=now))
    match reason:
        case Reason.WRONG_PASSWORD:
            return _("Type it again.")
        case Reason.LOGIN_REFUSED:
            return _(
                "Check the password or authorisation code, and in the webmail that IMAP is on and nothing is locked."
            )
        case Reason.PASSWORD_MISSING:
            return _("Enter it.")
        case Reason.NEEDS_APP_PASSWORD:
            return _("Create one in the webmail settings and enter it instead.")
        case Reason.PROTOCOL_DISABLED:
            return _("Switch it on in the webmail settings, then retry.")
        case Reason.OAUTH_REQUIRED:
            return _("Ask the administrator of the mailbox for an app password, and enter that.")
        case Reason.WEB_LOGIN_REQUIRED:
            return _("Sign in there with the browser, then retry.")
        case Reason.LOCKED_OUT:
            return _("Wait, or unlock it in the webmail.")
        case Reason.HOST_REFUSES_ALL:
            return _("Check the server and the list of passwords, then retry.")
        case Reason.HOST_NOT_FOUND:
            return _("Check the spelling of the server's name.")
        case Reason.CONNECTION_REFUSED:
            return _("Check port and firewall.")
        case Reason.NETWORK_UNREACHABLE:
            return _("Check the network connection, then retry.")
        case Reason.TIMED_OUT:
            return _("Check server name, port and firewall, or retry later.")
        case Reason.CERTIFICATE_WRONG_HOST:
            return _("Enter the name that the provider gives for it, or trust the certificate in the connection test.")
        case Reason.CERTIFICATE_EXPIRED:
            return _("Check this computer's date, ask the provider, or trust the certificate in the connection test.")
        case Reason.CERTIFICATE_NOT_YET_VALID:
            return _("Check this computer's date and time, or trust the certificate in the connection test.")
        case Reason.CERTIFICATE_UNKNOWN_ISSUER:
            return _("Ask the provider, or trust the certificate for this server in the connection test.")
        case Reason.CERTIFICATE_SELF_SIGNED:
            return _("Ask its administrator for the fingerprint, and trust the certificate in the connection test.")
        case Reason.CERTIFICATE_CHANGED:
            return _("Ask the provider whether it was renewed; if so, trust the new one in the connection test.")
        case Reason.TLS_TOO_OLD:
            return _("Ask the provider for a server with TLS 1.2 or newer, or to update this one.")
        case Reason.TLS_ON_PLAIN_PORT:
            return _("Choose TLS as the kind of encryption.")
        case Reason.PLAIN_ON_TLS_PORT:
            return _("Choose STARTTLS, or the port for TLS (993 for IMAP, 995 for POP3).")
        case Reason.TLS_FAILED:
            return _("Check port and kind of encryption.")
        case Reason.STARTTLS_NOT_OFFERED:
            return _("Choose TLS (port 993 for IMAP, 995 for POP3).")
        case Reason.LOGIN_NEEDS_TLS:
            return _("Choose TLS or STARTTLS.")
        case Reason.NOT_A_MAIL_SERVER:
            return _("Check server name, port and kind of encryption.")
        case Reason.CONNECTION_LOST | Reason.SERVER_BUSY:
            return _("Retry later; what has been moved stays moved.")
        case Reason.THROTTLED:
            return _("Retry in an hour; what has been moved stays moved.")
        case Reason.DAILY_LIMIT:
            return _("Retry tomorrow; what has been moved stays moved.")
        case Reason.QUIET_HOURS:
            return _("MailMove continues when they are over.")
        case Reason.TOO_MANY_CONNECTIONS:
            return _("Close other mail programs that use this mailbox, then retry.")
        case Reason.DESTINATION_FULL:
            return _("Make room or raise its limit, then retry.")
        case Reason.FOLDER_REFUSED:
            return _("Choose another name for it in the folder map, then retry.")
        case Reason.FOLDER_UNREADABLE:
            return _("Open it in the webmail to see whether it is there; retry, or leave it out.")
        case Reason.MESSAGE_TOO_LARGE:
            return _("Save it as a file.")
        case Reason.MESSAGE_REFUSED:
            return _("Save it, retry, or leave it.")
        case Reason.MESSAGE_UNREADABLE:
            return _("Open it in the webmail and save it there, or retry.")
        case Reason.MESSAGE_GONE:
            return _("Look for it in the webmail: it may have been filed elsewhere or deleted.")
        case Reason.MESSAGE_BREAKS_CONNECTION:
            return _("Retry, or open it in the webmail and save it there.")
        case Reason.ARRIVAL_UNKNOWN:
            return _("Look for it at the destination; if it is missing, copy it by hand.")
        case Reason.ONE_COPY_KEPT:
            return _("Nothing is missing; there is nothing to do.")
        case Reason.HIDDEN_MAIL:
            return _("Set “all” in the webmail settings of {the_mailbox}, then check again.").format(
                the_mailbox=_mailbox(side)
            )
        case Reason.READING_DELETES:
            return _(
                "Choose IMAP for the source. If there is none, allow this under “What to move”, or with"
                " --pop3-may-delete."
            )
        case Reason.NUMBERS_DIFFER:
            return _("Start the account again; if it stays so, look at its report.")
        case Reason.CANNOT_UNDO:
            return _("Remove what was moved by hand, in the webmail or in a mail program.")
        case Reason.UNDO_UNFINISHED:
            return _("Undo it once more, then start it again.")
        case Reason.LOCAL_DISK:
            return _("Make room or choose another folder for the migration's file, then retry.")
        case Reason.NOT_SUPPORTED:
            return _("Look for a newer version, or use another protocol.")
        case Reason.SERVER_SAID:
            return _("Retry; if it stays so, ask the provider with these words.")
        case Reason.INTERNAL_ERROR:
            return _("Retry; if it stays so, send the log to the makers of MailMove.")
        case _ as never:
            assert_never(never)


def goes_on_by_the_clock(reason: Reason) -> bool:
    """Whether it is known that moving goes on at a certain time; else it is tried again then."""
    return reason in {Reason.QUIET_HOURS, Reason.THROTTLED, Reason.DAILY_LIMIT}


def _goes_on(reason: Reason, when: str) -> str:
    """What happens by itself at a time, and what somebody can do until then."""
    if reason is Reason.DESTINATION_FULL:
        return _("Make room or raise its limit; MailMove tries again {when}.").format(when=when)
    if reason is Reason.LOCAL_DISK:
        return _("Make room on it; MailMove tries again {when}.").format(when=when)
    if goes_on_by_the_clock(reason):
        return _("MailMove continues {when}.").format(when=when)
    return _("MailMove tries again {when}.").format(when=when)


def _server(side: Side | None) -> str:
    """For the beginning of a sentence."""
    match side:
        case Side.SOURCE:
            return _("The source server")
        case Side.DESTINATION:
            return _("The destination server")
        case None:
            return _("The server")


def _server_inside(side: Side | None) -> str:
    """For the middle of a sentence."""
    match side:
        case Side.SOURCE:
            return _("the source server")
        case Side.DESTINATION:
            return _("the destination server")
        case None:
            return _("the server")


def _mailbox(side: Side | None) -> str:
    match side:
        case Side.SOURCE:
            return _("the source mailbox")
        case Side.DESTINATION:
            return _("the destination mailbox")
        case None:
            return _("this mailbox")


def _quoting(without: str, template: str, server_text: str) -> str:
    """`template` with the server's words (which may hold braces), or `without` where there are none."""
    words = " ".join(server_text.split()).rstrip(".")
    return template.replace("{server_text}", words) if words else without
