from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from imapclient import IMAPClient  # type: ignore[import-untyped]

from mailmove_gui.demo import EmbeddedServer, ServerOptions, Store
from tests.unit.demo.conftest import Connect, Serve

MESSAGE = b"Subject: hello\r\n\r\n" + b"x" * 1000


def test_stop_ends_idle_sessions_and_unfinished_handshakes(serve: Serve) -> None:
    before = threading.active_count()
    server = serve(tls=True)
    ports = [server.imap_port, server.imaps_port, server.pop3_port, server.pop3s_port]
    clients = [socket.create_connection((server.host, port), timeout=5) for port in ports for _ in range(3)]
    while server.connections < len(clients):
        time.sleep(0.005)
    server.stop()
    assert (server.connections, threading.active_count()) == (0, before)
    for client in clients:
        with client:
            while client.recv(4096):
                pass
    for port in ports:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((server.host, port), timeout=5)


def test_stop_ends_a_session_that_waits(store: Store) -> None:
    server = EmbeddedServer(store, ServerOptions(latency_s=60))
    server.start()
    with socket.create_connection((server.host, server.imap_port), timeout=5) as client:
        client.recv(4096)
        client.sendall(b"a NOOP\r\n")
        while not server.commands_seen["NOOP"]:
            time.sleep(0.005)
        server.stop()
        assert client.recv(4096) == b""


def test_stop_ends_a_session_whose_client_does_not_read(store: Store) -> None:
    store.user("bo").folder("INBOX").add_message(b"x" * 50_000_000)
    server = EmbeddedServer(store)
    server.start()
    with socket.create_connection((server.host, server.imap_port), timeout=5) as client:
        client.sendall(b"a LOGIN bo sample-bo\r\nb SELECT INBOX\r\nc FETCH 1 BODY.PEEK[]\r\n")
        while not server.commands_seen["FETCH"]:
            time.sleep(0.005)
        server.stop()
    assert server.connections == 0


def test_start_again_on_the_same_ports(store: Store, connect: Connect) -> None:
    server = EmbeddedServer(store, pop3_port=0)
    with pytest.raises(RuntimeError, match="not started"):
        _ = server.imap_port
    with server:
        ports = (server.imap_port, server.pop3_port)
        connect(server).append("INBOX", MESSAGE)
        with pytest.raises(RuntimeError, match="already started"):
            server.start()
    server.stop()
    with server:
        assert (server.imap_port, server.pop3_port) == ports
        assert connect(server).select_folder("INBOX")[b"EXISTS"] == 1


def test_a_port_that_is_taken(store: Store) -> None:
    with EmbeddedServer(store) as server:
        second = EmbeddedServer(store, pop3_port=server.imap_port)
        with pytest.raises(OSError, match="in use"):
            second.start()
        second.stop()


def test_protocols_that_were_not_asked_for(store: Store) -> None:
    with EmbeddedServer(store) as server:
        for name in ("imaps_port", "pop3_port", "pop3s_port"):
            with pytest.raises(RuntimeError, match="does not speak"):
                getattr(server, name)


def test_it_listens_on_this_machine_only(store: Store) -> None:
    with EmbeddedServer(store) as server, socket.create_connection((server.host, server.imap_port)) as client:
        assert client.getpeername()[0] == "127.0.0.1"


def test_close_sessions_cuts_the_line_and_lets_others_in(serve: Serve, connect: Connect) -> None:
    server = serve()
    client = connect(server)
    server.close_sessions()
    with pytest.raises((IMAPClient.AbortError, OSError)):
        client.noop()
    assert connect(server).noop()[0].startswith(b"NOOP completed")


def test_forty_connections_at_once(serve: Serve) -> None:
    store = Store()
    for number in range(40):
        store.add_user(f"user{number}", f"sample-{number}")
    server = serve(store=store)
    together = threading.Barrier(40, timeout=20)

    def work(number: int) -> int:
        with IMAPClient(server.host, server.imap_port, ssl=False, timeout=20) as client:
            client.plain_login(f"user{number}", f"sample-{number}")
            together.wait()
            client.create_folder("Archive")
            client.multiappend("Archive", [MESSAGE + b"%d" % number] * 25)
            client.select_folder("Archive", readonly=True)
            found = client.fetch(list(range(1, 26)), ["BODY.PEEK[]"])
            return sum(data[b"BODY[]"] == MESSAGE + b"%d" % number for data in found.values())

    with ThreadPoolExecutor(40) as pool:
        assert list(pool.map(work, range(40))) == [25] * 40


def test_many_sessions_append_to_one_folder(serve: Serve, store: Store) -> None:
    server = serve()

    def work(number: int) -> None:
        with IMAPClient(server.host, server.imap_port, ssl=False, timeout=20) as client:
            client.plain_login("bo", "sample-bo")
            client.select_folder("INBOX")
            for _ in range(5):
                client.multiappend("INBOX", [b"Subject: %d\r\n\r\n" % number] * 10)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    inbox = store.user("bo").folder("INBOX")
    assert [message.uid for message in inbox.messages] == list(range(1, 401))
    batches = [inbox.messages[start : start + 10] for start in range(0, 400, 10)]
    assert all(len({message.content for message in batch}) == 1 for batch in batches)


def test_pace_is_shared_and_holds_back_each_message(serve: Serve, store: Store) -> None:
    for name in ("anna", "bo"):
        for _ in range(5):
            store.user(name).folder("INBOX").add_message(MESSAGE)
    server = serve(ServerOptions(messages_per_s=100, bytes_per_s=1_000_000))

    def read(name: str) -> None:
        with IMAPClient(server.host, server.imap_port, ssl=False, timeout=20) as client:
            client.plain_login(name, store.user(name).password)
            client.select_folder("INBOX", readonly=True)
            client.fetch([1, 2, 3, 4, 5], ["BODY.PEEK[]"])

    start = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(read, ("anna", "bo")))
    # Ten messages of 10 ms and about 1 ms for their bytes: a lower bound, so no slow machine breaks it.
    assert time.monotonic() - start >= 0.1


def test_options_can_be_replaced_while_it_runs(serve: Serve, connect: Connect) -> None:
    server = serve()
    client = connect(server)
    client.append("INBOX", MESSAGE)
    server.options = ServerOptions(refuse_message=lambda _: "[OVERQUOTA] Mailbox is full")
    with pytest.raises(IMAPClient.Error, match="Mailbox is full"):
        client.append("INBOX", MESSAGE)
