"""Undo on a real server: what was moved and not touched goes, everything else stays, whenever it is interrupted."""

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.endpoints import Endpoint, Security
from mailmove_gui.domain.plan import Account, Mailbox, MigrationPlan
from mailmove_gui.domain.ports import Remover
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.secret import Secret, SecretKey
from mailmove_gui.domain.states import AccountState
from mailmove_gui.domain.undo import UndoResult
from mailmove_gui.engine.migration import Migration
from mailmove_gui.ledger import create_ledger, open_ledger
from mailmove_gui.mail import ServerGateway
from mailmove_gui.mail.removing import ImapRemover
from tests.mailboxes.fill import fill
from tests.mailboxes.folders import GeneratedFolder, GeneratedMessage
from tests.proxies.imap_proxy import ImapProxy
from tests.servers.compare import FolderPath, MessageFact, Snapshot, snapshot
from tests.servers.conftest import Pair
from tests.servers.dovecot import Dovecot, User
from tests.servers.moving import command, environment, mailmove, plain_url, run_arguments, write_accounts
from tests.servers.wire import Wire, namespace_of, quoted

DATE = datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC)
INBOX, WORK = ("INBOX",), ("Work", "2020")


def message(name: str, *flags: str) -> GeneratedMessage:
    body = f"From: {name}@example.org\r\nSubject: {name}\r\nMessage-ID: <{name}@example.org>\r\n\r\nText of {name}\r\n"
    return GeneratedMessage(body.encode(), flags, DATE)


def names(facts: list[MessageFact]) -> list[str]:
    return sorted(fact.subject for fact in facts)


class MemorySecrets(dict[SecretKey, Secret]):
    """A `SecretStore`."""

    def put(self, key: SecretKey, secret: Secret) -> None:
        self[key] = secret

    def forget(self, key: SecretKey) -> None:
        self.pop(key, None)


@dataclass
class Moved:
    """An account that has been moved, with everything that is needed to undo it."""

    source: Dovecot
    destination: Dovecot
    old: User
    new: User
    state: Path
    gateway: ServerGateway

    @property
    def account(self) -> Account:
        def mailbox(server: Dovecot, user: User) -> Mailbox:
            return Mailbox(Endpoint(server.host, server.imap_port, Security.PLAIN), user.name)

        return Account("the one", mailbox(self.source, self.old), mailbox(self.destination, self.new))

    @contextmanager
    def opened(self) -> Iterator[Migration]:
        """A program of its own: what it leaves in the file is all that the next one knows."""
        secrets = MemorySecrets()
        for side, user in ((Side.SOURCE, self.old), (Side.DESTINATION, self.new)):
            secrets[self.account.secret_key(side)] = Secret(user.password)
        ledger = open_ledger(self.state)
        migration = Migration(ledger, self.gateway, secrets, lambda event: None)
        try:
            yield migration
        finally:
            assert migration.close()
            ledger.close()

    def move(self) -> AccountState:
        with self.opened() as migration:
            migration.start([self.account.id])
            assert migration.wait(60)
            return migration.snapshot()[0].state

    def undo(self) -> UndoResult:
        with self.opened() as migration:
            return migration.undo(self.account.id, self.gateway)

    def now(self) -> Snapshot:
        return snapshot(self.destination.host, self.destination.imap_port, self.new.name, self.new.password)

    def at_source(self) -> Snapshot:
        return snapshot(self.source.host, self.source.imap_port, self.old.name, self.old.password)

    @contextmanager
    def by_hand(self, path: FolderPath, server: Dovecot | None = None, user: User | None = None) -> Iterator[Wire]:
        """A mail program of the user with a folder open."""
        server, user = server or self.destination, user or self.new
        with Wire(server.host, server.imap_port) as wire:
            wire.login(user.name, user.password)
            wire.run(b"SELECT " + quoted(namespace_of(wire).name_of(path)))
            yield wire

    def uid(self, path: FolderPath, name: str) -> bytes:
        return b"%d" % next(fact.uid for fact in self.now()[path] if fact.subject == name)


def put(server: Dovecot, user: User, *folders: GeneratedFolder) -> None:
    with Wire(server.host, server.imap_port) as wire:
        wire.login(user.name, user.password)
        fill(wire, list(folders))


def folder(path: FolderPath, *messages: GeneratedMessage) -> GeneratedFolder:
    return GeneratedFolder(path, messages, is_subscribed=True)


