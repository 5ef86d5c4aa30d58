"""`mailmove watch` against two servers inside the test."""

import json
import signal
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from mailmove_gui.domain.states import AccountState
from mailmove_gui.ledger import open_ledger
from tests.servers.moving import command, environment
from tests.unit.cli.conftest import MESSAGES, Answer, Servers, message

Call = Callable[..., Answer]
_TIMEOUT_S = 60


@pytest.fixture
def yesterday() -> str:
    return (datetime.now(UTC).astimezone() - timedelta(days=1)).date().isoformat()


def test_it_ends_when_the_window_is_over(servers: Servers, call: Call, yesterday: str) -> None:
    servers.add("anna")
    state = servers.folder / "m.mailmove"
    options = ["--accounts", servers.accounts(), "--state", str(state), "--every", "30", "--until", yesterday]
    answer = call("watch", *servers.urls, *options, "--json", "--quiet")
    assert answer.status == 0
    *events, summary = answer.objects
    assert [event["state"] for event in events][-2:] == ["watching", "closed"]
    assert (summary["accounts"], summary["done"], summary["moved"], summary["verified"]) == (1, 1, MESSAGES, True)
    ledger = open_ledger(state)
    assert ledger.plan().options.pass_every_s == 1800
    ledger.close()
    # Asked for again, it is opened again; a plain run leaves it alone.
    servers.source.store.user("anna@old.example").folder("INBOX").add_messages([message(77)])
    resumed = ["--accounts", servers.accounts(), "--state", str(state), "--json", "--quiet"]
    assert call("run", *resumed).status == 0
    assert servers.moved("anna") == MESSAGES
    assert call("watch", *resumed, "--until", yesterday).status == 0
    assert servers.moved("anna") == MESSAGES + 1


def test_what_was_refused_is_no_success(servers: Servers, call: Call, yesterday: str) -> None:
    servers.add("anna", poison=True)
    state = str(servers.folder / "m.mailmove")
    answer = call("watch", *servers.urls, "--accounts", servers.accounts(), "--state", state, "--until", yesterday)
    assert answer.status == 1


@pytest.mark.parametrize(("option", "value"), [("--every", "often"), ("--every", "0"), ("--until", "soon")])
def test_what_cannot_be_read_is_named(servers: Servers, call: Call, option: str, value: str) -> None:
    servers.add("anna")
    answer = call("watch", *servers.urls, "--accounts", servers.accounts(), option, value)
    assert answer.status == 2
    assert option in answer.err
    assert servers.moved("anna") == 0


def test_it_goes_on_until_it_is_stopped(servers: Servers, call: Call) -> None:
    servers.add("anna")
    state = servers.folder / "m.mailmove"
    options = ["--accounts", servers.accounts(), "--state", str(state), "--json"]
    program = subprocess.Popen(
        command("watch", *servers.urls, *options),
        env=environment(servers.folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert program.stdout is not None
        states = (json.loads(line)["state"] for line in program.stdout)
        assert any(one == AccountState.WATCHING for one in states)
        program.send_signal(signal.SIGINT)
        out, err = program.communicate(timeout=_TIMEOUT_S)
    finally:
        program.kill()
        program.communicate()
    assert program.returncode == 3
    assert json.loads(out.splitlines()[-1])["event"] == "summary"
    assert f"mailmove watch --state {state}" in err
    ledger = open_ledger(state)
    assert ledger.accounts()[0].state is AccountState.WATCHING
    ledger.close()
    # A run is one pass more, and does not wait for the next one.
    servers.source.store.user("anna@old.example").folder("INBOX").add_messages([message(78)])
    assert call("run", "--accounts", servers.accounts(), "--state", str(state), "--quiet").status == 0
    assert servers.moved("anna") == MESSAGES + 1
