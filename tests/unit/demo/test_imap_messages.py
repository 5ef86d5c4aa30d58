from __future__ import annotations

import imaplib
import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from imapclient import IMAPClient  # type: ignore[import-untyped]

from mailmove_gui.demo import Folder, ServerOptions, Store
from mailmove_gui.demo.imap_text import format_date, parse_date
from tests.unit.demo.conftest import Connect, Serve
from tests.unit.demo.test_imap_login import Raw

MESSAGE = (
    b"Subject: =?UTF-8?B?5ZCI5ZCM?=\r\nFrom: a@old.example\r\nX-Folded: one\r\n two\r\nTo: b@old.example\r\n"
    b"\r\nHello\r\n.\r\nlast line without an end"
)
HEADER, _, TEXT = MESSAGE.partition(b"\r\n\r\n")
DATE = datetime(2019, 7, 1, 8, 30, 5, tzinfo=timezone(timedelta(hours=8)))


@pytest.fixture
def inbox(store: Store) -> Folder:
    return store.user("anna").folder("INBOX")


def literal(content: bytes, plus: bytes = b"+") -> bytes:
    return b"{%d%b}\r\n%b" % (len(content), plus, content)


def logged_in(raw: Raw) -> Raw:
    assert raw.ask(b"login LOGIN bo sample-bo\r\n")[-1].startswith(b"login OK")
    return raw


def test_append_keeps_bytes_flags_and_date(serve: Serve, connect: Connect, inbox: Folder) -> None:
    client = connect(serve())
    answer = client.append("INBOX", MESSAGE, ["\\seen", "$Forwarded", "Work"], DATE)
    assert answer == f"[APPENDUID {inbox.uid_validity} 1] APPEND completed.".encode()
    (message,) = inbox.messages
    assert message.content == MESSAGE
    assert message.flags == {"\\Seen", "$Forwarded", "Work"}
    assert message.internal_date == DATE
    assert message.internal_date.utcoffset() == timedelta(hours=8)


def test_append_without_a_date_gets_the_time_of_arrival(serve: Serve, connect: Connect, inbox: Folder) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    connect(serve()).append("INBOX", MESSAGE)
    assert before <= inbox.messages[0].internal_date <= datetime.now(UTC)


def test_imaplib_appends_and_reads(serve: Serve, store: Store) -> None:
    server = serve(store=store)
    with imaplib.IMAP4(server.host, server.imap_port, timeout=5) as client:
        client.login("bo", "sample-bo")
        client.append("INBOX", "(\\Flagged)", imaplib.Time2Internaldate(0), MESSAGE + b"\r\n")
        client.select("INBOX")
        data: Any = client.fetch("1", "(BODY.PEEK[] FLAGS)")[1]
        assert data[0][1] == MESSAGE + b"\r\n"
        assert data[1] == b" FLAGS (\\Flagged))"
    assert store.user("bo").folder("INBOX").messages[0].internal_date.timestamp() == 0


def test_multiappend_answers_with_a_uid_set(serve: Serve, connect: Connect, inbox: Folder) -> None:
    inbox.add_message(b"already here")
    client = connect(serve())
    messages: list[dict[str, Any]] = [
        {"msg": b"Subject: %d\r\n\r\n" % number, "flags": ["\\Seen"], "date": DATE} for number in range(3)
    ]
    status, (answer,) = client.multiappend("INBOX", messages)
    assert status == "OK"
    assert answer == f"[APPENDUID {inbox.uid_validity} 2:4] APPEND completed.".encode()
    assert [message.content for message in inbox.messages[1:]] == [message["msg"] for message in messages]
    assert {message.flags for message in inbox.messages[1:]} == {frozenset({"\\Seen"})}


