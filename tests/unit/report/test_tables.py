import csv
from pathlib import Path

import pytest

from mailmove_gui.ledger import SqliteLedger
from mailmove_gui.report import write_accounts_csv, write_html, write_refusals_csv
from mailmove_gui.report.tables import harmless
from tests.unit.report.sample import FORMULA, HOSTILE


def rows(path: Path) -> list[dict[str, str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_one_row_an_account(ledger: SqliteLedger, tmp_path: Path) -> None:
    write_accounts_csv(ledger, tmp_path / "accounts.csv")
    anna, bo, cy, di, lei, eve = rows(tmp_path / "accounts.csv")
    assert (anna["source_user"], anna["state"], anna["verified"]) == ("anna@acme.cn", "done", "yes")
    assert (anna["moved"], anna["bytes_moved"], anna["pending"]) == ("1283", "39213846", "0")
    assert (bo["refused"], bo["verified"]) == ("2", "yes")
    assert (cy["state"], cy["reason"], cy["side"]) == ("needs_password", "wrong_password", "source")
    assert cy["server_text"] == "[AUTHENTICATIONFAILED] <b>Login fail.</b> 请使用授权码"
    assert (di["pending"], di["verified"], di["finished"]) == ("500", "no", "")
    assert lei["source_user"] == "李雷@acme.cn"
    assert (eve["started"], eve["source"]) == ("", "imaps://imap.exmail.qq.com:993")


def test_one_row_a_message_that_was_not_moved(ledger: SqliteLedger, tmp_path: Path) -> None:
    write_refusals_csv(ledger, tmp_path / "refusals.csv")
    by_uid = {row["uid"]: row for row in rows(tmp_path / "refusals.csv")}
    assert by_uid["2"]["subject"] == HOSTILE
    assert by_uid["2"]["sender"] == '"李雷 & <b>Co</b>" <li@acme.cn>'
    assert by_uid["2"]["reason"] == "message_too_large"
    assert by_uid["2"]["folder"] == "Projects/2024 a//b"
    assert by_uid["1"]["subject"].startswith("'" + FORMULA)
    assert by_uid["1"]["sender"].startswith("'")
    assert by_uid["1"]["server_text"] == "BAD invalid header"
    assert by_uid["1"]["size_bytes"] == "30001"


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "  =", "\n@"])
def test_no_cell_is_computed(mark: str) -> None:
    assert harmless(f"{mark}1+1").startswith("'")
    assert "\n" not in harmless(f"{mark}1\r\n+1")


@pytest.mark.parametrize("text", ["", "anna@acme.cn", "Re: 1 + 1 = 2", "2024-03-01", "李雷"])
def test_other_cells_stay(text: str) -> None:
    assert harmless(text) == text


@pytest.mark.parametrize("write", [write_html, write_accounts_csv, write_refusals_csv])
def test_a_report_that_cannot_be_finished_leaves_the_old_one(
    ledger: SqliteLedger, tmp_path: Path, write: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(write)
    path = tmp_path / "report"
    write(ledger, path)
    complete = path.read_bytes()

    def fail(_account_id: str | None = None) -> None:
        raise OSError("disk gone")

    monkeypatch.setattr(ledger, "refusals", fail)
    monkeypatch.setattr(ledger, "attempts", fail)
    with pytest.raises(OSError, match="disk gone"):
        write(ledger, path)
    assert path.read_bytes() == complete
    assert [file.name for file in tmp_path.iterdir() if "report" in file.name] == ["report"]


@pytest.mark.parametrize("write", [write_html, write_accounts_csv, write_refusals_csv])
def test_a_folder_that_is_not_there_is_told(ledger: SqliteLedger, tmp_path: Path, write: object) -> None:
    assert callable(write)
    with pytest.raises(FileNotFoundError):
        write(ledger, tmp_path / "none" / "report")
