import threading
from collections.abc import Callable
from dataclasses import replace

import keyring.errors
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.endpoints import Endpoint, Security
from mailmove_gui.domain.plan import Account, Mailbox, MigrationPlan, new_plan_id, plan_from_json, plan_to_json
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import KeyringProblem, RemovedPasswords, Secret, SecretKey
from mailmove_gui.secrets import KeyringStore, MemoryStore, SystemKeyring
from mailmove_gui.secrets.keyring_store import entry_name
from tests.unit.secrets.vault import PlaintextKeyring, Vault, fail_with

P = KeyringProblem
ID = "0123456789abcdef0123456789abcdef"
KEY = SecretKey(Side.SOURCE, "imap.example", 993, "anna@example")
OTHER = replace(KEY, user="bo@example")
PASSWORD = Secret('pä"ss\\§密码')
WARNED = pytest.mark.expected_log(r"WARNING mailmove_gui\.secrets\.system_keyring: the keyring failed")


def store_of(
    vault: Vault, migration_id: str = ID, tell: Callable[[KeyringProblem], None] | None = None
) -> KeyringStore:
    """As a program that has just started would make it."""
    return KeyringStore(migration_id, SystemKeyring(backend=vault), tell or (lambda _problem: None))


def save(store: KeyringStore) -> None:
    store.save(CancelToken())


def keep(vault: Vault, *keys: SecretKey) -> None:
    store = store_of(vault)
    for key in keys:
        store.put(key, PASSWORD)
    save(store)


@pytest.fixture(params=["memory", "keyring"])
def store(request: pytest.FixtureRequest, vault: Vault) -> MemoryStore | KeyringStore:
    return MemoryStore() if request.param == "memory" else store_of(vault)


def test_a_store_keeps_replaces_and_forgets(store: MemoryStore | KeyringStore) -> None:
    assert store.get(KEY) is None
    store.put(KEY, PASSWORD)
    assert store.get(KEY) == PASSWORD
    store.put(KEY, Secret("other"))
    assert store.get(KEY) == Secret("other")
    assert store.get(OTHER) is None
    assert store.get(replace(KEY, host="other.example")) is None
    store.forget(KEY)
    store.forget(KEY)
    assert store.get(KEY) is None


def test_a_host_is_the_same_however_it_is_written(store: MemoryStore | KeyringStore) -> None:
    store.put(SecretKey(Side.SOURCE, "IMAP.Example.", 993, " anna@example"), PASSWORD)
    assert store.get(KEY) == PASSWORD


def test_removed_is_removed_everywhere(store: MemoryStore | KeyringStore, vault: Vault) -> None:
    store.put(KEY, PASSWORD)
    store.save(CancelToken())
    store.release([KEY])
    assert vault.entries == {}
    assert store.get(KEY) == PASSWORD
    store.remove([KEY])
    assert store.get(KEY) is None


def test_the_keyring_keeps_it_for_the_next_program(vault: Vault) -> None:
    keep(vault, KEY)
    name = f"MailMove: source anna@example at imap.example:993, migration {ID}"
    assert vault.entries == {(name, "anna@example"): PASSWORD.reveal()}
    assert store_of(vault).get(KEY) == PASSWORD


def test_putting_does_not_wait_for_the_keyring(stuck: Vault) -> None:
    store = store_of(stuck)
    store.put(KEY, PASSWORD)
    assert store.get(KEY) == PASSWORD
    assert stuck.calls == 0


# A foreign file: whatever is changed in a plan, it has no other password than its own.


def plan(migration_id: str = ID) -> MigrationPlan:
    mailboxes = Mailbox(Endpoint("imap.example", 993), "anna@example"), Mailbox(Endpoint("new.example", 993), "anna")
    return MigrationPlan("Acme", (Account("a", *mailboxes),), id=migration_id)


