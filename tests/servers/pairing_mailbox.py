"""The mailbox that is moved between servers of every kind: what people have, and what servers stumble over."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime

from tests.mailboxes.fill import append_head, fill
from tests.mailboxes.folders import GeneratedFolder, GeneratedMessage
from tests.mailboxes.generate import generate_mailbox
from tests.servers.compare import FolderMap, FolderPath
from tests.servers.dovecot_users import User
from tests.servers.mail_server import MailServer
from tests.servers.tolerances import Kind
from tests.servers.wire import Wire, WireError, namespace_of, quoted

_MESSAGES = 60
DATE = datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC)
ODD: FolderPath = ("Odd mail",)

# What the special folders of each kind of source are called: Courier's have nothing but their names.
_SPECIAL_NAMES: dict[Kind, dict[str, str]] = {
    "dovecot": {"Sent": "Sent", "Drafts": "Drafts", "Junk": "Junk"},
    "cyrus": {"Sent": "Sent", "Drafts": "Drafts", "Junk": "Junk"},
    "courier": {"Sent": "已发送", "Drafts": "Entwürfe", "Junk": "Spam"},
}
# Cyrus has no braces in names, nor several other characters.
_ODD_NAME, _ODD_NAME_AT_CYRUS = "notes (old) [1] {2} #3", "notes (old) [1] _2_ #3"
_HEAD = b"From: odd@example.org\r\nDate: Thu, 04 Mar 2021 05:06:07 +0000\r\n"

ODD_MAIL: dict[str, bytes] = {
    "NUL": _HEAD + b"Subject: nul\r\nMessage-ID: <nul@example.org>\r\n\r\na\0b\0\r\n",
    "NUL in the header": _HEAD + b"Subject: n\0l\r\n\r\ntext\r\n",
    "bare LF": _HEAD + b"Subject: bare LF\n\ntext\r\nand\nmore\r\n",
    "bare CR": _HEAD + b"Subject: bare CR\r\n\r\none\rtwo\r\n",
    "no final CRLF": _HEAD + b"Subject: no end\r\n\r\nends here",
    "8-bit header": _HEAD + "Subject: 会议 报告\r\nMessage-ID: <eight@example.org>\r\n\r\n正文\r\n".encode("gb18030"),
    "8-bit header without Message-ID": _HEAD + "Subject: Grüße\r\n\r\ntext\r\n".encode(),
    "8-bit header and bare CR": _HEAD + "Subject: Übergabe\r\n\r\none\rtwo".encode(),
    "empty": b"",
    "blank lines only": b"\r\n\r\n",
    "no header": b"\r\nonly a text\r\n",
    "no header, no blank line": b"no colon here, just words\r\nand more words\r\n",
    "header only": _HEAD + b"Subject: header only\r\n\r\n",
    "header without a blank line": _HEAD + b"Subject: cut off\r\n",
    "long line": _HEAD + b"Subject: long\r\n\r\n" + b"x" * 20_000 + b"\r\n",
}


def generated(kind: Kind, separator: str, seed: int) -> list[GeneratedFolder]:
    """Folders and mail that a source of this kind takes without a word."""
    special = _SPECIAL_NAMES[kind]
    paths: list[FolderPath] = [
        ("INBOX",),
        (special["Sent"],),
        (special["Drafts"],),
        (special["Junk"],),
        ("Kunden & Co", "Müller - Söhne"),
        ("客户", "重要 邮件", "2024"),
        (_ODD_NAME if kind != "cyrus" else _ODD_NAME_AT_CYRUS, "Zoë's ~ file"),
    ]
    if separator == "/":
        paths.append(("v1.2 notes",))
    messages = itertools.chain.from_iterable(folder.messages for folder in generate_mailbox(_MESSAGES, 1, seed))
    contents: dict[FolderPath, list[GeneratedMessage]] = {path: [] for path in paths}
    for path, message in zip(itertools.cycle(paths), messages, strict=False):
        contents[path].append(message)
    # Three times the same, twice here and once there.
    twin = contents[paths[0]][0]
    contents[paths[0]].append(twin)
    contents[paths[4]].append(twin)
    folders = [
        GeneratedFolder(path, tuple(found), number % 3 != 2) for number, (path, found) in enumerate(contents.items())
    ]
    return [*folders, GeneratedFolder(("Empty", "也是空的"), (), is_subscribed=True)]


def put(server: MailServer, user: User, folders: Sequence[GeneratedFolder]) -> None:
    """Fills a mailbox; all must be taken."""
    with Wire(server.host, server.imap_port) as wire:
        wire.login(user.name, user.password)
        fill(wire, folders)


def put_odd_mail(server: MailServer, user: User) -> None:
    """Fills the folder of odd mail with as much of it as this server takes."""
    with Wire(server.host, server.imap_port) as wire:
        wire.login(user.name, user.password)
        fill(wire, [GeneratedFolder(ODD, ())])
        for body in ODD_MAIL.values():
            takes(wire, ODD, body)


def takes(wire: Wire, folder: FolderPath, body: bytes) -> bool:
    """Whether a server takes a message that is appended alone, in the plainest way."""
    head = append_head(GeneratedMessage(body, ("\\Seen",), DATE))
    try:
        wire.append(quoted(namespace_of(wire).name_of(folder)), [(head, body)])
    except WireError:
        return False
    return True


def expected_map(source: Kind, destination: Kind, separator: str) -> FolderMap:
    """Where the folders of `generated` must lie at the destination, as far as they have another name there."""
    renamed: dict[FolderPath, FolderPath] = {}
    if destination == "cyrus":
        renamed[(_ODD_NAME,)] = (_ODD_NAME_AT_CYRUS,)
    if separator == ".":
        renamed[("v1.2 notes",)] = ("v1_2 notes",)
    if destination != "courier":
        # It has special folders of its own; at Courier none is there, and names stay.
        renamed |= {(name,): (role,) for role, name in _SPECIAL_NAMES[source].items() if name != role}
    return renamed
