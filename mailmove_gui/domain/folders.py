"""Folders: names as people see them, special roles, and the map from source to destination."""

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TypeAlias

FolderPath: TypeAlias = tuple[str, ...]
"""A folder's name as its parts from the top, decoded, without the server's prefix: ``("Projects", "2024")``."""

FolderMap: TypeAlias = tuple[tuple[FolderPath, FolderPath], ...]
"""Wishes of the user: pairs of a source folder and the destination folder that its messages go to."""

INBOX: FolderPath = ("INBOX",)


class FolderRole(StrEnum):
    """What a folder is for (RFC 6154); its name differs from server to server."""

    NONE = "none"
    INBOX = "inbox"
    SENT = "sent"
    DRAFTS = "drafts"
    TRASH = "trash"
    JUNK = "junk"
    ARCHIVE = "archive"
    ALL = "all"
    FLAGGED = "flagged"
    IMPORTANT = "important"
    NOT_MAIL = "not_mail"
    """a calendar, contacts, tasks and the like, which Exchange lists among the folders"""


UNWANTED = frozenset({FolderRole.JUNK, FolderRole.TRASH})
"""Roles of folders that people can do without."""


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder as the server lists it."""

    path: FolderPath
    role: FolderRole = FolderRole.NONE
    selectable: bool = True
    subscribed: bool = False


class MappingCause(StrEnum):
    """Why a source folder goes where it goes."""

    SAME_NAME = "same_name"
    CHOSEN = "chosen"
    """the user said so, or an earlier pass"""
    SPECIAL = "special"
    """it is the destination's folder of the same role"""
    FOLLOWS = "follows"
    """its parent goes there"""
    NOT_ALLOWED = "not_allowed"
    """the destination cannot hold a character, or a level, of its name"""
    TAKEN = "taken"
    """another source folder has that name at the destination"""


@dataclass(frozen=True, slots=True)
class FolderMapping:
    """Where one source folder's messages go.

    `renamed` says that the name differs from what the same path would be called at the destination, so that the map can
    show it, and `cause` what decided.
    """

    source: Folder
    destination: FolderPath
    exists: bool
    renamed: bool
    cause: MappingCause = MappingCause.SAME_NAME


@dataclass(frozen=True, slots=True)
class NamingRules:
    """What the destination's folder names cannot hold.

    `separator` is the hierarchy separator, empty for a flat server; `prefix_is_inbox` says that everything lives below
    INBOX on the wire (``INBOX.``), so that a child of INBOX and a top-level folder are the same thing.
    """

    separator: str = "/"
    prefix_is_inbox: bool = False


def display_name(path: FolderPath) -> str:
    """One line for a path; a slash inside a part is shown doubled, so that it is not taken for a level."""
    return "/".join(part.replace("/", "//") for part in path)


def parse_display_name(text: str) -> FolderPath:
    """The reverse of `display_name`."""
    placeholder = "\0"
    return tuple(part.replace(placeholder, "/") for part in text.replace("//", placeholder).split("/") if part)


def normal_name(name: str) -> str:
    """The form in which special-folder names are compared: NFC, case-folded, trimmed."""
    return unicodedata.normalize("NFC", name).strip().casefold()


def assign_roles(folders: Sequence[Folder], role_names: Mapping[str, FolderRole]) -> tuple[Folder, ...]:
    """Give folders without a server-given role the role that their name tells.

    A role that the server named itself (SPECIAL-USE) is never given to a second folder, and a role that two names would
    claim is given to neither: ambiguous names are not mapped by guess. Only NOT_MAIL is for any number of folders.

    Args:
        folders: as listed; roles from SPECIAL-USE or XLIST filled in.
        role_names: `normal_name` of a folder -> role.
    """
    taken = {folder.role for folder in folders if folder.role is not FolderRole.NONE}
    guessed: dict[FolderPath, FolderRole] = {
        folder.path: role
        for folder in folders
        if folder.role is FolderRole.NONE
        and folder.selectable
        and len(folder.path) == 1
        and (role := role_names.get(normal_name(folder.path[0]))) is not None
        and role not in taken
    }
    claims = Counter(guessed.values())
    return tuple(
        replace(folder, role=role)
        if (role := guessed.get(folder.path)) is not None and (claims[role] == 1 or role is FolderRole.NOT_MAIL)
        else folder
        for folder in folders
    )


def shared_destinations(mappings: Iterable[FolderMapping]) -> dict[FolderPath, tuple[FolderPath, ...]]:
    """Destination folders to which several source folders go, and which. Names are as the destination holds them."""
    sources: dict[FolderPath, list[FolderPath]] = {}
    for mapping in mappings:
        sources.setdefault(mapping.destination, []).append(mapping.source.path)
    return {path: tuple(found) for path, found in sources.items() if len(found) > 1}


def wanted_paths(
    folders: Iterable[Folder],
    include: Sequence[str],
    exclude: Sequence[str],
    exclude_roles: Collection[FolderRole] = (),
) -> frozenset[FolderPath]:
    """Those that the patterns let through (see `is_wanted`) and that are not in a folder of a role to be left out.

    What holds no mail is always left out, unless `include` has its very name.
    """
    folders = tuple(folders)
    barred = {
        folder.path
        for folder in folders
        if folder.role in exclude_roles
        or (folder.role is FolderRole.NOT_MAIL and display_name(folder.path) not in include)
    }
    return frozenset(
        folder.path
        for folder in folders
        if is_wanted(folder.path, include, exclude)
        and not any(folder.path[:length] in barred for length in range(1, len(folder.path) + 1))
    )


