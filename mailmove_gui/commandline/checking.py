"""`mailmove check`: log in everywhere, count, map folders; nothing is copied and no file made."""

import argparse
import queue
import sys
import threading
import time
from typing import Any

from rich.box import SIMPLE
from rich.table import Table

from mailmove_gui.commandline.interrupts import Interrupts
from mailmove_gui.commandline.parser import EXIT_DONE, EXIT_NOT_ALL, EXIT_STOPPED
from mailmove_gui.commandline.passwords import CallSecrets, Learn, ask_missing
from mailmove_gui.commandline.preparation import prepare
from mailmove_gui.commandline.screen import Screen, error_output, output
from mailmove_gui.commandline.summary import Summary, failure_line
from mailmove_gui.commandline.views import JsonView, account_object, summary_object
from mailmove_gui.commandline.wiring import kept_passwords, open_gateway
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.findings import AccountCheck
from mailmove_gui.domain.folders import display_name
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.states import AccountState
from mailmove_gui.engine.preflight import check_accounts
from mailmove_gui.texts import _, numbers
from mailmove_gui.texts.problems import sentence

_TICK_S = 0.1
_CLOSE_TIMEOUT_S = 15.0


def check(args: argparse.Namespace, learn: Learn) -> int:
    """Check the accounts of a call.

    Returns:
        The exit status: 0 if every account could be logged in to and counted on both sides.

    Raises:
        InvalidInput, BrokenList, WrongCall: the call or a file is wrong.
    """
    preparation = prepare(args)
    plan = preparation.plan
    notes = error_output(silent=args.quiet)
    for problem in preparation.listed.remarks:
        notes.line(sentence(problem))
    kept = kept_passwords(plan, notes, resumed=preparation.resumed)
    secrets = CallSecrets(preparation.listed.secrets, kept, learn)
    ask_missing(plan, secrets, notes)
    gateway = open_gateway(plan.options)
    json_view = JsonView(plan, sys.stdout) if args.json else None
    began_s = time.monotonic()
    results: queue.SimpleQueue[AccountCheck] = queue.SimpleQueue()
    cancel = CancelToken()
    worker = threading.Thread(
        target=check_accounts,
        args=(plan, None, gateway, secrets, results.put, cancel),
        name="check",
        daemon=True,
    )
    checks: list[AccountCheck] = []
    with Interrupts() as interrupts:
        worker.start()
        try:
            while worker.is_alive() or not results.empty():
                if interrupts.count:
                    # Nothing is on its way, so there is nothing to wait for.
                    cancel.abort()
                try:
                    found = results.get(timeout=_TICK_S)
                except queue.Empty:
                    continue
                checks.append(found)
                _tell(plan, found, json_view, notes, len(checks))
        finally:
            cancel.abort()
            worker.join(_CLOSE_TIMEOUT_S)
    passed = sum(found.passed for found in checks)
    summary = Summary(
        accounts=len(plan.accounts),
        done=passed,
        failed=len(checks) - passed,
        counts=Counts(),
        seconds=time.monotonic() - began_s,
        verified=False,
    )
    if json_view is not None:
        json_view.write(summary_object(summary))
    else:
        _print(output(silent=args.quiet), plan, checks)
    if len(checks) < len(plan.accounts):
        notes.line(_("Stopped; nothing was copied."))
        return EXIT_STOPPED
    return EXIT_DONE if passed == len(plan.accounts) else EXIT_NOT_ALL


def _tell(plan: MigrationPlan, found: AccountCheck, json_view: JsonView | None, notes: Screen, number: int) -> None:
    account = plan.account(found.account_id)
    if json_view is not None:
        json_view.write(check_object(plan, found))
    line = _("{number} of {accounts} checked: {account}")
    notes.line(
        line.format(
            number=numbers.count(number), accounts=numbers.accounts(len(plan.accounts)), account=account.source.user
        )
    )


def check_object(plan: MigrationPlan, found: AccountCheck) -> dict[str, Any]:
    """The object of an account that was checked: that of its state, and its folders."""
    failure = found.source_failure or found.destination_failure
    state = AccountState.FAILED if failure else AccountState.READY
    counts = Counts(total=found.messages)
    return account_object(plan.account(found.account_id), state, counts, failure) | {
        "event": "check",
        "bytes": found.size_bytes,
        "failures": [
            {"side": one.side.value if one.side else None, "reason": one.reason.value, "server_text": one.server_text}
            for one in _failures(found)
        ],
        "folders": [
            {
                "source": display_name(folder.mapping.source.path),
                "destination": display_name(folder.mapping.destination),
                "messages": folder.messages,
                "bytes": folder.size_bytes,
                "exists": folder.mapping.exists,
                "renamed": folder.mapping.renamed,
            }
            for folder in found.folders
        ],
    }


def _failures(found: AccountCheck) -> list[Failure]:
    return [failure for failure in (found.source_failure, found.destination_failure) if failure is not None]


def _print(screen: Screen, plan: MigrationPlan, checks: list[AccountCheck]) -> None:
    order = {account.id: index for index, account in enumerate(plan.accounts)}
    checks = sorted(checks, key=lambda found: order[found.account_id])
    table = Table(box=SIMPLE, show_edge=False, pad_edge=False)
    table.add_column(_("Account"), overflow="fold")
    for heading in (_("Source"), _("Destination")):
        table.add_column(heading)
    for heading in (_("Folders"), _("Messages"), _("Size")):
        table.add_column(heading, justify="right")
    for found in checks:
        size = found.size_bytes
        table.add_row(
            plan.account(found.account_id).source.user,
            _("failed") if found.source_failure else _("ok"),
            _("failed") if found.destination_failure else _("ok"),
            *((numbers.count(len(found.folders)), numbers.count(found.messages)) if found.passed else ("", "")),
            numbers.size(size) if found.passed and size is not None else "",
        )
    screen.show(table)
    for found in checks:
        user = plan.account(found.account_id).source.user
        for failure in _failures(found):
            screen.line(failure_line(user, failure))
        for folder in found.folders:
            if folder.mapping.renamed:
                line = _("{account}: folder {source} becomes {destination}")
                screen.line(
                    line.format(
                        account=user,
                        source=display_name(folder.mapping.source.path),
                        destination=display_name(folder.mapping.destination),
                    )
                )
