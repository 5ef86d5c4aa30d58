"""The wizard's pages with something on them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from mailmove_gui.batch import AccountRow
from mailmove_gui.desktop.wizard.draft import MigrationDraft
from mailmove_gui.desktop.wizard.server_entry import ServerEntry
from mailmove_gui.desktop.wizard.server_page import ServerPage
from mailmove_gui.desktop.wizard.wizard import MigrationWizard, Step
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.findings import AccountCheck, FolderFinding
from mailmove_gui.domain.folders import Folder, FolderMapping
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.secret import Secret
from tests.screens.accounts_scenes import accounts_scenes
from tests.screens.scene import Scene
from tests.screens.scenes import DESTINATION, LONG, SOURCE, accounts, window
from tests.screens.server_scenes import DIALOGS, PAGES


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


WIZARD_SCENES: dict[str, Callable[[int, int], Scene]] = {
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
    **{f"server_{name}": partial(server_page, fill) for name, fill in PAGES.items()},
    **{f"server_{name}": partial(server_dialog, make) for name, make in DIALOGS.items()},
}
