"""One account below the board's table: its folders, the messages that were not moved, its log."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QMessageBox

from mailmove_gui.desktop.bridge.account_details import AccountStory, NotMoved, Saved
from mailmove_gui.desktop.details.message_dialog import MessageDialog
from mailmove_gui.desktop.models.not_moved import not_moved_messages
from mailmove_gui.desktop.window import MainWindow
from mailmove_gui.domain.events import AccountChanged, AccountProgressed, Failure, Refusal
from mailmove_gui.domain.folders import INBOX, FolderPath
from mailmove_gui.domain.progress import Counts, FolderCounts
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.records import AccountRecord, AttemptRecord
from mailmove_gui.domain.states import AccountState
from tests.screens.scene import Scene
from tests.screens.scenes import board

_S = AccountState
_FOLDERS, _REFUSALS, _LOG = range(3)
_MOVING, _NEEDS_PASSWORD, _WAITING, _DONE, _FAILED, _LONG_NAME, _PARTLY, _QUEUED = range(8)
"""Rows of the board."""

_ENGLISH: tuple[tuple[FolderPath, FolderPath], ...] = (
    (INBOX, INBOX),
    (("Sent Messages",), ("Sent",)),
    (("Drafts",), ("Drafts",)),
    (("Deleted Messages",), ("Trash",)),
    (("Archive",), ("Archive",)),
    (("Customers",), ("Customers",)),
    (("Customers", "Acme"), ("Customers", "Acme")),
    (("Customers", "Very long name of a customer that nobody remembers, and its minutes of 2024"),) * 2,
    (
        ("Projects", "Migration of the mail of all subsidiaries, second attempt, with attachments"),
        ("Old projects", "Migration of the mail of all subsidiaries, second attempt, with attachments"),
    ),
    (("Projects", "2024"), ("Projects", "2024")),
    (("Projects", "2025"), ("Projects", "2025")),
    (("Newsletters",), ("Newsletters",)),
    (("Invoices",), ("Invoices",)),
    (("Private",), ("Private",)),
)
_CHINESE: tuple[tuple[FolderPath, FolderPath], ...] = (
    (INBOX, INBOX),
    (("已发送",), ("Sent",)),
    (("草稿箱",), ("Drafts",)),
    (("已删除",), ("Trash",)),
    (("客户",), ("客户",)),
    (("客户", "v1.2 合同"), ("客户", "v1_2 合同")),
    (("项目", "2024", "会议纪要"), ("项目", "2024", "会议纪要")),
    (("项目", "上海永新阀门有限公司二〇二四年度第三季度采购合同及补充协议"),) * 2,
    (("财务",), ("财务",)),
    (("人事",), ("人事",)),
)


def _folders(paths: tuple[tuple[FolderPath, FolderPath], ...], *, moving: int) -> tuple[FolderCounts, ...]:
    """The first ones verified, one of which has refusals; that number moving; those behind it to be moved."""
    made = []
    for number, (source, destination) in enumerate(paths):
        total = 7_400 // (number + 1) ** 2 + 12
        match number:
            case 1:
                counts = Counts(total, total - 9, 6, 2, doubtful=1)
            case 3:
                counts = Counts(total, skipped=total)
            case _ if number < moving:
                counts = Counts(total, total - 4 * number, 4 * number, gone=number)
            case _ if number == moving:
                counts = Counts(total, total // 2, unverified=40)
            case _:
                counts = Counts(total)
        made.append(FolderCounts(source, destination, counts))
    return tuple(made)


def refusals(account_id: str) -> tuple[Refusal, ...]:
    """Of every kind."""
    too_large = "NO [TOOBIG] Message size exceeds fixed maximum message size of 26214400 bytes"
    made = [
        (("Sent Messages",), Reason.MESSAGE_TOO_LARGE, too_large, "Drawings of all valves, final version", 41_200_000),
        (("Sent Messages",), Reason.MESSAGE_REFUSED, "NO [ALERT] Message contains NUL characters", "", 18_300),
        (INBOX, Reason.ARRIVAL_UNKNOWN, "", "Minutes of the meeting of the board in Düsseldorf, 12 March", 88_400),
        (INBOX, Reason.MESSAGE_UNREADABLE, "", "Re: Re: Re: Aw: invoice 2024-118", 3_120),
        (
            ("项目", "2024", "会议纪要"),
            Reason.MESSAGE_REFUSED,
            "NO 邮件内容不符合规定",
            "二季度采购合同（最终版）",
            912_000,
        ),
    ]
    return tuple(
        Refusal(
            account_id,
            folder,
            number,
            reason,
            server_text,
            f"{number + 2} Mar 2024 10:{number}0:00 +0800",
            "李小明 <li.xiaoming@old.example>" if number % 2 else "Maximiliane Oberlechner <max@subsidiary.example>",
            subject,
            size,
            1,
            number + 1,
        )
        for number, (folder, reason, server_text, subject, size) in enumerate(made)
    )


def _log() -> tuple[AttemptRecord, ...]:
    begun = datetime(2026, 11, 23, 21, 40, 12, tzinfo=UTC)

    def at(minutes: float, state: AccountState, failure: Failure | None = None) -> AttemptRecord:
        return AttemptRecord(begun + timedelta(minutes=minutes), state, failure)

    def until(minutes: float, reason: Reason, side: Side) -> Failure:
        return Failure(reason, side, until=begun + timedelta(minutes=minutes))

    return (
        at(0, _S.QUEUED),
        at(0.2, _S.CHECKING),
        at(0.4, _S.NEEDS_PASSWORD, Failure(Reason.WRONG_PASSWORD, Side.SOURCE, "LOGIN failed")),
        at(9, _S.QUEUED),
        at(9.1, _S.CHECKING),
        at(9.5, _S.MOVING),
        at(31, _S.WAITING, until(34, Reason.CONNECTION_LOST, Side.DESTINATION)),
        at(34, _S.CHECKING),
        at(34.1, _S.MOVING),
        at(90, _S.WAITING, until(690, Reason.DAILY_LIMIT, Side.SOURCE)),
        at(690, _S.CHECKING),
        at(690.3, _S.MOVING),
    )


def details(
    width: int,
    height: int,
    *,
    row: int = _MOVING,
    tab: int = _FOLDERS,
    paths: tuple[tuple[FolderPath, FolderPath], ...] = _ENGLISH,
) -> Scene:
    scene = board(width, height, chosen=row)
    window = scene.window
    shown = window.board.model.rows[row]
    panel = window.board.details
    _have_moved(window, shown.account.id)
    window.board.show_details(shown.account.id)
    since = datetime.now(UTC) - timedelta(minutes=12)
    is_untouched = not shown.counts.total
    folders = () if is_untouched else _folders(paths, moving=8)
    if row == _DONE:
        folders = tuple(replace(one, counts=Counts(one.counts.total, one.counts.total)) for one in folders)
    counts = sum((one.counts for one in folders), Counts())
    record = AccountRecord(shown.account.id, shown.state, counts, shown.failure)
    window.controller.details.story_read.emit(AccountStory(record, since, folders, () if is_untouched else _log()))
    found = refusals(shown.account.id) if row in (_MOVING, _PARTLY) else ()
    window.controller.details.not_moved_read.emit(
        NotMoved(shown.account.id, not_moved_messages(found[:-1], found[-1:]))
    )
    panel.tabs.setCurrentIndex(tab)
    return scene


def _have_moved(window: MainWindow, account_id: str) -> None:
    """Forty minutes, in which it went well at times."""
    tempo, now_s = window.board.details._tempo, time.monotonic()
    done = 0
    tempo.start(account_id, done, now_s - 2400)
    for minute in range(40):
        done += 90 + 35 * (minute * 7 % 5) if minute not in (11, 12, 13) else 0
        at_s = now_s - 2400 + 60 * minute
        tempo.apply([AccountProgressed(account_id, Counts(20_000, done))], at_s)


def growing(width: int, height: int) -> Scene:
    """While messages are saved."""
    scene = details(width, height, tab=_REFUSALS)
    scene.window.board.details.refusals.show_saving(12, 300)
    return scene


def saved(width: int, height: int) -> Scene:
    scene = details(width, height, tab=_REFUSALS)
    tab = scene.window.board.details.refusals
    gone = Failure(Reason.MESSAGE_GONE, Side.SOURCE)
    tab.show_saved(Saved(Path("/home/anna/Documents/Not moved"), 3, ((tab.model.messages[0].refusal, gone),)))
    return scene


def asked(width: int, height: int) -> Scene:
    """Whether to skip for good."""
    scene = details(width, height, tab=_REFUSALS)
    tab = scene.window.board.details.refusals
    tab.dismiss_button.click()
    return Scene(tab.findChildren(QMessageBox)[0], scene.window)


def one_message(width: int, height: int) -> Scene:
    scene = details(width, height, tab=_REFUSALS)
    (message,) = not_moved_messages(refusals("")[:1], ())
    return Scene(MessageDialog(message, scene.window), scene.window)


def finished(width: int, height: int) -> Scene:
    """Nothing that anybody must do."""
    scene = details(width, height, row=_DONE, tab=_REFUSALS)
    counts = scene.window.board.model.rows[_DONE].counts
    scene.window.board._apply((AccountChanged(scene.window.board.model.rows[_DONE].account.id, _S.DONE, counts),))
    return scene


DETAILS_SCENES: dict[str, Callable[[int, int], Scene]] = {
    "details_folders": details,
    "details_folders_chinese": partial(details, paths=_CHINESE),
    "details_long_name": partial(details, row=_LONG_NAME),
    "details_not_moved": partial(details, tab=_REFUSALS),
    "details_nothing_refused": finished,
    "details_saving": growing,
    "details_saved": saved,
    "details_skip": asked,
    "details_message": one_message,
    "details_log": partial(details, tab=_LOG),
    "details_needs_password": partial(details, row=_NEEDS_PASSWORD),
    "details_waiting": partial(details, row=_WAITING, tab=_LOG),
    "details_failed": partial(details, row=_FAILED, tab=_LOG),
    "details_partly": partial(details, row=_PARTLY, tab=_REFUSALS),
    "details_queued": partial(details, row=_QUEUED),
}
