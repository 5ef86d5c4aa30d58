from datetime import UTC, datetime, timedelta, timezone

import pytest

from mailmove_gui.domain.messages import Flags, clamp_date, storable_flags

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("date", "kept", "changed"),
    [
        (None, NOW, True),
        (EPOCH, EPOCH, False),
        (EPOCH - timedelta(seconds=1), EPOCH, True),
        (datetime(1969, 12, 31, 23, tzinfo=timezone(timedelta(hours=-2))),) * 2 + (False,),
        (datetime(1970, 1, 1, 1, tzinfo=timezone(timedelta(hours=2))), EPOCH, True),
        (NOW + timedelta(hours=23), NOW + timedelta(hours=23), False),
        (NOW + timedelta(days=2), NOW, True),
        (datetime(2104, 1, 1, tzinfo=UTC), NOW, True),
    ],
)
def test_dates_are_brought_into_what_servers_can_store(date: datetime | None, kept: datetime, changed: bool) -> None:
    assert clamp_date(date, NOW.replace(microsecond=999)) == (kept, changed)


@pytest.mark.parametrize(
    ("flags", "permanent", "kept", "dropped"),
    [
        ({"\\Seen", "\\Recent"}, None, {"\\Seen"}, set()),
        ({"\\Seen", "\\recent"}, {"\\Seen", "\\Recent"}, {"\\Seen"}, set()),
        ({"\\SEEN", "$Forwarded"}, {"\\Seen", "\\*"}, {"\\SEEN", "$Forwarded"}, set()),
        ({"\\Seen", "$Forwarded"}, {"\\Seen"}, {"\\Seen"}, {"$Forwarded"}),
        ({"$forwarded"}, {"$Forwarded"}, {"$forwarded"}, set()),
        ({"\\Flagged", "\\Odd"}, {"\\Seen", "\\*"}, set(), {"\\Flagged", "\\Odd"}),
        ({"\\Deleted"}, {"\\Deleted"}, {"\\Deleted"}, set()),
        ({"\\Seen"}, set(), set(), {"\\Seen"}),
        (set(), None, set(), set()),
    ],
)
def test_flags_are_split_into_kept_and_dropped(
    flags: set[str], permanent: set[str] | None, kept: set[str], dropped: set[str]
) -> None:
    allowed: Flags | None = None if permanent is None else frozenset(permanent)
    assert storable_flags(frozenset(flags), allowed) == (frozenset(kept), frozenset(dropped))
