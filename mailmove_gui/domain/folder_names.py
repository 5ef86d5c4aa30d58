"""Names for folders that a destination does not want to call what the source calls them."""

import re
from collections.abc import Collection, Iterator

from mailmove_gui.domain.folders import FolderPath

# What one server or another refuses anywhere in a name: Cyrus all of these, Courier the slash, all control characters.
_REFUSED = re.compile(r'[!"%*/;<>\\`{|}\x00-\x1f\x7f]')
# Beyond that: Courier has no letters outside the Basic Multilingual Plane (emoji), Dovecot no "~" in front.
_BEYOND_BASIC = re.compile(r"[\U00010000-\U0010ffff]|^[~.]")
_LONGEST_BYTES = 200
"""Of a whole path: a Maildir++ server makes one file name of it, of 255 bytes at most with what it adds itself."""

_SUBSTITUTE = "_"


def acceptable_forms(path: FolderPath) -> Iterator[FolderPath]:
    """Names to try, one after the other, when a server has refused a name without saying what it dislikes.

    Nothing is changed that need not be: first the characters that Cyrus refuses, then letters that only some servers
    have, and the length.
    """
    harmless = tuple(_part(_REFUSED, part) for part in path)
    if harmless != path:
        yield harmless
    plain = _shortened(tuple(_part(_BEYOND_BASIC, part) for part in harmless))
    if plain != harmless:
        yield plain


def free_form(path: FolderPath, taken: Collection[FolderPath]) -> FolderPath:
    """The name, or the first numbered one that is not taken, so that two folders never fall together."""
    candidate, number = path, 1
    while candidate in taken:
        candidate = (*path[:-1], f"{path[-1]} ({number})")
        number += 1
    return candidate


def _part(unwanted: re.Pattern[str], part: str) -> str:
    return unwanted.sub(_SUBSTITUTE, part).strip() or _SUBSTITUTE


def _shortened(path: FolderPath) -> FolderPath:
    """The path with its longest parts cut until it is short enough."""
    parts = list(path)
    while sum(map(_size_bytes, parts)) > _LONGEST_BYTES:
        longest = max(range(len(parts)), key=lambda index: len(parts[index]))
        if len(parts[longest]) == 1:
            break
        parts[longest] = parts[longest][:-1].strip() or _SUBSTITUTE
    return tuple(parts)


def _size_bytes(part: str) -> int:
    """At least what modified UTF-7 (RFC 3501 section 5.1.3) makes of it, with the separator."""
    return 1 + (len(part) if part.isascii() else 3 * len(part) + 2)
