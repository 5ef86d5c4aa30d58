"""What a destination does to messages is noticed, whether or not their size tells."""

from collections.abc import Callable

import pytest

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.records import Change
from mailmove_gui.domain.states import AccountState
from mailmove_gui.engine.verification import verify_account
from tests.unit.engine.conftest import World


def _mail(number: int, subject: str = "plain", text: str = "text") -> bytes:
    head = f"From: a@example.org\r\nMessage-ID: <{number}@example.org>\r\nSubject: {subject} {number}\r\n\r\n"
    return head.encode() + text.encode() + b"\r\n"


def _header_in_ascii(body: bytes) -> bytes:
    header, blank, text = body.partition(b"\r\n\r\n")
    return bytes(byte if byte < 128 else ord("X") for byte in header) + blank + text


def _with_line(body: bytes) -> bytes:
    return b"X-UID: 1\r\n" + body


@pytest.mark.parametrize("uidplus", [True, False])
@pytest.mark.parametrize(
    ("rewrites", "changes"),
    [
        (_header_in_ascii, {Change.HEADER_LETTERS: 5}),
        (lambda body: body.replace(b"\0", b"\x80"), {Change.ZERO_BYTES: 4}),
        (_with_line, {Change.REWRITTEN: 12}),
        (lambda body: body, {}),
    ],
    ids=["8-bit header", "NUL", "another line", "nothing"],
)
def test_changes_are_counted_by_their_names(
    world: World, uidplus: bool, rewrites: Callable[[bytes], bytes], changes: dict[Change, int]
) -> None:
    inbox = world.source.folder("INBOX")
    bodies = [_mail(number, "会议") for number in range(5)]
    bodies += [_mail(number, "N\0L", "a\0b") for number in range(5, 9)]
    bodies += [_mail(number) for number in range(9, 12)]
    for body in bodies:
        inbox.add(body)
    world.destination.uidplus = uidplus
    world.destination.rewrites = rewrites
    for _ in range(2):
        assert world.run().state is AccountState.DONE
    assert world.ledger.change_counts(world.account.id) == changes
    assert world.destination.appended == len(bodies)


@pytest.mark.parametrize("uidplus", [True, False])
def test_twins_are_told_by_the_name_of_their_change_too(world: World, uidplus: bool) -> None:
    for _ in range(2):
        world.source.folder("INBOX").add(_mail(1, "会议"))
    world.destination.uidplus = uidplus
    world.destination.rewrites = _header_in_ascii
    assert world.run().state is AccountState.DONE
    assert world.destination.appended == 2
    assert world.ledger.change_counts(world.account.id) == {Change.HEADER_LETTERS: 2}


def test_once_a_habit_is_known_the_bytes_are_not_read_again(world: World) -> None:
    for number in range(300):
        world.source.folder("INBOX").add(_mail(number, "会议"))
    world.destination.rewrites = _header_in_ascii
    world.run()
    assert world.destination.calls["messages"] == 3
    assert world.ledger.change_counts(world.account.id) == {Change.HEADER_LETTERS: 300}


@pytest.mark.parametrize("uidplus", [True, False])
def test_a_header_that_comes_out_different_is_no_reason_to_send_again(world: World, uidplus: bool) -> None:
    for number in range(4):
        world.source.folder("INBOX").add(_mail(number))
    world.destination.uidplus = uidplus
    world.destination.rewrites = lambda body: body.replace(b"Subject: plain", b"Subject: [list] plain")
    for _ in range(3):
        assert world.run().state is AccountState.DONE
    assert world.destination.appended == 4
    assert world.ledger.change_counts(world.account.id) == {Change.REWRITTEN: 4}


def test_what_was_changed_while_the_line_broke_is_noticed_when_it_is_settled(world: World) -> None:
    for number in range(3):
        world.source.folder("INBOX").add(_mail(number, "会议"))
    world.destination.rewrites = _header_in_ascii
    world.destination.breaks = [3]
    assert world.run().state is AccountState.DONE
    assert world.destination.appended == 3
    assert world.ledger.change_counts(world.account.id) == {Change.REWRITTEN: 3}


def test_a_deep_look_later_takes_a_change_for_what_the_report_says_and_no_more(world: World) -> None:
    for number in range(4):
        world.source.folder("INBOX").add(_mail(number, "会议"))
    world.destination.rewrites = _header_in_ascii
    world.run()
    assert verify_account(world.account, world.options, world.ports, CancelToken(), deep=True).passed
    message = world.destination.folder("INBOX").messages[2]
    message.body = message.body.replace(b"text", b"test")
    later = verify_account(world.account, world.options, world.ports, CancelToken(), deep=True)
    assert later.folders[0].altered == ("INBOX #3",)


def test_a_header_that_comes_out_different_while_the_line_breaks_is_in_doubt_and_not_sent_twice(world: World) -> None:
    for number in range(4):
        world.source.folder("INBOX").add(_mail(number))
    world.destination.rewrites = lambda body: body.replace(b"Subject: plain", b"Subject: [list] plain")
    world.destination.breaks = [4]
    for _ in range(2):
        record = world.run()
    assert record.state is AccountState.DONE_WITH_REFUSALS
    assert record.counts.doubtful == 4
    assert world.destination.appended == 4