def passwords_found(vault: Vault, text: str) -> list[Secret | None]:
    """Those that a program would use which opens a file with this plan in it."""
    opened = plan_from_json(text)
    store = store_of(vault, opened.id)
    return [store.get(account.secret_key(side)) for account in opened.accounts for side in Side]


@pytest.mark.parametrize(
    ("there", "here"),
    [
        ("imap.example:993", "imap.example.evil:993"),
        ("imap.example:993", "evil.example:993"),
        ("imap.example:993", "imap.example:1993"),
        ('993", "anna@example"', '993", "bo@example"'),
        (ID, new_plan_id()),
        (ID, ID.upper()),
        (ID, f"x, migration {ID}"),
        # The user name tries to bring a server and a migration of its own.
        ('"anna@example"', f'"anna@example at imap.example:993, migration {ID}"'),
    ],
)
def test_a_changed_file_finds_nothing(vault: Vault, there: str, here: str) -> None:
    text = plan_to_json(plan())
    keep(vault, plan().accounts[0].secret_key(Side.SOURCE))
    assert passwords_found(vault, text) == [PASSWORD, None]
    changed = text.replace(there, here)
    assert changed != text
    assert passwords_found(vault, changed) == [None, None]


def test_a_file_with_its_sides_exchanged_finds_nothing(vault: Vault) -> None:
    (account,) = plan().accounts
    keep(vault, account.secret_key(Side.SOURCE), account.secret_key(Side.DESTINATION))
    exchanged = replace(account, source=account.destination, destination=account.source)
    assert passwords_found(vault, plan_to_json(plan())) == [PASSWORD, PASSWORD]
    assert passwords_found(vault, plan_to_json(replace(plan(), accounts=(exchanged,)))) == [None, None]


# As a host can be once it has been read from a file: no blank in it.
_HOSTS = st.text(st.sampled_from("ab:,.migration-"), min_size=1, max_size=12)
_WORDS = st.lists(st.sampled_from(["a", "b", " at ", "h:1", ", migration ", "source ", "MailMove: ", "@"]), max_size=6)
_TEXTS = _WORDS.map("".join).map(str.strip)
_ENTRIES = st.tuples(
    _TEXTS,
    st.builds(SecretKey, st.sampled_from(Side), _HOSTS, st.integers(1, 65535), _TEXTS, st.sampled_from(Security)),
)


@given(_ENTRIES, _ENTRIES)
def test_two_entries_have_one_name_only_if_they_are_one(
    one: tuple[str, SecretKey], other: tuple[str, SecretKey]
) -> None:
    def exact(entry: tuple[str, SecretKey]) -> tuple[str, SecretKey]:
        return entry[0], replace(entry[1], host=entry[1].host.rstrip(".").casefold())

    assert (entry_name(*one) == entry_name(*other)) == (exact(one) == exact(other))


# Failures


def test_the_keyring_is_asked_once_for_each_password(vault: Vault) -> None:
    keep(vault, KEY)
    store = store_of(vault)
    store.get(KEY)
    before = vault.calls
    assert store.get(KEY) == PASSWORD
    assert vault.calls == before


@WARNED
def test_a_keyring_that_breaks_later_is_told_of_once_and_nothing_is_lost(vault: Vault) -> None:
    told: list[KeyringProblem] = []
    store = store_of(vault, tell=told.append)
    store.put(KEY, PASSWORD)
    save(store)
    assert told == []
    vault.before = fail_with(OSError("gone"))
    store.put(OTHER, PASSWORD)
    save(store)
    assert told == [P.STOPPED]
    calls = vault.calls
    save(store)
    assert (store.get(KEY), store.get(OTHER)) == (PASSWORD, PASSWORD)
    assert store.get(replace(KEY, user="cy@example")) is None
    store.forget(OTHER)
    assert store.get(OTHER) is None
    assert told == [P.STOPPED]
    assert vault.calls == calls


