"""The check before the start."""

from collections.abc import Callable

import pytest

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.findings import AccountCheck
from mailmove_gui.domain.folders import FolderRole
from mailmove_gui.domain.plan import MigrationPlan, Options
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.engine.preflight import check_account, check_accounts
from tests.unit.engine.conftest import USER, World, account
from tests.unit.engine.fake_mail import FakeFolder, FakeGateway, FakeMailbox, FakeSecrets, mail


def check(world: World) -> AccountCheck:
    return check_account(world.account, world.options, world.gateway, world.secrets, CancelToken())


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
    assert found.size_bytes is None
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
    check_accounts(plan, account_ids, gateway, secrets, done, cancel)


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
