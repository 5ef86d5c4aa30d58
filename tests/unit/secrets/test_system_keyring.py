import threading
from collections.abc import Callable

import keyring
import keyring.backend
import keyring.backends.fail
import keyring.backends.null
import keyring.errors
import pytest

from mailmove_gui.domain.secret import KeyringProblem
from mailmove_gui.secrets import SystemKeyring
from mailmove_gui.secrets.system_keyring import KeyringUnusable, system_backend
from tests.unit.secrets.vault import Chain, PlaintextKeyring, SystemVault, Vault, fail_with

P = KeyringProblem
WARNED = pytest.mark.expected_log(r"WARNING mailmove_gui\.secrets\.system_keyring: the keyring failed")
SECRET = 'pä"ss\\§密码'


# The libraries behind the keyrings of the systems: what they raise has these names and numbers.
class PromptDismissedException(Exception):
    pass


class LockedException(Exception):
    pass


class SecretServiceNotAvailableException(Exception):
    pass


class FromWindows(Exception):
    def __init__(self, winerror: int) -> None:
        super().__init__(winerror, "CredWrite", f"what was to be stored: {SECRET}")
        self.winerror = winerror


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def problem_when(ask: Callable[[], object]) -> KeyringProblem:
    with pytest.raises(KeyringUnusable) as caught:
        ask()
    return caught.value.problem


def test_a_probe_leaves_the_keyring_as_it_was_and_comes_once(vault: Vault) -> None:
    system = SystemKeyring(backend=vault)
    system.probe()
    calls = vault.calls
    system.probe()
    assert vault.entries == {}
    assert vault.calls == calls
    assert system.problem is None


def test_entries_are_written_read_and_deleted(vault: Vault) -> None:
    system = SystemKeyring(backend=vault)
    assert system.read("service", "anna") is None
    system.write("service", "anna", SECRET)
    assert system.read("service", "anna") == SECRET
    assert system.delete("service", "anna")
    assert not system.delete("service", "anna")
    assert system.read("service", "anna") is None


@WARNED
@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (keyring.errors.NoKeyringError("no D-Bus"), P.NONE_THERE),
        (keyring.errors.KeyringLocked("Failed to unlock the collection!"), P.DISMISSED),
        (caused(keyring.errors.InitError("x"), PromptDismissedException()), P.DISMISSED),
        (caused(keyring.errors.KeyringLocked("x"), LockedException()), P.LOCKED),
        (LockedException("Collection is locked!"), P.LOCKED),
        (caused(keyring.errors.KeyringError("x"), Exception(-25308, "Unknown Error")), P.LOCKED),
        (caused(keyring.errors.InitError("x"), SecretServiceNotAvailableException()), P.FAILED),
        (keyring.errors.InitError("x"), P.FAILED),
        (OSError("broken pipe"), P.FAILED),
        (RuntimeError(), P.FAILED),
        # Not even the throw-away entry of a few bytes: that is no matter of its size.
        (keyring.errors.PasswordSetError("x"), P.FAILED),
        (FromWindows(1783), P.FAILED),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value.value,
)
def test_each_failure_of_the_first_call_has_its_problem(
    vault: Vault, error: Exception, problem: KeyringProblem
) -> None:
    vault.before = fail_with(error)
    system = SystemKeyring(backend=vault)
    assert problem_when(system.probe) is problem
    assert system.problem is problem
    calls = vault.calls
    assert problem_when(system.probe) is problem
    assert problem_when(lambda: system.read("service", "anna")) is problem
    assert vault.calls == calls, "a keyring that failed is not asked again"


def test_a_keyring_that_forgets_is_not_used(vault: Vault) -> None:
    vault.get_password = lambda service, username: None  # type: ignore[method-assign]
    assert problem_when(SystemKeyring(backend=vault).probe) is P.FAILED
    assert vault.entries == {}


def test_a_prompt_that_nobody_answers_is_given_up(stuck: Vault) -> None:
    system = SystemKeyring(backend=stuck, timeout_s=0.05)
    assert problem_when(system.probe) is P.NO_ANSWER
    assert problem_when(lambda: system.read("service", "anna")) is P.NO_ANSWER
    assert stuck.calls == 1


