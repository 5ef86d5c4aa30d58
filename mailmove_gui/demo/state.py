"""What the sessions of one server share: store, options, speed, connection counts, and the signal to stop."""

from __future__ import annotations

import base64
import binascii
import ssl
import threading
import time
from collections import Counter

from mailmove_gui.demo.options import ServerOptions
from mailmove_gui.demo.store import Store, User
from mailmove_gui.demo.traits import Traits
from mailmove_gui.demo.wire import BadSyntax, Disconnected

_ON_REQUEST = frozenset({"XLIST", "X-GM-EXT-1"})


class LoginRefused(Exception):
    """A login that fails; the text is what follows NO or -ERR."""


class ServerState:
    """Shared by the sessions of one `EmbeddedServer`. `options` may be replaced while it runs."""

    def __init__(self, store: Store, options: ServerOptions, tls: ssl.SSLContext | None) -> None:
        self.store = store
        self.options = options
        self.tls = tls
        self.stopping = threading.Event()
        self.commands_seen: Counter[str] = Counter()
        self.errors_seen: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._imap_connections: Counter[str] = Counter()
        self._free_at = 0.0

    def offers(self, capability: str) -> bool:
        """Whether this capability is served."""
        if capability in _ON_REQUEST:
            return capability in self.options.traits.extensions
        return capability not in self.options.hidden

    @property
    def traits(self) -> Traits:
        """The traits in force."""
        return self.options.traits

    def intervene(self, command: str, size_bytes: int = 0) -> None:
        """Ask whether this may go on. Raises Interruption."""
        intervention = self.traits.intervention
        interruption = intervention(command, size_bytes) if intervention is not None else None
        if interruption is not None:
            raise interruption

    def saw(self, command: str) -> None:
        """Count a command."""
        with self._lock:
            self.commands_seen[command] += 1

    def failed(self, command: str, status: str) -> None:
        """Count a command that was answered NO or BAD."""
        with self._lock:
            self.errors_seen[f"{status} {command}"] += 1

    def wait(self, seconds: float) -> None:
        """Sleep. Raises Disconnected when the server stops meanwhile."""
        if seconds > 0 and self.stopping.wait(seconds):
            raise Disconnected

    def pace(self, messages: int, size_bytes: int) -> None:
        """Wait until the server's speed allows so much more. Raises Disconnected when it stops meanwhile."""
        options = self.options
        needed_s = messages / options.messages_per_s if options.messages_per_s else 0.0
        needed_s += size_bytes / options.bytes_per_s if options.bytes_per_s else 0.0
        if not needed_s:
            return
        with self._lock:
            start = time.monotonic()
            self._free_at = max(self._free_at, start) + needed_s
            wait_s = self._free_at - start
        self.wait(wait_s)

    def log_in(self, name: str, password: str, *, imap: bool) -> User:
        """The user, counted as connected when `imap`; to be followed by `log_out`. Raises LoginRefused."""
        options = self.options
        if options.login_refusal is not None:
            raise LoginRefused(options.login_refusal)
        user = self.store.authenticate(name, password)
        if user is None:
            raise LoginRefused(options.wrong_password_text)
        if imap:
            if name in options.imap_disabled_users:
                raise LoginRefused(options.imap_disabled_text)
            with self._lock:
                most = options.connections_per_user
                if most is not None and self._imap_connections[name] >= most:
                    if self.traits.too_many_is_silent:
                        raise Disconnected
                    raise LoginRefused(options.too_many_text)
                self._imap_connections[name] += 1
        return user

    def log_out(self, user: User) -> None:
        """An IMAP session of this user has ended."""
        with self._lock:
            self._imap_connections[user.name] -= 1


def parse_sasl_plain(response: bytes) -> tuple[str, str]:
    """User name and password from a SASL PLAIN response in base64 (RFC 4616). Raises BadSyntax."""
    try:
        parts = base64.b64decode(response, validate=True).decode("utf-8").split("\0")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise BadSyntax("Invalid base64 data in SASL response") from error
    if len(parts) != 3:
        raise BadSyntax("Invalid SASL PLAIN response")
    return parts[1], parts[2]
