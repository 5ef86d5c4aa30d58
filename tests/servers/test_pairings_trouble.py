"""What Dovecot, Cyrus and Courier say when something is wrong, and what comes of a program that is killed."""

import contextlib
import json
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.mailboxes.folders import GeneratedFolder, GeneratedMessage
from tests.proxies.imap_proxy import ImapProxy
from tests.servers.compare import assert_equal_mailboxes, snapshot
from tests.servers.dovecot_users import User
from tests.servers.mail_server import MailServer
from tests.servers.moving import command, environment, mailmove, plain_url, run_arguments, write_accounts
from tests.servers.pairing_mailbox import DATE, expected_map, generated, put
from tests.servers.tolerances import KINDS, stored_by
from tests.servers.wire import Wire

_KINDS_OF_SERVER = ("dovecot-slash", "cyrus-dot", "courier")
_LONGEST_WAIT_S = 90.0


def _mail(count: int, size: int) -> list[GeneratedFolder]:
    messages = [
        GeneratedMessage(
            b"Subject: %d\r\nMessage-ID: <%d@x>\r\n\r\n" % (number, number) + b"x" * size + b"\r\n", (), DATE
        )
        for number in range(count)
    ]
    return [GeneratedFolder(("INBOX",), tuple(messages))]


def _first_reason(home: Path, arguments: Sequence[str | Path]) -> dict[str, Any]:
    """Run the program until it says why an account does not go on; that event."""
    with subprocess.Popen(
        command(*arguments), env=environment(home), cwd=home, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        try:
            for line in process.stdout:
                event: dict[str, Any] = json.loads(line)
                if event.get("reason"):
                    return event
        finally:
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()
    raise AssertionError("the run ended without a reason")


@contextlib.contextmanager
def _all_connections_taken(server: MailServer, user: User) -> Iterator[None]:
    """As many logins as the server allows, and one more that fails."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(Exception):
            for _ in range(60):
                wire = Wire(server.host, server.imap_port)
                stack.callback(wire.close)
                wire.login(user.name, user.password)
                wire.run(b"SELECT", b"INBOX")
        yield


@pytest.mark.timeout(240)
@pytest.mark.parametrize("kind", _KINDS_OF_SERVER)
def test_a_full_mailbox_is_called_that(mail_servers: Mapping[str, MailServer], tmp_path: Path, kind: str) -> None:
    source, destination = mail_servers["dovecot-slash"], mail_servers[kind]
    old, new = source.new_user(), destination.new_user(quota_bytes=60_000)
    put(source, old, _mail(12, 10_000))
    accounts = write_accounts(tmp_path / "accounts.csv", [(old, new)])
    arguments = run_arguments(
        plain_url(source.imap_port), plain_url(destination.imap_port), accounts, tmp_path / "state.mailmove"
    )
    event = _first_reason(tmp_path, arguments)
    assert (event["reason"], event["side"]) == ("destination_full", "destination")
    arrived = [fact for facts in _look(destination, new).values() for fact in facts]
    # What fits is there, once.
    assert 3 <= len(arrived) <= 6
    assert len({fact.subject for fact in arrived}) == len(arrived)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("kind", _KINDS_OF_SERVER)
def test_a_wrong_password_is_called_that_on_both_sides(
    mail_servers: Mapping[str, MailServer], tmp_path: Path, kind: str
) -> None:
    server = mail_servers[kind]
    right, wrong = server.new_user(), User(server.new_user().name, "not this")
    url = plain_url(server.imap_port)
    for number, (old, new, side) in enumerate(((wrong, right, "source"), (right, wrong, "destination"))):
        accounts = write_accounts(tmp_path / f"{number}.csv", [(old, new)])
        outcome = mailmove(tmp_path, *run_arguments(url, url, accounts, tmp_path / f"{number}.mailmove"))
        (last,) = [event for event in outcome.events if event["event"] == "account"][-1:]
        assert (outcome.status, last["state"], last["side"]) == (1, "needs_password", side)
        assert last["reason"] == "wrong_password"


@pytest.mark.timeout(240)
@pytest.mark.parametrize("kind", _KINDS_OF_SERVER)
def test_too_many_connections_are_called_that(
    mail_servers: Mapping[str, MailServer], tmp_path: Path, kind: str
) -> None:
    source, destination = mail_servers["dovecot-dot"], mail_servers[kind]
    old, new = source.new_user(), destination.new_user()
    accounts = write_accounts(tmp_path / "accounts.csv", [(old, new)])
    arguments = run_arguments(
        plain_url(source.imap_port), plain_url(destination.imap_port), accounts, tmp_path / "state.mailmove"
    )
    with _all_connections_taken(destination, new):
        event = _first_reason(tmp_path, arguments)
    # Courier hangs up without a word, so there it can only be guessed.
    expected = {"connection_lost", "too_many_connections"} if kind == "courier" else {"too_many_connections"}
    assert event["reason"] in expected
    assert event["side"] == "destination"


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("source", "destination"),
    [("courier", "dovecot-slash"), ("dovecot-slash", "cyrus-dot"), ("cyrus-slash", "courier")],
)
def test_a_killed_run_goes_on_where_it_was(
    mail_servers: Mapping[str, MailServer], tmp_path: Path, source: str, destination: str
) -> None:
    old_server, new_server = mail_servers[source], mail_servers[destination]
    old, new = old_server.new_user(), new_server.new_user()
    put(old_server, old, generated(KINDS[source], old_server.separator, seed=9))
    bodies: dict[str, bytes] = {}
    before = _look(old_server, old, bodies)
    accounts = write_accounts(tmp_path / "accounts.csv", [(old, new)])
    hidden = ("UIDPLUS", "MULTIAPPEND", "LITERAL+")
    with ImapProxy(new_server.host, new_server.imap_port, hide=hidden, commit_delay_s=0.05, linger_s=1.0) as proxy:
        arguments = run_arguments(
            plain_url(old_server.imap_port), plain_url(proxy.port), accounts, tmp_path / "state.mailmove"
        )
        for messages in (5, 25, 50):
            _run_until(tmp_path, arguments, proxy, messages)
        last = mailmove(tmp_path, *arguments)
    assert last.status == 0, last.output + last.errors
    kind = KINDS[destination]
    wanted = {
        path: [fact.stored(stored_by(kind, bodies[fact.sha256])) for fact in facts] for path, facts in before.items()
    }
    assert_equal_mailboxes(wanted, _look(new_server, new), expected_map(KINDS[source], kind, new_server.separator))


def _run_until(home: Path, arguments: Sequence[str | Path], proxy: ImapProxy, messages: int) -> None:
    """Start a run and kill it when so many messages have gone through the proxy in all; it may have ended before."""
    with subprocess.Popen(
        command(*arguments), env=environment(home), cwd=home, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        deadline = time.monotonic() + _LONGEST_WAIT_S
        while proxy.counts().messages_appended < messages and process.poll() is None:
            assert time.monotonic() < deadline, "the run sends nothing"
            time.sleep(0.002)
        process.kill()


def _look(server: MailServer, user: User, bodies: dict[str, bytes] | None = None) -> Any:
    return snapshot(server.host, server.imap_port, user.name, user.password, bodies=bodies)
