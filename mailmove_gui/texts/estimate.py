"""How long a migration will take, in words."""

import math
from datetime import UTC, date, datetime, timedelta

from mailmove_gui.domain.estimate import ASSUMED_RATES, Estimate
from mailmove_gui.domain.findings import DailyLimit
from mailmove_gui.texts import numbers
from mailmove_gui.texts.language import _
from mailmove_gui.texts.times import moment

_ROUNDED_TO_S = 10 * 60


def estimate_sentence(estimate: Estimate, now: datetime) -> str:
    """As in ``About 4 h 20 min for 28 accounts, ready today at 21:10; limited by Gmail's 2.5 GB a day.``.

    Args:
        estimate: what was worked out, for one account at least.
        now: when the start would be.
    """
    duration = numbers.estimate(estimate.duration.total_seconds())
    values = {
        "duration": duration[:1].upper() + duration[1:],
        "accounts": numbers.accounts(len(estimate.accounts)),
        "when": ready_moment(now + estimate.duration, now),
    }
    if estimate.limited_by is None:
        return _("{duration} for {accounts}, ready {when}.").format(**values)
    return _("{duration} for {accounts}, ready {when}; limited by {limit}.").format(
        **values, limit=daily_limit(estimate.limited_by)
    )


def ready_moment(ready: datetime, now: datetime) -> str:
    """``today at 21:10``, ``tomorrow at 00:10``: not more exact than an estimate can be."""
    rounded = _rounded_up(ready)
    when = moment(rounded, now=now)
    return _("today {when}").format(when=when) if _day(rounded) == _day(now) else when


def daily_limit(limit: DailyLimit) -> str:
    """``Gmail's 2.5 GB a day``."""
    return _("{provider}'s {size} a day").format(provider=limit.provider, size=numbers.size(limit.bytes_a_day))


def assumption() -> str:
    """What an estimate rests on, as a sentence."""
    text = _("The time assumes {messages} and {bytes} for each account; the real pace is shown while it runs.")
    return text.format(
        messages=_("{n} messages a second").format(n=round(ASSUMED_RATES.messages_per_s)),
        bytes=numbers.bytes_per_second(ASSUMED_RATES.bytes_per_s),
    )


def _day(when: datetime) -> date:
    return when.astimezone().date()


def _rounded_up(when: datetime) -> datetime:
    seconds = math.ceil(when.timestamp() / _ROUNDED_TO_S) * _ROUNDED_TO_S
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds)