@pytest.mark.parametrize("plus", [b"+", b""])
def test_multiappend_on_the_wire(serve: Serve, store: Store, plus: bytes) -> None:
    server = serve()
    with Raw(server.host, server.imap_port) as raw:
        logged_in(raw)
        parts = [
            b"a APPEND INBOX (\\Seen) " + b"{3%b}\r\n" % plus,
            b"one {3%b}\r\n" % plus,
            b'two (\\Flagged) " 1-Jan-2020 00:00:00 +0000" {5%b}\r\n' % plus,
            b"three\r\n",
        ]
        if plus:
            raw.socket.sendall(b"".join(parts))
            answer = raw.answer()[-1]
        else:
            answers = [raw.ask(part)[-1] for part in parts]
            assert all(line.startswith(b"+ ") for line in answers[:-1])
            answer = answers[-1]
        assert answer.startswith(b"a OK [APPENDUID ")
    messages = store.user("bo").folder("INBOX").messages
    assert [(m.content, m.flags) for m in messages] == [
        (b"one", frozenset({"\\Seen"})),
        (b"two", frozenset()),
        (b"three", frozenset({"\\Flagged"})),
    ]
    assert messages[2].internal_date == datetime(2020, 1, 1, tzinfo=UTC)


def test_one_refused_message_refuses_the_whole_multiappend(serve: Serve, store: Store) -> None:
    server = serve(ServerOptions(refuse_message=lambda content: "no invoices" if b"Invoice" in content else None))
    with Raw(server.host, server.imap_port) as raw:
        logged_in(raw)
        batch = b" ".join(literal(content) for content in (b"Subject: a\r\n\r\n", b"Invoice", b"Subject: c\r\n\r\n"))
        assert raw.ask(b"a APPEND INBOX " + batch + b"\r\n") == [b"a NO no invoices\r\n"]
        assert len(store.user("bo").folder("INBOX")) == 0
        assert raw.ask(b"b APPEND INBOX " + literal(b"Subject: a\r\n\r\n") + b"\r\n")[-1].startswith(b"b OK")
    assert len(store.user("bo").folder("INBOX")) == 1


def test_a_connection_that_breaks_in_a_multiappend_stores_nothing(serve: Serve, store: Store) -> None:
    server = serve()
    with Raw(server.host, server.imap_port) as raw:
        logged_in(raw)
        raw.socket.sendall(b"a APPEND INBOX " + literal(b"first") + b" {100+}\r\nonly half")
    _until(lambda: server.connections == 0)
    assert len(store.user("bo").folder("INBOX")) == 0


def _until(condition: Any) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_append_that_is_refused_before_the_literal_is_sent(serve: Serve, store: Store) -> None:
    store.user("bo").quota_bytes = 1000
    server = serve(ServerOptions(append_limit_bytes=5000))
    with Raw(server.host, server.imap_port) as raw:
        assert b"APPENDLIMIT=5000" in raw.ask(b"login LOGIN bo sample-bo\r\n")[-1]
        refusals = {
            b"nowhere {10}": b"a NO [TRYCREATE]",
            b"INBOX {5001}": b"a NO [TOOBIG]",
            b"INBOX {1001}": b"a NO [OVERQUOTA] Quota exceeded",
            b"INBOX {0}": b"a NO Can't save a zero byte message",
            b"INBOX (\\Recent) {10}": b"a BAD",
            b'INBOX "31-Feb-2020 00:00:00 +0000" {10}': b"a BAD",
            b"INBOX (\\Seen": b"a BAD",
            b"INBOX": b"a BAD",
        }
        for arguments, refusal in refusals.items():
            (answer,) = raw.ask(b"a APPEND " + arguments + b"\r\n")
            assert answer.startswith(refusal), arguments
        batch = b" ".join(literal(b"x" * 600) for _ in range(2))
        assert raw.ask(b"a APPEND INBOX " + batch + b"\r\n")[-1].startswith(b"a NO [OVERQUOTA]")
        big = literal(b"x" * 6000)
        assert raw.ask(b"a APPEND nowhere " + big + b" " + big + b"\r\n")[-1].startswith(b"a NO [TRYCREATE]")
        assert raw.ask(b"b NOOP\r\n") == [b"b OK NOOP completed.\r\n"]
    assert len(store.user("bo").folder("INBOX")) == 0


