"""Lists of accounts for control panels."""

import csv
import io
from pathlib import Path

import pytest

from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.panels import ControlPanel
from mailmove_gui.domain.plan import Account, Mailbox, MigrationPlan
from mailmove_gui.ledger import create_ledger
from mailmove_gui.report import write_panel_list

ENCODINGS = {
    ControlPanel.ALIBABA: "gb18030",
    ControlPanel.TENCENT: "gb18030",
    ControlPanel.GOOGLE: "utf-8-sig",
    ControlPanel.MICROSOFT: "utf-8",
}
ADDRESS = {
    ControlPanel.ALIBABA: "邮箱账号",
    ControlPanel.TENCENT: "帐号",
    ControlPanel.GOOGLE: "Email Address [Required]",
    ControlPanel.MICROSOFT: "Username",
}


def account(old: str, new: str) -> Account:
    return Account(
        f"{old} > {new}", Mailbox(Endpoint("old.example", 993), old), Mailbox(Endpoint("new.example", 993), new)
    )


def written(folder: Path, panel: ControlPanel, *addresses: str) -> list[dict[str, str]]:
    plan = MigrationPlan(accounts=tuple(account(f"{n}@old.example", new) for n, new in enumerate(addresses)))
    ledger = create_ledger(folder / "acme.mailmove", plan)
    path = folder / "list.csv"
    write_panel_list(ledger, path, panel)
    ledger.close()
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(ENCODINGS[panel]))))


@pytest.mark.parametrize("panel", ControlPanel)
def test_one_row_a_mailbox_and_no_password(tmp_path: Path, panel: ControlPanel) -> None:
    rows = written(tmp_path, panel, "anna.meyer@acme.cn", "info@acme.cn", "Info@acme.cn")
    assert [row[ADDRESS[panel]] for row in rows] == ["anna.meyer@acme.cn", "Info@acme.cn"]
    passwords = [heading for heading in rows[0] if heading in {"密码", "邮箱密码", "Password [Required]"}]
    assert len(passwords) == (panel is not ControlPanel.MICROSOFT)
    assert not any(row[heading] for row in rows for heading in passwords)


@pytest.mark.parametrize("panel", ControlPanel)
def test_no_cell_is_a_formula(tmp_path: Path, panel: ControlPanel) -> None:
    for row in written(tmp_path, panel, "=cmd|' /C calc'!A0@acme.cn", "+1@acme.cn", "-@acme.cn"):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row.values())


def test_names_are_made_from_addresses(tmp_path: Path) -> None:
    google = written(tmp_path, ControlPanel.GOOGLE, "anna-maria.meyer@acme.cn", "info@acme.cn")
    assert [(row["First Name [Required]"], row["Last Name [Required]"]) for row in google] == [
        ("Anna", "Maria Meyer"),
        ("Info", "Info"),
    ]
    assert {row["Org Unit Path [Required]"] for row in google} == {"/"}


def test_a_name_for_display(tmp_path: Path) -> None:
    rows = written(tmp_path, ControlPanel.MICROSOFT, "anna.meyer@acme.cn", "info@acme.cn")
    assert [row["Display name"] for row in rows] == ["Anna Meyer", "Info"]


def test_who_stops_it_finds_what_was_there(tmp_path: Path) -> None:
    ledger = create_ledger(tmp_path / "acme.mailmove", MigrationPlan())
    path = tmp_path / "list.csv"
    path.write_text("before")
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        write_panel_list(ledger, path, ControlPanel.GOOGLE, cancel=cancel)
    ledger.close()
    assert path.read_text() == "before"
