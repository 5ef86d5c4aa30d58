"""From a server's address to a logged-in session: connection, greeting, STARTTLS, authentication, ID."""

import base64
import re
import socket
from collections.abc import Callable

import mailmove_gui
from mailmove_gui.domain.endpoints import Security
from mailmove_gui.domain.probing import Stage
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.mail.approach import Attempt
from mailmove_gui.mail.errors import Redactor, sasl_plain
from mailmove_gui.mail.session import Session
from mailmove_gui.mail.syntax import Answer, Argument, Hidden, Literal, Response, quoted, response_code
from mailmove_gui.mail.wire import Wire
from mailmove_gui.texts.probing import greeting_seen

_NETEASE = re.compile(r"(^|\.)(163|126|yeah|188|netease|vip\.163|vip\.126)\.(com|net)$", re.IGNORECASE)
_NO_QUOTING = re.compile(rb'[^\x00-\x1f"\\\x7f-\xff]*')
_MAX_QUOTED = 512


def open_session(attempt: Attempt, redactor: Redactor, side: Side, timeout_s: float) -> tuple[Session, Response]:
    """Connection, greeting, STARTTLS if asked for, and the capabilities that hold before the login.

    Args:
        attempt: makes the connection, and judges the server's certificate.
        redactor: keeps the password out of what the server says.
        side: whose server it is.
        timeout_s: how long the server may be silent in the middle of a command.

    Returns:
        The session and the greeting.
    """
    approach = attempt.approach
    wire = Wire(attempt.connect(), timeout_s)
    session = Session(wire, host=approach.host, side=side, redactor=redactor, cancel=approach.cancel)
    try:
        attempt.begin(Stage.GREETING)
        greeting = _greeting(session)
        attempt.passed(Stage.GREETING, greeting_seen(session.words(greeting.text)))
        if approach.endpoint.security is Security.STARTTLS:
            attempt.begin(Stage.TLS)
            _start_tls(session, greeting, attempt.secure)
        approach.cancel.check()
    except BaseException:
        session.close()
        raise
    return session, greeting


def _greeting(session: Session) -> Response:
    greeting = session.run(session.wire.greeting)
    session.greeting = greeting.text
    if greeting.kind == b"BYE":
        raise session.refusal(greeting.text, Reason.SERVER_BUSY)
    code = response_code(greeting.text)
    if code is not None and code[0] == b"CAPABILITY":
        session.learn_capabilities(code[1])
    else:
        session.ask_capabilities()
    return greeting


def _start_tls(session: Session, greeting: Response, wrap: Callable[[socket.socket], socket.socket]) -> None:
    # PREAUTH leaves the state in which STARTTLS is allowed; somebody in between could force plain text with it.
    if greeting.kind == b"PREAUTH" or not session.has("STARTTLS"):
        raise session.failure(Reason.STARTTLS_NOT_OFFERED)
    answer = session.command(b"STARTTLS")
    if not answer.ok:
        raise session.refusal(answer.text, Reason.STARTTLS_NOT_OFFERED)
    session.run(lambda: session.wire.start_tls(wrap))
    session.ask_capabilities()


def log_in(session: Session, greeting: Response, security: Security, user: str, secret: Secret) -> None:
    """Authenticate and learn what the server can do for this user.

    AUTHENTICATE PLAIN in UTF-8 where it is offered (RFC 4616), else LOGIN.

    Raises:
        MailError: WRONG_PASSWORD unless the server's words mean something else.
    """
    if greeting.kind != b"PREAUTH":
        answer = _authenticate(session, security, user, secret)
        if not answer.ok:
            raise _login_failure(session, answer)
        _learn_from(session, answer)
    else:
        session.ask_capabilities()
    _identify(session, greeting)


def _authenticate(session: Session, security: Security, user: str, secret: Secret) -> Answer:
    login_allowed = not session.has("LOGINDISABLED")
    if session.has("AUTH=PLAIN"):
        answer = _sasl_plain(session, user, secret)
        # BAD is no word about the password: a server that announces PLAIN and does not know it.
        if answer.status != b"BAD" or not login_allowed:
            return answer
    if login_allowed:
        return session.command(b"LOGIN", _text_argument(user), _text_argument(secret.reveal()))
    if security is Security.PLAIN:
        raise session.failure(Reason.LOGIN_NEEDS_TLS)
    if session.has("AUTH=XOAUTH2") or session.has("AUTH=OAUTHBEARER"):
        raise session.failure(Reason.OAUTH_REQUIRED)
    raise session.failure(Reason.NOT_SUPPORTED)


def _sasl_plain(session: Session, user: str, secret: Secret) -> Answer:
    if session.has("SASL-IR"):
        return session.command(b"AUTHENTICATE", b"PLAIN", Hidden(_blob(user, secret)))
    ticket = session.begin(b"AUTHENTICATE", b"PLAIN")
    if session.run(lambda: session.wire.go_ahead(ticket)) is not None:
        session.run(lambda: session.wire.send(_blob(user, secret) + b"\r\n"))
    return session.finish(ticket)


def _blob(user: str, secret: Secret) -> bytes:
    return base64.b64encode(sasl_plain(user, secret))


def _text_argument(text: str) -> Argument:
    value = text.encode("utf-8", "surrogatepass")
    if len(value) <= _MAX_QUOTED and _NO_QUOTING.fullmatch(value):
        return Hidden(b'"' + value + b'"')
    return Literal(value)


def _login_failure(session: Session, answer: Answer) -> MailError:
    # Gmail explains itself in an untagged NO before the tagged one.
    untagged = [response.text for response in answer.of_kind(b"NO")]
    for text in (*untagged, answer.text):
        error = session.refusal(text, Reason.SERVER_SAID)
        if error.reason not in {Reason.SERVER_SAID, Reason.WRONG_PASSWORD}:
            return error
    default = Reason.WRONG_PASSWORD
    if answer.status == b"BAD" and b"login" not in answer.text.lower():
        default = Reason.SERVER_SAID
    return session.refusal(answer.text, default)


def _learn_from(session: Session, answer: Answer) -> None:
    listed = answer.of_kind(b"CAPABILITY")
    code = answer.code(b"CAPABILITY")
    if code:
        session.learn_capabilities(code)
    elif listed:
        session.learn_capabilities(listed[-1].text)
    else:
        session.ask_capabilities()


def _identify(session: Session, greeting: Response) -> None:
    """Say who we are (RFC 2971): NetEase opens no folder for a client that does not. The answer does not matter."""
    coremail = b"coremail" in greeting.text.lower()
    if session.has("ID") or coremail or _NETEASE.search(session.host):
        version = quoted(mailmove_gui.__version__.encode("ascii", "replace")) or b"NIL"
        session.command(b"ID", b'("name" "MailMove" "version" %s)' % version)
