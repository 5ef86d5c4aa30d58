"""A company of twelve whose migration does not go smoothly, on real servers, helped along in the window alone."""

import csv
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mailmove_gui.app import open_gateway
from mailmove_gui.demo import EmbeddedServer, ServerOptions, Store
from mailmove_gui.desktop.bridge.open_document import NewMigration
from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.desktop.models.board_model import Column
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.domain.endpoints import Endpoint, Security
from mailmove_gui.domain.events import Event
from mailmove_gui.domain.logins import LoginQuestion
from mailmove_gui.domain.plan import Account, Mailbox, MigrationPlan, Options, account_id
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret, SecretKey
from mailmove_gui.domain.states import AccountState
from mailmove_gui.ledger import open_ledger
from mailmove_gui.mail.connection_test import ServerTester
from mailmove_gui.report import write_accounts_csv
from tests.desktop.conftest import wait_until
from tests.desktop.services import FakeWorld
from tests.mailboxes.fill import fill
from tests.mailboxes.generate import generate_mailbox
from tests.servers.compare import Snapshot, assert_equal_mailboxes, snapshot, total
from tests.servers.conftest import Pair
from tests.servers.dovecot import Dovecot
from tests.servers.dovecot_users import User
from tests.servers.leaks import leaks_below
from tests.servers.wire import Wire

OpenWindow = Callable[[Services], MainWindow]
S = AccountState

_LONGEST_S = 60.0
_ACCOUNTS = 12
_MESSAGES, _FOLDERS = 30, 3
_WRONG_AT = {0: (Side.SOURCE,), 1: (Side.DESTINATION,), 2: (Side.SOURCE, Side.DESTINATION)}
_FULL, _THROTTLED, _HELD = 3, 4, 5
_TOO_FAST = "[OVERQUOTA] Account exceeded command or bandwidth limits."
_TOO_SMALL_BYTES = 4_000


@dataclass(frozen=True, slots=True)
class _Member:
    """An account and where its two mailboxes really are."""

    account: Account
    old: User
    new: User
    before: Snapshot

    def after(self) -> Snapshot:
        endpoint = self.account.destination.endpoint
        return snapshot(endpoint.host, endpoint.port, self.new.name, self.new.password)


class _Company:
    """Twelve accounts: one destination is full, one asks to slow down, and one takes its time until it is let go."""

    def __init__(self, servers: Pair) -> None:
        self.servers = servers
        self.let_go = threading.Event()
        self._is_throttling = True
        self._store = Store()
        self.busy = EmbeddedServer(self._store, ServerOptions(refuse_message=self._slow_down))
        self.slow = EmbeddedServer(self._store, ServerOptions(refuse_message=self._hold))
        self.members: list[_Member] = []

    def begin(self) -> None:
        source = self.servers.source
        from_where = Endpoint(source.host, source.imap_port, Security.PLAIN)
        for number in range(_ACCOUNTS):
            old, (server, new) = source.new_user(f"old {number} §"), self._destination(number)
            with Wire(source.host, source.imap_port) as wire:
                wire.login(old.name, old.password)
                fill(wire, generate_mailbox(_MESSAGES, _FOLDERS, seed=number))
            to_where = Endpoint(server.host, server.imap_port, Security.PLAIN)
            account = Account(
                account_id(old.name, new.name), Mailbox(from_where, old.name), Mailbox(to_where, new.name)
            )
            before = snapshot(source.host, source.imap_port, old.name, old.password)
            self.members.append(_Member(account, old, new, before))

    def passwords(self) -> dict[SecretKey, Secret]:
        """As they stand in a list that is not quite right."""
        given = {}
        for number, one in enumerate(self.members):
            for side, user in ((Side.SOURCE, one.old), (Side.DESTINATION, one.new)):
                wrong = side in _WRONG_AT.get(number, ())
                given[one.account.secret_key(side)] = Secret("not this one" if wrong else user.password)
        return given

    def right(self, question: LoginQuestion) -> str:
        member = next(one for one in self.members if one.account == question.account)
        return (member.old if question.side is Side.SOURCE else member.new).password

    def make_room(self) -> None:
        full = self.members[_FULL].new
        self.servers.destination.set_password(full.name, full.password)

    def _destination(self, number: int) -> tuple[EmbeddedServer | Dovecot, User]:
        password = f"new {number}"
        if number in (_THROTTLED, _HELD):
            server = self.busy if number == _THROTTLED else self.slow
            user = User(f"name{number}@new.example", password)
            self._store.add_user(user.name, password)
            return server, user
        quota = _TOO_SMALL_BYTES if number == _FULL else None
        return self.servers.destination, self.servers.destination.new_user(password, quota_bytes=quota)

    def _slow_down(self, body: bytes) -> str | None:
        self._is_throttling, answers = False, self._is_throttling
        return _TOO_FAST if answers else None

    def _hold(self, body: bytes) -> str | None:
        assert self.let_go.wait(_LONGEST_S)
        return None


