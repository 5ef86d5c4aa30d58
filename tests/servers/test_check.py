"""`mailmove check` between two Dovecots, compared with a look of its own at the mailboxes."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from tests.mailboxes.fill import fill
from tests.mailboxes.generate import generate_mailbox
from tests.servers.compare import snapshot
from tests.servers.conftest import Pair
from tests.servers.dovecot import Dovecot, User
from tests.servers.moving import mailmove, plain_url, write_accounts
from tests.servers.wire import Wire

_QUOTA_BYTES = 200 * 1024


def filled(server: Dovecot) -> User:
    user = server.new_user()
    with Wire(server.host, server.imap_port) as wire:
        wire.login(user.name, user.password)
        fill(wire, generate_mailbox(250, 9))
    return user


@pytest.mark.parametrize("options", [[], ["--since", "2012-01-01", "--max-size", "4000", "--exclude-role", "trash"]])
def test_counts_dates_and_quota_are_what_is_there(dovecot_pair: Pair, tmp_path: Path, options: list[str]) -> None:
    source, destination = dovecot_pair
    old, new = filled(source), destination.new_user(quota_bytes=_QUOTA_BYTES)
    accounts = write_accounts(tmp_path / "accounts.csv", [(old, new)])
    servers = ("--source", plain_url(source.imap_port), "--destination", plain_url(destination.imap_port))
    outcome = mailmove(tmp_path, "check", *servers, "--accounts", accounts, "--json", *options)
    assert outcome.status == 0, outcome.errors
    check = json.loads(outcome.output.splitlines()[0])

    there = snapshot(source.host, source.imap_port, old.name, old.password)
    folders = {path: facts for path, facts in there.items() if not options or path[0] != "Trash"}
    facts = [fact for found in folders.values() for fact in found]
    wanted = [
        fact
        for fact in facts
        if not options
        or (fact.size_bytes <= 4000 and fact.internal_date >= datetime.fromisoformat("2012-01-01T00:00Z").timestamp())
    ]
    if options:
        assert 0 < len(wanted) < len(facts)
    assert (check["messages_total"], check["left_out"]) == (len(wanted), len(facts) - len(wanted))
    assert check["bytes"] == sum(fact.size_bytes for fact in wanted)
    dates = [fact.internal_date for fact in facts]
    assert datetime.fromisoformat(check["oldest"]).timestamp() == min(dates)
    assert datetime.fromisoformat(check["newest"]).timestamp() == max(dates)
    assert {one["source"] for one in check["folders"]} == {"/".join(path) for path in folders}
    assert check["folders_left_out"] == (["Trash"] if options else [])
    assert check["quota_limit"] == _QUOTA_BYTES
    assert check["fits"] is (check["bytes"] <= _QUOTA_BYTES)
    assert check["hidden_mail"] is None
    after = snapshot(destination.host, destination.imap_port, new.name, new.password)
    assert not any(after.values())
