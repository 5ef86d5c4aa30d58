"""Destinations that run full in mid-run: their accounts wait and say so, room is made, they finish, nothing twice."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailmove_gui.demo import EmbeddedServer, NewMessage, ServerOptions, Store
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.domain.states import AccountState
from tests.mailboxes.fill import fill
from tests.mailboxes.folders import GeneratedFolder, GeneratedMessage
from tests.proxies.imap_proxy import ImapProxy
from tests.servers.compare import assert_equal_mailboxes, snapshot, total
from tests.servers.conftest import Pair
from tests.servers.dovecot import User
from tests.servers.in_process import TIMEOUT_S, Moving, eventually
from tests.servers.wire import Wire

ROOM_BYTES = 100_000
BODY_BYTES = 4000


def mail(name: str) -> GeneratedMessage:
    head = f"From: a@example.org\r\nMessage-ID: <{name}@example.org>\r\nSubject: {name}\r\n\r\n".encode()
    return GeneratedMessage(head + b"x" * BODY_BYTES + b"\r\n", ("\\Seen",), datetime(2021, 3, 4, tzinfo=UTC))


def folders(user: str) -> list[GeneratedFolder]:
    return [
        GeneratedFolder((folder,), tuple(mail(f"{user} {folder} {number}") for number in range(30)), is_subscribed=True)
        for folder in ("INBOX", "Sent")
    ]


def put(port: int, user: User, content: list[GeneratedFolder]) -> None:
    with Wire("127.0.0.1", port) as wire:
        wire.login(user.name, user.password)
        fill(wire, content)


@pytest.mark.server
@pytest.mark.parametrize("hidden", [(), ("UIDPLUS", "MULTIAPPEND", "LITERAL+")], ids=["extensions", "no-extensions"])
def test_accounts_whose_mailbox_runs_full_wait_and_finish_when_room_is_made(
    dovecot_pair: Pair, tmp_path: Path, hidden: tuple[str, ...]
) -> None:
    source, destination = dovecot_pair
    full = [(source.new_user(), destination.new_user(quota_bytes=ROOM_BYTES)) for _ in range(3)]
    roomy = [(source.new_user(), destination.new_user()) for _ in range(2)]
    for old, _ in full + roomy:
        put(source.imap_port, old, folders(old.name))
    with (
        ImapProxy(destination.host, destination.imap_port, hide=hidden) as proxy,
        # One at a time, and those that run full come first: the others get to move only if these give way.
        Moving(tmp_path, full + roomy, source.imap_port, proxy.port, accounts_at_once=1) as moving,
    ):
        moving.migration.start()

        def all_wait_or_are_done() -> bool:
            waiting = {event.account_id for event in moving.waits(Reason.DESTINATION_FULL)}
            done = {one for one, state in moving.states().items() if state is AccountState.DONE}
            return waiting == {old.name for old, _ in full} and done == {old.name for old, _ in roomy}

        eventually(all_wait_or_are_done)
        # Probed again and again meanwhile, of which nothing comes.
        probes = len(moving.waits(Reason.DESTINATION_FULL))
        eventually(lambda: len(moving.waits(Reason.DESTINATION_FULL)) >= probes + 3)
        assert not set(moving.states().values()) & {AccountState.FAILED, AccountState.DONE_WITH_REFUSALS}
        for event in moving.waits(Reason.DESTINATION_FULL):
            assert event.failure is not None
            assert event.failure.until is not None
            assert "Quota exceeded" in event.failure.server_text
        for _, new in full:
            inside = snapshot(destination.host, destination.imap_port, new.name, new.password)
            assert 10 < total(inside) < 60
            destination.set_password(new.name, new.password, quota_bytes=100 * ROOM_BYTES)
        assert moving.migration.wait(TIMEOUT_S)
        assert set(moving.states().values()) == {AccountState.DONE}
    for old, new in full + roomy:
        assert_equal_mailboxes(
            snapshot(source.host, source.imap_port, old.name, old.password),
            snapshot(destination.host, destination.imap_port, new.name, new.password),
        )


def fill_store(store: Store, user: User) -> None:
    owner = store.add_user(user.name, user.password)
    for folder in folders(user.name):
        if folder.path != ("INBOX",):
            owner.add_folder(folder.path)
        messages = [NewMessage(one.body, frozenset(one.flags), one.internal_date) for one in folder.messages]
        owner.folder(folder.path).add_messages(messages)


class LittleRoom:
    """A server that refuses with words of its own once it has so many messages, until it is told to take all."""

    def __init__(self, words: str, messages: int) -> None:
        self._words = words
        self._left = messages
        self.is_roomy = False

    def __call__(self, _message: bytes) -> str | None:
        if self.is_roomy:
            return None
        self._left -= 1
        return self._words if self._left < 0 else None


@pytest.mark.parametrize("words", ["Over quota", "[ALERT] You exceeded your mail quota."], ids=["cyrus", "courier"])
@pytest.mark.parametrize("hidden", [(), ("UIDPLUS", "MULTIAPPEND", "LITERAL+")], ids=["extensions", "no-extensions"])
def test_a_full_mailbox_is_understood_whatever_its_server_says(
    tmp_path: Path, words: str, hidden: tuple[str, ...]
) -> None:
    user = User("anna", "pass word")
    left, right = Store(), Store()
    fill_store(left, user)
    right.add_user(user.name, user.password)
    room = LittleRoom(words, messages=25)
    with (
        EmbeddedServer(left) as source,
        EmbeddedServer(right, ServerOptions(refuse_message=room, hidden=frozenset(hidden))) as destination,
    ):
        with Moving(tmp_path, [(user, user)], source.imap_port, destination.imap_port) as moving:
            moving.migration.start()
            eventually(lambda: len(moving.waits(Reason.DESTINATION_FULL)) >= 3)
            room.is_roomy = True
            assert moving.migration.wait(TIMEOUT_S)
            assert moving.states() == {user.name: AccountState.DONE}
        before, after = (
            snapshot(server.host, server.imap_port, user.name, user.password) for server in (source, destination)
        )
        assert_equal_mailboxes(before, after)
