"""Real odd mail: what other mail programs are tested with, out of their sources, which `.ci/odd-mail` fetches.

None of it is part of this project. Bounces of a hundred mail servers, mailing lists of the nineties, broken MIME.
"""

from __future__ import annotations

import contextlib
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.mailboxes.cpython_mails import CpythonMailsMissingError, cpython_mails

_ARCHIVES = Path(__file__).parents[2] / "build" / "odd-mail"
_LARGEST_BYTES = 5 * 1024**2

_MAIL_FOLDERS = re.compile(
    r"[^/]+/(?:"
    r"test/corpora/"  # notmuch
    r"|t/corpus/"  # Mail::DeliveryStatus::BounceParser
    r"|flufl/bounce/tests/data/"
    r"|test/functional/messages/"  # rspamd
    r"|test/Horde/Mime/fixtures/"
    r"|tests/data/(?:mbox/input|mime-part|partial/input|pgp)/"  # GMime
    r"|t/(?:testmaildir/|testmh/|mboxes/)"  # Email::Folder
    r"|t/test-mails/"  # Email::Simple
    r").*"
)
_KNOWN_FIELD = re.compile(
    rb"^(?:Received|Return-Path|Message-ID|Date|From|To|Subject|MIME-Version|Content-Type|Delivered-To)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_MBOX_SEPARATOR = re.compile(rb"(?:\A|(?<=\n\n))(?=From \S+ .*\d{4}\r?\n)")
_FIELD_WITHIN_BYTES = 8192


class RealMailsMissingError(Exception):
    """They have not been fetched; the text says how."""


@dataclass(frozen=True, slots=True)
class RealMail:
    """origin: archive and path in it. body: as it lies there, whatever its line ends are."""

    origin: str
    body: bytes


def real_mails() -> list[RealMail]:
    """All of them in the order of their origins, each content once; those of CPython's own tests too, if they are here.

    Raises RealMailsMissingError.
    """
    archives = sorted(_ARCHIVES.glob("*.tar.*"))
    if not archives:
        raise RealMailsMissingError("real odd mail has not been fetched: run .ci/odd-mail (needs apt and the network)")
    found = [mail for archive in archives for mail in _in_archive(archive)]
    with contextlib.suppress(CpythonMailsMissingError):
        found += [RealMail(f"CPython/{mail.name}", mail.body) for mail in cpython_mails()]
    distinct: dict[bytes, RealMail] = {}
    for mail in found:
        distinct.setdefault(mail.body, mail)
    return list(distinct.values())


def _in_archive(archive: Path) -> Iterator[RealMail]:
    with tarfile.open(archive) as tar:
        wanted = [
            member
            for member in tar
            if member.isfile() and member.size <= _LARGEST_BYTES and _MAIL_FOLDERS.fullmatch(member.name)
        ]
        for member in sorted(wanted, key=lambda member: member.name):
            file = tar.extractfile(member)
            content = file.read() if file is not None else b""
            if not _KNOWN_FIELD.search(content[:_FIELD_WITHIN_BYTES]):
                continue
            origin = f"{archive.name.partition('_')[0]}/{member.name}"
            pieces = [piece for piece in _MBOX_SEPARATOR.split(content) if piece]
            if len(pieces) == 1:
                # Alone, its From_ line stays: mailboxes hold such mail.
                yield RealMail(origin, content)
            else:
                for number, piece in enumerate(pieces, 1):
                    yield RealMail(f"{origin}#{number}", piece.partition(b"\n")[2])
