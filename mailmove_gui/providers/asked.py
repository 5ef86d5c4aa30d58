"""What somebody typed to have a provider recognised: an address, a domain, a server's name or its IP address."""

import ipaddress
import re
import unicodedata
from dataclasses import dataclass

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_MAX_NAME = 253
_DOTS = str.maketrans("。．｡", "...")
"""What Chinese and Japanese keyboards type for a dot (RFC 3490 section 3.1)."""
_URL = re.compile(r"[a-z][a-z0-9+]*://([^/?#]*).*", re.DOTALL)
_IN_BRACKETS = re.compile(r"[^<>]*<([^<>]*)>\s*")
_PORT = re.compile(r":\d{1,5}$")
_WEB = "www."


@dataclass(frozen=True, slots=True)
class Asked:
    """A domain in lower case and ASCII (RFC 5890), or an IP address.

    With `is_host` it is a machine and no domain that DNS could tell about: an IP address, or a name without a dot.
    """

    name: str
    is_host: bool = False


def read_asked(text: str) -> Asked | None:
    """Read what was typed: ``anna@acme.cn``, ``Anna <anna@acme.cn>``, ``Acme.cn.``, ``阿里.cn``, ``https://www.acme.cn/``.

    None if there is no domain or host in it.
    """
    # Compatibility forms, because ＠ and full-width letters are one key away on a Chinese keyboard.
    text = unicodedata.normalize("NFKC", text.translate(_DOTS)).strip().lower()
    if bracketed := _IN_BRACKETS.fullmatch(text):
        text = bracketed[1]
    if url := _URL.fullmatch(text):
        text = url[1]
    text = text.rpartition("@")[2].strip()
    if address := _ip_address(text):
        return Asked(address, is_host=True)
    text = _PORT.sub("", text).removesuffix(".").removeprefix(_WEB)
    if address := _ip_address(text):
        return Asked(address, is_host=True)
    name = ascii_name(text)
    if name is None:
        return None
    labels = name.split(".")
    if labels[-1].isdigit():
        return None  # an IP address with a slip in it: no top-level domain is a number (RFC 3696 section 2)
    return Asked(name, is_host=len(labels) == 1)


def ascii_name(text: str) -> str | None:
    """A host or domain name in lower case and ASCII, without a final dot; None if it cannot be one."""
    try:
        name = text.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        return None
    if len(name) > _MAX_NAME or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        return None
    return name


def _ip_address(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text.removeprefix("[").removesuffix("]")))
    except ValueError:
        return None
