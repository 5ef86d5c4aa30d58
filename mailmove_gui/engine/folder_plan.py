"""Which folders go where, and making those that are missing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailmove_gui.domain.folders import (
    Folder,
    FolderMapping,
    FolderPath,
    FolderRole,
    NamingRules,
    map_folders,
    wanted_paths,
)
from mailmove_gui.domain.plan import Account, Options
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.records import SourceFolderRecord
from mailmove_gui.engine.context import Pass

# What one server or another refuses in a folder name (Cyrus: " \ * % /, Courier: /, all: control characters).
_REFUSED_CHARACTERS = re.compile(r'["\\*%/\x00-\x1f\x7f]')
_ORDER = {FolderRole.INBOX: 0, FolderRole.SENT: 1}


@dataclass(frozen=True, slots=True)
class FolderPlan:
    """The folders of a pass, INBOX and Sent first, those that the destination would not make, and all there are."""

    folders: tuple[SourceFolderRecord, ...]
    refused: tuple[MailError, ...]
    source: frozenset[FolderPath]
    destination: tuple[Folder, ...]


@dataclass(frozen=True, slots=True)
class AccountFolders:
    """The map of an account's folders: those to be moved, most wanted first, and those that are left out."""

    wanted: tuple[FolderMapping, ...]
    left_out: tuple[FolderMapping, ...]


def map_account(
    account: Account,
    options: Options,
    source: Sequence[Folder],
    destination: Sequence[Folder],
    naming: NamingRules,
    known: Mapping[FolderPath, FolderPath] | None = None,
) -> AccountFolders:
    """Where the folders of an account go, and which of them.

    Args:
        account: its own map wins over that of the options, and its own list of what is left out likewise.
        options: filters, and the map for all accounts, which wins over `known`.
        source: the source's folders.
        destination: the destination's folders.
        naming: what the destination's names cannot hold.
        known: source path -> destination path of earlier passes.
    """
    chosen = {**(known or {}), **dict(options.folder_map), **dict(account.folder_map)}
    mappings = map_folders(source, destination, naming, chosen=chosen, below=options.below)
    exclude = options.exclude if account.exclude is None else account.exclude
    paths = wanted_paths(source, options.folders, exclude, options.exclude_roles)
    mappings = tuple(sorted(mappings, key=lambda mapping: _ORDER.get(mapping.source.role, len(_ORDER))))
    return AccountFolders(
        tuple(mapping for mapping in mappings if mapping.source.path in paths),
        tuple(mapping for mapping in mappings if mapping.source.path not in paths),
    )


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
    at_source = frozenset(folder.path for folder in source)
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
