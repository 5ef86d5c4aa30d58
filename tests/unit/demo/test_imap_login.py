from __future__ import annotations

import base64
import imaplib
import socket
import ssl
from dataclasses import replace

import pytest
from imapclient import IMAPClient  # type: ignore[import-untyped]
from imapclient.exceptions import LoginError  # type: ignore[import-untyped]

from mailmove_gui.demo import ServerOptions, Store
from tests.unit.demo.conftest import PASSWORD, Connect, Serve


class Raw:
    """A client that sends what it is told."""

    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.create_connection((host, port), timeout=5)
        self.file = self.socket.makefile("rb")

    def __enter__(self) -> Raw:
        self.greeting = self.file.readline()
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()
        self.socket.close()

    def ask(self, data: bytes) -> list[bytes]:
        """Lines up to the tagged answer or continuation."""
        self.socket.sendall(data)
        return self.answer()

    def answer(self) -> list[bytes]:
        lines: list[bytes] = []
        while not lines or lines[-1].startswith(b"* "):
            line = self.file.readline()
            if not line:
                break
            lines.append(line)
        return lines


def test_greeting_and_capabilities(serve: Serve) -> None:
    server = serve()
    with Raw(server.host, server.imap_port) as raw:
        assert raw.greeting.startswith(b"* OK [CAPABILITY IMAP4rev1 ")
        assert b"AUTH=PLAIN" in raw.greeting
        assert b"UIDPLUS" not in raw.greeting
        logged_in = raw.ask(b"a LOGIN bo sample-bo\r\n")[-1]
        assert logged_in.startswith(b"a OK [CAPABILITY IMAP4rev1 ")
        for capability in (b"UIDPLUS", b"MULTIAPPEND", b"SPECIAL-USE", b"NAMESPACE", b"QUOTA", b"LITERAL+"):
            assert capability in logged_in
        assert b"AUTH=PLAIN" not in logged_in


def _sasl(user: str, password: str) -> bytes:
    return base64.b64encode(f"\0{user}\0{password}".encode())


def test_login_in_every_form(serve: Serve) -> None:
    server = serve()
    secret = PASSWORD.encode()
    quoted = secret.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    forms = [
        (b'a LOGIN "anna" "' + quoted + b'"\r\n',),
        (b"a LOGIN anna {%d}\r\n" % len(secret), secret + b"\r\n"),
        (b"a login {4}\r\n", b"anna {%d}\r\n" % len(secret), secret + b"\r\n"),
        (b"a LOGIN {4+}\r\nanna {%d+}\r\n" % len(secret) + secret + b"\r\n",),
        (b"a AUTHENTICATE PLAIN\r\n", _sasl("anna", PASSWORD) + b"\r\n"),
        (b"a authenticate plain " + _sasl("anna", PASSWORD) + b"\r\n",),
    ]
    for steps in forms:
        with Raw(server.host, server.imap_port) as raw:
            answers = [raw.ask(step)[-1] for step in steps]
            assert all(answer.startswith(b"+") for answer in answers[:-1]), steps
            assert answers[-1].startswith(b"a OK"), steps


@pytest.mark.parametrize(
    "command",
    [
        b"a LOGIN anna wrong",
        b"a LOGIN nobody sample-bo",
        b"a AUTHENTICATE PLAIN " + _sasl("bo", "wrong"),
    ],
)
def test_wrong_password(serve: Serve, command: bytes) -> None:
    server = serve()
    with Raw(server.host, server.imap_port) as raw:
        assert raw.ask(command + b"\r\n") == [b"a NO [AUTHENTICATIONFAILED] Authentication failed.\r\n"]
        assert raw.ask(b"b LOGIN bo sample-bo\r\n")[-1].startswith(b"b OK")


@pytest.mark.parametrize("command", [b"a AUTHENTICATE PLAIN !!", b"a AUTHENTICATE PLAIN " + base64.b64encode(b"x")])
def test_broken_sasl_is_bad(serve: Serve, command: bytes) -> None:
    server = serve()
    with Raw(server.host, server.imap_port) as raw:
        assert raw.ask(command + b"\r\n")[-1].startswith(b"a BAD")


