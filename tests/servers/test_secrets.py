"""No password stands in anything that a run writes or prints."""

from pathlib import Path

import pytest

from tests.mailboxes.fill import fill
from tests.mailboxes.generate import generate_mailbox
from tests.servers.conftest import Pair
from tests.servers.dovecot import User
from tests.servers.leaks import found_in, leaks_below
from tests.servers.moving import mailmove, run_arguments, write_accounts
from tests.servers.wire import Wire

PASSWORDS = ('=x§*("ü', "%s\\n", '+1 {literal} \\"q', "密码 123-abc")


@pytest.mark.parametrize("correct", [True, False], ids=["right", "wrong"])
def test_nothing_written_or_printed_holds_a_password(dovecot_pair: Pair, tmp_path: Path, correct: bool) -> None:
    source, destination = dovecot_pair
    pairs: list[tuple[User, User]] = []
    for password in PASSWORDS:
        # The user names differ from the passwords, so that whatever is found is a password.
        old, new = source.new_user(password), destination.new_user(password + "2")
        with Wire(source.host, source.imap_port) as wire:
            wire.login(old.name, old.password)
            fill(wire, generate_mailbox(30, 3))
        pairs.append((old, new) if correct else (old, User(new.name, password + "wrong")))
    secret_place = tmp_path / "accounts-with-passwords"
    home = tmp_path / "home"
    secret_place.mkdir()
    home.mkdir()
    accounts = write_accounts(secret_place / "accounts.csv", pairs)
    used = [(user.name, user.password) for pair in pairs for user in pair]

    state = home / "state.mailmove"
    outcomes = [
        mailmove(home, *run_arguments(source, destination, accounts, state), "--debug", "--log-file", home / "run.log"),
        mailmove(home, "report", "--state", state, "--html", home / "report.html", "--csv", home / "report.csv"),
        mailmove(home, "check", "--state", state, "--accounts", accounts, "--debug"),
    ]
    assert outcomes[0].status == (0 if correct else 1), outcomes[0].errors
    if not correct:
        states = {event["reason"] for event in outcomes[0].events if event["event"] == "account" and event["reason"]}
        assert states == {"wrong_password"}

    written = [path for path in home.rglob("*") if path.is_file()]
    assert {state, home / "run.log", home / "report.html"} <= set(written)
    assert (home / "run.log").stat().st_size > 0
    assert leaks_below(home, used) == []
    for outcome in outcomes:
        assert found_in((outcome.output + outcome.errors).encode(), used) == []
