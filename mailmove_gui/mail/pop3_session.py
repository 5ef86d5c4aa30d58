"""A conversation with one POP3 server: commands and answers in the project's terms."""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.mail.conversation import Conversation
from mailmove_gui.mail.errors import Redactor
from mailmove_gui.mail.pop3_wire import Pop3Wire, Status
from mailmove_gui.mail.syntax import Hidden

_AHEAD = 32


class Pop3Session(Conversation):
    """A `Conversation` in POP3. It never sends DELE."""

    def __init__(self, wire: Pop3Wire, *, host: str, side: Side, redactor: Redactor, cancel: CancelToken) -> None:
        super().__init__(wire, host=host, side=side, redactor=redactor, cancel=cancel)
        self.wire = wire
        self.capabilities: frozenset[str] = frozenset()

    @property
    def may_delete(self) -> bool:
        """Whether the server says that it deletes what was read (EXPIRE 0, RFC 2449 section 6.7)."""
        return self.has("EXPIRE", "0")

    def has(self, capability: str, argument: str = "") -> bool:
        """Whether the server announced it (with that argument); both in upper case."""
        announced = [line.split() for line in self.capabilities]
        return any(words[:1] == [capability] and (not argument or argument in words[1:]) for words in announced)

    def ask_capabilities(self) -> None:
        """Send CAPA (RFC 2449 section 5); a server that does not know it has none."""
        listed = self.listing(b"CAPA")
        self.capabilities = frozenset(line.decode("ascii", "replace").upper() for line in listed or ())

    def command(self, command: bytes | Hidden) -> Status:
        """Send a command and wait for the first line of its answer."""
        self.run(lambda: self.wire.send(command))
        return self.run(self.wire.status)

    def listing(self, command: bytes, failing: Reason | None = None) -> list[bytes] | None:
        """The lines of a multi-line answer.

        Args:
            command: the command line.
            failing: what -ERR means if the server's text does not say; with None, there is no listing then.
        """
        status = self.command(command)
        if status.ok:
            return self.run(lambda: [*self.wire.lines()])
        if failing is not None:
            raise self.refusal(status.text, failing)
        return None

    def texts(self, commands: Iterable[bytes]) -> Iterator[tuple[Status, bytes]]:
        """Status and text (empty if refused) of each command, in order; sent ahead where the server allows it."""
        waiting = iter(commands)
        under_way = deque(map(self._send, islice(waiting, _AHEAD if self.has("PIPELINING") else 1)))
        try:
            while under_way:
                status = self.run(self.wire.status)
                text = self.run(self.wire.text) if status.ok else b""
                under_way.popleft()
                under_way.extend(map(self._send, islice(waiting, 1)))
                yield status, text
        finally:
            # Answers that nobody reads any more would be taken for those of later commands.
            if under_way:
                self._usable = False

    def _send(self, command: bytes) -> bytes:
        self.run(lambda: self.wire.send(command))
        return command

    def close(self) -> None:
        """Log out within a few seconds and release the connection. Never raises.

        A server that deletes what was read does so at QUIT (RFC 1939 section 6): there it is left without one.
        """
        if self.may_delete:
            self._usable = False
        super().close()
