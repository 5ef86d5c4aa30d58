"""Mailboxes by seed: the same seed gives the same folders, messages, flags and dates, byte for byte."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone

from tests.mailboxes.cpython_mails import CpythonMail, cpython_mails
from tests.mailboxes.fill import fill
from tests.mailboxes.folders import FolderPath, GeneratedFolder, GeneratedMessage, expected_snapshot
from tests.mailboxes.messages import MAKERS, random_date, twin

__all__ = [
    "CpythonMail",
    "FolderPath",
    "GeneratedFolder",
    "GeneratedMessage",
    "cpython_mails",
    "expected_snapshot",
    "fill",
    "generate_mailbox",
]

# In the order in which they are taken; the first are on every server. Dovecot refuses names that begin with "~".
_PATHS: tuple[FolderPath, ...] = (
    ("INBOX",),
    ("Sent",),
    ("Drafts",),
    ("Archive", "2019"),
    ("Kunden & Co", 'the "big" one'),
    ("客户", "重要 邮件"),
    ("ends with a space ", "below"),
    ("v1.2 notes",),
    ("🎉 party", "Größe 10"),
    ("100% ~ done",),
    ("a name that goes on and on, as people who file by sentence like to have it, up to here", "客户" * 12),
    ("Trash",),
    ("back\\slash, (brackets) {3} [4]",),
    ("tilde~",),
    ("Archive", "2019", "Q1", "January"),
    ("Junk",),
)

_ODD_DATES = (
    datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(1970, 1, 1, 5, 0, tzinfo=timezone(timedelta(hours=14))),
    datetime(2000, 2, 29, 23, 59, 59, tzinfo=timezone(timedelta(hours=-12))),
    datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC),
    datetime(2099, 12, 31, 12, 0, tzinfo=timezone(timedelta(hours=5, minutes=45))),
)

# Weight of each band of sizes in bytes: most mail is small, most bytes are in large mail.
_SIZES = ((500, 4_000, 76), (4_000, 40_000, 20), (40_000, 300_000, 4))
_LARGE = (2_000_000, 4_000_000)
_ONE_LARGE_IN = 700


def generate_mailbox(
    messages: int = 2000,
    folders: int = 12,
    seed: int = 1,
    *,
    avoid: str = "",
    odd_dates: bool = False,
) -> list[GeneratedFolder]:
    """A mailbox of exactly so many messages in so many folders, INBOX first; the last of four and more is empty.

    Among them: messages that lie twice in a folder and in two folders, and different ones of equal header and size.
    avoid: characters that no folder's name shall hold, for a server whose separator is a dot; "_" stands there.
    odd_dates: some dates that servers clamp or refuse (1969, 2099, zones of 14 hours); without it 1990 to 2025.
    """
    source = random.Random(seed)
    paths = _paths(folders, avoid)
    filled = paths[:-1] if len(paths) > 3 else paths
    # INBOX is the largest, the next two are large, as in most mailboxes.
    weights = [6, 3, 2][: len(filled)] + [1] * (len(filled) - 3)
    contents: dict[FolderPath, list[GeneratedMessage]] = {path: [] for path in paths}
    made: list[tuple[FolderPath, GeneratedMessage]] = []
    for number in range(messages):
        path = source.choices(filled, weights)[0]
        kind = source.random()
        if made and kind < 0.01:
            path, message = source.choice(made[-50:])
        elif made and kind < 0.02:
            message = source.choice(made[-50:])[1]
        elif made and kind < 0.03:
            path, first = source.choice(made[-50:])
            message = GeneratedMessage(twin(first.body), first.flags, first.internal_date)
        else:
            message = _message(source, number, path)
        if odd_dates and source.random() < 0.05:
            message = GeneratedMessage(message.body, message.flags, source.choice(_ODD_DATES))
        contents[path].append(message)
        made.append((path, message))
    return [GeneratedFolder(path, tuple(contents[path]), source.random() < 0.8) for path in paths]


def _paths(count: int, avoid: str) -> list[FolderPath]:
    paths = list(_PATHS[:count])
    paths += [("Projects", f"Project {number}") for number in range(count - len(paths))]
    table = str.maketrans(avoid, "_" * len(avoid))
    return [tuple(part.translate(table) for part in path) for path in paths]


def _message(source: random.Random, number: int, path: FolderPath) -> GeneratedMessage:
    makers, weights = zip(*MAKERS, strict=True)
    low, high, _ = source.choices(_SIZES, [weight for *_, weight in _SIZES])[0]
    if number % _ONE_LARGE_IN == _ONE_LARGE_IN // 2:
        low, high = _LARGE
    date = random_date(source)
    make = source.choices(makers, weights)[0]
    body = make(source, number, date, source.randint(low, high))
    # Delivered a while after it was written.
    internal_date = min(date + timedelta(seconds=source.randrange(90)), datetime(2025, 12, 31, tzinfo=UTC))
    return GeneratedMessage(body, _flags(source, path), internal_date.astimezone(date.tzinfo))


def _flags(source: random.Random, path: FolderPath) -> tuple[str, ...]:
    chances = (
        ("\\Seen", 0.7),
        ("\\Answered", 0.15),
        ("\\Flagged", 0.08),
        ("\\Draft", 0.8 if path[0] == "Drafts" else 0.01),
        ("\\Deleted", 0.02),
        ("$Forwarded", 0.05),
        ("$MDNSent", 0.04),
        ("NonJunk", 0.03),
        ("Projekt-7", 0.03),
    )
    return tuple(flag for flag, chance in chances if source.random() < chance)
