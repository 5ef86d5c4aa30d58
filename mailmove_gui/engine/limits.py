"""What holds all runs back alike, and may change while they run."""

from datetime import datetime

from mailmove_gui.domain.plan import Options
from mailmove_gui.domain.quiet_hours import QuietHours, next_allowed
from mailmove_gui.engine.bandwidth import Bandwidth


class Limits:
    """Bandwidth and quiet hours of a migration; none of either at first. Thread-safe."""

    def __init__(self) -> None:
        self.bandwidth = Bandwidth()
        self._quiet_hours: tuple[QuietHours, ...] = ()

    def change(self, options: Options) -> None:
        """Take the limits of a plan's newest revision."""
        self.bandwidth.change(options.bandwidth_bytes_s)
        self._quiet_hours = options.quiet_hours

    def quiet_until(self, now: datetime) -> datetime | None:
        """When the quiet hours end in which `now` is, by the clock of this computer; None outside of them."""
        end = next_allowed(now.astimezone(), self._quiet_hours)
        # Read off the wall anew: between now and then the clocks may be changed.
        return end.replace(tzinfo=None).astimezone() if end is not None else None
