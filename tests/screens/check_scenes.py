"""What to move, the check of a company, and the folder map."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mailmove_gui.desktop.dialogs.folder_map_dialog import FolderMapDialog
from mailmove_gui.desktop.dialogs.password_dialog import PasswordDialog
from mailmove_gui.desktop.wizard.draft import MigrationDraft
from mailmove_gui.desktop.wizard.server_entry import ServerEntry
from mailmove_gui.desktop.wizard.wizard import MigrationWizard, Step
from mailmove_gui.domain.account_folders import map_account
from mailmove_gui.domain.endpoints import MailProtocol
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.findings import AccountCheck, DailyLimit, FolderFinding, HiddenMail, Quota
from mailmove_gui.domain.folders import INBOX, Folder, FolderRole, NamingRules
from mailmove_gui.domain.plan import Account, MessageOrder, Options
from mailmove_gui.domain.reasons import Reason, Side
from tests.screens.scene import Scene
from tests.screens.scenes import DESTINATION, GIGABYTE, SOURCE, accounts
from tests.screens.wizard_scenes import rows, wizard

_COMPANY = 30
_SOURCE_FOLDERS = (
    Folder(INBOX, FolderRole.INBOX),
    Folder(("已发送",), FolderRole.SENT),
    Folder(("草稿箱",), FolderRole.DRAFTS),
    Folder(("已删除",), FolderRole.TRASH),
    Folder(("垃圾邮件",), FolderRole.JUNK),
    Folder(("客户",)),
    Folder(("客户", "v1.2 合同")),
    Folder(("客户", "v1_2 合同")),
    Folder(("Old projects",)),
    Folder(("Projects",)),
    Folder(("Projects", "Very long name of a project that nobody remembers, and its minutes of 2024")),
)
_DESTINATION_FOLDERS = (
    Folder(INBOX, FolderRole.INBOX),
    Folder(("Sent",), FolderRole.SENT),
    Folder(("Drafts",), FolderRole.DRAFTS),
    Folder(("Trash",), FolderRole.TRASH),
    Folder(("Junk",), FolderRole.JUNK),
)
_OPTIONS = Options(
    exclude_roles=frozenset({FolderRole.JUNK}),
    exclude=("已删除",),
    folder_map=((("Old projects",), ("Projects",)), (("Projects",), ("Projects",))),
)


def found(account: Account, number: int, options: Options = _OPTIONS) -> AccountCheck:
    """What a check may find."""
    mapped = map_account(account, options, _SOURCE_FOLDERS, _DESTINATION_FOLDERS, NamingRules("."))
    oldest = datetime(2014, 3, 2, tzinfo=UTC) + timedelta(days=97 * number)
    newest = datetime.now(UTC) - timedelta(hours=number)
    folders = tuple(
        FolderFinding(mapping, (number + 1) * 124 // (place + 1) + 3, (number + 1) * 31_000_000, oldest, newest)
        for place, mapping in enumerate(mapped.wanted)
    )
    return AccountCheck(
        account.id,
        folders=folders,
        quota=Quota(0, 50 * GIGABYTE),
        max_message_bytes=25_000_000,
        left_out=mapped.left_out,
        source_folders=_SOURCE_FOLDERS,
        destination_folders=_DESTINATION_FOLDERS,
        naming=NamingRules("."),
    )


def company() -> MigrationDraft:
    """Thirty accounts, most of them well."""
    checks: dict[str, AccountCheck] = {}
    for number, one in enumerate(accounts(_COMPANY)):
        check = found(one, number)
        match number:
            case 1:
                failure = Failure(Reason.WRONG_PASSWORD, Side.SOURCE, "NO [AUTHENTICATIONFAILED] Login failed")
                check = AccountCheck(one.id, failure)
            case 2:
                recent = datetime.now(UTC) - timedelta(days=30)
                shown = tuple(replace(folder, oldest=recent) for folder in check.folders)
                check = replace(check, folders=shown, hidden_mail=HiddenMail.ONLY_RECENT)
            case 3:
                check = replace(check, quota=Quota(4_900_000_000, 5 * GIGABYTE))
            case 4:
                check = replace(check, folders=(replace(check.folders[0], too_large=3), *check.folders[1:]))
            case 6:
                failure = Failure(Reason.NEEDS_APP_PASSWORD, Side.DESTINATION)
                check = AccountCheck(one.id, destination_failure=failure)
            case 29:
                limit = DailyLimit(Side.SOURCE, "Gmail", 2_500_000_000)
                check = replace(check, daily_limits=(limit,))
            case _:
                pass
        checks[one.id] = check
    return MigrationDraft(
        ServerEntry(SOURCE.host),
        ServerEntry(DESTINATION.host),
        rows=rows(_COMPANY),
        checks=checks,
        name="Acme GmbH",
        options=_OPTIONS,
    )


def what_to_move(width: int, height: int) -> Scene:
    return wizard(width, height, Step.WHAT)


_BY_POP3 = MigrationDraft(
    ServerEntry("pop.old-provider.example", 995, protocol=MailProtocol.POP3),
    ServerEntry(DESTINATION.host),
    rows=rows(2),
    reading_deletes=True,
)


def what_to_move_by_pop3(width: int, height: int) -> Scene:
    return wizard(width, height, Step.WHAT, _BY_POP3)


def what_to_move_of_both_kinds(width: int, height: int) -> Scene:
    first, second = _BY_POP3.rows
    return wizard(width, height, Step.WHAT, replace(_BY_POP3, rows=(first, replace(second, source=SOURCE))))


def what_to_move_filled(width: int, height: int) -> Scene:
    options = Options(
        since=datetime(2026, 1, 1, tzinfo=UTC).date(),
        before=datetime(2025, 1, 1, tzinfo=UTC).date(),
        max_size_bytes=25_000_000,
        folders=("INBOX", "已发送", "Projects/*"),
        order=MessageOrder.OLDEST_FIRST,
    )
    scene = wizard(width, height, Step.ACCOUNTS, replace(company(), options=options))
    page = scene.widget
    assert isinstance(page, MigrationWizard)
    page.next()
    return scene


def checked_company(width: int, height: int, *, row: int | None = None) -> Scene:
    scene = wizard(width, height, Step.CHECK, company())
    page = scene.widget
    assert isinstance(page, MigrationWizard)
    if row is not None:
        page.check_page.table.selectRow(row)
    return scene


def company_too_late(width: int, height: int) -> Scene:
    scene = checked_company(width, height)
    page = scene.widget
    assert isinstance(page, MigrationWizard)
    end = datetime.now(UTC).astimezone().date() + timedelta(days=1)
    page.check_page.summary.source_end.show_day(end)
    page.check_page._renew()
    return scene


def folder_map(width: int, height: int) -> Scene:
    scene = checked_company(width, height)
    page = scene.widget
    assert isinstance(page, MigrationWizard)
    page.check_page.summary.map_button.click()
    dialog = page.findChild(FolderMapDialog)
    assert dialog is not None
    dialog.resize(width - 40, height - 40)
    return Scene(dialog, scene.window)


def corrections(width: int, height: int) -> Scene:
    scene = checked_company(width, height)
    page = scene.widget
    assert isinstance(page, MigrationWizard)
    page.check_page.passwords_button.click()
    dialog = page.findChild(PasswordDialog)
    assert dialog is not None
    return Scene(dialog, scene.window)


CHECK_SCENES: dict[str, Callable[[int, int], Scene]] = {
    "wizard_4_what": what_to_move,
    "wizard_4_what_filled": what_to_move_filled,
    "wizard_4_what_pop3": what_to_move_by_pop3,
    "wizard_4_what_mixed": what_to_move_of_both_kinds,
    "wizard_5_company": checked_company,
    "wizard_5_deadline": company_too_late,
    "wizard_5_company_note": lambda width, height: checked_company(width, height, row=2),
    "wizard_5_corrections": corrections,
    "folder_map": folder_map,
}
