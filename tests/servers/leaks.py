"""Looking for passwords where none may be."""

import base64
import json
import urllib.parse
from collections.abc import Iterable
from pathlib import Path


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


def leaks_below(folder: Path, passwords: list[tuple[str, str]]) -> list[str]:
    """Every file below `folder` that holds a (user, password) in any form."""
    return [
        f"{path.name}: {leak}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for leak in found_in(path.read_bytes(), passwords)
    ]
