"""What was seen on the way to a server, and what is wrong with its certificate."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import assert_never

from mailmove_gui.domain.certificates import Certificate
from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.probing import Stage, StageResult
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.texts import numbers, reasons
from mailmove_gui.texts.language import _, ngettext

_MAX_GREETING = 100
_NAMES_LISTED = 10
_NAMES_TOLD = 3


def stage_name(stage: Stage) -> str:
    """What a step is called: ``Server name``, ``Connection``."""
    match stage:
        case Stage.NAME:
            return _("Server name")
        case Stage.CONNECT:
            return _("Connection")
        case Stage.TLS:
            return _("Encryption (TLS)")
        case Stage.GREETING:
            return _("Greeting")
        case Stage.LOGIN:
            return _("Login")
        case Stage.FOLDERS:
            return _("Folders")
        case _ as never:
            assert_never(never)


# -- what was seen, for `StageResult.detail`


def answered(address: str, milliseconds: int) -> str:
    """Which address answered, and how soon: ``192.0.2.1, after 23 ms``."""
    return _("{address}, after {ms} ms").format(address=address, ms=numbers.count(milliseconds))


def encrypted(version: str, cipher: str) -> str:
    """How a connection is encrypted: ``TLSv1.3, TLS_AES_256_GCM_SHA384``."""
    return ", ".join(filter(None, (version, cipher)))


def not_encrypted() -> str:
    """For a connection that shall not be encrypted."""
    return _("not encrypted")


def greeting_seen(words: str) -> str:
    """A server's greeting without its response code, shortened."""
    if words.startswith("[") and "]" in words:
        words = words.partition("]")[2]
    words = " ".join(words.split())
    return words if len(words) <= _MAX_GREETING else words[: _MAX_GREETING - 1].rstrip() + "…"


def folders_seen(folders: int, messages: int) -> str:
    """How much there is: ``14 folders, 1 250 messages in the inbox``."""
    return _("{folders}, {messages} in the inbox").format(
        folders=numbers.folders(folders), messages=numbers.messages(messages)
    )


# -- failures


def failure_sentence(result: StageResult, endpoint: Endpoint) -> str:
    """What happened in a step that failed and what to do, naming the server; empty for one that passed.

    Elsewhere `reasons.sentence` tells of the same failure, where there is no certificate to be looked at.
    """
    failure = result.failure
    if failure is None:
        return ""
    text = _about_the_way(result.stage, failure.reason) or _about_encryption(failure.reason)
    return text.format(host=endpoint.host, port=endpoint.port) if text else reasons.sentence(failure)


def _about_the_way(stage: Stage, reason: Reason) -> str:
    """What can be said better where it is known in which step something failed; empty where it cannot."""
    match stage, reason:
        case _, Reason.HOST_NOT_FOUND:
            return _("There is no server called {host}. Check the spelling of its name.")
        case Stage.NAME, Reason.TIMED_OUT | Reason.NETWORK_UNREACHABLE:
            return _("The name {host} could not be looked up. Check the network connection, then test again.")
        case Stage.CONNECT, Reason.CONNECTION_REFUSED:
            return _("{host} does not answer on port {port}. Check port and firewall.")
        case Stage.CONNECT, Reason.TIMED_OUT:
            return _("{host} did not answer on port {port} in time. Check server name, port and firewall.")
        case Stage.TLS, Reason.TIMED_OUT:
            return _("{host} answers on port {port}, but not to TLS. Check port and kind of encryption.")
        case Stage.TLS, Reason.CONNECTION_LOST:
            return _("{host} ended the connection while it was being encrypted. Check port and kind of encryption.")
        case Stage.GREETING, Reason.TIMED_OUT:
            return _("{host} accepts the connection on port {port}, but then says nothing. Check port and encryption.")
        case Stage.GREETING, Reason.CONNECTION_LOST:
            return _("{host} accepts the connection on port {port}, but ends it at once. Check port and encryption.")
        case Stage.GREETING, Reason.NOT_A_MAIL_SERVER:
            return _("{host} answers on port {port}, but not as a mail server does. Check server name and port.")
        case _, Reason.SERVER_BUSY:
            return _("{host} is busy or under maintenance. Test again later.")
        case _:
            return ""


