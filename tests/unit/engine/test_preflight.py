"""The check before the start."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.findings import AccountCheck, DailyLimit, HiddenMail, Quota
from mailmove_gui.domain.folders import FolderRole
from mailmove_gui.domain.plan import MigrationPlan, Options
from mailmove_gui.domain.providers import Provider, ProviderLimits, VisibleWindow
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.engine.preflight import CheckPorts, check_account, check_accounts
from tests.unit.engine.conftest import USER, World, account
from tests.unit.engine.fake_mail import FakeClock, FakeFolder, FakeGateway, FakeMailbox, FakeSecrets, mail

NOW = datetime(2026, 6, 1, tzinfo=UTC)
LONG_AGO = datetime(2014, 3, 2, tzinfo=UTC)


def check(world: World) -> AccountCheck:
    return check_account(world.account, world.options, ports(world), CancelToken())


WINDOW = VisibleWindow(30, "Settings > All")


def ports(world: World, *providers: tuple[str, ProviderLimits]) -> CheckPorts:
    known = {host: Provider("p", "Provider", limits=limits, window=WINDOW) for host, limits in providers}
    return CheckPorts(world.gateway, world.secrets, known.get, FakeClock(NOW))


def test_folders_are_counted_and_mapped_and_nothing_is_made(world: World) -> None:
    world.source.folder("INBOX").add(mail("a"))
    world.source.folder("INBOX").add(mail("b"))
    world.source.folder("Projects").add(mail("c"))
    world.source.folders["Sent Messages",] = FakeFolder(role=FolderRole.SENT)
    world.destination.folders["Sent",] = FakeFolder(role=FolderRole.SENT)
    before = dict(world.destination.folders)
    found = check(world)
    assert found.passed
    assert found.messages == 3
    mapped = {one.mapping.source.path: (one.mapping.destination, one.mapping.exists) for one in found.folders}
    assert mapped == {
        ("INBOX",): (("INBOX",), True),
        ("Projects",): (("Projects",), False),
        ("Sent Messages",): (("Sent",), True),
    }
    assert found.size_bytes == sum(map(len, (mail("a"), mail("b"), mail("c"))))
    assert world.source.calls["messages"] == world.source.calls["header_keys"] == 0
    assert world.destination.folders == before
    assert world.destination.calls["append"] == world.destination.calls["create_folder"] == 0


@pytest.mark.parametrize(
    "failed",
    [{Side.SOURCE}, {Side.DESTINATION}, set(Side)],
)
def test_both_sides_are_tried_even_if_one_fails(world: World, failed: set[Side]) -> None:
    for side in failed:
        world.secrets.put(world.account.secret_key(side), Secret("wrong"))
    found = check(world)
    failures = {Side.SOURCE: found.source_failure, Side.DESTINATION: found.destination_failure}
    assert {side for side, failure in failures.items() if failure is not None} == failed
    for side in failed:
        failure = failures[side]
        assert failure is not None
        assert (failure.reason, failure.side) == (Reason.WRONG_PASSWORD, side)
        assert world.gateway.logins[side, USER] == 1
    assert found.folders == ()


def test_a_folder_that_cannot_be_counted_fails_the_source(world: World) -> None:
    world.source.folder("broken")
    world.source.unreadable.add(("broken",))
    found = check(world)
    assert found.source_failure is not None
    assert found.source_failure.reason is Reason.FOLDER_UNREADABLE
    assert found.destination_failure is None


def test_filters_hold(world: World) -> None:
    world.options = Options(exclude=("Junk",))
    world.source.folder("Junk").add(mail("spam"))
    assert [one.mapping.source.path for one in check(world).folders] == [("INBOX",)]


@pytest.mark.parametrize("role", [FolderRole.JUNK, FolderRole.TRASH])
def test_folders_of_a_role_are_left_out_with_what_is_below_them(world: World, role: FolderRole) -> None:
    world.options = Options(exclude_roles=frozenset({role}))
    world.source.folders["Gone",] = FakeFolder(role=role)
    world.source.folders["Gone", "2020"] = FakeFolder()
    found = check(world)
    assert [one.mapping.source.path for one in found.folders] == [("INBOX",)]
    assert [one.source.path for one in found.left_out] == [("Gone",), ("Gone", "2020")]


def test_an_accounts_own_wishes_win(world: World) -> None:
    for name in ("Work", "Old", "New"):
        world.source.folder(name)
    world.options = Options(folder_map=((("Work",), ("All work",)), (("Old",), ("Very old",))), exclude=("New",))
    world.account = replace(world.account, folder_map=((("Work",), ("My work",)),), exclude=())
    mapped = {one.mapping.source.path: one.mapping.destination for one in check(world).folders}
    assert mapped["Work",] == ("My work",)
    assert mapped["Old",] == ("Very old",)
    assert mapped["New",] == ("New",)
    world.account = replace(world.account, exclude=("Old",))
    assert {one.mapping.source.path for one in check(world).folders} == {("INBOX",), ("Work",), ("New",)}


def test_what_is_visible_and_what_is_left_out(world: World) -> None:
    inbox = world.source.folder("INBOX")
    days = [LONG_AGO, datetime(2025, 1, 1, 23, tzinfo=UTC), datetime(2025, 1, 2, tzinfo=UTC), NOW - timedelta(days=1)]
    for number, day in enumerate(days):
        inbox.add(mail(f"m{number}"), date=day)
    inbox.add(mail("big", body="x" * 5000), date=days[2])
    inbox.add(mail("undated")).date = None
    world.options = Options(since=date(2025, 1, 2), before=NOW.date() - timedelta(days=1), max_size_bytes=4000)
    found = check(world)
    assert (found.oldest, found.newest) == (LONG_AGO, days[3])
    assert (found.messages, found.messages_left_out) == (2, 4)
    assert found.size_bytes == len(mail("m2")) + len(mail("undated"))


def test_more_than_the_destination_takes(world: World) -> None:
    inbox = world.source.folder("INBOX")
    inbox.add(mail("small"))
    inbox.add(mail("large", body="x" * 2000))
    world.destination.quota = Quota(900, 1000)
    assert (check(world).too_large, check(world).max_message_bytes) == (0, None)
    limits = ("new.example", ProviderLimits(message_bytes=1000))
    found = check_account(world.account, world.options, ports(world, limits), CancelToken())
    assert (found.too_large, found.max_message_bytes) == (1, 1000)
    world.destination.max_message_bytes = 3000
    found = check_account(world.account, world.options, ports(world, limits), CancelToken())
    assert (found.too_large, found.max_message_bytes) == (0, 3000)
    assert found.does_not_fit
    assert found.passed
    world.destination.quota = Quota(900, 100_000)
    assert not check(world).does_not_fit


@pytest.mark.parametrize(
    ("age_days", "sign"),
    [(29, HiddenMail.ONLY_RECENT), (32, None), (None, None)],
)
def test_a_window_of_a_month_is_noticed(world: World, age_days: int | None, sign: HiddenMail | None) -> None:
    if age_days is not None:
        world.source.folder("INBOX").add(mail("a"), date=NOW - timedelta(days=age_days))
        world.source.folder("Sent").add(mail("b"), date=NOW)
    assert check(world).hidden_mail is sign
    assert check(world).passed


@pytest.mark.parametrize(
    ("messages", "limit", "sign"), [(20, 20, HiddenMail.FULL_FOLDER), (19, 20, None), (21, 20, None)]
)
def test_a_folder_that_is_cut_off_is_noticed(world: World, messages: int, limit: int, sign: HiddenMail | None) -> None:
    for number in range(messages):
        world.source.folder("INBOX").add(mail(str(number)), date=LONG_AGO)
    shown = ("old.example", ProviderLimits(messages_shown_a_folder=limit))
    # What is left out by a date is shown all the same.
    options = Options(since=NOW.date())
    assert check_account(world.account, options, ports(world, shown), CancelToken()).hidden_mail is sign


def test_daily_limits_are_those_of_each_side(world: World) -> None:
    limits = ProviderLimits(download_bytes_a_day=2_500_000_000, upload_bytes_a_day=500_000_000)
    checking = ports(world, ("old.example", limits), ("new.example", limits))
    found = check_account(world.account, world.options, checking, CancelToken())
    assert found.daily_limits == (
        DailyLimit(Side.SOURCE, "Provider", 2_500_000_000),
        DailyLimit(Side.DESTINATION, "Provider", 500_000_000),
    )
    assert found.window_where == "Settings > All"
    assert (check(world).daily_limits, check(world).window_where) == ((), "")


def test_a_long_folder_can_be_given_up_between_two_chunks(world: World) -> None:
    cancel = CancelToken()
    for number in range(30):
        world.source.folder("INBOX").add(mail(str(number)))

    class Stopping(Options):
        def selects(self, size_bytes: int, internal_date: datetime | None) -> bool:
            seen.append(size_bytes)
            cancel.cancel()
            return True

    seen: list[int] = []
    with pytest.raises(Cancelled):
        check_account(world.account, Stopping(), ports(world), cancel)
    assert 1 <= len(seen) < 30


@pytest.fixture
def company() -> tuple[MigrationPlan, FakeGateway, FakeSecrets]:
    accounts = tuple(account(f"u{number}") for number in range(9))
    secrets = FakeSecrets({})
    for one in accounts:
        secrets.put(one.secret_key(Side.SOURCE), Secret("secret"))
        secrets.put(one.secret_key(Side.DESTINATION), Secret("secret"))
    boxes = [{one.source.user: FakeMailbox() for one in accounts} for _ in range(2)]
    return MigrationPlan("company", accounts), FakeGateway(*boxes), secrets


def run(
    company: tuple[MigrationPlan, FakeGateway, FakeSecrets],
    account_ids: list[str] | None,
    done: Callable[[AccountCheck], None],
    cancel: CancelToken,
) -> None:
    plan, gateway, secrets = company
    check_accounts(plan, account_ids, CheckPorts(gateway, secrets), done, cancel)


def test_every_account_is_told_once(company: tuple[MigrationPlan, FakeGateway, FakeSecrets]) -> None:
    told: list[AccountCheck] = []
    run(company, None, told.append, CancelToken())
    assert sorted(one.account_id for one in told) == sorted(one.id for one in company[0].accounts)
    assert all(one.passed for one in told)
    told.clear()
    run(company, [company[0].accounts[4].id], told.append, CancelToken())
    assert [one.account_id for one in told] == [company[0].accounts[4].id]


def test_a_check_can_be_stopped(company: tuple[MigrationPlan, FakeGateway, FakeSecrets]) -> None:
    cancel = CancelToken()
    told: list[AccountCheck] = []

    def stop_after_first(found: AccountCheck) -> None:
        told.append(found)
        cancel.cancel()

    run(company, None, stop_after_first, cancel)
    assert 1 <= len(told) <= company[0].options.accounts_at_once
