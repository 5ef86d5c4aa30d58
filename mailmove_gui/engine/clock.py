"""The real clock."""

import time
from datetime import UTC, datetime

from mailmove_gui.domain.control import CancelToken


class SystemClock:
    """The Clock port on this computer's time."""

    def now(self) -> datetime:
        """Time of day in UTC."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Seconds that never run backwards."""
        return time.monotonic()

    def wait(self, cancel: CancelToken, seconds: float) -> None:
        """Sleep; raises `Cancelled` as soon as the run is asked to stop."""
        cancel.wait(seconds)
