import threading
from collections.abc import Callable, Iterator
from typing import Any

import keyring
import keyring.backend
import keyring.backends.fail
import keyring.backends.null
import keyring.errors
import pytest

from mailmove_gui.domain.ports import SecretStore
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret, SecretKey
from mailmove_gui.secrets import KeyringProblem, KeyringStore, MemoryStore, choose_store, keyring_sentence
from mailmove_gui.secrets.keyring_store import KeyringUnusable, system_keyring

KEY = SecretKey(Side.SOURCE, "imap.example", 993, "anna@example")
PASSWORD = Secret('pä"ss\\§密码')


class Vault(keyring.backend.KeyringBackend):
    """A keyring in memory that can be made to fail."""

    priority = 0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.entries: dict[tuple[str, str], str] = {}
        self.calls = 0
        self.before: Callable[[], Any] = lambda: None

    def get_password(self, service: str, username: str) -> str | None:
        self._called()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._called()
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._called()
        if (service, username) not in self.entries:
            raise keyring.errors.PasswordDeleteError("not there")
        del self.entries[service, username]

    def _called(self) -> None:
        self.calls += 1
        self.before()


@pytest.fixture
def vault() -> Vault:
    return Vault()


@pytest.fixture
def stuck(vault: Vault) -> Iterator[Vault]:
    """A keyring that shows a prompt which nobody answers; answered at the end, so that no thread stays."""
    answered = threading.Event()
    vault.before = lambda: answered.wait(30)
    yield vault
    answered.set()
    for thread in threading.enumerate():
        if thread.name == "keyring":
            thread.join(10)
            assert not thread.is_alive()


@pytest.fixture(params=["memory", "keyring"])
def store(request: pytest.FixtureRequest, vault: Vault) -> SecretStore:
    return MemoryStore() if request.param == "memory" else KeyringStore(backend=vault)


def fail_with(error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def test_a_store_keeps_replaces_and_forgets(store: SecretStore) -> None:
    assert store.get(KEY) is None
    store.put(KEY, PASSWORD)
    assert store.get(KEY) == PASSWORD
    store.put(KEY, Secret("other"))
    assert store.get(KEY) == Secret("other")
    assert store.get(SecretKey(Side.SOURCE, "imap.example", 993, "bo@example")) is None
    assert store.get(SecretKey(Side.SOURCE, "other.example", 993, "anna@example")) is None
    store.forget(KEY)
    store.forget(KEY)
    assert store.get(KEY) is None


def test_a_host_is_the_same_however_it_is_written(store: SecretStore) -> None:
    store.put(SecretKey(Side.SOURCE, "IMAP.Example.", 993, " anna@example"), PASSWORD)
    assert store.get(KEY) == PASSWORD


def test_the_keyring_keeps_it_for_the_next_program(vault: Vault) -> None:
    KeyringStore(backend=vault).put(KEY, PASSWORD)
    assert vault.entries == {("MailMove: imap.example", "anna@example"): PASSWORD.reveal()}
    assert KeyringStore(backend=vault).get(KEY) == PASSWORD
    assert KeyringStore("Other", backend=vault).get(KEY) is None


def test_the_keyring_is_asked_once_for_each_password(vault: Vault) -> None:
    KeyringStore(backend=vault).put(KEY, PASSWORD)
    store = KeyringStore(backend=vault)
    store.get(KEY)
    before = vault.calls
    assert store.get(KEY) == PASSWORD
    assert vault.calls == before


def test_a_keyring_that_works_is_chosen_and_left_as_it_was(vault: Vault) -> None:
    store, problem = choose_store(backend=vault)
    assert isinstance(store, KeyringStore)
    assert problem is None
    assert vault.entries == {}
    assert vault.calls == 3


@pytest.mark.expected_log(r"WARNING mailmove_gui\.secrets\.keyring_store: the keyring failed")
@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (keyring.errors.NoKeyringError("no D-Bus"), KeyringProblem.NONE_THERE),
        (keyring.errors.InitError("locked"), KeyringProblem.NO_ANSWER),
        (keyring.errors.KeyringLocked("dismissed"), KeyringProblem.NO_ANSWER),
        (keyring.errors.PasswordSetError("too long"), KeyringProblem.FAILED),
        (OSError("broken pipe"), KeyringProblem.FAILED),
    ],
)
def test_a_keyring_that_fails_leaves_memory_and_a_reason(
    vault: Vault, error: Exception, problem: KeyringProblem
) -> None:
    vault.before = fail_with(error)
    store, told = choose_store(backend=vault)
    assert isinstance(store, MemoryStore)
    assert told is problem


