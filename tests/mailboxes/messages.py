"""Makes messages that look like mail: many sizes, parts, encodings, defects. The same random source, the same mail."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

# Zones that mail servers and people really use, some not on the hour.
_ZONES_MINUTES = (0, 60, 120, -300, -480, 330, 345, 480, 540, 570, 780, -210)
_TEXT = """
    invoice meeting offer holiday report draft contract delivery reminder photo budget minutes server
    Angebot Rechnung Grüße Übergabe réunion été mañana 会议 报告 发票 合同 привет отчёт
"""
_WORDS = _TEXT.split()
_NAMES = ("Anna Berg", "Bo Lind", "陈小明", "José Núñez", "Grüne GmbH", "O'Neil, Sam", "support")


def random_date(source: random.Random, first_year: int = 1990, last_year: int = 2026) -> datetime:
    """A moment in whole seconds, in one of several zones."""
    start = datetime(first_year, 1, 1, tzinfo=UTC)
    seconds = source.randrange(int((datetime(last_year, 1, 1, tzinfo=UTC) - start).total_seconds()))
    zone = timezone(timedelta(minutes=source.choice(_ZONES_MINUTES)))
    return (start + timedelta(seconds=seconds)).astimezone(zone)


def _text(source: random.Random, size: int) -> str:
    lines = []
    length = 0
    while length < size:
        line = " ".join(source.choices(_WORDS, k=source.randint(3, 11)))
        lines.append(line)
        length += len(line) + 2
    return "\r\n".join(lines) + "\r\n"


def _encoded_word(text: str) -> str:
    if text.isascii():
        return text
    return f"=?utf-8?B?{base64.b64encode(text.encode()).decode()}?="


def _folded_base64(data: bytes) -> bytes:
    packed = base64.b64encode(data)
    return b"".join(packed[start : start + 76] + b"\r\n" for start in range(0, len(packed), 76))


def _header(source: random.Random, number: int, date: datetime, leave_out: str = "") -> bytes:
    sender, receiver = source.sample(_NAMES, 2)
    fields = {
        "Return-Path": f"<sender{number % 50}@example.org>",
        "Received": f"from mx{number % 7}.example.org by mail.example.net\r\n\twith ESMTPS; {format_datetime(date)}",
        "From": f'"{_encoded_word(sender)}" <sender{number % 50}@example.org>',
        "To": f'"{_encoded_word(receiver)}" <receiver@example.net>',
        "Subject": _encoded_word(f"{' '.join(source.choices(_WORDS, k=3))} {number}"),
        "Date": format_datetime(date),
        "Message-ID": f"<{number}.{source.getrandbits(64):x}@example.org>",
        "MIME-Version": "1.0",
    }
    fields.pop(leave_out, None)
    return "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode()


def plain(source: random.Random, number: int, date: datetime, size: int) -> bytes:
    """Text in UTF-8, 8 bits as they are."""
    head = _header(source, number, date)
    head += b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    return head + _text(source, size).encode()


def latin1(source: random.Random, number: int, date: datetime, size: int) -> bytes:
    """Text whose bytes are no UTF-8."""
    head = _header(source, number, date)
    head += b"Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    return head + _text(source, size).encode("iso-8859-1", "replace")


def multipart(source: random.Random, number: int, date: datetime, size: int) -> bytes:
    """A text, its HTML, and an attachment that makes up most of the size."""
    outer, inner = f"=_outer{number}", f"=_inner{number}"
    text = _text(source, min(size // 8, 2000) + 50)
    name = _encoded_word(f"Anlage {number} 附件.bin")
    parts = [
        _header(source, number, date),
        f'Content-Type: multipart/mixed; boundary="{outer}"\r\n\r\nThis is a message in several parts.\r\n'.encode(),
        f'--{outer}\r\nContent-Type: multipart/alternative; boundary="{inner}"\r\n\r\n'.encode(),
        f"--{inner}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode(),
        _folded_base64(text.encode()),
        f"--{inner}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n".encode(),
        f"<html><body><p>{text}</p></body></html>\r\n--{inner}--\r\n".encode(),
        f"--{outer}\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n".encode(),
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\n'.encode(),
        _folded_base64(source.randbytes(max(size * 2 // 3, 60))),
        f"--{outer}--\r\n".encode(),
    ]
    return b"".join(parts)


def without_message_id(source: random.Random, number: int, date: datetime, size: int) -> bytes:
    return _header(source, number, date, leave_out="Message-ID") + b"\r\n" + _text(source, size).encode()


def without_date(source: random.Random, number: int, date: datetime, size: int) -> bytes:
    return _header(source, number, date, leave_out="Date") + b"\r\n" + _text(source, size).encode()


def header_only(source: random.Random, number: int, date: datetime, size: int) -> bytes:
    """Nothing after the blank line."""
    return _header(source, number, date) + b"\r\n"


def eight_bit_header(source: random.Random, number: int, date: datetime, size: int) -> bytes:
    """A Subject in bare UTF-8, as careless programs write it."""
    head = _header(source, number, date, leave_out="Subject")
    return head + f"Subject: Grüße 会议 {number}\r\n\r\n".encode() + _text(source, size).encode()


def long_line(source: random.Random, number: int, date: datetime, size: int) -> bytes:
    """One line far beyond the 998 bytes of RFC 5322, and none after it."""
    return _header(source, number, date) + b"\r\n" + b"x" * max(size, 4000) + b" end"


Maker = Callable[[random.Random, int, datetime, int], bytes]

# Each kind as often as its number says, of 100.
MAKERS: tuple[tuple[Maker, int], ...] = (
    (plain, 44),
    (latin1, 10),
    (multipart, 30),
    (without_message_id, 5),
    (without_date, 4),
    (header_only, 3),
    (eight_bit_header, 2),
    (long_line, 2),
)


def twin(message: bytes) -> bytes:
    """Another message of the same header and size: the last letter or digit of the body is another one."""
    head, separator, body = message.partition(b"\r\n\r\n")
    for position in range(len(body) - 1, -1, -1):
        if chr(body[position]).isalnum() and body[position] < 128:
            other = b"7" if body[position : position + 1] != b"7" else b"8"
            return head + separator + body[:position] + other + body[position + 1 :]
    return message
