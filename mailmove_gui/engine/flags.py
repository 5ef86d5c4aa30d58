"""Flags that change at the source follow to messages that were moved.

Three ways are compared: what the destination was told last, what the source shows now, and what the destination has.
Only what is new at the source is sent, flag by flag, so that whatever else the destination's user has changed stays.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from mailmove_gui.domain.folders import FolderPath
from mailmove_gui.domain.messages import FolderState, flag_changes, storable_flags
from mailmove_gui.domain.reasons import MailError, Reason
from mailmove_gui.domain.records import Change, FlagChange, SourceFolderRecord
from mailmove_gui.engine.context import Pass


def note_told_changes(run: Pass, record: SourceFolderRecord, then: FolderState, now: FolderState) -> None:
    """Note which flags have changed in a folder whose messages are those of `then`, if the source says that any have.

    Where it says nothing (no CONDSTORE), `note_untold_changes` looks.
    """
    if now.highest_modseq is None or now.highest_modseq == then.highest_modseq:
        return
    _note(run, record, then.highest_modseq)
    # Only now, for what is interrupted is asked for again; and no more than was said before, for more may come.
    run.ledger.save_scan(record.id, replace(then, highest_modseq=now.highest_modseq))


def note_untold_changes(run: Pass, records: Iterable[SourceFolderRecord]) -> None:
    """Note which flags have changed in folders of which the source does not say whether any have: one FETCH each."""
    if not run.source.keeps_flags:
        return
    for record in records:
        # One that was never listed has no rows whose flags could have changed.
        if record.scanned is None or record.scanned.highest_modseq is not None or not record.scanned.messages:
            continue
        run.check()
        try:
            _note(run, record, None)
        except MailError as error:
            # The scan that follows says so.
            if error.reason is not Reason.FOLDER_UNREADABLE:
                raise


def _note(run: Pass, record: SourceFolderRecord, since: int | None) -> None:
    state = run.source.examine(record.source)
    for chunk in run.source.flags(since):
        run.cancel.check()
        run.ledger.note_flags(record.id, state.uidvalidity, chunk)


def follow_flags(run: Pass) -> None:
    """Tell the destination what has changed; after each folder the ledger knows that it was told."""
    paths = {record.id: record.path for record in run.ledger.destination_folders(run.owner)}
    changes = run.ledger.flag_changes(run.account.id)
    for folder_id, members in groupby(changes, lambda change: change.destination_folder_id):
        if folder_id in paths:
            run.check()
            _follow_in_folder(run, paths[folder_id], list(members))


def _follow_in_folder(run: Pass, path: FolderPath, changes: Sequence[FlagChange]) -> None:
    try:
        state, permanent = run.destination.select(path)
    except MailError as error:
        if error.reason is not Reason.FOLDER_UNREADABLE:
            raise
        return
    # Under another UIDVALIDITY the UIDs mean other messages.
    here = [change for change in changes if change.uidvalidity == state.uidvalidity]
    wanted: defaultdict[tuple[str, bool], list[FlagChange]] = defaultdict(list)
    dropped: set[int] = set()
    for change in here:
        added, removed = flag_changes(change.base, change.flags)
        storable, unstorable = storable_flags(added, permanent)
        if unstorable:
            dropped.add(change.message_id)
        for flag in storable:
            wanted[flag, True].append(change)
        # What the destination cannot keep was never put there.
        removable, _ = storable_flags(removed, permanent)
        for flag in removable:
            wanted[flag, False].append(change)
    for (flag, on), members in wanted.items():
        if not run.destination.set_flag([change.uid for change in members], flag, on=on):
            dropped.update(change.message_id for change in members)
    differ = frozenset({Change.FLAGS_DROPPED})
    run.ledger.mark_flags_followed(
        (change.message_id, differ if change.message_id in dropped else frozenset()) for change in here
    )
