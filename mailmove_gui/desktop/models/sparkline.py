"""How many messages were moved in each of the last minutes, for every account. No Qt."""

from collections import deque
from collections.abc import Iterable

from mailmove_gui.domain.events import AccountChanged, AccountProgressed, Event
from mailmove_gui.texts import _, ngettext, numbers

MINUTES = 60
"""So far back is remembered."""
_MINUTE_S = 60.0


class MinuteCounts:
    """Messages of one account by the minute in which they came to be at the destination."""

    def __init__(self) -> None:
        self._last: int | None = None
        # (minute, messages), without the minutes in which nothing came.
        self._minutes: deque[tuple[int, int]] = deque(maxlen=MINUTES)

    def observe(self, at_s: float, messages: int) -> None:
        """The account's messages at the destination, at a time that never runs backwards."""
        came = messages - self._last if self._last is not None else 0
        self._last = messages
        if came <= 0:  # fewer: an undo; what follows is measured from here
            return
        minute = int(at_s // _MINUTE_S)
        if self._minutes and self._minutes[-1][0] == minute:
            came += self._minutes.pop()[1]
        self._minutes.append((minute, came))

    def values(self, at_s: float) -> tuple[int, ...]:
        """Messages of each of the last `MINUTES` minutes, the present one last; empty if there were none at all."""
        present = int(at_s // _MINUTE_S)
        found = [0] * MINUTES
        for minute, came in self._minutes:
            if (age := present - minute) < MINUTES:
                found[MINUTES - 1 - age] = came
        return tuple(found) if any(found) else ()


class Tempo:
    """The `MinuteCounts` of all accounts that were heard of."""

    def __init__(self) -> None:
        self._accounts: dict[str, MinuteCounts] = {}

    def start(self, account_id: str, messages: int, at_s: float) -> None:
        """What was at the destination before; called again, the account is forgotten."""
        self._accounts[account_id] = counts = MinuteCounts()
        counts.observe(at_s, messages)

    def apply(self, events: Iterable[Event], at_s: float) -> None:
        """Something has happened."""
        for event in events:
            match event:
                case AccountChanged() | AccountProgressed():
                    counts = self._accounts.setdefault(event.account_id, MinuteCounts())
                    counts.observe(at_s, event.counts.at_destination)
                case _:
                    pass

    def values(self, account_id: str, at_s: float) -> tuple[int, ...]:
        """See `MinuteCounts.values`."""
        counts = self._accounts.get(account_id)
        return counts.values(at_s) if counts is not None else ()


def tempo_text(values: tuple[int, ...]) -> str:
    """``Up to 240 messages a minute``, for those who do not see the line."""
    if not values:
        return _("No messages were moved in the last hour")
    most = max(values)
    return ngettext("Up to {n} message a minute", "Up to {n} messages a minute", most).format(n=numbers.count(most))