@pytest.fixture
def company(dovecot_pair: Pair) -> Iterator[_Company]:
    made = _Company(dovecot_pair)
    with made.busy, made.slow:
        made.begin()
        yield made
        made.let_go.set()


@pytest.fixture
def services(world: FakeWorld) -> Services:
    """Real connections."""
    return replace(world.services(), gateway=open_gateway, tester=ServerTester())


class _Witness:
    """Looks at the table each time that it has changed."""

    def __init__(self, window: MainWindow) -> None:
        self._model = window.board.model
        self.seen: dict[str, list[tuple[AccountState, str, str]]] = {}
        window.controller.happened.connect(self.look)

    def look(self, events: tuple[Event, ...]) -> None:
        for number, row in enumerate(self._model.rows):
            state, problem = (
                str(self._model.index(number, one).data() or "") for one in (Column.STATE, Column.PROBLEM)
            )
            story = self.seen.setdefault(row.account.id, [])
            if (row.state, state, problem) not in story[-1:]:
                story.append((row.state, state, problem))

    def saw(self, member: _Member, state: AccountState, words: str) -> bool:
        return any(seen is state and words in problem for seen, _word, problem in self.seen[member.account.id])


@pytest.mark.server
def test_twelve_accounts_are_helped_along(
    open_window: OpenWindow, services: Services, company: _Company, tmp_path: Path
) -> None:
    members = company.members
    window = open_window(services)
    witness = _Witness(window)
    plan = MigrationPlan("Acme", tuple(one.account for one in members), Options(accounts_at_once=_ACCOUNTS))
    path = tmp_path / "acme.mailmove"
    window.controller.create(NewMigration(path, plan, company.passwords(), start=tuple(a.id for a in plan.accounts)))

    def states() -> list[AccountState]:
        return [row.state for row in window.board.model.rows]

    wait_until(lambda: window.has_migration)
    wait_until(
        lambda: [states()[number] for number in (*_WRONG_AT, _FULL)] == [*[S.NEEDS_PASSWORD] * 3, S.WAITING], _LONGEST_S
    )
    assert window.board.notice.text() == "3 accounts need a password."
    QTest.mouseClick(window.board.notice.button, Qt.MouseButton.LeftButton)
    wait_until(lambda: window.passwords.dialog is not None)
    dialog = window.passwords.dialog
    assert dialog is not None
    assert [(line.question.account, line.question.side) for line in dialog.lines] == [
        (members[number].account, side) for number, sides in _WRONG_AT.items() for side in sides
    ]
    first = dialog.lines[0]
    QTest.keyClicks(first.field, "nor this one")
    QTest.mouseClick(first.test_button, Qt.MouseButton.LeftButton)
    wait_until(lambda: "does not accept this password" in first.outcome, 20)
    wait_until(lambda: "2 tries were refused" in first.words)
    for line in dialog.lines:
        line.field.setText(company.right(line.question))
    QTest.mouseClick(first.test_button, Qt.MouseButton.LeftButton)
    wait_until(lambda: first.outcome == "Works", 20)
    assert states()[_HELD] in (S.CHECKING, S.MOVING), "the others go on"
    QTest.mouseClick(dialog.retry_button, Qt.MouseButton.LeftButton)
    wait_until(lambda: {states()[number] for number in _WRONG_AT} == {S.DONE}, _LONGEST_S)
    assert states()[_HELD] is S.MOVING, "the others go on"
    assert window.passwords.dialog is None

    company.make_room()
    company.let_go.set()
    # It would look again by itself, in a minute.
    window.board._help(members[_FULL].account.id)
    wait_until(lambda: set(states()) == {S.DONE}, _LONGEST_S)

    assert witness.saw(members[0], S.NEEDS_PASSWORD, "The source server does not accept this password.")
    assert witness.saw(members[1], S.NEEDS_PASSWORD, "The destination server does not accept this password.")
    assert witness.saw(members[2], S.NEEDS_PASSWORD, "The source server does not accept this password.")
    assert witness.saw(members[_FULL], S.WAITING, "full")
    assert witness.saw(members[_THROTTLED], S.WAITING, "slow down")
    assert all(witness.seen[one.account.id][-1] == (S.DONE, "Done, verified", "") for one in members)

    close(window)
    ledger = open_ledger(path)
    write_accounts_csv(ledger, tmp_path / "accounts.csv")
    ledger.close()
    with (tmp_path / "accounts.csv").open(encoding="utf-8-sig", newline="") as file:
        reported = {row["source_user"]: row for row in csv.DictReader(file)}
    for one in members:
        after = one.after()
        assert_equal_mailboxes(one.before, after)
        row = reported[one.old.name]
        assert (row["state"], int(row["moved"]), row["refused"]) == ("done", total(after), "0")
    used = [(user.name, user.password) for one in members for user in (one.old, one.new)]
    assert leaks_below(tmp_path, used) == []


def close(window: MainWindow) -> None:
    gone: list[MainWindow] = []
    window.gone.connect(gone.append)
    window.close_for_good()
    wait_until(lambda: gone == [window], 20)
