"""The reading half of a transfer: pending messages, batch after batch."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mailmove_gui.domain.identity import content_hash, header_key
from mailmove_gui.domain.messages import FetchedMessage
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.records import PendingMessage, RefusalRecord, SourceFolderRecord
from mailmove_gui.engine.context import Pass
from mailmove_gui.engine.isolation import as_busy, concerns_messages, give_up, stages, suspect

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


def read_batches(
    run: Pass, folders: Sequence[SourceFolderRecord], leave_out: Collection[int] = ()
) -> Iterator[ReadBatch]:
    """Fetch all pending messages of the folders but these, in the plan's order, ascending inside a batch.

    Those at which something has failed before come after all others, few at a time (see `engine.isolation`).

    Raises:
        MailError: SERVER_BUSY at the end, if the source failed at some messages while it handed out others.
    """
    give_up(run)
    stage_of, together = stages(run.ledger.suspects(run.account.id), BATCH_MESSAGES)
    failed: list[MailError] = []
    for stage in sorted({0, *stage_of.values()}):
        for folder in folders:
            rows = (
                row for row in _pending(run, folder) if stage_of.get(row.id, 0) == stage and row.id not in leave_out
            )
            is_open = False
            for group in _groups(run, rows, together[stage]):
                if not is_open:
                    _open(run, folder)
                    is_open = True
                run.spend(sum(row.size_bytes for row in group))
                batch, broken = _fetch(run, folder, sorted(group, key=_arrival), failed)
                if batch.messages:
                    yield batch
                if broken is not None:
                    raise broken
    if failed:
        raise failed[-1]


def _pending(run: Pass, folder: SourceFolderRecord) -> Iterator[PendingMessage]:
    after: PendingMessage | None = None
    while rows := run.ledger.pending(folder.id, run.options.order, after, BATCH_MESSAGES):
        yield from rows
        after = rows[-1]


def _groups(run: Pass, rows: Iterable[PendingMessage], most: int) -> Iterator[list[PendingMessage]]:
    """Rows in portions that are fetched and sent together."""
    group: list[PendingMessage] = []
    size_bytes = 0
    for row in rows:
        is_full = len(group) == most or size_bytes + row.size_bytes > run.ports.limits.bandwidth.portion_bytes(
            BATCH_BYTES
        )
        if group and is_full:
            yield group
            group, size_bytes = [], 0
        group.append(row)
        size_bytes += row.size_bytes
    if group:
        yield group


def _arrival(row: PendingMessage) -> tuple[float, int]:
    return (row.internal_date.timestamp() if row.internal_date else 0.0, row.uid)


def _open(run: Pass, folder: SourceFolderRecord) -> None:
    state = run.source.examine(folder.source)
    if folder.scanned is None or state.uidvalidity != folder.scanned.uidvalidity:
        # Renumbered since it was listed: the UIDs in the ledger mean other messages. The next attempt lists it anew.
        raise MailError(Reason.SERVER_BUSY, side=Side.SOURCE)


def _fetch(
    run: Pass, folder: SourceFolderRecord, rows: Sequence[PendingMessage], failed: list[MailError]
) -> tuple[ReadBatch, MailError | None]:
    """Fetch some messages; those that the source answers with an error are left out, and `failed` is told.

    Returns:
        The messages, and what broke off the answer. What has come until then is moved: a server that hands out less
        than a batch at a time would else never be done.
    """
    fetched: dict[int, FetchedMessage] = {}
    broken: MailError | None = None
    try:
        if not _fetch_all(run, rows, fetched, failed):
            rows = [row for row in rows if row.uid in fetched]
    except MailError as error:
        broken = error
    messages: list[ReadMessage] = []
    exact = _sizes_are_exact(rows, fetched)
    for row in rows:
        run.cancel.check()
        body = _body(row, fetched.pop(row.uid, None))
        if body is None or (exact and len(body) < row.size_bytes):
            if broken is not None:
                continue
            body = _fetch_again(run, folder, row, body, failed)
        if body is not None:
            is_short = exact and len(body) < row.size_bytes
            messages.append(ReadMessage(row, body, header_key(body), content_hash(body), is_short))
    return ReadBatch(folder, tuple(messages)), broken


def _fetch_all(
    run: Pass, rows: Sequence[PendingMessage], fetched: dict[int, FetchedMessage], failed: list[MailError]
) -> bool:
    """Fetch messages into `fetched`, one by one where the source fails at some; whether it failed at none."""
    error = _fetch_into(run, rows, fetched)
    if error is None:
        return True
    for row in rows if len(rows) > 1 else ():
        if row.uid not in fetched and (alone := _fetch_into(run, [row], fetched)) is not None:
            error = alone
    if not fetched and len(rows) > 1:
        raise error
    failed.append(error)
    return False


def _fetch_into(run: Pass, rows: Sequence[PendingMessage], fetched: dict[int, FetchedMessage]) -> MailError | None:
    """Fetch messages into `fetched`; returns what the source said if it failed at one, and can go on.

    Raises:
        MailError: the connection is of no use any more, or it is not about these messages.
    """
    try:
        fetched.update((message.uid, message) for message in run.source.messages([row.uid for row in rows]))
    except MailError as error:
        error.side = error.side or Side.SOURCE
        missing = [row for row in rows if row.uid not in fetched]
        suspect(run, [RefusalRecord(row.id, error.reason, "") for row in missing], error)
        if not concerns_messages(error):
            raise
        return as_busy(error)
    return None


def _fetch_again(
    run: Pass, folder: SourceFolderRecord, row: PendingMessage, short: bytes | None, failed: list[MailError]
) -> bytes | None:
    """A message without bytes, or missing from an answer that said OK, is no success: ask for it alone.

    Likewise a `short` one; if the source stays by it, that is all there is to be had.
    """
    for _ in range(_FETCH_TRIES - 1):
        fetched: dict[int, FetchedMessage] = {}
        error = _fetch_into(run, [row], fetched)
        if error is not None:
            failed.append(error)
            return None
        body = _body(row, fetched.get(row.uid))
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


def _sizes_are_exact(rows: Sequence[PendingMessage], fetched: Mapping[int, FetchedMessage]) -> bool:
    """Whether this source says how large messages are, not about how large (Exchange): most are just that large."""
    bodies = [(row, _body(row, fetched.get(row.uid))) for row in rows]
    held = sum(body is not None and len(body) == row.size_bytes for row, body in bodies)
    return held * 2 > len(rows)
