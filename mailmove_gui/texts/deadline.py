"""How a migration stands to the day on which its source ends, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import assert_never

from mailmove_gui.domain.deadline import REMIND_DAYS, Deadline, Outlook, Remedy
from mailmove_gui.texts.estimate import ready_moment
from mailmove_gui.texts.language import _, joined, ngettext
from mailmove_gui.texts.numbers import count


@dataclass(frozen=True, slots=True)
class DeadlineWords:
    """One sentence, what would help in more of them (empty if nothing is needed), and what both are about.

    `outlook` is None where it cannot be said whether there is time enough.
    """

    text: str
    advice: str = ""
    outlook: Outlook | None = None

    @property
    def in_full(self) -> str:
        """All of it."""
        return joined((self.text, self.advice))


def deadline_words(deadline: Deadline, now: datetime) -> DeadlineWords:
    """What was found, what would help, and a reminder where the day is near; `now` as it was judged."""
    return DeadlineWords(_sentence(deadline, now), joined(_advice(deadline)), deadline.outlook)


def nothing_counted(source_ends: date, today: date) -> DeadlineWords:
    """The day alone: it is not known yet how much there is to move."""
    days = (source_ends - today).days
    if days <= 0:
        return DeadlineWords(_has_ended(source_ends), outlook=Outlook.TOO_LATE)
    text = ngettext("The source ends on {date}, in {n} day.", "The source ends on {date}, in {n} days.", days)
    advice = _reminder(days) if days < REMIND_DAYS else ""
    return DeadlineWords(text.format(date=source_ends.isoformat(), n=count(days)), advice)


def all_moved(source_ends: date) -> DeadlineWords:
    """Nothing is left to move."""
    text = _("The source ends on {date}: everything has been moved.")
    return DeadlineWords(text.format(date=source_ends.isoformat()), outlook=Outlook.IN_TIME)


def remedy_sentence(remedy: Remedy) -> str:
    """What somebody can do."""
    match remedy:
        case Remedy.MORE_AT_ONCE:
            return _("Move more accounts at the same time.")
        case Remedy.QUIET_HOURS:
            return _("Shorten the quiet hours.")
        case Remedy.BANDWIDTH:
            return _("Raise the bandwidth limit.")
        case Remedy.LEAVE_OUT_UNWANTED:
            return _("Leave out Junk and Trash.")
        case Remedy.NEWEST_FIRST:
            return _("Move the newest messages first: if time runs out, only old ones are left behind.")
        case Remedy.ASK_PROVIDER:
            return _("Ask the provider whether it raises its daily limit.")
        case _ as never:
            assert_never(never)


def _sentence(deadline: Deadline, now: datetime) -> str:
    day = deadline.ends.date()
    if deadline.days_left <= 0:
        return _has_ended(day)
    if deadline.ready is None:
        text = _("The source ends on {date}: too late, at this pace there is no end in sight.")
        return text.format(date=day.isoformat())
    match deadline.outlook:
        case Outlook.IN_TIME:
            text = _("The source ends on {date}: in time, ready {when}.")
        case Outlook.TIGHT:
            text = _("The source ends on {date}: tight, ready {when}.")
        case Outlook.TOO_LATE:
            text = _("The source ends on {date}: too late, ready only {when}.")
        case _ as never:
            assert_never(never)
    return text.format(date=day.isoformat(), when=ready_moment(deadline.ready, now))


def _has_ended(day: date) -> str:
    return _("The source was to end on {date}. Move what it still shows as soon as possible.").format(
        date=day.isoformat()
    )


def _advice(deadline: Deadline) -> Iterator[str]:
    remedies = [remedy_sentence(remedy) for remedy in deadline.remedies]
    if remedies:
        yield _("What would help:")
        yield from remedies
    if deadline.outlook is Outlook.TOO_LATE:
        yield _("Ask the old provider whether it keeps the mailboxes for longer.")
    if deadline.reminds and deadline.days_left > 0:
        yield _reminder(deadline.days_left)


def _reminder(days: int) -> str:
    text = ngettext(
        "{n} day is left. Providers advise to begin {most} days before the end, so do not wait.",
        "{n} days are left. Providers advise to begin {most} days before the end, so do not wait.",
        days,
    )
    return text.format(n=count(days), most=count(REMIND_DAYS))
