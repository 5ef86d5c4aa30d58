"""What can be a mail address or a host, by its looks alone; nobody is asked."""

import ipaddress
import re
from functools import lru_cache

from mailmove_gui.domain.problems import ProblemKind

_LONGEST_HOST = 253
# RFC 1123, section 2.1, with the underscore that some inner networks have; \w because names may be Chinese (IDNA).
_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")
_FULL_WIDTH_AT = "\uff20"
# "admin@acme.example\shared" opens a colleague's mailbox at some servers: what follows belongs to no domain.
_BEHIND_A_DOMAIN = re.compile(r"[\\/]")


@lru_cache(maxsize=256)  # thousands of addresses share a few domains
def is_host(text: str) -> bool:
    """Whether this can be the name of a server or domain, or its IP address."""
    try:
        ipaddress.ip_address(text.removeprefix("[").removesuffix("]").removeprefix("IPv6:"))
    except ValueError:
        pass
    else:
        return True
    labels = text.removesuffix(".").split(".")
    if len(text) > _LONGEST_HOST or not all(map(_LABEL.fullmatch, labels)):
        return False
    return not labels[-1].isdecimal()


def address_problem(user: str) -> tuple[ProblemKind, str] | None:
    """What is wrong with a user name, and the text that shows it; None: nothing.

    A name without an @ can be anything that a server takes. With one it is an address: BAD_ADDRESS if it has no name,
    no domain or a blank in it, UNKNOWN_HOST if its domain cannot be one.
    """
    if not user.isprintable() or _FULL_WIDTH_AT in user:
        return ProblemKind.BAD_ADDRESS, user
    if "@" not in user:
        return None
    name, _at, domain = user.rpartition("@")
    domain = _BEHIND_A_DOMAIN.split(domain)[0]
    if not name or "@" in name or not domain or user.split() != [user]:
        return ProblemKind.BAD_ADDRESS, user
    return None if is_host(domain) else (ProblemKind.UNKNOWN_HOST, domain)
