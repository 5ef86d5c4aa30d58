import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailmove_gui.domain.identity import KEY_FIELD_NAMES, content_hash, describe_header, header_date, header_key

HEADER = (
    b"Received: from a by b;\r\n\tMon, 1 Jan 2024 10:00:00 +0000\r\n"
    b"Message-ID: <1@example.com>\r\n"
    b"Date: Mon, 1 Jan 2024 10:00:00 +0000\r\n"
    b"From: Anna <anna@example.com>\r\n"
    b"To: Bo <bo@example.com>, Cy <cy@example.com>\r\n"
    b"Subject: a long subject\r\n"
)
# What a server answers to BODY.PEEK[HEADER.FIELDS (...)].
FIELDS_ONLY = HEADER.partition(b"+0000\r\n")[2] + b"\r\n"


def test_the_answer_to_header_fields_has_the_key_of_the_message() -> None:
    assert header_key(HEADER + b"\r\nbody\r\n") == header_key(HEADER) == header_key(FIELDS_ONLY)
    assert len(header_key(HEADER)) == 16


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"a long subject", b"a long\r\n subject"),
        (b"a long subject", b"a\r\n\tlong\r\n  subject  "),
        (b"Subject: ", b"SUBJECT:"),
        (b"\r\n", b"\n"),
        (b"\r\n", b"\r\r\n"),
        (b"Received: ", b"X-Other: 1\r\nReceived: "),
        (b"Bo <bo@example.com>, Cy", b"Bo <bo@example.com>,\r\n Cy"),
    ],
)
def test_form_does_not_change_the_key(old: bytes, new: bytes) -> None:
    changed = (HEADER + b"\r\nbody").replace(old, new)
    assert changed != HEADER + b"\r\nbody"
    assert header_key(changed) == header_key(HEADER)


@pytest.mark.parametrize("field", [b"<1@", b"1 Jan 2024 10:00:00 +0000\r\nFrom", b"Anna", b"Cy", b"long"])
def test_each_field_changes_the_key(field: bytes) -> None:
    assert header_key(HEADER.replace(field, field[:-1] + b"z", 1)) != header_key(HEADER)


def test_a_value_does_not_slip_into_another_field() -> None:
    assert header_key(b"From: a\r\nTo: bc\r\n\r\n") != header_key(b"From: ab\r\nTo: c\r\n\r\n")


def test_eight_bit_bytes_count_as_the_x_that_cyrus_makes_of_them() -> None:
    raw = "Subject: Grüße\r\n".encode()
    as_cyrus = bytes(ord("X") if byte > 0x7F else byte for byte in raw)
    assert header_key(raw) == header_key(as_cyrus)
    assert header_key(b"Subject: a\0b\r\n") == header_key(b"Subject: a\x80b\r\n")


def test_the_body_is_not_read() -> None:
    assert header_key(HEADER + b"\r\nMessage-ID: <2@example.com>\r\n") == header_key(HEADER)
    assert header_key(b"\r\nSubject: this is text\r\n") == header_key(b"")
    assert header_key(b"\nSubject: this is text\n") == header_key(b"")


def test_a_line_of_blanks_belongs_to_the_header() -> None:
    # RFC 5322 section 4.2: obsolete folding; only an empty line ends a header.
    message = b"Subject: a\r\n \r\nFrom: b\r\n\r\nbody"
    assert header_key(message) == header_key(b"Subject: a\r\nFrom: b\r\n\r\n")


def test_the_first_field_of_a_name_counts() -> None:
    assert header_key(b"Subject: a\r\nSubject: b\r\n\r\n") == header_key(b"Subject: a\r\n\r\n")


def test_key_fields_can_be_asked_for() -> None:
    assert set(KEY_FIELD_NAMES) == {"MESSAGE-ID", "DATE", "FROM", "TO", "SUBJECT"}


@given(st.binary(max_size=300))
def test_any_bytes_have_a_key_and_a_description(message: bytes) -> None:
    assert len(header_key(message)) == 16
    assert all(text.isprintable() or not text for text in describe_header(message))


