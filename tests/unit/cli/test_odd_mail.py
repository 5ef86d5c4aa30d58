"""Odd mail between two servers that keep every byte: each message arrives exactly as it is, or is refused by name."""

import csv
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from mailmove_gui.demo import NewMessage, ServerOptions
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret
from mailmove_gui.engine.export_message import export_messages
from mailmove_gui.ledger import open_ledger
from mailmove_gui.mail import ServerGateway
from mailmove_gui.secrets import MemoryStore
from tests.mailboxes.odd_mails import Fate, OddMail, ServerKind, fate, odd_mails
from tests.mailboxes.odd_names import FOLDERS
from tests.unit.cli.conftest import SOURCE_PASSWORD, Answer, Servers

_ONE_BY_ONE = frozenset({"UIDPLUS", "MULTIAPPEND", "LITERAL+"})
_MOST_PAGE_BYTES = 1_000_000
_DATE = datetime(2017, 3, 14, 1, 26, 53, tzinfo=UTC)


@pytest.fixture(scope="module")
def mails() -> list[OddMail]:
    return odd_mails()


@pytest.mark.parametrize("hidden", [frozenset[str](), _ONE_BY_ONE], ids=["all extensions", "no extensions"])
def test_every_odd_mail_arrives_as_it_is(
    servers: Servers, call: Callable[..., Answer], mails: list[OddMail], hidden: frozenset[str]
) -> None:
    servers.destination.options = ServerOptions(hidden=hidden)
    servers.add("anna", messages=0)
    old, new = servers.source.store.user("anna@old.example"), servers.destination.store.user("anna@new.example")
    old.folder("INBOX").add_messages([NewMessage(mail.body, frozenset({"\\Seen"}), _DATE) for mail in mails])
    arguments = ["run", *servers.urls, "--accounts", servers.accounts(), "--json"]
    answer = call(*arguments, "--state", str(servers.folder / "m.mailmove"))
    refused = [mail.name for mail in mails if fate(mail.body, ServerKind.EMBEDDED) is Fate.REFUSED]
    assert refused == ["empty"]
    assert [event["bytes"] for event in answer.objects if event["event"] == "refusal"] == [0]
    assert answer.objects[-1]["moved"] == len(mails) - 1
    arrived = Counter((one.content, one.flags, one.internal_date) for one in new.folder("INBOX").messages)
    assert arrived == Counter((mail.body, frozenset({"\\Seen"}), _DATE) for mail in mails if mail.body)

    again = call(*arguments, "--state", str(servers.folder / "fresh.mailmove"))
    assert (again.objects[-1]["moved"], again.objects[-1]["already_there"]) == (0, len(mails) - 1)


def test_refused_odd_mail_is_named_in_print_and_saved_as_it_is(
    servers: Servers, call: Callable[..., Answer], mails: list[OddMail], tmp_path: Path
) -> None:
    servers.destination.options = ServerOptions(refuse_message=lambda content: "Message contains something odd")
    servers.add("anna", messages=0)
    old = servers.source.store.user("anna@old.example")
    old.folder("INBOX").add_messages([NewMessage(mail.body, internal_date=_DATE) for mail in mails])
    state = servers.folder / "m.mailmove"
    answer = call("run", *servers.urls, "--accounts", servers.accounts(), "--state", str(state), "--json")
    assert answer.objects[-1]["refused"] == len(mails)

    page, table = tmp_path / "report.html", tmp_path / "report.csv"
    assert call("report", "--state", str(state), "--html", str(page), "--csv", str(table)).status == 0
    assert page.stat().st_size < _MOST_PAGE_BYTES
    with table.with_name("report-not-moved.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["uid"]) for row in rows] == list(range(1, len(mails) + 1))

    ledger = open_ledger(state)
    (account,), refusals = ledger.plan().accounts, list(ledger.refusals())
    ledger.close()
    for refusal in refusals:
        for text in (refusal.date, refusal.sender, refusal.subject):
            assert text.isprintable()
            assert len(text) <= 500
    subjects = {mail.name: refusal.subject for mail, refusal in zip(mails, refusals, strict=True)}
    assert subjects["raw gb18030 subject"] == subjects["raw utf-8 subject"] == "关于合同的通知"
    assert subjects["bare CR throughout"] == subjects["bare LF throughout"].replace("LF", "CR") == "bare CR throughout"

    secrets = MemoryStore()
    secrets.put(account.secret_key(Side.SOURCE), Secret(SOURCE_PASSWORD))
    folder = tmp_path / "saved"
    folder.mkdir()
    saved = list(export_messages(account, refusals, folder, ServerGateway(), secrets, CancelToken()))
    assert all(one.failure is None for one in saved)
    assert [one.file.read_bytes() for one in saved if one.file] == [mail.body for mail in mails]


@pytest.mark.slow
def test_hundreds_of_folders_with_odd_names_and_odd_zones(servers: Servers, call: Callable[..., Answer]) -> None:
    servers.destination.options = ServerOptions()
    servers.add("anna", messages=0)
    old, new = servers.source.store.user("anna@old.example"), servers.destination.store.user("anna@new.example")
    for hours in (0, 14, -12):
        zone = timezone(timedelta(hours=hours, minutes=59))
        old.folder("INBOX").add_messages([NewMessage(b"zone %d" % hours, internal_date=_DATE.astimezone(zone))])
    furthest = timezone(timedelta(hours=23, minutes=59))
    old.folder("INBOX").add_messages([NewMessage(b"furthest", internal_date=_DATE.astimezone(furthest))])
    names = [path for path in FOLDERS if path != ("INBOX",) and path[-1].isprintable()]
    for number, path in enumerate([*names, *((f"Folder {number}",) for number in range(500))]):
        old.add_folder(path, subscribed=number % 2 == 0).add_messages([NewMessage(b"in %d" % number)])
    arguments = ["run", *servers.urls, "--accounts", servers.accounts(), "--json"]
    answer = call(*arguments, "--state", str(servers.folder / "m.mailmove"))
    assert answer.status == 0
    contents = [
        {path: [(one.content, one.internal_date.isoformat()) for one in folder.messages] for path, folder in all_of}
        for all_of in (old.folders.items(), new.folders.items())
    ]
    assert len(contents[0]) > 540
    assert contents[0] == contents[1]
    assert old.subscriptions == new.subscriptions
