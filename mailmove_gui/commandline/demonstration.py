"""`mailmove demo`: two mail servers inside this program, sample mail, a full move."""

import argparse
import tempfile
from pathlib import Path

from mailmove_gui.commandline.moving import move, summary_screen, views_of
from mailmove_gui.commandline.parser import EXIT_DONE, EXIT_NOT_ALL, EXIT_STOPPED
from mailmove_gui.commandline.passwords import CallSecrets, Learn
from mailmove_gui.commandline.reporting import write
from mailmove_gui.commandline.screen import error_output
from mailmove_gui.commandline.wiring import open_gateway
from mailmove_gui.demo.sample import Demo, build_demo, running_demo
from mailmove_gui.demo.sample_plan import sample_accounts
from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.states import AccountState
from mailmove_gui.ledger import create_ledger
from mailmove_gui.report import write_html
from mailmove_gui.texts import _

_DURATION_S = 20.0
_PREFIX = "mailmove-demo-"


def demo(args: argparse.Namespace, learn: Learn) -> int:
    """Move the sample mail and write the report.

    Returns:
        0 if it ended as the sample is made to: one account with a wrong password, one message that the destination
        refuses, everything else moved and verified.

    Raises:
        InvalidInput: the report cannot be written.
    """
    notes = error_output(silent=args.quiet)
    notes.line(_("Two mail servers with sample mail run inside this program; nothing leaves this computer."))
    sample_mail = build_demo(duration_s=0.0 if args.fast else _DURATION_S)
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as folder, running_demo(sample_mail) as running:
        accounts, secrets = sample_accounts(running)
        plan = MigrationPlan(_("Sample mail"), accounts)
        ledger = create_ledger(Path(folder, "demo.mailmove"), plan)
        try:
            ended = move(
                ledger,
                open_gateway(plan.options),
                CallSecrets(secrets, None, learn),
                views_of(args, plan),
                summary_on=summary_screen(args),
            )
            # The ledger goes with the sample mail; the report stays, it is what this is for.
            page = Path(args.html) if args.html else Path(tempfile.mkdtemp(prefix=_PREFIX), "report.html")
            notes.line(_("The report: {file}").format(file=write(ledger, page, write_html, "--html")))
            if ended.stopped:
                return EXIT_STOPPED
            return EXIT_DONE if as_intended(sample_mail, ledger) else EXIT_NOT_ALL
        finally:
            ledger.close()


def as_intended(sample_mail: Demo, ledger: Ledger) -> bool:
    """Whether all that the sample is made to show has happened, and nothing else."""
    users = {account.id: account.source.user for account in ledger.plan().accounts}
    for record in ledger.accounts():
        user, counts = users[record.account_id], record.counts
        if user in sample_mail.right_password_for:
            failure = record.failure
            if record.state is not AccountState.NEEDS_PASSWORD or failure is None:
                return False
            if (failure.reason, failure.side) != (Reason.WRONG_PASSWORD, Side.SOURCE):
                return False
            continue
        refused = sample_mail.refused[user]
        if record.state is not (AccountState.DONE_WITH_REFUSALS if refused else AccountState.DONE):
            return False
        numbers = (counts.total, counts.refused, counts.already_there, counts.doubtful, counts.unverified)
        if numbers != (sample_mail.messages[user], refused, sample_mail.already_there[user], 0, 0):
            return False
    return True
