"""The command and the system's keyring: it reads what the window has kept, and can remove it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import keyring
import keyring.errors
import pytest

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.endpoints import Endpoint, Security
from mailmove_gui.domain.plan import Account, Mailbox, MigrationPlan
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.ledger import create_ledger, open_ledger
from mailmove_gui.secrets import KeyringStore, SystemKeyring
from tests.unit.cli.conftest import DESTINATION_PASSWORD, SOURCE_PASSWORD, Answer, Servers
from tests.unit.secrets.vault import SystemVault, fail_with

Call = Callable[..., Answer]
STATE = "m.mailmove"


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> SystemVault:
    """The keyring of this system."""
    made = SystemVault()
    monkeypatch.setattr(keyring, "get_keyring", lambda: made)
    return made


@pytest.fixture
def begun(servers: Servers) -> MigrationPlan:
    """A migration that the window has made; see `STATE`."""
    servers.add("anna")
    old, new = (Endpoint("127.0.0.1", one.imap_port, Security.PLAIN) for one in (servers.source, servers.destination))
    mailboxes = Mailbox(old, "anna@old.example"), Mailbox(new, "anna@new.example")
    plan = MigrationPlan("Acme", (Account("anna", *mailboxes),))
    create_ledger(servers.folder / STATE, plan).close()
    return plan


@pytest.fixture
def state(servers: Servers, begun: MigrationPlan) -> str:
    return str(servers.folder / STATE)


def keep(
    vault: SystemVault,
    plan: MigrationPlan,
    source_password: str = SOURCE_PASSWORD,
    *,
    account: Account | None = None,
) -> None:
    """As the window does."""
    store = KeyringStore(plan.id, SystemKeyring(backend=vault))
    for side, password in ((Side.SOURCE, source_password), (Side.DESTINATION, DESTINATION_PASSWORD)):
        store.put((account or plan.accounts[0]).secret_key(side), Secret(password))
    store.save(CancelToken())


def test_a_resumed_migration_reads_its_passwords_until_it_is_over(
    servers: Servers, begun: MigrationPlan, state: str, vault: SystemVault, call: Call
) -> None:
    keep(vault, begun)
    keep(vault, replace(begun, id="0" * 32))
    before = dict(vault.entries)
    assert call("check", "--state", state).status == 0
    assert vault.entries == before
    answer = call("run", "--state", state)
    assert answer.status == 0, answer.err
    assert servers.moved("anna") == 6
    assert len(vault.entries) == 2, "only the other migration's are left"
    assert not plan_in(state).remember_passwords


def test_verifying_reads_them_too(
    servers: Servers, begun: MigrationPlan, state: str, vault: SystemVault, call: Call
) -> None:
    answer = call("run", *servers.urls, "--accounts", servers.accounts(), "--state", state)
    assert answer.status == 0, answer.err
    ledger = open_ledger(Path(state))
    ledger.save_plan(replace(ledger.plan(), remember_passwords=True))
    ledger.close()
    for account in plan_in(state).accounts:
        keep(vault, begun, account=account)
    assert call("verify", "--state", state).status == 0


@pytest.mark.expected_log(r"WARNING mailmove_gui\.secrets\.system_keyring: the keyring failed")
def test_what_cannot_be_removed_at_the_end_is_left_to_the_next_opening(
    servers: Servers, begun: MigrationPlan, state: str, vault: SystemVault, call: Call
) -> None:
    keep(vault, begun)
    vault.delete_password = cannot  # type: ignore[method-assign]
    assert call("run", "--state", state).status == 0
    assert len(vault.entries) == 2
    assert plan_in(state).remember_passwords


def cannot(service: str, username: str) -> None:
    raise OSError


def plan_in(state: str) -> MigrationPlan:
    ledger = open_ledger(Path(state))
    plan = ledger.plan()
    ledger.close()
    return plan


def test_those_of_another_migration_are_not_used(
    servers: Servers, begun: MigrationPlan, state: str, vault: SystemVault, call: Call
) -> None:
    keep(vault, replace(begun, id="0" * 32))
    answer = call("run", "--state", state, "--json")
    assert answer.objects[-2]["reason"] == "password_missing"


def test_the_keyring_wins_over_the_list(
    servers: Servers, begun: MigrationPlan, state: str, vault: SystemVault, call: Call
) -> None:
    keep(vault, begun, "not any more")
    answer = call("run", "--state", state, "--accounts", servers.accounts(), "--json")
    assert answer.objects[-2]["reason"] == "wrong_password"


@pytest.mark.parametrize("which", ["new", "not wished"])
def test_a_keyring_that_has_nothing_for_it_is_left_alone(
    servers: Servers, begun: MigrationPlan, state: str, vault: SystemVault, call: Call, which: str
) -> None:
    if which == "new":
        state = str(servers.folder / "new.mailmove")
    else:
        ledger = open_ledger(Path(state))
        ledger.save_plan(replace(begun, remember_passwords=False))
        ledger.close()
    answer = call("run", *servers.urls, "--accounts", servers.accounts(), "--state", state)
    assert answer.status == 0, answer.err
    assert vault.calls == 0


@pytest.mark.expected_log(r"WARNING mailmove_gui\.secrets\.system_keyring: the keyring failed")
def test_a_keyring_that_is_not_unlocked_is_told_of(
    servers: Servers, begun: MigrationPlan, state: str, vault: SystemVault, call: Call
) -> None:
    keep(vault, begun)
    vault.before = fail_with(keyring.errors.KeyringLocked("dismissed"))
    answer = call("run", "--state", state, "--accounts", servers.accounts())
    assert answer.status == 0, "the list has them too"
    assert answer.err.count("The system's keyring is locked and was not unlocked.") == 1


def test_forgetting_removes_this_migrations_passwords(
    begun: MigrationPlan, state: str, vault: SystemVault, call: Call
) -> None:
    keep(vault, begun)
    keep(vault, replace(begun, id="0" * 32))
    answer = call("forget", "--state", state)
    assert (answer.status, answer.err) == (0, "")
    assert "The system's keyring held 2 of them." in answer.out
    assert len(vault.entries) == 2
    assert "held none of them" in call("forget", "--state", state).out


@pytest.mark.expected_log(r"WARNING mailmove_gui\.secrets\.system_keyring: the keyring failed")
def test_forgetting_says_what_it_could_not_do(begun: MigrationPlan, state: str, vault: SystemVault, call: Call) -> None:
    keep(vault, begun)
    vault.before = fail_with(OSError())
    answer = call("forget", "--state", state)
    assert answer.status == 1
    assert "Some passwords may still be in the system's keyring." in answer.out


def test_forgetting_needs_a_migration(vault: SystemVault, call: Call, tmp_path: Path) -> None:
    answer = call("forget", "--state", str(tmp_path / "none.mailmove"))
    assert answer.status == 2
    assert "none.mailmove" in answer.err
