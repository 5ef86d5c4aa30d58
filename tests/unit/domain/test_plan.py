import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest

from mailmove_gui.domain.certificates import CertificatePin
from mailmove_gui.domain.endpoints import Endpoint, MailProtocol, Security
from mailmove_gui.domain.folders import FolderRole
from mailmove_gui.domain.plan import (
    Account,
    ListedAccounts,
    Mailbox,
    MessageOrder,
    MigrationPlan,
    Options,
    ServerOrigin,
    ServerSetup,
    account_id,
    plan_from_json,
    plan_to_json,
    with_accounts,
)
from mailmove_gui.domain.problems import InvalidInput, ProblemKind
from mailmove_gui.domain.quiet_hours import QuietHours
from mailmove_gui.domain.reasons import Side

OLD = Endpoint("old.example", 993)
NEW = Endpoint("new.example", 993)


def account(source: str, target: str, *, old: Endpoint = OLD, new: Endpoint = NEW) -> Account:
    return Account(account_id(source, target), Mailbox(old, source), Mailbox(new, target))


FULL = MigrationPlan(
    name="Acme → 新邮箱",
    accounts=(
        replace(account("anna@acme.cn", "anna"), folder_map=((("Old", "A/B"), ("New",)),), exclude=("Spam*",)),
        account("bo", "bo", old=Endpoint("::1", 1110, Security.PLAIN, MailProtocol.POP3)),
    ),
    options=Options(
        since=date(2020, 1, 31),
        before=date(2024, 2, 29),
        max_size_bytes=25_000_000,
        folders=("INBOX", "Work*"),
        exclude=("垃圾邮件",),
        exclude_roles=frozenset({FolderRole.JUNK, FolderRole.TRASH}),
        folder_map=((("Sent",), ("Sent Items",)), (("a/b", "c"), ("d",))),
        below=("old",),
        order=MessageOrder.OLDEST_FIRST,
        accounts_at_once=7,
        ca_file="/etc/ca.pem",
        pins=(CertificatePin("old.example", 993, "ab" * 32),),
        bandwidth_bytes_s=500_000,
        pass_every_s=900,
        window_days=14,
        quiet_hours=(QuietHours(time(8), time(18, 30), frozenset({0, 4})), QuietHours(time(23), time(1))),
        label_copies=True,
    ),
    remember_passwords=False,
    source_ends=date(2026, 12, 31),
    source=ServerOrigin(ServerSetup.AUTOMATIC, "anna@acme.cn", "tencent-exmail"),
)


@pytest.mark.parametrize("plan", [MigrationPlan(), FULL])
def test_a_plan_reads_back(plan: MigrationPlan) -> None:
    assert plan_from_json(plan_to_json(plan)) == plan


def test_a_plan_without_limits_is_one_of_an_earlier_program() -> None:
    document = json.loads(plan_to_json(FULL))
    for name in ("bandwidth_bytes_s", "quiet_hours", "label_copies", "pass_every_s", "window_days"):
        del document["options"][name]
    del document["source_ends"]
    plan = plan_from_json(json.dumps(document))
    assert plan.source_ends is None
    options = plan.options
    assert (options.bandwidth_bytes_s, options.quiet_hours, options.label_copies) == (None, (), False)
    assert (options.pass_every_s, options.window_days) == (None, 30)


