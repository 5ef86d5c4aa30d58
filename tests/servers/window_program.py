"""What the window does, without one: the bridge with the real world behind it, in a program of its own.

``python -m tests.servers.window_program HOME`` reads commands from standard input, one JSON object a line, and prints
what comes of them in the same way: see `window_client`.
"""

import json
import logging
import os
import sys
import threading
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot

from mailmove_gui.app import Samples, Secrets, log_to_file, make_services
from mailmove_gui.desktop.bridge.controller import Controller
from mailmove_gui.desktop.bridge.open_document import NewMigration, OpenedMigration
from mailmove_gui.desktop.bridge.recent import RecentMigrations
from mailmove_gui.desktop.bridge.threads import QtSpawn
from mailmove_gui.domain.endpoints import Endpoint, Security
from mailmove_gui.domain.events import AccountChanged, Event, QueueEmptied
from mailmove_gui.domain.plan import Account, Mailbox, MigrationPlan, account_id
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import KeyringProblem, RemovedPasswords, Secret, SecretKey
from mailmove_gui.secrets import Redactor

_JOIN_S = 10.0


class _Program(QObject):
    """A controller that is told what to do."""

    told = Signal(str)

    def __init__(self, home: Path) -> None:
        super().__init__()
        redactor = Redactor()
        log_to_file(home / "log", redactor)
        logging.getLogger().setLevel(logging.DEBUG)
        folders = {"migrations_folder": home / "migrations", "settings_folder": home / "settings"}
        services = make_services(Secrets(redactor), Samples(), **folders)
        self.spawn = QtSpawn()
        self._controller = Controller(services, self.spawn, RecentMigrations(home / "settings"), self)
        self._controller.opened.connect(self._opened)
        self._controller.happened.connect(self._happened)
        self._controller.keyring_failed.connect(self._keyring_failed)
        self._controller.passwords_removed.connect(self._removed)
        self._controller.closed.connect(self._closed)
        self._states: dict[str, str] = {}
        self.told.connect(self._do)

    def listen(self) -> None:
        """Read commands until there are no more; in a thread of its own."""
        for line in sys.stdin:
            self.told.emit(line)

    @Slot(str)
    def _do(self, line: str) -> None:
        command = json.loads(line)
        match command["do"]:
            case "create":
                accounts, passwords = _read_accounts(command)
                start = tuple(account.id for account in accounts)
                plan = MigrationPlan("Acme", accounts)
                self._controller.create(NewMigration(Path(command["path"]), plan, passwords, start=start))
            case "open":
                self._controller.open(Path(command["path"]))
            case "type":
                accounts, passwords = _read_accounts(command)
                self._controller.take_passwords(passwords, [account.id for account in accounts])
            case "start":
                self._controller.start()
            case "remove":
                self._controller.remove_passwords()
            case "close":
                self._controller.close()
            case other:
                raise AssertionError(other)

    @Slot(object)
    def _opened(self, opened: OpenedMigration) -> None:
        self._states = {record.account_id: record.state.value for record in opened.records}
        _say(opened=True)

    @Slot(object)
    def _happened(self, events: tuple[Event, ...]) -> None:
        for event in events:
            if isinstance(event, AccountChanged):
                self._states[event.account_id] = event.state.value
            elif isinstance(event, QueueEmptied):
                _say(rest=sorted(self._states.values()))

    @Slot(object)
    def _keyring_failed(self, problem: KeyringProblem) -> None:
        _say(keyring=problem.value)

    @Slot(object)
    def _removed(self, removed: RemovedPasswords) -> None:
        _say(removed=[removed.count, removed.problem])

    @Slot(bool)
    def _closed(self, ended: bool) -> None:
        _say(closed=ended and self._controller.join(_JOIN_S))
        QCoreApplication.quit()


def _read_accounts(command: dict[str, Any]) -> tuple[tuple[Account, ...], dict[SecretKey, Secret]]:
    old, new = (Endpoint("127.0.0.1", port, Security.PLAIN) for port in command["ports"])
    accounts, passwords = [], {}
    for (old_user, old_password), (new_user, new_password) in command["pairs"]:
        account = Account(account_id(old_user, new_user), Mailbox(old, old_user), Mailbox(new, new_user))
        passwords[account.secret_key(Side.SOURCE)] = Secret(old_password)
        passwords[account.secret_key(Side.DESTINATION)] = Secret(new_password)
        accounts.append(account)
    return tuple(accounts), passwords


def _say(**what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main(home: str) -> None:
    """Run until told to close."""
    application = QCoreApplication(sys.argv)
    program = _Program(Path(home))
    threading.Thread(target=program.listen, daemon=True).start()
    application.exec()
    # The reader hangs in standard input, whose lock Python would wait for.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
