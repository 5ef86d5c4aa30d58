"""Puts messages into a Dovecot's folders on disk: bytes, dates and keywords that no APPEND would let through."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_lowercase

from tests.servers.dovecot import MAIL_USER, Dovecot, User

_DATE_S = 1_489_454_813


@dataclass(frozen=True, slots=True)
class Filed:
    """A file of a Maildir.

    received_s: seconds since 1970, of which Dovecot makes INTERNALDATE. keyword: shown as it is, atom or not; up to 26
    different ones in a folder.
    """

    body: bytes
    received_s: int = _DATE_S
    keyword: bytes = b""


def put_on_disk(server: Dovecot, user: User, folder: str, messages: Sequence[Filed]) -> None:
    """Make a folder of a new mailbox with these messages; the server must have the layout "fs".

    folder: "INBOX", or the name as it is on disk, in modified UTF-7. UIDs follow the order given.
    """
    home = server.folder / "home" / user.name
    maildir = home / "Maildir" / ("" if folder == "INBOX" else folder)
    for name in ("cur", "new", "tmp"):
        (maildir / name).mkdir(parents=True, exist_ok=True)
    keywords = sorted({message.keyword for message in messages if message.keyword})
    if keywords:
        lines = (b"%d %s\n" % numbered for numbered in enumerate(keywords))
        (maildir / "dovecot-keywords").write_bytes(b"".join(lines))
    for number, message in enumerate(messages):
        letter = ascii_lowercase[keywords.index(message.keyword)] if message.keyword else ""
        file = maildir / "cur" / f"{_DATE_S + number}.M{number}P1.odd:2,{letter}"
        file.write_bytes(message.body)
        os.utime(file, (message.received_s, message.received_s))
    if os.getuid() == 0:
        for path in (home, *home.rglob("*")):
            shutil.chown(path, MAIL_USER, MAIL_USER)