def test_content_hash_is_that_of_crlf_without_final_blank_lines() -> None:
    expected = hashlib.sha256(b"a: b\r\n\r\nbody\r\n\r\nmore").digest()
    for body in (
        b"a: b\r\n\r\nbody\r\n\r\nmore",
        b"a: b\r\n\r\nbody\r\n\r\nmore\r\n",
        b"a: b\n\nbody\n\nmore\n\n\n",
        b"a: b\r\n\r\nbody\n\nmore\r\n\n",
        b"a: b\r\rbody\r\rmore\r",
        b"a: b\r\r\n\r\r\r\nbody\r\n\r\r\nmore\r\r\n",
    ):
        assert content_hash(body) == expected


@pytest.mark.parametrize("other", [b"a: b\r\n\r\nbody\r\nmore", b"a: b\r\n\r\nbody\r\n\r\nmore ", b"", b"\0"])
def test_content_hash_tells_contents_apart(other: bytes) -> None:
    assert content_hash(other) != content_hash(b"a: b\r\n\r\nbody\r\n\r\nmore")


@given(st.lists(st.binary(max_size=40).map(lambda line: line.replace(b"\r", b"").replace(b"\n", b"")), max_size=8))
def test_line_ends_do_not_change_the_content_hash(lines: list[bytes]) -> None:
    assert content_hash(b"\n".join(lines)) == content_hash(b"\r\n".join(lines) + b"\r\n")


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (b"plain", "plain"),
        (b"=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?utf-8?b?5L2g5aW9?=\r\n =?utf-8?b?5ZCX?=", "你好吗"),
        (b"=?gb2312?B?xOO6ww==?=", "你好"),
        ("roh ü".encode(), "roh ü"),
        (b"=?nonsense?q?x?=", "=?nonsense?q?x?="),
        (b"=?utf-8?b?A?=", "=?utf-8?b?A?="),
        (b"=?gb2312?B?6UY=?=", "镕"),
        ("roh 你 =?utf-8?q?=C3=BC?= und 好".encode(), "roh 你 ü und 好"),
        (b"tab\there", "tab here"),
        (b"=?nonsense?q?x?= \x1b[31m\0\x7f", "=?nonsense?q?x?=  [31m"),
        ("\u202etxt.exe\u2066".encode(), "txt.exe"),
        (b"\xff", "\N{REPLACEMENT CHARACTER}"),
        ("关于合同".encode("gb18030"), "关于合同"),
        (b"s" * 1_000_000, "s" * 500),
    ],
)
def test_describes_a_message(subject: bytes, text: str) -> None:
    header = b"Date: today\r\nFrom: Anna\r\nSubject: " + subject + b"\r\n\r\nFrom: nobody"
    assert describe_header(header) == ("today", "Anna", text)


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        (b"text/plain; charset=iso-8859-1", "Größe"),
        (b'text/plain;\r\n\tCHARSET = "Latin1"; format=flowed', "Größe"),
    ],
)
def test_raw_text_is_read_by_the_charset_of_the_content(declared: bytes, text: str) -> None:
    header = b"Subject: " + text.encode("latin-1") + b"\r\nContent-Type: " + declared + b"\r\n\r\n"
    assert describe_header(header)[2] == text


@pytest.mark.parametrize("charset", [b"x-nowhere", b"zip", b"", b"undefined", b"idna", b"punycode", b"utf-7", b"\xff"])
def test_a_charset_that_is_none_does_no_harm(charset: bytes) -> None:
    subject = b"Subject: " + "关于合同".encode("gb18030")
    assert describe_header(subject + b"\r\nContent-Type: text/plain; charset=" + charset + b"\r\n\r\n")[2]


@pytest.mark.parametrize(
    "value", ["", "today", "Tue, 99 Foo 2099 25:61:61 +9999", "1 Jan 99999999999999999999 00:00:00 +0000", "x" * 500]
)
def test_what_is_no_date_is_none(value: str) -> None:
    assert header_date(value) is None


@given(st.binary(max_size=40), st.integers(0, 3))
def test_a_run_of_cr_before_lf_is_one_line_end(text: bytes, number: int) -> None:
    text = b"a" + text.replace(b"\r", b"").replace(b"\n", b"") + b"a"
    assert content_hash(text + b"\r" * number + b"\n" + text) == content_hash(text + b"\n" + text)
