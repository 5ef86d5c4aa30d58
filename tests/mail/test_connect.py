"""Connecting: bounded, cancellable, over all addresses."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.endpoints import Endpoint, Security
from mailmove_gui.domain.plan import Mailbox
from mailmove_gui.domain.reasons import MailError, Reason
from mailmove_gui.domain.secret import Secret
from mailmove_gui.mail.connect import open_socket
from tests.mail.opening import gateway
from tests.mail.scripted_server import ScriptedServer

_V4 = socket.AF_INET


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_socket_options() -> None:
    with ScriptedServer() as server:
        sock = open_socket("127.0.0.1", server.port, timeout_s=5, cancel=CancelToken())
        with sock:
            assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)


def test_next_address_is_tried() -> None:
    with ScriptedServer() as server:
        port = server.port
        addresses = [(_V4, ("127.0.0.1", _closed_port())), (_V4, ("127.0.0.1", port))]
        with open_socket("x", port, timeout_s=5, cancel=CancelToken(), resolver=lambda host, port: addresses) as sock:
            assert sock.getpeername()[1] == port


def test_a_silent_address_does_not_hold_up_the_next() -> None:
    with socket.socket() as full, ScriptedServer() as server:
        # A listener whose queue is full leaves further attempts without an answer.
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        silent = full.getsockname()[1]
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", silent))
        addresses = [(_V4, ("127.0.0.1", silent)), (_V4, ("127.0.0.1", server.port))]
        with open_socket("x", 1, timeout_s=10, cancel=CancelToken(), resolver=lambda host, port: addresses) as sock:
            assert sock.getpeername()[1] == server.port
        only_silent = [(_V4, ("127.0.0.1", silent))]
        with pytest.raises(TimeoutError):
            open_socket("x", 1, timeout_s=0.4, cancel=CancelToken(), resolver=lambda host, port: only_silent)
        for filler in fillers:
            filler.close()


def test_stopping_while_the_name_is_looked_up() -> None:
    cancel, release = CancelToken(), threading.Event()

    def slow(host: str, port: int) -> list[tuple[socket.AddressFamily, tuple[str, int]]]:
        release.wait(20)
        return []

    timer = threading.Timer(0.2, cancel.cancel)
    timer.start()
    try:
        with pytest.raises(Cancelled):
            open_socket("x", 1, timeout_s=20, cancel=cancel, resolver=slow)
    finally:
        release.set()
        timer.join()
        _wait_for_no_resolver()


def _wait_for_no_resolver() -> None:
    for thread in threading.enumerate():
        if thread.name == "resolve":
            thread.join(5)


def test_a_lookup_that_hangs_is_a_timeout() -> None:
    release = threading.Event()

    def slow(host: str, port: int) -> list[tuple[socket.AddressFamily, tuple[str, int]]]:
        release.wait(20)
        return []

    with pytest.raises(TimeoutError):
        open_socket("x", 1, timeout_s=0.3, cancel=CancelToken(), resolver=slow)
    release.set()
    _wait_for_no_resolver()


@pytest.mark.parametrize("host", ["a" * 80 + ".example", "nowhere.invalid", ".."])
def test_names_that_are_none(host: str) -> None:
    with pytest.raises(MailError) as caught:
        gateway().source(Mailbox(Endpoint(host, 1, Security.TLS), "u"), Secret("p"), CancelToken())
    # Without a name server nobody can say whether nowhere.invalid exists.
    expected = {Reason.HOST_NOT_FOUND}
    if host == "nowhere.invalid":
        expected.add(Reason.NETWORK_UNREACHABLE)
    assert caught.value.reason in expected


@pytest.mark.parametrize("security", list(Security))
def test_refused(security: Security) -> None:
    with pytest.raises(MailError) as caught:
        gateway().source(Mailbox(Endpoint("127.0.0.1", _closed_port(), security), "u"), Secret("p"), CancelToken())
    assert caught.value.reason is Reason.CONNECTION_REFUSED


@pytest.mark.parametrize("security", [Security.PLAIN, Security.TLS])
def test_a_run_that_is_cut_off_leaves_a_silent_server_at_once(security: Security) -> None:
    cancel = CancelToken()
    timer = threading.Timer(0.3, cancel.abort)
    timer.start()
    started = time.monotonic()
    with ScriptedServer(mute=True) as server, pytest.raises(Cancelled):
        gateway(timeout_s=20.0, connect_timeout_s=20.0).source(
            Mailbox(Endpoint("127.0.0.1", server.port, security), "u"), Secret("p"), cancel
        )
    timer.join()
    assert time.monotonic() - started < 15
