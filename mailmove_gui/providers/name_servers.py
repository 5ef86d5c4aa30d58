"""Who is asked about names. Apart from `dns_lookup`, so that saying so needs no DNS library."""

from dataclasses import dataclass

_PUBLIC = ("223.5.5.5", "119.29.29.29", "8.8.8.8", "1.1.1.1")
"""Alibaba, Tencent (both reachable from China), Google, Cloudflare."""


@dataclass(frozen=True, slots=True)
class NameServers:
    """IP addresses of name servers: the system's (None: as it is set up) and those for a second try."""

    system: tuple[str, ...] | None = None
    public: tuple[str, ...] = _PUBLIC
    port: int = 53
