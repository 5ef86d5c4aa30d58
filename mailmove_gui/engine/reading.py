"""The reading half of a transfer: pending messages, batch after batch."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mailmove_gui.domain.identity import content_hash, header_key
from mailmove_gui.domain.messages import FetchedMessage
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.records import PendingMessage, RefusalRecord, SourceFolderRecord
from mailmove_gui.engine.context import Pass

BATCH_MESSAGES = 100
BATCH_BYTES = 8 * 1024 * 1024
_FETCH_TRIES = 3


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """A message in memory, and its row; `is_short` if the source handed out less than it says there is."""

    row: PendingMessage
    body: bytes
    header_key: bytes
    content_hash: bytes
    is_short: bool = False


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """Messages of one source folder, ascending as they arrived there."""

    folder: SourceFolderRecord
    messages: tuple[ReadMessage, ...]

    @property
    def size_bytes(self) -> int:
        """Bytes held in memory."""
        return sum(len(message.body) for message in self.messages)


def read_batches(run: Pass, folders: Sequence[SourceFolderRecord]) -> Iterator[ReadBatch]:
    """Fetch all pending messages of the folders, in the plan's order, ascending inside a batch."""
    for folder in folders:
        after: PendingMessage | None = None
        is_open = False
        while rows := _next_rows(run, folder, after):
            after = rows[-1]
            if not is_open:
                _open(run, folder)
                is_open = True
            run.spend(sum(row.size_bytes for row in rows))
            batch = _fetch(run, folder, sorted(rows, key=_arrival))
            if batch.messages:
                yield batch


def _next_rows(run: Pass, folder: SourceFolderRecord, after: PendingMessage | None) -> list[PendingMessage]:
    rows: list[PendingMessage] = []
    size_bytes = 0
    most_bytes = run.ports.limits.bandwidth.portion_bytes(BATCH_BYTES)
    for row in run.ledger.pending(folder.id, run.options.order, after, BATCH_MESSAGES):
        size_bytes += row.size_bytes
        if rows and size_bytes > most_bytes:
            break
        rows.append(row)
    return rows


def _arrival(row: PendingMessage) -> tuple[float, int]:
    return (row.internal_date.timestamp() if row.internal_date else 0.0, row.uid)


def _open(run: Pass, folder: SourceFolderRecord) -> None:
    state = run.source.examine(folder.source)
    if folder.scanned is None or state.uidvalidity != folder.scanned.uidvalidity:
        # Renumbered since it was listed: the UIDs in the ledger mean other messages. The next attempt lists it anew.
        raise MailError(Reason.SERVER_BUSY, side=Side.SOURCE)


def _fetch(run: Pass, folder: SourceFolderRecord, rows: Sequence[PendingMessage]) -> ReadBatch:
    fetched = {message.uid: message for message in run.source.messages([row.uid for row in rows])}
    messages: list[ReadMessage] = []
    sizes_count = _sizes_count(rows, fetched)
    for row in rows:
        run.cancel.check()
        body = _body(row, fetched.pop(row.uid, None))
        if body is None or (sizes_count and len(body) < row.size_bytes):
            body = _fetch_again(run, folder, row, body)
        if body is not None:
            is_short = sizes_count and len(body) < row.size_bytes
            messages.append(ReadMessage(row, body, header_key(body), content_hash(body), is_short))
    return ReadBatch(folder, tuple(messages))


def _sizes_count(rows: Sequence[PendingMessage], fetched: Mapping[int, FetchedMessage]) -> bool:
    """Whether this source says how large messages are, not about how large (Exchange): most are just that large."""
    bodies = [(row, _body(row, fetched.get(row.uid))) for row in rows]
    exact = sum(body is not None and len(body) == row.size_bytes for row, body in bodies)
    return exact * 2 > len(rows)


def _fetch_again(
    run: Pass, folder: SourceFolderRecord, row: PendingMessage, short: bytes | None = None
) -> bytes | None:
    """A message without bytes, or missing from an answer that said OK, is no success: ask for it alone.

    Likewise a `short` one; if the source stays by it, that is all there is to be had.
    """
    for _ in range(_FETCH_TRIES - 1):
        for message in run.source.messages([row.uid]):
            body = _body(row, message)
            if body is not None and (short is None or len(body) >= row.size_bytes or body == short):
                return body
            short = max(short or b"", body or b"", key=len) or None
    if short is not None:
        return short
    if any(True for chunk in run.source.heads_of([row.uid]) for _ in chunk):
        refusal = RefusalRecord(row.id, Reason.MESSAGE_UNREADABLE, "")
        run.refused(run.ledger.mark_refused(run.account.id, refusal))
    elif folder.scanned is not None:
        run.ledger.mark_vanished(folder.id, folder.scanned.uidvalidity, [row.uid])
    return None


def _body(row: PendingMessage, message: FetchedMessage | None) -> bytes | None:
    """The bytes, None where there are none although the source counts some."""
    if message is None or (not message.body and row.size_bytes):
        return None
    return message.body
