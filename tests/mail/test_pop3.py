"""POP3 sources: what is read, and what is never sent."""

import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone

import pytest

from mailmove_gui.demo import EmbeddedServer, NewMessage, ServerOptions, Store
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.endpoints import Endpoint, MailProtocol, Security
from mailmove_gui.domain.folders import INBOX
from mailmove_gui.domain.identity import header_key
from mailmove_gui.domain.plan import Mailbox
from mailmove_gui.domain.ports import Source
from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.mail.received import arrival_date
from tests.mail.opening import gateway
from tests.mail.raw_server import RawServer

NOW = datetime(2026, 1, 2, tzinfo=UTC)
USER, PASSWORD = "anna", "pass word"
MAILS = (
    b"Subject: one\r\nDate: Thu, 04 Mar 2021 05:06:07 +0800\r\n\r\nbody\r\n",
    b"Subject: dots\r\n\r\n.\r\n..\r\n.begins with one\r\n\r\n.\r\n",
    b"Subject: same\r\n\r\nsame\r\n",
    b"Subject: same\r\n\r\nsame\r\n",
    b"Subject: a long line\r\n\r\n" + b"x" * 100_000 + b"\r\n",
    b"Subject: lone CR\r\n\r\n\rat the beginning\rand inside\r\n",
    b"no header at all\r\n",
)


@pytest.fixture
def store() -> Store:
    store = Store()
    inbox = store.add_user(USER, PASSWORD).folder("INBOX")
    inbox.add_messages([NewMessage(mail, internal_date=NOW) for mail in MAILS])
    return store


@contextmanager
def reading(store: Store, **options: object) -> Iterator[Source]:
    with EmbeddedServer(store, ServerOptions(**options), pop3_port=0) as server:  # type: ignore[arg-type]
        source = open_pop3(server.pop3_port)
        try:
            yield source
        finally:
            source.close()


def open_pop3(port: int, password: str = PASSWORD, **changes: object) -> Source:
    mailbox = Mailbox(Endpoint("127.0.0.1", port, Security.PLAIN, MailProtocol.POP3), USER)
    return gateway(**changes).source(mailbox, Secret(password), CancelToken())


def bodies(source: Source) -> dict[int, bytes]:
    source.examine(INBOX)
    uids = [head.uid for chunk in source.heads() for head in chunk]
    return {message.uid: message.body or b"" for message in source.messages(uids)}


ABILITIES = [
    frozenset(),
    frozenset({"PIPELINING"}),
    frozenset({"TOP"}),
    frozenset({"UIDL"}),
    frozenset({"UIDL", "TOP", "PIPELINING", "SASL"}),
]


@pytest.mark.parametrize("hidden", ABILITIES, ids=lambda hidden: "without " + " ".join(sorted(hidden)))
def test_every_message_comes_as_it_is_and_is_recognised_again(store: Store, hidden: frozenset[str]) -> None:
    with reading(store, hidden=hidden) as source:
        first, state = bodies(source), source.status(INBOX)
        assert Counter(first.values()) == Counter(MAILS)
        assert dict(source.header_keys([*first])) == {uid: header_key(body) for uid, body in first.items()}
    inbox = store.user(USER).folder("INBOX")
    inbox.expunge([inbox.messages[0].uid])
    inbox.add_messages([NewMessage(b"Subject: new\r\n\r\nnew\r\n", internal_date=NOW)])
    with reading(store, hidden=hidden) as source:
        second = bodies(source)
        assert source.status(INBOX) != state
    gone, come = first.keys() - second.keys(), second.keys() - first.keys()
    assert [first[uid] for uid in gone] == [MAILS[0]]
    assert [second[uid] for uid in come] == [b"Subject: new\r\n\r\nnew\r\n"]
    assert all(first[uid] == second[uid] for uid in first.keys() & second.keys())


