"""What came of it: numbers over all accounts, the table at the end, and the exit status."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.box import SIMPLE
from rich.table import Table

from mailmove_gui.commandline.parser import EXIT_DONE, EXIT_NOT_ALL, EXIT_STOPPED
from mailmove_gui.commandline.screen import Screen
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.records import AccountRecord
from mailmove_gui.domain.states import FINISHED, AccountState
from mailmove_gui.texts import _, numbers
from mailmove_gui.texts.afterwards import removed_sentence
from mailmove_gui.texts.reasons import sentence
from mailmove_gui.texts.states import state_word

_ENDED_WELL = FINISHED | {AccountState.WATCHING, AccountState.CLOSED}
_FAILED = frozenset({AccountState.FAILED, AccountState.NEEDS_PASSWORD, AccountState.WAITING})


@dataclass(frozen=True, slots=True)
class Summary:
    """Numbers over all accounts of a migration, as this call changed them, and how long it took."""

    accounts: int
    done: int
    failed: int
    counts: Counts
    seconds: float
    verified: bool

    @property
    def refused(self) -> int:
        """Messages that are not at the destination, or of which nobody can say so."""
        return self.counts.refused + self.counts.doubtful


def summarise(records: Iterable[AccountRecord], seconds: float) -> Summary:
    """Add up what is not left out by choice."""
    wanted = [record for record in records if record.state is not AccountState.SKIPPED]
    counts = sum((record.counts for record in wanted), Counts())
    done = sum(record.state in _ENDED_WELL for record in wanted)
    return Summary(
        accounts=len(wanted),
        done=done,
        failed=sum(record.state in _FAILED for record in wanted),
        counts=counts,
        seconds=seconds,
        verified=done == len(wanted) and not counts.unverified and not counts.doubtful,
    )


def exit_status(summary: Summary, *, stopped: bool) -> int:
    """The status of a run that ended so (DESIGN section 8)."""
    if stopped:
        return EXIT_STOPPED
    return EXIT_DONE if summary.verified and not summary.refused else EXIT_NOT_ALL


def print_summary(screen: Screen, plan: MigrationPlan, records: Sequence[AccountRecord], summary: Summary) -> None:
    """A table of accounts, what is wrong with those that are not done, and the totals."""
    users = {account.id: account.source.user for account in plan.accounts}
    table = Table(box=SIMPLE, show_edge=False, pad_edge=False)
    table.add_column(_("Account"), overflow="fold")
    table.add_column(_("State"))
    for heading in (_("Messages"), _("Moved"), _("Already there"), _("Not moved")):
        table.add_column(heading, justify="right")
    for record in records:
        counts = record.counts
        table.add_row(
            users.get(record.account_id, record.account_id),
            state_word(record.state),
            numbers.count(counts.total),
            numbers.count(counts.moved),
            numbers.count(counts.already_there),
            numbers.count(counts.refused + counts.doubtful),
        )
    screen.show(table)
    for record in records:
        if record.failure is not None and record.state in _FAILED | {AccountState.PAUSED}:
            screen.line(failure_line(users.get(record.account_id, record.account_id), record.failure))
    screen.line(totals(summary))
    if summary.counts.removed:
        hint = _("To have them sent again, as far as the source has them: --bring-back")
        screen.line(f"{removed_sentence(summary.counts.removed)} {hint}")


def failure_line(user: str, failure: Failure) -> str:
    """``bo@acme.cn: The source server does not accept this password. Type it again. (what the server said)``."""
    line = _("{account}: {sentence}").format(account=user, sentence=sentence(failure))
    words = " ".join(failure.server_text.split())
    return line if not words or words.rstrip(".") in line else f"{line} ({words})"


def totals(summary: Summary) -> str:
    """One line with the numbers of all accounts."""
    line = _("{done} of {accounts} done; {moved} moved ({size}), {there} already there, {refused} not moved; {time}.")
    return line.format(
        done=numbers.count(summary.done),
        accounts=numbers.accounts(summary.accounts),
        moved=numbers.messages(summary.counts.moved),
        size=numbers.size(summary.counts.bytes_moved),
        there=numbers.count(summary.counts.already_there),
        refused=numbers.count(summary.refused),
        time=numbers.duration(summary.seconds),
    )