def test_commands_need_their_phase(serve: Serve) -> None:
    server = serve()
    with Raw(server.host, server.imap_port) as raw:
        assert raw.ask(b"a SELECT INBOX\r\n")[-1].startswith(b"a BAD")
        raw.ask(b"b LOGIN bo sample-bo\r\n")
        assert raw.ask(b"c LOGIN bo sample-bo\r\n")[-1].startswith(b"c BAD")
        assert raw.ask(b"d FETCH 1 FLAGS\r\n")[-1].startswith(b"d BAD")
        assert raw.ask(b"e NONSENSE\r\n")[-1].startswith(b"e BAD")
        assert raw.ask(b"f NOOP extra\r\n")[-1].startswith(b"f BAD")
        assert raw.ask(b"g LOGOUT\r\n")[0].startswith(b"* BYE")
        assert raw.file.read() == b""


def test_too_many_bad_commands_end_the_session(serve: Serve) -> None:
    server = serve()
    with Raw(server.host, server.imap_port) as raw:
        raw.socket.sendall(b"a NONSENSE\r\n" * 25)
        assert b"* BYE Too many invalid IMAP commands." in raw.file.read()


def test_pipelined_commands_are_answered_in_order(serve: Serve) -> None:
    server = serve()
    with Raw(server.host, server.imap_port) as raw:
        raw.socket.sendall(b"a LOGIN bo sample-bo\r\nb SELECT INBOX\r\nc NOOP\r\nd LOGOUT\r\n")
        tagged = [line[:4] for line in raw.file.read().splitlines() if not line.startswith(b"*")]
        assert tagged == [b"a OK", b"b OK", b"c OK", b"d OK"]


def test_refusals_by_option(serve: Serve, connect: Connect) -> None:
    server = serve(ServerOptions(imap_disabled_users=frozenset({"bo"})))
    with pytest.raises(LoginError, match="IMAP is disabled"):
        connect(server, "bo")
    connect(server, "anna")
    server.options = ServerOptions(login_refusal="[UNAVAILABLE] Maintenance until 18:00")
    with pytest.raises(LoginError, match="Maintenance until 18:00"):
        connect(server, "anna")


def test_connections_per_user(serve: Serve, connect: Connect) -> None:
    server = serve(ServerOptions(connections_per_user=2))
    first = connect(server)
    connect(server)
    with pytest.raises(LoginError, match="LIMIT"):
        connect(server)
    connect(server, "bo")
    first.logout()
    connect(server)


def test_login_disabled_and_auth_plain_hidden(serve: Serve) -> None:
    server = serve(ServerOptions(hidden=frozenset({"LOGIN"})))
    with Raw(server.host, server.imap_port) as raw:
        assert b"LOGINDISABLED" in raw.greeting
        assert raw.ask(b"a LOGIN bo sample-bo\r\n")[-1].startswith(b"a NO")
    server.options = ServerOptions(hidden=frozenset({"AUTH=PLAIN", "SASL-IR"}))
    with Raw(server.host, server.imap_port) as raw:
        assert b"AUTH=PLAIN" not in raw.greeting
        assert b"SASL-IR" not in raw.greeting
        assert raw.ask(b"a AUTHENTICATE PLAIN\r\n")[-1].startswith(b"a NO")
        assert raw.ask(b"b AUTHENTICATE PLAIN " + _sasl("bo", "sample-bo") + b"\r\n")[-1].startswith(b"b BAD")
        assert raw.ask(b"c LOGIN bo sample-bo\r\n")[-1].startswith(b"c OK")


def test_imaplib_logs_in_both_ways(serve: Serve) -> None:
    server = serve()
    with imaplib.IMAP4(server.host, server.imap_port, timeout=5) as client:
        assert client.login("bo", "sample-bo")[0] == "OK"
        assert client.select("INBOX") == ("OK", [b"0"])
    with imaplib.IMAP4(server.host, server.imap_port, timeout=5) as client:
        assert client.authenticate("PLAIN", lambda _: f"\0anna\0{PASSWORD}".encode())[0] == "OK"


def test_starttls(serve: Serve, trusting: ssl.SSLContext) -> None:
    server = serve(tls=True)
    with IMAPClient(server.host, server.imap_port, ssl=False, timeout=5) as client:
        assert client.has_capability("STARTTLS")
        client.starttls(trusting)
        assert not client.has_capability("STARTTLS")
        client.plain_login("bo", "sample-bo")
        assert client.select_folder("INBOX")[b"EXISTS"] == 0


