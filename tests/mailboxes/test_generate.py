from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tests.mailboxes.fill import date_time
from tests.mailboxes.generate import GeneratedFolder, GeneratedMessage, generate_mailbox
from tests.mailboxes.messages import twin
from tests.servers.compare import parse_internal_date


@pytest.fixture(scope="module")
def mailbox() -> list[GeneratedFolder]:
    return generate_mailbox(2000, 12, seed=1)


def _all(mailbox: list[GeneratedFolder]) -> list[GeneratedMessage]:
    return [message for folder in mailbox for message in folder.messages]


def _head(body: bytes) -> bytes:
    return body.partition(b"\r\n\r\n")[0]


def test_the_same_seed_gives_the_same_mailbox() -> None:
    assert generate_mailbox(100, 5, seed=3) == generate_mailbox(100, 5, seed=3)
    assert generate_mailbox(100, 5, seed=3) != generate_mailbox(100, 5, seed=4)


@pytest.mark.parametrize(("messages", "folders"), [(0, 1), (1, 1), (10, 2), (50, 3), (50, 40), (2000, 12)])
def test_it_has_as_many_messages_and_folders_as_asked_for(messages: int, folders: int) -> None:
    mailbox = generate_mailbox(messages, folders)
    assert len(_all(mailbox)) == messages
    assert len({folder.path for folder in mailbox}) == len(mailbox) == folders
    assert mailbox[0].path == ("INBOX",)
    assert folders < 4 or not mailbox[-1].messages


def test_names_hold_what_is_hard_and_nothing_that_is_to_be_avoided(mailbox: list[GeneratedFolder]) -> None:
    names = "".join(part for folder in mailbox for part in folder.path)
    for hard in '&".~%客🎉':
        assert hard in names
    assert any(part.endswith(" ") for folder in mailbox for part in folder.path)
    assert max(len(folder.path) for folder in generate_mailbox(0, 16)) == 4
    avoiding = "".join(part for folder in generate_mailbox(0, 16, avoid='."') for part in folder.path)
    assert not set('."') & set(avoiding)


def test_duplicates_and_twins_are_there(mailbox: list[GeneratedFolder]) -> None:
    within = [Counter(message.body for message in folder.messages) for folder in mailbox]
    assert any(count > 1 for counts in within for count in counts.values())
    folders_of_body = Counter(body for counts in within for body in counts)
    assert any(count > 1 for count in folders_of_body.values())
    bodies = {message.body for message in _all(mailbox)}
    assert any(count > 1 for count in Counter((_head(body), len(body)) for body in bodies).values())


def test_kinds_of_messages_are_there(mailbox: list[GeneratedFolder]) -> None:
    bodies = [message.body for message in _all(mailbox)]
    heads = [_head(body) for body in bodies]
    assert any(b"Message-ID:" not in head for head in heads)
    assert any(b"\r\nDate:" not in head for head in heads)
    assert any(body.endswith(b"\r\n\r\n") for body in bodies)
    assert any(not head.isascii() for head in heads)
    assert any(b"multipart/mixed" in head for head in heads)
    assert any(max(map(len, body.split(b"\r\n"))) > 998 for body in bodies)
    assert any(not body.endswith(b"\r\n") for body in bodies)
    assert sum(len(body) > 2_000_000 for body in bodies) in range(2, 5)
    assert sum(len(body) < 10_000 for body in bodies) > 1000
    without_crlf = b"".join(bodies).replace(b"\r\n", b"")
    assert b"\r" not in without_crlf
    assert b"\n" not in without_crlf


def test_flags_and_dates(mailbox: list[GeneratedFolder]) -> None:
    messages = _all(mailbox)
    flags = {flag for message in messages for flag in message.flags}
    system = {"\\Seen", "\\Answered", "\\Flagged", "\\Draft", "\\Deleted"}
    assert flags == system | {"$Forwarded", "$MDNSent", "NonJunk", "Projekt-7"}
    dates = [message.internal_date for message in messages]
    assert datetime(1990, 1, 1, tzinfo=UTC) <= min(dates) < datetime(1992, 1, 1, tzinfo=UTC)
    assert datetime(2024, 1, 1, tzinfo=UTC) < max(dates) <= datetime(2026, 1, 1, tzinfo=UTC)
    assert len({date.utcoffset() for date in dates}) > 8


def test_odd_dates_are_asked_for_by_name() -> None:
    years = {message.internal_date.astimezone(UTC).year for message in _all(generate_mailbox(300, 3, odd_dates=True))}
    assert {1969, 1970, 2038, 2099} <= years


def test_a_twin_differs_only_in_its_body() -> None:
    message = b"Subject: x\r\n\r\nend 7\r\n"
    assert twin(message) == b"Subject: x\r\n\r\nend 8\r\n"
    assert twin(b"Subject: x\r\n\r\n") == b"Subject: x\r\n\r\n"


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(1996, 7, 17, 2, 44, 25, tzinfo=timezone(timedelta(hours=-7))), "17-Jul-1996 02:44:25 -0700"),
        (
            datetime(2025, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=-3, minutes=-30))),
            "02-Jan-2025 03:04:05 -0330",
        ),
        (
            datetime(2000, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=5, minutes=45))),
            "31-Dec-2000 23:59:59 +0545",
        ),
    ],
)
def test_dates_are_written_and_read(moment: datetime, written: str) -> None:
    assert date_time(moment) == written
    assert parse_internal_date(written) == moment.timestamp()