def test_an_unchanged_inbox_has_an_unchanged_state(store: Store) -> None:
    with reading(store) as source:
        state = source.examine(INBOX)
    with reading(store) as source:
        assert source.status(INBOX) == state
    assert state.messages == len(MAILS)


def test_dates_are_looked_up_for_messages_that_are_not_known(store: Store) -> None:
    with EmbeddedServer(store, pop3_port=0) as server:
        source = open_pop3(server.pop3_port)
        heads = [head for chunk in source.heads() for head in chunk]
        tops = server.commands_seen["TOP"]
        assert datetime(2021, 3, 4, 5, 6, 7, tzinfo=timezone(timedelta(hours=8))) in {
            one.internal_date for one in heads
        }
        again = [head.uid for chunk in source.heads([head.uid for head in heads[1:]]) for head in chunk]
        assert server.commands_seen["TOP"] == tops + 1
        assert again == [head.uid for head in heads]
        source.close()


def test_messages_come_as_read_unless_told_otherwise(store: Store) -> None:
    with EmbeddedServer(store, pop3_port=0) as server:
        for unread, flags in ((False, {"\\Seen"}), (True, set())):
            source = open_pop3(server.pop3_port, pop3_unread=unread)
            assert {flag for chunk in source.heads() for head in chunk for flag in head.flags} == flags
            source.close()


def test_where_reading_deletes_nothing_is_read_without_a_yes(store: Store) -> None:
    with EmbeddedServer(store, ServerOptions(pop3_expire_days=0), pop3_port=0) as server:
        with pytest.raises(MailError) as refused:
            open_pop3(server.pop3_port)
        assert refused.value.reason is Reason.READING_DELETES
        assert "RETR" not in server.commands_seen
        source = open_pop3(server.pop3_port, pop3_may_delete=True)
        assert Counter(bodies(source).values()) == Counter(MAILS)
        source.close()
        # The server deletes at QUIT, so it is left without one.
        assert len(store.user(USER).folder("INBOX").messages) == len(MAILS)


def test_nothing_but_reading_is_ever_asked_for(store: Store) -> None:
    with EmbeddedServer(store, pop3_port=0) as server:
        source = open_pop3(server.pop3_port)
        bodies(source)
        source.close()
        assert set(server.commands_seen) <= {"CAPA", "AUTH", "LIST", "UIDL", "TOP", "RETR", "QUIT"}


def test_a_password_too_long_for_one_line(store: Store) -> None:
    password = "密" * 100
    store.add_user("long", password)
    with EmbeddedServer(store, pop3_port=0) as server:
        mailbox = Mailbox(Endpoint("127.0.0.1", server.pop3_port, Security.PLAIN, MailProtocol.POP3), "long")
        source = gateway().source(mailbox, Secret(password), CancelToken())
        assert source.examine(INBOX).messages == 0
        source.close()


def test_a_refused_password_is_tried_once(store: Store) -> None:
    with EmbeddedServer(store, pop3_port=0) as server:
        with pytest.raises(MailError) as refused:
            open_pop3(server.pop3_port, password="wrong")
        assert (refused.value.reason, refused.value.side) == (Reason.WRONG_PASSWORD, Side.SOURCE)
        assert server.commands_seen["AUTH"] + server.commands_seen["PASS"] == 1
        assert "wrong" not in refused.value.server_text


# -- Servers that are less well behaved


def _pop3(answers: dict[bytes, bytes]) -> RawServer:
    """Answers a line's first word; +OK to what is not named."""

    def serve(sock: socket.socket, _over: threading.Event) -> None:
        sock.sendall(b"+OK ready\r\n")
        with sock.makefile("rb") as lines:
            for line in lines:
                words = line.split()
                answer = answers.get(line.strip(), answers.get(words[0], b"+OK\r\n"))
                sock.sendall(answer)
                if words[0] == b"QUIT" or not answer:
                    return

    return RawServer(serve)


