"""IMAP commands that change messages: APPEND, STORE, COPY, EXPUNGE."""

from __future__ import annotations

import re

from mailmove_gui.demo.folder import NewMessage
from mailmove_gui.demo.gmail import store_once
from mailmove_gui.demo.imap_session import ImapSession, No
from mailmove_gui.demo.imap_text import checked_flags, format_flags, format_set, parse_date
from mailmove_gui.demo.wire import LARGEST_LITERAL_BYTES, Arguments, BadSyntax

_SET = re.compile(rb"[0-9:,*]+")


def append(session: ImapSession, arguments: Arguments) -> str:
    """APPEND (RFC 3501 §6.3.11); several messages are stored all or none (RFC 3502); APPENDUID (RFC 4315)."""
    arguments.space()
    folder = session.folder(arguments.astring(), "TRYCREATE")
    new_messages: list[NewMessage] = []
    bytes_before = 0
    arguments.space()
    while True:
        # imapclient puts two spaces between messages; Dovecot allows it as well.
        while arguments.skip(b" "):
            pass
        new_messages.append(_new_message(session, arguments, bytes_before))
        bytes_before += len(new_messages[-1].content)
        if arguments.at_end():
            break
        arguments.space()
        if not session.state.offers("MULTIAPPEND"):
            raise BadSyntax("Unexpected extra arguments")
    if session.state.traits.one_copy:
        added = store_once(session.owner(), folder, new_messages)
    else:
        added = folder.add_messages(new_messages)
    if not session.state.offers("UIDPLUS"):
        return ""
    return f"[APPENDUID {folder.uid_validity} {format_set([m.uid for m in added])}] APPEND completed."


def _new_message(session: ImapSession, arguments: Arguments, bytes_before: int) -> NewMessage:
    options = session.state.options
    flags: frozenset[str] = frozenset()
    if arguments.peek() == b"(":
        flags = _permitted(session, arguments.flags())
        arguments.space()
    date = None
    if arguments.peek() == b'"':
        date = parse_date(arguments.quoted())
        arguments.space()
    size_bytes = arguments.literal_size()
    if not size_bytes:
        raise No("Can't save a zero byte message")
    if size_bytes > LARGEST_LITERAL_BYTES or size_bytes > (options.append_limit_bytes or size_bytes):
        raise No("[TOOBIG] Message size exceeding limit")
    session.owner().require_room(bytes_before + size_bytes)
    session.state.intervene("APPEND", size_bytes)
    content = arguments.literal(LARGEST_LITERAL_BYTES)
    session.pace(1, size_bytes)
    refusal = options.refuse_message(content) if options.refuse_message is not None else None
    if refusal is not None:
        raise No(refusal)
    if options.rewrite_message is not None:
        content = options.rewrite_message(content)
    return NewMessage(content, flags, date)


def store(session: ImapSession, arguments: Arguments, *, by_uid: bool = False) -> str:
    """STORE and UID STORE (RFC 3501 §6.4.6)."""
    arguments.space()
    raw_set = arguments.word(_SET, "sequence set")
    arguments.space()
    sign = "+" if arguments.skip(b"+") else "-" if arguments.skip(b"-") else ""
    arguments.expect(b"FLAGS")
    silent = arguments.skip(b".SILENT")
    arguments.space()
    if arguments.peek() == b"(":
        names = arguments.flags()
    else:
        names = [arguments.flag()]
        while not arguments.at_end():
            arguments.space()
            names.append(arguments.flag())
    arguments.end()
    view = session.writable()
    flags = _permitted(session, names) if sign != "-" else checked_flags(names, keywords_refused=False)

    def changed(before: frozenset[str]) -> frozenset[str]:
        return before | flags if sign == "+" else before - flags if sign == "-" else flags

    for index in view.resolve(raw_set, by_uid):
        message = view.folder.change_flags(view.messages[index].uid, changed)
        if message is None:
            continue
        view.update(message)
        if not silent:
            flag_list = format_flags(message.flags)
            session.send(b"%d FETCH (UID %d FLAGS %b)" % (index + 1, message.uid, flag_list))
    return ""


def copy(session: ImapSession, arguments: Arguments, *, by_uid: bool = False) -> str:
    """COPY and UID COPY (RFC 3501 §6.4.7), all or none; COPYUID (RFC 4315)."""
    arguments.space()
    raw_set = arguments.word(_SET, "sequence set")
    arguments.space()
    raw_name = arguments.astring()
    arguments.end()
    view = session.selected()
    folder = session.folder(raw_name, "TRYCREATE")
    messages = [view.current(index) for index in view.resolve(raw_set, by_uid)]
    added = folder.add_messages([NewMessage(m.content, m.flags, m.internal_date) for m in messages])
    if not added or not session.state.offers("UIDPLUS"):
        return ""
    uids, new_uids = (format_set([m.uid for m in some]) for some in (messages, added))
    return f"[COPYUID {folder.uid_validity} {uids} {new_uids}] COPY completed."


def expunge(session: ImapSession, arguments: Arguments) -> str:
    """RFC 3501 §6.4.3; the client is told with the answer."""
    arguments.end()
    folder = session.writable().folder
    folder.expunge([message.uid for message in folder.messages if "\\Deleted" in message.flags])
    return ""


def uid_expunge(session: ImapSession, arguments: Arguments) -> str:
    """UID EXPUNGE (RFC 4315)."""
    arguments.space()
    raw_set = arguments.word(_SET, "sequence set")
    arguments.end()
    view = session.writable()
    current = [view.current(index) for index in view.resolve(raw_set, by_uid=True)]
    view.folder.expunge([message.uid for message in current if "\\Deleted" in message.flags])
    return ""


def _permitted(session: ImapSession, names: list[str]) -> frozenset[str]:
    try:
        return checked_flags(names, session.state.options.keywords_refused)
    except PermissionError as error:
        raise No("[CANNOT] Keywords can't be stored here") from error
