"""From a POP3 server's address to a logged-in session: connection, greeting, STLS, authentication."""

import base64
import re

from mailmove_gui.domain.endpoints import Security
from mailmove_gui.domain.probing import Stage
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.mail.approach import Attempt
from mailmove_gui.mail.errors import Redactor, sasl_plain
from mailmove_gui.mail.pop3_session import Pop3Session
from mailmove_gui.mail.pop3_wire import Pop3Wire, Status
from mailmove_gui.mail.syntax import Hidden
from mailmove_gui.texts.probing import greeting_seen

_MAX_COMMAND = 255
"""Longest command line (RFC 2449 section 4)."""

_NO_VERDICT = re.compile(
    rb"unknown|unrecogni[sz]ed|not (?:supported|implemented)|unsupported|invalid command|syntax", re.IGNORECASE
)
"""The command was refused, not the password: another way to say it is no second try."""


def open_pop3_session(attempt: Attempt, redactor: Redactor, side: Side, timeout_s: float) -> Pop3Session:
    """Connection, greeting, STLS if asked for (RFC 2595), and the capabilities that hold before the login.

    Args:
        attempt: makes the connection, and judges the server's certificate.
        redactor: keeps the password out of what the server says.
        side: whose server it is.
        timeout_s: how long the server may be silent in the middle of an answer.
    """
    approach = attempt.approach
    wire = Pop3Wire(attempt.connect(), timeout_s)
    session = Pop3Session(wire, host=approach.host, side=side, redactor=redactor, cancel=approach.cancel)
    try:
        attempt.begin(Stage.GREETING)
        greeting = session.run(session.wire.status)
        if not greeting.ok:
            raise session.refusal(greeting.text, Reason.SERVER_BUSY)
        session.ask_capabilities()
        attempt.passed(Stage.GREETING, greeting_seen(session.words(greeting.text)))
        if approach.endpoint.security is Security.STARTTLS:
            attempt.begin(Stage.TLS)
            _start_tls(session, attempt)
        approach.cancel.check()
    except BaseException:
        session.close()
        raise
    return session


def _start_tls(session: Pop3Session, attempt: Attempt) -> None:
    answer = session.command(b"STLS") if session.has("STLS") else Status(ok=False, text=b"")
    if not answer.ok:
        raise session.refusal(answer.text, Reason.STARTTLS_NOT_OFFERED)
    session.run(lambda: session.wire.start_tls(attempt.secure))
    session.ask_capabilities()


def log_in_to_pop3(session: Pop3Session, security: Security, user: str, secret: Secret) -> None:
    """Authenticate and learn what the server can do for this user.

    AUTH PLAIN in UTF-8 where it is offered (RFC 5034), else USER and PASS (RFC 1939 section 7).

    Raises:
        MailError: WRONG_PASSWORD unless the server's words mean something else.
    """
    status = _authenticate(session, security, user, secret)
    if not status.ok:
        raise session.refusal(status.text, Reason.WRONG_PASSWORD)
    session.ask_capabilities()


def _authenticate(session: Pop3Session, security: Security, user: str, secret: Secret) -> Status:
    if session.has("SASL", "PLAIN"):
        status = _sasl_plain(session, user, secret)
        if status.ok or not _NO_VERDICT.search(status.text):
            return status
    if session.capabilities and not session.has("USER"):
        if security is Security.PLAIN:
            raise session.failure(Reason.LOGIN_NEEDS_TLS)
        if session.has("SASL", "XOAUTH2") or session.has("SASL", "OAUTHBEARER"):
            raise session.failure(Reason.OAUTH_REQUIRED)
    if any(character in user + secret.reveal() for character in "\r\n\0"):
        # Such a password fits no line.
        raise session.failure(Reason.NOT_SUPPORTED)
    status = session.command(Hidden(b"USER " + user.encode("utf-8", "surrogatepass")))
    if not status.ok:
        return status
    return session.command(Hidden(b"PASS " + secret.reveal().encode("utf-8", "surrogatepass")))


def _sasl_plain(session: Pop3Session, user: str, secret: Secret) -> Status:
    blob = base64.b64encode(sasl_plain(user, secret))
    at_once = b"AUTH PLAIN " + blob
    if len(at_once) + len(b"\r\n") <= _MAX_COMMAND:
        return session.command(Hidden(at_once))
    session.run(lambda: session.wire.send(b"AUTH PLAIN"))
    refused = session.run(session.wire.go_ahead)
    return refused if refused is not None else session.command(Hidden(blob))
