from __future__ import annotations

import base64
import poplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest

from mailmove_gui.demo import EmbeddedServer, Folder, ServerOptions, Store
from tests.unit.demo.conftest import Serve
from tests.unit.demo.test_imap_login import Raw

FIRST = b"Subject: one\r\n\r\n.starts with a dot\r\n..two dots\r\nend\r\n"
SECOND = b"Subject: two\r\n\r\nline 1\r\nline 2\r\nline 3\r\n"


@pytest.fixture
def inbox(store: Store) -> Folder:
    inbox = store.user("bo").folder("INBOX")
    inbox.add_message(FIRST)
    inbox.add_message(SECOND, uid=5)
    return inbox


@contextmanager
def session(server: EmbeddedServer, user: str = "bo") -> Iterator[poplib.POP3]:
    client = poplib.POP3(server.host, server.pop3_port, timeout=5)
    try:
        client.user(user)
        client.pass_(server.store.user(user).password)
        yield client
        client.quit()
    finally:
        client.close()


def lines(content: bytes) -> list[bytes]:
    return content.split(b"\r\n")[:-1]


def test_reading(serve: Serve, inbox: Folder) -> None:
    with session(serve()) as client:
        assert client.stat() == (2, len(FIRST) + len(SECOND))
        assert client.list()[1] == [b"1 %d" % len(FIRST), b"2 %d" % len(SECOND)]
        assert cast("Any", client.list(2)) == b"+OK 2 %d" % len(SECOND)
        assert client.retr(1)[1] == lines(FIRST)
        assert client.retr(2)[1] == lines(SECOND)
        assert client.top(2, 1)[1] == [b"Subject: two", b"", b"line 1"]
        assert client.top(2, 0)[1] == [b"Subject: two", b""]
        assert client.noop().startswith(b"+OK")
    assert len(inbox) == 2


def test_unique_ids_stay_and_differ(serve: Serve, inbox: Folder) -> None:
    server = serve()
    with session(server) as client:
        before = client.uidl()[1]
        assert cast("Any", client.uidl(2)) == b"+OK " + before[1]
        assert len({line.split()[1] for line in before}) == 2
    inbox.expunge([1])
    with session(server) as client:
        assert client.uidl()[1] == [b"1 " + before[1].split()[1]]
    inbox.renumber()
    with session(server) as client:
        assert client.uidl()[1] != [b"1 " + before[1].split()[1]]


def test_delete_counts_at_quit_only(serve: Serve, inbox: Folder) -> None:
    server = serve()
    with session(server) as client:
        client.dele(1)
        assert client.stat() == (1, len(SECOND))
        assert client.list()[1] == [b"2 %d" % len(SECOND)]
        for number in (1, 3, 0):
            with pytest.raises(poplib.error_proto, match="no such message"):
                client.retr(number)
        client.rset()
        assert client.stat()[0] == 2
        client.dele(2)
        assert len(inbox) == 2
    assert [message.content for message in inbox.messages] == [FIRST]


def test_a_dropped_session_deletes_nothing(serve: Serve, inbox: Folder) -> None:
    server = serve()
    with Raw(server.host, server.pop3_port) as raw:
        for command in (b"USER bo\r\n", b"PASS sample-bo\r\n", b"DELE 1\r\n"):
            assert raw.ask(command)[-1].startswith(b"+OK")
    server.stop()
    assert len(inbox) == 2


def test_a_message_without_a_final_line_end(serve: Serve, inbox: Folder) -> None:
    inbox.add_message(b"Subject: x\r\n\r\nopen end \xff\xe4")
    with session(serve()) as client:
        assert client.retr(3)[1] == [b"Subject: x", b"", b"open end \xff\xe4"]


