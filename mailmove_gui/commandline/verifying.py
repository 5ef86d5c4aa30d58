"""`mailmove verify`: look whether everything that was moved is at the destination."""

import argparse
import sys
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from mailmove_gui.commandline.interrupts import Interrupts
from mailmove_gui.commandline.parser import EXIT_DONE, EXIT_NOT_ALL, EXIT_STOPPED
from mailmove_gui.commandline.passwords import CallSecrets, Learn, ask_missing
from mailmove_gui.commandline.preparation import AccountList, list_for, opened
from mailmove_gui.commandline.screen import Screen, error_output, output
from mailmove_gui.commandline.summary import Summary, failure_line
from mailmove_gui.commandline.views import JsonView, summary_object
from mailmove_gui.commandline.wiring import kept_passwords, open_gateway
from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.findings import AccountVerification
from mailmove_gui.domain.folders import display_name
from mailmove_gui.domain.plan import Account
from mailmove_gui.domain.progress import Counts
from mailmove_gui.engine.clock import SystemClock
from mailmove_gui.engine.context import Ports
from mailmove_gui.engine.limits import Limits
from mailmove_gui.engine.threads import spawn_thread
from mailmove_gui.engine.verification import verify_account
from mailmove_gui.texts import _, ngettext, numbers

_TICK_S = 0.1


def verify(args: argparse.Namespace, learn: Learn) -> int:
    """Compare a ledger with its destination.

    Returns:
        The exit status: 0 if everything was looked at and found.

    Raises:
        InvalidInput, BrokenList: the migration's file or the account list cannot be used.
    """
    notes, screen = error_output(silent=args.quiet), output(silent=args.quiet or args.json)
    began_s = time.monotonic()
    with opened(Path(args.state)) as ledger:
        plan = ledger.plan()
        listed = list_for(plan, Path(args.accounts)) if args.accounts else AccountList()
        secrets = CallSecrets(listed.secrets, kept_passwords(plan, notes, resumed=True), learn)
        ask_missing(plan, secrets, notes)
        ports = Ports(
            ledger,
            open_gateway(plan.options),
            secrets,
            lambda _event: None,
            SystemClock(),
            spawn_thread,
            Limits(plan.options),
        )
        json_view = JsonView(plan, sys.stdout) if args.json else None
        cancel = CancelToken()
        results: list[AccountVerification] = []

        def tell(account: Account, result: AccountVerification) -> None:
            results.append(result)
            if json_view is not None:
                json_view.write(verification_object(account, result))
            print_verification(screen, account, result)

        with Interrupts() as interrupts, ThreadPoolExecutor(max(1, plan.options.accounts_at_once)) as pool:
            waiting: dict[Future[AccountVerification], Account] = {
                pool.submit(verify_account, account, plan.options, ports, cancel, deep=args.deep): account
                for account in plan.accounts
            }
            try:
                while waiting:
                    finished, _rest = wait(waiting, _TICK_S, FIRST_COMPLETED)
                    for future in finished:
                        account = waiting.pop(future)
                        if not future.cancelled() and not isinstance(future.exception(), Cancelled):
                            tell(account, future.result())
                    if interrupts.count:
                        cancel.abort()
            finally:
                cancel.abort()
                pool.shutdown(wait=False, cancel_futures=True)
        records = ledger.accounts()
    passed = sum(result.passed for result in results)
    summary = Summary(
        accounts=len(plan.accounts),
        done=passed,
        failed=len(results) - passed,
        counts=sum((record.counts for record in records), Counts()),
        seconds=time.monotonic() - began_s,
        verified=passed == len(plan.accounts),
    )
    if json_view is not None:
        json_view.write(summary_object(summary))
    if len(results) < len(plan.accounts):
        notes.line(
            _("Stopped; {accounts} not looked at.").format(accounts=numbers.accounts(len(plan.accounts) - len(results)))
        )
        return EXIT_STOPPED
    return EXIT_DONE if summary.verified else EXIT_NOT_ALL


def verification_object(account: Account, result: AccountVerification) -> dict[str, Any]:
    """The object of an account that was verified."""
    failure, total = result.failure, result.total
    return {
        "event": "verification",
        "source": account.source.user,
        "destination": account.destination.user,
        "verified": result.passed,
        "deep": result.deep,
        "reason": failure.reason.value if failure else None,
        "side": failure.side.value if failure and failure.side else None,
        "expected": total.expected,
        "found": total.found,
        "refiled": total.refiled,
        "uncompared": total.uncompared,
        "missing": [_in_folder(folder.path, name) for folder in result.folders for name in folder.missing],
        "altered": [_in_folder(folder.path, name) for folder in result.folders for name in folder.altered],
    }


def print_verification(screen: Screen, account: Account, result: AccountVerification) -> None:
    """A line about an account, and one for each message that is not as it should be."""
    user = account.source.user
    if result.failure is not None:
        screen.line(failure_line(user, result.failure))
        return
    total = result.total
    line = _("{account}: everything found: {messages}") if result.passed else _("{account}: not everything is as moved")
    screen.line(line.format(account=user, messages=numbers.messages(total.expected)))
    if total.refiled:
        line = ngettext(
            "  {n} of them was filed elsewhere since", "  {n} of them were filed elsewhere since", total.refiled
        )
        screen.line(line.format(n=numbers.count(total.refiled)))
    for folder in result.folders:
        for name in folder.missing:
            screen.line(_("  missing: {message}").format(message=_in_folder(folder.path, name)))
        for name in folder.altered:
            screen.line(_("  altered: {message}").format(message=_in_folder(folder.path, name)))
        if folder.uncompared:
            line = _("  {folder}: nothing left to compare {messages} with")
            screen.line(line.format(folder=display_name(folder.path), messages=numbers.messages(folder.uncompared)))


def _in_folder(path: tuple[str, ...], name: str) -> str:
    return f"{display_name(path)}: {name}"
