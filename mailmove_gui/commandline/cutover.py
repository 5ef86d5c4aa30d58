"""`mailmove cutover`: where the mail of the domains goes, and what is to be done until the move is finished."""

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

from mailmove_gui.commandline.interrupts import Interrupts
from mailmove_gui.commandline.parser import EXIT_DONE, EXIT_NOT_ALL, EXIT_STOPPED
from mailmove_gui.commandline.passwords import Learn
from mailmove_gui.commandline.preparation import opened
from mailmove_gui.commandline.screen import Screen, error_output, output
from mailmove_gui.commandline.views import JsonView
from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.cutover import Cutover, CutoverWay, steps_of
from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.domain.mx import DomainMail, MxAnswer, MxHistory, MxWatch
from mailmove_gui.engine.clock import SystemClock
from mailmove_gui.engine.cutover import look_at_cutover
from mailmove_gui.providers.mx_watch import DnsMxWatch
from mailmove_gui.texts import _
from mailmove_gui.texts.cutover import (
    headline,
    place_sentence,
    status_word,
    step_lines,
    step_title,
    warnings,
    way_word,
)

_TICK_S = 0.1


def cutover(args: argparse.Namespace, _learn: Learn) -> int:
    """Look how a migration stands to the switch.

    Returns:
        The exit status: 0 only if every step is done.

    Raises:
        InvalidInput: the migration's file cannot be used.
    """
    with opened(Path(args.state)) as ledger:
        plan = ledger.plan()
        found = _look(ledger, make_watch())
    if found is None:
        error_output(silent=args.quiet).line(_("Stopped before everything was looked at."))
        return EXIT_STOPPED
    way = CutoverWay(args.way.replace("-", "_")) if args.way else found.likely_way
    if args.json:
        JsonView(plan, sys.stdout).write(cutover_object(found, way))
    else:
        print_cutover(output(silent=args.quiet), found, way)
    return EXIT_DONE if found.is_finished else EXIT_NOT_ALL


def make_watch() -> MxWatch:
    """Who asks the name servers in a call."""
    return DnsMxWatch()


def _look(ledger: Ledger, watch: MxWatch) -> Cutover | None:
    """What was found; None if it was stopped. In a thread, since waiting for DNS hears of no Ctrl-C on all systems."""
    cancel = CancelToken()
    with Interrupts() as interrupts, ThreadPoolExecutor(1) as pool:
        looking = pool.submit(look_at_cutover, ledger, watch, SystemClock(), cancel)
        while True:
            try:
                return looking.result(_TICK_S)
            except TimeoutError:
                if interrupts.count:
                    cancel.abort()
            except Cancelled:
                return None


def print_cutover(screen: Screen, found: Cutover, way: CutoverWay) -> None:
    """All that was found, for people."""
    for mail, _history in found.domains:
        screen.line(place_sentence(mail))
    screen.line(_("{way}:").format(way=way_word(way)))
    for number, step in enumerate(steps_of(way), start=1):
        screen.line(f"  {number}. {step_title(step)}: {status_word(found.status(step))}")
        for line in step_lines(found, step):
            screen.line(f"     {line}")
    for warning in warnings(found, way):
        screen.line(warning)
    screen.line(headline(found, way))


def cutover_object(found: Cutover, way: CutoverWay) -> dict[str, Any]:
    """All that was found, as JSON; keys are never left out."""
    next_step = found.next_step(way)
    return {
        "event": "cutover",
        "finished": found.is_finished,
        "way": way.value,
        "next": next_step.value if next_step is not None else None,
        "old_answers_until": _moment(found.old_answers_until),
        "domains": [_domain_object(mail, history) for mail, history in found.domains],
        "steps": [
            {
                "step": step.value,
                "status": found.status(step).value,
                "title": step_title(step),
                "lines": step_lines(found, step),
            }
            for step in steps_of(way)
        ],
        "accounts": [
            {
                "source": account.user,
                "state": account.state.value,
                "begun": _moment(account.begun),
                "finished": _moment(account.finished),
                "verified": _moment(account.verified),
                "newest_at_source": _moment(account.newest),
            }
            for account in found.accounts
        ],
        "moving_hosts": found.moving_hosts,
    }


def _domain_object(mail: DomainMail, history: MxHistory) -> dict[str, Any]:
    return {
        "domain": mail.domain,
        "place": mail.place.value,
        "own": [_answer_object(answer) for answer in mail.own],
        "public": [_answer_object(answer) for answer in mail.public],
        "spf": mail.policy.value,
        "providers_own": mail.is_providers,
        "switched": _moment(history.switched),
    }


def _answer_object(answer: MxAnswer) -> dict[str, Any]:
    return {"server": answer.server, "place": answer.place.value, "hosts": answer.hosts, "ttl_s": answer.ttl_s}


def _moment(when: datetime | None) -> str | None:
    return when.isoformat(timespec="seconds") if when is not None else None
