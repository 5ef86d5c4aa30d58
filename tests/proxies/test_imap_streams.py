from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate

import pytest

from tests.proxies.imap_streams import ClientPiece, ClientStream, Command, ServerStream, TaggedAnswer


def _client(data: bytes, chunk: int) -> list[ClientPiece]:
    stream = ClientStream()
    return [piece for start in range(0, len(data), chunk) for piece in stream.feed(data[start : start + chunk])]


def _complete(pieces: Iterable[ClientPiece]) -> list[Command]:
    return [piece.command for piece in pieces if piece.ends]


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 1000])
def test_borders_of_commands_are_found_however_the_bytes_come(chunk: int) -> None:
    body = b"A1 APPEND x {3}\r\n}\r\n"
    size = len(body)
    data = (
        b'1 LOGIN "a" {2+}\r\npw\r\n'
        b"2 uid  fetch 1:* (FLAGS)\r\n"
        b"3 APPEND {5}\r\nINBOX (\\Seen) {%d}\r\n%s\r\n"
        % (size, body)
        + b'4 APPEND "x" {%d+}\r\n%s () "date" ~{%d+}\r\n%s\r\n' % (size, body, size, body)
        + b"5 APPEND INBOX {100+}\r\ndies"
    )
    pieces = _client(data, chunk)
    assert b"".join(piece.data for piece in pieces) == data
    assert _complete(pieces) == [
        Command(b"1", "LOGIN", plus_literals=1),
        Command(b"2", "UID FETCH"),
        Command(b"3", "APPEND", messages=1),
        Command(b"4", "APPEND", messages=2, plus_literals=2),
    ]
    ends = [index for index, piece in enumerate(pieces) if piece.is_append_end]
    third, fifth = data.index(b"4 APPEND"), data.index(b"5 APPEND")
    assert [b"".join(piece.data for piece in pieces[: end + 1]) for end in ends] == [data[:third], data[:fifth]]
    parts = [piece for piece in pieces if piece.command.tag == b"5" and piece.literal_bytes]
    assert {piece.literal_bytes for piece in parts} == {100}
    assert [piece.offset for piece in parts] == list(accumulate((len(piece.data) for piece in parts[:-1]), initial=0))


def test_a_line_is_kept_until_it_ends() -> None:
    stream = ClientStream()
    assert not list(stream.feed(b"1 NO"))
    assert stream.rest() == b"1 NO"


def test_a_literal_that_was_refused_is_not_waited_for() -> None:
    stream = ClientStream()
    assert [piece.data for piece in stream.feed(b"1 APPEND nowhere {50}\r\n")] == [b"1 APPEND nowhere {50}\r\n"]
    stream.refused(b"1")
    assert _complete(stream.feed(b"2 NOOP\r\n")) == [Command(b"2", "NOOP")]


def test_the_answer_to_another_command_does_not_end_a_literal() -> None:
    stream = ClientStream()
    list(stream.feed(b"1 APPEND x {50}\r\n"))
    stream.refused(b"0")
    assert not _complete(stream.feed(b"2 NOOP\r\n"))


@pytest.mark.parametrize("chunk", [1, 2, 5, 1000])
def test_capabilities_are_hidden_and_literals_are_not_touched(chunk: int) -> None:
    body = b"* CAPABILITY IMAP4rev1 UIDPLUS\r\n1 OK [APPENDUID 1 2] x\r\n"
    data = (
        b"* OK [CAPABILITY IMAP4rev1 UIDPLUS ID] ready\r\n"
        b"* CAPABILITY UIDPLUS IMAP4rev1 uidplus\r\n"
        b"1 OK [CAPABILITY IMAP4rev1 UIDPLUS] in\r\n"
        b"2 OK [APPENDUID 17 3:5] done\r\n"
        b"* OK [COPYUID 17 1 2] Moved\r\n"
        b"* 1 FETCH (BODY[] {%d}\r\n%s UID 3)\r\n" % (len(body), body) + b"3 NO [UIDPLUS] no\r\nhalf a li"
    )
    stream = ServerStream({"uidplus"})
    pieces = [piece for start in range(0, len(data), chunk) for piece in stream.feed(data[start : start + chunk])]
    text = b"".join(piece.data for piece in pieces) + stream.rest()
    assert text == (
        b"* OK [CAPABILITY IMAP4rev1 ID] ready\r\n"
        b"* CAPABILITY IMAP4rev1\r\n"
        b"1 OK [CAPABILITY IMAP4rev1] in\r\n"
        b"2 OK done\r\n"
        b"* OK Moved\r\n"
        b"* 1 FETCH (BODY[] {%d}\r\n%s UID 3)\r\n" % (len(body), body) + b"3 NO [UIDPLUS] no\r\nhalf a li"
    )
    assert [piece.tagged for piece in pieces if piece.tagged] == [
        TaggedAnswer(b"1", b"OK"),
        TaggedAnswer(b"2", b"OK"),
        TaggedAnswer(b"3", b"NO"),
    ]


def test_uids_are_shown_where_uidplus_is() -> None:
    line = b"2 OK [APPENDUID 17 3:5] done\r\n"
    assert [piece.data for piece in ServerStream({"MOVE"}).feed(line)] == [line]