@pytest.mark.parametrize("initial", [True, False])
def test_auth_plain(serve: Serve, inbox: Folder, initial: bool) -> None:
    server = serve()
    response = base64.b64encode(b"\0bo\0sample-bo")
    with Raw(server.host, server.pop3_port) as raw:
        if initial:
            assert raw.ask(b"AUTH PLAIN " + response + b"\r\n") == [b"+OK Logged in.\r\n"]
        else:
            assert raw.ask(b"AUTH PLAIN\r\n") == [b"+ \r\n"]
            assert raw.ask(response + b"\r\n") == [b"+OK Logged in.\r\n"]
        assert raw.ask(b"STAT\r\n")[-1].startswith(b"+OK 2 ")


def test_refused_logins(serve: Serve, inbox: Folder) -> None:
    server = serve(ServerOptions(imap_disabled_users=frozenset({"bo"})))
    with Raw(server.host, server.pop3_port) as raw:
        assert raw.ask(b"PASS x\r\n")[-1].startswith(b"-ERR")
        assert raw.ask(b"STAT\r\n")[-1].startswith(b"-ERR")
        raw.ask(b"USER bo\r\n")
        assert raw.ask(b"PASS wrong\r\n") == [b"-ERR [AUTH] Authentication failed.\r\n"]
        assert raw.ask(b"AUTH PLAIN !!\r\n")[-1].startswith(b"-ERR")
        assert raw.ask(b"AUTH CRAM-MD5\r\n")[-1].startswith(b"-ERR")
    with session(server) as client:  # Only IMAP is switched off.
        assert client.stat()[0] == 2


def test_capabilities(serve: Serve, trusting: ssl.SSLContext, inbox: Folder) -> None:
    server = serve(ServerOptions(pop3_expire_days=30), tls=True)
    client = poplib.POP3(server.host, server.pop3_port, timeout=5)
    offered = client.capa()
    assert {"UIDL", "TOP", "PIPELINING", "RESP-CODES", "STLS", "USER"} < set(offered)
    assert (offered["SASL"], offered["EXPIRE"]) == (["PLAIN"], ["30"])
    client.stls(trusting)
    assert "STLS" not in client.capa()
    client.user("bo")
    client.pass_("sample-bo")
    assert client.retr(2)[1] == lines(SECOND)
    assert "USER" not in client.capa()
    client.quit()


def test_tls_from_the_first_byte(serve: Serve, trusting: ssl.SSLContext, inbox: Folder) -> None:
    server = serve(tls=True)
    client = poplib.POP3_SSL(server.host, server.pop3s_port, timeout=5, context=trusting)
    client.user("bo")
    client.pass_("sample-bo")
    assert client.stat()[0] == 2
    client.quit()


@pytest.mark.parametrize(("hidden", "command"), [("UIDL", b"UIDL"), ("TOP", b"TOP 1 0")])
def test_hidden_commands_are_refused(serve: Serve, inbox: Folder, hidden: str, command: bytes) -> None:
    server = serve(ServerOptions(hidden=frozenset({hidden, "SASL"})))
    with Raw(server.host, server.pop3_port) as raw:
        assert raw.ask(b"AUTH PLAIN\r\n")[-1].startswith(b"-ERR")
        raw.ask(b"USER bo\r\n")
        raw.ask(b"PASS sample-bo\r\n")
        assert raw.ask(command + b"\r\n") == [b"-ERR Unknown command.\r\n"]
        raw.socket.sendall(b"CAPA\r\nQUIT\r\n")
        assert hidden.encode() not in raw.file.read()


def test_expire_0_deletes_what_was_retrieved(serve: Serve, inbox: Folder) -> None:
    server = serve(ServerOptions(pop3_expire_days=0))
    with session(server) as client:
        client.top(2, 1)
        client.retr(1)
    assert [message.content for message in inbox.messages] == [SECOND]


def test_pipelining(serve: Serve, inbox: Folder) -> None:
    server = serve()
    with Raw(server.host, server.pop3_port) as raw:
        raw.socket.sendall(b"USER bo\r\nPASS sample-bo\r\nRETR 2\r\nQUIT\r\n")
        assert raw.file.read() == (
            b"+OK\r\n+OK Logged in.\r\n+OK %d octets\r\n%b.\r\n+OK Logging out.\r\n" % (len(SECOND), SECOND)
        )
