"""What a server has done to a message."""

import pytest

from mailmove_gui.domain.records import Change
from mailmove_gui.domain.rewriting import Oddities, changes_between, oddities

_PLAIN = b"Subject: x\r\n\r\ntext\r\n"


@pytest.mark.parametrize(
    ("sent", "found", "changes"),
    [
        (_PLAIN, _PLAIN, set()),
        (b"Subject: x\r\n\r\na\0b\r\n", b"Subject: x\r\n\r\na\x80b\r\n", {Change.ZERO_BYTES}),
        (b"Subject: \xe4\r\n\r\n\xe4\r\n", b"Subject: X\r\n\r\n\xe4\r\n", {Change.HEADER_LETTERS}),
        (b"Subject: x\r\n\r\nend", b"Subject: x\r\n\r\nend\r\n", {Change.LINE_ENDS}),
        (b"Subject: x\r\n\r\na\rb\r\n", b"Subject: x\r\n\r\nab\r\n", {Change.LINE_ENDS}),
        (b"Subject: x\n\na\nb\n", b"Subject: x\r\n\r\na\r\nb\r\n", {Change.LINE_ENDS}),
        (
            b"Subject: \xe4\r\n\r\na\0b",
            b"Subject: X\r\n\r\na\x80b\r\n",
            {Change.HEADER_LETTERS, Change.ZERO_BYTES, Change.LINE_ENDS},
        ),
        (_PLAIN, b"X-UID: 1\r\n" + _PLAIN, {Change.REWRITTEN}),
        (b"Subject: x\r\n\r\na\0b\r\n", b"Subject: x\r\n\r\nab\r\n", {Change.REWRITTEN}),
        (b"Subject: \xe4\r\n\r\nx\r\n", b"Subject: ?\r\n\r\nx\r\n", {Change.REWRITTEN}),
        (b"Subject: x\r\n\r\none\r\n", b"Subject: x\r\n\r\ntwo\r\n", {Change.REWRITTEN}),
    ],
)
def test_a_change_has_its_name(sent: bytes, found: bytes, changes: set[Change]) -> None:
    assert changes_between(sent, found) == changes


@pytest.mark.parametrize(
    ("body", "odd"),
    [
        (_PLAIN, Oddities(False, False, False, False)),
        ("Subject: x\r\n\r\n正文\r\n".encode(), Oddities(False, False, False, False)),
        (b"a: \0\r\n\r\n", Oddities(True, False, False, False)),
        (b"a: \xe4\r\n\r\n", Oddities(False, True, False, False)),
        (b"a: x\r\n\r\na\rb\r\n", Oddities(False, False, True, False)),
        (b"a: x\n\r\n", Oddities(False, False, True, False)),
        (b"", Oddities(False, False, False, True)),
    ],
)
def test_what_tempts_a_server_is_seen(body: bytes, odd: Oddities) -> None:
    assert oddities(body) == odd
