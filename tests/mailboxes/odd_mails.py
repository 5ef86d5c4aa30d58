"""Mails that break rules, programs or both: each made by name, the same bytes every time."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

_LINE = b"The quick brown fox jumps over the lazy dog, and then it does so again.\r\n"


class Fate(Enum):
    """What a server does with a message that is appended to it."""

    KEPT = auto()
    CHANGED = auto()
    REFUSED = auto()


class ServerKind(Enum):
    """Servers whose ways with odd bytes are known."""

    EMBEDDED = auto()
    DOVECOT = auto()


@dataclass(frozen=True, slots=True)
class OddMail:
    """name: what is odd about it. body: byte for byte as a server would send it."""

    name: str
    body: bytes


# A NUL becomes 0x80, LF alone becomes CRLF, and CR goes where it stands before CRLF or at the end.
_DOVECOT_CHANGES = re.compile(rb"\0|(?<!\r)\n|\r\r\n|\r\Z")


def fate(body: bytes, kind: ServerKind) -> Fate:
    """What becomes of a message at a server, as measured with the server alone."""
    if not body:
        return Fate.REFUSED
    match kind:
        case ServerKind.EMBEDDED:
            return Fate.KEPT
        case ServerKind.DOVECOT:
            return Fate.CHANGED if _DOVECOT_CHANGES.search(body) else Fate.KEPT


def odd_mails() -> list[OddMail]:
    """All of them but the huge one; none is larger than 1.2 MB."""
    kinds = (_line_ends, _incomplete, _headers, _long, _mime, _mbox, _contents)
    return [OddMail(name, body) for kind in kinds for name, body in kind()]


def huge_mail(size_bytes: int) -> bytes:
    """A mail of exactly this size with one attachment."""
    head = _head("huge", b'Content-Type: application/octet-stream; name="backup.bin"\r\n') + b"\r\n"
    lines, rest = divmod(size_bytes - len(head), len(_LINE))
    return head + _LINE * lines + b"x" * rest


def _head(name: str, more: bytes = b"", *, without: str = "") -> bytes:
    fields = {
        "Message-ID": f"<{name.replace(' ', '-')}@odd.example>",
        "Date": "Tue, 14 Mar 2017 09:26:53 +0800",
        "From": "Odd Sender <sender@odd.example>",
        "To": "receiver@odd.example",
        "Subject": name,
    }
    return "".join(f"{key}: {value}\r\n" for key, value in fields.items() if key != without).encode() + more


def _mail(name: str, body: bytes = _LINE, more: bytes = b"", *, without: str = "") -> tuple[str, bytes]:
    return name, _head(name, more, without=without) + b"\r\n" + body


_Mails = Iterator[tuple[str, bytes]]


def _line_ends() -> _Mails:
    yield _mail("bare CR in the body", b"one\rtwo\r\nthree\r\r\nfour\r\n")
    yield "bare CR throughout", _mail("bare CR throughout")[1].replace(b"\r\n", b"\r")
    yield "bare CR in a header", _mail("bare CR in a header", more=b"X-Odd: one\rtwo\r\n")[1]
    yield _mail("bare LF in the body", b"one\ntwo\r\nthree\n")
    yield "bare LF throughout", _mail("bare LF throughout")[1].replace(b"\r\n", b"\n")
    yield "bare LF in the header", _head("bare LF in the header").replace(b"\r\n", b"\n") + b"\r\nbody\r\n"
    yield "CR CR LF throughout", _mail("CR CR LF throughout")[1].replace(b"\r\n", b"\r\r\n")
    yield _mail("mixed line ends", b"a\rb\nc\r\nd\r\re\n\nf\n\rg\r\n\r\n\n\r")
    yield _mail("no final line end", b"last words")
    yield _mail("CR at the end", b"last words\r")
    yield _mail("blank lines at the end", b"words\r\n" + b"\r\n" * 40)
    yield "only line ends", b"\r\n" * 5
    yield "one line end", b"\r\n"
    yield "only LF", b"\n\n\n"
    yield "only CR", b"\r\r"
    yield "one byte", b"x"


def _incomplete() -> _Mails:
    yield "empty", b""
    yield "header only", _head("header only")
    yield "header without its last line end", _head("header without its last line end")[:-2]
    yield "header and empty line", _head("header and empty line") + b"\r\n"
    yield "no header", b"Just words, no colon in them,\r\nand then some more.\r\n"
    yield "no header but an empty line", b"\r\n" + _LINE
    yield "blanks only", b"   \r\n\t\r\n \r\n"
    for name in ("Date", "Message-ID", "From", "To", "Subject"):
        yield _mail(f"no {name}", without=name)
    yield "neither Date nor Message-ID", b"From: a@odd.example\r\nSubject: bare\r\n\r\n" + _LINE
    for number in range(3):
        # Equal size and header, other words: only the content tells them apart.
        yield f"same Message-ID {number}", _mail("same Message-ID", b"number %d\r\n" % number)[1]
        yield f"no Message-ID {number}", _mail("twin", b"number %d\r\n" % number, without="Message-ID")[1]
    yield "two Message-IDs", _mail("two Message-IDs", more=b"Message-ID: <second@odd.example>\r\n")[1]


def _headers() -> _Mails:
    for charset in ("gb18030", "big5", "utf-8", "latin-1", "utf-16-le"):
        words = "Größe" if charset == "latin-1" else "关于合同的通知" if charset != "big5" else "關於合同的通知"
        raw = words.encode(charset).replace(b"\0", b"\x01").replace(b"\n", b"\x02").replace(b"\r", b"\x03")
        head = _head(f"raw {charset}", b"Subject: " + raw + b"\r\n", without="Subject")
        yield f"raw {charset} subject", head.replace(b"Odd Sender", raw) + b"\r\n" + _LINE
    yield _mail("NUL in the header", more=b"X-Odd: a\0b\r\n")
    yield "NUL in the subject", _head("NUL", b"Subject: a\0b\r\n", without="Subject") + b"\r\n" + _LINE
    yield _mail("control characters", b"\x01\x07\x08\x1b[31m\x7f\r\n", b"X-Odd: \x01\x1b[0m\x7f\r\n")
    yield "a line without colon", _head("a line without colon", b"this is no field\r\nX-After: 1\r\n") + b"\r\n" + _LINE
    yield "a line without colon first", b"this is no field\r\n" + _mail("a line without colon first")[1]
    yield "blank before the first field", b" folded into nothing\r\n" + _mail("blank before the first field")[1]
    yield "blank before the colon", _mail("blank before the colon", more=b"Message-ID : <2@odd.example>\r\n")[1]
    yield "fields in capitals", _head("capitals").replace(b"Subject:", b"SUBJECT:") + b"\r\n" + _LINE
    yield "fields without a value", b"Message-ID:\r\nDate:\r\nFrom:\r\nTo:\r\nSubject:\r\n\r\n" + _LINE
    yield "a name with blanks", _mail("a name with blanks", more=b"Odd name: 1\r\n: no name\r\n")[1]
    yield "blank line of a fold", _mail("blank line of a fold", more=b"X-Odd: a\r\n \r\n b\r\n")[1]
    yield "subject of empty folds", b"Subject:\r\n \r\n\t\r\n words\r\nMessage-ID: <folds@odd.example>\r\n\r\n" + _LINE
    yield _mail("broken date", more=b"Date: Tue, 99 Foo 2099 25:61:61 +9999\r\n", without="Date")
    yield _mail("date with a leap second", more=b"Date: Sat, 31 Dec 2016 23:59:60 +0000\r\n", without="Date")
    encoded = b"=?gb2312?B?!!!!?= =?x-unknown?Q?=ZZ?= =?utf-8?B?/w==?= =?utf-8?Q?open"
    yield _mail("broken encoded words", more=b"Subject: " + encoded + b"\r\n", without="Subject")
    received = b"".join(
        b"Received: from mx%d.odd.example by mx%d.odd.example;\r\n\tTue, 14 Mar 2017 09:26:53 +0800\r\n" % (n, n + 1)
        for n in range(300)
    )
    yield "300 Received fields", received + _mail("300 Received fields")[1]


def _long() -> _Mails:
    yield _mail("a line of 998", b"x" * 998 + b"\r\n")
    yield _mail("a line of 999", b"x" * 999 + b"\r\n")
    yield _mail("a line of 2049", b"x" * 2049 + b"\r\n")
    yield _mail("a line of 8193", b"x" * 8193 + b"\r\n")
    yield _mail("a line of 65537", b"x" * 65537 + b"\r\n")
    yield _mail("a body line of 100 kB", b"x" * 100_000 + b"\r\n")
    yield _mail("a header line of 1 MB", more=b"X-Odd: " + b"x" * 1_000_000 + b"\r\n")
    yield _mail("a subject of 1 MB", more=b"Subject: " + b"s" * 1_000_000 + b"\r\n", without="Subject")
    folds = b"".join(b" <%d@odd.example>\r\n" % number for number in range(20_000))
    yield _mail("20,000 references", more=b"References:\r\n" + folds)
    receivers = b"".join(b",\r\n\tn%d@odd.example" % number for number in range(5_000))
    yield _mail("5,000 receivers", more=b"To: first@odd.example" + receivers + b"\r\n", without="To")


def _mime() -> _Mails:
    mixed = b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n'
    part = b"--b\r\nContent-Type: text/plain\r\n\r\n" + _LINE
    yield _mail("open boundary", part, mixed)
    yield _mail("boundary that never comes", _LINE, mixed)
    yield _mail("boundary without a name", part, mixed.replace(b'; boundary="b"', b""))
    yield _mail("parts inside parts", b"".join(b'--b\r\nContent-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n'
                                               % (n, n) for n in range(200)), mixed)  # fmt: skip
    yield _mail("base64 rubbish", b"@@@@ not base64 \xff\xfe ====\r\n", b"Content-Transfer-Encoding: base64\r\n")
    yield _mail("broken quoted-printable", b"=ZZ =\r\n==\r\n=", b"Content-Transfer-Encoding: quoted-printable\r\n")
    yield _mail("wrong charset", "Größe 你好\r\n".encode(), b"Content-Type: text/plain; charset=us-ascii\r\n")
    yield _mail("unknown charset", b"\x80\x81\xff\r\n", b"Content-Type: text/plain; charset=x-nowhere\r\n")
    yield _mail("binary", bytes(range(1, 256)) * 8, b"Content-Transfer-Encoding: binary\r\n")
    yield _mail("NUL in the body", b"before\0after\r\n\0\0\0\r\n")
    yield _mail("two thousand attachments", _attachments(2000), mixed)
    signed = b'Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"\r\n'
    packed = base64.encodebytes(bytes(range(256)) * 4).replace(b"\n", b"\r\n")
    yield _mail("S/MIME", packed, signed + b"Content-Transfer-Encoding: base64\r\n")
    tnef = base64.encodebytes(b"\x78\x9f\x3e\x22\x01\x00" + bytes(200)).replace(b"\n", b"\r\n")
    winmail = b'Content-Type: application/ms-tnef; name="winmail.dat"\r\nContent-Transfer-Encoding: base64\r\n'
    yield _mail("TNEF", tnef, winmail)
    yield _mail("a message in a message", _mail("inner")[1], b"Content-Type: message/rfc822\r\n")


def _attachments(count: int) -> bytes:
    parts = (b"--b\r\nContent-Disposition: attachment; filename=%d.txt\r\n\r\n%d\r\n" % (n, n) for n in range(count))
    return b"".join(parts) + b"--b--\r\n"


def _mbox() -> _Mails:
    separator = b"From sender@odd.example Tue Mar 14 09:26:53 2017\r\n"
    yield "From_ line first", separator + _mail("From_ line first")[1]
    yield "quoted From_ line first", b">" + separator + _mail("quoted From_ line first")[1]
    yield _mail("From at the start of a line", b"From here on it is text.\r\n>From there too.\r\n\r\n" + separator)
    yield _mail("wrong Content-Length", more=b"Content-Length: 999999\r\nLines: 1\r\n")
    yield _mail("Content-Length of nothing", more=b"Content-Length: 0\r\n")
    leftovers = b"Status: RO\r\nX-Status: AF\r\nX-Keywords: NonJunk\r\nX-UID: 4711\r\nX-IMAPbase: 1 2\r\n"
    yield _mail("what an mbox leaves behind", more=leftovers)


def _contents() -> _Mails:
    yield _mail("dots", b".\r\n..\r\n.hidden\r\n...\r\n.\r\n")
    yield _mail("only a dot", b".")
    yield _mail("form feeds", b"page\f\r\n\fpage\v\r\n")
    yield _mail("trailing blanks", b"words   \r\n\t \r\n-- \r\nname\t\r\n   ")
    yield _mail("what looks like IMAP", b")\r\n* 1 FETCH (UID 1 BODY[] {3}\r\nabc)\r\nA1 OK done\r\n+ go ahead\r\n")
    yield _mail("a literal at the end", b"{5}")
    yield _mail("byte order mark", b"\xef\xbb\xbfwords\r\n")
    yield "byte order mark first", b"\xef\xbb\xbf" + _mail("byte order mark first")[1]
    yield _mail("end of file marks", b"one\x1atwo\x04\r\n\x1a")
    yield _mail("every byte but NUL", bytes(range(1, 256)))
