"""Looking through both mailboxes: what is there, what is new, what is gone."""

from mailmove_gui.domain.folders import Folder, FolderPath
from mailmove_gui.domain.messages import FolderState
from mailmove_gui.domain.ports import MailboxReader
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.records import MessageState, SourceFolderRecord
from mailmove_gui.engine.context import Pass

_LISTINGS = 3
# A UIDVALIDITY is never zero (RFC 3501 section 2.3.1.1), so this is no state that a folder can be in.
_NOTHING = FolderState(0, 0, 0)


def scan_source(run: Pass, record: SourceFolderRecord) -> None:
    """Enter into the ledger what is new in a source folder, and what is gone from it.

    An unchanged folder costs one STATUS. New is what the ledger does not know, never "above the last UID": where a
    provider opens its window, lower UIDs appear.
    """
    if _same_listing(record.scanned, run.source.status(record.source)):
        return
    for _ in range(_LISTINGS):
        state = run.source.examine(record.source)
        known = run.ledger.known_uids(record.id, state.uidvalidity)
        if record.scanned is None or record.scanned.uidvalidity != state.uidvalidity:
            run.ledger.mark_others_vanished(record.id, state.uidvalidity)
        listed: set[int] = set()
        for chunk in run.source.heads(known):
            run.cancel.check()
            listed.update(head.uid for head in chunk)
            fresh = [(head, MessageState.LISTED) for head in chunk if head.uid not in known]
            if fresh:
                run.ledger.add_messages(record.id, state.uidvalidity, fresh)
                run.progressed(record.source)
        # Fewer answers than EXISTS promised: messages were deleted meanwhile, or the server left some out.
        if len(listed) >= state.messages:
            run.ledger.mark_vanished(record.id, state.uidvalidity, known - listed)
            run.ledger.save_scan(record.id, state)
            return
    raise MailError(Reason.NUMBERS_DIFFER, side=Side.SOURCE)


def index_destination(run: Pass, folders: tuple[Folder, ...]) -> None:
    """Enter into the ledger which messages of the destination mailbox no row stands for."""
    readable = {folder.path for folder in folders if folder.selectable}
    for path in sorted(set(readable)):
        run.cancel.check()
        try:
            _index_folder(run, path)
        except MailError as error:
            if error.reason is not Reason.FOLDER_UNREADABLE:
                raise
            readable.discard(path)
    for record in run.ledger.destination_folders(run.owner):
        if record.path not in readable and record.indexed != _NOTHING:
            # Deleted, renamed or closed to us since it was listed: nothing in it can be claimed.
            run.ledger.drop_unclaimed(record.id, _NOTHING.uidvalidity, ())
            run.ledger.save_index(record.id, _NOTHING)


def _index_folder(run: Pass, path: FolderPath) -> None:
    record = run.ledger.destination_folder(run.owner, path)
    if _same_listing(record.indexed, run.destination.status(path)):
        return
    state = run.destination.examine(path)
    known = run.ledger.indexed_uids(record.id, state.uidvalidity)
    listed: set[int] = set()
    for chunk in run.destination.heads():
        run.cancel.check()
        listed.update(head.uid for head in chunk)
        fresh = [head for head in chunk if head.uid not in known]
        if fresh:
            run.ledger.add_unclaimed(record.id, state.uidvalidity, fresh)
    run.ledger.drop_unclaimed(record.id, state.uidvalidity, known - listed)
    run.ledger.save_index(record.id, state)


def find_header_keys(run: Pass) -> None:
    """Have the header key of every message in question, on both sides, in the ledger."""
    sources = {record.id: record.source for record in run.ledger.source_folders(run.account.id)}
    while missing := run.ledger.sources_without_key(run.account.id, _KEYS_AT_ONCE):
        for folder_id, uids in missing.items():
            keys = _keys_in(run, run.source, sources[folder_id], uids)
            run.ledger.set_source_keys(folder_id, keys.items())
    find_destination_keys(run)


def find_destination_keys(run: Pass) -> None:
    """Have the header key of every unclaimed message at the destination in the ledger."""
    paths = {record.id: record.path for record in run.ledger.destination_folders(run.owner)}
    while missing := run.ledger.destinations_without_key(run.owner, _KEYS_AT_ONCE):
        for folder_id, uids in missing.items():
            keys = _keys_in(run, run.destination, paths[folder_id], uids)
            run.ledger.set_destination_keys(folder_id, keys.items())


def _keys_in(run: Pass, reader: MailboxReader, path: FolderPath, uids: list[int]) -> dict[int, bytes]:
    """Header keys by UID; the empty key for messages that the server does not answer for."""
    reader.examine(path)
    keys = dict.fromkeys(uids, b"")
    for uid, key in reader.header_keys(uids):
        run.cancel.check()
        keys[uid] = key
    return keys


def _same_listing(then: FolderState | None, now: FolderState) -> bool:
    return then is not None and (then.uidvalidity, then.uidnext, then.messages) == (
        now.uidvalidity,
        now.uidnext,
        now.messages,
    )


_KEYS_AT_ONCE = 1000
