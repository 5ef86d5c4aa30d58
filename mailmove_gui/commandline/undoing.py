"""`mailmove undo`: what was moved into a wrong mailbox is taken out of it again, or only forgotten."""

import argparse
import json
import sys
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import asdict
from pathlib import Path

from mailmove_gui.commandline.interrupts import Interrupts
from mailmove_gui.commandline.parser import EXIT_DONE, EXIT_NOT_ALL, EXIT_STOPPED
from mailmove_gui.commandline.passwords import CallSecrets, Learn, ask_missing
from mailmove_gui.commandline.preparation import AccountList, WrongCall, list_for, opened
from mailmove_gui.commandline.screen import Screen, error_output, output
from mailmove_gui.commandline.wiring import kept_passwords, open_gateway
from mailmove_gui.domain.control import Cancelled
from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.domain.plan import Account, MigrationPlan
from mailmove_gui.domain.problems import InvalidInput, Problem, ProblemKind
from mailmove_gui.domain.undo import UndoResult
from mailmove_gui.engine.migration import Migration
from mailmove_gui.secrets import MemoryStore
from mailmove_gui.texts import _, numbers
from mailmove_gui.texts.undo import what_was_left

_TICK_S = 0.1


def undo(args: argparse.Namespace, learn: Learn) -> int:
    """Take one account's messages out of its destination mailbox, or only forget them there; after a question.

    Returns:
        The exit status: 0 if all that was moved has been removed, or forgotten.

    Raises:
        InvalidInput, BrokenList, WrongCall: the call or a file is wrong; nothing was removed.
        MailError: it was not done, or not to its end; another call goes on.
    """
    with opened(Path(args.state)) as ledger:
        account = _account(ledger.plan(), args.account)
        moved = ledger.account(account.id).counts.moved
        if args.forget:
            return _forget(args, ledger, account, moved)
        return _remove(args, learn, ledger, account, moved)


def _remove(args: argparse.Namespace, learn: Learn, ledger: Ledger, account: Account, moved: int) -> int:
    plan = ledger.plan()
    notes = error_output(silent=args.quiet)
    listed = list_for(plan, Path(args.accounts)) if args.accounts else AccountList()
    question = _("Remove what was moved ({messages}) from the mailbox {user} at {server}? Type yes: ")
    if not args.yes and not _agreed(question, account, moved):
        return EXIT_STOPPED
    secrets = CallSecrets(listed.secrets, kept_passwords(plan, notes, resumed=True), learn)
    ask_missing(MigrationPlan(accounts=(account,)), secrets, notes)
    gateway = open_gateway(plan.options)
    migration = Migration(ledger, gateway, secrets, lambda _event: None)
    try:
        with Interrupts() as interrupts, ThreadPoolExecutor(1) as pool:
            undoing = pool.submit(migration.undo, account.id, gateway)
            result = _result(undoing, interrupts, migration)
    except Cancelled:
        notes.line(_("Stopped. The same call goes on."))
        return EXIT_STOPPED
    finally:
        migration.close()
    if args.json:
        sys.stdout.write(json.dumps({"event": "undo", "source": account.source.user, **asdict(result)}) + "\n")
    _print(output(silent=args.quiet or args.json), account, result)
    return EXIT_DONE if result == UndoResult(removed=result.removed) else EXIT_NOT_ALL


def _forget(args: argparse.Namespace, ledger: Ledger, account: Account, moved: int) -> int:
    """Nobody is logged in to: it is for mailboxes that cannot be reached any more."""
    question = _(
        "Forget what was moved ({messages}) into the mailbox {user} at {server}? It stays there, and the next start"
        " moves everything that it does not find in the destination. Type yes: "
    )
    if not args.yes and not _agreed(question, account, moved):
        return EXIT_STOPPED
    migration = Migration(ledger, open_gateway(ledger.plan().options), MemoryStore(), lambda _event: None)
    try:
        migration.forget_moved(account.id)
    finally:
        migration.close()
    if args.json:
        event = {"event": "forgotten", "source": account.source.user, "messages": moved}
        sys.stdout.write(json.dumps(event) + "\n")
    output(silent=args.quiet or args.json).line(
        _("{account}: {messages} forgotten, and still where they are.").format(
            account=account.source.user, messages=numbers.messages(moved)
        )
    )
    return EXIT_DONE


def _result(undoing: "Future[UndoResult]", interrupts: Interrupts, migration: Migration) -> UndoResult:
    """Wait for it; a request to stop is passed on once."""
    heeded = False
    while not wait([undoing], _TICK_S).done:
        if interrupts.count and not heeded:
            heeded = True
            migration.stop()
    return undoing.result()


def _account(plan: MigrationPlan, user: str) -> Account:
    for account in plan.accounts:
        if account.source.user == user:
            return account
    raise InvalidInput(Problem(ProblemKind.UNKNOWN_ACCOUNT, field="--account", value=user))


def _agreed(question: str, account: Account, moved: int) -> bool:
    """Ask on the terminal; raises `WrongCall` where there is none."""
    if not (sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()):
        raise WrongCall(_("Nobody can be asked here; add --yes if this is what you want."))
    sys.stderr.write(
        question.format(
            messages=numbers.messages(moved), user=account.destination.user, server=account.destination.endpoint.host
        )
    )
    sys.stderr.flush()
    return sys.stdin.readline().strip().casefold() in {"yes", _("yes")}


def _print(screen: Screen, account: Account, result: UndoResult) -> None:
    """A line, and one more for each kind of message that was left."""
    screen.line(
        _("{account}: {messages} removed.").format(
            account=account.source.user, messages=numbers.messages(result.removed)
        )
    )
    for line in what_was_left(result):
        screen.line(f"  {line}")
