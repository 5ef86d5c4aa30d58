from __future__ import annotations

import pytest

from tests.proxies.imap_streams import ClientStream, Command, Piece, ServerStream, TaggedAnswer


def _client(data: bytes, chunk: int) -> tuple[list[Piece], list[Command]]:
    stream = ClientStream()
    items = [item for start in range(0, len(data), chunk) for item in stream.feed(data[start : start + chunk])]
    pieces = [item for item in items if isinstance(item, Piece)]
    return pieces, [item for item in items if isinstance(item, Command)]


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
    pieces, commands = _client(data, chunk)
    assert b"".join(piece.data for piece in pieces) == data
    assert commands == [
        Command(b"1", "LOGIN", plus_literals=1),
        Command(b"2", "UID FETCH"),
        Command(b"3", "APPEND", messages=1),
        Command(b"4", "APPEND", messages=2, plus_literals=2),
    ]
    ends = [index for index, piece in enumerate(pieces) if piece.is_append_end]
    assert [pieces[index].data for index in ends] == [b"\n", b"\n"]
    third = data.index(b"4 APPEND")
    assert b"".join(piece.data for piece in pieces[: ends[0] + 1]) == data[:third]


def test_a_literal_that_was_refused_is_not_waited_for() -> None:
    stream = ClientStream()
    assert list(stream.feed(b"1 APPEND nowhere {50}\r\n")) == [Piece(b"1 APPEND nowhere {50}\r\n")]
    stream.refused(b"1")
    assert Command(b"2", "NOOP") in list(stream.feed(b"2 NOOP\r\n"))


def test_the_answer_to_another_command_does_not_end_a_literal() -> None:
    stream = ClientStream()
    list(stream.feed(b"1 APPEND x {50}\r\n"))
    stream.refused(b"0")
    assert not [item for item in stream.feed(b"2 NOOP\r\n") if isinstance(item, Command)]


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
    items = [item for start in range(0, len(data), chunk) for item in stream.feed(data[start : start + chunk])]
    text = b"".join(item for item in items if isinstance(item, bytes)) + stream.rest()
    assert text == (
        b"* OK [CAPABILITY IMAP4rev1 ID] ready\r\n"
        b"* CAPABILITY IMAP4rev1\r\n"
        b"1 OK [CAPABILITY IMAP4rev1] in\r\n"
        b"2 OK done\r\n"
        b"* OK Moved\r\n"
        b"* 1 FETCH (BODY[] {%d}\r\n%s UID 3)\r\n" % (len(body), body) + b"3 NO [UIDPLUS] no\r\nhalf a li"
    )
    assert [item for item in items if isinstance(item, TaggedAnswer)] == [
        TaggedAnswer(b"1", b"OK"),
        TaggedAnswer(b"2", b"OK"),
        TaggedAnswer(b"3", b"NO"),
    ]


def test_uids_are_shown_where_uidplus_is() -> None:
    line = b"2 OK [APPENDUID 17 3:5] done\r\n"
    assert list(ServerStream({"MOVE"}).feed(line)) == [TaggedAnswer(b"2", b"OK"), line]
