"""IMAP commands about folders: LIST, LSUB, CREATE, SELECT, STATUS, NAMESPACE, QUOTA and their kin."""

from __future__ import annotations

import re

from mailmove_gui.demo.folder import INBOX, Folder, Path
from mailmove_gui.demo.imap_session import ImapSession, No, untagged
from mailmove_gui.demo.imap_text import SYSTEM_FLAGS, encode_name, format_flags, quote
from mailmove_gui.demo.imap_view import View
from mailmove_gui.demo.options import UNSAFE_LOGIN
from mailmove_gui.demo.wire import Arguments, BadSyntax

_XLIST_WORDS = {"\\Junk": "\\Spam", "\\All": "\\AllMail", "\\Flagged": "\\Starred"}
QUOTA_ROOT = b'"User quota"'


def list_folders(session: ImapSession, arguments: Arguments) -> str:
    """LIST (RFC 3501 §6.3.8) with CHILDREN (RFC 3348) and SPECIAL-USE (RFC 6154) attributes."""
    return _list(session, arguments, b"LIST")


def xlist(session: ImapSession, arguments: Arguments) -> str:
    """XLIST, which told what folders are for before SPECIAL-USE did, in words of its own."""
    return _list(session, arguments, b"XLIST")


def _list(session: ImapSession, arguments: Arguments, command: bytes) -> str:
    pattern = _pattern(session, arguments)
    if pattern is None:
        return ""
    folders = session.owner().folders
    parents = {path[:depth] for path in folders for depth in range(1, len(path))}
    if session.state.store.prefix and len(folders) > 1:
        parents.add(INBOX)
    for path, folder in sorted(folders.items(), key=lambda item: (item[0] != INBOX, item[0])):
        if pattern.fullmatch(_wire(session, path)):
            _send_name(session, command, _attributes(session, folder, path in parents, command), path)
    return ""


def list_subscribed(session: ImapSession, arguments: Arguments) -> str:
    r"""LSUB (RFC 3501 §6.3.9): with `%`, parents of subscribed names are shown as \Noselect."""
    pattern = _pattern(session, arguments)
    if pattern is None:
        return ""
    subscribed = set(session.owner().subscriptions)
    shown: dict[Path, list[bytes]] = {}
    for path in subscribed:
        for depth in range(1, len(path) + 1):
            if pattern.fullmatch(_wire(session, path[:depth])):
                if depth == len(path):
                    shown[path] = []
                elif not pattern.fullmatch(_wire(session, path)) and path[:depth] not in subscribed:
                    shown.setdefault(path[:depth], [b"\\Noselect"])
    for path in sorted(shown, key=lambda path: (path != INBOX, path)):
        _send_name(session, b"LSUB", shown[path], path)
    return ""


def subscribe(session: ImapSession, arguments: Arguments) -> str:
    """RFC 3501 §6.3.6."""
    path = session.path(_name(arguments))
    if session.owner().find_folder(path) is None:
        raise No("[NONEXISTENT] Mailbox doesn't exist")
    session.owner().subscriptions.add(path)
    return ""


def unsubscribe(session: ImapSession, arguments: Arguments) -> str:
    """RFC 3501 §6.3.7."""
    session.owner().subscriptions.discard(session.path(_name(arguments)))
    return ""


def create(session: ImapSession, arguments: Arguments) -> str:
    """RFC 3501 §6.3.3; a trailing separator announces children and is left out."""
    name = _name(arguments)
    session.owner().add_folder(session.path(name.removesuffix(session.state.store.separator.encode())))
    return ""


def delete(session: ImapSession, arguments: Arguments) -> str:
    """RFC 3501 §6.3.4."""
    path = session.path(_name(arguments))
    if session.view is not None and session.view.folder.path == path:
        session.view = None
    session.owner().delete_folder(path)
    return ""


def rename(session: ImapSession, arguments: Arguments) -> str:
    """RFC 3501 §6.3.5."""
    arguments.space()
    old = session.path(arguments.astring())
    session.owner().rename_folder(old, session.path(_name(arguments)))
    return ""


def select(session: ImapSession, arguments: Arguments, *, read_only: bool = False) -> str:
    """SELECT and EXAMINE (RFC 3501 §6.3.1-2)."""
    name = _name(arguments)
    session.view = None  # Even a SELECT that fails leaves nothing selected.
    if session.state.options.require_id and not session.identified:
        raise No(UNSAFE_LOGIN)
    folder = session.folder(name)
    view = View(folder, read_only, session.shown)
    keywords = {flag for message in view.messages for flag in message.flags if not flag.startswith("\\")}
    flags = {*SYSTEM_FLAGS, *keywords}
    permanent = set() if read_only else flags
    if not read_only and not session.state.options.keywords_refused:
        permanent = {*flags, "\\*"}
    session.send(b"FLAGS " + format_flags(flags))
    session.send(b"OK [PERMANENTFLAGS %b] Flags permitted." % format_flags(permanent))
    session.send(b"%d EXISTS" % len(view.messages))
    session.send(b"0 RECENT")
    for number, message in enumerate(view.messages, 1):
        if "\\Seen" not in message.flags:
            session.send(b"OK [UNSEEN %d] First unseen." % number)
            break
    session.send(b"OK [UIDVALIDITY %d] UIDs valid" % folder.uid_validity)
    session.send(b"OK [UIDNEXT %d] Predicted next UID" % folder.uid_next)
    session.view = view
    return "[READ-ONLY] EXAMINE completed." if read_only else "[READ-WRITE] SELECT completed."


