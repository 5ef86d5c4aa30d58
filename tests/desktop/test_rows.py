from datetime import UTC, datetime

import pytest

from mailmove_gui.desktop import theme
from mailmove_gui.desktop.models import words
from mailmove_gui.desktop.models.control import Control
from mailmove_gui.desktop.models.groups import Group, group_of
from mailmove_gui.desktop.models.pace import Pace
from mailmove_gui.desktop.models.rows import BoardRow, summarize
from mailmove_gui.domain.events import AccountChanged, Failure
from mailmove_gui.domain.findings import AccountCheck, FolderFinding
from mailmove_gui.domain.folders import Folder, FolderMapping
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.records import AccountRecord
from mailmove_gui.domain.states import FINISHED, RUNNING, AccountState
from mailmove_gui.resource_files import resource_path
from tests.desktop.services import account

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def row(state: AccountState = AccountState.MOVING, counts: Counts | None = None) -> BoardRow:
    return BoardRow(account("anna"), state, counts or Counts())


def enter(shown: BoardRow, state: AccountState, counts: Counts, failure: Failure | None, at_s: float) -> None:
    shown.enter(AccountChanged(shown.account.id, state, counts, failure), at_s)


def check(messages: int, size: int) -> AccountCheck:
    mapping = FolderMapping(Folder(("INBOX",)), ("INBOX",), exists=True, renamed=False)
    return AccountCheck(account("anna").id, folders=(FolderFinding(mapping, messages, size),))


@pytest.mark.parametrize("state", AccountState)
def test_every_state_has_group_icon_and_tone(state: AccountState) -> None:
    assert group_of(state).word
    assert resource_path("icons", f"{theme.icon_of(state)}.svg").is_file()
    assert theme.tone_of(state) in theme.Tone


def test_states_that_work_are_in_groups_that_work() -> None:
    assert {group_of(state) for state in RUNNING} == {Group.MOVING, Group.WAITING}
    assert {group_of(state) for state in FINISHED} == {Group.DONE}


def test_totals_come_from_the_check_until_the_run_counts_itself() -> None:
    record = AccountRecord(account("anna").id, AccountState.NOT_STARTED, Counts())
    shown = BoardRow.of(account("anna"), record, check(200, 5000))
    assert (shown.messages_total, shown.bytes_total, shown.share) == (200, 5000, 0.0)
    enter(shown, AccountState.MOVING, Counts(total=250, moved=100), None, 0)
    assert (shown.messages_total, shown.share) == (250, 0.4)
    enter(shown, AccountState.DONE, Counts(total=150, moved=150), None, 1)
    assert (shown.messages_total, shown.share) == (150, 1.0)


def test_when_it_started_is_known_from_the_ledger_or_told_and_kept() -> None:
    known = AccountRecord(account("anna").id, AccountState.PAUSED, Counts(), started=NOW)
    assert BoardRow.of(account("anna"), known).started == NOW
    shown = row()
    assert words.started_text(shown) == ""
    shown.enter(AccountChanged(shown.account.id, AccountState.CHECKING, Counts(), started=NOW), 0)
    enter(shown, AccountState.FAILED, Counts(), Failure(Reason.LOCAL_DISK), 1)
    assert shown.started == NOW
    assert words.started_text(shown).startswith("2026-06-01 ")
    assert words.state_and_start(shown, NOW).splitlines()[0] == "Failed"
    assert words.state_and_start(shown, NOW).splitlines()[1].startswith("Started today at ")


def test_speed_is_shown_only_while_it_moves() -> None:
    shown = row()
    shown.progress(Counts(total=1000), ("INBOX",), 0)
    shown.progress(Counts(total=1000, moved=100), ("Sent",), 10)
    assert (words.speed_text(shown), words.left_text(shown)) == ("600/min", "2 min")
    assert words.folder_text(shown) == "Sent"
    enter(shown, AccountState.PAUSED, Counts(total=1000, moved=100), None, 11)
    assert (words.speed_text(shown), words.left_text(shown), words.folder_text(shown)) == ("", "", "")
    enter(shown, AccountState.MOVING, Counts(total=1000, moved=100), None, 1000)
    assert words.speed_text(shown) == ""


def test_a_wait_says_until_when() -> None:
    shown = row()
    until = datetime.now(UTC).replace(year=2099)
    enter(shown, AccountState.WAITING, Counts(), Failure(Reason.THROTTLED, Side.SOURCE, until=until), 0)
    assert words.state_text(shown).startswith("Continues on 2099-")
    assert "slow down" in words.problem_text(shown)


def test_a_failure_says_what_happened_and_what_to_do() -> None:
    shown = row()
    enter(shown, AccountState.NEEDS_PASSWORD, Counts(), Failure(Reason.WRONG_PASSWORD, Side.DESTINATION), 0)
    assert words.problem_text(shown) == "The destination server does not accept this password."
    assert words.advice_text(shown, NOW) == "The destination server does not accept this password. Type it again."
    assert words.advice_text(row(), NOW) == ""


def test_refused_messages_are_told_and_pointed_to_the_report() -> None:
    shown = row()
    enter(shown, AccountState.DONE_WITH_REFUSALS, Counts(total=10, moved=8, refused=1, doubtful=1), None, 0)
    assert words.problem_text(shown) == "2 messages were not moved."
    assert "report" in words.advice_text(shown, NOW)


