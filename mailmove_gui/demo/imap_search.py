"""IMAP SEARCH (RFC 3501 §6.4.4)."""

from __future__ import annotations

import re
from collections.abc import Callable

from mailmove_gui.demo.folder import Message
from mailmove_gui.demo.imap_fetch import split_message
from mailmove_gui.demo.imap_session import ImapSession, No
from mailmove_gui.demo.imap_text import parse_day
from mailmove_gui.demo.wire import Arguments, BadSyntax

Test = Callable[[int, Message], bool]

_SET = re.compile(rb"[0-9:,*]+")
_FLAG_KEYS = {
    "ANSWERED": "\\Answered",
    "DELETED": "\\Deleted",
    "DRAFT": "\\Draft",
    "FLAGGED": "\\Flagged",
    "SEEN": "\\Seen",
}
_HEADER_KEYS = frozenset({"BCC", "CC", "FROM", "SUBJECT", "TO"})
_DAY_KEYS = frozenset({"BEFORE", "ON", "SINCE"})


def search(session: ImapSession, arguments: Arguments, *, by_uid: bool = False) -> str:
    """SEARCH and UID SEARCH; texts are compared as bytes, in any case of ASCII letters."""
    arguments.space()
    if arguments.skip(b"CHARSET "):
        if arguments.astring().upper() not in (b"UTF-8", b"US-ASCII"):
            raise No("[BADCHARSET (UTF-8 US-ASCII)] Unknown charset")
        arguments.space()
    test = _all_of(session, arguments)
    arguments.end()
    view = session.selected()
    knows = session.state.traits.search_finds
    found = []
    for index in range(len(view.messages)):
        message = view.current(index)
        if (knows is None or knows(message)) and test(index, message):
            found.append(message.uid if by_uid else index + 1)
    session.send(b" ".join((b"SEARCH", *(b"%d" % number for number in found))))
    return ""


def _all_of(session: ImapSession, arguments: Arguments) -> Test:
    tests = [_key(session, arguments)]
    while arguments.skip(b" "):
        tests.append(_key(session, arguments))
    return lambda index, message: all(test(index, message) for test in tests)


def _key(session: ImapSession, arguments: Arguments) -> Test:
    if arguments.skip(b"("):
        inner = _all_of(session, arguments)
        arguments.expect(b")")
        return inner
    if arguments.peek() in b"0123456789*":
        return _within(session, arguments, by_uid=False)
    name = arguments.atom()
    if name in _FLAG_KEYS:
        flag = _FLAG_KEYS[name]
        return lambda _, message: flag in message.flags
    if name.startswith("UN") and name[2:] in _FLAG_KEYS:
        unset_flag = _FLAG_KEYS[name[2:]]
        return lambda _, message: unset_flag not in message.flags
    match name:
        case "ALL" | "OLD":
            return lambda _index, _message: True
        case "NEW" | "RECENT":
            return lambda _index, _message: False
        case "NOT":
            arguments.space()
            inner = _key(session, arguments)
            return lambda index, message: not inner(index, message)
        case "OR":
            arguments.space()
            left = _key(session, arguments)
            arguments.space()
            right = _key(session, arguments)
            return lambda index, message: left(index, message) or right(index, message)
        case "UID":
            arguments.space()
            return _within(session, arguments, by_uid=True)
        case _:
            arguments.space()
            return _key_with_value(name, arguments)


def _key_with_value(name: str, arguments: Arguments) -> Test:
    if name in _HEADER_KEYS:
        return _in_header(name.encode(), arguments.astring())
    if name in _DAY_KEYS:
        return _day(name, parse_day(arguments.astring()))
    match name:
        case "KEYWORD" | "UNKEYWORD":
            keyword = arguments.flag().upper()
            wanted = name == "KEYWORD"
            return lambda _, message: (keyword in {flag.upper() for flag in message.flags}) == wanted
        case "LARGER":
            smallest = arguments.number()
            return lambda _, message: message.size_bytes > smallest
        case "SMALLER":
            largest = arguments.number()
            return lambda _, message: message.size_bytes < largest
        case "HEADER":
            field = arguments.astring()
            arguments.space()
            return _in_header(field.upper(), arguments.astring())
        case "TEXT":
            anywhere = arguments.astring().upper()
            return lambda _, message: anywhere in message.content.upper()
        case "BODY":
            in_body = arguments.astring().upper()
            return lambda _, message: in_body in split_message(message.content)[1].upper()
        case _:
            raise BadSyntax(f"Search key {name} is not served")


def _within(session: ImapSession, arguments: Arguments, *, by_uid: bool) -> Test:
    indices = frozenset(session.selected().resolve(arguments.word(_SET, "set"), by_uid))
    return lambda index, _: index in indices


def _day(name: str, day: tuple[int, int, int]) -> Test:
    def test(_index: int, message: Message) -> bool:
        date = message.internal_date
        own = (date.year, date.month, date.day)
        return own < day if name == "BEFORE" else own >= day if name == "SINCE" else own == day

    return test


def _in_header(field: bytes, wanted: bytes) -> Test:
    line = re.compile(rb"(?im)^" + re.escape(field) + rb"[ \t]*:((?:.*\n[ \t])*.*)")

    def test(_index: int, message: Message) -> bool:
        header = split_message(message.content)[0]
        return any(wanted.upper() in found[1].upper() for found in line.finditer(header))

    return test
