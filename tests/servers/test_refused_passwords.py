"""A password that was refused is never tried a second time by itself: logins are counted where they arrive."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from mailmove_gui.demo import EmbeddedServer, NewMessage, ServerOptions, Store
from mailmove_gui.demo.options import WRONG_PASSWORD
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.domain.states import AccountState
from tests.servers.conftest import Pair
from tests.servers.dovecot import User
from tests.servers.in_process import TIMEOUT_S, Moving
from tests.servers.moving import mailmove, run_arguments, write_accounts

ANNA, BO = User("anna", "pass word"), User("bo", "pass word")
MESSAGES = 40


@dataclass
class Servers:
    """Two servers with a mailbox for each user; the source's have mail in them."""

    source: EmbeddedServer
    destination: EmbeddedServer

    def at(self, side: Side) -> EmbeddedServer:
        return self.source if side is Side.SOURCE else self.destination

    def logins(self, side: Side) -> int:
        """Tries, accepted or not."""
        seen = self.at(side).commands_seen
        return seen["LOGIN"] + seen["AUTHENTICATE"]

    def moving(self, home: Path, *users: User) -> Moving:
        pairs = [(user, user) for user in users]
        return Moving(home, pairs, self.source.imap_port, self.destination.imap_port, accounts_at_once=1)


@pytest.fixture
def servers() -> Iterator[Servers]:
    left, right = Store(), Store()
    for user in (ANNA, BO):
        left.add_user(user.name, user.password).folder("INBOX").add_messages(
            [NewMessage(f"Subject: {user.name} {number}\r\n\r\nx\r\n".encode()) for number in range(MESSAGES)]
        )
        right.add_user(user.name, user.password)
    with EmbeddedServer(left) as source, EmbeddedServer(right) as destination:
        yield Servers(source, destination)


def from_now_on(servers: Servers, side: Side, words: str, *, at_message: int) -> None:
    """When so many messages have come, the destination cuts all lines, and the server of `side` refuses all logins."""
    seen = 0

    def count(_message: bytes) -> str | None:
        nonlocal seen
        seen += 1
        if seen == at_message:
            server = servers.at(side)
            server.options = replace(server.options, login_refusal=words)
            for each in (servers.source, servers.destination):
                each.close_sessions()
        return None

    servers.destination.options = ServerOptions(refuse_message=count, hidden=frozenset({"MULTIAPPEND", "LITERAL+"}))


@pytest.mark.parametrize("side", Side)
def test_a_password_that_is_refused_after_a_lost_connection_is_tried_once(
    servers: Servers, tmp_path: Path, side: Side
) -> None:
    from_now_on(servers, side, WRONG_PASSWORD, at_message=10)
    with servers.moving(tmp_path, ANNA) as moving:
        moving.migration.start()
        assert moving.migration.wait(TIMEOUT_S)
        assert moving.states() == {"anna": AccountState.NEEDS_PASSWORD}
        # One that let us in, and one that did not.
        assert servers.logins(side) == 2
        for way in WAYS_TO_GO_ON:
            way(moving)
            assert moving.migration.wait(TIMEOUT_S)
            assert servers.logins(side) == 2
        # Only by name.
        moving.migration.start(["anna"])
        assert moving.migration.wait(TIMEOUT_S)
        assert servers.logins(side) == 3
        servers.at(side).options = ServerOptions()
        moving.migration.start(["anna"])
        assert moving.migration.wait(TIMEOUT_S)
        assert moving.states() == {"anna": AccountState.DONE}
    folder = servers.destination.store.user("anna").folder("INBOX")
    assert len({message.content for message in folder.messages}) == len(folder.messages) == MESSAGES


WAYS_TO_GO_ON: tuple[Callable[[Moving], object], ...] = (
    lambda moving: moving.migration.start(),
    lambda moving: moving.migration.recover(),
    lambda moving: moving.migration.pause(),
    lambda moving: moving.migration.change_options(moving.ledger.plan().options),
)


@pytest.mark.parametrize("side", Side)
def test_a_wrong_password_is_tried_once_whatever_the_others_do(servers: Servers, tmp_path: Path, side: Side) -> None:
    with servers.moving(tmp_path, ANNA, BO) as moving:
        moving.secrets.put(moving.accounts[0].secret_key(side), Secret("wrong"))
        moving.migration.start()
        assert moving.migration.wait(TIMEOUT_S)
        assert moving.states() == {"anna": AccountState.NEEDS_PASSWORD, "bo": AccountState.DONE}
        assert servers.logins(side) == 2
        moving.migration.retry_refused(["bo"])
        moving.migration.start()
        assert moving.migration.wait(TIMEOUT_S)
        moving.migration.start(["bo"])
        assert moving.migration.wait(TIMEOUT_S)
        # The two that were asked for, and none of anna's.
        assert servers.logins(side) == 4


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize(
    "words",
    ["[UNAVAILABLE] Temporary authentication failure. [mx1]", "Temporary authentication failure", "System busy!"],
)
def test_a_server_that_cannot_look_at_passwords_for_a_while_is_waited_for(
    servers: Servers, tmp_path: Path, side: Side, words: str
) -> None:
    from_now_on(servers, side, words, at_message=10)
    with servers.moving(tmp_path, ANNA) as moving:
        calm = threading.Event()

        def get_well_after_three() -> None:
            while not calm.wait(0.02):
                if len(moving.waits(Reason.SERVER_BUSY)) >= 3:
                    servers.at(side).options = ServerOptions()

        watcher = threading.Thread(target=get_well_after_three)
        watcher.start()
        try:
            moving.migration.start()
            assert moving.migration.wait(TIMEOUT_S)
        finally:
            calm.set()
            watcher.join()
        assert moving.states() == {"anna": AccountState.DONE}
        assert moving.ledger.refused_logins(moving.accounts[0].secret_key(side)).tries == 0
    assert len(servers.destination.store.user("anna").folder("INBOX").messages) == MESSAGES


@pytest.mark.server
def test_each_call_of_the_program_tries_a_wrong_password_once(dovecot_pair: Pair, tmp_path: Path) -> None:
    source, destination = dovecot_pair
    old, new = source.new_user(), destination.new_user()
    accounts = write_accounts(tmp_path / "accounts.csv", [(old, replace(new, password="wrong"))])
    run, *rest = run_arguments(source, destination, accounts, tmp_path / "state.mailmove")

    def refused() -> int:
        lines = destination.log.splitlines()
        return sum("auth failed" in line and f"user=<{new.name}>" in line for line in lines)

    assert mailmove(tmp_path, run, *rest).status == 1
    assert refused() == 1
    assert mailmove(tmp_path, "check", *rest[: rest.index("--state")]).status == 1
    assert refused() == 2