def test_a_get_that_fails_is_told_too(stuck: Vault) -> None:
    told: list[KeyringProblem] = []
    store = KeyringStore(ID, SystemKeyring(backend=stuck, timeout_s=0.05), told.append)
    assert store.get(KEY) is None
    assert told == [P.NO_ANSWER]


@WARNED
def test_a_password_that_is_refused_stays_in_memory_and_the_others_are_kept(vault: Vault) -> None:
    class TooLong(Exception):
        winerror = 1783

    limited = vault.set_password

    def set_password(service: str, username: str, password: str) -> None:
        if len(password.encode("utf-16-le")) > 2560:
            raise TooLong
        limited(service, username, password)

    vault.set_password = set_password  # type: ignore[method-assign]
    told: list[KeyringProblem] = []
    store = store_of(vault, tell=told.append)
    long = Secret("x" * 1281)
    keys = [replace(KEY, user=f"user{number}") for number in range(6)]
    for number, key in enumerate(keys):
        store.put(key, long if number % 2 else PASSWORD)
    save(store)
    assert told == [P.REFUSED]
    assert [store.get(key) for key in keys] == [PASSWORD, long] * 3
    assert [store_of(vault).get(key) for key in keys] == [PASSWORD, None] * 3


def test_one_migration_waits_for_no_other_ones_prompt(stuck: Vault) -> None:
    shared = SystemKeyring(backend=stuck, timeout_s=10)
    waiting, free = KeyringStore("one", shared), KeyringStore("two", shared)
    thread = threading.Thread(target=save, args=(waiting,), daemon=True)
    thread.start()
    free.put(KEY, PASSWORD)
    assert free.get(KEY) == PASSWORD
    assert thread.is_alive()
    stuck.before = lambda: None
    stuck.answered.set()
    thread.join(10)


def test_saving_ends_when_asked_to(vault: Vault) -> None:
    store, cancel = store_of(vault), CancelToken()
    for number in range(50):
        store.put(replace(KEY, user=str(number)), PASSWORD)
    probe_and_three = 4 + 3

    def count() -> None:
        if vault.calls == probe_and_three:
            cancel.cancel()

    vault.before = count
    store.save(cancel)
    assert len(vault.entries) == 3
    store.save(CancelToken())
    assert len(vault.entries) == 50


# Removing


def test_only_this_migrations_entries_are_removed(vault: Vault) -> None:
    keep(vault, KEY, OTHER)
    foreign = store_of(vault, "other")
    foreign.put(KEY, PASSWORD)
    save(foreign)
    assert store_of(vault).remove([KEY, OTHER, replace(KEY, port=143)]) == RemovedPasswords(2)
    assert len(vault.entries) == 1
    assert store_of(vault, "other").get(KEY) == PASSWORD


def test_what_was_not_saved_yet_is_not_saved_after_its_removal(vault: Vault) -> None:
    store = store_of(vault)
    store.put(KEY, PASSWORD)
    store.remove([KEY])
    save(store)
    assert vault.entries == {}


@WARNED
def test_a_removal_says_what_it_could_not_do(vault: Vault) -> None:
    keep(vault, KEY)
    vault.before = fail_with(keyring.errors.KeyringLocked("dismissed"))
    store = store_of(vault)
    assert store.release([KEY]) == RemovedPasswords(0, P.DISMISSED)
    assert store.remove([KEY]) == RemovedPasswords(0, P.DISMISSED)
    vault.before = lambda: None
    assert store.release([KEY]) == RemovedPasswords(0, P.DISMISSED), "not asked again of its own accord"
    assert store.remove([KEY]) == RemovedPasswords(1), "asked again because somebody wants it"
    assert vault.entries == {}


def test_where_no_keyring_is_used_there_is_nothing_to_remove(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "get_keyring", PlaintextKeyring)
    store = KeyringStore(ID, SystemKeyring())
    store.put(KEY, PASSWORD)
    assert store.remove([KEY]) == RemovedPasswords()
    assert store.get(KEY) is None