@pytest.fixture
def moved(dovecot_pair: Pair, tmp_path: Path) -> Moved:
    """Six messages moved into a mailbox that held three: one of them is one of the six."""
    source, destination = dovecot_pair
    old, new = source.new_user(), destination.new_user()
    put(
        source,
        old,
        folder(INBOX, message("a", "\\Seen"), message("b"), message("c", "\\Flagged", "label"), message("there")),
        folder(WORK, message("d", "\\Answered"), message("e")),
    )
    put(destination, new, folder(INBOX, message("there"), message("foreign", "\\Seen"), message("trash", "\\Deleted")))
    one = Moved(source, destination, old, new, tmp_path / "state.mailmove", ServerGateway(timeout_s=20.0))
    create_ledger(one.state, MigrationPlan("undo", (one.account,))).close()
    assert one.move() is AccountState.DONE
    assert names(one.now()[INBOX]) == ["a", "b", "c", "foreign", "there", "trash"]
    return one


BEFORE = ["foreign", "there", "trash"]


def test_only_what_was_moved_is_removed(moved: Moved) -> None:
    before = {fact.subject: fact for fact in moved.now()[INBOX]}
    source = moved.at_source()
    assert moved.undo() == UndoResult(removed=5)
    after = moved.now()
    assert names(after[INBOX]) == BEFORE
    assert {fact.subject: (fact.uid, fact) for fact in after[INBOX]} == {
        name: (before[name].uid, before[name]) for name in BEFORE
    }
    # Folders stay, empty or not.
    assert after[WORK] == []
    assert moved.at_source() == source
    with moved.opened() as migration:
        (record,) = migration.snapshot()
    assert record.state is AccountState.SKIPPED
    assert (record.counts.total, record.counts.pending) == (6, 6)
    assert moved.undo() == UndoResult()


def test_what_somebody_touched_is_left(moved: Moved) -> None:
    with moved.by_hand(INBOX) as wire:
        wire.run(b"UID STORE " + moved.uid(INBOX, "b") + b" +FLAGS (\\Seen)")
        wire.run(b"UID STORE " + moved.uid(INBOX, "c") + b" -FLAGS (label)")
    with moved.by_hand(WORK) as wire:
        wire.run(b"UID STORE " + moved.uid(WORK, "d") + b" +FLAGS (\\Deleted)")
        uid = moved.uid(WORK, "e")
        wire.run(b"UID MOVE " + uid + b" INBOX")
    assert moved.undo() == UndoResult(removed=1, touched=3, not_found=1)
    after = moved.now()
    assert names(after[INBOX]) == sorted([*BEFORE, "b", "c", "e"])
    assert names(after[WORK]) == ["d"]


def test_the_last_copy_of_a_message_is_never_removed(moved: Moved) -> None:
    with moved.by_hand(INBOX, moved.source, moved.old) as wire:
        wire.run(b"STORE 1 +FLAGS (\\Deleted)")
        wire.run(b"EXPUNGE")
    with moved.by_hand(INBOX, moved.source, moved.old) as wire:
        wire.run(b"DELETE " + quoted(namespace_of(wire).name_of(WORK)))
    assert moved.undo() == UndoResult(removed=2, only_copies=3)
    after = moved.now()
    assert names(after[INBOX]) == sorted([*BEFORE, "a"])
    assert names(after[WORK]) == ["d", "e"]


def test_the_next_start_moves_everything_again_and_nothing_twice(moved: Moved) -> None:
    with moved.by_hand(INBOX) as wire:
        wire.run(b"UID STORE " + moved.uid(INBOX, "b") + b" +FLAGS (\\Seen)")
    moved.undo()
    assert moved.move() is AccountState.DONE
    after = moved.now()
    assert names(after[INBOX]) == ["a", "b", "c", "foreign", "there", "trash"]
    assert names(after[WORK]) == ["d", "e"]


def test_a_corrected_destination_gets_everything(moved: Moved) -> None:
    moved.undo()
    right = moved.destination.new_user()
    moved.new = right
    ledger = open_ledger(moved.state)
    ledger.save_plan(replace(ledger.plan(), accounts=(moved.account,)))
    ledger.close()
    assert moved.move() is AccountState.DONE
    after = moved.now()
    assert (names(after[INBOX]), names(after[WORK])) == (["a", "b", "c", "there"], ["d", "e"])


class Killed(Exception):
    """The program is gone at this moment."""


class DyingRemover(ImapRemover):
    """Dies in the middle of the first removal."""

    moment = ""

    def remove(self, uids: Sequence[int]) -> frozenset[int]:
        if self.moment == "marked":
            self._session.command(b"UID", b"STORE", b"%d" % uids[0], b"+FLAGS.SILENT (\\Deleted)", name="UID STORE")
        if self.moment == "removed":
            super().remove(uids)
        raise Killed


