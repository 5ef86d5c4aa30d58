"""The end of a pass: looked at and found, and the numbers add up."""

from collections.abc import Iterable

from mailmove_gui.domain.folders import Folder
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.records import Arrival, ClaimedMessage, SourceFolderRecord
from mailmove_gui.engine.context import Pass
from mailmove_gui.engine.whole_account import look_everywhere


def verify_arrivals(run: Pass, folders: tuple[Folder, ...]) -> None:
    """Look for every moved message that nobody has looked at since it arrived.

    One that is not under its UID any more is looked for in the whole account; one that is nowhere is doubtful.
    """
    paths = {record.id: record.path for record in run.ledger.destination_folders(run.owner)}
    lost: list[ClaimedMessage] = []
    for folder_id, uids in run.ledger.unverified(run.owner).items():
        run.cancel.check()
        state = run.destination.examine(paths[folder_id])
        found = {head.uid for chunk in run.destination.heads_of(sorted(uids)) for head in chunk}
        run.ledger.mark_verified(folder_id, state.uidvalidity, found)
        missing = set(uids) - found
        if missing:
            rows = run.ledger.claimed(folder_id)
            lost.extend(
                row
                for row in rows
                if row.account_id == run.account.id and row.uidvalidity == state.uidvalidity and row.uid in missing
            )
    if not lost:
        return
    places = {place.message_id: place for place in look_everywhere(run, lost, folders)}
    for place in places.values():
        arrival = Arrival(place.message_id, place.uid, verified=True)
        run.ledger.mark_moved(place.folder_id, place.uidvalidity, [arrival])
    nowhere = [claimed.id for claimed in lost if claimed.id not in places]
    for refusal in run.ledger.mark_doubtful(run.account.id, nowhere):
        run.refused(refusal)


def check_numbers(run: Pass, folders: Iterable[SourceFolderRecord]) -> None:
    """Raise `MailError` (NUMBERS_DIFFER) unless everything is accounted for.

    Every message that the source counts in a folder has its row, no row is still to be moved, and every message that
    was moved has been seen at the destination.
    """
    counted = {one.source: one.counts.at_source for one in run.ledger.folder_counts(run.account.id)}
    for folder in folders:
        if folder.scanned is None or counted.get(folder.source, 0) < folder.scanned.messages:
            raise MailError(Reason.NUMBERS_DIFFER, side=Side.SOURCE)
    counts = run.ledger.counts(run.account.id)
    if counts.pending or counts.unverified:
        raise MailError(Reason.NUMBERS_DIFFER, side=Side.DESTINATION)
