"""When an account that is watched makes its next pass, and when the watching ends. Pure functions."""

from datetime import datetime, time, timedelta

from mailmove_gui.domain.plan import Options
from mailmove_gui.domain.quiet_hours import next_allowed

NIGHTLY_S = 24 * 3600
"""`Options.pass_every_s` from which on passes are made at night, instead of so long after the last one."""

_NIGHT = time(2)


def next_pass_at(finished: datetime, options: Options) -> datetime | None:
    """When the pass after the one that ended at `finished` begins, outside of quiet hours; None if there is none.

    In the zone of this computer, whose clock on the wall says what a night and quiet hours are.
    """
    if options.pass_every_s is None:
        return None
    local = finished.astimezone()
    if options.pass_every_s < NIGHTLY_S:
        begin = (local + timedelta(seconds=options.pass_every_s)).astimezone()
    else:
        begin = _next_night(local + timedelta(seconds=options.pass_every_s - NIGHTLY_S))
    allowed = next_allowed(begin, options.quiet_hours)
    # Read off the wall anew: between now and then the clocks may be changed.
    return begin if allowed is None else allowed.replace(tzinfo=None).astimezone()


def window_ends(watching_since: datetime, options: Options) -> datetime:
    """When an account that has been watched since then makes no more passes by itself."""
    return watching_since + timedelta(days=options.window_days)


def _next_night(after: datetime) -> datetime:
    tonight = datetime.combine(after.date(), _NIGHT)
    if tonight <= after.replace(tzinfo=None):
        tonight += timedelta(days=1)
    return tonight.astimezone()
