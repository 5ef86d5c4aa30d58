"""What the board says of an account. No Qt."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from mailmove_gui.desktop.models.control import Control, control_text
from mailmove_gui.desktop.models.groups import Group
from mailmove_gui.desktop.models.rows import BoardRow, Summary
from mailmove_gui.domain.folders import display_name
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.providers import Provider
from mailmove_gui.domain.states import AccountState
from mailmove_gui.texts import _, ngettext, numbers
from mailmove_gui.texts.detection import display_name as full_name
from mailmove_gui.texts.reasons import goes_on_by_the_clock, sentence, what_happened
from mailmove_gui.texts.states import state_word
from mailmove_gui.texts.times import moment, past, stamp


def state_text(row: BoardRow) -> str:
    """The state in a few words."""
    if row.state is AccountState.WAITING and row.failure is not None and row.failure.until is not None:
        when = moment(row.failure.until)
        text = _("Continues {when}") if goes_on_by_the_clock(row.failure.reason) else _("Tries again {when}")
        return text.format(when=when)
    if row.next_pass is not None:
        return _("Watching; next pass {when}").format(when=moment(row.next_pass))
    if row.state is AccountState.CHECKING and row.counts.total:
        return _("Looking for new mail")
    return state_word(row.state)


def folder_text(row: BoardRow) -> str:
    """The folder that is being worked on; empty if none is."""
    return display_name(row.folder) if row.folder else ""


def state_and_folder(row: BoardRow) -> str:
    """``Moving, folder Sent``."""
    folder = folder_text(row)
    return _("{state}, folder {folder}").format(state=state_text(row), folder=folder) if folder else state_text(row)


def state_and_start(row: BoardRow, now: datetime) -> str:
    """As `state_and_folder`, and when its first run began: where there is no room for a column of its own."""
    if row.started is None:
        return state_and_folder(row)
    return "\n".join((state_and_folder(row), _("Started {when}").format(when=past(row.started, now=now))))


def progress_text(row: BoardRow) -> str:
    """``7 210 of 12 480``."""
    if row.is_finished:
        return numbers.messages(row.counts.total)
    if not row.messages_total:
        return ""
    return _("{done} of {total}").format(
        done=numbers.count(row.counts.settled), total=numbers.count(row.messages_total)
    )


def share_text(row: BoardRow) -> str:
    """``62 %``, where there is no room for numbers."""
    return numbers.percent(row.counts.settled, row.messages_total)


def size_text(row: BoardRow) -> str:
    """``1.2 of 3.1 GB``."""
    if not row.bytes_total:
        return ""
    if row.is_finished or not row.bytes_done:
        return _unbroken(numbers.size(row.bytes_total))
    return _unbroken(numbers.size_of(row.bytes_done, row.bytes_total))


def speed_text(row: BoardRow) -> str:
    """``240/min``."""
    return numbers.messages_per_minute(row.rate.messages_per_minute) if row.rate is not None else ""


def left_text(row: BoardRow) -> str:
    """``22 min``."""
    return numbers.duration(_steady(row.left_s)) if row.left_s is not None else ""


def started_text(row: BoardRow) -> str:
    """``18:02``, ``2026-11-23 23:10``: when its first run began."""
    return stamp(row.started) if row.started is not None else ""


def problem_text(row: BoardRow) -> str:
    """What is wrong, in one sentence; empty if nothing is."""
    if row.failure is not None:
        return what_happened(row.failure.reason, row.failure.side, server_text=row.failure.server_text)
    if row.not_moved:
        return ngettext("{n} message was not moved.", "{n} messages were not moved.", row.not_moved).format(
            n=numbers.count(row.not_moved)
        )
    return ""


def advice_text(row: BoardRow, now: datetime) -> str:
    """What is wrong and what to do, in whole sentences; empty if nothing is wrong."""
    if row.failure is not None:
        return sentence(row.failure, now=now)
    if row.state is AccountState.DONE_WITH_REFUSALS:
        return _("{what} The report lists each with its reason.").format(what=problem_text(row))
    return problem_text(row)


def route_text(plan: MigrationPlan, providers: Mapping[str, Provider]) -> str:
    """``Tencent Exmail → Alibaba Mail`` if all accounts go that way; hosts stand in for providers nobody knows."""
    pairs = {(one.source.endpoint.host, one.destination.endpoint.host) for one in plan.accounts}
    named = {tuple(_server_name(host, providers) for host in pair) for pair in pairs}
    if len(named) != 1:
        return numbers.accounts(len(plan.accounts))
    return " \N{RIGHTWARDS ARROW} ".join(named.pop())


def _server_name(host: str, providers: Mapping[str, Provider]) -> str:
    return provider_name(providers[host]) if host in providers else host


def provider_name(provider: Provider) -> str:
    """The name that people know best: without the provider's other names and what it used to be called."""
    return full_name(replace(provider, name=_first_name(provider.name), name_zh=_first_name(provider.name_zh)))


