"""From the wizard's first page to a finished board, on real servers."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtTest import QTest

from mailmove_gui.app import open_gateway
from mailmove_gui.demo.sample import build_demo, running_demo
from mailmove_gui.demo.sample_plan import sample_accounts
from mailmove_gui.desktop.bridge.services import ReportFormat, Services
from mailmove_gui.desktop.models.groups import Group
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.domain.endpoints import Endpoint, Security
from mailmove_gui.domain.plan import Account, Mailbox, account_id
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret, SecretKey
from mailmove_gui.domain.states import AccountState
from tests.desktop.conftest import wait_until
from tests.desktop.driving import check, open_wizard, start, to_accounts, type_accounts, wait_for_rest
from tests.desktop.services import FakeWorld
from tests.mailboxes.fill import fill
from tests.mailboxes.generate import generate_mailbox
from tests.servers.compare import assert_equal_mailboxes, snapshot, total
from tests.servers.conftest import Pair
from tests.servers.leaks import leaks_below
from tests.servers.test_secrets import PASSWORDS
from tests.servers.wire import Wire

_UNCHANGED_PASS_MS = 1500

OpenWindow = Callable[[Services], MainWindow]
S = AccountState


@pytest.fixture
def services(world: FakeWorld) -> Services:
    """Real connections."""
    return replace(world.services(), gateway=open_gateway)


def test_the_sample_mail(open_window: OpenWindow, services: Services) -> None:
    """A wrong password at the check, a message that is refused, mail that is there already."""
    with running_demo(build_demo(scale=0.1, duration_s=0.0)) as demo:
        accounts, passwords = sample_accounts(demo)
        source, destination = accounts[0].source.endpoint, accounts[0].destination.endpoint
        window = open_window(services)
        wizard = open_wizard(window)
        to_accounts(wizard, source, destination)
        type_accounts(wizard, accounts, passwords)
        check(wizard)
        (wrong,) = [one for one in accounts if one.source.user in demo.demo.right_password_for]
        assert set(wizard.draft.passed()) == {one.id for one in accounts} - {wrong.id}
        start(window, wizard)
        wait_for_rest(window)
        states = {row.account.source.user: row.state for row in window.board.model.rows}
        assert states.pop(wrong.source.user) is S.NEEDS_PASSWORD
        for user, state in states.items():
            assert state is (S.DONE_WITH_REFUSALS if demo.demo.refused[user] else S.DONE)

        right = Secret(demo.demo.right_password_for[wrong.source.user])
        window.controller.take_passwords({wrong.secret_key(Side.SOURCE): right}, [wrong.id])
        wait_until(lambda: window.board.model.rows[accounts.index(wrong)].state is S.DONE, 30)
        wait_until(lambda: window.board.chips.chip(list(Group).index(Group.DONE) + 1).number == len(accounts))
        assert "not moved" in window.board.notice.text()
        counts = {row.account.source.user: row.counts for row in window.board.model.rows}
        for user, count in counts.items():
            assert count.total == demo.demo.messages[user]
            assert count.refused == demo.demo.refused[user]
            assert count.already_there == demo.demo.already_there[user]


@pytest.mark.server
def test_between_two_dovecots(open_window: OpenWindow, services: Services, dovecot_pair: Pair, tmp_path: Path) -> None:
    source, destination = dovecot_pair
    users = [(source.new_user(password), destination.new_user(password + "2")) for password in PASSWORDS[:3]]
    for seed, (old, _new) in enumerate(users):
        with Wire(source.host, source.imap_port) as wire:
            wire.login(old.name, old.password)
            fill(wire, generate_mailbox(120, 6, seed=seed))
    before = [snapshot(source.host, source.imap_port, old.name, old.password) for old, _new in users]
    from_where = Endpoint(source.host, source.imap_port, Security.PLAIN)
    to_where = Endpoint(destination.host, destination.imap_port, Security.PLAIN)
    accounts: list[Account] = []
    passwords: dict[SecretKey, Secret] = {}
    for old, new in users:
        pair = Mailbox(from_where, old.name), Mailbox(to_where, new.name)
        accounts.append(Account(account_id(old.name, new.name), *pair))
        passwords[pair[0].secret_key(Side.SOURCE)] = Secret(old.password)
        passwords[pair[1].secret_key(Side.DESTINATION)] = Secret(new.password)

    window = open_window(services)
    wizard = open_wizard(window)
    to_accounts(wizard, from_where, to_where)
    type_accounts(wizard, accounts, passwords)
    check(wizard)
    assert [wizard.draft.checks[one.id].messages for one in accounts] == [total(mailbox) for mailbox in before]
    start(window, wizard)
    wait_for_rest(window)
    assert [row.state for row in window.board.model.rows] == [S.DONE, S.DONE, S.DONE]
    wait_until(lambda: "every message was looked at" in window.board.notice.text())
    for (old, new), mailbox in zip(users, before, strict=True):
        after = snapshot(destination.host, destination.imap_port, new.name, new.password)
        assert_equal_mailboxes(mailbox, after)
        assert snapshot(source.host, source.imap_port, old.name, old.password) == mailbox

    window.board.table.selectAll()
    window.board.actions_.start.trigger()
    # A pass over what has not changed may be over before the board is drawn again, so there is no state to wait for.
    QTest.qWait(_UNCHANGED_PASS_MS)
    wait_for_rest(window)
    for (_old, new), mailbox in zip(users, before, strict=True):
        again = snapshot(destination.host, destination.imap_port, new.name, new.password)
        assert total(again) == total(mailbox)

    for form in ReportFormat:
        report = tmp_path / f"report.{form.value}"
        window.controller.write_report(report, form)
        wait_until(report.exists, 30)
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")
    used = [(user.name, user.password) for pair in users for user in pair]
    assert len(list(services.migrations_folder.iterdir())) > 0
    assert leaks_below(tmp_path, used) == []