def test_hidden_append_extensions_are_refused(serve: Serve, store: Store) -> None:
    server = serve(ServerOptions(hidden=frozenset({"MULTIAPPEND", "UIDPLUS"})))
    inbox = store.user("bo").folder("INBOX")
    with Raw(server.host, server.imap_port) as raw:
        logged_in(raw)
        batch = literal(b"one") + b" " + literal(b"two")
        assert raw.ask(b"a APPEND INBOX " + batch + b"\r\n")[-1].startswith(b"a BAD")
        assert len(inbox) == 0
        assert raw.ask(b"b APPEND INBOX " + literal(b"one") + b"\r\n") == [b"b OK APPEND completed.\r\n"]
        raw.ask(b"c SELECT INBOX\r\n")
        assert raw.ask(b"d COPY 1 INBOX\r\n")[-1] == b"d OK COPY completed.\r\n"
    server.options = ServerOptions(hidden=frozenset({"LITERAL+"}))
    with Raw(server.host, server.imap_port) as raw:
        assert b"LITERAL+" not in raw.greeting
        logged_in(raw)
        raw.socket.sendall(b"a APPEND INBOX " + literal(b"one") + b"\r\n")
        assert raw.file.read() == b"* BYE Non-synchronising literals are not supported\r\n"
    assert len(inbox) == 2


def test_keywords_refused(serve: Serve, connect: Connect, inbox: Folder) -> None:
    client = connect(serve(ServerOptions(keywords_refused=True)))
    with pytest.raises(IMAPClient.Error, match="CANNOT"):
        client.append("INBOX", MESSAGE, ["$Label"])
    client.append("INBOX", MESSAGE, ["\\Seen"])
    assert b"\\*" not in client.select_folder("INBOX")[b"PERMANENTFLAGS"]
    with pytest.raises(IMAPClient.Error, match="CANNOT"):
        client.add_flags([1], ["$Label"])
    assert inbox.messages[0].flags == {"\\Seen"}


def test_a_rewriting_server(serve: Serve, connect: Connect, inbox: Folder) -> None:
    connect(serve(ServerOptions(rewrite_message=lambda content: content + b"\r\n"))).append("INBOX", b"x: y")
    assert inbox.messages[0].content == b"x: y\r\n"


def test_a_lost_answer_leaves_the_message_stored(serve: Serve, connect: Connect, inbox: Folder) -> None:
    client = connect(serve(ServerOptions(lose_answer=lambda command: command == "APPEND")))
    with pytest.raises(IMAPClient.AbortError):
        client.append("INBOX", MESSAGE)
    assert [message.content for message in inbox.messages] == [MESSAGE]


def test_fetch_items(serve: Serve, connect: Connect, inbox: Folder) -> None:
    inbox.add_message(MESSAGE, flags={"\\Answered", "$Label"}, internal_date=DATE, uid=7)
    client = connect(serve())
    client.normalise_times = False
    client.select_folder("INBOX", readonly=True)
    expected = {
        b"FLAGS": (b"\\Answered", b"$Label"),
        b"INTERNALDATE": DATE,
        b"RFC822.SIZE": len(MESSAGE),
        b"BODY[]": MESSAGE,
        b"BODY[HEADER]": HEADER + b"\r\n\r\n",
        b"BODY[TEXT]": TEXT,
        b"BODY[HEADER.FIELDS (SUBJECT X-FOLDED)]": (b"Subject: =?UTF-8?B?5ZCI5ZCM?=\r\nX-Folded: one\r\n two\r\n\r\n"),
        b"BODY[HEADER.FIELDS.NOT (SUBJECT X-FOLDED)]": b"From: a@old.example\r\nTo: b@old.example\r\n\r\n",
        b"BODY[]<3>": MESSAGE[3:13],
        b"RFC822": MESSAGE,
        b"RFC822.HEADER": HEADER + b"\r\n\r\n",
    }
    asked = [
        "FLAGS",
        "INTERNALDATE",
        "RFC822.SIZE",
        "BODY.PEEK[]",
        "BODY.PEEK[HEADER]",
        "BODY[TEXT]",
        "BODY[HEADER.FIELDS (Subject X-Folded)]",
        'BODY.PEEK[HEADER.FIELDS.NOT (subject "X-Folded")]',
        "BODY[]<3.10>",
        "RFC822",
        "RFC822.HEADER",
    ]
    assert client.fetch([7], asked) == {7: {b"SEQ": 1, **expected}}
    assert inbox.messages[0].flags == {"\\Answered", "$Label"}


