"""Dovecot, Cyrus and Courier in all pairings: nothing differs but what a server itself changes, and that is told."""

from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path

import pytest

from mailmove_gui.domain.folders import parse_display_name
from mailmove_gui.domain.records import Change
from mailmove_gui.ledger import open_ledger
from tests.mailboxes.folders import GeneratedFolder, GeneratedMessage
from tests.proxies.imap_proxy import ImapProxy
from tests.servers.compare import (
    FolderPath,
    Snapshot,
    assert_equal_mailboxes,
    map_path,
    snapshot,
    subscriptions,
    total,
)
from tests.servers.dovecot_users import User
from tests.servers.mail_server import MailServer
from tests.servers.moving import Outcome, mailmove, plain_url, run_arguments, write_accounts
from tests.servers.pairing_mailbox import DATE, ODD, expected_map, generated, put, put_odd_mail, takes
from tests.servers.tolerances import KINDS, changes_by, stored_by
from tests.servers.wire import Wire

_KEYWORDS = 130
# Without the last two, Cyrus tells by XLIST which folders are special.
_EXTENSIONS = ("UIDPLUS", "MULTIAPPEND", "LITERAL+", "SPECIAL-USE", "LIST-EXTENDED")
# With all extensions from "/" to ".", without any from "." to "/"; Courier knows only ".".
_PAIRINGS = [
    *((source, destination, ()) for source in ("dovecot-slash", "cyrus-slash", "courier")
      for destination in ("dovecot-dot", "cyrus-dot", "courier")),
    *((source, destination, _EXTENSIONS) for source in ("dovecot-dot", "cyrus-dot", "courier")
      for destination in ("dovecot-slash", "cyrus-slash", "courier")),
]  # fmt: skip


def _name(pairing: tuple[str, str, Collection[str]]) -> str:
    source, destination, hidden = pairing
    return f"{source}-to-{destination}{'-masked' if hidden else ''}"


def _look(server: MailServer, user: User, bodies: dict[str, bytes] | None = None) -> Snapshot:
    return snapshot(server.host, server.imap_port, user.name, user.password, bodies=bodies)


def _subscriptions(server: MailServer, user: User) -> set[FolderPath]:
    return subscriptions(server.host, server.imap_port, user.name, user.password)


def _refused(outcome: Outcome) -> set[tuple[FolderPath, int]]:
    """Folder and UID of what the program says it has not moved."""
    return {
        (parse_display_name(event["folder"]), event["uid"]) for event in outcome.events if event["event"] == "refusal"
    }


def _change_counts(state: Path) -> dict[Change, int]:
    ledger = open_ledger(state)
    try:
        (record,) = ledger.accounts()
        return dict(ledger.change_counts(record.account_id))
    finally:
        ledger.close()


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("source", "destination", "hidden"), _PAIRINGS, ids=map(_name, _PAIRINGS))
def test_all_arrives_and_what_a_server_changes_is_told(
    mail_servers: Mapping[str, MailServer], tmp_path: Path, source: str, destination: str, hidden: Collection[str]
) -> None:
    old_server, new_server = mail_servers[source], mail_servers[destination]
    kind = KINDS[destination]
    old, new = old_server.new_user(), new_server.new_user()
    put(old_server, old, generated(KINDS[source], old_server.separator, seed=len(hidden) + 1))
    put_odd_mail(old_server, old)
    bodies: dict[str, bytes] = {}
    before = _look(old_server, old, bodies)
    subscribed_before = _subscriptions(new_server, new)

    accounts = write_accounts(tmp_path / "accounts.csv", [(old, new)])
    state = tmp_path / "state.mailmove"
    with ImapProxy(new_server.host, new_server.imap_port, hide=hidden) as proxy:
        arguments = run_arguments(plain_url(old_server.imap_port), plain_url(proxy.port), accounts, state)
        first = mailmove(tmp_path, *arguments)
        second = mailmove(tmp_path, *arguments)
        used = proxy.counts()
    refused = _refused(first)
    assert first.status == (1 if refused else 0), first.output + first.errors
    assert first.summary["failed"] == 0, first.errors
    if hidden:
        assert used.multi_append_commands + used.plus_literals == 0
        assert ("XLIST" in used.commands) == (kind == "cyrus")

    moved = {path: [fact for fact in facts if (path, fact.uid) not in refused] for path, facts in before.items()}
    wanted = {
        path: [fact.stored(stored_by(kind, bodies[fact.sha256])) for fact in facts] for path, facts in moved.items()
    }
    mapping = expected_map(KINDS[source], kind, new_server.separator)
    after = _look(new_server, new)
    assert_equal_mailboxes(wanted, after, mapping)
    subscribed = {map_path(path, mapping) for path in _subscriptions(old_server, old)}
    assert _subscriptions(new_server, new) == subscribed | subscribed_before

    # Each change that a server has made is in the report under its name; nothing else is.
    changes = Counter(
        change for facts in moved.values() for fact in facts for change in changes_by(kind, bodies[fact.sha256])
    )
    assert _change_counts(state) == dict(changes)

    assert (second.status, second.summary["moved"]) == (first.status, 0), second.output + second.errors
    assert _look(new_server, new) == after
    assert _look(old_server, old) == before

    # What was refused is refused as well when somebody else appends it, alone.
    assert first.summary["moved"] == total(wanted)
    assert first.summary["refused"] == len(refused)
    with Wire(new_server.host, new_server.imap_port) as wire:
        wire.login(new.name, new.password)
        facts = {(path, fact.uid): fact for path, facts in before.items() for fact in facts}
        assert [facts[one] for one in refused if takes(wire, ODD, bodies[facts[one].sha256])] == []


@pytest.mark.timeout(240)
def test_keywords_beyond_what_cyrus_keeps_are_dropped_and_that_is_told(
    mail_servers: Mapping[str, MailServer], tmp_path: Path
) -> None:
    source, destination = mail_servers["dovecot-slash"], mail_servers["cyrus-dot"]
    old, new = source.new_user(), destination.new_user()
    messages = [
        GeneratedMessage(b"Subject: %d\r\n\r\ntext\r\n" % number, ("\\Seen", f"keyword{number}"), DATE)
        for number in range(_KEYWORDS)
    ]
    put(source, old, [GeneratedFolder(("INBOX",), tuple(messages))])
    accounts = write_accounts(tmp_path / "accounts.csv", [(old, new)])
    state = tmp_path / "state.mailmove"
    arguments = run_arguments(plain_url(source.imap_port), plain_url(destination.imap_port), accounts, state)
    outcome = mailmove(tmp_path, *arguments)
    assert outcome.status == 0, outcome.output + outcome.errors
    arrived = _look(destination, new)
    keywords = {f"keyword{number}" for number in range(_KEYWORDS)}
    assert_equal_mailboxes(_look(source, old), arrived, ignored_flags=keywords)
    kept = sum(bool(fact.flags & keywords) for fact in arrived[("INBOX",)])
    assert 50 < kept < _KEYWORDS
    assert _change_counts(state) == {Change.KEYWORDS_DROPPED: _KEYWORDS - kept}
