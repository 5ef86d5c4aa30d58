"""IMAP FETCH (RFC 3501 §6.4.5): flags, dates, sizes, and whole or partial message texts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailmove_gui.demo import gmail
from mailmove_gui.demo.folder import Message
from mailmove_gui.demo.imap_session import ImapSession, No
from mailmove_gui.demo.imap_text import format_date, format_flags
from mailmove_gui.demo.traits import Interruption
from mailmove_gui.demo.wire import Arguments, BadSyntax

_ITEM = re.compile(rb"[A-Za-z0-9.-]+")
_SET = re.compile(rb"[0-9:,*]+")
_PLAIN_ITEMS = frozenset({"UID", "FLAGS", "INTERNALDATE", "RFC822.SIZE"})
_GMAIL_ITEMS = frozenset({"X-GM-MSGID", "X-GM-THRID", "X-GM-LABELS"})
_FAST = ("FLAGS", "INTERNALDATE", "RFC822.SIZE")
_WHOLE_ITEMS = {"RFC822": "", "RFC822.HEADER": "HEADER", "RFC822.TEXT": "TEXT"}
_LINE_START = re.compile(rb"(?m)^(?=[^ \t])")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing asked for: `label` as in the answer; `section` is None for flags, dates and sizes."""

    label: bytes
    section: str | None = None
    marks_seen: bool = False
    fields: frozenset[bytes] = frozenset()
    start: int = 0
    length: int | None = None


def fetch(session: ImapSession, arguments: Arguments, *, by_uid: bool = False) -> str:
    """FETCH and UID FETCH."""
    view = session.selected()
    arguments.space()
    raw_set = arguments.word(_SET, "sequence set")
    arguments.space()
    items = _items(session, arguments)
    arguments.end()
    takes = session.state.traits.takes_uid_set
    if by_uid and takes is not None and not takes(raw_set):
        raise Interruption("BAD", "UID parameters!")
    indices = view.resolve(raw_set, by_uid)
    if by_uid and not any(item.label == b"UID" for item in items):
        items.insert(0, Item(b"UID"))
    reads_body = any(item.section in {"", "TEXT"} for item in items)
    marks_seen = any(item.marks_seen for item in items) and not view.read_only
    for index in indices:
        message = view.current(index)
        shown = items
        if marks_seen and "\\Seen" not in message.flags:
            message = view.folder.change_flags(message.uid, lambda flags: flags | {"\\Seen"}) or message
            view.update(message)
            if not any(item.label == b"FLAGS" for item in items):
                shown = [*items, Item(b"FLAGS")]
        if reads_body:
            _may_be_read(session, message)
            session.pace(1, message.size_bytes)
        session.connection.write(b"* %d FETCH (" % (index + 1), *_values(session, message, shown), b")\r\n")
        if any(item.label == b"FLAGS" for item in shown):
            view.update(message)
    return ""


def _may_be_read(session: ImapSession, message: Message) -> None:
    """Raises what this server says instead of handing a message out."""
    unreadable = session.state.traits.unreadable
    text = unreadable(message) if unreadable is not None else None
    if text is not None:
        raise No(text)
    session.state.intervene("FETCH", message.size_bytes)


def _values(session: ImapSession, message: Message, items: list[Item]) -> list[bytes]:
    out: list[bytes] = []
    for item in items:
        if out:
            out.append(b" ")
        out += (item.label, b" ")
        match item.label:
            case b"UID":
                out.append(b"%d" % message.uid)
            case b"FLAGS":
                out.append(format_flags(message.flags))
            case b"INTERNALDATE":
                out.append(b'"' + format_date(message.internal_date).encode() + b'"')
            case b"RFC822.SIZE":
                size_of = session.state.traits.size_of
                out.append(b"%d" % (message.size_bytes if size_of is None else size_of(message)))
            case b"X-GM-MSGID" | b"X-GM-THRID":
                out.append(b"%d" % gmail.message_number(message))
            case b"X-GM-LABELS":
                folder = session.selected().folder
                out.append(gmail.labels(session.state.store, session.owner(), folder, message))
            case _:
                text = _section(message.content, item)
                if item.length is not None:
                    text = text[item.start : item.start + item.length]
                out += (b"{%d}\r\n" % len(text), text)
    return out


def _section(content: bytes, item: Item) -> bytes:
    if not item.section:
        return content
    header, text = split_message(content)
    match item.section:
        case "HEADER":
            return header
        case "TEXT":
            return text
        case _:
            wanted = item.section == "HEADER.FIELDS"
            lines = [
                field
                for field in _LINE_START.split(header.rstrip(b"\r\n"))
                if field.strip() and (field.partition(b":")[0].strip().upper() in item.fields) == wanted
            ]
            return b"".join(line if line.endswith(b"\n") else line + b"\r\n" for line in lines) + b"\r\n"


def split_message(content: bytes) -> tuple[bytes, bytes]:
    """Header with the empty line that ends it, and text."""
    if content.startswith((b"\r\n", b"\n")):
        end = content.index(b"\n") + 1
    else:
        ends = [at + len(gap) for gap in (b"\r\n\r\n", b"\n\n") if (at := content.find(gap)) >= 0]
        end = min(ends, default=len(content))
    return content[:end], content[end:]


def _items(session: ImapSession, arguments: Arguments) -> list[Item]:
    if not arguments.skip(b"("):
        if arguments.skip(b"FAST"):
            return [Item(name.encode()) for name in _FAST]
        return [_item(session, arguments)]
    items = [_item(session, arguments)]
    while not arguments.skip(b")"):
        arguments.space()
        items.append(_item(session, arguments))
    return items


def _item(session: ImapSession, arguments: Arguments) -> Item:
    name = arguments.word(_ITEM, "fetch item").decode().upper()
    if name in _PLAIN_ITEMS or (name in _GMAIL_ITEMS and session.state.offers("X-GM-EXT-1")):
        return Item(name.encode())
    if name in _WHOLE_ITEMS:
        return Item(name.encode(), _WHOLE_ITEMS[name], marks_seen=name != "RFC822.HEADER")
    if name not in ("BODY", "BODY.PEEK") or arguments.peek() != b"[":
        raise BadSyntax(f"Fetch item {name} is not served")
    return _body_item(arguments, marks_seen=name == "BODY")


def _body_item(arguments: Arguments, marks_seen: bool) -> Item:
    arguments.expect(b"[")
    section = "" if arguments.peek() == b"]" else arguments.word(_ITEM, "section").decode().upper()
    fields: list[bytes] = []
    label = section.encode()
    match section:
        case "" | "HEADER" | "TEXT":
            pass
        case "HEADER.FIELDS" | "HEADER.FIELDS.NOT":
            arguments.space()
            fields = [field.upper() for field in arguments.strings()]
            label += b" (" + b" ".join(fields) + b")"
        case _:
            raise BadSyntax(f"Section {section} is not served")
    arguments.expect(b"]")
    label = b"BODY[" + label + b"]"
    start, length = 0, None
    if arguments.skip(b"<"):
        start = arguments.number()
        arguments.expect(b".")
        length = arguments.number()
        arguments.expect(b">")
        label += b"<%d>" % start
    return Item(label, section, marks_seen, frozenset(fields), start, length)
