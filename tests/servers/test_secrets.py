"""No password stands in anything that a run writes or prints."""

import base64
import json
import urllib.parse
from pathlib import Path

import pytest

from tests.mailboxes.fill import fill
from tests.mailboxes.generate import generate_mailbox
from tests.servers.conftest import Pair
from tests.servers.dovecot import User
from tests.servers.moving import mailmove, run_arguments, write_accounts
from tests.servers.wire import Wire

PASSWORDS = ('=x§*("ü', "%s\\n", '+1 {literal} \\"q', "密码 123-abc")


def forms(password: str, user: str) -> dict[str, bytes]:
    """How a password might be found in a file."""
    raw = password.encode()
    blob = b"\0" + user.encode() + b"\0" + raw
    return {
        "plain": raw,
        "latin-1": password.encode("latin-1", "replace") if password.isascii() else raw,
        "utf-16": password.encode("utf-16-le"),
        "utf-16-be": password.encode("utf-16-be"),
        "base64": base64.b64encode(raw),
        "sasl plain": base64.b64encode(blob),
        "percent": urllib.parse.quote(password).encode(),
        "python": repr(password)[1:-1].encode(),
        "python bytes": repr(raw)[2:-1].encode(),
        "json": json.dumps(password)[1:-1].encode(),
        "ascii": ascii(password)[1:-1].encode(),
        "imap quoted": raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"'),
        "html": password.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").encode(),
    }


def found_in(text: bytes, passwords: list[tuple[str, str]]) -> list[str]:
    return [
        f"{name} form of {user}'s password"
        for user, password in passwords
        for name, form in forms(password, user).items()
        if form in text
    ]


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
    for path in written:
        assert found_in(path.read_bytes(), used) == [], path.name
    for outcome in outcomes:
        assert found_in((outcome.output + outcome.errors).encode(), used) == []