def test_what_is_sent_before_the_handshake_is_not_believed(serve: Serve, trusting: ssl.SSLContext) -> None:
    server = serve(tls=True)
    with socket.create_connection((server.host, server.imap_port), timeout=5) as plain:
        plain.recv(4096)
        plain.sendall(b"a STARTTLS\r\nb LOGIN bo sample-bo\r\n")
        assert plain.recv(4096).startswith(b"a OK")
        with trusting.wrap_socket(plain, server_hostname="127.0.0.1") as encrypted:
            encrypted.sendall(b"c CAPABILITY\r\n")
            answer = encrypted.recv(4096)
    assert answer.startswith(b"* CAPABILITY")
    assert b"b OK" not in answer


def test_tls_from_the_first_byte(serve: Serve, trusting: ssl.SSLContext) -> None:
    server = serve(tls=True)
    with IMAPClient(server.host, server.imaps_port, ssl_context=trusting, timeout=5) as client:
        client.plain_login("bo", "sample-bo")
        assert client.list_folders() == [((b"\\HasNoChildren",), b"/", "INBOX")]


def test_starttls_hidden_or_without_certificate(serve: Serve) -> None:
    for server in (serve(), serve(ServerOptions(hidden=frozenset({"STARTTLS"})), tls=True)):
        with Raw(server.host, server.imap_port) as raw:
            assert b"STARTTLS" not in raw.greeting
            assert raw.ask(b"a STARTTLS\r\n")[-1].startswith(b"a BAD")


def test_id_is_required_before_select(serve: Serve, connect: Connect) -> None:
    server = serve(ServerOptions(require_id=True))
    client = connect(server)
    for read_only in (False, True):
        with pytest.raises(IMAPClient.Error, match=r"Unsafe Login\. Please contact kefu@188.com for help"):
            client.select_folder("INBOX", readonly=read_only)
    client.id_({"name": "test"})
    assert client.select_folder("INBOX", readonly=True)[b"EXISTS"] == 0


def test_an_id_before_the_login_is_not_enough(serve: Serve, connect: Connect) -> None:
    client = connect(serve(ServerOptions(require_id=True)), None)
    client.id_({"name": "test"})
    client.plain_login("bo", "sample-bo")
    with pytest.raises(IMAPClient.Error, match="Unsafe Login"):
        client.select_folder("INBOX")


@pytest.mark.parametrize(
    ("hidden", "command"),
    [
        ("ID", b"ID NIL"),
        ("NAMESPACE", b"NAMESPACE"),
        ("QUOTA", b"GETQUOTAROOT INBOX"),
        ("UNSELECT", b"UNSELECT"),
        ("ENABLE", b"ENABLE CONDSTORE"),
        ("UIDPLUS", b"UID EXPUNGE 1:*"),
    ],
)
def test_hidden_commands_are_refused(serve: Serve, hidden: str, command: bytes) -> None:
    server = serve()
    for is_hidden in (False, True):
        server.options = replace(server.options, hidden=frozenset({hidden} if is_hidden else ()))
        with Raw(server.host, server.imap_port) as raw:
            logged_in = raw.ask(b"a LOGIN bo sample-bo\r\n")[-1]
            assert (hidden.encode() in logged_in.split(b"]")[0].split()) is not is_hidden
            raw.ask(b"b SELECT INBOX\r\n")
            assert raw.ask(b"c " + command + b"\r\n")[-1].startswith(b"c BAD" if is_hidden else b"c OK")


def test_an_idle_session_is_closed(serve: Serve) -> None:
    server = serve(ServerOptions(idle_timeout_s=0.1))
    with Raw(server.host, server.imap_port) as raw:
        assert raw.file.read().startswith(b"* BYE Disconnected for inactivity.")


def test_commands_are_counted(serve: Serve, connect: Connect, store: Store) -> None:
    store.user("anna").folder("INBOX").add_message(b"x: y\r\n\r\n")
    server = serve()
    client = connect(server)
    client.select_folder("INBOX", readonly=True)
    client.fetch([1], ["FLAGS"])
    seen = server.commands_seen
    assert (seen["EXAMINE"], seen["SELECT"], seen["UID FETCH"]) == (1, 0, 1)
