"""Looking through both mailboxes: what is there, what is new, what is gone."""

from collections.abc import Iterator, Sequence

from mailmove_gui.domain.folders import Folder, FolderPath
from mailmove_gui.domain.identity import header_key
from mailmove_gui.domain.messages import FolderState
from mailmove_gui.domain.ports import MailboxReader
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.records import MessageState, SourceFolderRecord
from mailmove_gui.engine.context import Pass
from mailmove_gui.engine.flags import note_told_changes
from mailmove_gui.engine.isolation import as_busy, concerns_messages

_LISTINGS = 3
_KEYS_AT_ONCE = 1000
# A UIDVALIDITY is never zero (RFC 3501 section 2.3.1.1), so this is no state that a folder can be in.
_NOTHING = FolderState(0, 0, 0)


def scan_source(run: Pass, record: SourceFolderRecord) -> bool:
    """Enter into the ledger what is new in a source folder, and what is gone from it; whether it had to be listed.

    An unchanged folder costs one STATUS. New is what the ledger does not know, never "above the last UID": where a
    provider opens its window, lower UIDs appear. A server that was restored from a backup gives UIDs a second time: a
    UIDNEXT that has gone back, or another internal date, tells.
    """
    present = run.source.status(record.source)
    if record.scanned is not None and _same_listing(record.scanned, present):
        note_told_changes(run, record, record.scanned, present)
        return False
    for _ in range(_LISTINGS):
        state = run.source.examine(record.source)
        if _has_gone_back(record.scanned, state):
            run.ledger.retire(record.id, state.uidvalidity)
        known = run.ledger.known_uids(record.id, state.uidvalidity)
        if record.scanned is None or record.scanned.uidvalidity != state.uidvalidity:
            run.ledger.mark_others_vanished(record.id, state.uidvalidity)
        listed: set[int] = set()
        for chunk in run.source.heads(known):
            run.cancel.check()
            listed.update(head.uid for head in chunk)
            replaced = run.ledger.replaced_uids(record.id, state.uidvalidity, chunk)
            if replaced:
                run.ledger.retire(record.id, state.uidvalidity, replaced)
                known -= replaced
            if run.source.keeps_flags:
                run.ledger.note_flags(record.id, state.uidvalidity, ((head.uid, head.flags) for head in chunk))
            fresh = [(head, MessageState.LISTED) for head in chunk if head.uid not in known]
            if fresh:
                run.ledger.add_messages(record.id, state.uidvalidity, fresh)
                run.progressed(record.source)
        # Fewer answers than EXISTS promised: messages were deleted meanwhile, or the server left some out.
        if len(listed) >= state.messages:
            run.ledger.mark_vanished(record.id, state.uidvalidity, known - listed)
            run.ledger.save_scan(record.id, state)
            return True
    raise MailError(Reason.NUMBERS_DIFFER, side=Side.SOURCE)


def index_destination(run: Pass, folders: tuple[Folder, ...], *, anew: bool = False) -> bool:
    """Enter into the ledger which messages of the destination mailbox no row stands for, and which rows went astray.

    Args:
        run: the pass.
        folders: what the destination lists.
        anew: list each folder, changed or not.

    Returns:
        Whether anything had to be listed.
    """
    changed = False
    readable = {folder.path for folder in folders if folder.selectable}
    for path in sorted(set(readable)):
        run.cancel.check()
        try:
            changed |= _index_folder(run, path, anew=anew)
        except MailError as error:
            if error.reason is not Reason.FOLDER_UNREADABLE:
                raise
            readable.discard(path)
    for record in run.ledger.destination_folders(run.owner):
        if record.path not in readable and record.indexed != _NOTHING:
            # Deleted, renamed or closed to us since it was listed: nothing in it can be claimed, or was left there.
            changed = True
            run.ledger.mark_astray(record.id, _NOTHING.uidvalidity, ())
            run.ledger.drop_unclaimed(record.id, _NOTHING.uidvalidity, ())
            run.ledger.save_index(record.id, _NOTHING)
    return changed


def _index_folder(run: Pass, path: FolderPath, *, anew: bool) -> bool:
    """Whether it had to be listed."""
    record = run.ledger.destination_folder(run.owner, path)
    if not anew and _same_listing(record.indexed, run.destination.status(path)):
        return False
    state = run.destination.examine(path)
    beyond = run.ledger.claimed_uids(record.id, state.uidvalidity, state.uidnext)
    if beyond or _has_gone_back(record.indexed, state):
        # Restored from a backup: its UIDs may mean other messages.
        run.ledger.mark_astray(record.id, _NOTHING.uidvalidity, ())
        run.ledger.drop_unclaimed(record.id, _NOTHING.uidvalidity, ())
    known = run.ledger.indexed_uids(record.id, state.uidvalidity)
    listed: set[int] = set()
    for chunk in run.destination.heads():
        run.cancel.check()
        listed.update(head.uid for head in chunk)
        fresh = [head for head in chunk if head.uid not in known]
        if fresh:
            run.ledger.add_unclaimed(record.id, state.uidvalidity, fresh)
    gone = known - listed
    if gone:
        # A server may leave messages out of an answer: what it shows when it is asked by name is not gone.
        gone -= {head.uid for chunk in run.destination.heads_of(sorted(gone)) for head in chunk}
    run.ledger.mark_astray(record.id, state.uidvalidity, gone)
    run.ledger.drop_unclaimed(record.id, state.uidvalidity, gone)
    run.ledger.save_index(record.id, state)
    return True


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
    return dict.fromkeys(uids, b"") | header_keys(run, reader, uids)


def header_keys(run: Pass, reader: MailboxReader, uids: Sequence[int]) -> dict[int, bytes]:
    """Header keys by UID of messages of the open folder.

    Where the server fails at some, each is asked for alone, and then read as a whole; those that are not to be had are
    left out.

    Raises:
        MailError: it is not about messages; SERVER_BUSY if the server fails at all of several.
    """
    keys: dict[int, bytes] = {}
    failed = _keys_into(keys, reader.header_keys(uids))
    if failed is None:
        return keys
    for uid in uids:
        run.cancel.check()
        if uid not in keys:
            _keys_into(keys, reader.header_keys([uid]))
        if uid not in keys:
            _keys_into(keys, _keys_of_whole(reader, uid))
    if not keys and len(uids) > 1:
        raise as_busy(failed)
    return keys


def _keys_into(keys: dict[int, bytes], found: Iterator[tuple[int, bytes]]) -> MailError | None:
    """Take header keys as they come; returns what the server said if it failed at messages."""
    try:
        # What has come until it fails is kept.
        keys.update(found)
    except MailError as error:
        if not concerns_messages(error):
            raise
        return error
    return None


def _keys_of_whole(reader: MailboxReader, uid: int) -> Iterator[tuple[int, bytes]]:
    for message in reader.messages([uid]):
        if message.body is not None:
            yield message.uid, header_key(message.body)


def _same_listing(then: FolderState | None, now: FolderState) -> bool:
    if then is None or (then.uidvalidity, then.uidnext, then.messages) != (now.uidvalidity, now.uidnext, now.messages):
        return False
    return then.listing == now.listing


def _has_gone_back(then: FolderState | None, now: FolderState) -> bool:
    """Whether UIDs are given a second time, which RFC 3501 section 2.3.1.1 forbids."""
    return then is not None and then.uidvalidity == now.uidvalidity and now.uidnext < then.uidnext
