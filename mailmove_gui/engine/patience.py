"""When to try again by itself, how long, and when not. The one place where that is stated.

A wait grows from 1 s to 5 min (an hour where the server wants less traffic: whoever knocks every few minutes stays
throttled), a little spread. A run gives up when its waits since the last progress add up to a day: a night's
maintenance and a provider's daily limit fit into that. A full mailbox waits three days for somebody to make room.
A server that names its own time is not asked before, up to a day.
"""

import random
from dataclasses import dataclass

from mailmove_gui.domain.reasons import MailError, Reason, Turn, turn_of

_FIRST_DELAY_S = 1.0
_LONGEST_DELAY_S = 5 * 60.0
_LONGEST_DELAY_THROTTLED_S = 60 * 60.0
_LONGEST_TOLD_S = 24 * 3600.0
_FIRST_LOOK_FOR_ROOM_S = 60.0
_TRIES_BEFORE_FIRST_LOGIN = 2
BUDGET_S = 24 * 3600.0
"""How long a run waits in all without anything being moved."""

BUDGET_FOR_ROOM_S = 3 * 24 * 3600.0
"""The same for a destination mailbox that is full: somebody has to see it first, perhaps after a weekend."""

_JITTER = 0.25

# A server that was there a moment ago and is not now is being restarted, or the line is down; garbage in the middle
# of a conversation is a line that breaks. What somebody has to make room for is looked at again, so that nobody needs
# to come back and press a button.
_TRANSIENT_ONCE_CONNECTED = frozenset(
    {
        Reason.CONNECTION_REFUSED,
        Reason.HOST_NOT_FOUND,
        Reason.NOT_A_MAIL_SERVER,
        Reason.DESTINATION_FULL,
        Reason.LOCAL_DISK,
    }
)
# Before anybody was let in, these may as well mean that the server's name or port is wrong.
_PERHAPS_A_MISTAKE = frozenset({Reason.CONNECTION_LOST, Reason.TIMED_OUT, Reason.NETWORK_UNREACHABLE})
_LESS_TRAFFIC = frozenset({Reason.THROTTLED, Reason.DAILY_LIMIT})


@dataclass(slots=True)
class Patience:
    """The tries of one run. A password that was refused is never tried again: providers lock accounts for that."""

    seed: int
    tries: int = 0
    connected: bool = False
    waited_s: float = 0.0

    def progressed(self) -> None:
        """Something was moved since the last try, so the next failure starts a new count."""
        self.tries = 0
        self.waited_s = 0.0

    def delay_s(self, error: MailError) -> float | None:
        """Seconds until the next try after `error`, or None if trying again by itself does not help."""
        transient = turn_of(error.reason) is Turn.CLOCK or (
            self.connected and error.reason in _TRANSIENT_ONCE_CONNECTED
        )
        if not transient or self._is_over(error):
            return None
        delay_s = self._own_delay_s(error.reason)
        self.tries += 1
        # Many accounts that lost the same server must not all come back in the same instant.
        chance = random.Random(self.seed * 1000 + self.tries)  # noqa: S311
        delay_s *= chance.uniform(1 - _JITTER, 1 + _JITTER)
        if error.retry_after_s is not None:
            told_s = min(error.retry_after_s, _LONGEST_TOLD_S)
            delay_s = max(delay_s, told_s * chance.uniform(1, 1 + _JITTER / 5))
        self.waited_s += delay_s
        return delay_s

    def _is_over(self, error: MailError) -> bool:
        if not self.connected and error.reason in _PERHAPS_A_MISTAKE:
            return self.tries >= _TRIES_BEFORE_FIRST_LOGIN
        return self.waited_s >= (BUDGET_FOR_ROOM_S if error.reason is Reason.DESTINATION_FULL else BUDGET_S)

    def _own_delay_s(self, reason: Reason) -> float:
        longest_s = _LONGEST_DELAY_THROTTLED_S if reason in _LESS_TRAFFIC else _LONGEST_DELAY_S
        first_s = _FIRST_LOOK_FOR_ROOM_S if reason is Reason.DESTINATION_FULL else _FIRST_DELAY_S
        # The exponent is bounded too: two to the power of a day's tries is no number of seconds.
        return min(longest_s, first_s * 2.0 ** min(self.tries, 20))
