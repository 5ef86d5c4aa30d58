"""Greeting, STARTTLS, authentication and ID, and that the password is nowhere but on the wire."""

from __future__ import annotations

import base64
import logging
import traceback
from urllib.parse import quote

import pytest

from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.endpoints import MailProtocol, Security
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.secret import Secret
from tests.mail.opening import PASSWORD, gateway, mailbox, open_destination, open_source
from tests.mail.scripted_server import Rules, ScriptedServer

PASSWORDS = ['=x§*("ü`', "%s\\n", 'a"b\\c', "密码123"]


def _failure(server: ScriptedServer, **changes: object) -> MailError:
    with pytest.raises(MailError) as caught:
        open_source(server, **changes)  # type: ignore[arg-type]
    assert caught.value.side is Side.SOURCE
    return caught.value


def _blob(password: str, user: str = "alice") -> bytes:
    return base64.b64encode(f"\0{user}\0{password}".encode())


@pytest.mark.parametrize("password", PASSWORDS)
def test_authenticate_plain_with_initial_response(password: str) -> None:
    with ScriptedServer() as server:
        open_source(server, password=password).close()
    assert server.sent("AUTHENTICATE") == [b"AUTHENTICATE PLAIN " + _blob(password)]


@pytest.mark.parametrize("password", PASSWORDS)
def test_authenticate_plain_with_continuation(password: str) -> None:
    with ScriptedServer(capabilities="IMAP4rev1 AUTH=PLAIN") as server:
        open_source(server, password=password).close()
    assert server.sent("AUTHENTICATE") == [b"AUTHENTICATE PLAIN\r\n" + _blob(password)]


@pytest.mark.parametrize(
    ("password", "argument"),
    [
        ("plain enough", b'"plain enough"'),
        ('a"b\\c', b"{5}\r\n" + b'a"b\\c'),
        ("%s\\n", b"{4}\r\n%s\\n"),
        ("密码123", b"{9}\r\n" + "密码123".encode()),
    ],
)
def test_login_where_there_is_no_plain(password: str, argument: bytes) -> None:
    with ScriptedServer(capabilities="IMAP4rev1") as server:
        open_source(server, password=password).close()
    assert server.sent("LOGIN") == [b'LOGIN "alice" ' + argument]


def test_login_after_a_server_did_not_know_the_mechanism_it_announced() -> None:
    with ScriptedServer({"AUTHENTICATE": b"TAG BAD unknown\r\n"}) as server:
        open_source(server).close()
    assert server.sent("LOGIN") == [b'LOGIN "alice" "pass word"']


def test_a_wrong_password_is_tried_once() -> None:
    with ScriptedServer({"AUTHENTICATE": b"TAG NO no\r\n"}) as server:
        assert _failure(server).reason is Reason.WRONG_PASSWORD
    assert len(server.sent("AUTHENTICATE")) == 1
    assert server.sent("LOGIN") == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"* NO [WEBALERT x] Web login required.\r\nTAG NO [ALERT] Try later\r\n", Reason.WEB_LOGIN_REQUIRED),
        (b"TAG NO [ALERT] Too many simultaneous connections. (Failure)\r\n", Reason.TOO_MANY_CONNECTIONS),
        (b"TAG NO [UNAVAILABLE] nothing works\r\n", Reason.SERVER_BUSY),
        (b"TAG NO [AUTHENTICATIONFAILED] Invalid credentials\r\n", Reason.WRONG_PASSWORD),
        (b"* BYE Too many bad auth attempts\r\nCUT", Reason.LOCKED_OUT),
        (b"CUT", Reason.CONNECTION_LOST),
    ],
)
def test_refused_logins(answer: bytes, reason: Reason) -> None:
    with ScriptedServer({"AUTHENTICATE|LOGIN": answer}) as server:
        assert _failure(server).reason is reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [(b"\xb5\xc7\xc2\xbclogin\xca\xa7\xb0\xdc", Reason.WRONG_PASSWORD), (b"huh", Reason.SERVER_SAID)],
)
def test_bad_is_a_wrong_password_only_if_it_speaks_of_the_login(text: bytes, reason: Reason) -> None:
    with ScriptedServer({"LOGIN": b"TAG BAD " + text + b"\r\n"}, capabilities="IMAP4rev1") as server:
        error = _failure(server)
    assert error.reason is reason
    assert "�" not in error.server_text


