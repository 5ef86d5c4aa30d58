r"""Folders of a mailbox: NAMESPACE (RFC 2342), LIST with roles and subscriptions (RFC 3501, 5258, 6154), XLIST."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mailmove_gui.domain.folders import INBOX, Folder, FolderRole, NamingRules, assign_roles
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.mail.names import NameBook, Namespaces
from mailmove_gui.mail.parsing import parse_items
from mailmove_gui.mail.session import Session
from mailmove_gui.mail.syntax import Answer, Response
from mailmove_gui.mail.wire import Ticket

_ROLES = {
    "\\inbox": FolderRole.INBOX,
    "\\sent": FolderRole.SENT,
    "\\drafts": FolderRole.DRAFTS,
    "\\trash": FolderRole.TRASH,
    "\\junk": FolderRole.JUNK,
    "\\spam": FolderRole.JUNK,
    "\\archive": FolderRole.ARCHIVE,
    "\\all": FolderRole.ALL,
    "\\allmail": FolderRole.ALL,
    "\\flagged": FolderRole.FLAGGED,
    "\\starred": FolderRole.FLAGGED,
    "\\important": FolderRole.IMPORTANT,
}
"""SPECIAL-USE and Gmail's older XLIST, in lower case."""

_EXCHANGE = b"Microsoft Exchange"
_UNSELECTABLE = frozenset({"\\noselect", "\\nonexistent"})
_LISTED = re.compile(
    rb'\s*\((?P<flags>[^)]*)\) +(?:(?P<nil>NIL)|"\\?(?P<separator>[^"]?)"|"\\(?P<quote>")") +(?P<name>.*)',
    re.IGNORECASE | re.DOTALL,
)
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"(?: \(.*\))?\s*', re.DOTALL)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_EXTENSION = re.compile(rb" \(\"?(?:CHILDINFO|OLDNAME)\b.*\)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Listed:
    """One LIST response: name as on the wire, delimiter (empty for none), attributes in lower case."""

    wire: bytes
    separator: bytes
    attributes: frozenset[str]


def read_listed(response: Response) -> Listed | None:
    """Read a LIST, LSUB or XLIST response, None for one that cannot be understood."""
    match = _LISTED.match(response.text)
    if match is None:
        return None
    name = match["name"]
    if len(response.parts) > 1:
        wire = response.parts[1]
    elif quoted := _QUOTED.fullmatch(name):
        wire = _ESCAPED.sub(rb"\1", quoted[1])
    elif name.startswith(b'"') and name.endswith(b'"') and len(name) > 1:
        # Quotes inside a name that were not escaped.
        wire = name[1:-1]
    else:
        wire = _EXTENSION.sub(b"", name)
    attributes = frozenset(match["flags"].decode("ascii", "replace").lower().split())
    return Listed(wire, match["separator"] or match["quote"] or b"", attributes)


def read_folders(session: Session, book: NameBook, role_names: Mapping[str, FolderRole]) -> tuple[Folder, ...]:
    """Ask for all folders of the user's own; `book` learns their names on the wire.

    Everything is asked for at once, so that a mailbox costs one round trip.

    Returns:
        Folders, parents before children, INBOX among them.
    """
    extended = session.has("LIST-EXTENDED")
    listing = _begin_list(session, extended=extended)
    namespace = session.begin(b"NAMESPACE") if session.has("NAMESPACE") else None
    root = session.begin(b"LIST", b'""', b'""')
    # Also where LIST tells: Dovecot leaves out there what is subscribed to but not made yet (auto-created folders).
    subscriptions = session.begin(b"LSUB", b'""', b'"*"')
    answer = session.finish(listing)
    if not answer.ok and not extended:
        raise session.refusal(answer.text, Reason.SERVER_SAID)
    book.namespaces = _namespaces(session, namespace, root)
    subscribed = _wires(session.finish(subscriptions))
    if not answer.ok:
        answer = session.command(b"LIST", b'""', b'"*"', failing=Reason.SERVER_SAID)
    listed = [one for one in _read_all(answer) if book.namespaces.is_personal(one.wire)]
    if _EXCHANGE not in session.greeting:
        # Elsewhere, a folder of notes is one that somebody has made for mail.
        role_names = {name: role for name, role in role_names.items() if role is not FolderRole.NOT_MAIL}
    return _as_folders(listed, subscribed, book, role_names)


def _begin_list(session: Session, *, extended: bool) -> Ticket:
    if extended:
        wanted = b"SUBSCRIBED SPECIAL-USE" if session.has("SPECIAL-USE") else b"SUBSCRIBED"
        return session.begin(b"LIST", b'""', b'"*"', b"RETURN", b"(%s)" % wanted)
    old_gmail = session.has("XLIST") and not session.has("SPECIAL-USE")
    return session.begin(b"XLIST" if old_gmail else b"LIST", b'""', b'"*"')


def _read_all(answer: Answer) -> Iterator[Listed]:
    for response in answer.responses:
        if response.kind in {b"LIST", b"XLIST", b"LSUB"}:
            listed = read_listed(response)
            if listed is not None and listed.wire:
                yield listed


def _wires(answer: Answer) -> frozenset[bytes]:
    return frozenset(listed.wire for listed in _read_all(answer) if "\\noselect" not in listed.attributes)


def _as_folders(
    listed: Sequence[Listed],
    subscribed: frozenset[bytes],
    book: NameBook,
    role_names: Mapping[str, FolderRole],
) -> tuple[Folder, ...]:
    # XLIST may call INBOX by the user's word for it.
    named = [(b"INBOX" if "\\inbox" in one.attributes else one.wire, one) for one in listed]
    paths = book.learn((wire, one.separator) for wire, one in named)
    folders = {INBOX: Folder(INBOX, FolderRole.INBOX)}
    for wire, one in named:
        path = paths[wire]
        role = next((_ROLES[flag] for flag in sorted(one.attributes) if flag in _ROLES), FolderRole.NONE)
        folders[path] = Folder(
            path,
            FolderRole.INBOX if path == INBOX else FolderRole.NONE if role is FolderRole.INBOX else role,
            selectable=not one.attributes & _UNSELECTABLE,
            subscribed="\\subscribed" in one.attributes or one.wire in subscribed,
        )
    return assign_roles([folders[path] for path in sorted(folders)], role_names)


# -- namespaces


def _namespaces(session: Session, namespace: Ticket | None, root: Ticket) -> Namespaces:
    answer = session.finish(namespace) if namespace is not None else None
    separator = _root_separator(session.finish(root))
    if answer is not None and answer.ok:
        for response in answer.of_kind(b"NAMESPACE"):
            found = read_namespaces(response, separator)
            if found is not None:
                return found
    return Namespaces(b"", b"/" if separator is None else separator)


def _root_separator(answer: Answer) -> bytes | None:
    for response in answer.of_kind(b"LIST"):
        listed = read_listed(response)
        if listed is not None:
            return listed.separator
    return None


def read_namespaces(response: Response, root_separator: bytes | None = None) -> Namespaces | None:
    """Read a NAMESPACE response; None if it cannot be understood or there is no personal namespace."""
    try:
        kinds = [[(_bytes(item[0]), _bytes(item[1])[-1:]) for item in kind or ()] for kind in parse_items(response)[:3]]
    except (ValueError, IndexError, TypeError):
        return None
    if not kinds or not kinds[0]:
        return None
    personal = kinds[0]
    prefix, separator = personal[0]
    foreign = tuple(name for kind in kinds[1:] for name, _ in kind)
    return Namespaces(prefix, separator or root_separator or b"", tuple(name for name, _ in personal), foreign)


def _bytes(value: object) -> bytes:
    if value is None:
        return b""
    return value if isinstance(value, bytes) else bytes(value) if isinstance(value, bytearray) else str(value).encode()


def naming_rules(namespaces: Namespaces) -> NamingRules:
    """What new folder names must keep to."""
    return NamingRules(
        separator=namespaces.separator.decode("latin-1"),
        prefix_is_inbox=namespaces.prefix.upper().startswith(b"INBOX"),
    )
