"""Every page and dialog with something on it, without a server behind it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QWidget

from mailmove_gui.batch import AccountRow
from mailmove_gui.desktop.bridge.awake import Wakefulness
from mailmove_gui.desktop.bridge.open_document import OpenedMigration
from mailmove_gui.desktop.bridge.recent import RecentMigration, RecentMigrations
from mailmove_gui.desktop.bridge.services import SampleMigration, Services
from mailmove_gui.desktop.dialogs.report_dialog import ReportDialog
from mailmove_gui.desktop.models.groups import Group
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.desktop.wizard.draft import MigrationDraft
from mailmove_gui.desktop.wizard.server_entry import ServerEntry
from mailmove_gui.desktop.wizard.server_page import ServerPage
from mailmove_gui.desktop.wizard.wizard import MigrationWizard, Step
from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.events import AccountChanged, AccountProgressed, Event, Failure
from mailmove_gui.domain.findings import AccountCheck, FolderFinding
from mailmove_gui.domain.folders import Folder, FolderMapping
from mailmove_gui.domain.plan import Account, Mailbox, MigrationPlan, account_id
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.records import AccountRecord
from mailmove_gui.domain.secret import Secret
from mailmove_gui.domain.states import AccountState
from tests.screens import shell_scenes
from tests.screens.accounts_scenes import accounts_scenes
from tests.screens.scene import Scene, no_spawn
from tests.screens.server_scenes import DIALOGS, PAGES

_S = AccountState
GIGABYTE = 1_000_000_000
SOURCE = Endpoint("imap.old-provider.example", 993)
DESTINATION = Endpoint("imap.qiye.new-provider.example", 993)
LONG = "maximiliane.hohenstein-oberlechner@very-long-subsidiary-name.example"
NAMES = ("anna", "bo", "chen.wei", "david", "li.xiaoming", "office", "accounting", "warehouse")


def _nothing(*arguments: object) -> SampleMigration:
    raise AssertionError("pictures touch nothing")


def no_services() -> Services:
    return Services(
        create_ledger=_nothing,  # type: ignore[arg-type]
        open_ledger=_nothing,  # type: ignore[arg-type]
        gateway=_nothing,  # type: ignore[arg-type]
        detect=_nothing,  # type: ignore[arg-type]
        tester=_nothing,  # type: ignore[arg-type]
        secrets=_nothing,  # type: ignore[arg-type]
        temporary_secrets=_nothing,  # type: ignore[arg-type]
        write_report=_nothing,  # type: ignore[arg-type]
        samples=_nothing,
        migrations_folder=Path("/home/anna/Documents/MailMove"),
        settings_folder=Path("/nowhere"),
        logs_folder=Path("/nowhere/log"),
    )


def accounts(count: int = 8) -> tuple[Account, ...]:
    made = []
    for number in range(count):
        name = NAMES[number % len(NAMES)] + ("" if number < len(NAMES) else str(number))
        user = LONG if number == 5 else f"{name}@old.example"
        target = f"{name}@new.example"
        made.append(Account(account_id(user, target), Mailbox(SOURCE, user), Mailbox(DESTINATION, target)))
    return tuple(made)


def window(width: int, height: int) -> MainWindow:
    shown = MainWindow(no_services(), no_spawn, RecentMigrations(Path("/nowhere")))
    shown.resize(width, height)
    return shown


def start_page(width: int, height: int, *, empty: bool = False) -> Scene:
    shown = window(width, height)
    now = datetime.now(UTC)
    if not empty:
        migrations = [
            RecentMigration(Path("a"), "Acme GmbH: old.example to new.example", now, 24, 18, 2, 1, 0),
            RecentMigration(Path("b"), "永新阀门 邮箱迁移", now - timedelta(days=1), 30, 30, 0, 0, 0),
            RecentMigration(Path("c"), "Test", now - timedelta(days=12), 3, 3, 0, 0, 1),
        ]
        shown.start_page.show_recent(tuple(migrations))
    else:
        shown.start_page.show_recent(())
    return Scene(shown, shown)


def rows(count: int = 8) -> tuple[AccountRow, ...]:
    secret = Secret("secret")
    made = [
        AccountRow(number, one.source.user, secret, one.destination.user, secret)
        for number, one in enumerate(accounts(count), 1)
    ]
    return tuple(made)


def checks() -> dict[str, AccountCheck]:
    found: dict[str, AccountCheck] = {}
    inbox = FolderMapping(Folder(("INBOX",)), ("INBOX",), exists=True, renamed=False)
    sent = FolderMapping(Folder(("已发送",)), ("Sent",), exists=True, renamed=True)
    work = FolderMapping(Folder(("Work",)), ("Work",), exists=False, renamed=False)
    for number, one in enumerate(accounts()):
        match number:
            case 1:
                failure = Failure(Reason.WRONG_PASSWORD, Side.SOURCE, "NO [AUTHENTICATIONFAILED] Login failed")
                check = AccountCheck(one.id, source_failure=failure)
            case 3:
                check = AccountCheck(one.id, destination_failure=Failure(Reason.TIMED_OUT, Side.DESTINATION))
            case _:
                sizes = ((number + 1) * 1_240, (number + 1) * 310_000_000)
                folders = (FolderFinding(inbox, *sizes), FolderFinding(sent if number == 2 else work, 212, 80_000_000))
                check = AccountCheck(one.id, folders=folders)
        found[one.id] = check
    return found


def wizard(width: int, height: int, step: Step, draft: MigrationDraft | None = None) -> Scene:
    shown = window(width, height)
    filled = MigrationDraft(
        source=ServerEntry(SOURCE.host),
        destination=ServerEntry(DESTINATION.host),
        rows=rows(),
        checks=checks(),
        name="Acme GmbH",
    )
    page = MigrationWizard(
        shown.background, shown.checker, shown.questions, Path("/home/anna/Documents/MailMove"), draft or filled, shown
    )
    page.resize(width, height)
    page.check_page.trust_checks()
    page.restart()
    while page.currentId() < step:
        before = page.currentId()
        page.next()
        assert page.currentId() > before, f"the wizard does not go on from page {before}"
    if step is Step.START:
        page.start_page._take_path(Path("/home/anna/Documents/MailMove/Acme GmbH.mailmove"))
    return Scene(page, shown)


def source(width: int, height: int) -> tuple[Scene, ServerPage]:
    scene = wizard(width, height, Step.SOURCE, MigrationDraft())
    page = scene.widget
    assert isinstance(page, MigrationWizard)
    return scene, page.source_page


def server_page(fill: Callable[[ServerPage], None], width: int, height: int) -> Scene:
    scene, page = source(width, height)
    fill(page)
    return scene


def server_dialog(make: Callable[[ServerPage], QWidget], width: int, height: int) -> Scene:
    scene, page = source(width, height)
    return Scene(make(page), scene.window)


def plain_server(width: int, height: int) -> Scene:
    scene = wizard(width, height, Step.SOURCE, MigrationDraft(source=ServerEntry()))
    page = scene.widget
    assert isinstance(page, MigrationWizard)
    page.source_page.form._take_host("imap://192.168.1.20")
    page.source_page.form._show()
    return scene


def problem_rows(width: int, height: int) -> Scene:
    secret = Secret("secret")
    draft = MigrationDraft(
        source=ServerEntry(SOURCE.host),
        destination=ServerEntry(DESTINATION.host),
        rows=(
            AccountRow(1, "anna@old.example", secret, "anna@new.example", secret),
            AccountRow(2, "bo@old.example", secret, "anna@new.example", secret),
            AccountRow(3, "anna@old.example", secret, "anna@new.example", secret),
            AccountRow(4, "", Secret(""), "david@new.example", secret),
            AccountRow(5, "li.xiaoming@old.example", Secret(""), "", Secret("")),
            AccountRow(6, LONG, secret, "", Secret("")),
        ),
        destination_domain="new.example",
        same_passwords=True,
    )
    return wizard(width, height, Step.ACCOUNTS, draft)


def single(width: int, height: int) -> Scene:
    draft = MigrationDraft(ServerEntry(SOURCE.host), ServerEntry(DESTINATION.host), rows=rows(1), is_single=True)
    return wizard(width, height, Step.ACCOUNTS, draft)


def checking(width: int, height: int) -> Scene:
    scene = wizard(width, height, Step.CHECK)
    page = scene.widget
    assert isinstance(page, MigrationWizard)
    found = list(page.draft.checks.values())
    page.check_page._start([one.id for one in accounts()])
    for check in found[:3]:
        page.check_page._take(check)
    return scene


def board(width: int, height: int, *, chosen: int | None = None, group: Group | None = None) -> Scene:
    shown = window(width, height)
    plan = MigrationPlan("Acme GmbH", accounts())
    records = tuple(AccountRecord(one.id, _S.NOT_STARTED, Counts()) for one in plan.accounts)
    opened = OpenedMigration(Path("a.mailmove"), plan, records)
    shown._opened(opened)
    shown.board._clock.stop()
    for at_s, events in board_events(plan):
        shown.board.model.apply(events, at_s)
        shown.board.model.summary(at_s)
    shown.board.model.look_at_clock(60.0)
    summary = shown.board.model.summary(60.0)
    shown.board._renew_numbers()
    shown.board.header.show_summary(summary)
    if chosen is not None:
        flags = QItemSelectionModel.SelectionFlag
        index = shown.board.filter.index(chosen, 0)
        shown.board.table.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
    if group is not None:
        position = list(Group).index(group) + 1
        shown.board.chips.chip(position).click()
    return Scene(shown, shown)


def board_events(plan: MigrationPlan) -> list[tuple[float, tuple[Event, ...]]]:
    """One is moving, one done, one failed, one waiting, one needs a password, one done but for a message."""
    ids = [one.id for one in plan.accounts]

    def counts(total: int, moved: int, refused: int = 0) -> Counts:
        size = 250_000
        done = (moved + refused) * size
        return Counts(
            total, moved, refused=refused, bytes_total=total * size, bytes_moved=moved * size, bytes_settled=done
        )

    now = datetime.now(UTC)
    first: list[Event] = [
        AccountChanged(one, _S.CHECKING, Counts(), started=now - timedelta(minutes=400 * number))
        for number, one in enumerate(ids[:7])
    ]
    first += [AccountChanged(ids[0], _S.MOVING, counts(12_480, 4_810))]
    first += [AccountChanged(ids[5], _S.MOVING, counts(238_000, 3_100))]
    second: list[Event] = [
        AccountProgressed(ids[0], counts(12_480, 7_210), ("Sent",)),
        AccountProgressed(ids[5], counts(238_000, 9_400), ("项目", "2024", "会议纪要")),
        AccountChanged(
            ids[1], _S.NEEDS_PASSWORD, Counts(), Failure(Reason.WRONG_PASSWORD, Side.SOURCE, "Login failed")
        ),
        AccountChanged(
            ids[2],
            _S.WAITING,
            counts(8_300, 2_900),
            Failure(Reason.DAILY_LIMIT, Side.SOURCE, until=now + timedelta(hours=2)),
        ),
        AccountChanged(ids[3], _S.DONE, counts(3_002, 3_002)),
        AccountChanged(
            ids[4],
            _S.FAILED,
            counts(5_120, 1_800),
            Failure(Reason.DESTINATION_FULL, Side.DESTINATION, "NO [OVERQUOTA] Mailbox is full"),
        ),
        AccountChanged(ids[6], _S.DONE_WITH_REFUSALS, counts(940, 939, 1)),
        AccountChanged(ids[7], _S.QUEUED, Counts()),
    ]
    return [(0.0, tuple(first)), (58.0, tuple(second))]


def finished_board(width: int, height: int) -> Scene:
    scene = board(width, height)
    shown = scene.widget
    assert isinstance(shown, MainWindow)
    done = Counts(total=3_002, moved=3_002, bytes_total=GIGABYTE, bytes_moved=GIGABYTE, bytes_settled=GIGABYTE)
    events = tuple(AccountChanged(row.account.id, _S.DONE, done) for row in shown.board.model.rows)
    shown.board._apply(events)
    return scene


def report_format(width: int, height: int) -> Scene:
    shown = board(width, height).window
    return Scene(ReportDialog(shown), shown)


def stopping(width: int, height: int) -> Scene:
    scene = board(width, height)
    shown = scene.widget
    assert isinstance(shown, MainWindow)
    shown.close_for_good()
    return scene


BASIC_SCENES: dict[str, Callable[[int, int], Scene]] = {
    "start": start_page,
    "start_empty": lambda width, height: start_page(width, height, empty=True),
    "wizard_1_source": lambda width, height: wizard(width, height, Step.SOURCE),
    "wizard_1_source_empty": lambda width, height: wizard(width, height, Step.SOURCE, MigrationDraft()),
    "wizard_1_source_plain": plain_server,
    "wizard_2_destination": lambda width, height: wizard(width, height, Step.DESTINATION),
    "wizard_3_accounts": lambda width, height: wizard(width, height, Step.ACCOUNTS),
    "wizard_3_problems": problem_rows,
    "wizard_3_single": single,
    **accounts_scenes(wizard),
    "wizard_5_checking": checking,
    "wizard_5_checked": lambda width, height: wizard(width, height, Step.CHECK),
    "wizard_6_start": lambda width, height: wizard(width, height, Step.START),
    "board": board,
    "board_chosen": lambda width, height: board(width, height, chosen=4),
    "board_filtered": lambda width, height: board(width, height, group=Group.MOVING),
    "board_finished": finished_board,
    "board_stopping": stopping,
    "report_format": report_format,
    **{f"server_{name}": partial(server_page, fill) for name, fill in PAGES.items()},
    **{f"server_{name}": partial(server_dialog, make) for name, make in DIALOGS.items()},
    "start_with_past": partial(shell_scenes.start_with_past, start_page),
    "settings_1_general": partial(shell_scenes.settings, 0, start_page),
    "settings_2_migrations": partial(shell_scenes.settings, 1, start_page),
    "settings_3_files": partial(shell_scenes.settings, 2, start_page),
    "settings_noted": partial(shell_scenes.settings_noted, start_page),
    "about": partial(shell_scenes.about, start_page),
    "closing": partial(shell_scenes.closing, board, can_hide=False),
    "closing_with_tray": partial(shell_scenes.closing, board, can_hide=True),
    "board_kept_awake": partial(shell_scenes.awake, Wakefulness.KEPT, board),
    "board_may_sleep": partial(shell_scenes.awake, Wakefulness.REFUSED, board),
}
