"""`mailmove run` and `watch`: accounts are moved until nothing is left to do, or somebody asks to stop."""

import argparse
import contextlib
import logging
import queue
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailmove_gui.awake import kept_awake
from mailmove_gui.commandline.bars import BarsView
from mailmove_gui.commandline.checking import check
from mailmove_gui.commandline.forgetting import forget_if_over
from mailmove_gui.commandline.interrupts import CuttingGateway, Interrupts
from mailmove_gui.commandline.passwords import CallSecrets, Learn, ask_missing
from mailmove_gui.commandline.preparation import Preparation, opened_or_made, prepare
from mailmove_gui.commandline.screen import Screen, error_output, output
from mailmove_gui.commandline.summary import exit_status, print_summary, summarise
from mailmove_gui.commandline.views import JsonView, LinesView, View, state_line
from mailmove_gui.commandline.wiring import kept_passwords, open_gateway
from mailmove_gui.domain.events import AccountChanged, AccountProgressed, Event, MessageRefused
from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.domain.plan import Account, MigrationPlan
from mailmove_gui.domain.ports import MailGateway, SecretStore
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import SecretKey
from mailmove_gui.domain.states import AccountState
from mailmove_gui.engine.migration import Migration
from mailmove_gui.texts import _, numbers
from mailmove_gui.texts.problems import sentence

_LOG = logging.getLogger(__name__)
_TICK_S = 0.1
_CLOSE_TIMEOUT_S = 15.0
_LEFT_OUT = frozenset({AccountState.SKIPPED, AccountState.CLOSED})


def run(args: argparse.Namespace, learn: Learn) -> int:
    """Move the accounts of a call; see DESIGN section 8.

    Returns:
        The exit status.

    Raises:
        InvalidInput, BrokenList, WrongCall: the call or a file is wrong; nothing was started.
        MailError: LOCAL_DISK, the ledger cannot be written.
    """
    if args.dry_run:
        return check(args, learn)
    with contextlib.nullcontext() if args.no_keep_awake else kept_awake():
        return move_prepared(args, prepare(args), learn, bring_back=args.bring_back)


@dataclass(frozen=True, slots=True)
class Watch:
    """Go on with passes after the first one; `until` stands in the place of the plan's window."""

    until: datetime | None = None


