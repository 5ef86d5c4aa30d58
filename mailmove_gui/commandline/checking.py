"""`mailmove check`: log in everywhere, count, map folders; nothing is copied and no file made."""

import argparse
import queue
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
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
from mailmove_gui.domain.deadline import Deadline, judge_deadline
from mailmove_gui.domain.endpoints import MailProtocol
from mailmove_gui.domain.estimate import Estimate, estimate, work_of
from mailmove_gui.domain.findings import AccountCheck
from mailmove_gui.domain.folders import display_name
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.states import AccountState
from mailmove_gui.engine.preflight import CheckPorts, check_accounts
from mailmove_gui.providers.table import provider_of_host
from mailmove_gui.texts import _, numbers
from mailmove_gui.texts.checks import remarks, warnings
from mailmove_gui.texts.deadline import deadline_words
from mailmove_gui.texts.estimate import estimate_sentence
from mailmove_gui.texts.folders import why_renamed
from mailmove_gui.texts.problems import sentence
from mailmove_gui.texts.servers import pop3_leaves_behind
from mailmove_gui.texts.times import day

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
        args=(plan, None, CheckPorts(gateway, secrets, provider_of_host), results.put, cancel),
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
    order = {account.id: index for index, account in enumerate(plan.accounts)}
    checks.sort(key=lambda found: order[found.account_id])
    expected = estimate(checks, plan.options.accounts_at_once)
    now = datetime.now(UTC).astimezone()
    deadline = _judged(plan, checks, now)
    if json_view is not None:
        estimated = {"estimate_s": round(expected.duration.total_seconds())}
        json_view.write(summary_object(summary) | estimated | _deadline_object(deadline))
    else:
        screen = output(silent=args.quiet)
        _print(screen, plan, checks, expected)
        if deadline is not None:
            screen.line(deadline_words(deadline, now).in_full)
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
        "oldest": found.oldest.isoformat() if found.oldest else None,
        "newest": found.newest.isoformat() if found.newest else None,
        "quota_used": found.quota.used_bytes if found.quota else None,
        "quota_limit": found.quota.limit_bytes if found.quota else None,
        "fits": not found.does_not_fit,
        "max_message_bytes": found.max_message_bytes,
        "too_large": found.too_large,
        "left_out": found.messages_left_out,
        "repeated": found.messages_repeated,
        "hidden_mail": found.hidden_mail.value if found.hidden_mail else None,
        "estimate_s": round(estimate([found], 1).duration.total_seconds()),
        "failures": [
            {"side": one.side.value if one.side else None, "reason": one.reason.value, "server_text": one.server_text}
            for one in found.failures
        ],
        "folders": [
            {
                "source": display_name(folder.mapping.source.path),
                "destination": display_name(folder.mapping.destination),
                "messages": folder.messages,
                "bytes": folder.size_bytes,
                "exists": folder.mapping.exists,
                "renamed": folder.mapping.renamed,
                "cause": folder.mapping.cause.value,
                "too_large": folder.too_large,
                "left_out": folder.left_out,
                "repeated": folder.repeated,
            }
            for folder in found.folders
        ],
        "folders_left_out": [display_name(mapping.source.path) for mapping in found.left_out],
    }


def _print(screen: Screen, plan: MigrationPlan, checks: Sequence[AccountCheck], expected: Estimate) -> None:
    table = Table(box=SIMPLE, show_edge=False, pad_edge=False)
    table.add_column(_("Account"), overflow="fold")
    for heading in (_("Source"), _("Destination")):
        table.add_column(heading)
    for heading in (_("Folders"), _("Messages"), _("Size"), _("Oldest"), _("Newest"), _("Free")):
        table.add_column(heading, justify="right")
    for found in checks:
        table.add_row(
            plan.account(found.account_id).source.user,
            _("failed") if found.source_failure else _("ok"),
            _("failed") if found.destination_failure else _("ok"),
            *(_figures(found) if found.passed else ()),
        )
    screen.show(table)
    for found in checks:
        user = plan.account(found.account_id).source.user
        for failure in found.failures:
            screen.line(failure_line(user, failure))
        for text in (*warnings(found), *remarks(found)):
            screen.line(_("{account}: {sentence}").format(account=user, sentence=text))
        for folder in found.folders:
            if folder.mapping.renamed:
                line = _("{account}: folder {source} becomes {destination}. {why}")
                screen.line(
                    line.format(
                        account=user,
                        source=display_name(folder.mapping.source.path),
                        destination=display_name(folder.mapping.destination),
                        why=why_renamed(folder.mapping),
                    )
                )
    by_pop3 = [one for one in plan.accounts if one.source.endpoint.protocol is MailProtocol.POP3]
    if by_pop3:
        who = by_pop3[0].source.user if len(by_pop3) == 1 else numbers.accounts(len(by_pop3))
        screen.line(_("{account}: {sentence}").format(account=who, sentence=pop3_leaves_behind()))
    if expected.accounts:
        screen.line(estimate_sentence(expected, datetime.now(UTC)))


def _judged(plan: MigrationPlan, checks: Sequence[AccountCheck], now: datetime) -> Deadline | None:
    """How the accounts that passed stand to the end of their source; None if that is not known."""
    works = [work_of(found) for found in checks if found.passed]
    if plan.source_ends is None or not works:
        return None
    return judge_deadline(works, plan.options, plan.source_ends, now)


def _deadline_object(deadline: Deadline | None) -> dict[str, Any]:
    return {
        "source_ends": deadline.ends.date().isoformat() if deadline else None,
        "outlook": deadline.outlook.value if deadline else None,
        "ready": deadline.ready.isoformat(timespec="seconds") if deadline and deadline.ready else None,
        "remedies": [remedy.value for remedy in deadline.remedies] if deadline else [],
    }


def _figures(found: AccountCheck) -> tuple[str, ...]:
    size = found.size_bytes
    return (
        numbers.count(len(found.folders)),
        numbers.count(found.messages),
        numbers.size(size) if size is not None else "",
        day(found.oldest),
        day(found.newest),
        numbers.size(found.quota.free_bytes) if found.quota else "",
    )