def test_a_size_is_not_torn_from_its_unit() -> None:
    counts = Counts(total=4, moved=1, bytes_total=4_000_000, bytes_moved=900_000, bytes_settled=900_000)
    assert words.size_text(row(counts=counts)) == "900 kB of 4\N{NO-BREAK SPACE}MB"


def test_the_summary_adds_up() -> None:
    moving = row(counts=Counts(total=100, moved=40, bytes_total=1000, bytes_moved=400, bytes_settled=400))
    done = row(AccountState.DONE_WITH_REFUSALS, Counts(total=50, moved=49, refused=1, bytes_total=10, bytes_settled=10))
    pace = Pace()
    summarize([moving, done], pace, 0)
    moving.progress(Counts(total=100, moved=70, bytes_total=1000, bytes_moved=700, bytes_settled=700), None, 10)
    summary = summarize([moving, done], pace, 10)
    assert summary.accounts == 2
    assert summary.groups == {Group.MOVING: 1, Group.DONE: 1}
    assert (summary.settled, summary.messages_total) == (120, 150)
    assert (summary.bytes_done, summary.bytes_total) == (710, 1010)
    assert (summary.not_moved, summary.running) == (1, 1)
    assert summary.rate is not None
    assert summary.rate.messages_per_minute == pytest.approx(180)
    assert summary.left_s == pytest.approx(10)
    assert not summary.is_finished
    text = words.summary_text(summary, NOW)
    assert text.startswith("120 of 150 messages")
    assert text.endswith("180/min · 30 bytes/s · less than a minute left")


def test_a_finished_migration_says_so_and_what_was_not_moved() -> None:
    done = row(AccountState.DONE, Counts(total=5, moved=5))
    assert "every message was looked at" in words.outcome_text(summarize([done], Pace(), 0))
    partly = row(AccountState.DONE_WITH_REFUSALS, Counts(total=5, moved=4, refused=1))
    assert "1 message not moved" in words.outcome_text(summarize([done, partly], Pace(), 0))
    assert words.outcome_text(summarize([row()], Pace(), 0)) == ""


def test_an_account_that_was_not_looked_into_keeps_the_whole_below_a_hundred_percent() -> None:
    done = row(AccountState.DONE, Counts(total=5, moved=5))
    summary = summarize([done, row(AccountState.NEEDS_PASSWORD)], Pace(), 0)
    assert (summary.settled, summary.messages_total) == (5, 5)
    assert summary.share < 1.0
    assert words.summary_text(summary, NOW).startswith("1 of 2 accounts done")
    assert summarize([done], Pace(), 0).share == 1.0


def test_long_runs_say_at_what_time_they_are_ready() -> None:
    shown, pace = row(counts=Counts(total=100_000)), Pace()
    summarize([shown], pace, 0)
    shown.progress(Counts(total=100_000, moved=100), None, 10)
    assert "ready" in words.summary_text(summarize([shown], pace, 10), NOW)


def test_totals_do_not_shrink_until_the_account_is_finished_and_then_it_is_said() -> None:
    shown = row(counts=Counts(total=100, bytes_total=900))
    shown.progress(Counts(total=100, moved=40, bytes_total=900), None, 1)
    shown.progress(Counts(total=90, moved=50, bytes_total=800), None, 2)
    assert (shown.messages_total, shown.bytes_total, shown.fewer) == (100, 900, 0)
    enter(shown, AccountState.DONE, Counts(total=90, moved=90, bytes_total=800), None, 3)
    assert (shown.messages_total, shown.bytes_total, shown.fewer) == (90, 800, 10)
    summary = summarize([shown], Pace(), 3)
    assert words.circumstances_text(summary, Control()).startswith("10 messages fewer than counted before")
    enter(shown, AccountState.CHECKING, Counts(total=90, moved=90, bytes_total=800), None, 4)
    assert (shown.messages_total, shown.fewer) == (90, 0)


def test_what_is_left_out_is_not_counted_and_taking_it_in_again_is_no_progress() -> None:
    moving = row(counts=Counts(total=100, moved=10))
    out = row(AccountState.SKIPPED, Counts(total=1000, moved=500, refused=3))
    pace = Pace()
    summary = summarize([moving, out], pace, 0)
    assert (summary.accounts, summary.settled, summary.messages_total, summary.not_moved) == (2, 10, 100, 0)
    assert "1 account is left out" in words.circumstances_text(summary, Control())
    enter(out, AccountState.PAUSED, out.counts, None, 5)
    summary = summarize([moving, out], pace, 10)
    assert summary.rate is not None
    assert summary.rate.messages_per_minute == 0
    assert "/min" not in words.summary_text(summary, NOW)


def test_a_wait_of_all_is_told_with_the_first_one_to_go_on() -> None:
    soon, late = (Failure(Reason.THROTTLED, Side.SOURCE, until=NOW.replace(year=2099, hour=hour)) for hour in (13, 14))
    waits = [row(), row()]
    enter(waits[0], AccountState.WAITING, Counts(), late, 0)
    enter(waits[1], AccountState.WAITING, Counts(), soon, 0)
    assert summarize(waits, Pace(), 0).next_move == soon
    assert summarize([*waits, row()], Pace(), 0).next_move is None, "one is moving"
    assert "slow down" in words.circumstances_text(summarize(waits, Pace(), 0), Control())


def test_accounts_that_are_all_left_out_are_not_called_done() -> None:
    assert "left out" in words.outcome_text(summarize([row(AccountState.SKIPPED)], Pace(), 0))
