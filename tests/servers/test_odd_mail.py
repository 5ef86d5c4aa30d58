"""Odd mail between two Dovecots: identical, or as the server itself changes or refuses it; never missing, never twice.

What must come out is asked of the destination itself: the same bytes appended plainly by the tests' own client.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailmove_gui.demo import EmbeddedServer, NewMessage, Store
from mailmove_gui.domain.identity import KEY_FIELD_NAMES, header_key
from mailmove_gui.domain.records import Change
from mailmove_gui.ledger import open_ledger
from tests.mailboxes.folders import GeneratedMessage
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
_HIDDEN = [(), ("UIDPLUS", "MULTIAPPEND", "LITERAL+")]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class OddMailbox:
    """An INBOX of odd mail at a source, and what the destination makes of it plainly."""

    source_url: str
    user: User
    messages: tuple[SourceMessage, ...]
    plain: PlainCopy

    @property
    def refused(self) -> set[int]:
        """UIDs of what the destination does not take."""
        return self.plain.uids(Fate.REFUSED)


def _real_mails() -> list[bytes]:
    try:
        bodies = [mail.body for mail in real_mails()]
    except RealMailsMissingError as missing:
        pytest.skip(str(missing))
    assert len(set(bodies)) >= _LEAST_REAL_MAILS
    return bodies


@pytest.fixture(scope="module", params=["generated", "real"])
def mailbox(dovecot_pair: Pair, request: pytest.FixtureRequest) -> OddMailbox:
    """At a Dovecot, which shows files without CRLF or with NUL as it would have stored them."""
    bodies = [mail.body for mail in odd_mails()] if request.param == "generated" else _real_mails()
    source, destination = dovecot_pair
    user = source.new_user()
    put_on_disk(source, user, "INBOX", [Filed(body) for body in bodies])
    messages = read_inbox(source, user)
    for body, one in zip(bodies, messages, strict=True):
        is_shown_otherwise = b"\0" in body or body.count(b"\n") != body.count(b"\r\n")
        assert (one.message.body == body) != is_shown_otherwise, body[:200]
    plain = append_plainly(destination, destination.new_user(), messages)
    return OddMailbox(plain_url(source.imap_port), user, tuple(messages), plain)


@pytest.fixture(scope="module")
def raw_mailbox(dovecot_pair: Pair) -> Iterator[OddMailbox]:
    """At a server that gives every byte away as it is."""
    destination = dovecot_pair.destination
    date = datetime(2017, 3, 14, 1, 26, 53, tzinfo=UTC)
    messages = [SourceMessage(uid, GeneratedMessage(mail.body, (), date)) for uid, mail in enumerate(odd_mails(), 1)]
    plain = append_plainly(destination, destination.new_user(), messages)
    user = User("anna", "pass word")
    store = Store()
    inbox = store.add_user(user.name, user.password).folder("INBOX")
    inbox.add_messages([NewMessage(one.message.body, internal_date=date) for one in messages])
    with EmbeddedServer(store) as server:
        yield OddMailbox(plain_url(server.imap_port), user, tuple(messages), plain)


def _move(mailbox: OddMailbox, new: User, state: Path, destination_url: str) -> dict[str, int]:
    """Run `mailmove`, expect what it must say of refusals, and give its numbers."""
    home = state.parent
    accounts = write_accounts(home / "accounts.csv", [(mailbox.user, new)])
    outcome = mailmove(home, *run_arguments(mailbox.source_url, destination_url, accounts, state))
    assert outcome.status == (1 if mailbox.refused else 0), outcome.errors
    assert {event["uid"] for event in outcome.events if event["event"] == "refusal"} == mailbox.refused
    assert outcome.summary["verified"] is True
    return {name: outcome.summary[name] for name in ("moved", "already_there", "refused")}


def _move_twice(mailbox: OddMailbox, destination: Dovecot, hidden: Collection[str], home: Path) -> Path:
    """Move, expect what comes of it plainly, and move nothing once more without the ledger; gives the first ledger."""
    new, state = destination.new_user(), home / "state.mailmove"
    with ImapProxy(destination.host, destination.imap_port, hide=hidden) as proxy:
        first = _move(mailbox, new, state, plain_url(proxy.port))
    refused = len(mailbox.refused)
    assert first == {"moved": len(mailbox.messages) - refused, "already_there": 0, "refused": refused}
    after = snapshot(destination.host, destination.imap_port, new.name, new.password)
    assert_equal_mailboxes(mailbox.plain.contents, after)
    again = _move(mailbox, new, home / "fresh.mailmove", plain_url(destination.imap_port))
    assert again == {"moved": 0, "already_there": first["moved"], "refused": refused}
    return state


def _changes(state: Path) -> Counter[Change]:
    ledger = open_ledger(state)
    try:
        return Counter(ledger.change_counts(ledger.accounts()[0].account_id))
    finally:
        ledger.close()


def test_a_server_changes_and_refuses_what_is_expected_of_it(mailbox: OddMailbox, raw_mailbox: OddMailbox) -> None:
    for one, plain in [(one, box.plain) for box in (mailbox, raw_mailbox) for one in box.messages]:
        assert plain.fates[one.uid] is fate(one.message.body, ServerKind.DOVECOT), one.message.body[:200]


@pytest.mark.parametrize("hidden", _HIDDEN, ids=["all extensions", "no extensions"])
def test_odd_mail_arrives_as_the_server_takes_it(
    dovecot_pair: Pair, mailbox: OddMailbox, tmp_path: Path, hidden: Collection[str]
) -> None:
    state = _move_twice(mailbox, dovecot_pair.destination, hidden, tmp_path)
    changes = _changes(state)
    named = sum(changes[change] for change in (Change.LINE_ENDS, Change.REWRITTEN))
    assert named == len(mailbox.plain.uids(Fate.CHANGED))


@pytest.mark.parametrize("hidden", _HIDDEN, ids=["all extensions", "no extensions"])
def test_bytes_that_only_other_servers_give_away_arrive_as_the_server_takes_them(
    dovecot_pair: Pair, raw_mailbox: OddMailbox, tmp_path: Path, hidden: Collection[str]
) -> None:
    _move_twice(raw_mailbox, dovecot_pair.destination, hidden, tmp_path)


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
