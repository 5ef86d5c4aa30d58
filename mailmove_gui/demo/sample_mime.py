"""Puts sample messages together: headers, plain and HTML bodies, and small attachments that really open.

Not the standard library's `email`, which takes several seconds for as many messages as the demo has.
"""

from __future__ import annotations

import base64
import binascii
import html
import random
import re
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import quote

_SPECIALS = re.compile(r'[()<>@,;:\\".\[\]]')
_PDF_SPECIALS = re.compile(r"[()\\]")
_LARGEST_WORD_BYTES = 42  # An encoded word has at most 75 characters (RFC 2047 §2).


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file with its media type."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


def encoded(text: str, charset: str = "utf-8") -> str:
    """Header text as RFC 2047 encoded words if it is not ASCII, folded."""
    if text.isascii():
        return text
    chunks = [b""]
    for character in text:
        raw = character.encode(charset)
        if len(chunks[-1]) + len(raw) > _LARGEST_WORD_BYTES:
            chunks.append(b"")
        chunks[-1] += raw
    words = (base64.b64encode(chunk).decode() for chunk in chunks)
    return "\r\n ".join(f"=?{charset.upper()}?B?{word}?=" for word in words)


def address(name: str, addr_spec: str, charset: str = "utf-8") -> str:
    """A name-addr for From or To."""
    shown = f'"{name}"' if name.isascii() and _SPECIALS.search(name) else encoded(name, charset)
    return f"{shown} <{addr_spec}>"


def compose(
    headers: Sequence[tuple[str, str]],
    text: str,
    *,
    with_html: bool,
    attachments: Sequence[Attachment] = (),
    charset: str = "utf-8",
) -> bytes:
    """The bytes of a message with CRLF line ends; `headers` are already encoded."""
    boundary = f"=_{zlib.crc32(repr(headers).encode()):08x}"
    body = _text_part("plain", text, charset)
    if with_html:
        body = _multipart("alternative", boundary + "a", [body, _text_part("html", as_html(text), charset)])
    if attachments:
        body = _multipart("mixed", boundary + "m", [body, *map(_attachment_part, attachments)])
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return head.encode("ascii") + b"MIME-Version: 1.0\r\n" + body


def as_html(text: str) -> str:
    """Plain text as a small HTML document; quoted lines become a blockquote."""
    blocks = []
    for block in text.split("\n\n"):
        lines = block.split("\n")
        if all(line.startswith(">") for line in lines):
            inner = "<br>\n".join(html.escape(line.lstrip("> ")) for line in lines)
            blocks.append(f'<blockquote style="border-left:2px solid #ccc;padding-left:8px">{inner}</blockquote>')
        elif all(line.startswith("- ") for line in lines):
            items = "".join(f"<li>{html.escape(line[2:])}</li>" for line in lines)
            blocks.append(f"<ul>{items}</ul>")
        else:
            blocks.append("<p>" + "<br>\n".join(html.escape(line) for line in lines) + "</p>")
    style = "font-family:Calibri,'Microsoft YaHei',sans-serif;font-size:11pt"
    return f'<html><body style="{style}">\n' + "\n".join(blocks) + "\n</body></html>\n"


def header_date(moment: datetime) -> str:
    """A Date header."""
    return format_datetime(moment)


def bar_chart(values: Sequence[int], colour: tuple[int, int, int] = (9, 105, 218)) -> bytes:
    """A PNG of 36 pixels a bar and 120 in height; values are 0 to 100."""
    bars = [(b"\xff\xff\xff" * 8 + bytes(colour) * 24 + b"\xff\xff\xff" * 4, value) for value in values]
    blank = b"\xff\xff\xff" * 36
    rows = [b"".join(bar if 110 - row <= value else blank for bar, value in bars) for row in range(120)]
    return _png(36 * len(bars), rows, level=6)


def photograph(rng: random.Random, size_bytes: int) -> bytes:
    """A PNG of noise that does not shrink, about `size_bytes` long."""
    width = 1200
    rows = [rng.randbytes(width * 3) for _ in range(max(1, size_bytes // (width * 3)))]
    return _png(width, rows, level=0)


def pdf(lines: Sequence[str]) -> bytes:
    """A one-page PDF with these ASCII lines."""
    shown = "".join("(" + _PDF_SPECIALS.sub(r"\\\g<0>", line) + ") Tj T*\n" for line in lines)
    stream = f"BT /F1 12 Tf 16 TL 72 770 Td\n{shown}ET\n".encode("ascii")
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>"
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        b"<< /Length %d >>\nstream\n%bendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def calendar_entry(uid: str, summary: str, start: datetime, hours: int = 1) -> bytes:
    """An iCalendar file with one event (RFC 5545)."""
    begin, end = (moment.astimezone(UTC) for moment in (start, start + timedelta(hours=hours)))
    title = summary.replace(",", "\\,")
    lines = (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Sample//Calendar//EN", "METHOD:REQUEST", "BEGIN:VEVENT",
        f"UID:{uid}", f"DTSTAMP:{begin:%Y%m%dT%H%M%SZ}", f"DTSTART:{begin:%Y%m%dT%H%M%SZ}",
        f"DTEND:{end:%Y%m%dT%H%M%SZ}", f"SUMMARY:{title}", "END:VEVENT", "END:VCALENDAR",
    )  # fmt: skip
    return ("\r\n".join(lines) + "\r\n").encode()


def table(rows: Sequence[Sequence[object]]) -> bytes:
    """A CSV file in UTF-8 with a byte order mark, as spreadsheets write it."""
    return ("\ufeff" + "\r\n".join(";".join(str(cell) for cell in row) for row in rows) + "\r\n").encode()


def _text_part(subtype: str, text: str, charset: str) -> bytes:
    raw = text.replace("\n", "\r\n").encode(charset)
    if text.isascii() and max(map(len, raw.split(b"\r\n"))) < 900:
        return f"Content-Type: text/{subtype}; charset=us-ascii\r\n\r\n".encode() + raw
    mostly_ascii = sum(character.isascii() for character in text) > 0.7 * len(text)
    if mostly_ascii:
        coding, coded = "quoted-printable", binascii.b2a_qp(text.encode(charset)).replace(b"\n", b"\r\n")
    else:
        coding, coded = "base64", _base64_lines(raw)
    head = f"Content-Type: text/{subtype}; charset={charset.upper()}\r\nContent-Transfer-Encoding: {coding}\r\n"
    return head.encode() + b"\r\n" + coded


def _attachment_part(attachment: Attachment) -> bytes:
    if attachment.name.isascii():
        file_name = f'filename="{attachment.name}"'
    else:
        file_name = f"filename*=UTF-8''{quote(attachment.name)}"
    head = (
        f"Content-Type: {attachment.media_type}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment;\r\n {file_name}\r\n\r\n"
    )
    return head.encode() + _base64_lines(attachment.content)


def _multipart(subtype: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    head = f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n\r\n'.encode()
    divider = f"--{boundary}".encode()
    return head + b"".join(divider + b"\r\n" + part + b"\r\n" for part in parts) + divider + b"--\r\n"


def _base64_lines(raw: bytes) -> bytes:
    return base64.encodebytes(raw).replace(b"\n", b"\r\n")


def _png(width: int, rows: Sequence[bytes], level: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), level)
    head = struct.pack(">IIBBBBB", width, len(rows), 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