def test_a_keyring_that_forgets_is_not_used(vault: Vault) -> None:
    vault.get_password = lambda service, username: None  # type: ignore[method-assign]
    assert choose_store(backend=vault)[1] is KeyringProblem.FAILED
    assert vault.entries == {}


def test_a_locked_keyring_that_prompts_for_ever_is_given_up(stuck: Vault) -> None:
    store, problem = choose_store(backend=stuck, timeout_s=0.05)
    assert isinstance(store, MemoryStore)
    assert problem is KeyringProblem.NO_ANSWER


@pytest.mark.expected_log(r"WARNING mailmove_gui\.secrets\.keyring_store: the keyring failed")
def test_a_keyring_that_breaks_later_is_not_asked_again_and_nothing_is_lost(vault: Vault) -> None:
    store = KeyringStore(backend=vault)
    store.put(KEY, PASSWORD)
    vault.before = fail_with(OSError("gone"))
    other = SecretKey(Side.SOURCE, "imap.example", 993, "bo@example")
    store.put(other, PASSWORD)
    assert store.problem is KeyringProblem.FAILED
    calls = vault.calls
    assert (store.get(KEY), store.get(other)) == (PASSWORD, PASSWORD)
    assert store.get(SecretKey(Side.SOURCE, "imap.example", 993, "cy@example")) is None
    store.forget(other)
    assert store.get(other) is None
    assert vault.calls == calls


@pytest.mark.expected_log(r"WARNING mailmove_gui\.secrets\.keyring_store: the keyring failed")
def test_what_a_keyring_says_is_not_logged(vault: Vault, caplog: pytest.LogCaptureFixture) -> None:
    vault.before = fail_with(RuntimeError(f"cannot store {PASSWORD.reveal()}"))
    KeyringStore(backend=vault).put(KEY, PASSWORD)
    assert "RuntimeError" in caplog.text
    assert PASSWORD.reveal() not in caplog.text


class SystemVault(Vault):
    """As if it were the system's."""


SystemVault.__module__ = "keyring.backends.SecretService"


class PlaintextKeyring(Vault):
    """As if it were the one that writes a file."""


PlaintextKeyring.__module__ = "keyrings.alt.file"


def _fail() -> keyring.backend.KeyringBackend:
    return keyring.backends.fail.Keyring()  # type: ignore[no-untyped-call]


def _null() -> keyring.backend.KeyringBackend:
    return keyring.backends.null.Keyring()  # type: ignore[no-untyped-call]


class Chain:
    """What the keyring library puts together when there are several."""

    def __init__(self, *backends: Vault) -> None:
        self.backends = backends


def refused(configured: object) -> KeyringProblem:
    with pytest.raises(KeyringUnusable) as caught:
        system_keyring(configured)
    return caught.value.problem


def test_only_the_systems_own_keyring_is_used() -> None:
    system, plain = SystemVault(), PlaintextKeyring()
    assert system_keyring(system) is system
    assert system_keyring(Chain(plain, system)) is system
    assert refused(plain) is KeyringProblem.NOT_ALLOWED
    assert refused(Chain(plain)) is KeyringProblem.NOT_ALLOWED
    assert refused(_fail()) is KeyringProblem.NONE_THERE
    assert refused(_null()) is KeyringProblem.NONE_THERE
    assert refused(Chain()) is KeyringProblem.NONE_THERE


@pytest.mark.parametrize(
    ("configured", "problem"),
    [
        (PlaintextKeyring(), KeyringProblem.NOT_ALLOWED),
        (_null(), KeyringProblem.NONE_THERE),
        (_fail(), KeyringProblem.NONE_THERE),
    ],
)
def test_whatever_is_set_up_is_looked_at_first(
    monkeypatch: pytest.MonkeyPatch, configured: keyring.backend.KeyringBackend, problem: KeyringProblem
) -> None:
    monkeypatch.setattr(keyring, "get_keyring", lambda: configured)
    store, told = choose_store()
    assert isinstance(store, MemoryStore)
    assert told is problem
    if isinstance(configured, Vault):
        assert configured.calls == 0


def test_every_problem_has_its_own_words() -> None:
    assert len({keyring_sentence(problem) for problem in KeyringProblem}) == len(KeyringProblem)