def test_equal_unique_ids_do_not_hide_a_message() -> None:
    answers = {
        b"CAPA": b"-ERR\r\n",
        b"LIST": b"+OK\r\n1 10\r\n2 10\r\n.\r\n",
        b"UIDL": b"+OK\r\n1 abc\r\n2 abc\r\n.\r\n",
        b"RETR 1": b"+OK\r\nA: 1\r\n\r\n.\r\n",
        b"RETR 2": b"+OK\r\nA: 2\r\n\r\n.\r\n",
    }
    with _pop3(answers) as server:
        source = open_pop3(server.port)
        assert sorted(bodies(source).values()) == [b"A: 1\r\n\r\n", b"A: 2\r\n\r\n"]
        source.close()


def test_a_message_that_is_not_handed_out_does_not_come() -> None:
    answers = {
        b"CAPA": b"+OK\r\nPIPELINING\r\nUIDL\r\nUSER\r\n.\r\n",
        b"LIST": b"+OK\r\n1 10\r\n2 10\r\n3 10\r\n.\r\n",
        b"UIDL": b"+OK\r\n1 a\r\n2 b\r\n3 c\r\n.\r\n",
        b"RETR": b"+OK\r\nA: b\r\n\r\n.\r\n",
        b"RETR 2": b"-ERR [SYS/TEMP] later\r\n",
    }
    with _pop3(answers) as server:
        source = open_pop3(server.port)
        assert len(bodies(source)) == 2
        source.close()


def test_a_line_that_breaks_in_the_middle_of_a_message() -> None:
    answers = {
        b"CAPA": b"-ERR\r\n",
        b"LIST": b"+OK\r\n1 10\r\n.\r\n",
        b"UIDL": b"+OK\r\n1 a\r\n.\r\n",
        b"RETR": b"+OK\r\nA: b\r\n",
    }

    def serve(sock: socket.socket, _over: threading.Event) -> None:
        sock.sendall(b"+OK ready\r\n")
        with sock.makefile("rb") as lines:
            for line in lines:
                sock.sendall(answers.get(line.split()[0], b"+OK\r\n"))
                if line.startswith(b"RETR"):
                    return

    with RawServer(serve) as server:
        source = open_pop3(server.port)
        source.examine(INBOX)
        with pytest.raises(MailError) as lost:
            bodies(source)
        assert lost.value.reason is Reason.CONNECTION_LOST
        source.close()


@pytest.mark.parametrize(
    ("greeting", "reason"),
    [
        (b"* OK IMAP4rev1 ready\r\n", Reason.NOT_A_MAIL_SERVER),
        (b"-ERR [SYS/TEMP] too busy, try again later\r\n", Reason.SERVER_BUSY),
        (b"", Reason.CONNECTION_LOST),
    ],
)
def test_what_is_no_willing_pop3_server(greeting: bytes, reason: Reason) -> None:
    def serve(sock: socket.socket, _over: threading.Event) -> None:
        sock.sendall(greeting)

    with RawServer(serve) as server, pytest.raises(MailError) as failed:
        open_pop3(server.port)
    assert failed.value.reason is reason


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"Received: from a by b; Mon, 1 Feb 2021 10:00:00 +0100\r\nDate: Sun, 31 Jan 2021 10:00:00 +0100\r\n", 2),
        (b"Received: from a by b; rubbish\r\nReceived: x;\r\n Tue, 2 Feb 2021 10:00:00 +0100\r\n", 3),
        (b"Received: by b; Mon, 1 Feb 2121 10:00:00 +0100\r\nDate: Wed, 3 Feb 2021 10:00:00 +0100\r\n", 4),
        (b"Date: Wed, 31 Dec 1969 10:00:00 +0100\r\n", None),
        (b"Subject: nothing\r\n", None),
        (b"", None),
    ],
)
def test_the_date_of_arrival(header: bytes, expected: int | None) -> None:
    date = arrival_date(header, NOW)
    first = datetime(2021, 1, 31, 10, tzinfo=timezone(timedelta(hours=1)))
    assert date == (None if expected is None else first + timedelta(days=expected - 1))
