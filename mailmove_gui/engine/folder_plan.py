"""Which folders go where, and making those that are missing."""

import re
from dataclasses import dataclass

from mailmove_gui.domain.account_folders import map_account
from mailmove_gui.domain.folders import Folder, FolderPath
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.records import SourceFolderRecord
from mailmove_gui.engine.context import Pass

# What one server or another refuses in a folder name (Cyrus: " \ * % /, Courier: /, all: control characters).
_REFUSED_CHARACTERS = re.compile(r'["\\*%/\x00-\x1f\x7f]')


@dataclass(frozen=True, slots=True)
class FolderPlan:
    """The folders of a pass, INBOX and Sent first, those that the destination would not make, and all there are."""

    folders: tuple[SourceFolderRecord, ...]
    refused: tuple[MailError, ...]
    source: frozenset[FolderPath]
    destination: tuple[Folder, ...]


def plan_folders(run: Pass) -> FolderPlan:
    """List both sides, map them, and make what is missing at the destination, empty folders too."""
    source = run.source.folders()
    destination = run.destination.folders()
    known = {record.source: record.destination for record in run.ledger.source_folders(run.account.id)}
    records: list[SourceFolderRecord] = []
    refused: list[MailError] = []
    mapped = map_account(run.account, run.options, source, destination, run.destination.naming, known)
    for mapping in mapped.wanted:
        run.cancel.check()
        try:
            path = mapping.destination if mapping.exists else _make(run, mapping.destination)
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
        if all(record.destination != folder.path for folder in destination)
    )
    # One that holds no messages any more, but folders below it, is as gone as any.
    at_source = frozenset(folder.path for folder in source if folder.selectable)
    return FolderPlan(tuple(records), tuple(refused), at_source, destination + made)


def _make(run: Pass, path: FolderPath) -> FolderPath:
    """Make the folder; if its name is refused, once more without the characters that servers refuse."""
    try:
        run.destination.create_folder(path)
    except MailError as error:
        harmless = tuple(_REFUSED_CHARACTERS.sub("_", part).strip() or "_" for part in path)
        if error.reason is not Reason.FOLDER_REFUSED or harmless == path:
            raise
        run.destination.create_folder(harmless)
        return harmless
    return path
