"""Which folders go where, and making those that are missing."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mailmove_gui.domain.account_folders import map_account
from mailmove_gui.domain.folders import Folder, FolderPath
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.records import SourceFolderRecord
from mailmove_gui.engine.context import Pass
from mailmove_gui.engine.folder_making import FolderMaker
from mailmove_gui.engine.renames import follow_renames


@dataclass(frozen=True, slots=True)
class FolderPlan:
    """The folders of a pass, INBOX and Sent first, those that the destination would not make, and all there are.

    `removed` are folders that an earlier pass has seen at the destination, and that somebody has deleted or renamed
    since: they are made again only for what is still to come into them.
    """

    folders: tuple[SourceFolderRecord, ...]
    refused: tuple[MailError, ...]
    removed: frozenset[FolderPath]
    source: frozenset[FolderPath]
    destination: tuple[Folder, ...]


def plan_folders(run: Pass) -> FolderPlan:
    """List both sides, map them, and make what is missing at the destination, empty folders too."""
    source = run.source.folders()
    destination = run.destination.folders()
    follow_renames(run, source)
    known = {record.source: record.destination for record in run.ledger.source_folders(run.account.id)}
    records: list[SourceFolderRecord] = []
    refused: list[MailError] = []
    removed: set[FolderPath] = set()
    in_doubt = _in_doubt(run)
    seen_before = {one.path for one in run.ledger.destination_folders(run.owner) if one.indexed is not None}
    mapped = map_account(run.account, run.options, source, destination, run.destination.naming, known)
    maker = FolderMaker(run.destination, (mapping.destination for mapping in (*mapped.wanted, *mapped.left_out)))
    for mapping in mapped.wanted:
        run.cancel.check()
        if not mapping.exists and mapping.destination in seen_before - in_doubt:
            removed.add(mapping.destination)
            records.append(run.ledger.source_folder(run.account.id, mapping.source.path, mapping.destination))
            continue
        try:
            path = mapping.destination if mapping.exists else maker.make(mapping.destination)
        except MailError as error:
            if error.reason is not Reason.FOLDER_REFUSED:
                raise
            error.side = Side.DESTINATION
            refused.append(error)
            continue
        if mapping.source.subscribed:
            run.destination.subscribe(path)
        records.append(run.ledger.source_folder(run.account.id, mapping.source.path, path))
    made = tuple(
        Folder(record.destination)
        for record in records
        if record.destination not in removed and all(record.destination != folder.path for folder in destination)
    )
    # One that holds no messages any more, but folders below it, is as gone as any.
    at_source = frozenset(folder.path for folder in source if folder.selectable)
    return FolderPlan(tuple(records), tuple(refused), frozenset(removed), at_source, destination + made)


def make_removed(run: Pass, plan: FolderPlan, folders: Iterable[SourceFolderRecord]) -> FolderPlan:
    """Make those of `removed` again into which something of `folders` is still to come; the plan with them."""
    made: dict[FolderPath, Folder] = {}
    for record in folders:
        path = record.destination
        if path in plan.removed and path not in made and run.ledger.pending(record.id, run.options.order, None, 1):
            run.destination.create_folder(path)
            made[path] = Folder(path)
    return replace(plan, removed=plan.removed - made.keys(), destination=plan.destination + tuple(made.values()))


def _in_doubt(run: Pass) -> frozenset[FolderPath]:
    """Where messages were sent whose answer was lost: these folders are looked into first."""
    paths = {record.id: record.path for record in run.ledger.destination_folders(run.owner)}
    return frozenset(paths[batch.destination_folder_id] for batch in run.ledger.sending(run.account.id))
