"""The board in states that are seldom seen, and its dialogs."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from PySide6.QtWidgets import QApplication

from mailmove_gui.desktop.bridge.open_document import OpenedMigration
from mailmove_gui.desktop.bridge.undoing import UndoEnded
from mailmove_gui.desktop.dialogs.addresses_dialog import AddressesDialog
from mailmove_gui.desktop.dialogs.control_dialog import ControlDialog
from mailmove_gui.desktop.dialogs.reminder_dialog import ReminderDialog
from mailmove_gui.desktop.dialogs.undo_dialog import UndoDialog
from mailmove_gui.desktop.models.control import Control
from mailmove_gui.desktop.models.groups import Group
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.domain.deadline import Deadline, Outlook, Remedy
from mailmove_gui.domain.events import AccountChanged, AccountProgressed, Event, Failure
from mailmove_gui.domain.plan import Account, Mailbox, MigrationPlan, Options, account_id
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.quiet_hours import QuietHours
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.records import AccountRecord
from mailmove_gui.domain.states import AccountState
from mailmove_gui.domain.undo import UndoResult
from mailmove_gui.providers.table import provider_of_host
from mailmove_gui.texts.deadline import deadline_words
from tests.screens.scene import Scene
from tests.screens.scenes import DESTINATION, LONG, NAMES, SOURCE, accounts, board, window

_S = AccountState
_MEGABYTE = 1_000_000
WORKING_HOURS = QuietHours(time(8), time(18), frozenset(range(5)))
CONTROL = Control(8, 2 * _MEGABYTE, (WORKING_HOURS,))
EXMAIL, QIYE = "imap.exmail.qq.com", "imap.qiye.aliyun.com"


def counts(total: int, moved: int, refused: int = 0) -> Counts:
    size = 250_000
    return Counts(
        total,
        moved,
        refused=refused,
        bytes_total=total * size,
        bytes_moved=moved * size,
        bytes_settled=(moved + refused) * size,
    )


def shown_board(
    plan: MigrationPlan, events: Iterable[tuple[float, tuple[Event, ...]]], width: int, height: int
) -> MainWindow:
    """A board that all this has happened to; the last of it at 60 s."""
    shown = window(width, height)
    records = tuple(AccountRecord(one.id, _S.NOT_STARTED, Counts()) for one in plan.accounts)
    hosts = {one.mailbox(side).endpoint.host for one in plan.accounts for side in Side}
    known = {host: provider for host in hosts if (provider := provider_of_host(host)) is not None}
    shown._opened(OpenedMigration(Path("a.mailmove"), plan, records, known))
    shown.board._clock.stop()
    for at_s, batch in events:
        shown.board.model.apply(batch, at_s)
        shown.board.model.summary(at_s)
    shown.board.model.look_at_clock(60.0)
    summary = shown.board.model.summary(60.0)
    shown.board._renew_numbers()
    shown.board.header.show_summary(summary)
    return shown


def thousand_accounts() -> tuple[Account, ...]:
    source, destination = (
        type(SOURCE)(host, endpoint.port) for host, endpoint in ((EXMAIL, SOURCE), (QIYE, DESTINATION))
    )
    made = []
    for number in range(1000):
        user = f"{NAMES[number % len(NAMES)]}{number:03}@acme.example"
        made.append(Account(account_id(user, user), Mailbox(source, user), Mailbox(destination, user)))
    return tuple(made)


def thousand(width: int, height: int) -> Scene:
    plan = MigrationPlan("永新阀门 Yongxin Valves", thousand_accounts(), Options(accounts_at_once=50))
    first: list[Event] = []
    second: list[Event] = []
    for number, one in enumerate(plan.accounts):
        total = 1_000 + number * 37 % 9_000
        match number:
            case _ if number % 20 == 7:
                first.append(AccountChanged(one.id, _S.MOVING, counts(total, total // 5)))
                second.append(AccountProgressed(one.id, counts(total, total // 2), ("Sent",)))
            case _ if number % 97 == 5:
                failure = Failure(Reason.WRONG_PASSWORD, Side.SOURCE)
                first.append(AccountChanged(one.id, _S.NEEDS_PASSWORD, Counts(), failure))
            case _ if number < 420:
                first.append(AccountChanged(one.id, _S.DONE, counts(total, total)))
            case _:
                first.append(AccountChanged(one.id, _S.QUEUED, Counts()))
    shown = shown_board(plan, [(0.0, tuple(first)), (58.0, tuple(second))], width, height)
    return Scene(shown, shown)


def failures(width: int, height: int) -> Scene:
    """Names that are too long for any column, and failures with much to say."""
    named = [
        Account(
            account_id(LONG, f"{number}"),
            Mailbox(SOURCE, f"{number}.{LONG}"),
            Mailbox(DESTINATION, f"{number}.someone-else-with-a-long-name@another-subsidiary-of-the-group.example"),
        )
        for number in range(8)
    ]
    reasons = (
        (Reason.CERTIFICATE_WRONG_HOST, Side.SOURCE),
        (Reason.NEEDS_APP_PASSWORD, Side.SOURCE),
        (Reason.DESTINATION_FULL, Side.DESTINATION),
        (Reason.HOST_REFUSES_ALL, Side.SOURCE),
        (Reason.LOCKED_OUT, Side.SOURCE),
        (Reason.UNDO_UNFINISHED, None),
        (Reason.SERVER_SAID, Side.DESTINATION),
        (Reason.NUMBERS_DIFFER, None),
    )
    name = "Acme Beteiligungsgesellschaft für internationale Maschinenbauprojekte mbH & Co. KG"
    plan = CONTROL.put_into(MigrationPlan(name, tuple(named)))
    events = tuple(
        AccountChanged(
            one.id,
            _S.NEEDS_PASSWORD if reason is Reason.NEEDS_APP_PASSWORD else _S.FAILED,
            counts(1_234_567, 765_432),
            Failure(reason, side, "NO [SERVERBUG] Internal error occurred. Refer to server log for more information."),
        )
        for one, (reason, side) in zip(named, reasons, strict=True)
    )
    shown = shown_board(plan, [(0.0, events)], width, height)
    shown.board.table.selectRow(4)
    return Scene(shown, shown)


def waiting(width: int, height: int) -> Scene:
    """Everybody waits: for the server, for the quiet hours, for a turn."""
    plan = CONTROL.put_into(MigrationPlan("Acme GmbH", accounts()))
    now = datetime.now(UTC)
    waits = (
        Failure(Reason.THROTTLED, Side.SOURCE, until=now + timedelta(minutes=14)),
        Failure(Reason.QUIET_HOURS, until=now + timedelta(hours=3)),
        Failure(Reason.DAILY_LIMIT, Side.SOURCE, until=now + timedelta(hours=15)),
        Failure(Reason.CONNECTION_LOST, Side.DESTINATION, until=now + timedelta(seconds=40)),
        Failure(Reason.TOO_MANY_CONNECTIONS, Side.SOURCE, until=now + timedelta(minutes=2)),
    )
    events: list[Event] = [
        AccountChanged(one.id, _S.WAITING, counts(12_480, 4_810), failure)
        for one, failure in zip(plan.accounts, waits, strict=False)
    ]
    full = Failure(Reason.DESTINATION_FULL, Side.DESTINATION, "NO [OVERQUOTA] Mailbox is full")
    events.append(AccountChanged(plan.accounts[5].id, _S.FAILED, counts(238_000, 9_400), full))
    events += [AccountChanged(one.id, _S.QUEUED, Counts()) for one in plan.accounts[6:]]
    shown = shown_board(plan, [(0.0, tuple(events))], width, height)
    return Scene(shown, shown)


def finished_with_refusals(width: int, height: int) -> Scene:
    """Done but for some messages, one account left out, and fewer messages than were counted first."""
    plan = MigrationPlan("Acme GmbH", accounts())
    moving = tuple(AccountChanged(one.id, _S.MOVING, counts(3_010, 100)) for one in plan.accounts)
    done: list[Event] = []
    for number, one in enumerate(plan.accounts):
        match number:
            case 2 | 5:
                done.append(AccountChanged(one.id, _S.DONE_WITH_REFUSALS, counts(3_010, 3_007, 3)))
            case 3:
                done.append(AccountChanged(one.id, _S.SKIPPED, counts(3_010, 100)))
            case 6:
                done.append(AccountChanged(one.id, _S.DONE, counts(3_002, 3_002)))
            case _:
                done.append(AccountChanged(one.id, _S.DONE, counts(3_010, 3_010)))
    shown = shown_board(plan, [(0.0, moving), (58.0, tuple(done))], width, height)
    return Scene(shown, shown)


def not_started(width: int, height: int) -> Scene:
    plan = MigrationPlan("Acme GmbH", accounts())
    done = tuple(AccountChanged(one.id, _S.DONE, counts(3_010, 3_010)) for one in plan.accounts[:5])
    shown = shown_board(plan, [(0.0, done)], width, height)
    shown.board.chips.all_chips[list(Group).index(Group.NOT_STARTED) + 1].click()
    return Scene(shown, shown)


def too_late(width: int, height: int) -> Scene:
    scene = board(width, height)
    ends = datetime(2026, 12, 31).astimezone()
    now = ends - timedelta(days=3)
    deadline = Deadline(Outlook.TOO_LATE, ends, ends + timedelta(days=2, hours=9), 3, tuple(Remedy))
    scene.window.board.header.deadline.show_words(deadline_words(deadline, now), in_full=False)
    return scene


def control(given: Control, width: int, height: int) -> Scene:
    shown = board(width, height).window
    return Scene(ControlDialog(given, shown), shown)


def control_refused(width: int, height: int) -> Scene:
    scene = control(Control(8, None, (WORKING_HOURS, QuietHours(time(22), time(6)))), width, height)
    assert isinstance(scene.widget, ControlDialog)
    for box in scene.widget.hours_form.rows[0].day_boxes[:5]:
        box.setChecked(False)
    return scene


def _undo(width: int, height: int) -> tuple[Scene, UndoDialog]:
    shown = board(width, height).window
    row = shown.board.model.rows[0]
    dialog = UndoDialog(row, shown)
    return Scene(dialog, shown), dialog


def undo_running(width: int, height: int) -> Scene:
    scene, dialog = _undo(width, height)
    dialog._begin()
    dialog.follow((AccountProgressed(dialog.account_id, counts(12_480, 4_000)),))
    return scene


def undo_done(width: int, height: int) -> Scene:
    scene, dialog = _undo(width, height)
    dialog._begin()
    dialog.show_end(UndoEnded(dialog.account_id, UndoResult(7_180, 25, 2, 3)))
    return scene


def undo_failed(width: int, height: int) -> Scene:
    scene, dialog = _undo(width, height)
    dialog._begin()
    dialog.show_end(UndoEnded(dialog.account_id, failure=Failure(Reason.CANNOT_UNDO, Side.DESTINATION)))
    return scene


def undo_gave_up(width: int, height: int) -> Scene:
    scene, dialog = _undo(width, height)
    dialog._begin()
    dialog.show_end(UndoEnded(dialog.account_id, failure=Failure(Reason.WRONG_PASSWORD, Side.DESTINATION)))
    return scene


def addresses(width: int, height: int) -> Scene:
    shown = board(width, height).window
    row, *others = shown.board.model.rows
    dialog = AddressesDialog(row, [one.account for one in others], shown)
    dialog.destination_field.setText("bo@new.example")
    return Scene(dialog, shown)


def reminder(width: int, height: int) -> Scene:
    shown = board(width, height).window
    some = thousand_accounts()[:4]
    providers = {host: provider for host in (EXMAIL, QIYE) if (provider := provider_of_host(host)) is not None}
    dialog = ReminderDialog(some, providers, shown)
    dialog.copy_button.click()
    QApplication.processEvents()
    return Scene(dialog, shown)


BOARD_SCENES: dict[str, Callable[[int, int], Scene]] = {
    "board_1000": thousand,
    "board_failures": failures,
    "board_waiting": waiting,
    "board_refusals": finished_with_refusals,
    "board_not_started": not_started,
    "board_deadline": too_late,
    "control": lambda width, height: control(CONTROL, width, height),
    "control_empty": lambda width, height: control(Control(), width, height),
    "control_refused": control_refused,
    "undo_question": lambda width, height: _undo(width, height)[0],
    "undo_running": undo_running,
    "undo_done": undo_done,
    "undo_failed": undo_failed,
    "undo_gave_up": undo_gave_up,
    "addresses": addresses,
    "reminder": reminder,
}