@dataclass
class DyingGateway:
    """Opens connections that die."""

    gateway: ServerGateway
    moment: str

    def remover(self, mailbox: Mailbox, secret: Secret, cancel: CancelToken) -> Remover:
        remover = DyingRemover(self.gateway._open(mailbox, secret, cancel, Side.DESTINATION), {})
        remover.moment = self.moment
        return remover


@pytest.mark.parametrize("moment", ["entered", "marked", "removed"])
def test_killed_at_any_step_it_goes_on(moved: Moved, moment: str) -> None:
    with moved.opened() as migration, pytest.raises(Killed):
        migration.undo(moved.account.id, DyingGateway(moved.gateway, moment))
    # Until it has gone on, nothing is taken for moved that may be gone or about to be.
    assert moved.move() is AccountState.FAILED
    with moved.opened() as migration:
        failure = migration.snapshot()[0].failure
    assert failure is not None
    assert failure.reason is Reason.UNDO_UNFINISHED
    assert moved.undo() == UndoResult(removed=5)
    assert names(moved.now()[INBOX]) == BEFORE
    assert moved.move() is AccountState.DONE
    after = moved.now()
    assert (names(after[INBOX]), names(after[WORK])) == (["a", "b", "c", "foreign", "there", "trash"], ["d", "e"])


def test_a_server_that_removes_only_all_or_nothing_is_refused(dovecot_pair: Pair, authority: object) -> None:
    with Dovecot(hidden_capabilities=("UIDPLUS",), name="no-uidplus") as server:
        user = server.new_user()
        mailbox = Mailbox(Endpoint(server.host, server.imap_port, Security.PLAIN), user.name)
        with pytest.raises(MailError) as caught:
            ServerGateway(timeout_s=20.0).remover(mailbox, Secret(user.password), CancelToken())
    assert caught.value.reason is Reason.CANNOT_UNDO
    assert caught.value.side is Side.DESTINATION


def test_the_command_asks_first_and_then_removes(moved: Moved, tmp_path: Path) -> None:
    accounts = write_accounts(tmp_path / "accounts.csv", [(moved.old, moved.new)])
    argv = ("undo", "--state", moved.state, "--account", moved.old.name, "--accounts", accounts)
    asked = mailmove(tmp_path, *argv)
    assert asked.status == 2
    assert "--yes" in asked.errors
    assert len(moved.now()[INBOX]) == 6
    done = mailmove(tmp_path, *argv, "--yes")
    assert (done.status, done.output) == (0, f"{moved.old.name}: 5 messages removed.\n"), done.errors
    assert names(moved.now()[INBOX]) == BEFORE


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_killed_again_and_again_it_removes_what_is_ours_and_nothing_else(dovecot_pair: Pair, tmp_path: Path) -> None:
    source, destination = dovecot_pair
    old, new = source.new_user(), destination.new_user()
    put(source, old, folder(INBOX, *(message(f"m{number}") for number in range(1500))))
    put(destination, new, folder(INBOX, message("foreign"), message("trash", "\\Deleted")))
    accounts = write_accounts(tmp_path / "accounts.csv", [(old, new)])
    state = tmp_path / "state.mailmove"
    undo = ("undo", "--state", state, "--account", old.name, "--accounts", accounts, "--yes", "--quiet")
    account_id = f"{old.name} > {new.name}"
    deaths = 0
    with ImapProxy(destination.host, destination.imap_port, round_trip_delay_s=0.02) as proxy:
        run = run_arguments(source, plain_url(proxy.port), accounts, state)
        assert mailmove(tmp_path, *run).status == 0
        for wait_s in (0.1, 0.3, 0.2, 0.4, 0.15):
            before = proxy.counts().bytes_to_server
            with subprocess.Popen(command(*undo), env=environment(tmp_path), cwd=tmp_path) as process:
                # A login is a few hundred bytes; what is more is about messages.
                while proxy.counts().bytes_to_server - before < 1000 and process.poll() is None:
                    time.sleep(0.002)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(wait_s)
                process.kill()
            ledger = open_ledger(state)
            deaths += ledger.is_undoing(account_id)
            ledger.close()
        assert deaths >= 3
        assert mailmove(tmp_path, *undo).status == 0
        after = snapshot(destination.host, destination.imap_port, new.name, new.password)
        assert names(after[INBOX]) == ["foreign", "trash"]
