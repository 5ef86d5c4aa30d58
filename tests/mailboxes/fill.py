"""Puts messages on a server as fast as it takes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from tests.mailboxes.folders import GeneratedFolder, GeneratedMessage
from tests.servers.compare import MONTHS
from tests.servers.wire import Wire, list_folders, namespace_of, quoted

_BATCH_MESSAGES = 200
_BATCH_BYTES = 8 * 1024**2


def date_time(moment: datetime) -> str:
    """As APPEND wants it, RFC 3501 §9: `17-Jul-1996 02:44:25 -0700`. Raises ValueError without a zone."""
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError("a date without a zone")
    minutes = round(offset.total_seconds() / 60)
    sign, minutes = ("-", -minutes) if minutes < 0 else ("+", minutes)
    # By hand: strftime writes the months in the language of the machine.
    zone = f"{sign}{minutes // 60:02}{minutes % 60:02}"
    return f"{moment.day:02}-{MONTHS[moment.month - 1]}-{moment.year:04} {moment:%H:%M:%S} {zone}"


def append_head(message: GeneratedMessage) -> bytes:
    """Flags and date as they stand before the literal in APPEND, with the space that follows them."""
    return f'({" ".join(message.flags)}) "{date_time(message.internal_date)}" '.encode()


def _batches(messages: Sequence[GeneratedMessage], largest: int) -> Iterator[list[tuple[bytes, bytes]]]:
    batch: list[tuple[bytes, bytes]] = []
    size_bytes = 0
    for message in messages:
        if batch and (len(batch) >= largest or size_bytes + len(message.body) > _BATCH_BYTES):
            yield batch
            batch, size_bytes = [], 0
        batch.append((append_head(message), message.body))
        size_bytes += len(message.body)
    if batch:
        yield batch


def fill(wire: Wire, folders: Iterable[GeneratedFolder]) -> int:
    """Creates the folders where they are missing, subscribes, appends all messages in their order.

    wire: logged in. Returns the number of messages appended. Uses MULTIAPPEND and LITERAL+ where they are announced.
    Raises `WireError` if the server refuses something, ValueError for a name that this server cannot have.
    """
    namespace = namespace_of(wire)
    there = {folder.path for folder in list_folders(wire)}
    largest = _BATCH_MESSAGES if b"MULTIAPPEND" in wire.capabilities() else 1
    appended = 0
    for folder in folders:
        name = quoted(namespace.name_of(folder.path))
        if folder.path not in there:
            wire.run(b"CREATE", name)
        if folder.is_subscribed:
            wire.run(b"SUBSCRIBE", name)
        for batch in _batches(folder.messages, largest):
            wire.append(name, batch)
            appended += len(batch)
    return appended