@pytest.mark.parametrize(
    ("capabilities", "reason"),
    [
        ("IMAP4rev1 LOGINDISABLED STARTTLS", Reason.LOGIN_NEEDS_TLS),
        ("IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2", Reason.LOGIN_NEEDS_TLS),
    ],
)
def test_no_login_without_tls(capabilities: str, reason: Reason) -> None:
    with ScriptedServer(capabilities=capabilities) as server:
        assert _failure(server).reason is reason
    assert server.sent("LOGIN") == []


@pytest.mark.parametrize(
    ("greeting", "reason"),
    [
        (b"* BYE [LIMIT] Maximum number of connections from user+IP exceeded\r\nCUT", Reason.TOO_MANY_CONNECTIONS),
        (b"* BYE come back later\r\nCUT", Reason.SERVER_BUSY),
        (b"+OK POP3 ready\r\n", Reason.NOT_A_MAIL_SERVER),
        (b"220 mail.example ESMTP\r\n", Reason.NOT_A_MAIL_SERVER),
        (b"HTTP/1.1 400 Bad Request\r\n\r\nCUT", Reason.NOT_A_MAIL_SERVER),
        (b"\x15\x03\x01\x00\x02\x02\x46CUT", Reason.NOT_A_MAIL_SERVER),
        (b"CUT", Reason.CONNECTION_LOST),
    ],
)
def test_greetings(greeting: bytes, reason: Reason) -> None:
    with ScriptedServer(greeting=greeting) as server:
        assert _failure(server).reason is reason


def test_silence_is_a_timeout() -> None:
    with ScriptedServer(mute=True) as server:
        assert _failure(server, timeout_s=0.3).reason is Reason.TIMED_OUT


def test_preauth_needs_no_login() -> None:
    with ScriptedServer(greeting=b"* PREAUTH welcome\r\n") as server:
        open_source(server).close()
    assert not server.sent("AUTHENTICATE")
    assert not server.sent("LOGIN ")


def test_capabilities_are_taken_from_where_they_come_and_asked_for_after_login() -> None:
    greeting = b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR ID] ready\r\n"
    told = b"TAG OK [CAPABILITY IMAP4rev1 APPENDLIMIT=77] in\r\n"
    with ScriptedServer({"AUTHENTICATE": told}, greeting=greeting) as server:
        destination = open_destination(server)
        assert destination.max_message_bytes == 77
        destination.close()
    assert server.sent("CAPABILITY") == []
    assert server.sent("ID") == []
    with ScriptedServer({"AUTHENTICATE": b"* CAPABILITY IMAP4rev1 APPENDLIMIT=78\r\nTAG OK in\r\n"}) as server:
        destination = open_destination(server)
        assert destination.max_message_bytes == 78
        destination.close()
    assert len(server.sent("CAPABILITY")) == 1


def test_limit_of_the_folder_where_the_capability_has_no_number() -> None:
    limit = b"* STATUS INBOX (APPENDLIMIT 4242)\r\nTAG OK x\r\n"
    with ScriptedServer({"STATUS": limit}, capabilities="IMAP4rev1 AUTH=PLAIN SASL-IR APPENDLIMIT") as server:
        destination = open_destination(server)
        assert destination.max_message_bytes == 4242
        destination.close()


@pytest.mark.parametrize("answer", [b"* ID NIL\r\nTAG OK done\r\n", b"TAG NO no\r\n", b"TAG BAD what\r\n"])
def test_id_is_sent_after_login_and_its_answer_does_not_matter(answer: bytes) -> None:
    with ScriptedServer({"ID": answer}, capabilities="IMAP4rev1 AUTH=PLAIN SASL-IR ID") as server:
        source = open_source(server)
        assert source.folders()
        source.close()
    assert [command.split()[0] for command in server.commands[:4]] == [
        b"CAPABILITY", b"AUTHENTICATE", b"CAPABILITY", b"ID",
    ]  # fmt: skip
    assert server.sent("ID")[0].startswith(b'ID ("name" "MailMove" "version" "')


