"""The reading half of a transfer: pending messages, batch after batch."""

from collections.abc import Iterator, Sequence
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
    """A message in memory, and its row."""

    row: PendingMessage
    body: bytes
    header_key: bytes
    content_hash: bytes


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
            batch, interruption = _fetch(run, folder, sorted(rows, key=_arrival))
            if batch.messages:
                yield batch
            if interruption is not None:
                raise interruption


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


def _fetch(run: Pass, folder: SourceFolderRecord, rows: Sequence[PendingMessage]) -> tuple[ReadBatch, MailError | None]:
    """The messages, and what ended the answer early.

    What has come until then is moved: a server that hands out less than a batch at a time would else never be done.
    """
    fetched: dict[int, FetchedMessage] = {}
    interruption: MailError | None = None
    try:
        fetched.update((message.uid, message) for message in run.source.messages([row.uid for row in rows]))
    except MailError as error:
        error.side = Side.SOURCE
        interruption = error
        rows = [row for row in rows if _body(row, fetched.get(row.uid)) is not None]
    messages: list[ReadMessage] = []
    for row in rows:
        run.cancel.check()
        body = _body(row, fetched.pop(row.uid, None))
        if body is None:
            body = _fetch_again(run, folder, row)
        if body is not None:
            messages.append(ReadMessage(row, body, header_key(body), content_hash(body)))
    return ReadBatch(folder, tuple(messages)), interruption


def _fetch_again(run: Pass, folder: SourceFolderRecord, row: PendingMessage) -> bytes | None:
    """A message without bytes, or missing from an answer that said OK, is no success: ask for it alone."""
    for _ in range(_FETCH_TRIES - 1):
        for message in run.source.messages([row.uid]):
            body = _body(row, message)
            if body is not None:
                return body
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
