"""Which folders of an account move, and where they go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mailmove_gui.domain.findings import AccountCheck
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

_ORDER = {
    FolderRole.INBOX: 0,
    FolderRole.SENT: 1,
    # Everything else, by name; then what collects the mail of other folders.
    FolderRole.FLAGGED: 3,
    FolderRole.IMPORTANT: 4,
    FolderRole.ALL: 5,
}
"""The order in which folders are moved. A message that the source shows in several of them goes to the first one."""

_USUAL_PLACE = 2


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
    mappings = tuple(sorted(mappings, key=lambda mapping: _ORDER.get(mapping.source.role, _USUAL_PLACE)))
    return AccountFolders(
        tuple(mapping for mapping in mappings if mapping.source.path in paths),
        tuple(mapping for mapping in mappings if mapping.source.path not in paths),
    )


def remapped(check: AccountCheck, account: Account, options: Options) -> AccountCheck | None:
    """What was found, with the folders mapped anew as the user now wants them.

    None if a folder is wanted now that has not been counted, or what was counted depends on one that is not wanted any
    more: then only another check can tell.
    """
    if not check.passed:
        return check
    mapped = map_account(account, options, check.source_folders, check.destination_folders, check.naming)
    counted = {one.mapping.source.path: one for one in check.folders}
    wanted = {mapping.source.path for mapping in mapped.wanted}
    # A message that several folders hold was counted in one of them, which may now be left out.
    if not wanted <= counted.keys() or (check.messages_repeated and wanted != counted.keys()):
        return None
    folders = tuple(replace(counted[mapping.source.path], mapping=mapping) for mapping in mapped.wanted)
    return replace(check, folders=folders, left_out=mapped.left_out)
