"""What a report says of a move between two Dovecots, against a count that shares nothing with it."""

import csv
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
import trustme

from tests.mailboxes.fill import fill
from tests.mailboxes.folders import GeneratedFolder, GeneratedMessage
from tests.mailboxes.generate import generate_mailbox
from tests.servers.compare import Snapshot, multiset_of_hashes, snapshot, total
from tests.servers.conftest import Pair
from tests.servers.dovecot import Dovecot, User
from tests.servers.leaks import leaks_below
from tests.servers.moving import mailmove, run_arguments, write_accounts
from tests.servers.wire import Wire

pytestmark = pytest.mark.server

_NEW, _OLD = datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC), datetime(2001, 3, 4, 5, 6, 7, tzinfo=UTC)
_SINCE = datetime(2020, 1, 1, tzinfo=UTC)
_MOST_BYTES = 40_000
_THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"


class Tables(HTMLParser):
    """Every table of a page, as rows of cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.words = ""
        self._in_cell = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        self.words += data
        if self._in_cell:
            self.tables[-1][-1][-1] += data

    def rows(self, *headings: str) -> list[list[str]]:
        """The rows of all tables of these headings."""
        return [row for table in self.tables if table[0][: len(headings)] == list(headings) for row in table[1:]]


def number(cell: str) -> int:
    return 0 if cell == "–" else int(cell.replace(_THIN_SPACE, ""))


def put(server: Dovecot, user: User, folders: list[GeneratedFolder]) -> None:
    with Wire(server.host, server.imap_port) as wire:
        wire.login(user.name, user.password)
        fill(wire, folders)


def look(server: Dovecot, user: User) -> Snapshot:
    """All messages; empty folders left out, since Dovecot makes special ones when somebody first looks into them."""
    folders = snapshot(server.host, server.imap_port, user.name, user.password)
    return {path: facts for path, facts in folders.items() if facts}


def mail(subject: str, size_bytes: int = 200) -> bytes:
    head = (
        f"From: Anna <anna@example.org>\r\nTo: all@example.org\r\nSubject: {subject}\r\n"
        f"Date: Thu, 04 Mar 2021 05:06:07 +0000\r\nMessage-ID: <{subject.replace(' ', '.')}@example.org>\r\n\r\n"
    )
    line = "x" * 70 + "\r\n"
    return (head + line * (size_bytes // len(line) + 1)).encode()


def folder(path: tuple[str, ...], *messages: tuple[bytes, datetime]) -> GeneratedFolder:
    return GeneratedFolder(
        path, tuple(GeneratedMessage(body, ("\\Seen",), date) for body, date in messages), is_subscribed=True
    )


def test_the_numbers_equal_a_count_of_both_servers(dovecot_pair: Pair, authority: trustme.CA, tmp_path: Path) -> None:
    source = dovecot_pair.source
    with Dovecot(max_message_bytes=_MOST_BYTES, authority=authority, name="small") as destination:
        pairs = [(source.new_user(), destination.new_user()) for _ in range(3)]
        (there, _), (large, _), (plain, _) = pairs
        known = [(mail(f"known {n}"), _NEW) for n in range(4)]
        put(source, there, [folder(("INBOX",), *known, (mail("fresh"), _NEW), (mail("old one"), _OLD))])
        put(destination, pairs[0][1], [folder(("INBOX",), *known)])
        put(source, large, [folder(("Großes", "项目"), (mail("=too large"), _NEW), (mail("=SUM(1)", 50_000), _NEW))])
        put(source, plain, generate_mailbox(60, 4, seed=8))
        before = [look(source, old) for old, _new in pairs]
        there_before = [look(destination, new) for _old, new in pairs]

        accounts = write_accounts(tmp_path / "accounts.csv", pairs)
        home = tmp_path / "home"
        home.mkdir()
        state = home / "state.mailmove"
        run = mailmove(home, *run_arguments(source, destination, accounts, state), "--since", f"{_SINCE:%Y-%m-%d}")
        assert run.status == 1, run.errors
        html, table = home / "report.html", home / "report.csv"
        assert mailmove(home, "report", "--state", state, "--html", html, "--csv", table).status == 0
        after = [look(destination, new) for _old, new in pairs]
        assert [look(source, old) for old, _new in pairs] == before

    page = Tables(html.read_text(encoding="utf-8"))
    overview = {row[0].split("→")[0].strip(): row[3:9] for row in page.rows("Account", "State", "Last pass ended")}
    with table.open(encoding="utf-8-sig", newline="") as file:
        written = {row["source_user"]: row for row in csv.DictReader(file, strict=True)}
    for (old, new), mailbox, had, has in zip(pairs, before, there_before, after, strict=True):
        facts = [fact for folder_facts in mailbox.values() for fact in folder_facts]
        wanted = [fact for fact in facts if fact.internal_date >= _SINCE.timestamp()]
        refused = sum(fact.size_bytes > _MOST_BYTES for fact in wanted)
        arrived = total(has) - total(had)
        known_before = sum((multiset_of_hashes(mailbox) & multiset_of_hashes(had)).values())
        expected = [len(facts), arrived, known_before, refused, len(facts) - len(wanted), 0]
        assert [number(cell) for cell in overview[old.name]] == expected
        row = written[old.name]
        columns = ("messages_total", "moved", "already_there", "refused", "skipped", "pending")
        assert [int(row[column]) for column in columns] == expected
        assert row["destination_user"] == new.name
        assert expected[0] == sum(expected[1:])

    by_name = {row[0]: number(row[1]) for row in page.rows("What became of them")}
    assert by_name.pop("Messages that the source has shown") == sum(map(total, before)) == sum(by_name.values())
    assert by_name["Moved"] == sum(map(total, after)) - sum(map(total, there_before))
    assert "Messages from before 2020-01-01" in page.words

    assert by_name["Refused, or not handed out by the source"] == len(page.rows("Date", "From", "Subject"))
    ((date, sender, _subject, why, _size),) = [row for row in page.rows("Date", "From") if row[2] == "=SUM(1)"]
    assert (date, sender) == ("Thu, 04 Mar 2021 05:06:07 +0000", "Anna <anna@example.org>")
    assert "The server:" in why
    with (home / "report-not-moved.csv").open(encoding="utf-8-sig", newline="") as file:
        (message,) = [row for row in csv.DictReader(file, strict=True) if row["source_user"] == large.name]
    assert message["subject"] == "'=SUM(1)"
    assert message["folder"] == "Großes/项目"
    assert leaks_below(home, [(user.name, user.password) for pair in pairs for user in pair]) == []
