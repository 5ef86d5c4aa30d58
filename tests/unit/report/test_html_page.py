from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from mailmove_gui import __version__
from mailmove_gui.domain.control import Cancelled, CancelToken
from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.folders import FolderRole
from mailmove_gui.domain.plan import Account, Mailbox, MigrationPlan, Options, ServerOrigin
from mailmove_gui.domain.reasons import Reason
from mailmove_gui.domain.records import RefusalRecord
from mailmove_gui.domain.states import AccountState
from mailmove_gui.ledger import SqliteLedger, create_ledger
from mailmove_gui.report import write_accounts_csv, write_html, write_refusals_csv
from mailmove_gui.report.document import LOOKS, shown
from mailmove_gui.report.markup import inline
from tests.unit.report.sample import FORMULA, HOSTILE, NOW, account, fill, sample_ledger

VOID = {"meta", "br"}
Attributes = Sequence[tuple[str, str | None]]


class Page(HTMLParser):
    """Tables as lists of rows of cells, and all tags and attributes; complains of tags that do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.tables: list[list[list[str]]] = []
        self.headings: list[str] = []
        self.words = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        if tag not in VOID:
            self._open.append(tag)
        match tag:
            case "table":
                self.tables.append([])
            case "tr":
                self.tables[-1].append([])
            case "td" | "th":
                self.tables[-1][-1].append("")
            case "h1" | "h2" | "h3" | "h4":
                self.headings.append("")
            case _:
                pass

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if {"td", "th"} & set(self._open):
            self.tables[-1][-1][-1] += data
        elif {"h1", "h2", "h3", "h4"} & set(self._open):
            self.headings[-1] += data
        if "style" not in self._open:
            self.words += data

    def table(self, *headings: str) -> list[list[str]]:
        (found,) = [rows for rows in self.tables if rows[0][: len(headings)] == list(headings)]
        return found[1:]


@pytest.fixture
def page(ledger: SqliteLedger, tmp_path: Path) -> Page:
    write_html(ledger, tmp_path / "report.html", NOW)
    return Page((tmp_path / "report.html").read_text(encoding="utf-8"))


def test_nothing_is_run_and_nothing_is_loaded(page: Page) -> None:
    assert not page.tags & {"script", "link", "img", "iframe", "object", "form", "a", "svg", "base"}
    assert not [name for name in page.attributes if name.startswith("on") or name in ("src", "href", "action", "style")]


def test_names_and_subjects_are_text(page: Page) -> None:
    assert HOSTILE in page.words
    assert FORMULA in page.words
    assert "<b>Login fail.</b>" in page.words
    assert "script" not in page.tags


def test_each_account_stands_with_its_numbers(page: Page) -> None:
    *rows, total = page.table("Account", "State", "Last pass ended")
    by_account = {row[0].split("→")[0].strip(): row for row in rows}
    assert [figure.replace("\u202f", "") for figure in total[3:]] == ["5132", "4130", "–", "2", "–", "1000", "127 MB"]
    assert list(by_account) == [f"{name}@acme.cn" for name in ("anna", "bo", "cy", "di", "李雷", "eve")]
    plain = {name: [cell.replace("\u202f", "") for cell in row[3:]] for name, row in by_account.items()}
    assert plain["anna@acme.cn"] == ["1283", "1283", "–", "–", "–", "–", "39 MB"]
    assert plain["bo@acme.cn"] == ["1283", "1281", "–", "2", "–", "–", "39 MB"]
    assert plain["di@acme.cn"] == ["1283", "783", "–", "–", "–", "500", "24 MB"]
    assert plain["eve@acme.cn"] == ["–"] * 7
    assert by_account["anna@acme.cn"][1] == "✓ Done, verified"
    assert by_account["anna@acme.cn"][2] == f"{(NOW - timedelta(hours=2)).astimezone():%Y-%m-%d %H:%M}"


def test_failures_say_what_happened_what_to_do_and_what_the_server_said(page: Page) -> None:
    (cy, di) = page.tables[0][1:]
    assert cy[0] == "cy@acme.cn"
    assert "does not accept this password" in cy[2]
    assert "Type it again" in cy[2]
    assert "[AUTHENTICATIONFAILED]" in cy[2]
    assert di[0] == "di@acme.cn"
    assert "MailMove continues" in di[2]


def test_refused_messages_stand_by_folder_with_their_reason(page: Page) -> None:
    second, first = page.table("Date", "From")
    assert first[0] == "Fri, 01 Mar 2024 12:00:00 +0800"
    assert first[1] == '"李雷 & <b>Co</b>" <li@acme.cn>'
    assert first[2] == HOSTILE
    assert "larger than the destination accepts" in first[3]
    assert "NO [TOOBIG]" in first[3]
    assert second[2].startswith(FORMULA)
    assert "BAD invalid header" in second[3]
    assert "▸ Projects/2024 a//b" in page.headings


def test_folders_add_up_to_their_account(page: Page) -> None:
    folders = [rows[1:] for rows in page.tables if rows[0][0] == "Folder"]
    assert len(folders) == 4
    assert [row[0] for row in folders[0]] == ["INBOX", "Projects/2024 a//b", HOSTILE.replace("/", "//")]
    moved = [int(row[3].replace("\u202f", "")) for row in folders[1]]
    assert sum(moved) == 1281


def test_changes_what_was_checked_and_what_never_moves_are_told(page: Page) -> None:
    assert "Moved with a change: 80 messages. The destination wanted other line ends" in page.words
    assert "looked for every message that it had sent" in page.words
    assert "Contacts, calendars, filter rules" in page.words


def test_an_unfinished_migration_is_not_called_done(page: Page) -> None:
    assert "Not everything has been moved yet." in page.words
    assert "Everything has been moved" not in page.words


def finished(tmp_path: Path, *, refuse: bool = False, verified: bool = True, options: Options | None = None) -> str:
    """The report on one account that is done."""
    ledger = create_ledger(tmp_path / "one.mailmove", MigrationPlan("", (account("anna"),), options or Options()))
    one = account("anna").id
    fill(ledger, one, ("INBOX",), 3, moved=2 if refuse else 3, verified=verified)
    if refuse:
        folder = ledger.source_folder(one, ("INBOX",), ("INBOX",))
        (row,) = ledger.pending(folder.id, ledger.plan().options.order, None, 9)
        ledger.mark_refused(one, RefusalRecord(row.id, Reason.MESSAGE_REFUSED, ""))
    ledger.set_account_state(one, AccountState.DONE_WITH_REFUSALS if refuse else AccountState.DONE, at=NOW)
    write_html(ledger, tmp_path / "one.html")
    ledger.close()
    return Page((tmp_path / "one.html").read_text(encoding="utf-8")).words


def test_everything_moved_and_found(tmp_path: Path) -> None:
    words = finished(tmp_path)
    assert "Everything has been moved, and every message was looked at and found." in words
    assert "Report on the move of mailboxes" in words


def test_what_was_left_out_is_not_called_everything(tmp_path: Path) -> None:
    words = finished(tmp_path, options=Options(exclude=("Trash",)))
    assert "Everything that was chosen has been moved, and every message was looked at and found." in words


def test_done_but_not_every_message(tmp_path: Path) -> None:
    words = finished(tmp_path, refuse=True)
    assert "not every message could be moved" in words
    assert "Everything has been moved" not in words
    assert "(no subject)" in words


def test_what_was_not_looked_at_is_not_called_found(tmp_path: Path) -> None:
    words = finished(tmp_path, verified=False)
    assert "every message was looked at and found" not in words
    assert "0 of 3 moved messages were looked at and found" in words
    assert "0 accounts done and verified" in words


def test_a_migration_without_accounts(tmp_path: Path) -> None:
    ledger = create_ledger(tmp_path / "empty.mailmove", MigrationPlan())
    write_html(ledger, tmp_path / "empty.html", NOW)
    ledger.close()
    words = Page((tmp_path / "empty.html").read_text(encoding="utf-8")).words
    assert "There is no account in this migration." in words


def test_template_marks_in_names_stay_text(tmp_path: Path) -> None:
    name = "$style <!-- body --> ${x} \udc80"
    ledger = sample_ledger(tmp_path / "odd.mailmove", name)
    write_html(ledger, tmp_path / "odd.html", NOW)
    ledger.close()
    page = Page((tmp_path / "odd.html").read_text(encoding="utf-8"))
    assert page.headings[0].startswith("$style <!-- body --> ${x}")
    assert page.words.count("What was checked, and how") == 1


def test_nothing_hides_or_turns_around() -> None:
    assert inline(shown("a\x00b\u202etxt.exe\u2066\r\n c")) == "<bdi>a\ufffdb\ufffdtxt.exe\ufffd c</bdi>"
    assert inline(shown("")) == ""


def test_every_state_has_a_look() -> None:
    assert set(LOOKS) == set(AccountState)


def test_the_head_names_providers_times_and_version(page: Page) -> None:
    assert "Tencent Exmail" in page.words
    assert "(imap.exmail.qq.com)" in page.words
    assert "Alibaba" in page.words
    assert f"MailMove {__version__}" in page.words
    began, ended = (f"{(NOW - timedelta(hours=hours)).astimezone():%Y-%m-%d %H:%M}" for hours in (5, 1))
    assert f"Begun {began}. Not ended yet; the last pass ended {ended}." in page.words


def test_the_numbers_add_up(page: Page) -> None:
    rows = {row[0]: row[1].replace("\u202f", "") for row in page.table("What became of them", "Messages")}
    assert rows.pop("Messages that the source has shown") == "5132"
    assert rows["Refused, or not handed out by the source"] == "2"
    assert sum(int(value) for value in rows.values() if value != "–") == 5132


def test_a_server_nobody_knows_stands_with_its_name_or_with_what_was_chosen(tmp_path: Path) -> None:
    one = Account("x", Mailbox(Endpoint("mail.old.example", 993), "x"), Mailbox(Endpoint("mail.new.example", 993), "x"))
    origin = ServerOrigin(provider_id="tencent-exmail")
    ledger = create_ledger(tmp_path / "one.mailmove", MigrationPlan("", (one,), destination=origin))
    write_html(ledger, tmp_path / "one.html", NOW)
    ledger.close()
    words = Page((tmp_path / "one.html").read_text(encoding="utf-8")).words
    assert "mail.old.example → " in " ".join(words.split())
    assert "Tencent Exmail" in words
    assert "(mail.new.example)" in words


def test_what_was_left_out_by_choice_is_told_in_words(tmp_path: Path) -> None:
    options = Options(
        since=date(2020, 1, 31),
        before=date(2026, 1, 1),
        max_size_bytes=25_000_000,
        exclude=("Trash*", "垃圾"),
        exclude_roles=frozenset({FolderRole.JUNK}),
    )
    accounts = (account("anna"), replace(account("bo"), exclude=()), account("cy"))
    ledger = create_ledger(tmp_path / "some.mailmove", MigrationPlan("", accounts, options))
    ledger.set_account_state(accounts[2].id, AccountState.SKIPPED, at=NOW)
    write_html(ledger, tmp_path / "some.html", NOW)
    ledger.close()
    words = Page((tmp_path / "some.html").read_text(encoding="utf-8")).words
    for expected in (
        "Messages from before 2020-01-31",
        "Messages of 2026-01-01 and later",
        "Messages larger than 25 MB",
        "These folders: Trash*, 垃圾",
        "Folders of these kinds: Junk",
        "bo@acme.cn no folder by its name",
        "cy@acme.cn the whole account",
    ):
        assert expected in words, expected


def test_nothing_left_out_is_told_too(page: Page) -> None:
    assert "Nothing: all folders and all messages were to be moved." in page.words


def test_what_was_refused_and_then_left_by_choice_is_still_told(ledger: SqliteLedger, tmp_path: Path) -> None:
    bo = account("bo").id
    too_large = next(one for one in ledger.refusals(bo) if one.reason is Reason.MESSAGE_TOO_LARGE)
    assert ledger.dismiss(bo, [too_large.message_id]) == 1
    write_html(ledger, tmp_path / "report.html", NOW)
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert "Messages that were not moved and then left by choice" in page.headings
    refused, left = [rows[1:] for rows in page.tables if rows[0][:2] == ["Date", "From"]]
    assert [len(refused), len(left)] == [1, 1]
    assert left[0][2] == HOSTILE
    rows = {row[0]: row[1] for row in page.table("What became of them", "Messages")}
    assert (rows["Refused, or not handed out by the source"], rows["Left out by choice"]) == ("1", "1")


def test_a_long_list_is_folded_and_a_short_one_is_not(ledger: SqliteLedger, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_html(ledger, path, NOW)
    assert "<details>" not in path.read_text(encoding="utf-8")
    bo = account("bo").id
    fill(ledger, bo, ("Old",), 101, moved=0)
    folder = ledger.source_folder(bo, ("Old",), ("Old",))
    for row in ledger.pending(folder.id, ledger.plan().options.order, None, 101):
        ledger.mark_refused(bo, RefusalRecord(row.id, Reason.MESSAGE_REFUSED, ""))
    write_html(ledger, path, NOW)
    html = path.read_text(encoding="utf-8")
    assert html.count("<details>") == 1
    assert any("103 messages" in heading for heading in Page(html).headings)
    # On paper it is open.
    assert "details::details-content { content-visibility: visible" in html


def test_a_report_can_be_stopped(ledger: SqliteLedger, tmp_path: Path) -> None:
    cancel = CancelToken()
    cancel.cancel()
    for write in (write_html, write_accounts_csv, write_refusals_csv):
        with pytest.raises(Cancelled):
            write(ledger, tmp_path / "report", cancel=cancel)
    assert not (tmp_path / "report").exists()
