"""Puts messages into a Dovecot's folders on disk: bytes, dates and flags that no APPEND would let through."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.servers.dovecot import Dovecot, User

_LETTERS = {"\\Draft": "D", "\\Flagged": "F", "\\Answered": "R", "\\Seen": "S", "\\Deleted": "T"}
_DATE_S = 1_489_454_813


@dataclass(frozen=True, slots=True)
class Filed:
    """A file of a Maildir. received_s: seconds since 1970, of which Dovecot makes INTERNALDATE; flags: system flags."""

    body: bytes
    received_s: int = _DATE_S
    flags: tuple[str, ...] = ()


def put_on_disk(server: Dovecot, user: User, path: tuple[str, ...], messages: Iterable[Filed]) -> int:
    """Add files to a folder of a mailbox; returns how many. The server must have the layout "fs" and know the folder.

    path: ASCII, as it is on disk. The server finds them when the folder is opened next; UIDs follow the order given.
    """
    folder = server.folder / "home" / user.name / "Maildir"
    if path != ("INBOX",):
        folder = folder.joinpath(*path)
    _make(folder, server.folder / "home" / user.name)
    number = 0
    for number, message in enumerate(messages, 1):
        letters = "".join(sorted(_LETTERS[flag] for flag in message.flags))
        file = folder / "cur" / f"{_DATE_S + number}.M{number}P1.odd:2,{letters}"
        file.write_bytes(message.body)
        os.utime(file, (message.received_s, message.received_s))
        _give(file, server)
    return number


def _make(folder: Path, home: Path) -> None:
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for made in (home, *home.rglob("*")):
        if made.is_dir():
            _give(made, None)


def _give(path: Path, server: Dovecot | None) -> None:
    if os.getuid() == 0:
        shutil.chown(path, "mail", "mail")
