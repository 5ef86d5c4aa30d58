"""IMAP before and around the login: CAPABILITY, STARTTLS, LOGIN, AUTHENTICATE, ID, ENABLE, NOOP, LOGOUT."""

from __future__ import annotations

from mailmove_gui.demo.imap_session import ImapSession, No
from mailmove_gui.demo.state import parse_sasl_plain
from mailmove_gui.demo.wire import Arguments, BadSyntax


def capability(session: ImapSession, arguments: Arguments) -> str:
    """RFC 3501 §6.1.1."""
    arguments.end()
    session.send(b"CAPABILITY " + session.capabilities())
    return ""


def noop(_session: ImapSession, arguments: Arguments) -> str:
    """RFC 3501 §6.1.2 (changes are told with every answer)."""
    arguments.end()
    return ""


def logout(session: ImapSession, arguments: Arguments) -> str:
    """RFC 3501 §6.1.3."""
    arguments.end()
    session.send(b"BYE Logging out")
    session.view = None
    session.ended = True
    return ""


def start_tls(session: ImapSession, arguments: Arguments) -> str:
    """RFC 3501 §6.2.1."""
    arguments.end()
    if session.state.tls is None or session.connection.encrypted:
        raise BadSyntax("TLS is not available")
    session.encrypt_next = True
    return "Begin TLS negotiation now."


def login(session: ImapSession, arguments: Arguments) -> str:
    """RFC 3501 §6.2.3."""
    arguments.space()
    name = arguments.astring()
    arguments.space()
    password = arguments.astring()
    arguments.end()
    if not session.state.offers("LOGIN"):
        raise No("[PRIVACYREQUIRED] LOGIN is disabled")
    return _log_in(session, name.decode("utf-8", "replace"), password.decode("utf-8", "replace"))


def authenticate(session: ImapSession, arguments: Arguments) -> str:
    """RFC 3501 §6.2.2 with SASL PLAIN; an initial response by SASL-IR (RFC 4959)."""
    arguments.space()
    mechanism = arguments.atom()
    response = b""
    if not arguments.at_end():
        if not session.state.offers("SASL-IR"):
            raise BadSyntax("Unexpected initial response")
        arguments.space()
        response = arguments.rest()
    if mechanism != "PLAIN" or not session.state.offers("AUTH=PLAIN"):
        raise No("Unsupported authentication mechanism")
    if not response:
        session.connection.write(b"+ \r\n")
        response = session.connection.read_line()
    if response == b"*":
        raise BadSyntax("Authentication aborted by client")
    return _log_in(session, *parse_sasl_plain(response))


def identify(session: ImapSession, arguments: Arguments) -> str:
    """ID (RFC 2971)."""
    arguments.space()
    if not arguments.skip(b"NIL"):
        arguments.expect(b"(")
        first = True
        while not arguments.skip(b")"):
            if not first:
                arguments.space()
            first = False
            arguments.string()
            arguments.space()
            if not arguments.skip(b"NIL"):
                arguments.string()
    arguments.end()
    session.identified = session.user is not None
    session.send(b'ID ("name" "Sample mail server")')
    return ""


def enable(session: ImapSession, arguments: Arguments) -> str:
    """ENABLE (RFC 5161); there is nothing to enable here."""
    while not arguments.at_end():
        arguments.space()
        arguments.atom()
    session.send(b"ENABLED")
    return ""


def _log_in(session: ImapSession, name: str, password: str) -> str:
    session.user = session.state.log_in(name, password, imap=True)
    session.identified = False
    return f"[CAPABILITY {session.capabilities().decode()}] Logged in"
