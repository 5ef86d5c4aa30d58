import csv
from pathlib import Path

import pytest

from mailmove_gui.domain.plan import MessageOrder, MigrationPlan
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.domain.records import RefusalRecord
from mailmove_gui.ledger import SqliteLedger, create_ledger
from mailmove_gui.report import write_accounts_csv, write_html, write_refusals_csv
from mailmove_gui.report.tables import harmless
from tests.unit.report.sample import FORMULA, HOSTILE, account, fill


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


@pytest.mark.parametrize("blanks", ["\u00a0", "\u3000", "\ufeff", "\u200b\u200e ", "  \u3000"])
def test_what_is_not_seen_hides_no_formula(blanks: str) -> None:
    assert harmless(f"{blanks}=1+1").startswith("'")
    assert harmless(f"{blanks}text") == f"{blanks}text"


@pytest.mark.parametrize("control", ["\x00", "\x1b", "\u202e"])
def test_control_characters_are_seen(control: str) -> None:
    assert harmless(f"a{control}=b") == "a\ufffd=b"


def test_a_cell_holds_no_more_than_a_spreadsheet_takes() -> None:
    assert harmless("x" * 32_767) == "x" * 32_767
    cut = harmless("=" + "x" * 40_000)
    assert (len(cut), cut[:2], cut[-1]) == (32_767, "'=", "…")


AWKWARD = (
    'He said "no"; then, "yes"',
    "a,b;c\td",
    "line one\r\nline two\nline three\u2028four",
    '"',
    "''",
    "\\",
    "  two  blanks  ",
    "🎉 李雷 שלום",
    FORMULA,
    "",
)


def excel_like(text: str) -> list[list[str]]:
    """Cells by RFC 4180, read letter by letter; a line's end is CRLF."""
    table, cell, quoted, place = [[""]], "", False, 0
    while place < len(text):
        character = text[place]
        if quoted:
            if text.startswith('""', place):
                cell += '"'
                place += 1
            elif character == '"':
                quoted = False
            else:
                cell += character
        elif character == '"':
            quoted = True
        elif character == ",":
            table[-1][-1] = cell
            table[-1].append("")
            cell = ""
        elif text.startswith("\r\n", place):
            table[-1][-1] = cell
            table.append([""])
            cell = ""
            place += 1
        else:
            cell += character
        place += 1
    assert not quoted
    assert table.pop() == [""]
    return table


def test_every_reader_gets_the_same_cells(tmp_path: Path) -> None:
    one = account("anna")
    ledger = create_ledger(tmp_path / "odd.mailmove", MigrationPlan("", (one,)))
    fill(ledger, one.id, ("INBOX",), len(AWKWARD), moved=0)
    folder = ledger.source_folder(one.id, ("INBOX",), ("INBOX",))
    pending = ledger.pending(folder.id, MessageOrder.OLDEST_FIRST, None, len(AWKWARD))
    for row, words in zip(sorted(pending, key=lambda row: row.uid), AWKWARD, strict=True):
        ledger.mark_refused(one.id, RefusalRecord(row.id, Reason.MESSAGE_REFUSED, words, words, words, words))
    path = tmp_path / "refusals.csv"
    write_refusals_csv(ledger, path)
    ledger.close()
    by_python = [list(row.values()) for row in rows(path)]
    by_letter = excel_like(path.read_bytes().decode("utf-8-sig"))[1:]
    assert by_python == by_letter
    assert len(by_python) == len(AWKWARD)
    subjects = [dict(zip(rows(path)[0], row, strict=True))["subject"] for row in by_python]
    assert subjects[0] == AWKWARD[0]
    assert subjects[1] == "a,b;c d"
    assert subjects[2] == "line one line two line three four"
    assert subjects[3:8] == list(AWKWARD[3:8])
    assert subjects[8] == "'" + FORMULA


def test_the_numbers_of_a_row_add_up(ledger: SqliteLedger, tmp_path: Path) -> None:
    write_accounts_csv(ledger, tmp_path / "accounts.csv")
    parts = ("moved", "already_there", "refused", "doubtful", "skipped", "vanished", "pending")
    for row in rows(tmp_path / "accounts.csv"):
        assert int(row["messages_total"]) == sum(int(row[part]) for part in parts)


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
