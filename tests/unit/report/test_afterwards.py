"""What the report tells of messages that were filed elsewhere or deleted at the destination, and of looking again."""

import csv
from datetime import timedelta
from pathlib import Path

from mailmove_gui.domain.findings import AccountVerification, FolderVerification
from mailmove_gui.ledger import SqliteLedger
from mailmove_gui.report import write_accounts_csv, write_html
from tests.unit.report.sample import NOW, account

ANNA, BO = account("anna"), account("bo")


def page(ledger: SqliteLedger, tmp_path: Path) -> str:
    write_html(ledger, tmp_path / "report.html", now=NOW)
    return (tmp_path / "report.html").read_text("utf-8")


def delete(ledger: SqliteLedger, count: int) -> None:
    """At the destination of anna, in the folder of projects."""
    folder = ledger.destination_folder("anna@acme.com", ("Projects", "2024 a/b")).id
    ledger.mark_astray(folder, 7, range(1, count + 1))
    assert ledger.give_up_search(ANNA.id) == ()


def verified(deep: bool, *, missing: tuple[str, ...] = (), altered: tuple[str, ...] = ()) -> AccountVerification:
    folder = FolderVerification(("INBOX",), 1283, 1283 - len(missing), 0, missing=missing, altered=altered)
    return AccountVerification(ANNA.id, deep, (folder,))


def test_what_was_deleted_at_the_destination_is_listed_by_folder(ledger: SqliteLedger, tmp_path: Path) -> None:
    assert "Deleted at the destination since" not in page(ledger, tmp_path)
    delete(ledger, 3)
    html = page(ledger, tmp_path)
    section = html.partition("Deleted at the destination since")[2].partition("<h2")[0]
    assert section.count("still there") == 3
    assert "Projects/2024 a//b" in section
    assert "--bring-back" in section
    assert html.count("3 messages have been deleted at the destination since.") == 2
    write_accounts_csv(ledger, tmp_path / "accounts.csv")
    with (tmp_path / "accounts.csv").open(encoding="utf-8-sig", newline="") as file:
        anna = next(csv.DictReader(file))
    assert (anna["moved"], anna["removed"], anna["refiled"], anna["verified"]) == ("1283", "3", "0", "yes")


def test_the_report_says_when_contents_were_compared(ledger: SqliteLedger, tmp_path: Path) -> None:
    assert "Contents were not read again at the destination for all accounts." in page(ledger, tmp_path)
    ledger.save_verification(verified(deep=True), NOW - timedelta(days=1))
    ledger.save_verification(verified(deep=False, missing=("INBOX #1", "INBOX #2")), NOW)
    html = page(ledger, tmp_path)
    day = (NOW - timedelta(days=1)).astimezone().strftime("%Y-%m-%d %H:%M")
    assert f"The content of every message was compared on {day}: 1 283 messages, all unaltered." in html.replace(
        "\N{NO-BREAK SPACE}", " "
    ).replace("\N{NARROW NO-BREAK SPACE}", " ").replace("1,283", "1 283")
    assert "; 2 missing." in html
    assert "Contents were not read again at the destination for all accounts." in html
    write_accounts_csv(ledger, tmp_path / "accounts.csv")
    with (tmp_path / "accounts.csv").open(encoding="utf-8-sig", newline="") as file:
        anna, bo, *_ = csv.DictReader(file)
    assert anna["contents_compared"].startswith(day[:10])
    assert anna["looked_again"] > anna["contents_compared"]
    assert bo["contents_compared"] == bo["looked_again"] == ""
