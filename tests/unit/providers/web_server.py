"""An https server with certificates made on the spot."""

from __future__ import annotations

import http.server
import ssl
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

import trustme

Page = tuple[int, Mapping[str, str], bytes]


class WebServer:
    """Serves pages by "host/path"; a context manager. `asked` is what was asked for."""

    def __init__(self, authority: trustme.CA | None, names: Sequence[str], pages: Mapping[str, Page | bytes]) -> None:
        self.asked: list[str] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 5

            def do_GET(self) -> None:
                key = f"{self.headers['Host']}{self.path}"
                outer.asked.append(key)
                page = pages.get(key, (404, {}, b""))
                status, headers, content = (200, {}, page) if isinstance(page, bytes) else page
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = False

            def handle_error(self, request: object, client_address: object) -> None:
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        if authority is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert(*names).configure_cert(context)
            # The handshake belongs to the connection's own thread: one that fails must not end the server.
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