def test_id_is_sent_to_coremail_unasked() -> None:
    with ScriptedServer(greeting=b"* OK Coremail System IMap Server Ready(163com)\r\n") as server:
        open_source(server).close()
    assert len(server.sent("ID")) == 1
    with ScriptedServer() as server:
        open_source(server).close()
    assert server.sent("ID") == []


def test_nothing_is_put_into_a_mailbox_by_pop3() -> None:
    with pytest.raises(MailError) as caught:
        gateway().destination(mailbox(1, protocol=MailProtocol.POP3), Secret("x"), CancelToken())
    assert caught.value.reason is Reason.NOT_SUPPORTED


def test_starttls_that_is_not_offered() -> None:
    with ScriptedServer() as server, pytest.raises(MailError) as caught:
        gateway().destination(mailbox(server.port, Security.STARTTLS), Secret(PASSWORD), CancelToken())
    assert caught.value.reason is Reason.STARTTLS_NOT_OFFERED
    assert caught.value.side is Side.DESTINATION
    assert not server.sent("AUTHENTICATE")


@pytest.mark.parametrize("greeting", [b"* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] welcome\r\n"])
def test_preauth_does_not_get_around_starttls(greeting: bytes) -> None:
    with ScriptedServer(greeting=greeting) as server, pytest.raises(MailError) as caught:
        gateway().source(mailbox(server.port, Security.STARTTLS), Secret(PASSWORD), CancelToken())
    assert caught.value.reason is Reason.STARTTLS_NOT_OFFERED


def test_a_run_that_was_stopped_does_not_connect() -> None:
    cancel = CancelToken()
    cancel.cancel()
    with ScriptedServer() as server, pytest.raises(Cancelled):
        gateway().source(mailbox(server.port), Secret(PASSWORD), cancel)
    assert server.commands == []


# -- secrets


def _forms(password: str) -> list[str]:
    return [
        password,
        base64.b64encode(password.encode()).decode(),
        _blob(password).decode(),
        base64.b64encode(password.encode("utf-16-le")).decode(),
        quote(password, safe=""),
        repr(password)[1:-1],
        repr(password.encode())[2:-1],
    ]


@pytest.mark.parametrize("capabilities", ["IMAP4rev1 AUTH=PLAIN SASL-IR", "IMAP4rev1 AUTH=PLAIN", "IMAP4rev1"])
@pytest.mark.parametrize("ending", ["ok", "echo", "cut", "stall"])
@pytest.mark.parametrize("password", PASSWORDS)
def test_the_password_is_in_no_log_and_no_exception(
    password: str, ending: str, capabilities: str, caplog: pytest.LogCaptureFixture
) -> None:
    echo = b"TAG BAD cannot parse: "
    replies = {
        "ok": b"TAG OK welcome\r\n",
        "echo": echo + _blob(password) + b" " + password.encode() + b"\r\n",
        "cut": b"CUT",
        "stall": b"STALL",
    }
    rules: Rules = {"AUTHENTICATE|LOGIN": replies[ending]}
    shown = ""
    with caplog.at_level(logging.DEBUG), ScriptedServer(rules, capabilities=capabilities) as server:
        try:
            open_source(server, password=password, timeout_s=0.3).close()
        except MailError as error:
            shown = _frames_of_the_program(error) + repr(error) + str(error) + error.server_text
            shown += f" from {error.__context__}"
        assert (ending == "ok") == (shown == "")
    for record in caplog.records:
        shown += record.getMessage() + str(record.__dict__)
    assert "LOGOUT" in shown or "session.py" in shown
    assert ending == "ok" or " from None" in shown
    for form in _forms(password):
        assert form not in shown


def _frames_of_the_program(error: MailError) -> str:
    """Its traceback with all local variables; the test's own frames, which hold the password, left out."""
    frames = traceback.TracebackException.from_exception(error, capture_locals=True).stack
    return "\n".join(f"{frame.filename} {frame.locals}" for frame in frames if "mailmove_gui" in frame.filename)
