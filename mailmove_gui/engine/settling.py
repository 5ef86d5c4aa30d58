"""What became of messages whose answer was lost."""

from collections import defaultdict
from collections.abc import Sequence

from mailmove_gui.domain.folders import Folder, FolderPath
from mailmove_gui.domain.messages import FolderState, MessageHead
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.records import Arrival, Change, SendingBatch, SendingMessage
from mailmove_gui.engine.arrival import compared_with_rows
from mailmove_gui.engine.context import Pass
from mailmove_gui.engine.matching import content_hashes
from mailmove_gui.engine.scanning import header_keys
from mailmove_gui.engine.whole_account import look_everywhere

# Measured: after a client was killed, up to 200 messages appeared within a second, also in part.
_SHORTEST_PAUSE_S = 2.0
_LONGEST_PAUSE_S = 15.0
_SLOW_STORE_BYTES_PER_S = 2_000_000
_MOST_LOOKS = 20
# A UIDVALIDITY is never zero (RFC 3501 section 2.3.1.1), so this is no state that a folder can be in.
_GONE = FolderState(0, 0, 0)


def settle_all(run: Pass, folders: tuple[Folder, ...]) -> None:
    """Settle every row in `sending` before anything more is sent.

    A row that is found stands for what was found. One that is certainly not there is sent again. One that may be
    anywhere is looked for in the whole account, and else doubtful: listed, never sent again by itself.
    """
    paths = {record.id: record.path for record in run.ledger.destination_folders(run.owner)}
    for batch in run.ledger.sending(run.account.id):
        _settle(run, batch, paths[batch.destination_folder_id], folders)


def _settle(run: Pass, batch: SendingBatch, path: FolderPath, folders: tuple[Folder, ...]) -> None:
    listed = any(folder.path == path and folder.selectable for folder in folders)
    state, heads = _look(run, batch, path, listed=listed)
    found = match_arrivals(run, batch, path, state, heads)
    pause_s = _pause_s(batch)
    looks = 1
    while len(found) < len(batch.messages):
        # The server may still be storing what it has received: absence is believed after two equal looks.
        if looks == _MOST_LOOKS:
            raise MailError(Reason.SERVER_BUSY, side=Side.DESTINATION)
        run.ports.clock.wait(run.cancel, pause_s)
        before = (state, heads)
        state, heads = _look(run, batch, path, listed=listed)
        looks += 1
        if (state, heads) == before:
            break
        found = match_arrivals(run, batch, path, state, heads)
    found = compared_with_rows(run, path, found, batch.messages)
    run.ledger.mark_moved(batch.destination_folder_id, state.uidvalidity, found)
    arrived = {arrival.message_id for arrival in found}
    missing = [message for message in batch.messages if message.id not in arrived]
    if not missing:
        return
    if _nothing_is_unexplained(batch, state, heads):
        absent = _certainly_absent(run, batch, path, state, heads, missing)
        run.ledger.mark_listed(absent)
        missing = [message for message in missing if message.id not in absent]
    elsewhere = {place.message_id: place for place in look_everywhere(run, missing, folders)}
    for message in missing:
        if message.id in elsewhere:
            place = elsewhere[message.id]
            arrival = Arrival(message.id, place.uid, verified=True, changes=message.changes)
            run.ledger.mark_moved(place.folder_id, place.uidvalidity, [arrival])
    doubtful = [message.id for message in missing if message.id not in elsewhere]
    for refusal in run.ledger.mark_doubtful(run.account.id, doubtful):
        run.refused(refusal)


def _pause_s(batch: SendingBatch) -> float:
    size = sum(message.size_bytes for message in batch.messages)
    return min(_LONGEST_PAUSE_S, max(_SHORTEST_PAUSE_S, size / _SLOW_STORE_BYTES_PER_S))


def _look(
    run: Pass, batch: SendingBatch, path: FolderPath, *, listed: bool
) -> tuple[FolderState, tuple[MessageHead, ...]]:
    """The folder's numbers, and what has come to it since the batch was sent; nothing if its user has removed it."""
    try:
        state = run.destination.examine(path)
    except MailError as error:
        if listed or error.reason is not Reason.FOLDER_UNREADABLE:
            raise
        return _GONE, ()
    same_folder = state.uidvalidity == batch.uidvalidity
    if same_folder and state.uidnext == batch.uidnext:
        return state, ()
    return state, tuple(run.destination.heads_from(batch.uidnext if same_folder else 1))