def _first_name(names: str) -> str:
    return names.partition(" (")[0].partition(" / ")[0]


def account_text(row: BoardRow) -> str:
    """``anna@old.example to anna@new.example``, for tool tips and screen readers."""
    return _("{source} to {destination}").format(
        source=row.account.source.user, destination=row.account.destination.user
    )


def summary_text(summary: Summary, now: datetime) -> str:
    """One line about everything: messages, bytes, speed, end."""
    parts: list[str] = []
    if not summary.running and not summary.is_finished:
        # What is watched has been moved, up to its last pass.
        done = numbers.count(summary.groups.get(Group.DONE, 0) + summary.watched)
        parts.append(_("{done} of {accounts} done").format(done=done, accounts=numbers.accounts(summary.accounts)))
    if summary.messages_total:
        parts.append(
            _("{done} of {total} messages").format(
                done=numbers.count(summary.settled), total=numbers.count(summary.messages_total)
            )
        )
    if summary.bytes_total:
        parts.append(numbers.size_of(summary.bytes_done, summary.bytes_total))
    if summary.uncounted and summary.messages_total and not summary.running:
        text = ngettext("{n} account not counted yet", "{n} accounts not counted yet", summary.uncounted)
        parts.append(text.format(n=numbers.count(summary.uncounted)))
    if summary.rate is not None and summary.rate.messages_per_minute > 0:
        parts.append(numbers.messages_per_minute(summary.rate.messages_per_minute))
        if summary.rate.bytes_per_second > 0:
            parts.append(numbers.bytes_per_second(summary.rate.bytes_per_second))
    ready = summary.ready(now)
    if ready is not None and summary.running and summary.left_s is not None:
        left = numbers.estimate(summary.left_s)
        parts.append(
            _("{left} left, ready {when}").format(left=left, when=moment(ready, now=now))
            if summary.left_s >= _WORTH_A_CLOCK_S
            else _("{left} left").format(left=left)
        )
    return _SEPARATOR.join(parts)


def circumstances_text(summary: Summary, control: Control) -> str:
    """What holds everything back, and why totals have shrunk; empty if there is nothing to say."""
    parts: list[str] = []
    if limits := control_text(control):
        parts.append(limits)
    if left_out := summary.groups.get(Group.LEFT_OUT, 0):
        text = ngettext(
            "{n} account is left out and not counted", "{n} accounts are left out and not counted", left_out
        )
        parts.append(text.format(n=numbers.count(left_out)))
    if summary.fewer:
        text = ngettext(
            "{n} message fewer than counted before: gone from the source meanwhile",
            "{n} messages fewer than counted before: gone from the source meanwhile",
            summary.fewer,
        )
        parts.append(text.format(n=numbers.count(summary.fewer)))
    wait = summary.next_move
    if wait is not None and wait.until is not None:
        why = what_happened(wait.reason, wait.side, server_text=wait.server_text)
        parts.append(_("Nothing moves now, it continues {when}. {why}").format(when=moment(wait.until), why=why))
    return _SEPARATOR.join(parts)


def outcome_text(summary: Summary) -> str:
    """What became of it when nothing runs: one sentence."""
    if summary.is_finished:
        if not summary.groups.get(Group.DONE):
            return _("All accounts are left out: nothing is moved.")
        if summary.not_moved:
            return _("All accounts are done. {n} not moved: the report lists them.").format(
                n=numbers.messages(summary.not_moved)
            )
        return _("All accounts are done: every message was looked at and found.")
    return ""


def _unbroken(size: str) -> str:
    """Keep the number with its unit where a cell is too narrow for all."""
    number, _blank, unit = size.rpartition(" ")
    return f"{number}\N{NO-BREAK SPACE}{unit}" if number else size


def _steady(seconds: float) -> float:
    """Rounded so far that the last digit does not flicker."""
    if seconds >= _HOUR_S:
        return round(seconds / 600) * 600
    if seconds >= _MINUTE_S:
        return round(seconds / _MINUTE_S) * _MINUTE_S
    return max(5, round(seconds / 5) * 5)


_MINUTE_S, _HOUR_S = 60, 3600
_WORTH_A_CLOCK_S = 10 * _MINUTE_S
_SEPARATOR = " \N{MIDDLE DOT} "
