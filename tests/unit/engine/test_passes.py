"""Passes after the first one: when they begin, what they cost between, and when they end."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailmove_gui.domain.plan import Options
from mailmove_gui.domain.quiet_hours import QuietHours
from mailmove_gui.domain.records import AccountRecord
from mailmove_gui.domain.states import AccountState
from tests.unit.engine.company import Company
from tests.unit.engine.fake_mail import mail
from tests.unit.engine.hours import Hours

HOUR_S = 3600
_TIMEOUT_S = 30


class Watched(Company):
    """A company whose accounts are watched."""

    def __init__(self, directory: Path, users: int, *, at_once: int, options: Options) -> None:
        super().__init__(directory, users, at_once=at_once)
        self.migration.close()
        self.clock = self.hours = Hours()
        self.hours.comes_to_rest = lambda: self.migration.wait(_TIMEOUT_S)
        self.migration = self.new_migration()
        self.migration.change_options(options)

    def record(self, user: str) -> AccountRecord:
        return self.ledger.account(f"id of {user}")

    @property
    def passes(self) -> int:
        """How many complete passes the first account has made."""
        log = self.ledger.attempts("id of u0")
        return sum(one.state in {AccountState.WATCHING, AccountState.DONE} for one in log)


@pytest.fixture
def hourly(tmp_path: Path) -> Iterator[Watched]:
    made = Watched(tmp_path, 2, at_once=2, options=Options(accounts_at_once=2, pass_every_s=HOUR_S))
    made.run()
    made.migration.watch()
    yield made
    assert made.migration.close()
    made.ledger.close()


def test_what_comes_in_is_brought_by_the_next_pass(hourly: Watched) -> None:
    assert set(hourly.states().values()) == {AccountState.WATCHING}
    hourly.sources["u0"].folder("INBOX").add(mail("late"))
    hourly.hours.go_on(minutes=59)
    assert mail("late") not in hourly.destinations["u0"].bodies()
    hourly.hours.go_on(minutes=2)
    assert hourly.destinations["u0"].bodies() == hourly.sources["u0"].bodies()
    assert hourly.state("u0") is AccountState.WATCHING
    assert hourly.passes == 2


def test_nothing_is_held_between_passes(hourly: Watched) -> None:
    hourly.hours.go_on(hours=5)
    assert hourly.passes == 6
    assert hourly.gateway.open == 0
    assert not hourly.migration.running


def test_the_window_closes_and_can_be_opened_again(hourly: Watched) -> None:
    hourly.migration.change_options(Options(accounts_at_once=2, pass_every_s=6 * HOUR_S, window_days=1))
    began = hourly.record("u0").watching_since
    assert began is not None
    hourly.hours.go_on(days=1, hours=1)
    assert set(hourly.states().values()) == {AccountState.CLOSED}
    passes = hourly.passes
    assert passes == 4
    hourly.sources["u0"].folder("INBOX").add(mail("too late"))
    hourly.hours.go_on(hours=7)
    assert hourly.passes == passes
    hourly.run("u0")
    assert hourly.state("u0") is AccountState.WATCHING
    since = hourly.record("u0").watching_since
    assert since is not None
    assert since > began
    assert hourly.destinations["u0"].bodies() == hourly.sources["u0"].bodies()
    hourly.hours.go_on(hours=7)
    assert hourly.state("u0") is AccountState.WATCHING


def test_a_day_can_stand_in_the_place_of_the_window(hourly: Watched) -> None:
    hourly.migration.watch(hourly.hours.now() + timedelta(hours=3))
    hourly.hours.go_on(hours=4)
    assert set(hourly.states().values()) == {AccountState.CLOSED}


def test_a_restart_goes_on_watching_and_starts_nothing_unasked(hourly: Watched) -> None:
    hourly.hours.go_on(minutes=30)
    passes = hourly.passes
    hourly.reopen()
    assert set(hourly.states().values()) == {AccountState.WATCHING}
    hourly.migration.start()
    assert not hourly.migration.running
    hourly.hours.jump(hours=3)
    assert hourly.passes == passes
    hourly.migration.watch()
    hourly.hours.go_on(minutes=1)
    assert hourly.passes == passes + 1


def test_pausing_ends_the_passes_until_the_account_is_started(hourly: Watched) -> None:
    hourly.migration.pause(["id of u0"])
    hourly.hours.go_on(hours=3)
    assert hourly.states() == {"id of u0": AccountState.PAUSED, "id of u1": AccountState.WATCHING}
    assert hourly.passes == 1
    hourly.run("u0")
    hourly.hours.go_on(hours=2)
    assert hourly.passes == 4


def test_passes_are_switched_off_and_on(hourly: Watched) -> None:
    finished = hourly.record("u0").finished
    hourly.hours.go_on(minutes=10)
    hourly.migration.change_options(Options(accounts_at_once=2))
    assert set(hourly.states().values()) == {AccountState.DONE}
    assert hourly.record("u0").finished == finished
    hourly.migration.change_options(Options(accounts_at_once=2, pass_every_s=HOUR_S))
    assert set(hourly.states().values()) == {AccountState.WATCHING}
    assert hourly.record("u0").finished == finished


def test_a_refused_password_ends_the_passes(hourly: Watched) -> None:
    hourly.sources["u0"].password = "another"
    hourly.hours.go_on(hours=3)
    assert hourly.states() == {"id of u0": AccountState.NEEDS_PASSWORD, "id of u1": AccountState.WATCHING}
    tries = hourly.gateway.logins.total()
    hourly.hours.go_on(hours=1)
    assert hourly.gateway.logins.total() == tries + 2


def test_quiet_hours_are_kept(hourly: Watched) -> None:
    now = hourly.hours.now().astimezone()
    quiet = QuietHours((now + timedelta(minutes=30)).time(), (now + timedelta(hours=5)).time())
    hourly.migration.change_options(Options(accounts_at_once=2, pass_every_s=HOUR_S, quiet_hours=(quiet,)))
    hourly.hours.go_on(hours=4)
    assert hourly.passes == 1
    hourly.hours.go_on(hours=1, minutes=1)
    assert hourly.passes == 2


def test_mail_that_becomes_visible_is_brought_newest_first(hourly: Watched) -> None:
    """A provider's window is opened: messages appear whose UIDs are lower than those that are known."""
    archive = hourly.sources["u0"].folder("Archive")
    first = datetime(2015, 1, 1, tzinfo=UTC)
    everything = [archive.add(mail(f"day {day}"), date=first + timedelta(days=day)) for day in range(255)]
    archive.messages = everything[250:]
    hourly.run("u0")
    destination = hourly.destinations["u0"]
    appended = destination.appended
    archive.messages = list(everything)
    hourly.hours.go_on(hours=1, minutes=1)
    assert destination.appended == appended + 250
    assert destination.bodies() == hourly.sources["u0"].bodies()
    # Newest batch first; within one they ascend.
    dates = [message.date for message in destination.folder("Archive").messages[5:] if message.date is not None]
    assert dates != sorted(dates)
    assert min(dates[:50]) > max(dates[-50:])
