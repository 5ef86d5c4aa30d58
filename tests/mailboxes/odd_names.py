"""Odd names: folders and keywords that servers have, and that programs have stumbled over."""

from __future__ import annotations

from tests.mailboxes.folders import FolderPath

_NAMES = (
    "🎉 party",
    "客户 重要",
    "客" * 60,
    "ü" * 80,
    "x" * 200,
    "cafe\N{COMBINING ACUTE ACCENT}",
    "café",
    "\N{RIGHT-TO-LEFT OVERRIDE}cod.exe",
    "Kunden & Co",
    "&",
    "&-",
    "&AMA-",
    "&ZZ",
    "a&b-c",
    'the "big" one',
    '"',
    "back\\slash",
    "\\",
    "100%",
    "all*",
    "a%b*c",
    "{5}",
    "(x)",
    "[y]",
    "]",
    " before",
    "after ",
    "  ",
    "NIL",
    "-",
    "#news",
    "a:b|c<d>?",
    "a,b;c=d@e^f",
    "'`$!",
    "con",
    "dot.dot",
    "...",
    "INBOX.x",
    "inbox2",
    "delete\x7f",
)
FOLDERS: tuple[FolderPath, ...] = (
    ("INBOX",),
    *((name,) for name in _NAMES),
    ("INBOX", "below"),
    ("Sub", "INBOX"),
    ("Sub", "inbox"),
    tuple(f"level {number}" for number in range(20)),
    ("客户",) * 20,
)
"""All of them can be made on a Dovecot whose separator is a slash."""

ATOMS = ("$Label1", "a.b:c;d", "x'y`z|~", "<tag>", "50=off!", "#1", "&Zi9VBA-", "@home", "+1,2?", "UPPER", "^$", "a/b")
"""Keywords as RFC 3501 allows them."""

NO_ATOMS = (
    b"a]b",
    "客户".encode(),
    b"\xff",
    b'quo"te',
    b"back\\slash",
    b"(open",
    b"close)",
    b"()",
    b"per%cent",
    b"st*r",
    b"{3}",
    b"cr\x01",
    b"\\Odd",
    b"\\*",
    b"x" * 150,
)
"""Keywords that stand in Maildirs all the same, of old servers and other programs; the last is too long for Dovecot."""
