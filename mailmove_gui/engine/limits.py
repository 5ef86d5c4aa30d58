"""What holds all runs back alike, and may change while they run."""

from datetime import datetime

from mailmove_gui.domain.plan import Options
from mailmove_gui.domain.quiet_hours import QuietHours, next_allowed
from mailmove_gui.engine.bandwidth import Bandwidth


class Limits:
    """Bandwidth, quiet hours and accounts at once of a migration; none, none and one without options. Thread-safe."""

    def __init__(self, options: Options | None = None) -> None:
        self.bandwidth = Bandwidth()
        self.accounts_at_once = 1
        self._quiet_hours: tuple[QuietHours, ...] = ()
        if options is not None:
            self.change(options)

    def change(self, options: Options) -> None:
        """Take the limits of a plan's newest revision."""
        self.bandwidth.change(options.bandwidth_bytes_s)
        self.accounts_at_once = max(1, options.accounts_at_once)
        self._quiet_hours = options.quiet_hours

    def quiet_until(self, now: datetime) -> datetime | None:
        """When the quiet hours end in which `now` is, by the clock of this computer; None outside of them."""
        end = next_allowed(now.astimezone(), self._quiet_hours)
        # Read off the wall anew: between now and then the clocks may be changed.
        return end.replace(tzinfo=None).astimezone() if end is not None else None
