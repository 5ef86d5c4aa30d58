"""A small mailbox that holds what makes moving hard."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from tests.mailboxes.folders import GeneratedFolder, GeneratedMessage
from tests.mailboxes.messages import header_only, multipart, plain, twin, without_message_id

MESSAGES = 60
_LARGE_BYTES = 700_000
_SMALL_BYTES = 600


def small_mailbox() -> list[GeneratedFolder]:
    """60 messages in four folders, the last one empty.

    Among them: one three times in a folder and once in another, one in two folders under the same Message-ID, two of
    equal header and size, one of several hundred kB, some without Message-ID, one without a body.
    """
    source = random.Random(5)
    date = datetime(2024, 2, 29, 12, 0, tzinfo=UTC)

    def message(number: int, body: bytes) -> GeneratedMessage:
        flags = (("\\Seen",), (), ("\\Flagged", "\\Answered"), ("\\Seen", "Projekt-7"))[number % 4]
        return GeneratedMessage(body, flags, date + timedelta(minutes=number))

    def some(first: int, count: int) -> list[GeneratedMessage]:
        made = []
        for number in range(first, first + count):
            make = without_message_id if number % 9 == 0 else plain
            made.append(message(number, make(source, number, date, _SMALL_BYTES)))
        return made

    inbox, sent, archive = some(1, 22), some(30, 16), some(60, 11)
    large = message(81, multipart(source, 81, date, _LARGE_BYTES))
    bare = message(82, header_only(source, 82, date, 0))
    other = GeneratedMessage(twin(inbox[4].body), inbox[4].flags, inbox[4].internal_date)
    inbox[3:3] = [inbox[0], large, other]
    inbox += [inbox[0], bare]
    sent += [inbox[0], inbox[7]]
    archive += [sent[2], archive[3], archive[3], inbox[7]]
    folders = [
        GeneratedFolder(("INBOX",), tuple(inbox)),
        GeneratedFolder(("Sent",), tuple(sent)),
        GeneratedFolder(("Archive", "2019"), tuple(archive)),
        GeneratedFolder(("Drafts",), ()),
    ]
    assert sum(len(folder.messages) for folder in folders) == MESSAGES
    return folders
