"""Cyrus and Courier as the tests start them: several at once, nothing left, however whoever started them ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.servers.courier import Courier
from tests.servers.cyrus import Cyrus
from tests.servers.mail_server import MailServer
from tests.servers.processes import greets, is_free, wait_until
from tests.servers.unpacked import UnpackedServer
from tests.servers.wire import Wire, WireError, namespace_of

_PROJECT = Path(__file__).parent.parent.parent
_HOLD = """
import sys
from tests.servers.{module} import {kind}
with {kind}() as server:
    print(server.imap_port, server.pop3_port, server.root, flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("make", [Cyrus, Courier])
def test_two_run_side_by_side_and_leave_nothing(
    mail_servers: Mapping[str, MailServer], make: Callable[[], UnpackedServer]
) -> None:
    with make() as first, make() as second:
        ports = [first.imap_port, first.pop3_port, second.imap_port, second.pop3_port]
        roots = [first.root, second.root]
        user = first.new_user("p w")
        with Wire(first.host, first.imap_port) as wire:
            wire.login(user.name, user.password)
            wire.append(b"INBOX", [(b"", b"Subject: x\r\n\r\nx\r\n")])
        with pytest.raises(WireError), Wire(second.host, second.imap_port) as wire:
            wire.login(user.name, user.password)
        assert all(greets(server.pop3_port, b"+OK") for server in (first, second))
    assert all(map(is_free, ports))
    assert not [root for root in roots if root.exists()]


@pytest.mark.parametrize(("module", "kind"), [("cyrus", "Cyrus"), ("courier", "Courier")])
def test_a_server_ends_with_the_process_that_started_it(
    mail_servers: Mapping[str, MailServer], module: str, kind: str
) -> None:
    program = [sys.executable, "-c", _HOLD.format(module=module, kind=kind)]
    with subprocess.Popen(program, cwd=_PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        imap_port, pop3_port, root = process.stdout.readline().split()
        try:
            assert greets(int(imap_port), b"* OK")
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            assert wait_until(lambda: is_free(int(imap_port)) and is_free(int(pop3_port)), 20)
        finally:
            subprocess.run(["rm", "-rf", root], check=True)


def test_each_names_folders_as_it_was_told(mail_servers: Mapping[str, MailServer]) -> None:
    for server in mail_servers.values():
        user = server.new_user()
        with Wire(server.host, server.imap_port) as wire:
            wire.login(user.name, user.password)
            namespace = namespace_of(wire)
        assert (namespace.prefix.decode(), namespace.separator.decode()) == (server.prefix, server.separator)
