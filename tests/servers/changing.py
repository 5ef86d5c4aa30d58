"""Accounts whose servers and users change things between two passes: a real Dovecot, or the embedded server."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mailmove_gui.demo import EmbeddedServer
from mailmove_gui.demo import User as EmbeddedUser
from mailmove_gui.domain.endpoints import Endpoint, Security
from mailmove_gui.domain.plan import Account, Mailbox, MigrationPlan
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.records import AccountRecord
from mailmove_gui.domain.secret import Secret
from mailmove_gui.engine.migration import Migration
from mailmove_gui.ledger import create_ledger, open_ledger
from mailmove_gui.mail import ServerGateway
from mailmove_gui.secrets import MemoryStore
from tests.mailboxes.fill import fill
from tests.mailboxes.folders import GeneratedFolder
from tests.servers.compare import FolderPath, Snapshot, multiset_of_hashes, snapshot
from tests.servers.dovecot import Dovecot, User
from tests.servers.wire import Wire, namespace_of, quoted

_PASS_TIMEOUT_S = 60


class Served(Protocol):
    """A mailbox, and what happens to it apart from IMAP."""

    host: str
    port: int
    name: str
    password: str

    def renumber(self, path: FolderPath) -> None:
        """A new UIDVALIDITY."""
        ...

    def keep_copy(self) -> None:
        """Make a backup."""
        ...

    def restore(self) -> None:
        """Be as at the time of the backup, numbers included."""
        ...


class OnDovecot:
    """A mailbox on a real Dovecot."""

    def __init__(self, server: Dovecot, user: User) -> None:
        self.host, self.port, self.name, self.password = server.host, server.imap_port, user.name, user.password
        self._server = server
        self._home = server.folder / "home" / user.name
        self._copy = server.folder / "backups" / user.name

    def renumber(self, path: FolderPath) -> None:
        new = max(2_000_000_000, self._validity(path) + 1)
        self._doveadm("mailbox", "update", "-u", self.name, "--uid-validity", str(new), "/".join(path))

    def keep_copy(self) -> None:
        # By its own program: owners and times stay.
        self._copy.parent.mkdir(exist_ok=True)
        subprocess.run(["cp", "-a", self._home, self._copy], check=True, timeout=10)

    def restore(self) -> None:
        shutil.rmtree(self._home)
        subprocess.run(["cp", "-a", self._copy, self._home], check=True, timeout=10)

    def _validity(self, path: FolderPath) -> int:
        words = self._doveadm("mailbox", "status", "-u", self.name, "uidvalidity", "/".join(path))
        return int(words.rpartition("uidvalidity=")[2])

    def _doveadm(self, *arguments: str) -> str:
        command = ["doveadm", "-c", str(self._server.folder / "dovecot.conf"), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=10).stdout


class OnEmbedded:
    """A mailbox on the embedded server."""

    def __init__(self, server: EmbeddedServer, user: EmbeddedUser) -> None:
        self.host, self.port, self.name, self.password = server.host, server.imap_port, user.name, user.password
        self._user = user
        self._copy: dict[FolderPath, int] = {}

    def renumber(self, path: FolderPath) -> None:
        self._user.folder(path).renumber()

    def keep_copy(self) -> None:
        self._copy = {path: folder.uid_next for path, folder in self._user.folders.items()}

    def restore(self) -> None:
        # As far as the tests need it: what has come since is gone, and its UIDs are given again.
        for path, uid_next in self._copy.items():
            folder = self._user.folder(path)
            folder.expunge([message.uid for message in folder.messages if message.uid >= uid_next])
            folder.uid_next = uid_next


@dataclass
class ChangingAccount:
    """An account with its ledger, and what people do at its two mailboxes."""

    old: Served
    new: Served
    state: Path

    def __post_init__(self) -> None:
        self.account = Account("the one", _mailbox(self.old), _mailbox(self.new))
        create_ledger(self.state, MigrationPlan("changes", (self.account,))).close()

    @contextmanager
    def opened(self) -> Iterator[tuple[Migration, AccountRecord]]:
        """A program of its own, after a pass: what it leaves in the file is all that the next one knows."""
        secrets = MemoryStore()
        for side, served in ((Side.SOURCE, self.old), (Side.DESTINATION, self.new)):
            secrets.put(self.account.secret_key(side), Secret(served.password))
        ledger = open_ledger(self.state)
        migration = Migration(ledger, ServerGateway(), secrets, lambda event: None)
        try:
            migration.start([self.account.id])
            assert migration.wait(_PASS_TIMEOUT_S)
            yield migration, migration.snapshot()[0]
        finally:
            assert migration.close()
            ledger.close()

    def pass_over(self) -> AccountRecord:
        """One pass, by a program of its own."""
        with self.opened() as (_migration, record):
            return record

    def bring_back(self) -> AccountRecord:
        """A pass, after which what is missing is asked for."""
        with self.opened() as (migration, _record):
            migration.bring_back(self.account.id)
            assert migration.wait(_PASS_TIMEOUT_S)
            return migration.snapshot()[0]

    def hashes(self) -> tuple[Counter[str], Counter[str]]:
        """What is at the source, and at the destination."""
        return multiset_of_hashes(look(self.old)), multiset_of_hashes(look(self.new))


def look(served: Served) -> Snapshot:
    """What is in a mailbox now."""
    return snapshot(served.host, served.port, served.name, served.password)


def put(served: Served, *folders: GeneratedFolder) -> None:
    """Add folders and messages."""
    with by_hand(served) as wire:
        fill(wire, folders)


@contextmanager
def by_hand(served: Served) -> Iterator[Wire]:
    """A mail program of the user."""
    with Wire(served.host, served.port) as wire:
        wire.login(served.name, served.password)
        yield wire


def rename(served: Served, path: FolderPath, new: FolderPath) -> None:
    with by_hand(served) as wire:
        namespace = namespace_of(wire)
        wire.run(b"RENAME", quoted(namespace.name_of(path)), quoted(namespace.name_of(new)))


def remove_folder(served: Served, path: FolderPath) -> None:
    with by_hand(served) as wire:
        wire.run(b"DELETE", quoted(namespace_of(wire).name_of(path)))


def delete(served: Served, path: FolderPath, subject: str, *, filed_to: FolderPath | None = None) -> None:
    """Delete the first message of that subject, or file it elsewhere."""
    uid = b"%d" % next(fact.uid for fact in look(served)[path] if fact.subject == subject)
    with by_hand(served) as wire:
        namespace = namespace_of(wire)
        wire.run(b"SELECT", quoted(namespace.name_of(path)))
        if filed_to is not None:
            wire.run(b"UID COPY", uid, quoted(namespace.name_of(filed_to)))
        wire.run(b"UID STORE", uid, rb"+FLAGS (\Deleted)")
        wire.run(b"UID EXPUNGE", uid)


def _mailbox(served: Served) -> Mailbox:
    return Mailbox(Endpoint(served.host, served.port, Security.PLAIN), served.name)
