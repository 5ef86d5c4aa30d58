"""Folder names on the wire and as people see them: modified UTF-7 (RFC 3501 section 5.1.3), prefix, separator."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from imapclient import imap_utf7  # type: ignore[import-untyped]

from mailmove_gui.domain.folders import INBOX, FolderPath
from mailmove_gui.mail.syntax import Argument, Literal

_INBOX_NAME = b"INBOX"


def decode_name(wire: bytes) -> str:
    """A name, or a part of one, as text; what is no proper modified UTF-7 stays as it is.

    Raw 8-bit names (not allowed, but met) are read as UTF-8, else byte by byte.
    """
    if not wire.isascii():
        try:
            return wire.decode("utf-8")
        except UnicodeDecodeError:
            return wire.decode("latin-1")
    try:
        text = str(imap_utf7.decode(wire))
        # Only the one right encoding is decoded, so that two names never become the same text.
        if bytes(imap_utf7.encode(text)) == wire:
            return text
    except (ValueError, IndexError):
        pass
    return wire.decode("ascii")


def encode_name(text: str) -> bytes:
    """Text as modified UTF-7; lone surrogates, which nothing can store, become replacement marks."""
    return bytes(imap_utf7.encode(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")))


@dataclass(frozen=True, slots=True)
class Namespaces:
    """Where the user's own folders live (RFC 2342): `prefix` of new ones, and every prefix that is known.

    `foreign` are the prefixes of other users' and of shared folders. `separator` is empty on a flat server.
    """

    prefix: bytes = b""
    separator: bytes = b"/"
    personal: tuple[bytes, ...] = (b"",)
    foreign: tuple[bytes, ...] = ()

    def is_personal(self, wire: bytes) -> bool:
        """Whether a listed folder belongs to the user: the longest prefix that fits decides, and INBOX always does."""
        if is_inbox(wire):
            return True
        own = max((len(prefix) for prefix in self.personal if _fits(wire, prefix)), default=-1)
        other = max((len(prefix) for prefix in self.foreign if _fits(wire, prefix)), default=-1)
        return own >= other


def is_inbox(wire: bytes) -> bool:
    """Whether this is the one name that is the same in any case (RFC 3501 section 5.1)."""
    return wire.upper() == _INBOX_NAME


@dataclass(slots=True)
class NameBook:
    """Which wire name belongs to which path: remembered from LIST, made for new ones."""

    namespaces: Namespaces = field(default_factory=Namespaces)
    _wires: dict[FolderPath, bytes] = field(default_factory=dict)

    def learn(self, listed: Iterable[tuple[bytes, bytes]]) -> dict[bytes, FolderPath]:
        """Take what LIST told, replacing what was known.

        Args:
            listed: (wire name, hierarchy delimiter of this entry or empty).

        Returns:
            Path by wire name; no two wire names share a path.
        """
        self._wires = {INBOX: _INBOX_NAME}
        paths: dict[bytes, FolderPath] = {}
        for wire, separator in listed:
            if wire in paths:
                continue
            path = self._path(wire, separator)
            number = 2
            while self._wires.get(path, wire) != wire and not (path == INBOX and is_inbox(wire)):
                path = (*path[:-1], f"{path[-1].removesuffix(f' ({number - 1})')} ({number})")
                number += 1
            self._wires[path] = wire
            paths[wire] = path
        return paths

    def remember(self, path: FolderPath, wire: bytes) -> None:
        """Take a folder that was just made."""
        self._wires[path] = wire

    def knows(self, path: FolderPath) -> bool:
        """Whether the folder was listed or made."""
        return path in self._wires

    def wire(self, path: FolderPath) -> bytes:
        """The name to send for a path."""
        if path in self._wires:
            return self._wires[path]
        if path == INBOX:
            return _INBOX_NAME
        # The nearest parent that is known: its name need not be what its path would be encoded as.
        for length in range(len(path) - 1, 0, -1):
            parent = self._wires.get(path[:length])
            if parent is not None and not (path[:length] == INBOX and self._prefix_is_inbox):
                return self._join([parent, *map(encode_name, path[length:])])
        return self.namespaces.prefix + self._join([encode_name(part) for part in path])

    @property
    def _prefix_is_inbox(self) -> bool:
        return self.namespaces.prefix.upper().startswith(_INBOX_NAME)

    def _join(self, parts: list[bytes]) -> bytes:
        return (self.namespaces.separator or b"_").join(parts)

    def _path(self, wire: bytes, separator: bytes) -> FolderPath:
        if is_inbox(wire):
            return INBOX
        inner = wire
        prefix = self.namespaces.prefix
        if prefix and _fits(wire, prefix) and len(wire) > len(prefix):
            inner = wire[len(prefix) :]
            if is_inbox(inner):
                # INBOX.INBOX is a folder of its own below INBOX.
                inner = wire
        if not separator:
            return (decode_name(inner),)
        parts = inner.split(separator)
        while len(parts) > 1 and not parts[-1]:
            parts.pop()
        path = tuple(decode_name(part) for part in parts)
        return (INBOX[0], *path[1:]) if path[0].upper() == INBOX[0] else path


def _fits(wire: bytes, prefix: bytes) -> bool:
    """Whether a name lies below a prefix, or is the prefix itself without its separator; INBOX in any case."""
    if prefix[:5].upper() == _INBOX_NAME:
        wire = wire[: len(_INBOX_NAME)].upper() + wire[len(_INBOX_NAME) :]
        prefix = prefix[: len(_INBOX_NAME)].upper() + prefix[len(_INBOX_NAME) :]
    return wire.startswith(prefix) or (len(prefix) > 1 and wire == prefix[:-1])


def name_argument(wire: bytes) -> Argument:
    """A folder's name as a command's argument; 8-bit names go back quoted, as their server listed them."""
    if any(byte < 0x20 or byte == 0x7F for byte in wire):
        return Literal(wire)
    return b'"' + wire.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
