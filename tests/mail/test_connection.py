"""What `mail.connection` relies on of imapclient and imaplib, held against the installed versions."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from mailmove_gui.mail.connection import Connection, ConnectionEnded, Continuation, Tagged, Unintelligible
from mailmove_gui.mail.syntax import Response


@contextmanager
def conversation(said: bytes, *, greeting: bytes = b"* OK ready\r\n") -> Iterator[Connection]:
    """A connection whose server says all of this at once and then closes."""
    ours, theirs = socket.socketpair()

    def speak() -> None:
        with theirs, suppress(BrokenPipeError):
            theirs.sendall(greeting + said)
            theirs.shutdown(socket.SHUT_WR)
            while theirs.recv(4096):
                pass

    thread = threading.Thread(target=speak)
    thread.start()
    connection = Connection(ours, 5.0)
    try:
        yield connection
    finally:
        connection.close()
        thread.join(5)


def read_all(connection: Connection) -> list[Response | Continuation | Tagged | None]:
    found: list[Response | Continuation | Tagged | None] = []
    with suppress(ConnectionEnded):
        while True:
            found.append(connection.read())
    return found


def test_nothing_is_asked_before_somebody_asks() -> None:
    with conversation(b"", greeting=b"* OK [CAPABILITY IMAP4rev1] ready\r\n") as connection:
        assert connection.greeting() == Response(b"OK", None, (b"[CAPABILITY IMAP4rev1] ready",))
        # imaplib itself would have sent CAPABILITY by now and waited for the answer.
        assert read_all(connection) == []


@pytest.mark.parametrize("kind", [b"OK", b"BYE", b"PREAUTH"])
def test_greetings(kind: bytes) -> None:
    with conversation(b"", greeting=b"* %s hello\r\n" % kind) as connection:
        assert connection.greeting() == Response(kind, None, (b"hello",))


def test_responses_come_in_order_with_their_literals_in_place() -> None:
    said = (
        b"* 2 EXISTS\r\n"
        b"* 1 FETCH (UID 5 BODY[HEADER] {3}\r\na\r\n BODY[TEXT] {4}\r\n)}{\n FLAGS (\\Seen))\r\n"
        b'* LIST () "/" {5}\r\na"b\\c\r\n'
        b"* 2 FETCH (UID 6 BODY[] {0}\r\n)\r\n"
        b"* 1 FETCH (FLAGS ())\r\n"
    )
    with conversation(said) as connection:
        connection.greeting()
        assert read_all(connection) == [
            Response(b"EXISTS", 2, (b"",)),
            Response(
                b"FETCH",
                1,
                (b"(UID 5 BODY[HEADER] {3}", b"a\r\n", b" BODY[TEXT] {4}", b")}{\n", b" FLAGS (\\Seen))"),
            ),
            Response(b"LIST", None, (b'() "/" {5}', b'a"b\\c', b"")),
            Response(b"FETCH", 2, (b"(UID 6 BODY[] {0}", b"", b")")),
            Response(b"FETCH", 1, (b"(FLAGS ())",)),
        ]


def test_answers_find_their_tags_and_strangers_are_overlooked() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        theirs.sendall(b"* OK ready\r\n")
        connection = Connection(ours, 5.0)
        connection.greeting()
        first, second = connection.new_tag(), connection.new_tag()
        assert first != second
        theirs.sendall(
            b"+ go on\r\nX9 OK for nobody\r\nnoise\r\n" + second + b" NO [LIMIT] no\r\n" + first + b" OK yes\r\n"
        )
        go_ahead = connection.read()
        assert isinstance(go_ahead, Continuation)
        assert go_ahead.text == b"go on"
        assert connection.read() is None
        assert connection.read() is None
        ends = [connection.read(), connection.read()]
        assert [(end.tag, end.status, end.text) for end in ends if isinstance(end, Tagged)] == [
            (second, b"NO", b"[LIMIT] no"),
            (first, b"OK", b"yes"),
        ]
        connection.close()


def test_a_line_of_megabytes_passes_and_one_without_end_does_not() -> None:
    listing = b"* SEARCH " + b"1234567 " * 300_000 + b"1\r\n"
    with conversation(listing) as connection:
        connection.greeting()
        (response,) = read_all(connection)
        assert isinstance(response, Response)
        assert len(response.text) == len(listing) - len(b"* SEARCH \r\n")
    with conversation(b"* " + b"x" * (17 * 1024 * 1024)) as connection:
        connection.greeting()
        with pytest.raises(Unintelligible):
            connection.read()


def test_nothing_is_logged_of_what_is_said(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(0)
    with conversation(b"* 1 FETCH (BODY[] {6}\r\nsecret)\r\n") as connection:
        connection.greeting()
        connection.send(b"LOGIN me secret\r\n")
        read_all(connection)
    assert "secret" not in caplog.text
    assert "secret" not in "".join(capsys.readouterr())
