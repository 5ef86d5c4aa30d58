"""How fast it goes, and how long it will take."""

from collections import deque
from dataclasses import dataclass

from mailmove_gui.domain.progress import Counts

WINDOW_S = 60.0
"""How far back is looked: long enough to be steady, short enough to follow a server that slows down."""

LEAST_S = 3.0
"""Nothing is said of a rate that was watched for less than this."""

_MOST_SAMPLES = 120


@dataclass(frozen=True, slots=True)
class Rate:
    """Messages a minute, and bytes a second of what this program moved itself."""

    messages_per_minute: float
    bytes_per_second: float


class Pace:
    """The rate over a sliding window of numbers."""

    def __init__(self, window_s: float = WINDOW_S) -> None:
        self._window_s = window_s
        self._samples: deque[tuple[float, int, int]] = deque()

    def observe(self, at_s: float, settled: int, bytes_moved: int) -> None:
        """The numbers as they were at a time that never runs backwards."""
        sample = (at_s, settled, bytes_moved)
        if self._samples and sample[1] < self._samples[-1][1]:
            # Messages to be tried again are no progress backwards: what follows is measured from here.
            self._samples.clear()
        spacing_s = self._window_s / _MOST_SAMPLES
        if len(self._samples) > 1 and at_s - self._samples[-2][0] < spacing_s:
            self._samples[-1] = sample
        else:
            self._samples.append(sample)
        # One sample from before the window stays: from it on the window is whole.
        while len(self._samples) > 2 and self._samples[1][0] <= at_s - self._window_s:
            self._samples.popleft()

    def forget(self) -> None:
        """Begin anew, as after a pause."""
        self._samples.clear()

    def rate(self, at_s: float) -> Rate | None:
        """The rate at that time; None if it was not watched long enough."""
        if len(self._samples) < 2:
            return None
        first, last = self._samples[0], self._samples[-1]
        # Time in which nothing came counts too.
        span_s = max(at_s, last[0]) - first[0]
        if span_s < LEAST_S:
            return None
        return Rate((last[1] - first[1]) / span_s * 60, (last[2] - first[2]) / span_s)

    def left_s(self, at_s: float, counts: Counts) -> float | None:
        """Seconds until nothing is pending if it goes on like this; None if that cannot be said."""
        rate = self.rate(at_s)
        if rate is None or rate.messages_per_minute <= 0:
            return None
        return counts.pending / rate.messages_per_minute * 60
