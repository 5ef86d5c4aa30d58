from datetime import date, datetime, timedelta

import pytest

from mailmove_gui.domain.deadline import Deadline, Outlook, Remedy
from mailmove_gui.texts.deadline import all_moved, deadline_words, nothing_counted, remedy_sentence

# In the zone of this computer, whatever it is.
NOON = datetime(2026, 11, 24, 12, 1).astimezone()
MIDNIGHT = datetime(2026, 12, 31).astimezone()
EVENING = NOON + timedelta(hours=8)
LATE = datetime(2027, 1, 4, 9, 30).astimezone()
SHOW = "Ask the old provider whether it keeps the mailboxes for longer."


def judged(
    outlook: Outlook, ready: datetime | None, days_left: int = 37, remedies: tuple[Remedy, ...] = ()
) -> Deadline:
    return Deadline(outlook, MIDNIGHT, ready, days_left, remedies)


@pytest.mark.parametrize(
    ("deadline", "text", "advice"),
    [
        (
            judged(Outlook.IN_TIME, EVENING),
            "The source ends on 2026-12-31: in time, ready today at 20:10.",
            "",
        ),
        (
            judged(Outlook.TIGHT, EVENING, remedies=(Remedy.MORE_AT_ONCE,)),
            "The source ends on 2026-12-31: tight, ready today at 20:10.",
            "What would help: Move more accounts at the same time.",
        ),
        (
            judged(Outlook.TOO_LATE, LATE, remedies=(Remedy.BANDWIDTH, Remedy.LEAVE_OUT_UNWANTED)),
            "The source ends on 2026-12-31: too late, ready only on 2027-01-04 at 09:30.",
            f"What would help: Raise the bandwidth limit. Leave out Junk and Trash. {SHOW}",
        ),
        (
            judged(Outlook.TOO_LATE, None, remedies=(Remedy.QUIET_HOURS,)),
            "The source ends on 2026-12-31: too late, at this pace there is no end in sight.",
            f"What would help: Shorten the quiet hours. {SHOW}",
        ),
        (
            judged(Outlook.IN_TIME, EVENING, days_left=29),
            "The source ends on 2026-12-31: in time, ready today at 20:10.",
            "29 days are left. Providers advise to begin 30 days before the end, so do not wait.",
        ),
        (
            judged(Outlook.TIGHT, EVENING, days_left=1),
            "The source ends on 2026-12-31: tight, ready today at 20:10.",
            "1 day is left. Providers advise to begin 30 days before the end, so do not wait.",
        ),
        # The day has come, or is over: whatever is expected, nothing can be promised.
        *(
            (
                judged(Outlook.TOO_LATE, EVENING, days_left=days_left),
                "The source was to end on 2026-12-31. Move what it still shows as soon as possible.",
                SHOW,
            )
            for days_left in (0, -1, -400)
        ),
    ],
)
def test_what_it_means_for_the_deadline(deadline: Deadline, text: str, advice: str) -> None:
    words = deadline_words(deadline, NOON)
    assert (words.text, words.advice, words.outlook) == (text, advice, deadline.outlook)
    assert words.in_full == (f"{text} {advice}" if advice else text)


@pytest.mark.parametrize("remedy", Remedy)
def test_every_remedy_is_a_sentence_of_its_own(remedy: Remedy) -> None:
    said = remedy_sentence(remedy)
    assert said.endswith(".")
    assert [other for other in Remedy if remedy_sentence(other) == said] == [remedy]


@pytest.mark.parametrize(
    ("today", "text", "advice", "outlook"),
    [
        (date(2026, 12, 1), "The source ends on 2026-12-31, in 30 days.", "", None),
        (date(2026, 12, 2), "The source ends on 2026-12-31, in 29 days.", "29 days are left.", None),
        (date(2026, 12, 30), "The source ends on 2026-12-31, in 1 day.", "1 day is left.", None),
        (date(2026, 12, 31), "The source was to end on 2026-12-31.", "", Outlook.TOO_LATE),
        (date(2027, 2, 1), "The source was to end on 2026-12-31.", "", Outlook.TOO_LATE),
    ],
)
def test_the_day_alone(today: date, text: str, advice: str, outlook: Outlook | None) -> None:
    words = nothing_counted(MIDNIGHT.date(), today)
    assert words.text.startswith(text)
    assert words.advice.startswith(advice)
    assert bool(words.advice) is bool(advice)
    assert words.outlook is outlook


def test_nothing_left() -> None:
    words = all_moved(MIDNIGHT.date())
    assert words.in_full == "The source ends on 2026-12-31: everything has been moved."
    assert words.outlook is Outlook.IN_TIME