def unselect(session: ImapSession, arguments: Arguments) -> str:
    """UNSELECT (RFC 3691)."""
    arguments.end()
    session.view = None
    return ""


def close(session: ImapSession, arguments: Arguments) -> str:
    r"""RFC 3501 §6.4.2: removes what is \Deleted, unless the folder was opened by EXAMINE."""
    arguments.end()
    view = session.selected()
    if not view.read_only:
        view.folder.expunge([m.uid for m in view.folder.messages if "\\Deleted" in m.flags])
    session.view = None
    return ""


def status(session: ImapSession, arguments: Arguments) -> str:
    """RFC 3501 §6.3.10, with SIZE (RFC 8438)."""
    arguments.space()
    name = arguments.astring()
    arguments.space()
    items = arguments.atoms()
    arguments.end()
    folder = session.folder(name)
    messages = session.shown(folder.messages)
    values = {
        "MESSAGES": len(messages),
        "RECENT": 0,
        "UIDNEXT": folder.uid_next,
        "UIDVALIDITY": folder.uid_validity,
        "UNSEEN": sum("\\Seen" not in message.flags for message in messages),
    }
    if session.state.offers("STATUS=SIZE"):
        values["SIZE"] = sum(len(message.content) for message in messages)
    if not items or any(item not in values for item in items):
        raise BadSyntax("Invalid status item")
    pairs = [f"{item} {values[item]}".encode() for item in items]
    session.send(untagged(b"STATUS", quote(_wire(session, folder.path)), pairs))
    return ""


def namespace(session: ImapSession, arguments: Arguments) -> str:
    """NAMESPACE (RFC 2342): a personal one only."""
    arguments.end()
    store = session.state.store
    prefix, separator = quote(encode_name(store.prefix)), quote(store.separator.encode())
    session.send(b"NAMESPACE ((%b %b)) NIL NIL" % (prefix, separator))
    return ""


def get_quota(session: ImapSession, arguments: Arguments) -> str:
    """GETQUOTA (RFC 2087)."""
    if quote(_name(arguments)) != QUOTA_ROOT or session.owner().quota_bytes is None:
        raise No("Quota root doesn't exist.")
    _send_quota(session)
    return ""


def get_quota_root(session: ImapSession, arguments: Arguments) -> str:
    """GETQUOTAROOT (RFC 2087)."""
    folder = session.folder(_name(arguments))
    root = b" " + QUOTA_ROOT if session.owner().quota_bytes is not None else b""
    session.send(b"QUOTAROOT " + quote(_wire(session, folder.path)) + root)
    _send_quota(session)
    return ""


def _send_quota(session: ImapSession) -> None:
    user = session.owner()
    if user.quota_bytes is not None:
        used_kib = -(-user.used_bytes // 1024)
        session.send(b"QUOTA %b (STORAGE %d %d)" % (QUOTA_ROOT, used_kib, user.quota_bytes // 1024))


def _name(arguments: Arguments) -> bytes:
    arguments.space()
    name = arguments.astring()
    arguments.end()
    return name


def _wire(session: ImapSession, path: Path) -> bytes:
    return encode_name(session.state.store.wire_name(path))


def _send_name(session: ImapSession, command: bytes, attributes: list[bytes], path: Path) -> None:
    separator = quote(session.state.store.separator.encode())
    session.send(untagged(command, attributes, separator, quote(_wire(session, path))))


def _attributes(session: ImapSession, folder: Folder, is_parent: bool, command: bytes) -> list[bytes]:
    attributes = [] if folder.selectable else [b"\\Noselect"]
    if session.state.offers("CHILDREN"):
        attributes.append(b"\\HasChildren" if is_parent else b"\\HasNoChildren")
    if command == b"XLIST":
        word = "\\Inbox" if folder.path == INBOX else _XLIST_WORDS.get(folder.special_use or "", folder.special_use)
        attributes += [word.encode()] if word else []
    elif folder.special_use is not None and session.state.offers("SPECIAL-USE"):
        attributes.append(folder.special_use.encode())
    return attributes


def _pattern(session: ImapSession, arguments: Arguments) -> re.Pattern[bytes] | None:
    """Reference and pattern as one expression; None when the client asks for the separator only."""
    arguments.space()
    reference = arguments.astring()
    arguments.space()
    wanted = arguments.list_pattern()
    arguments.end()
    separator = session.state.store.separator.encode()
    if not wanted:
        session.send(untagged(b"LIST", [b"\\Noselect"], quote(separator), b'""'))
        return None
    pattern = reference + wanted
    if pattern[:5].upper() == b"INBOX" and pattern[5:6] in (b"", b"*", b"%", separator):
        pattern = b"INBOX" + pattern[5:]
    parts = [
        {b"*": b".*", b"%": b"[^" + re.escape(separator) + b"]*"}.get(part, re.escape(part))
        for part in re.split(rb"([*%])", pattern)
    ]
    return re.compile(b"".join(parts), re.DOTALL)