def broken(**changes: object) -> str:
    return json.dumps(json.loads(plan_to_json(FULL)) | changes)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        "not json",
        broken(accounts=[{"id": "x", "source": [], "destination": []}]),
        broken(accounts=[{"id": "x", "source": ["ftp://a", "u"], "destination": ["imaps://a", "u"]}]),
        broken(accounts=None),
        broken(options={}),
        broken(source_ends="tomorrow"),
    ],
)
def test_what_is_no_plan_is_said_to_be_none(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        plan_from_json(text)
    assert caught.value.problem.kind is ProblemKind.FILE_NOT_A_MIGRATION


def test_an_account_keeps_its_id_when_it_is_corrected() -> None:
    moved = replace(FULL.accounts[0], destination=Mailbox(Endpoint("other.example", 993), "anna"))
    added = account("cy", "cy")
    plan = with_accounts(FULL, [moved, added])
    assert plan.accounts == (moved, FULL.accounts[1], added)
    assert plan.account(moved.id) is moved
    assert plan.options == FULL.options
    with pytest.raises(KeyError):
        plan.account("nobody")


def test_ids_do_not_depend_on_case_or_blanks() -> None:
    assert account_id(" Anna@Acme.CN", "ANNA ") == account_id("anna@acme.cn", "anna")


def test_sides() -> None:
    anna = FULL.accounts[0]
    assert anna.mailbox(Side.SOURCE) is anna.source
    assert anna.mailbox(Side.DESTINATION) is anna.destination


def test_passwords_are_kept_by_side_server_port_and_user() -> None:
    anna = Mailbox(Endpoint("a.example", 993), "anna")
    others = [
        anna.secret_key(Side.DESTINATION),
        Mailbox(Endpoint("b.example", 993), "anna").secret_key(Side.SOURCE),
        Mailbox(Endpoint("a.example", 1993), "anna").secret_key(Side.SOURCE),
        Mailbox(Endpoint("a.example", 993), "bo").secret_key(Side.SOURCE),
        Mailbox(Endpoint("a.example", 993, Security.PLAIN), "anna").secret_key(Side.SOURCE),
    ]
    assert anna.secret_key(Side.SOURCE) not in others
    assert anna.secret_key(Side.SOURCE) == Mailbox(Endpoint("a.example", 993), "anna").secret_key(Side.SOURCE)


@pytest.mark.parametrize(
    ("accounts", "found"),
    [
        ([account("a", "a"), account("b", "b")], []),
        ([account("a", "a"), account("A ", "a")], [(3, ProblemKind.DUPLICATE_ACCOUNT)]),
        ([account("a", "x"), account("b", "X")], [(3, ProblemKind.SHARED_DESTINATION)]),
        ([account("a", "x"), account("a", "y")], [(3, ProblemKind.DUPLICATE_SOURCE)]),
        ([account("a", "x"), account("a", "y", old=NEW)], []),
        ([account("a", "a", new=OLD)], [(2, ProblemKind.SAME_MAILBOX)]),
        ([account("a", "a", new=Endpoint("OLD.example", 143, Security.STARTTLS))], [(2, ProblemKind.SAME_MAILBOX)]),
        ([account("a", "b", new=OLD)], []),
        ([account("a", "a", old=Endpoint("localhost", 1143), new=Endpoint("localhost", 2143))], []),
        (
            [account("x", "b"), account("b", "b", old=Endpoint("l", 1143), new=Endpoint("l", 2143))],
            [(3, ProblemKind.SHARED_DESTINATION)],
        ),
    ],
)
def test_problems_of_a_list(accounts: list[Account], found: list[tuple[int, ProblemKind]]) -> None:
    listed = ListedAccounts()
    problems = [problem for row, account in enumerate(accounts, 2) for problem in listed.judge(row, account)]
    assert [(problem.row, problem.kind) for problem in problems] == found
    allowed = {ProblemKind.SHARED_DESTINATION, ProblemKind.DUPLICATE_SOURCE}
    assert all(problem.stops is (problem.kind not in allowed) for problem in problems)
    other_rows = [problem.other_row for problem in problems if problem.kind is not ProblemKind.SAME_MAILBOX]
    assert other_rows == [2] * len(other_rows)


@pytest.mark.parametrize(
    ("size_bytes", "internal_date", "selected"),
    [
        (100, datetime(2024, 1, 1, tzinfo=UTC), True),
        (100, datetime(2024, 2, 1, tzinfo=UTC), False),
        (100, datetime(2024, 1, 31, 23, 59, 59, tzinfo=UTC), True),
        (100, datetime(2023, 12, 31, 23, 59, 59, tzinfo=UTC), False),
        # The day is that of the message's own zone.
        (100, datetime(2024, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=8))), True),
        (100, datetime(2024, 2, 1, 0, 30, tzinfo=timezone(timedelta(hours=8))), False),
        (100, None, True),
        (101, datetime(2024, 1, 1, tzinfo=UTC), False),
        (101, None, False),
    ],
)
def test_which_messages_are_moved(size_bytes: int, internal_date: datetime | None, selected: bool) -> None:
    options = Options(since=date(2024, 1, 1), before=date(2024, 2, 1), max_size_bytes=100)
    assert options.selects(size_bytes, internal_date) is selected
    assert Options().selects(size_bytes, internal_date)