def is_wanted(path: FolderPath, include: Sequence[str], exclude: Sequence[str]) -> bool:
    """Whether the filters let a folder through; patterns are shell wildcards over `display_name`.

    A pattern also covers everything below the folders that it names. A folder's own name always names it, also one
    like ``[Gmail]`` that would mean something else as a pattern, and INBOX in any case of letters.
    """

    def names(pattern: str, name: str) -> bool:
        if name == _INBOX_NAME:
            pattern = pattern.upper()
        return name == pattern or fnmatchcase(name, pattern)

    def covered(patterns: Sequence[str]) -> bool:
        levels = [display_name(path[:length]) for length in range(1, len(path) + 1)]
        return any(names(pattern, name) for pattern in patterns for name in levels)

    return (not include or covered(include)) and not covered(exclude)


def map_folders(
    source: Sequence[Folder],
    destination: Sequence[Folder],
    rules: NamingRules,
    *,
    chosen: Mapping[FolderPath, FolderPath] | None = None,
    below: FolderPath = (),
) -> tuple[FolderMapping, ...]:
    """Decide where each source folder's messages go.

    INBOX goes to INBOX, a special folder to the destination's folder of that role, everything else to its own name; a
    child follows its parent. What the user has chosen wins. A name that the destination cannot hold is changed
    visibly, and two folders never fall together because of that.

    Args:
        source: selectable and non-selectable folders, roles assigned.
        destination: likewise.
        rules: the destination's naming rules.
        chosen: source path -> destination path, chosen by the user.
        below: destination folder under which everything is put.

    Returns:
        One mapping for each selectable source folder, in the order of `source`.
    """
    chosen = chosen or {}
    by_role: dict[FolderRole, FolderPath] = {
        folder.role: folder.path for folder in destination if folder.role not in _NO_KIND and folder.selectable
    }
    existing = {folder.path for folder in destination if folder.selectable}
    targets: dict[FolderPath, FolderPath] = {}
    causes: dict[FolderPath, MappingCause] = {}
    taken = {_as_stored(path, rules) for path in chosen.values()}
    # Mail among contacts or appointments would be seen by nobody.
    taken.update(folder.path for folder in destination if folder.role is FolderRole.NOT_MAIL)
    fixed = {folder.path: path for folder in source if (path := _by_kind(folder, by_role, below)) is not None}
    # Special folders go to where mail of their kind is expected; plain names give way to them, however deep they are.
    taken.update(path for source_path, path in fixed.items() if source_path not in chosen)
    for folder in sorted(source, key=lambda folder: (len(folder.path), folder.path)):
        if folder.path in chosen:
            targets[folder.path] = _as_stored(chosen[folder.path], rules)
            causes[folder.path] = MappingCause.CHOSEN
            continue
        if folder.path in fixed:
            targets[folder.path] = fixed[folder.path]
            causes[folder.path] = MappingCause.SPECIAL
            continue
        parent = targets.get(folder.path[:-1], INBOX)
        if parent != INBOX and rules.separator:
            # The parent's name is as the destination holds it; changed once more, the child might leave it.
            wished = (*parent, folder.path[-1])
            stored = (*parent, _part_as_stored(folder.path[-1], rules))
            target = _free_name(stored, None, taken)
        else:
            wished = targets.get(folder.path[:-1], below + folder.path[:-1]) + folder.path[-1:]
            stored = _as_stored(wished, rules)
            below_inbox = rules.prefix_is_inbox and len(wished) == len(stored) + 1
            target = _free_name(stored, INBOX + stored if below_inbox else None, taken)
        targets[folder.path] = target
        if target != stored:
            causes[folder.path] = MappingCause.TAKEN
        elif stored != wished:
            causes[folder.path] = MappingCause.NOT_ALLOWED
        elif target != below + folder.path:
            causes[folder.path] = MappingCause.FOLLOWS
        if folder.selectable:
            taken.add(target)
    return tuple(
        FolderMapping(
            folder,
            targets[folder.path],
            exists=targets[folder.path] in existing,
            renamed=targets[folder.path] != below + folder.path,
            cause=causes.get(folder.path, MappingCause.SAME_NAME),
        )
        for folder in source
        if folder.selectable
    )


def _by_kind(folder: Folder, by_role: Mapping[FolderRole, FolderPath], below: FolderPath) -> FolderPath | None:
    """Where a folder goes because of what it is, whatever its name; None if its name decides."""
    if below:
        return None
    if folder.role is FolderRole.INBOX or folder.path == INBOX:
        return INBOX
    return by_role.get(folder.role)


def _as_stored(path: FolderPath, rules: NamingRules) -> FolderPath:
    """The path as the destination can hold it."""
    parts = [_INBOX_NAME if index == 0 and part.upper() == _INBOX_NAME else part for index, part in enumerate(path)]
    if rules.prefix_is_inbox and len(parts) > 1 and parts[0] == _INBOX_NAME:
        del parts[0]
    if rules.separator:
        return tuple(_part_as_stored(part, rules) for part in parts)
    return (_SUBSTITUTE.join(parts),)


def _part_as_stored(part: str, rules: NamingRules) -> str:
    return part.replace(rules.separator, _SUBSTITUTE)


def _free_name(target: FolderPath, second: FolderPath | None, taken: Collection[FolderPath]) -> FolderPath:
    """`target`, else `second`, else the first numbered variant that no other source folder goes to."""
    if target in taken and second is not None and second not in taken:
        return second
    candidate, number = target, 1
    while candidate in taken:
        candidate = (*target[:-1], f"{target[-1]} ({number})")
        number += 1
    return candidate


_NO_KIND = frozenset({FolderRole.NONE, FolderRole.NOT_MAIL})
_INBOX_NAME = INBOX[0]
_SUBSTITUTE = "_"
