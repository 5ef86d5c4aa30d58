"""The users of a private Dovecot: a file of passwords for each."""

from __future__ import annotations

import base64
import hashlib
import itertools
import os
import re
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class User:
    """A mailbox on a server."""

    name: str
    password: str


class DovecotUsers:
    """Adds, changes and removes mailboxes while the server runs.

    passwords: folder with a passwd-file for each user. homes: folder with a home folder for each.
    """

    def __init__(self, passwords: Path, homes: Path) -> None:
        self._passwords = passwords
        self._homes = homes
        self._numbers = itertools.count(1)
        self._writings = itertools.count(1)

    def add_user(self, name: str, password: str, *, quota_bytes: int | None = None) -> User:
        """A new, empty mailbox; can be used at once.

        Raises ValueError for a name with "/", ":", "%" or white space, and for control characters in the password.
        """
        if self._user_file(name).exists():
            raise ValueError(f"{name} exists already")
        self._write_user(name, password, quota_bytes)
        return User(name, password)

    def new_user(self, password: str = "pass word", *, quota_bytes: int | None = None) -> User:
        """A mailbox with a name that no other has: one for each test."""
        return self.add_user(f"u{next(self._numbers)}", password, quota_bytes=quota_bytes)

    def set_password(self, name: str, password: str, *, quota_bytes: int | None = None) -> None:
        """The next login needs this password; the mailbox stays. Takes up to a second.

        The quota is written anew as well.
        """
        if not self._user_file(name).exists():
            raise ValueError(f"there is no {name}")
        self._write_user(name, password, quota_bytes)
        # Dovecot looks at most once in each second of the clock whether a file of passwords has changed.
        time.sleep(1.05 - time.time() % 1)

    def remove_user(self, name: str) -> None:
        """Takes the mailbox and all its mail away."""
        self._user_file(name).unlink()
        shutil.rmtree(self._homes / name, ignore_errors=True)

    def _user_file(self, name: str) -> Path:
        if not name or re.search(r"[/:%\s]|^\.", name):
            raise ValueError(f"not a name for a user: {name!r}")
        return self._passwords / name

    def _write_user(self, name: str, password: str, quota_bytes: int | None) -> None:
        if any(character < " " for character in password):
            raise ValueError("Dovecot refuses passwords with control characters at every login")
        # Salted and hashed, so that the file's own syntax (colons, percent signs, line ends) cannot touch a password.
        salt = secrets.token_bytes(8)
        digest = hashlib.sha256(password.encode() + salt).digest() + salt
        extra = "" if quota_bytes is None else f"userdb_quota_rule=*:bytes={quota_bytes}"
        line = f"{name}:{{SSHA256.b64}}{base64.b64encode(digest).decode()}::::::{extra}\n"
        target = self._user_file(name)
        beside = target.with_name(f".{name}.new")
        beside.write_text(line)
        beside.chmod(0o644)
        # Dovecot tells a changed file by whole seconds and by size: each writing gets a second of its own.
        written_s = 1_000_000_000 + next(self._writings)
        os.utime(beside, (written_s, written_s))
        beside.replace(target)