def test_several_first_calls_show_one_prompt(stuck: Vault) -> None:
    system = SystemKeyring(backend=stuck, timeout_s=0.2)
    problems: list[KeyringProblem] = []

    def read() -> None:
        problems.append(problem_when(lambda: system.read("service", "anna")))

    threads = [threading.Thread(target=read) for _number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert problems == [P.NO_ANSWER] * 5
    assert stuck.calls == 1


@WARNED
@pytest.mark.parametrize("error", [OSError("D-Bus is gone"), caused(keyring.errors.InitError("x"), OSError())])
def test_one_that_fails_after_it_has_worked_has_stopped(vault: Vault, error: Exception) -> None:
    system = SystemKeyring(backend=vault)
    system.probe()
    vault.before = fail_with(error)
    assert problem_when(lambda: system.write("service", "anna", SECRET)) is P.STOPPED
    assert system.problem is P.STOPPED


@WARNED
@pytest.mark.parametrize(
    "error",
    [
        keyring.errors.PasswordSetError(SECRET),
        FromWindows(1783),
        FromWindows(87),
        UnicodeEncodeError("utf-8", SECRET, 0, 1, "surrogates not allowed"),
    ],
)
def test_one_entry_that_is_refused_is_no_matter_of_the_others(
    vault: Vault, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    system = SystemKeyring(backend=vault)
    system.probe()
    vault.before = fail_with(error)
    assert problem_when(lambda: system.write("service", "anna", SECRET)) is P.REFUSED
    vault.before = lambda: None
    assert system.problem is None
    system.write("service", "bo", SECRET)
    assert vault.entries == {("service", "bo"): SECRET}
    assert SECRET not in caplog.text


@WARNED
def test_an_entry_that_could_not_be_deleted_is_not_called_absent(vault: Vault) -> None:
    system = SystemKeyring(backend=vault)
    system.write("service", "anna", SECRET)
    vault.delete_password = fail_to_delete  # type: ignore[method-assign]
    assert problem_when(lambda: system.delete("service", "anna")) is P.STOPPED
    assert vault.entries


def fail_to_delete(service: str, username: str) -> None:
    raise keyring.errors.PasswordDeleteError("Cancelled by user")


@WARNED
def test_it_is_asked_again_when_somebody_wants_that(vault: Vault) -> None:
    vault.before = fail_with(keyring.errors.KeyringLocked("dismissed"))
    system = SystemKeyring(backend=vault)
    assert problem_when(system.probe) is P.DISMISSED
    vault.before = lambda: None
    system.try_again()
    system.probe()
    assert system.problem is None


@WARNED
def test_what_a_keyring_says_is_neither_logged_nor_handed_on(vault: Vault, caplog: pytest.LogCaptureFixture) -> None:
    vault.before = fail_with(caused(RuntimeError(f"cannot store {SECRET}"), OSError(SECRET)))
    with pytest.raises(KeyringUnusable) as caught:
        SystemKeyring(backend=vault).write("service", "anna", SECRET)
    assert "RuntimeError from OSError" in caplog.text
    assert SECRET not in caplog.text
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    assert SECRET not in str(caught.value)


def _fail() -> keyring.backend.KeyringBackend:
    return keyring.backends.fail.Keyring()  # type: ignore[no-untyped-call]


def _null() -> keyring.backend.KeyringBackend:
    return keyring.backends.null.Keyring()  # type: ignore[no-untyped-call]


def test_only_the_systems_own_keyring_is_used() -> None:
    system, plain = SystemVault(), PlaintextKeyring()
    assert system_backend(system) is system
    assert system_backend(Chain(plain, system)) is system
    for configured, problem in (
        (plain, P.NOT_ALLOWED),
        (Chain(plain), P.NOT_ALLOWED),
        (_fail(), P.NONE_THERE),
        (_null(), P.NONE_THERE),
        (Chain(), P.NONE_THERE),
    ):
        assert problem_when(lambda configured=configured: system_backend(configured)) is problem  # type: ignore[misc]


@pytest.mark.parametrize(
    ("configured", "problem"),
    [(PlaintextKeyring(), P.NOT_ALLOWED), (_null(), P.NONE_THERE), (_fail(), P.NONE_THERE)],
)
def test_whatever_is_set_up_is_looked_at_first(
    monkeypatch: pytest.MonkeyPatch, configured: keyring.backend.KeyringBackend, problem: KeyringProblem
) -> None:
    monkeypatch.setattr(keyring, "get_keyring", lambda: configured)
    assert problem_when(SystemKeyring().probe) is problem
    if isinstance(configured, Vault):
        assert configured.calls == 0
