"""The start page and the board with something on them, without a server behind them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel

from mailmove_gui.desktop.bridge.awake import Wakefulness
from mailmove_gui.desktop.bridge.open_document import OpenedMigration
from mailmove_gui.desktop.bridge.recent import RecentMigration, RecentMigrations
from mailmove_gui.desktop.bridge.services import SampleMigration, Services
from mailmove_gui.desktop.dialogs.report_dialog import ReportDialog
from mailmove_gui.desktop.models.groups import Group
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.events import AccountChanged, AccountProgressed, Event, Failure
from mailmove_gui.domain.plan import Account, Mailbox, MigrationPlan, account_id
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.records import AccountRecord
from mailmove_gui.domain.states import AccountState
from tests.screens import shell_scenes
from tests.screens.scene import Scene, no_spawn

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
    "board": board,
    "board_chosen": lambda width, height: board(width, height, chosen=4),
    "board_filtered": lambda width, height: board(width, height, group=Group.MOVING),
    "board_finished": finished_board,
    "board_stopping": stopping,
    "report_format": report_format,
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
