"""Odd mail between two Dovecots: identical, or as the server itself changes or refuses it; never missing, never twice.

What must come out is asked of the destination itself: the same bytes appended plainly by the tests' own client.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailmove_gui.domain.identity import KEY_FIELD_NAMES, header_key
from mailmove_gui.domain.records import Change
from mailmove_gui.ledger import open_ledger
from tests.mailboxes.maildir import Filed, put_on_disk
from tests.mailboxes.odd_mails import Fate, ServerKind, fate, huge_mail, odd_mails
from tests.mailboxes.real_mails import RealMailsMissingError, real_mails
from tests.proxies.imap_proxy import ImapProxy
from tests.servers.compare import assert_equal_mailboxes, snapshot, total
from tests.servers.conftest import Pair
from tests.servers.dovecot import Dovecot, User
from tests.servers.moving import environment, mailmove, plain_url, run_arguments, write_accounts
from tests.servers.plain_append import PlainCopy, SourceMessage, append_plainly, read_inbox
from tests.servers.wire import Wire

_LEAST_REAL_MAILS = 500
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class OddMailbox:
    """An INBOX of odd mail: as it was put on disk, as the server gives it, and what the destination makes of it."""

    user: User
    files: tuple[bytes, ...]
    messages: tuple[SourceMessage, ...]
    plain: PlainCopy


def _real_mails() -> list[bytes]:
    try:
        bodies = [mail.body for mail in real_mails()]
    except RealMailsMissingError as missing:
        pytest.skip(str(missing))
    assert len(set(bodies)) >= _LEAST_REAL_MAILS
    return bodies


@pytest.fixture(scope="module", params=["generated", "real"])
def mailbox(dovecot_pair: Pair, request: pytest.FixtureRequest) -> OddMailbox:
    bodies = [mail.body for mail in odd_mails()] if request.param == "generated" else _real_mails()
    user = dovecot_pair.source.new_user()
    put_on_disk(dovecot_pair.source, user, "INBOX", [Filed(body) for body in bodies])
    messages = read_inbox(dovecot_pair.source, user)
    plain = append_plainly(dovecot_pair.destination, dovecot_pair.destination.new_user(), messages)
    return OddMailbox(user, tuple(bodies), tuple(messages), plain)


def _move(pair: Pair, mailbox: OddMailbox, new: User, state: Path, destination_url: str) -> dict[str, int]:
    """Run `mailmove`, expect what it must say of refusals, and give its numbers."""
    home = state.parent
    accounts = write_accounts(home / "accounts.csv", [(mailbox.user, new)])
    outcome = mailmove(home, *run_arguments(pair.source, destination_url, accounts, state))
    refused = mailbox.plain.uids(Fate.REFUSED)
    assert outcome.status == (1 if refused else 0), outcome.errors
    assert {event["uid"] for event in outcome.events if event["event"] == "refusal"} == refused
    assert outcome.summary["verified"] is True
    return {name: outcome.summary[name] for name in ("moved", "already_there", "refused")}


def _changes(state: Path) -> Counter[Change]:
    ledger = open_ledger(state)
    try:
        return Counter(ledger.change_counts(ledger.accounts()[0].account_id))
    finally:
        ledger.close()


def test_a_disk_keeps_bytes_that_are_odd(mailbox: OddMailbox) -> None:
    for file, one in zip(mailbox.files, mailbox.messages, strict=True):
        # Of these a Dovecot shows what it would have made of them.
        is_shown_otherwise = b"\0" in file or file.count(b"\n") != file.count(b"\r\n")
        assert (one.message.body == file) != is_shown_otherwise, file[:200]


def test_a_server_changes_and_refuses_what_is_expected_of_it(mailbox: OddMailbox) -> None:
    for one in mailbox.messages:
        assert mailbox.plain.fates[one.uid] is fate(one.message.body, ServerKind.DOVECOT), one.message.body[:200]


@pytest.mark.parametrize("hidden", [(), ("UIDPLUS", "MULTIAPPEND", "LITERAL+")], ids=["all", "no extensions"])
def test_odd_mail_arrives_as_the_server_takes_it(
    dovecot_pair: Pair, mailbox: OddMailbox, tmp_path: Path, hidden: tuple[str, ...]
) -> None:
    destination = dovecot_pair.destination
    new, state = destination.new_user(), tmp_path / "state.mailmove"
    with ImapProxy(destination.host, destination.imap_port, hide=hidden) as proxy:
        moved = _move(dovecot_pair, mailbox, new, state, plain_url(proxy.port))
    refused = len(mailbox.plain.uids(Fate.REFUSED))
    assert moved == {"moved": len(mailbox.files) - refused, "already_there": 0, "refused": refused}
    after = snapshot(destination.host, destination.imap_port, new.name, new.password)
    assert_equal_mailboxes(mailbox.plain.contents, after)
    changes = _changes(state)
    assert sum(changes[change] for change in (Change.LINE_ENDS, Change.REWRITTEN)) == len(
        mailbox.plain.uids(Fate.CHANGED)
    )

    # Without the ledger, all is recognised.
    again = _move(dovecot_pair, mailbox, new, tmp_path / "fresh.mailmove", plain_url(destination.imap_port))
    assert again == {"moved": 0, "already_there": moved["moved"], "refused": refused}


def test_a_message_has_the_key_of_the_fields_that_the_server_finds(dovecot_pair: Pair, mailbox: OddMailbox) -> None:
    # Where they differ, a message whose answer was lost would not be recognised, and be sent twice.
    keys = dict(_keys_by_fields(dovecot_pair.source, mailbox.user))
    assert {one.uid: header_key(one.message.body) for one in mailbox.messages} == keys


def _keys_by_fields(server: Dovecot, user: User) -> Iterator[tuple[int, bytes]]:
    names = " ".join(KEY_FIELD_NAMES)
    with Wire(server.host, server.imap_port) as wire:
        wire.login(user.name, user.password)
        wire.run(b"EXAMINE INBOX")
        for answer in wire.stream(f"UID FETCH 1:* (UID BODY.PEEK[HEADER.FIELDS ({names})])".encode()):
            match answer.words():
                case [_, b"FETCH", [b"UID", bytes(uid), *_, bytes(fields)]]:
                    yield int(uid), header_key(fields)
                case _:
                    continue


def test_dates_that_servers_cannot_store_are_set_and_said_so(dovecot_pair: Pair, tmp_path: Path) -> None:
    source, destination = dovecot_pair
    old, new, state = source.new_user(), destination.new_user(), tmp_path / "state.mailmove"
    kept = [_EPOCH, datetime(1970, 1, 2, tzinfo=UTC), datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)]
    years = (1900, 1969, 2050, 2106, 9999)
    moments = [*kept, *(datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC) for year in years)]
    put_on_disk(
        source,
        old,
        "INBOX",
        [Filed(b"Subject: %d\r\n\r\nx\r\n" % moment.year, int(moment.timestamp())) for moment in moments],
    )
    begun = datetime.now(UTC).replace(microsecond=0)
    accounts = write_accounts(tmp_path / "accounts.csv", [(old, new)])
    outcome = mailmove(tmp_path, *run_arguments(source, destination, accounts, state))
    assert outcome.status == 0, outcome.errors
    found = snapshot(destination.host, destination.imap_port, new.name, new.password)[("INBOX",)]
    dates = {fact.subject: datetime.fromtimestamp(fact.internal_date, UTC) for fact in found}
    assert {dates[str(moment.year)] for moment in kept} <= set(kept)
    assert dates["1900"] == dates["1969"] == _EPOCH
    assert all(begun <= dates[year] <= datetime.now(UTC) for year in ("2050", "2106", "9999"))
    assert _changes(state) == {Change.DATE_CLAMPED: len(years)}


_MEMORY = """
import sys
from pathlib import Path
from mailmove_gui.cli import main
status = main(sys.argv[1:])
words = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()
print("peak", words[0])
sys.exit(status)
"""


def test_two_messages_of_100_mb_take_little_more_memory_than_their_size(dovecot_pair: Pair, tmp_path: Path) -> None:
    source, destination = dovecot_pair
    size_bytes = 100_000_000
    peaks_bytes = []
    for size in (1_000, size_bytes):
        old, new = source.new_user(), destination.new_user()
        put_on_disk(source, old, "INBOX", [Filed(huge_mail(size))] * 2)
        accounts = write_accounts(tmp_path / f"{size}.csv", [(old, new)])
        arguments = run_arguments(source, destination, accounts, tmp_path / f"{size}.mailmove")
        done = subprocess.run(
            [sys.executable, "-c", _MEMORY, *map(str, arguments)],
            env=environment(tmp_path),
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        peaks_bytes.append(int(done.stdout.rpartition("peak ")[2]) * 1024)
        after = snapshot(destination.host, destination.imap_port, new.name, new.password)
        assert_equal_mailboxes(snapshot(source.host, source.imap_port, old.name, old.password), after)
        assert total(after) == 2
        for server, user in ((source, old), (destination, new)):
            server.remove_user(user.name)
    assert peaks_bytes[1] - peaks_bytes[0] < 2.3 * size_bytes