@pytest.mark.parametrize(
    ("content", "header"),
    [
        (b"", b""),
        (b"no header end", b"no header end"),
        (b"\r\nonly text", b"\r\n"),
        (b"bare: line ends\n\ntext", b"bare: line ends\n\n"),
        (b"a: b\r\n\r\n", b"a: b\r\n\r\n"),
    ],
)
def test_header_of_odd_messages(serve: Serve, connect: Connect, inbox: Folder, content: bytes, header: bytes) -> None:
    inbox.add_message(content)
    client = connect(serve())
    client.select_folder("INBOX")
    found = client.fetch([1], ["BODY.PEEK[]", "BODY.PEEK[HEADER]"])[1]
    assert (found[b"BODY[]"], found[b"BODY[HEADER]"]) == (content, header)


def test_only_reading_without_peek_marks_as_seen(serve: Serve, connect: Connect, inbox: Folder) -> None:
    inbox.add_message(MESSAGE)
    client = connect(serve())
    client.select_folder("INBOX", readonly=True)
    client.fetch([1], ["BODY[]"])
    client.select_folder("INBOX")
    client.fetch([1], ["BODY.PEEK[]", "RFC822.HEADER"])
    assert inbox.messages[0].flags == set()
    assert client.fetch([1], ["BODY[]"])[1][b"FLAGS"] == (b"\\Seen",)
    assert inbox.messages[0].flags == {"\\Seen"}


@pytest.mark.parametrize(
    ("raw_set", "uids"),
    [
        (b"1:*", [3, 5, 9]),
        (b"5:*", [5, 9]),
        (b"*", [9]),
        (b"20:*", [9]),
        (b"*:4", [5, 9]),
        (b"4", []),
        (b"3,9,3", [3, 9]),
        (b"9:5", [5, 9]),
    ],
)
def test_uid_sets(serve: Serve, store: Store, raw_set: bytes, uids: list[int]) -> None:
    for uid in (3, 5, 9):
        store.user("bo").folder("INBOX").add_message(b"x", uid=uid)
    server = serve()
    with Raw(server.host, server.imap_port) as raw:
        logged_in(raw)
        raw.ask(b"s SELECT INBOX\r\n")
        lines = raw.ask(b"a UID FETCH " + raw_set + b" UID\r\n")
        assert lines[-1] == b"a OK UID FETCH completed.\r\n"
        assert [int(line.split(b"UID ")[1].rstrip(b")\r\n")) for line in lines[:-1]] == uids
        assert raw.ask(b"b FETCH 4 UID\r\n")[-1].startswith(b"b BAD")
        assert raw.ask(b"c FETCH 0 UID\r\n")[-1].startswith(b"c BAD")
        assert raw.ask(b"d FETCH 2:* (UID)\r\n")[:-1] == [b"* 2 FETCH (UID 5)\r\n", b"* 3 FETCH (UID 9)\r\n"]
        assert raw.ask(b"e FETCH 1 ENVELOPE\r\n")[-1].startswith(b"e BAD")


