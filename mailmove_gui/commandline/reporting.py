"""`mailmove report`: what was moved, and what not and why."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from mailmove_gui.commandline.parser import EXIT_DONE
from mailmove_gui.commandline.passwords import Learn
from mailmove_gui.commandline.preparation import opened
from mailmove_gui.commandline.screen import error_output, output
from mailmove_gui.commandline.summary import print_summary, summarise
from mailmove_gui.commandline.views import JsonView, account_object, refusal_line, refusal_object, summary_object
from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.domain.problems import InvalidInput, Problem, ProblemKind
from mailmove_gui.report import write_accounts_csv, write_html, write_refusals_csv
from mailmove_gui.texts import _


def report(args: argparse.Namespace, _learn: Learn) -> int:
    """Write the files that the call names; without any, print the numbers.

    Raises:
        InvalidInput: the migration's file cannot be used, or a report not be written.
    """
    notes = error_output(silent=args.quiet)
    with opened(Path(args.state)) as ledger:
        if args.html:
            notes.line(_("Written: {file}").format(file=write(ledger, Path(args.html), write_html, "--html")))
        if args.csv:
            path = Path(args.csv)
            beside = path.with_name(f"{path.stem}-not-moved{path.suffix}")
            for file, writer in ((path, write_accounts_csv), (beside, write_refusals_csv)):
                notes.line(_("Written: {file}").format(file=write(ledger, file, writer, "--csv")))
        if args.json:
            _write_json(ledger)
        elif not args.html and not args.csv:
            _print(ledger, args)
    return EXIT_DONE


def write(ledger: Ledger, path: Path, writer: Callable[[Ledger, Path], None], option: str) -> Path:
    """Write one report; returns where it is.

    Raises:
        InvalidInput: FILE_NOT_WRITABLE.
    """
    try:
        writer(ledger, path)
    except OSError:
        problem = Problem(ProblemKind.FILE_NOT_WRITABLE, file=path.name, field=option)
        raise InvalidInput(problem) from None
    return path.absolute()


def _print(ledger: Ledger, args: argparse.Namespace) -> None:
    screen = output(silent=args.quiet)
    records = ledger.accounts()
    plan = ledger.plan()
    print_summary(screen, plan, records, summarise(records, 0.0))
    for record in records:
        for refusal in ledger.refusals(record.account_id):
            screen.line(refusal_line(plan.account(record.account_id).source.user, refusal))


def _write_json(ledger: Ledger) -> None:
    plan = ledger.plan()
    view = JsonView(plan, sys.stdout)
    records = ledger.accounts()
    for record in records:
        view.write(account_object(plan.account(record.account_id), record.state, record.counts, record.failure))
    for record in records:
        for refusal in ledger.refusals(record.account_id):
            view.write(refusal_object(plan.account(record.account_id), refusal))
    view.write(summary_object(summarise(records, 0.0)))
