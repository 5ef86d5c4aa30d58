"""When to try again by itself, and when not."""

import random
from dataclasses import dataclass

from mailmove_gui.domain.reasons import MailError, Reason, Turn, turn_of

_FIRST_DELAY_S = 1.0
_LONGEST_DELAY_S = 60.0
_TRIES_BEFORE_FIRST_LOGIN = 2
_TRIES_WITHOUT_PROGRESS = 8
_JITTER = 0.25

# A server that was there a moment ago and is not now is being restarted, or the line is down.
_TRANSIENT_ONCE_CONNECTED = frozenset({Reason.CONNECTION_REFUSED, Reason.HOST_NOT_FOUND})


@dataclass(slots=True)
class Patience:
    """The tries of one run. A password that was refused is never tried again: providers lock accounts for that."""

    seed: int
    tries: int = 0
    connected: bool = False

    def progressed(self) -> None:
        """Something was moved since the last try, so the next failure starts a new count."""
        self.tries = 0

    def delay_s(self, error: MailError) -> float | None:
        """Seconds until the next try after `error`, or None if trying again by itself does not help."""
        transient = turn_of(error.reason) is Turn.CLOCK or (
            self.connected and error.reason in _TRANSIENT_ONCE_CONNECTED
        )
        if not transient:
            return None
        if error.retry_after_s is not None:
            return error.retry_after_s
        if self.tries >= (_TRIES_WITHOUT_PROGRESS if self.connected else _TRIES_BEFORE_FIRST_LOGIN):
            return None
        delay_s = min(_LONGEST_DELAY_S, _FIRST_DELAY_S * 2.0**self.tries)
        self.tries += 1
        # Many accounts that lost the same server must not all come back in the same instant.
        spread = random.Random(self.seed * 1000 + self.tries).uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311
        return delay_s * spread
