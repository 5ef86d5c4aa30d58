"""Fetching a small file over https, and over nothing else."""

import asyncio
import http.client
import io
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from mailmove_gui.providers.asked import ascii_name

_MAX_BYTES = 128 * 1024
_REDIRECTS = 3
_REDIRECTED = frozenset({301, 302, 303, 307, 308})
_AGENT = "MailMove"


class NotThere(Exception):
    """The web server has no such file, or says something that is none."""


class NotTrusted(Exception):
    """Certificate, size or redirection are not as they have to be; nothing of the answer was used."""


@dataclass(frozen=True, slots=True)
class Web:
    """How web servers are reached: `addresses` finds those of a host, `tls_context` is for one connection."""

    addresses: Callable[[str], Awaitable[Sequence[str]]]
    tls_context: Callable[[], ssl.SSLContext]
    port: int = 443

    async def fetch(self, url: str) -> bytes:
        """The content of a URL; redirections to other https URLs are followed.

        Raises:
            NotThere, NotTrusted: see there.
            OSError: no connection.
        """
        for _hop in range(_REDIRECTS + 1):
            host, path = _target(url)
            response = _read_response(await self._exchange(host, path))
            if response.status in _REDIRECTED:
                url = _redirected(url, response.getheader("Location", ""))
                continue
            if response.status != http.client.OK:
                raise NotThere(response.status)
            try:
                return response.read()
            except (http.client.HTTPException, ValueError) as error:
                raise NotThere from error
        raise NotTrusted("too many redirections")

    async def _exchange(self, host: str, path: str) -> bytes:
        """Send a request; returns all that comes back."""
        reader, writer = await self._connect(host)
        try:
            request = (
                f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {_AGENT}\r\n"
                "Accept: text/xml, application/xml\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n"
            )
            writer.write(request.encode("ascii"))
            await writer.drain()
            received = bytearray()
            while chunk := await reader.read(_MAX_BYTES):
                received += chunk
                if len(received) > _MAX_BYTES:
                    raise NotTrusted("too large")
            return bytes(received)
        finally:
            # No orderly end of TLS: a server that does not answer it would keep us waiting.
            writer.transport.abort()

    async def _connect(self, host: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        failure: OSError = ConnectionError("no address")
        for address in await self.addresses(host):
            try:
                return await asyncio.open_connection(
                    address, self.port, ssl=self.tls_context(), server_hostname=host, limit=_MAX_BYTES
                )
            except ssl.SSLCertVerificationError as error:
                raise NotTrusted("certificate") from error
            except OSError as error:
                failure = error
        raise failure


def _redirected(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise NotTrusted("redirection") from error


def _target(url: str) -> tuple[str, str]:
    """Host and path of an https URL that may be fetched."""
    try:
        parts = urlsplit(url)
        host = ascii_name(parts.hostname or "")
        usual = parts.port in {None, http.client.HTTPS_PORT} and not parts.username
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    except ValueError as error:
        raise NotTrusted("redirection") from error
    if parts.scheme != "https" or not host or not usual or not path.isascii() or not path.isprintable() or " " in path:
        raise NotTrusted("redirection")
    return host, path


class _Received:
    """What was received, for `HTTPResponse`, which reads from sockets."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._content)


def _read_response(content: bytes) -> http.client.HTTPResponse:
    response = http.client.HTTPResponse(_Received(content))  # type: ignore[arg-type]
    try:
        response.begin()
    except (http.client.HTTPException, ValueError, OSError) as error:
        raise NotThere from error
    return response
