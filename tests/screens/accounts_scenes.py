"""The accounts page with problems and with thousands of rows, and lists before they are imported."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from mailmove_gui.batch import AccountRow, ListSource, read_list
from mailmove_gui.desktop.wizard.draft import MigrationDraft
from mailmove_gui.desktop.wizard.import_dialog import ImportDialog
from mailmove_gui.desktop.wizard.import_model import preview_of
from mailmove_gui.desktop.wizard.server_entry import ServerEntry
from mailmove_gui.desktop.wizard.wizard import MigrationWizard, Step
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret

if TYPE_CHECKING:
    from tests.screens.scene import Scene

MakeWizard = Callable[[int, int, Step, MigrationDraft], "Scene"]
MakeScene = Callable[[int, int], "Scene"]

_SECRET = Secret("secret")
_SERVERS = MigrationDraft(ServerEntry("imap.old-provider.example"), ServerEntry("imap.qiye.new-provider.example"))
_LONG = "maximiliane.hohenstein-oberlechner@very-long-subsidiary-name.example"


def accounts_scenes(make_wizard: MakeWizard) -> dict[str, MakeScene]:
    """Scenes by their names."""
    return {
        "accounts_problems": lambda width, height: _problems(make_wizard, width, height),
        "accounts_5000": lambda width, height: _thousands(make_wizard, width, height),
        "import_gb18030": lambda width, height: _import(make_wizard, width, height, _chinese_list()),
        "import_no_headings": lambda width, height: _import(make_wizard, width, height, _list_without_headings()),
    }


def _page(scene: "Scene") -> MigrationWizard:
    assert isinstance(scene.widget, MigrationWizard)
    return scene.widget


def _row(source: str, target: str = "", password: Secret = _SECRET) -> AccountRow:
    return AccountRow(0, source, password, target, password)


def _problems(make_wizard: MakeWizard, width: int, height: int) -> "Scene":
    rows = (
        _row("anna@old.example", "anna@new.example"),
        _row("bo@old.example", "anna@new.example"),
        _row("anna@old.example", "anna@new.example"),
        _row("", "david@new.example"),
        _row("li xiaoming@old.example"),
        _row(_LONG, password=Secret("")),
        _row("warehouse@old..example"),
        replace(_row("office@old.example"), numeric_passwords=frozenset({Side.SOURCE})),
        _row("anna@old.example", "archive@new.example"),
    )
    draft = replace(_SERVERS, rows=rows, destination_domain="new.example")
    scene = make_wizard(width, height, Step.ACCOUNTS, draft)
    _page(scene).accounts_page.show_button.setChecked(True)
    return scene


def _thousands(make_wizard: MakeWizard, width: int, height: int) -> "Scene":
    rows = tuple(_row(f"user{number}@old.example", f"user{number}@new.example") for number in range(5000))
    scene = make_wizard(width, height, Step.ACCOUNTS, replace(_SERVERS, rows=rows))
    page = _page(scene).accounts_page
    while not page.model.is_judged:
        QApplication.processEvents()
    page.table.go_to(4321)
    return scene


def _import(make_wizard: MakeWizard, width: int, height: int, source: ListSource) -> "Scene":
    scene = make_wizard(width, height, Step.ACCOUNTS, _SERVERS)
    owner = _page(scene)
    judge = owner.draft.problems_of
    dialog = ImportDialog(preview_of(read_list(source), judge), judge, owner.background, owner)
    return replace(scene, widget=dialog)


def _chinese_list() -> ListSource:
    lines = ["姓名,原邮箱,授权码,新邮箱,新密码,备注"]
    for number in range(2, 31):
        name = f"zhang{number:02}"
        lines.append(f"张{number},{name}@old.example,abc {number},{name}@new.example,geheim,销售部")
    lines[6] = "李四,li si@old.example,abc,lisi@new.example,geheim,财务部"
    lines[11] = lines[10]
    lines[16] = '王五,wang@old.example,"abc,wang@new.example,geheim,仓库'
    lines[21] = "赵六,zhao@old.example,a,b,zhao@new.example,geheim,仓库"
    return ListSource("邮箱迁移名单.csv", "\r\n".join(lines).encode("gb18030"))


def _list_without_headings() -> ListSource:
    lines = [f"Employee {number};geheim;user{number};secret;{number}" for number in range(1, 9)]
    return ListSource("accounts.txt", "\n".join(lines).encode())
