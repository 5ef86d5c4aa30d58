"""Dates, UID sets, folder names and FETCH responses, to and from the wire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from mailmove_gui.mail.dates import format_internal_date, parse_internal_date
from mailmove_gui.mail.fetched import merged, read_fetch
from mailmove_gui.mail.names import NameBook, Namespaces, decode_name, encode_name, name_argument
from mailmove_gui.mail.syntax import Literal, Response, response_code
from mailmove_gui.mail.uid_sets import expand_uid_set, parse_append_uid, uid_sets
from tests.mailboxes.odd_names import NO_ATOMS

_INDIA = timezone(timedelta(hours=5, minutes=30))


@pytest.mark.parametrize(
    ("date", "text"),
    [
        (datetime(1996, 7, 7, 2, 44, 25, tzinfo=timezone(timedelta(hours=-7))), b'" 7-Jul-1996 02:44:25 -0700"'),
        (datetime(2020, 12, 17, 0, 0, 1, tzinfo=_INDIA), b'"17-Dec-2020 00:00:01 +0530"'),
        (datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC), b'" 2-Jan-2020 03:04:05 +0000"'),
        (datetime(2020, 1, 2, 3, 4, 5, tzinfo=timezone(-timedelta(minutes=30))), b'" 2-Jan-2020 03:04:05 -0030"'),
        (datetime(1970, 1, 1, 0, 0, 0), b'" 1-Jan-1970 00:00:00 +0000"'),  # noqa: DTZ001 - one without a zone
    ],
)
def test_date_as_append_takes_it(date: datetime, text: bytes) -> None:
    assert format_internal_date(date) == text
    parsed = parse_internal_date(text.strip(b'"'))
    assert parsed is not None
    assert parsed == (date if date.tzinfo else date.replace(tzinfo=UTC))
    assert parsed.utcoffset() == (date.utcoffset() or timedelta())


def test_zone_with_seconds_is_rounded_and_the_moment_nearly_kept() -> None:
    zone = timezone(timedelta(hours=8, minutes=5, seconds=43))
    text = format_internal_date(datetime(1900, 1, 1, 12, 0, 0, tzinfo=zone))
    assert text == b'" 1-Jan-1900 12:00:17 +0806"'


@pytest.mark.parametrize(
    "text",
    [b"", b"00-Jan-0000 00:00:00 +0000", b"31-Feb-2020 00:00:00 +0000", b"1-Foo-2020 00:00:00 +0000", b"yesterday",
     b"01-Jan-2020 24:00:00 +0000", b"31-Dec-2016 23:59:61 +0000", b"31-Dec-9999 23:59:59 -2400"],
)  # fmt: skip
def test_no_date(text: bytes) -> None:
    assert parse_internal_date(text) is None


@pytest.mark.parametrize(
    ("text", "date", "offset"),
    [
        (b" 1-Jan-2020 00:00:00 +2359", datetime(2019, 12, 31, 0, 1, tzinfo=UTC), timedelta(hours=23, minutes=59)),
        (b" 1-Jan-2020 00:00:00 -2359", datetime(2020, 1, 1, 23, 59, tzinfo=UTC), -timedelta(hours=23, minutes=59)),
        (b" 1-Jan-2020 00:00:00 +2400", datetime(2019, 12, 31, tzinfo=UTC), timedelta()),
        (b" 5-Jan-2020 03:00:00 +9900", datetime(2020, 1, 1, tzinfo=UTC), timedelta()),
        (b"31-Dec-2016 23:59:60 +0000", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC), timedelta()),
        (b"01-Jan-1900 00:00:00 +0000", datetime(1900, 1, 1, tzinfo=UTC), timedelta()),
        (b"31-Dec-9999 23:59:59 +0800", datetime(9999, 12, 31, 15, 59, 59, tzinfo=UTC), timedelta(hours=8)),
    ],
)
def test_odd_dates_are_read(text: bytes, date: datetime, offset: timedelta) -> None:
    parsed = parse_internal_date(text)
    assert parsed is not None
    assert (parsed, parsed.utcoffset()) == (date, offset)


def test_uid_sets_name_exactly_what_was_asked_for() -> None:
    assert list(uid_sets([5, 1, 2, 3, 9, 3])) == [b"1:3,5,9"]
    assert list(uid_sets([])) == []
    uids = [*range(1, 5000), *range(10_000, 40_000, 7)]
    sets = list(uid_sets(uids))
    assert all(len(one) <= 4000 for one in sets)
    expanded = [expand_uid_set(one) for one in sets]
    assert all(one is not None and len(one) <= 1000 for one in expanded)
    assert [uid for one in expanded for uid in one or ()] == uids


@pytest.mark.parametrize(
    ("argument", "count", "expected"),
    [
        (b"38505 3955", 1, (38505, [3955])),
        (b"7 304:306", 3, (7, [304, 305, 306])),
        (b"7 306:304", 3, (7, [304, 305, 306])),
        (b"7 304,310,320:321", 4, (7, [304, 310, 320, 321])),
        (b"7 304:306", 2, (7, None)),
        (b"7 1:4294967295", 2, (7, None)),
        (b"7 *", 1, (7, None)),
        (b"7", 1, (None, None)),
        (b"", 1, (None, None)),
        (None, 1, (None, None)),
    ],
)
def test_append_uid(argument: bytes | None, count: int, expected: tuple[int | None, list[int] | None]) -> None:
    assert parse_append_uid(argument, count) == expected


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        ("INBOX", b"INBOX"),
        ("Entwürfe & Co", b"Entw&APw-rfe &- Co"),
        ("台北", b"&U,BTFw-"),
        ("😀", b"&2D3eAA-"),
        ("a&b", b"a&-b"),
        ("tail ", b"tail "),
        ("tab\there", b"tab&AAk-here"),
    ],
)
def test_modified_utf7(text: str, wire: bytes) -> None:
    assert encode_name(text) == wire
    assert decode_name(wire) == text


@pytest.mark.parametrize("wire", [b"R&D", b"a&", b"&AGE-", b"&!!-", b"&U,BTF-", b"x&-y&"])
def test_what_is_no_modified_utf7_stays_as_it_is(wire: bytes) -> None:
    assert decode_name(wire) == wire.decode("ascii")


def test_raw_eight_bit_names() -> None:
    assert decode_name("已发送".encode()) == "已发送"
    assert decode_name(b"caf\xe9") == "café"


def test_names_below_a_prefix() -> None:
    book = NameBook(Namespaces(b"INBOX.", b".", (b"INBOX.",), (b"shared.", b"user.")))
    wires = [b"INBOX", b"INBOX.Sent", b"INBOX.a.b", b"INBOX.INBOX", b"INBOX.sent"]
    paths = book.learn((wire, b".") for wire in wires)
    assert [paths[wire] for wire in wires] == [
        ("INBOX",), ("Sent",), ("a", "b"), ("INBOX", "INBOX"), ("sent",),
    ]  # fmt: skip
    assert [book.wire(paths[wire]) for wire in wires] == wires
    assert book.wire(("neu", "Ä")) == b"INBOX.neu.&AMQ-"
    assert book.wire(("a", "b", "c")) == b"INBOX.a.b.c"
    assert not book.namespaces.is_personal(b"user.bob.x")
    assert not book.namespaces.is_personal(b"shared.x")
    assert book.namespaces.is_personal(b"INBOX.x")
    assert book.namespaces.is_personal(b"inbox")


def test_shared_folders_without_a_prefix_are_not_ours() -> None:
    namespaces = Namespaces(b"INBOX.", b".", (b"INBOX.",), (b"user.", b""))
    assert namespaces.is_personal(b"INBOX.Sent")
    assert not namespaces.is_personal(b"public.news")


def test_two_names_never_share_a_path() -> None:
    book = NameBook(Namespaces(b"", b"/"))
    wires = [b"INBOX", b"inbox/x", b"INBOX/x", b"&-AGE-", b"&AGE-"]
    paths = book.learn((wire, b"/") for wire in wires)
    assert len(set(paths.values())) == len(wires)
    assert [book.wire(paths[wire]) for wire in wires] == wires


def test_flat_server() -> None:
    book = NameBook(Namespaces(b"", b""))
    paths = book.learn([(b"a/b.c", b"")])
    assert paths[b"a/b.c"] == ("a/b.c",)
    assert book.wire(("neu",)) == b"neu"


def test_name_as_argument() -> None:
    assert name_argument(b'a"b\\c ') == b'"a\\"b\\\\c "'
    assert name_argument(b"caf\xe9") == b'"caf\xe9"'
    assert name_argument(b"a\rb") == Literal(b"a\rb")
    assert "a\\rb" not in repr(name_argument(b"a\rb"))


def test_response_codes() -> None:
    assert response_code(b"[UIDVALIDITY 3857529045] UIDs valid") == (b"UIDVALIDITY", b"3857529045")
    assert response_code(b"[trycreate] no") == (b"TRYCREATE", b"")
    assert response_code(b"no [code] here") is None


_WHEN = datetime(2020, 2, 3, 4, 5, 6, tzinfo=_INDIA)


@pytest.mark.parametrize(
    "parts",
    [
        (rb'(UID 7 RFC822.SIZE 44 INTERNALDATE " 3-Feb-2020 04:05:06 +0530" FLAGS (\Seen kw] \Recent))',),
        (rb'(FLAGS (\Seen kw]) INTERNALDATE "03-Feb-2020 04:05:06 +0530" RFC822.SIZE 44 UID 7)',),
        (rb'(uid 7 flags (\Seen kw]) rfc822.size 44 internaldate " 3-Feb-2020 04:05:06 +0530" MODSEQ (9))',),
        (rb'(X-ODD (1 ")") UID 7 RFC822.SIZE 44 INTERNALDATE " 3-Feb-2020 04:05:06 +0530" FLAGS (\Recent \Seen kw]))',),
        (b"(UID 7 X-ODD {3}", b"(()", rb' RFC822.SIZE 44 INTERNALDATE " 3-Feb-2020 04:05:06 +0530" FLAGS (\Seen kw]))'),
    ],
)
def test_heads_in_every_shape(parts: tuple[bytes, ...]) -> None:
    fetched = read_fetch(Response(b"FETCH", 3, parts))
    assert fetched is not None
    assert (fetched.sequence, fetched.uid, fetched.size_bytes) == (3, 7, 44)
    assert fetched.flags == frozenset({"\\Seen", "kw]"})
    assert fetched.internal_date == _WHEN
    assert fetched.internal_date.utcoffset() == timedelta(hours=5, minutes=30)
    assert not fetched.has_body


@pytest.mark.parametrize(
    ("parts", "body"),
    [
        ((b"(UID 7 BODY[] {5}", b"a\r\nb)", b" FLAGS ())"), b"a\r\nb)"),
        ((b"(BODY[] NIL UID 7 FLAGS ())",), None),
        ((b'(BODY[] "" UID 7 FLAGS ())',), b""),
        ((b'(BODY[] "a \\"b\\"" UID 7 FLAGS ())',), b'a "b"'),
        ((b'(BODY[] "12" UID 7 FLAGS ())',), b"12"),
        ((b"(FLAGS () UID 7 BODY[HEADER.FIELDS (DATE FROM)] {4}", b"\r\n\r\n", b")"), b"\r\n\r\n"),
        ((b'(FLAGS () UID 7 BODY[HEADER.FIELDS ("DATE" "FROM")] {4}', b"\r\n\r\n", b")"), b"\r\n\r\n"),
        ((b"(X {1}", b"x", b" FLAGS () UID 7 BODY[] {2}", b"ok", b")"), b"ok"),
    ],
)
def test_bodies_in_every_shape(parts: tuple[bytes, ...], body: bytes | None) -> None:
    fetched = read_fetch(Response(b"FETCH", 1, parts))
    assert fetched is not None
    assert fetched.uid == 7
    assert fetched.flags == frozenset()
    assert fetched.has_body
    assert fetched.body == body


@pytest.mark.parametrize("keyword", NO_ATOMS)
def test_keywords_that_are_none_do_not_hide_the_message(keyword: bytes) -> None:
    head = b"(UID 7 FLAGS (\\Seen " + keyword + b') INTERNALDATE " 3-Feb-2020 04:05:06 +0530" '
    with_body = read_fetch(Response(b"FETCH", 1, (head + b"BODY[] {3}", b"abc", b")")))
    listed = read_fetch(Response(b"FETCH", 1, (head + b"RFC822.SIZE 3)",)))
    assert with_body is not None
    assert listed is not None
    assert (with_body.uid, with_body.body, with_body.internal_date) == (7, b"abc", _WHEN)
    assert (listed.uid, listed.size_bytes, listed.internal_date) == (7, 3, _WHEN)
    assert with_body.flags == listed.flags
    assert with_body.flags is not None
    assert "\\Seen" in with_body.flags
    assert "abc" not in with_body.flags


@pytest.mark.parametrize("text", [b"", b"(", b"(UID", b"nonsense", b"((", b"(UID 1 FLAGS", b'("'])
def test_what_cannot_be_understood_is_nothing(text: bytes) -> None:
    fetched = read_fetch(Response(b"FETCH", 1, (text,)))
    assert fetched is None or fetched.uid is None


def test_parts_that_come_apart_are_put_together() -> None:
    responses = [
        Response(b"FETCH", 1, (b"(UID 5 RFC822.SIZE 10)",)),
        Response(b"EXISTS", 9, (b"",)),
        Response(b"FETCH", 1, (b"(FLAGS (\\Seen))",)),
        Response(b"EXPUNGE", 1, (b"",)),
        Response(b"FETCH", 1, (b"(UID 6 RFC822.SIZE 11 FLAGS ())",)),
    ]
    found = list(merged(responses))
    assert [(one.uid, one.size_bytes, one.flags) for one in found] == [
        (5, 10, frozenset({"\\Seen"})),
        (6, 11, frozenset()),
    ]
