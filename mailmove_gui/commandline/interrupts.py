"""Ctrl-C and a polite kill: asked to stop, and asked again."""

import signal
import threading
import weakref
from types import FrameType, TracebackType
from typing import Self

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.plan import Mailbox
from mailmove_gui.domain.ports import Destination, MailGateway, Source
from mailmove_gui.domain.secret import Secret

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


class Interrupts:
    """Counts requests to stop while the block runs, instead of letting them end the program. Main thread only."""

    def __init__(self) -> None:
        self.count = 0
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> Self:
        for name in _NAMES:
            number = getattr(signal, name, None)
            # What the caller ignores (nohup) stays ignored.
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._asked)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler if callable(handler) else signal.SIG_DFL)

    def _asked(self, _number: int, _frame: FrameType | None) -> None:
        self.count += 1


class CuttingGateway:
    """Passes everything on, and can cut all connections that were opened through it."""

    def __init__(self, gateway: MailGateway) -> None:
        self._gateway = gateway
        self._lock = threading.Lock()
        self._tokens: weakref.WeakSet[CancelToken] = weakref.WeakSet()

    def source(self, mailbox: Mailbox, secret: Secret, cancel: CancelToken) -> Source:
        """See `MailGateway.source`."""
        self._keep(cancel)
        return self._gateway.source(mailbox, secret, cancel)

    def destination(self, mailbox: Mailbox, secret: Secret, cancel: CancelToken) -> Destination:
        """See `MailGateway.destination`."""
        self._keep(cancel)
        return self._gateway.destination(mailbox, secret, cancel)

    def cut(self) -> None:
        """Cut every connection and end every wait of the runs that came here."""
        with self._lock:
            tokens = list(self._tokens)
        for token in tokens:
            token.abort()

    def _keep(self, token: CancelToken) -> None:
        with self._lock:
            self._tokens.add(token)
