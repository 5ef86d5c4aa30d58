"""What special folders are called, for servers that do not tell their roles (RFC 6154)."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from mailmove_gui.domain.folders import FolderRole, normal_name
from mailmove_gui.resource_files import resource_path

_SECTION = "special_folders"
_ROLES = {
    "sent": FolderRole.SENT,
    "drafts": FolderRole.DRAFTS,
    "trash": FolderRole.TRASH,
    "junk": FolderRole.JUNK,
    "archive": FolderRole.ARCHIVE,
    "all": FolderRole.ALL,
    "not_mail": FolderRole.NOT_MAIL,
}
_AMBIGUOUS = "ambiguous"


@cache
def folder_names() -> Mapping[str, FolderRole]:
    """`normal_name` of a folder -> its role, from the table that comes with the program; read once.

    Raises:
        FileNotFoundError: the program came without its resources.
    """
    return read_folder_names(resource_path("providers", "folder_names.toml"))


def read_folder_names(path: Path) -> Mapping[str, FolderRole]:
    """`normal_name` of a folder -> its role.

    A name that is listed as ambiguous, or for two roles, is left out: such folders are never mapped by guess.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no TOML, or a list in it is no list of names.
    """
    with path.open("rb") as file:
        document = tomllib.load(file)
    lists = document.get(_SECTION, document)
    left_out = {normal_name(name) for name in _names(lists, _AMBIGUOUS)}
    found: dict[str, FolderRole] = {}
    for key, role in _ROLES.items():
        for name in map(normal_name, _names(lists, key)):
            if found.setdefault(name, role) is not role:
                left_out.add(name)
    return MappingProxyType({name: role for name, role in found.items() if name not in left_out})


def _names(lists: Mapping[str, object], key: str) -> list[str]:
    names = lists.get(key, [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"{key} is no list of names")
    return names