def _about_encryption(reason: Reason) -> str:
    """The same for what went wrong with TLS and certificates, while the certificate is being shown."""
    match reason:
        case Reason.CERTIFICATE_WRONG_HOST:
            return _(
                "{host} shows a certificate for another name. "
                "Use the name that the provider gives for this server, or trust this certificate."
            )
        case Reason.CERTIFICATE_EXPIRED:
            return _(
                "{host} shows a certificate that has expired. "
                "Check this computer's date and ask the provider, or trust this certificate."
            )
        case Reason.CERTIFICATE_NOT_YET_VALID:
            return _(
                "{host} shows a certificate that is not valid yet. "
                "Check this computer's date and time, or trust this certificate."
            )
        case Reason.CERTIFICATE_UNKNOWN_ISSUER:
            return _(
                "{host} shows a certificate from an issuer that this computer does not know. "
                "Ask the provider whether the fingerprint is right, then trust this certificate."
            )
        case Reason.CERTIFICATE_SELF_SIGNED:
            return _(
                "{host} shows a certificate that it has signed itself. "
                "Ask its administrator whether the fingerprint is right, then trust this certificate."
            )
        case Reason.CERTIFICATE_CHANGED:
            return _(
                "{host} shows another certificate than the one that is trusted for it. "
                "Ask the provider whether it was renewed; only then trust this certificate."
            )
        case Reason.TLS_TOO_OLD:
            return _(
                "{host} encrypts only in a way that is too old to be safe. "
                "Ask the provider for a server with TLS 1.2 or newer."
            )
        case Reason.TLS_ON_PLAIN_PORT:
            return _("{host} waits for TLS on port {port}. Choose TLS as the kind of encryption.")
        case Reason.PLAIN_ON_TLS_PORT:
            return _("{host} answers on port {port} without TLS. Choose STARTTLS, or the port for TLS (993 for IMAP).")
        case Reason.STARTTLS_NOT_OFFERED:
            return _("{host} does not offer STARTTLS on port {port}. Choose TLS (port 993 for IMAP, 995 for POP3).")
        case _:
            return ""


# -- certificates


def certificate_lines(certificate: Certificate) -> tuple[tuple[str, str], ...]:
    """What stands in a certificate, as pairs of label and text; the fingerprint is last."""
    fingerprint = (_("Fingerprint (SHA-256)"), certificate.fingerprint)
    if not certificate.is_readable:
        return (fingerprint,)
    return (
        (_("Issued for"), certificate.subject or _("nobody")),
        (_("Server names"), _few(certificate.names, _NAMES_LISTED) or _("none")),
        (_("Issued by"), certificate.issuer or _("nobody")),
        (_("Valid from"), certificate.not_before.date().isoformat()),
        (_("Valid until"), certificate.not_after.date().isoformat()),
        fingerprint,
    )


def certificate_faults(
    certificate: Certificate, host: str, reason: Reason | None, *, now: datetime | None = None
) -> tuple[str, ...]:
    """All that is wrong with a certificate, a sentence each; the reason for which it was refused comes first.

    Args:
        certificate: what the server showed.
        host: name or address by which the server was called.
        reason: why it was refused; None if it was not.
        now: what counts as the present; the computer's clock if not given.
    """
    if reason is None:
        return ()
    if not certificate.is_readable:
        return (_("It cannot be read."),)
    faults = {
        Reason.CERTIFICATE_CHANGED: _("It is not the certificate that is trusted for {host}.").format(host=host),
        Reason.CERTIFICATE_SELF_SIGNED: _("It was signed by its own owner; nobody else vouches for it."),
        Reason.CERTIFICATE_UNKNOWN_ISSUER: _("This computer does not know who issued it: {issuer}.").format(
            issuer=certificate.issuer or _("nobody")
        ),
    }
    found = [faults[reason]] if reason in faults else []
    if not certificate.is_for(host):
        found.append(_wrong_name(certificate, host))
    present = now or datetime.now(UTC)
    if present < certificate.not_before:
        text = _("It is valid only from {date} on; this computer's date is {today}.")
        found.append(text.format(date=certificate.not_before.date(), today=present.astimezone().date()))
    if present > certificate.not_after:
        found.append(_("It expired on {date}.").format(date=certificate.not_after.date()))
    return tuple(found)


def _wrong_name(certificate: Certificate, host: str) -> str:
    if not certificate.names:
        return _("It does not say for which server it is.")
    text = _("It is for {names}, not for {host}.")
    return text.format(names=_few(certificate.names, _NAMES_TOLD), host=host)


def _few(names: Sequence[str], most: int) -> str:
    """The first names of what may be a long list."""
    told = ", ".join(names[:most])
    more = len(names) - most
    return (
        told if more <= 0 else ngettext("{names} and {n} more", "{names} and {n} more", more).format(names=told, n=more)
    )