def _nothing_is_unexplained(batch: SendingBatch, state: FolderState, heads: Sequence[MessageHead]) -> bool:
    """Whether every UID given out since the batch was sent is still there to be looked at.

    Then what was not recognised among them was not stored. A gap may be one of ours that a rule has filed elsewhere.
    """
    if state.uidvalidity != batch.uidvalidity:
        return False
    return len(heads) == state.uidnext - batch.uidnext


def _certainly_absent(
    run: Pass,
    batch: SendingBatch,
    path: FolderPath,
    state: FolderState,
    heads: Sequence[MessageHead],
    missing: Sequence[SendingMessage],
) -> frozenset[int]:
    """Which rows no new message can be that no row stands for.

    One with a row's header key or its date may be that message, rewritten by the server; and so may any whose header
    is not handed out.
    """
    claimed = run.ledger.claimed_uids(batch.destination_folder_id, state.uidvalidity, batch.uidnext)
    free = {head.uid: head for head in heads if head.uid not in claimed}
    keys: frozenset[bytes] = frozenset()
    if free:
        run.destination.examine(path)
        told = header_keys(run, run.destination, sorted(free))
        if len(told) < len(free):
            return frozenset()
        keys = frozenset(told.values())
    return frozenset(
        message.id
        for message in missing
        if message.header_key not in keys and not any(_same_instant(message, head) for head in free.values())
    )


def match_arrivals(
    run: Pass,
    batch: SendingBatch,
    path: FolderPath,
    state: FolderState,
    heads: Sequence[MessageHead],
    *,
    all_taken: bool = False,
) -> list[Arrival]:
    """Recognise rows among the new messages of a folder that nobody has claimed.

    By header key and internal date where that is one to one; else by content hash. The folder is open. `all_taken`
    says that the server has answered OK for every row.
    """
    lowest = batch.uidnext if state.uidvalidity == batch.uidvalidity else 1
    claimed = run.ledger.claimed_uids(batch.destination_folder_id, state.uidvalidity, lowest)
    free = {head.uid: head for head in heads if head.uid not in claimed}
    if not free:
        return []
    keys = header_keys(run, run.destination, sorted(free))
    rows_by_key: dict[bytes, list[SendingMessage]] = defaultdict(list)
    for message in batch.messages:
        rows_by_key[message.header_key].append(message)
    heads_by_key: dict[bytes, list[MessageHead]] = defaultdict(list)
    for uid, key in keys.items():
        if key in rows_by_key:
            heads_by_key[key].append(free[uid])
    arrivals: list[Arrival] = []
    for key, candidates in heads_by_key.items():
        rows = rows_by_key[key]
        if len(rows) == 1 and len(candidates) == 1 and _same_instant(rows[0], candidates[0]):
            arrivals.append(Arrival(rows[0].id, candidates[0].uid, verified=False, changes=rows[0].changes))
        else:
            arrivals.extend(_by_content(run, path, rows, candidates, all_taken=all_taken))
    return arrivals


def _same_instant(row: SendingMessage, head: MessageHead) -> bool:
    return row.internal_date is not None and row.internal_date == head.internal_date


def _by_content(
    run: Pass,
    path: FolderPath,
    rows: Sequence[SendingMessage],
    candidates: Sequence[MessageHead],
    *,
    all_taken: bool,
) -> list[Arrival]:
    waiting: dict[bytes, list[SendingMessage]] = defaultdict(list)
    for row in rows:
        waiting[row.content_hash].append(row)
    arrivals: list[Arrival] = []
    strange: list[MessageHead] = []
    by_uid = {head.uid: head for head in candidates}
    for uid, digest in content_hashes(run, run.destination, path, by_uid):
        if waiting[digest]:
            row = waiting[digest].pop(0)
            arrivals.append(Arrival(row.id, uid, verified=True, changes=row.changes))
        else:
            strange.append(by_uid[uid])
    left = sorted((row for rows_left in waiting.values() for row in rows_left), key=lambda row: row.id)
    pairs = list(zip(left, sorted(strange, key=lambda head: head.uid), strict=False))
    # As many as are missing, with their headers, and none with their bytes: this server rewrites messages. Unless the
    # same has been delivered to both mailboxes; then it has another date than it was sent with.
    if len(left) == len(strange) and (all_taken or all(_same_instant(row, head) for row, head in pairs)):
        arrivals += [
            Arrival(row.id, head.uid, verified=True, changes=row.changes | {Change.REWRITTEN}) for row, head in pairs
        ]
    return arrivals
