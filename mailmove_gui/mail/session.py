"""A conversation with one IMAP server: commands and answers in the project's terms."""

from collections.abc import Iterator

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.mail.conversation import Conversation
from mailmove_gui.mail.errors import Redactor
from mailmove_gui.mail.syntax import Answer, Argument, Response
from mailmove_gui.mail.wire import Ticket, Wire

_SLOW_DOWN = b"[THROTTLED]"
EASE_OFF_S = 5.0
"""Pause after an answer with which a server asks for less without refusing anything (Gmail)."""


class Session(Conversation):
    """A `Conversation` in IMAP."""

    def __init__(self, wire: Wire, *, host: str, side: Side, redactor: Redactor, cancel: CancelToken) -> None:
        super().__init__(wire, host=host, side=side, redactor=redactor, cancel=cancel)
        self.wire = wire
        self.capabilities: frozenset[str] = frozenset()
        self.greeting = b""

    # -- capabilities

    def has(self, capability: str) -> bool:
        """Whether the server announced it; `capability` in upper case."""
        return capability in self.capabilities

    def learn_capabilities(self, text: bytes) -> None:
        """Take a list of capabilities, and whether literals may go without waiting."""
        self.capabilities = frozenset(text.decode("ascii", "replace").upper().split())
        self.wire.literal_plus = self.has("LITERAL+")
        # IMAP4rev2 includes LITERAL- (RFC 9051 appendix E).
        self.wire.literal_minus = self.has("LITERAL-") or self.has("IMAP4REV2")

    def ask_capabilities(self) -> None:
        """Send CAPABILITY; a server without an answer has none."""
        answer = self.command(b"CAPABILITY")
        listed = answer.of_kind(b"CAPABILITY")
        self.learn_capabilities(listed[-1].text if listed else b"")

    # -- commands

    def command(self, *arguments: Argument, name: str = "", failing: Reason | None = None) -> Answer:
        """Send a command and wait for its end.

        Args:
            arguments: see `Wire.begin`.
            name: what the log calls the command.
            failing: what NO or BAD means if the server's text does not say; None hands the answer out instead.
        """
        return self.finish(self.begin(*arguments, name=name), failing=failing)

    def begin(self, *arguments: Argument, name: str = "") -> Ticket:
        """Send a command without waiting for its answer."""
        return self.run(lambda: self.wire.begin(*arguments, name=name))

    def finish(self, ticket: Ticket, *, failing: Reason | None = None) -> Answer:
        """Wait for the end of a command; raises `Cancelled` too, where the server wants a pause after it."""
        answer = self.run(lambda: self.wire.finish(ticket))
        if answer.ok and _SLOW_DOWN in answer.text:
            self._cancel.wait(EASE_OFF_S)
        if failing is not None and not answer.ok:
            raise self.refusal(answer.text, failing)
        return answer

    def stream(self, ticket: Ticket) -> Iterator[Response]:
        """Untagged responses of a command as they come."""
        responses = self.wire.stream(ticket)
        while (response := self.run(lambda: next(responses, None))) is not None:
            yield response
