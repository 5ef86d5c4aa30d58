"""One pass over an account: look, match, move, verify."""

from collections.abc import Callable

from mailmove_gui.domain.reasons import MailError, Reason, Side
from mailmove_gui.domain.records import SourceFolderRecord
from mailmove_gui.domain.states import AccountState
from mailmove_gui.engine.context import Pass
from mailmove_gui.engine.finishing import check_numbers, look_again, verify_arrivals
from mailmove_gui.engine.flags import follow_flags, note_untold_changes
from mailmove_gui.engine.folder_plan import FolderPlan, make_removed, plan_folders
from mailmove_gui.engine.labels import select_messages
from mailmove_gui.engine.matching import match_existing
from mailmove_gui.engine.scanning import scan_source
from mailmove_gui.engine.settling import settle_all
from mailmove_gui.engine.transfer import transfer

_ROUNDS = 5
_SCANS = 4
_NO_UIDVALIDITY = 0  # RFC 3501 section 2.3.1.1: a UIDVALIDITY is never zero

StateChange = Callable[[AccountState], None]


def run_pass(run: Pass, enter: StateChange) -> None:
    """Bring the destination up to date with the source.

    Args:
        run: the account with both connections open.
        enter: told of MOVING and VERIFYING.

    Raises:
        MailError: something stood in the way; what was done until then is in the ledger.
        Cancelled: the run was asked to stop.
    """
    if run.ledger.is_undoing(run.account.id):
        # What counts as moved may be gone, or be marked as deleted by us.
        raise MailError(Reason.UNDO_UNFINISHED, side=Side.DESTINATION)
    plan = plan_folders(run)
    _forget_missing(run, plan)
    look_again(run, plan.destination)
    settle_all(run, plan.destination)
    enter(AccountState.MOVING)
    problems = list(plan.refused)
    note_untold_changes(run, _present_records(run, plan))
    # Mail that comes in while a pass moves what was there before is brought by another round.
    for _ in range(_ROUNDS):
        folders, unreadable = _scan(run, plan)
        if not run.ledger.pending_count(run.account.id):
            break
        look_again(run, plan.destination)
        undecided = match_existing(run)
        plan = make_removed(run, plan, folders)
        transfer(run, folders, undecided.rows)
        if undecided.error is not None:
            raise undecided.error
    follow_flags(run)
    enter(AccountState.VERIFYING)
    verify_arrivals(run, plan.destination)
    problems += unreadable
    if problems:
        raise problems[0]
    check_numbers(run, folders)


def _forget_missing(run: Pass, plan: FolderPlan) -> None:
    """What was in a folder that the source does not list any more has vanished there."""
    for record in run.ledger.source_folders(run.account.id):
        if record.source not in plan.source:
            run.ledger.mark_others_vanished(record.id, _NO_UIDVALIDITY)


def _present_records(run: Pass, plan: FolderPlan) -> tuple[SourceFolderRecord, ...]:
    """The folders of the plan as the ledger knows them now."""
    known = {record.id: record for record in run.ledger.source_folders(run.account.id)}
    return tuple(known[planned.id] for planned in plan.folders)


def _scan(run: Pass, plan: FolderPlan) -> tuple[tuple[SourceFolderRecord, ...], list[MailError]]:
    """List all source folders: those that could be read, as the ledger then knows them, and why others could not.

    Again, until none has changed since it was listed: a message that its user files meanwhile, out of a folder that was
    listed before into one that is listed after it, would be two.
    """
    readable: set[int] = set()
    unreadable: list[MailError] = []
    for _ in range(_SCANS):
        readable, unreadable = set(), []
        changed = False
        for record in _present_records(run, plan):
            run.check()
            try:
                changed |= scan_source(run, record)
                readable.add(record.id)
            except MailError as error:
                if error.reason is not Reason.FOLDER_UNREADABLE:
                    raise
                error.side = Side.SOURCE
                unreadable.append(error)
        if not changed:
            break
    select_messages(run, [planned.id for planned in plan.folders if planned.id in readable])
    run.progressed()
    return tuple(record for record in _present_records(run, plan) if record.id in readable), unreadable