def move_prepared(
    args: argparse.Namespace,
    preparation: Preparation,
    learn: Learn,
    *,
    bring_back: bool = False,
    watch: Watch | None = None,
) -> int:
    """Move what a call has been prepared for; the exit status. Raises as `run`."""
    plan = preparation.plan
    notes = error_output(silent=args.quiet)
    tell_remarks(preparation, notes)
    gateway = open_gateway(plan.options)
    with opened_or_made(preparation) as ledger:
        if not preparation.state_was_named:
            notes.line(_("This migration is kept in {file}.").format(file=preparation.state_file))
        kept = kept_passwords(plan, notes, resumed=preparation.resumed)
        given, refused = preparation.listed.secrets, _refused_passwords(ledger, plan)
        secrets = CallSecrets(given, kept, learn, refused=refused)
        # A list that comes with the call may hold better passwords than those that were refused.
        refused -= given.keys()
        still_refused = refused - ask_missing(plan, secrets, notes, refused)
        waiting = [account.id for account in plan.accounts if still_refused.intersection(_keys(account))]
        if waiting:
            notes.line(
                _("{accounts} not tried: a password was refused before. Give another one with --accounts.").format(
                    accounts=numbers.accounts(len(waiting))
                )
            )
        if bring_back:
            brought = sum(ledger.bring_back(account.id) for account in plan.accounts)
            notes.line(
                _("Deleted at the destination, and sent again: {messages}.").format(messages=numbers.messages(brought))
            )
        status = move(
            ledger,
            gateway,
            secrets,
            views_of(args, plan),
            summary_on=summary_screen(args),
            not_tried=waiting,
            # Left out by undo, because of the destination that this call corrects.
            taken_in=preparation.corrected,
            watch=watch,
        )
        if kept is not None:
            forget_if_over(ledger, kept)
        if status.stopped:
            notes.line(_("Stopped. To go on: {command}").format(command=resume_command(preparation, args)))
        return status.exit


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: its exit status, and whether somebody stopped it before it was done."""

    exit: int
    stopped: bool


def move(
    ledger: Ledger,
    gateway: MailGateway,
    secrets: SecretStore,
    views: Sequence[View],
    *,
    summary_on: Screen,
    not_tried: Collection[str] = (),
    taken_in: Collection[str] = (),
    watch: Watch | None = None,
) -> Ended:
    """Run all accounts of a ledger that are not left out, and those of `taken_in`, but none of `not_tried`.

    Those that are done make another pass. With `watch` also those that are closed, and then further passes until no
    account is watched any more.

    Numbers are those of this call: what an earlier one moved counts as already there. The first request to stop lets
    what is on its way arrive (seconds), the second cuts the connections.
    """
    began_s = time.monotonic()
    plan = ledger.plan()
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()

    def sink(event: Event) -> None:
        events.put(event)

    cutting = CuttingGateway(gateway)
    migration = Migration(ledger, cutting, secrets, sink)
    at_start = {record.account_id: record.counts for record in migration.snapshot()}
    states: dict[str, AccountState] = {}
    left_out = _LEFT_OUT if watch is None else _LEFT_OUT - {AccountState.CLOSED}
    summary = None
    with Interrupts() as interrupts:
        try:
            migration.start(
                record.account_id
                for record in migration.snapshot()
                if (record.state not in left_out or record.account_id in taken_in)
                and record.account_id not in not_tried
            )
            if watch is not None:
                migration.watch(watch.until)
            heeded = 0
            while True:
                at_rest = migration.wait(_TICK_S)
                # What an account came into is told before it is at rest.
                states |= _drain(plan, events, at_start, views)
                if at_rest and (watch is None or interrupts.count or AccountState.WATCHING not in states.values()):
                    break
                if at_rest:
                    time.sleep(_TICK_S)
                if interrupts.count > heeded:
                    heeded += 1
                    _stop(migration, cutting, views, again=heeded > 1)
            records = [
                replace(record, counts=record.counts.since(at_start[record.account_id]))
                for record in migration.snapshot()
            ]
            summary = summarise(records, time.monotonic() - began_s)
        finally:
            ended = migration.close(_CLOSE_TIMEOUT_S)
            _drain(plan, events, at_start, views)
            for view in views:
                view.end(summary)
            if not ended:
                _LOG.warning("a run did not end in time")
    print_summary(summary_on, plan, records, summary)
    stopped = interrupts.count > 0 and (watch is not None or summary.done < summary.accounts)
    return Ended(exit_status(summary, stopped=stopped), stopped)


def _refused_passwords(ledger: Ledger, plan: MigrationPlan) -> frozenset[SecretKey]:
    """Those that a server has refused the last time, in whatever call or window."""
    keys = {key for account in plan.accounts for key in _keys(account)}
    return frozenset(key for key in keys if ledger.refused_logins(key).tries)


def _keys(account: Account) -> tuple[SecretKey, ...]:
    return tuple(account.secret_key(side) for side in Side)


def views_of(args: argparse.Namespace, plan: MigrationPlan) -> list[View]:
    """How the call wants to be told what happens."""
    views: list[View] = [JsonView(plan, sys.stdout)] if args.json else []
    if not args.quiet:
        screen = error_output()
        # Bars and log lines on one terminal would tear each other apart.
        with_bars = screen.is_terminal and not (args.debug and not args.log_file)
        views.append(BarsView(plan, screen) if with_bars else LinesView(plan, screen, time.monotonic))
    return views


def summary_screen(args: argparse.Namespace) -> Screen:
    """Where the summary for people goes: standard output, unless that is for JSON, or nothing is wanted."""
    return output(silent=args.quiet or args.json)


def tell_remarks(preparation: Preparation, notes: Screen) -> None:
    """Say what is to be looked at, but stops nothing."""
    for problem in preparation.listed.remarks:
        notes.line(sentence(problem))


def resume_command(preparation: Preparation, args: argparse.Namespace) -> str:
    """The call with which the migration goes on; never with a password."""
    command = f"mailmove {args.command} --state {_quoted(str(preparation.state_file))}"
    return f"{command} --accounts {_quoted(args.accounts)}" if args.accounts else command


def _quoted(text: str) -> str:
    """Quotes as both shells and cmd.exe understand them, where they are needed."""
    return f'"{text}"' if any(not (character.isalnum() or character in "/\\.:_-~") for character in text) else text


def _stop(migration: Migration, cutting: CuttingGateway, views: Sequence[View], *, again: bool) -> None:
    if again:
        text = _("Cutting the connections.")
        cutting.cut()
    else:
        text = _("Stopping after what is on its way, in a few seconds. Once more: stop at once.")
        # What is watched, and does not run, goes on being watched by the next call.
        migration.watch_no_more()
        migration.stop(migration.running)
    for view in views:
        view.say(text)


def _drain(
    plan: MigrationPlan,
    events: "queue.SimpleQueue[Event]",
    at_start: Mapping[str, Counts],
    views: Sequence[View],
) -> dict[str, AccountState]:
    """Show what has happened since the last call; the states that accounts have come into."""
    states: dict[str, AccountState] = {}
    while True:
        try:
            event = events.get_nowait()
        except queue.Empty:
            break
        if isinstance(event, AccountChanged | AccountProgressed):
            event = replace(event, counts=event.counts.since(at_start[event.account_id]))
        _log_event(plan, event)
        if isinstance(event, AccountChanged):
            states[event.account_id] = event.state
        for view in views:
            view.show(event)
    for view in views:
        view.tick()
    return states


def _log_event(plan: MigrationPlan, event: Event) -> None:
    match event:
        case AccountChanged():
            user = plan.account(event.account_id).source.user
            _LOG.info("%s", state_line(user, event) or f"{user}: {event.state.value}")
        case MessageRefused():
            refusal = event.refusal
            _LOG.info("%s: not moved: UID %d, %s", refusal.account_id, refusal.uid, refusal.reason.value)
        case _:
            pass
