"""`kill -9` in the middle, again and again: nothing lost, nothing twice."""

import random
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from mailmove_gui.ledger import open_ledger
from tests.mailboxes.fill import fill
from tests.mailboxes.generate import generate_mailbox
from tests.proxies.imap_proxy import ImapProxy
from tests.servers.compare import assert_equal_mailboxes, snapshot, total
from tests.servers.conftest import Pair
from tests.servers.leaks import leaks_below
from tests.servers.moving import command, environment, mailmove, plain_url, run_arguments, write_accounts
from tests.servers.wire import Wire

_DEATHS_IN_DOUBT = 20
_COMMIT_DELAY_S = 0.35
_LONGEST_RUN_S = 60.0


def _messages_in_doubt(state: Path) -> int:
    """How many rows a killed run left in `sending`."""
    ledger = open_ledger(state)
    try:
        batches = [batch for record in ledger.accounts() for batch in ledger.sending(record.account_id)]
        return sum(len(batch.messages) for batch in batches)
    finally:
        ledger.close()


def _run_until_killed(home: Path, arguments: Sequence[str | Path], proxy: ImapProxy, wait_s: float) -> bool:
    """Start a run and kill it `wait_s` after an APPEND of its own began; True if it was killed, False if it ended."""
    before = proxy.counts().bytes_to_server
    with subprocess.Popen(
        command(*arguments),
        env=environment(home),
        cwd=home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        deadline = time.monotonic() + _LONGEST_RUN_S
        # Planning and listing are a few kB; what is more is mail.
        while proxy.counts().bytes_to_server - before < 20_000:
            if process.poll() is not None:
                return False
            assert time.monotonic() < deadline, "the run sends nothing"
            time.sleep(0.002)
        try:
            process.wait(wait_s)
        except subprocess.TimeoutExpired:
            process.kill()
        return process.wait() != 0


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "hidden", [(), ("UIDPLUS", "MULTIAPPEND")], ids=["uidplus-multiappend", "neither-uidplus-nor-multiappend"]
)
def test_killed_runs_lose_nothing_and_double_nothing(
    dovecot_pair: Pair, tmp_path: Path, hidden: tuple[str, ...]
) -> None:
    source, destination = dovecot_pair
    old, new = source.new_user("=x§*(ü"), destination.new_user("%s+literal")
    with Wire(source.host, source.imap_port) as wire:
        wire.login(old.name, old.password)
        fill(wire, generate_mailbox(4000, 12, seed=len(hidden)))
    before = snapshot(source.host, source.imap_port, old.name, old.password)
    (tmp_path / "home").mkdir()
    accounts = write_accounts(tmp_path / "accounts.csv", [(old, new)])
    state = tmp_path / "home" / "state.mailmove"
    chance = random.Random(1)
    deaths_in_doubt = 0
    with ImapProxy(
        destination.host, destination.imap_port, hide=hidden, commit_delay_s=_COMMIT_DELAY_S, linger_s=1.0
    ) as proxy:
        arguments = run_arguments(source, plain_url(proxy.port), accounts, state)
        for _ in range(6 * _DEATHS_IN_DOUBT):
            if not _run_until_killed(tmp_path / "home", arguments, proxy, chance.uniform(0.0, 0.5)):
                break
            assert leaks_below(tmp_path / "home", [(old.name, old.password), (new.name, new.password)]) == []
            deaths_in_doubt += bool(_messages_in_doubt(state))
            if deaths_in_doubt >= _DEATHS_IN_DOUBT:
                break
        assert deaths_in_doubt >= _DEATHS_IN_DOUBT
    last = mailmove(tmp_path, *run_arguments(source, destination, accounts, state))
    assert last.status == 0, last.errors
    after = snapshot(destination.host, destination.imap_port, new.name, new.password)
    assert total(after) == total(before)
    assert_equal_mailboxes(before, after)