def test_uid_fetch_in_an_empty_folder(serve: Serve) -> None:
    server = serve()
    with Raw(server.host, server.imap_port) as raw:
        logged_in(raw)
        raw.ask(b"s SELECT INBOX\r\n")
        assert raw.ask(b"a UID FETCH 1:* FLAGS\r\n") == [b"a OK UID FETCH completed.\r\n"]


def test_store_flags(serve: Serve, connect: Connect, inbox: Folder) -> None:
    inbox.add_message(MESSAGE, flags={"\\Seen"})
    client = connect(serve())
    client.select_folder("INBOX")
    assert client.add_flags([1], ["\\flagged", "$Label"]) == {1: (b"\\Flagged", b"\\Seen", b"$Label")}
    assert client.remove_flags([1], ["\\Seen"]) == {1: (b"\\Flagged", b"$Label")}
    assert client.set_flags([1], ["\\Draft"]) == {1: (b"\\Draft",)}
    assert client.add_flags([1], ["\\Answered"], silent=True) is None
    assert inbox.messages[0].flags == {"\\Draft", "\\Answered"}
    with pytest.raises(IMAPClient.Error, match=r"BAD|Invalid system flag"):
        client.add_flags([1], ["\\Recent"])


def test_examine_is_read_only(serve: Serve, connect: Connect, inbox: Folder) -> None:
    inbox.add_message(MESSAGE, flags={"\\Deleted"})
    client = connect(serve())
    client.select_folder("INBOX", readonly=True)
    client._imap.is_readonly = True  # Or imaplib refuses by itself.
    for change in (
        lambda: client.add_flags([1], ["\\Seen"]),
        client.expunge,
        lambda: client.uid_expunge([1]),
    ):
        with pytest.raises(IMAPClient.Error, match="READ-ONLY"):
            change()
    client.close_folder()
    assert [message.flags for message in inbox.messages] == [{"\\Deleted"}]


def test_expunge_close_and_uid_expunge(serve: Serve, connect: Connect, inbox: Folder) -> None:
    for number in range(6):
        inbox.add_message(b"%d" % number, flags={"\\Deleted"} if number % 2 else ())
    client = connect(serve())
    client.select_folder("INBOX")
    client.uid_expunge([1, 2])
    assert [message.uid for message in inbox.messages] == [1, 3, 4, 5, 6]
    _, told = client.expunge()
    assert told == [(3, b"EXPUNGE"), (4, b"EXPUNGE")]
    assert [message.uid for message in inbox.messages] == [1, 3, 5]
    client.add_flags([1], ["\\Deleted"])
    client.close_folder()
    assert [message.uid for message in inbox.messages] == [3, 5]


def test_copy(serve: Serve, connect: Connect, inbox: Folder, store: Store) -> None:
    for number in range(3):
        inbox.add_message(b"%d" % number, flags={"$Label"}, internal_date=DATE)
    copies = store.user("anna").add_folder("Copies")
    client = connect(serve())
    client.select_folder("INBOX", readonly=True)
    client.copy([1, 3], "Copies")
    assert client._imap.response("COPYUID")[1] == [f"{copies.uid_validity} 1,3 1:2".encode()]
    assert [(m.content, m.flags, m.internal_date) for m in copies.messages] == [
        (b"0", frozenset({"$Label"}), DATE),
        (b"2", frozenset({"$Label"}), DATE),
    ]
    with pytest.raises(IMAPClient.Error, match="TRYCREATE"):
        client.copy([1], "nowhere")


