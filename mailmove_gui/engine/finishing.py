"""The end of a pass: looked at and found, and the numbers add up."""

from collections.abc import Iterable

from mailmove_gui.domain.folders import Folder
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.records import SourceFolderRecord
from mailmove_gui.engine.context import Pass
from mailmove_gui.engine.whole_account import look_through_destination


def look_again(run: Pass, folders: tuple[Folder, ...]) -> None:
    """Learn what has become of the messages at the destination since they were moved.

    What is nowhere has been removed by its user, and is not brought back; but what nobody had seen there yet is
    doubtful.
    """
    never_seen = look_through_destination(run, folders)
    for refusal in run.ledger.mark_doubtful(run.account.id, never_seen):
        run.refused(refusal)


def verify_arrivals(run: Pass, folders: tuple[Folder, ...]) -> None:
    """Look for every moved message that nobody has looked at since it arrived.

    One that is not under its UID any more is looked for in the whole account; one that is nowhere is doubtful.
    """
    paths = {record.id: record.path for record in run.ledger.destination_folders(run.owner)}
    for folder_id, uids in run.ledger.unverified(run.owner).items():
        run.cancel.check()
        state = run.destination.examine(paths[folder_id])
        found = {head.uid for chunk in run.destination.heads_of(sorted(uids)) for head in chunk}
        run.ledger.mark_verified(folder_id, state.uidvalidity, found)
        run.ledger.mark_astray(folder_id, state.uidvalidity, set(uids) - found)
    if run.ledger.is_astray(run.account.id):
        look_again(run, folders)


def check_numbers(run: Pass, folders: Iterable[SourceFolderRecord]) -> None:
    """Raise `MailError` (NUMBERS_DIFFER) unless everything is accounted for.

    Every message that the source counts in a folder has its row, no row is still to be moved, every message that was
    moved has been seen at the destination, and none is being looked for.
    """
    counted = {one.source: one.counts.at_source for one in run.ledger.folder_counts(run.account.id)}
    for folder in folders:
        if folder.scanned is None or counted.get(folder.source, 0) < folder.scanned.messages:
            raise MailError(Reason.NUMBERS_DIFFER, side=Side.SOURCE)
    counts = run.ledger.counts(run.account.id)
    if counts.pending or counts.unverified or run.ledger.is_astray(run.account.id):
        raise MailError(Reason.NUMBERS_DIFFER, side=Side.DESTINATION)
