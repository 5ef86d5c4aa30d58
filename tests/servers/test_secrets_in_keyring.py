"""From start to finish with a real keyring, without one, and after "remove passwords": no password lies anywhere."""

from pathlib import Path

import pytest

from tests.mailboxes.fill import fill
from tests.mailboxes.generate import generate_mailbox
from tests.servers.conftest import Pair
from tests.servers.dovecot import User
from tests.servers.leaks import found_in, leaks_below
from tests.servers.moving import environment, mailmove
from tests.servers.processes import wait_until
from tests.servers.secret_service import SecretService
from tests.servers.test_secrets import PASSWORDS
from tests.servers.window_client import WindowProgram
from tests.servers.wire import Wire

pytestmark = [pytest.mark.server, pytest.mark.keyring]

_LONGEST_S = 20.0


@pytest.fixture
def pairs(dovecot_pair: Pair) -> list[tuple[User, User]]:
    """Accounts with a little mail; their user names differ from the passwords, so what is found is a password."""
    source, destination = dovecot_pair
    made = []
    for password in PASSWORDS[:2]:
        old, new = source.new_user(password), destination.new_user(password + "2")
        with Wire(source.host, source.imap_port) as wire:
            wire.login(old.name, old.password)
            fill(wire, generate_mailbox(20, 3))
        made.append((old, new))
    return made


@pytest.fixture
def one_wrong(pairs: list[tuple[User, User]]) -> list[tuple[User, User]]:
    """The same, but for a wrong password: what is typed stays for as long as this account is not finished."""
    (old, new), *others = pairs
    return [(old, User(new.name, new.password + "wrong")), *others]


class Search:
    """Looks through all that was written and printed, for all passwords, right and wrong."""

    def __init__(self, home: Path, *lists: list[tuple[User, User]]) -> None:
        self._home = home
        self._used = [(user.name, user.password) for pairs in lists for pair in pairs for user in pair]

    def look(self, *printed: str) -> None:
        assert any(self._home.rglob("*.mailmove"))
        assert (self._home / "log" / "mailmove.log").stat().st_size > 0
        assert leaks_below(self._home, self._used) == []
        for text in printed:
            assert found_in(text.encode(), self._used) == []


def test_kept_until_finished(
    secret_service: SecretService,
    dovecot_pair: Pair,
    pairs: list[tuple[User, User]],
    one_wrong: list[tuple[User, User]],
) -> None:
    home, state = secret_service.folder, secret_service.folder / "migrations" / "acme.mailmove"
    search = Search(home, pairs, one_wrong)
    with WindowProgram(secret_service.environment, home) as first:
        first.create(state, dovecot_pair, one_wrong)
        assert first.wait_for("rest") == ["done", "needs_password"]
        assert wait_until(lambda: len(secret_service.labels()) == 4, _LONGEST_S)
        # While it runs: the ledger's write-ahead log is there too.
        assert state.with_name(state.name + "-wal").exists()
        search.look(first.printed)
        first.kill()
    search.look(first.printed)

    outcome = mailmove(home, "run", "--state", state, "--json", variables=secret_service.environment)
    assert outcome.summary["done"] == 1, outcome.errors
    # The keyring still has the password that was refused: it is not tried again by itself.
    assert "a password was refused before" in outcome.errors
    assert not any(event.get("reason") for event in outcome.events)
    search.look(outcome.output, outcome.errors)

    with WindowProgram(secret_service.environment, home) as second:
        second.open(state)
        second.wait_for("opened")
        second.type_passwords(dovecot_pair, pairs)
        assert second.wait_for("rest") == ["done", "done"]
        assert wait_until(lambda: secret_service.labels() == [], _LONGEST_S)
        search.look(second.printed)
    assert "keyring" not in first.printed + second.printed
    search.look(second.printed)


def test_after_remove_passwords(
    secret_service: SecretService,
    dovecot_pair: Pair,
    pairs: list[tuple[User, User]],
    one_wrong: list[tuple[User, User]],
) -> None:
    home, state = secret_service.folder, secret_service.folder / "migrations" / "acme.mailmove"
    search = Search(home, pairs, one_wrong)
    with WindowProgram(secret_service.environment, home) as program:
        program.create(state, dovecot_pair, one_wrong)
        assert program.wait_for("rest") == ["done", "needs_password"]
        assert wait_until(lambda: len(secret_service.labels()) == 4, _LONGEST_S)
        program.remove()
        assert program.wait_for("removed") == [4, None]
        assert secret_service.labels() == []
        search.look(program.printed)
    outcome = mailmove(home, "run", "--state", state, "--json", variables=secret_service.environment)
    assert {event["reason"] for event in outcome.events if event.get("reason")} == {"password_missing"}
    search.look(program.printed, outcome.output, outcome.errors)


@pytest.mark.parametrize("which", ["none", "locked"])
def test_from_memory(
    locked_secret_service: SecretService, dovecot_pair: Pair, pairs: list[tuple[User, User]], tmp_path: Path, which: str
) -> None:
    home = locked_secret_service.folder
    given = dict(locked_secret_service.environment)
    if which == "none":
        home = tmp_path
        given = {**environment(home), "DBUS_SESSION_BUS_ADDRESS": f"unix:path={home / 'nobody'}"}
    search = Search(home, pairs)
    with WindowProgram(given, home) as program:
        program.create(home / "migrations" / "acme.mailmove", dovecot_pair, pairs)
        assert program.wait_for("rest") == ["done", "done"]
        search.look(program.printed)
    assert f'{{"keyring": "{"none_there" if which == "none" else "dismissed"}"}}' in program.printed
    search.look(program.printed)