def test_search(serve: Serve, connect: Connect, inbox: Folder) -> None:
    inbox.add_message(MESSAGE, flags={"\\Seen", "$Label"}, internal_date=DATE, uid=4)
    inbox.add_message(b"Subject: Invoice 7\r\n\r\npaid", internal_date=DATE + timedelta(days=2), uid=8)
    client = connect(serve())
    client.select_folder("INBOX")
    expected: list[tuple[list[Any], list[int]]] = [
        (["ALL"], [4, 8]),
        (["SEEN"], [4]),
        (["UNSEEN"], [8]),
        (["KEYWORD", "$label"], [4]),
        (["UNKEYWORD", "$Label"], [8]),
        (["UID", "5:*"], [8]),
        (["1"], [4]),
        (["SINCE", DATE.date() + timedelta(days=1)], [8]),
        (["BEFORE", DATE.date() + timedelta(days=1)], [4]),
        (["ON", DATE.date()], [4]),
        (["SUBJECT", "invoice"], [8]),
        (["HEADER", "X-Folded", "two"], [4]),
        (["FROM", "old.example"], [4]),
        (["BODY", "paid"], [8]),
        (["TEXT", "INVOICE"], [8]),
        (["LARGER", 40], [4]),
        (["SMALLER", 40], [8]),
        (["NOT", "SEEN"], [8]),
        (["OR", "SEEN", "UNSEEN"], [4, 8]),
        (["OR", ["SEEN", "UNSEEN"], ["UID", "8"]], [8]),
        (["DELETED"], []),
        (["RECENT"], []),
    ]
    for criteria, uids in expected:
        assert client.search(criteria) == uids, criteria
    assert client.search(["SUBJECT", "Invoice"], charset="UTF-8") == [8]
    with pytest.raises(IMAPClient.Error, match="BADCHARSET"):
        client.search(["ALL"], charset="KOI8-R")


def test_two_sessions_see_each_other(serve: Serve, connect: Connect, inbox: Folder) -> None:
    for number in range(4):
        inbox.add_message(b"%d" % number)
    server = serve()
    reader, writer = connect(server), connect(server)
    reader.select_folder("INBOX", readonly=True)
    writer.select_folder("INBOX")
    writer.append("INBOX", MESSAGE)
    assert reader.noop()[1] == [(5, b"EXISTS")]
    writer.add_flags([2], ["\\Flagged"])
    assert reader.noop()[1] == [(2, b"FETCH", (b"UID", 2, b"FLAGS", (b"\\Flagged",)))]
    writer.delete_messages([1, 3])
    writer.expunge()
    assert reader.noop()[1] == [(1, b"EXPUNGE"), (2, b"EXPUNGE")]
    assert reader.noop()[1] == []
    assert sorted(reader.fetch([2, 4, 5], ["FLAGS"])) == [2, 4, 5]


def test_numbers_stay_while_fetch_is_answered(serve: Serve, connect: Connect, store: Store) -> None:
    inbox = store.user("bo").folder("INBOX")
    for number in range(3):
        inbox.add_message(b"message %d" % number)
    server = serve()
    with Raw(server.host, server.imap_port) as raw:
        logged_in(raw)
        raw.ask(b"s SELECT INBOX\r\n")
        inbox.expunge([1])
        inbox.add_message(b"message 3")
        lines = raw.ask(b"a FETCH 1:2 (UID RFC822.SIZE)\r\n")
        assert lines[:2] == [
            b"* 1 FETCH (UID 1 RFC822.SIZE 9)\r\n",
            b"* 2 FETCH (UID 2 RFC822.SIZE 9)\r\n",
        ]
        assert not any(b"EXPUNGE" in line for line in lines)
        assert raw.ask(b"b NOOP\r\n") == [b"* 1 EXPUNGE\r\n", b"b OK NOOP completed.\r\n"]
        assert raw.ask(b"c FETCH 3 (UID)\r\n")[0] == b"* 3 FETCH (UID 4)\r\n"


@pytest.mark.parametrize(
    "moment",
    [
        DATE,
        datetime(1996, 7, 17, 2, 44, 25, tzinfo=timezone(timedelta(hours=-7))),
        datetime(2024, 2, 29, tzinfo=UTC),
        datetime(2001, 1, 1, tzinfo=timezone(timedelta(hours=5, minutes=45))),
    ],
)
def test_dates_and_back(moment: datetime) -> None:
    again = parse_date(format_date(moment).encode())
    assert (again, again.utcoffset()) == (moment, moment.utcoffset())
