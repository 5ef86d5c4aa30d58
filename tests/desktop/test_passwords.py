"""Where the passwords of an open migration are: in memory, in the keyring, and nowhere any more."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from keyring.errors import KeyringLocked
from PySide6.QtWidgets import QMessageBox

from mailmove_gui.app import Secrets
from mailmove_gui.desktop.bridge.open_document import NewMigration
from mailmove_gui.desktop.bridge.services import MigrationSecrets, Services
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import KeyringProblem, Secret
from mailmove_gui.domain.states import AccountState
from mailmove_gui.ledger import open_ledger
from mailmove_gui.secrets import Redactor, SystemKeyring
from mailmove_gui.texts.passwords import kept_in_memory, left_in_keyring
from tests.desktop.conftest import wait_until
from tests.desktop.driving import check, open_wizard, start, to_accounts, type_accounts, wait_for_rest
from tests.desktop.services import NEW, OLD, FakeWorld
from tests.unit.secrets.vault import Vault, fail_with

OpenWindow = Callable[[Services], MainWindow]
S = AccountState
P = KeyringProblem


@pytest.fixture
def vault() -> Vault:
    return Vault()


@pytest.fixture
def services(world: FakeWorld, vault: Vault) -> Services:
    """With a keyring; every window is a program that has just started."""

    def choose(plan_id: str, tell: Callable[[KeyringProblem], None]) -> MigrationSecrets:
        return Secrets(Redactor(), SystemKeyring(backend=vault)).choose(plan_id, tell)

    return replace(world.services(), secrets=choose)


@pytest.fixture
def migration(world: FakeWorld) -> NewMigration:
    plan = MigrationPlan("Acme", world.accounts)
    return NewMigration(world.folder / "acme.mailmove", plan, world.given_passwords())


def create(window: MainWindow, migration: NewMigration) -> None:
    window.controller.create(migration)
    wait_until(lambda: bool(states(window)))


def open_again(window: MainWindow, path: Path) -> None:
    window.open_file(path)
    wait_until(lambda: bool(states(window)))


def close(window: MainWindow) -> None:
    gone: list[MainWindow] = []
    window.gone.connect(gone.append)
    window.close_for_good()
    wait_until(lambda: gone == [window], 20)


def states(window: MainWindow) -> list[AccountState]:
    return [row.state for row in window.board.model.rows]


def has_wish(window: MainWindow) -> bool:
    """Whether the plan of the open migration says `remember_passwords`."""
    ledger = window.controller._document.ledger
    assert ledger is not None
    return ledger.plan().remember_passwords


def remembers(path: Path) -> bool:
    ledger = open_ledger(path)
    wish = ledger.plan().remember_passwords
    ledger.close()
    return wish


def test_passwords_are_kept_until_the_migration_is_finished(
    open_window: OpenWindow, services: Services, world: FakeWorld, migration: NewMigration, vault: Vault
) -> None:
    window = open_window(services)
    create(window, migration)
    wait_until(lambda: len(vault.entries) == 4)
    close(window)
    assert len(vault.entries) == 4

    window = open_window(services)
    open_again(window, migration.path)
    assert len(vault.entries) == 4
    window.board.actions_.start.trigger()
    wait_for_rest(window)
    assert states(window) == [S.DONE, S.DONE]
    wait_until(lambda: vault.entries == {})
    wait_until(lambda: not has_wish(window))
    calls = vault.calls

    world.gate.clear()
    window.board.table.selectAll()
    window.board.actions_.start.trigger()
    wait_until(lambda: S.DONE not in states(window))
    world.gate.set()
    wait_for_rest(window)
    assert states(window) == [S.DONE, S.DONE], "the passwords are in memory until the window closes"
    close(window)
    assert not remembers(migration.path)
    assert vault.calls == calls, "what is finished is not looked for in the keyring"


def test_what_a_killed_program_did_not_remove_is_removed_at_the_next_opening(
    open_window: OpenWindow, services: Services, migration: NewMigration, vault: Vault
) -> None:
    first = open_window(services)
    create(first, migration)
    wait_until(lambda: len(vault.entries) == 4)
    close(first)
    ledger = open_ledger(migration.path)
    for account, end in zip(migration.plan.accounts, (S.CLOSED, S.SKIPPED), strict=True):
        ledger.set_account_state(account.id, end, at=datetime.now(UTC))
    ledger.close()
    window = open_window(services)
    open_again(window, migration.path)
    wait_until(lambda: vault.entries == {})
    wait_until(lambda: not has_wish(window))


def test_a_password_that_is_typed_during_the_removal_is_removed_in_the_end(
    open_window: OpenWindow, services: Services, world: FakeWorld, migration: NewMigration, vault: Vault
) -> None:
    window = open_window(services)
    create(window, migration)
    wait_until(lambda: len(vault.entries) == 4)
    removing = threading.Event()

    def hold() -> None:
        removing.set()
        assert vault.answered.wait(30)

    vault.before = hold
    window.board.actions_.start.trigger()
    wait_until(removing.is_set)
    assert states(window) == [S.DONE, S.DONE]
    world.gate.clear()
    anna = migration.plan.accounts[0]
    key = anna.secret_key(Side.SOURCE)
    window.controller.take_passwords({key: migration.passwords[key]}, [anna.id])
    wait_until(lambda: states(window) != [S.DONE, S.DONE])
    vault.answered.set()
    wait_until(lambda: [user for _service, user in vault.entries] == [anna.source.user])
    assert has_wish(window)
    world.gate.set()
    wait_for_rest(window)
    wait_until(lambda: vault.entries == {})
    wait_until(lambda: not has_wish(window))


@pytest.mark.expected_log(r"WARNING mailmove_gui\.secrets\.system_keyring: the keyring failed")
def test_a_keyring_that_is_locked_at_the_end_is_told_of_and_tried_at_the_next_opening(
    open_window: OpenWindow, services: Services, migration: NewMigration, vault: Vault
) -> None:
    window = open_window(services)
    create(window, migration)
    wait_until(lambda: len(vault.entries) == 4)
    vault.before = fail_with(KeyringLocked())
    window.board.actions_.start.trigger()
    wait_for_rest(window)
    wait_until(lambda: window.board.keyring_notice.text() == left_in_keyring(P.DISMISSED))
    close(window)
    vault.before = lambda: None
    window = open_window(services)
    open_again(window, migration.path)
    wait_until(lambda: vault.entries == {})


def test_entries_of_corrected_accounts_are_removed_too(
    open_window: OpenWindow, services: Services, migration: NewMigration, vault: Vault
) -> None:
    first = open_window(services)
    create(first, migration)
    wait_until(lambda: len(vault.entries) == 4)
    close(first)
    ledger = open_ledger(migration.path)
    anna, bo = migration.plan.accounts
    other = replace(anna, source=replace(anna.source, user="Anna.Muster", endpoint=replace(OLD, host="10.0.0.1")))
    ledger.save_plan(replace(migration.plan, accounts=(other, bo)))
    ledger.close()
    window = open_window(services)
    open_again(window, migration.path)
    window.controller.take_passwords({other.secret_key(Side.SOURCE): Secret("x")}, ())
    wait_until(lambda: len(vault.entries) == 5)
    removed: list[object] = []
    window.controller.passwords_removed.connect(removed.append)
    window.board.actions_.remove_passwords.trigger()
    wait_until(lambda: bool(removed))
    assert vault.entries == {}


def test_without_the_wish_the_keyring_is_left_alone(
    open_window: OpenWindow, services: Services, migration: NewMigration, vault: Vault
) -> None:
    window = open_window(services)
    create(window, replace(migration, plan=replace(migration.plan, remember_passwords=False)))
    close(window)
    window = open_window(services)
    open_again(window, migration.path)
    window.controller.take_passwords(migration.passwords, [one.id for one in migration.plan.accounts])
    wait_for_rest(window)
    assert states(window) == [S.DONE, S.DONE]
    close(window)
    assert vault.calls == 0


def test_removed_passwords_are_asked_for_again(
    open_window: OpenWindow, services: Services, world: FakeWorld, migration: NewMigration, vault: Vault
) -> None:
    window = open_window(services)
    action = window.board.actions_.remove_passwords
    assert not action.isVisible()
    create(window, migration)
    wait_until(lambda: len(vault.entries) == 4)
    assert action.isVisible()
    action.trigger()
    assert window.board.keyring_notice.text() == "Removing passwords…"
    assert not action.isEnabled()
    wait_until(lambda: bool(window.findChildren(QMessageBox)))
    assert window.board.keyring_notice.text() == ""
    assert action.isEnabled()
    (message,) = window.findChildren(QMessageBox)
    assert message.text() == "The passwords are removed."
    assert message.informativeText().startswith("The system's keyring held 4 of them.")
    message.close()
    assert vault.entries == {}
    window.board.actions_.start.trigger()
    wait_for_rest(window)
    assert states(window) == [S.NEEDS_PASSWORD, S.NEEDS_PASSWORD]
    window.controller.take_passwords(migration.passwords, [one.id for one in migration.plan.accounts])
    wait_until(lambda: states(window) == [S.DONE, S.DONE])


@pytest.mark.expected_log(r"WARNING mailmove_gui\.secrets\.system_keyring: the keyring failed")
def test_a_removal_that_fails_says_so(
    open_window: OpenWindow, services: Services, migration: NewMigration, vault: Vault
) -> None:
    window = open_window(services)
    create(window, migration)
    wait_until(lambda: len(vault.entries) == 4)
    vault.before = fail_with(OSError())
    window.board.actions_.remove_passwords.trigger()
    wait_until(lambda: bool(window.findChildren(QMessageBox)))
    (message,) = window.findChildren(QMessageBox)
    assert message.text() == "Some passwords may still be in the system's keyring."
    assert "has stopped working" in message.informativeText()
    message.close()


@pytest.mark.parametrize("problem", list(P))
def test_each_failure_is_said_on_the_board_and_the_migration_goes_on(
    open_window: OpenWindow, world: FakeWorld, migration: NewMigration, problem: KeyringProblem
) -> None:
    world.keyring_problem = problem
    window = open_window(world.services())
    create(window, migration)
    wait_until(lambda: window.board.keyring_notice.text() == kept_in_memory(problem))
    window.board.actions_.start.trigger()
    wait_for_rest(window)
    assert states(window) == [S.DONE, S.DONE]


def test_a_prompt_that_nobody_answers_holds_up_nothing(
    open_window: OpenWindow, world: FakeWorld, migration: NewMigration, vault: Vault
) -> None:
    vault.before = lambda: vault.answered.wait(30)
    secrets = Secrets(Redactor(), SystemKeyring(backend=vault, timeout_s=4.0))
    window = open_window(replace(world.services(), secrets=secrets.choose))
    create(window, replace(migration, start=tuple(one.id for one in migration.plan.accounts)))
    wait_for_rest(window)
    assert states(window) == [S.DONE, S.DONE]
    assert window.board.keyring_notice.text() == "", "the prompt is still there"
    wait_until(lambda: window.board.keyring_notice.text() == kept_in_memory(P.NO_ANSWER))
    vault.answered.set()


@pytest.mark.expected_log(r"WARNING mailmove_gui\.secrets\.system_keyring: the keyring failed")
def test_a_keyring_that_stops_later_is_told_of(
    open_window: OpenWindow, services: Services, migration: NewMigration, vault: Vault
) -> None:
    window = open_window(services)
    create(window, migration)
    wait_until(lambda: len(vault.entries) == 4)
    assert window.board.keyring_notice.text() == ""
    vault.before = fail_with(OSError())
    key = migration.plan.accounts[0].secret_key(Side.SOURCE)
    window.controller.take_passwords({key: migration.passwords[key]}, [migration.plan.accounts[0].id])
    wait_until(lambda: window.board.keyring_notice.text() == kept_in_memory(P.STOPPED))


@pytest.mark.parametrize("wanted", [True, False])
def test_the_wizard_asks_whether_to_keep_them(
    open_window: OpenWindow, services: Services, world: FakeWorld, vault: Vault, wanted: bool
) -> None:
    world.gate.clear()
    window = open_window(services)
    wizard = open_wizard(window)
    to_accounts(wizard, OLD, NEW)
    type_accounts(wizard, world.accounts, world.given_passwords())
    world.gate.set()
    check(wizard)
    world.gate.clear()
    wizard.next()
    box = wizard.start_page.remember_box
    assert box.isVisible()
    assert box.isChecked()
    if not wanted:
        box.click()
    wizard.back()
    start(window, wizard)
    wait_until(lambda: len(vault.entries) == (4 if wanted else 0))
    (file,) = services.migrations_folder.glob("*.mailmove")
    close(window)
    assert remembers(file) == wanted
    assert len(vault.entries) == (4 if wanted else 0)


def test_samples_leave_the_keyring_alone(
    open_window: OpenWindow, services: Services, migration: NewMigration, vault: Vault
) -> None:
    window = open_window(services)
    create(window, replace(migration, is_sample=True, start=tuple(one.id for one in migration.plan.accounts)))
    wait_for_rest(window)
    assert states(window) == [S.DONE, S.DONE]
    close(window)
    assert vault.calls == 0
