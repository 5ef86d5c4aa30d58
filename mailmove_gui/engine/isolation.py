"""Finding the one message at which a server fails each time, without sending anything twice.

When a connection is lost while a batch is on its way, or a server fails at it, each of its messages that is not
settled comes under suspicion, and the ledger keeps that. Suspects are moved after all others, in ever smaller groups,
so that a message that is at fault soon fails alone. One that has failed alone three times, while others went through,
is given up: refused, with what the server said. What the server has taken is known by then (`engine.settling`), and is
no suspect any more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.records import RefusalRecord, Suspect
from mailmove_gui.engine.context import Pass

_TRIES_ALONE = 3
_LAST_ONE_FOR = timedelta(hours=1)
"""How long the only message left is tried: nothing else can show that the server works."""

_TOGETHER = 10
_STAGES = 5

_CUT_OFF = frozenset({Reason.CONNECTION_LOST, Reason.TIMED_OUT, Reason.NOT_A_MAIL_SERVER})
_ANSWERED = frozenset({Reason.SERVER_BUSY, Reason.MESSAGE_UNREADABLE})
"""What a server may say of one message and not of another; the conversation goes on."""


def concerns_messages(error: MailError) -> bool:
    """Whether a server may have said this of the messages it was asked for, and goes on talking."""
    return error.reason in _ANSWERED and not error.ends_connection


def as_busy(error: MailError) -> MailError:
    """What is said of the account: whatever the server said of a message, tried again later it may hand it out."""
    return MailError(Reason.SERVER_BUSY, error.server_text, side=error.side, retry_after_s=error.retry_after_s)


def stages(suspects: Iterable[Suspect], most: int) -> tuple[dict[int, int], tuple[int, ...]]:
    """In which order messages are tried, and how many together.

    Args:
        suspects: from the ledger.
        most: how many that are not suspected go together.

    Returns:
        The stage of each suspect by its row's id (all others are of stage 0), and how many go together in each stage.
    """
    return {one.message_id: _stage(one) for one in suspects}, (most, min(_TOGETHER, most), 1, 1, 1)


def _stage(suspect: Suspect) -> int:
    if suspect.alone:
        return min(_STAGES - 1, 2 + suspect.alone)
    return min(2, suspect.together)


def suspect(run: Pass, messages: Sequence[RefusalRecord], error: MailError) -> None:
    """Note in the ledger that something failed while these messages were on their way.

    Args:
        run: the pass; one that was asked to stop cuts connections itself, and suspects nothing.
        messages: who they are; their reason and text are taken from `error`.
        error: what failed; nothing is noted where it says why, and that is not the message.
    """
    if run.cancel.is_set or not messages or error.reason not in _CUT_OFF | _ANSWERED:
        return
    reason = _reason(error)
    records = [replace(message, reason=reason, server_text=error.server_text) for message in messages]
    run.ledger.note_failed(run.account.id, records, at=run.ports.clock.now())


def give_up(run: Pass) -> None:
    """Refuse the messages at which the server has failed too often."""
    suspects = [one for one in run.ledger.suspects(run.account.id) if one.alone >= _TRIES_ALONE]
    if not suspects:
        return
    moved = run.ledger.counts(run.account.id).moved
    is_last = run.ledger.pending_count(run.account.id) == 1
    now = run.ports.clock.now()
    for one in suspects:
        if moved <= one.moved_before and not (is_last and now - one.since >= _LAST_ONE_FOR):
            continue
        if one.last.reason is Reason.ARRIVAL_UNKNOWN:
            for refusal in run.ledger.mark_doubtful(run.account.id, [one.message_id]):
                run.refused(refusal)
        else:
            run.refused(run.ledger.mark_refused(run.account.id, one.last))


def _reason(error: MailError) -> Reason:
    if error.reason in _CUT_OFF:
        return Reason.MESSAGE_BREAKS_CONNECTION
    if error.side is Side.SOURCE:
        return Reason.MESSAGE_UNREADABLE
    # What is not handed out at the destination may be the message that was to be sent.
    return Reason.ARRIVAL_UNKNOWN if error.reason is Reason.MESSAGE_UNREADABLE else Reason.MESSAGE_REFUSED
