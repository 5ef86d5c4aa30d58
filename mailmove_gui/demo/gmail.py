"""Gmail's way to keep mail: every message once, shown in a folder for each of its labels and in All Mail."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from mailmove_gui.demo.folder import Folder, Message, NewMessage
from mailmove_gui.demo.imap_text import encode_name, quote
from mailmove_gui.demo.store import Store, User

# What is thrown away is not in All Mail.
_APART = frozenset({"\\Trash", "\\Junk"})
_SYSTEM_LABELS = {"\\Sent": b"\\Sent", "\\Drafts": b"\\Draft", "\\Flagged": b"\\Starred", "\\Important": b"\\Important"}


def message_number(message: Message) -> int:
    """X-GM-MSGID: the same in every folder. Two messages of one content are one here, as they mostly are there."""
    return int.from_bytes(hashlib.blake2b(message.content, digest_size=8).digest()) >> 1


def labels(store: Store, user: User, folder: Folder, message: Message) -> bytes:
    """X-GM-LABELS: the labels of a message, without that of the folder in which one looks."""
    found = []
    for path, other in user.folders.items():
        if other is folder or other.special_use in {"\\All", *_APART}:
            continue
        if any(one.content == message.content for one in other.messages):
            name = b"\\Inbox" if path == ("INBOX",) else _SYSTEM_LABELS.get(other.special_use or "")
            found.append(quote(name or encode_name(store.wire_name(path))))
    return b"(" + b" ".join(found) + b")"


def store_once(user: User, folder: Folder, new_messages: Sequence[NewMessage]) -> tuple[Message, ...]:
    """Store what is not there yet, in the folder and in All Mail; the messages of the folder, old or new."""
    stored = tuple(_stored(folder, new) for new in new_messages)
    if folder.special_use not in _APART:
        for other in user.folders.values():
            if other.special_use == "\\All" and other is not folder:
                for new in new_messages:
                    _stored(other, new)
    return stored


def _stored(folder: Folder, new: NewMessage) -> Message:
    known = next((message for message in folder.messages if message.content == new.content), None)
    return known or folder.add_messages((new,))[0]
