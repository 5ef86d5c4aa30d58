"""An account's log in plain words."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from mailmove_gui.domain.records import AttemptRecord
from mailmove_gui.domain.states import AccountState
from mailmove_gui.texts.language import _, joined
from mailmove_gui.texts.reasons import what_happened, what_to_do


def log_lines(records: Iterable[AttemptRecord], *, after: AttemptRecord | None = None) -> Iterator[str]:
    """A line a record, ``18:02:09  Moving messages.``, and above the first of each day its date.

    Args:
        records: lines of `Ledger.attempts`, oldest first.
        after: the record before the first one, if there is one: its day has a heading already.
    """
    day = after.at.astimezone().date() if after is not None else None
    for record in records:
        local = record.at.astimezone()
        if local.date() != day:
            day = local.date()
            yield day.isoformat()
        yield f"{local:%H:%M:%S}  {log_words(record)}"


def log_words(record: AttemptRecord) -> str:
    """What happened, in a sentence; and in another until when the account waited."""
    failure = record.failure
    if failure is None:
        return _step(record.state)
    happened = what_happened(failure.reason, failure.side, server_text=failure.server_text)
    if failure.until is None:
        return happened
    return joined((happened, what_to_do(failure.reason, failure.side, failure.until, now=record.at)))


def _step(state: AccountState) -> str:  # noqa: C901, PLR0911, PLR0912 -- one branch a state
    match state:
        case AccountState.NOT_STARTED:
            return _("Taken in again.")
        case AccountState.INVITED:
            return _("Invitation sent.")
        case AccountState.CHECKING:
            return _("Signing in on both sides and looking at the folders.")
        case AccountState.READY:
            return _("Checked; ready to start.")
        case AccountState.QUEUED:
            return _("Started; waiting for its turn.")
        case AccountState.MOVING:
            return _("Moving messages.")
        case AccountState.VERIFYING:
            return _("Looking whether everything has arrived.")
        case AccountState.WAITING:
            return _("Waiting.")
        case AccountState.PAUSED:
            return _("Paused.")
        case AccountState.NEEDS_PASSWORD:
            return _("A password is needed.")
        case AccountState.FAILED:
            return _("Stopped by an error.")
        case AccountState.DONE:
            return _("Done: everything was found at the destination.")
        case AccountState.DONE_WITH_REFUSALS:
            return _("Done, but for messages that were not moved.")
        case AccountState.WATCHING:
            return _("Watching for new mail.")
        case AccountState.SKIPPED:
            return _("Left out.")
        case AccountState.CLOSED:
            return _("Closed.")
        case _ as never:
            assert_never(never)
