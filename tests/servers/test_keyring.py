"""Passwords in a real keyring: GNOME's, on a D-Bus of its own, asked by programs of their own."""

import json
from pathlib import Path

import pytest

from tests.servers.leaks import leaks_below
from tests.servers.secret_service import SecretService

pytestmark = pytest.mark.keyring

ID = "0123456789abcdef0123456789abcdef"
USERS = ("anna@old.example", "博@old.example")
PASSWORD = '=x§*("ü 密码'

# What a program sees is printed as JSON; every run is a program that has just started.
_PROGRAM = f"""
import json, sys
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret, SecretKey
from mailmove_gui.secrets import KeyringStore, SystemKeyring

told = []
store = KeyringStore({ID!r}, SystemKeyring(), lambda problem: told.append(problem.value))
keys = [SecretKey(side, "imap.old.example", 993, user) for user in {USERS!r} for side in Side]
"""
_SAVE = f"""
for number, key in enumerate(keys):
    store.put(key, Secret({PASSWORD!r} + str(number)))
store.save(CancelToken())
"""
_READ = """
found = [store.get(key) for key in keys]
print(json.dumps([told, [secret and secret.reveal() for secret in found]]))
"""
_REMOVE = """
removed = store.remove(keys)
print(json.dumps([removed.count, removed.problem, [store.get(key) is None for key in keys]]))
"""


def names() -> list[str]:
    label = "Password for '{0}' on 'MailMove: {1} {0} at imap.old.example:993, migration " + ID + "'"
    return sorted(label.format(user, side) for user in USERS for side in ("source", "destination"))


def below(service: SecretService, folder: Path | None = None) -> list[str]:
    passwords = [(user, PASSWORD + str(number)) for number in range(4) for user in USERS]
    return leaks_below(folder or service.folder, passwords)


def test_a_keyring_keeps_passwords_from_one_program_to_the_next(secret_service: SecretService) -> None:
    read = json.loads(secret_service.run(_PROGRAM + _SAVE + _READ))
    assert read == [[], [PASSWORD + str(number) for number in range(4)]]
    assert secret_service.labels() == names()
    assert json.loads(secret_service.run(_PROGRAM + _READ)) == read
    assert len(secret_service.keyring_files) > 0
    assert below(secret_service) == []

    assert json.loads(secret_service.run(_PROGRAM + _REMOVE)) == [4, None, [True] * 4]
    assert secret_service.labels() == []
    assert json.loads(secret_service.run(_PROGRAM + _READ)) == [[], [None] * 4]
    assert below(secret_service) == []


def test_a_locked_keyring_leaves_memory(locked_secret_service: SecretService) -> None:
    read = json.loads(locked_secret_service.run(_PROGRAM + _SAVE + _READ))
    assert read == [["dismissed"], [PASSWORD + str(number) for number in range(4)]]
    assert json.loads(locked_secret_service.run(_PROGRAM + _READ)) == [["dismissed"], [None] * 4]
    assert json.loads(locked_secret_service.run(_PROGRAM + _REMOVE)) == [0, "dismissed", [True] * 4]
    assert below(locked_secret_service) == []


def test_a_keyring_that_goes_away_is_told_of(secret_service: SecretService) -> None:
    gone = """
import os
os.environ["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent"
"""
    again = json.loads(secret_service.run(_PROGRAM + _SAVE + gone + _SAVE + _READ))
    assert again == [["stopped"], [PASSWORD + str(number) for number in range(4)]]


def test_without_a_bus_there_is_no_keyring(secret_service: SecretService) -> None:
    gone = "import os; os.environ['DBUS_SESSION_BUS_ADDRESS'] = 'unix:path=/nonexistent'\n"
    read = json.loads(secret_service.run(gone + _PROGRAM + _SAVE + _READ))
    assert read == [["none_there"], [PASSWORD + str(number) for number in range(4)]]
