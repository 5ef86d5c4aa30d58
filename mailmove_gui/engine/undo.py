"""Undo: take out of a destination mailbox what was moved into it, as long as nobody has touched it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.messages import Flags, MessageHead, storable_flags
from mailmove_gui.domain.plan import Account, Options
from mailmove_gui.domain.ports import Remover
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.records import OTHER_BYTES, Change, ClaimedMessage, DestinationFolderRecord, MessageState
from mailmove_gui.domain.undo import UndoResult
from mailmove_gui.engine.context import Pass, Ports, RemoverLogin, open_remover, open_source

_AT_ONCE = 100
_DELETED = "\\deleted"
# Dovecot adds the last two by itself when a message is stored (mail_attachment_detection_options).
_SERVERS_OWN = frozenset({"\\recent", "$hasattachment", "$hasnoattachment"})


def undo_account(account: Account, ports: Ports, log_in: RemoverLogin, cancel: CancelToken) -> UndoResult:
    """Remove what this migration has moved into the account's destination mailbox, and forget that it was moved.

    Only what the ledger says was moved (never what was there already) is removed, under its UID and the folder's
    UIDVALIDITY, and only if size, header key and flags are what they were on arrival and the source still has the
    message. Folders stay. In the end no message counts as moved or found any more, so that the next start moves all
    of them, for instance to a corrected destination; into the same mailbox, what was left is recognised.

    The ledger knows of the undo before it begins, and of each batch before it is removed. After an interruption a
    further call goes on; until then the account does not run (UNDO_UNFINISHED).

    Args:
        account: as it was when its messages were moved.
        ports: for ledger, clock, passwords and the source.
        log_in: logs in to the destination.
        cancel: asks to stop between two batches.

    Raises:
        MailError: a server could not be reached; or CANNOT_UNDO: it does not remove single messages. Then too, no
            message counts as moved any more.
        Cancelled: it was asked to stop.
    """
    moved = ports.ledger.counts(account.id).moved
    try:
        with (
            open_source(account, ports.gateway, ports.secrets, cancel) as source,
            open_remover(account, log_in, ports.secrets, cancel) as remover,
        ):
            ports.ledger.begin_undo(account.id)
            run = Pass(account, Options(), ports, cancel, source, remover)
            result = UndoResult()
            for record in ports.ledger.destination_folders(run.owner):
                result += _undo_folder(run, remover, record)
    except MailError as error:
        if error.reason is Reason.CANNOT_UNDO:
            ports.ledger.end_undo(account.id)
        raise
    ports.ledger.end_undo(account.id)
    return replace(result, not_found=moved - result.removed - result.touched - result.only_copies)


def _undo_folder(run: Pass, remover: Remover, record: DestinationFolderRecord) -> UndoResult:
    rows = [
        row
        for row in run.ledger.claimed(record.id)
        if row.account_id == run.account.id and row.state is MessageState.MOVED
    ]
    result = UndoResult()
    if not rows:
        return result
    try:
        state, permanent_flags = remover.select(record.path)
    except MailError as error:
        if error.reason is not Reason.FOLDER_UNREADABLE:
            raise
        return result
    # Under another UIDVALIDITY the UIDs mean other messages.
    here = [row for row in rows if row.uidvalidity == state.uidvalidity]
    for start in range(0, len(here), _AT_ONCE):
        run.cancel.check()
        result += _undo_batch(run, remover, here[start : start + _AT_ONCE], permanent_flags)
        run.progressed()
    return result


def _undo_batch(
    run: Pass, remover: Remover, rows: Collection[ClaimedMessage], permanent_flags: Flags | None
) -> UndoResult:
    begun = run.ledger.removing(run.account.id)
    heads = {head.uid: head for chunk in remover.heads_of(sorted(row.uid for row in rows)) for head in chunk}
    present = [row for row in rows if row.uid in heads]
    # An earlier undo had come so far, but not to its bookkeeping.
    removed_before = [row.id for row in rows if row.uid not in heads and row.id in begun]
    keys = dict(remover.header_keys([row.uid for row in present]))
    untouched = [
        row
        for row in present
        if keys.get(row.uid) == row.header_key
        and _is_as_it_arrived(row, heads[row.uid], permanent_flags, marked_by_us=row.id in begun)
    ]
    at_source = _at_source(run, untouched)
    doomed = [row for row in untouched if row.id in at_source]
    run.ledger.mark_removing(run.account.id, [row.id for row in doomed])
    left = remover.remove([row.uid for row in doomed])
    removed = [*removed_before, *(row.id for row in doomed if row.uid not in left)]
    run.ledger.mark_unmoved(removed)
    if left:
        raise MailError(Reason.CANNOT_UNDO, side=Side.DESTINATION)
    return UndoResult(
        removed=len(removed),
        touched=len(present) - len(untouched),
        only_copies=len(untouched) - len(doomed),
    )


def _is_as_it_arrived(
    row: ClaimedMessage, head: MessageHead, permanent_flags: Flags | None, *, marked_by_us: bool
) -> bool:
    """Whether size and flags are what they were.

    Args:
        row: what was sent.
        head: what is there now.
        permanent_flags: which flags the folder can keep.
        marked_by_us: an interrupted undo may have marked the message as deleted.
    """
    if head.size_bytes != row.size_bytes and not row.changes & OTHER_BYTES:
        return False
    expected, _ = storable_flags(row.flags, permanent_flags)
    if Change.KEYWORDS_DROPPED in row.changes:
        expected = frozenset(flag for flag in expected if flag.startswith("\\"))
    ignored = _SERVERS_OWN | {_DELETED} if marked_by_us else _SERVERS_OWN
    return _plain(head.flags) - ignored == _plain(expected) - ignored


def _plain(flags: Flags) -> Flags:
    return frozenset(flag.lower() for flag in flags)


def _at_source(run: Pass, rows: Iterable[ClaimedMessage]) -> set[int]:
    """Rows whose message the source still has: the last copy of a message is never removed."""
    by_folder: defaultdict[tuple[FolderPath, int], dict[int, int]] = defaultdict(dict)
    for row in rows:
        by_folder[row.source, row.source_uidvalidity][row.source_uid] = row.id
    found: set[int] = set()
    for (path, uidvalidity), ids in by_folder.items():
        try:
            state = run.source.examine(path)
        except MailError as error:
            if error.reason is not Reason.FOLDER_UNREADABLE:
                raise
            continue
        if state.uidvalidity == uidvalidity:
            found.update(ids[head.uid] for chunk in run.source.heads_of(sorted(ids)) for head in chunk)
    return found
