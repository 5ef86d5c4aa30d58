"""Looking for passwords where none may be."""

import base64
import json
import re
import shutil
import subprocess
import urllib.parse
import zlib
from collections.abc import Iterable
from pathlib import Path

_PDF_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)


def forms(password: str, user: str) -> dict[str, bytes]:
    """How a password might be found in a file."""
    raw = password.encode()
    blob = b"\0" + user.encode() + b"\0" + raw
    return {
        "plain": raw,
        "latin-1": password.encode("latin-1", "replace") if password.isascii() else raw,
        "utf-16": password.encode("utf-16-le"),
        "utf-16-be": password.encode("utf-16-be"),
        "base64": base64.b64encode(raw),
        "sasl plain": base64.b64encode(blob),
        "percent": urllib.parse.quote(password).encode(),
        "python": repr(password)[1:-1].encode(),
        "python bytes": repr(raw)[2:-1].encode(),
        "json": json.dumps(password)[1:-1].encode(),
        "ascii": ascii(password)[1:-1].encode(),
        "imap quoted": raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"'),
        "html": password.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").encode(),
    }


def found_in(text: bytes, passwords: Iterable[tuple[str, str]]) -> list[str]:
    """Which (user, password) stands in `text`, and in which form."""
    return [
        f"{name} form of {user}'s password"
        for user, password in passwords
        for name, form in forms(password, user).items()
        if form in text
    ]


def contents_of(path: Path) -> bytes:
    """A file's bytes; of a PDF also its streams, inflated, and its text where it can be read."""
    raw = path.read_bytes()
    if not raw.startswith(b"%PDF-"):
        return raw
    streams = [_inflated(found) for found in _PDF_STREAM.findall(raw)]
    reader = shutil.which("pdftotext")
    text = b""
    if reader is not None:
        # In the order in which it was drawn, without the breaks of its lines.
        done = subprocess.run([reader, "-raw", "-enc", "UTF-8", path, "-"], capture_output=True, check=True)
        text = done.stdout + b"\n" + done.stdout.replace(b"\n", b"")
    return b"\n".join([raw, *streams, text])


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:
        return b""


def leaks_below(folder: Path, passwords: list[tuple[str, str]]) -> list[str]:
    """Every file below `folder` that holds a (user, password) in any form."""
    return [
        f"{path.name}: {leak}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for leak in found_in(contents_of(path), passwords)
    ]
