"""The mails in CPython's own test suite: fifty small, odd messages that other programs have stumbled over."""

from __future__ import annotations

import re
import sysconfig
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path("test") / "test_email" / "data"
# Debian keeps its Python's tests in a package of their own, and they serve every interpreter.
_SYSTEM_PLACES = (Path("/usr/lib"), Path("/usr/local/lib"))


class CpythonMailsMissingError(Exception):
    """No interpreter here has its tests with it; the text says what to install."""


@dataclass(frozen=True, slots=True)
class CpythonMail:
    """name: of the file, `msg_01.txt`. body: with CRLF."""

    name: str
    body: bytes


def cpython_mails_folder() -> Path:
    """Where the mails are. Raises CpythonMailsMissingError."""
    standard = Path(sysconfig.get_path("stdlib")) / _FOLDER
    elsewhere = [path for place in _SYSTEM_PLACES for path in sorted(place.glob(f"python3.*/{_FOLDER}"), reverse=True)]
    for folder in (standard, *elsewhere):
        if any(folder.glob("msg_*.txt")):
            return folder
    raise CpythonMailsMissingError(
        "the mails of CPython's test suite are not here (Debian 12: apt-get install libpython3.11-testsuite)"
    )


def cpython_mails() -> list[CpythonMail]:
    """All `data/msg_*.txt` of `test.test_email` by name, line ends as CRLF. Dovecot keeps each byte for byte.

    Raises CpythonMailsMissingError.
    """
    files = sorted(cpython_mails_folder().glob("msg_*.txt"))
    return [CpythonMail(file.name, _with_crlf(file.read_bytes())) for file in files]


def _with_crlf(data: bytes) -> bytes:
    # msg_26 has CRLF already; none has a bare CR that means something.
    return re.sub(rb"\r\n|\r|\n", b"\r\n", data)
