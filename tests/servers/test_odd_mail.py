"""Odd mail between two Dovecots: identical, or as the server itself changes or refuses it; never missing, never twice.

What must come out is asked of the destination itself: the same bytes appended plainly by the tests' own client.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailmove_gui.domain.identity import KEY_FIELD_NAMES, header_key
from mailmove_gui.domain.records import Change
from mailmove_gui.ledger import open_ledger
from tests.mailboxes.cpython_mails import CpythonMailsMissingError
from tests.mailboxes.maildir import Filed, put_on_disk
from tests.mailboxes.odd_mails import Fate, ServerKind, huge_mail, odd_mails
from tests.mailboxes.real_mails import RealMailsMissingError, real_mails
from tests.proxies.imap_proxy import ImapProxy
from tests.servers.compare import FolderPath, assert_equal_mailboxes, snapshot, total
from tests.servers.conftest import Pair
from tests.servers.dovecot import Dovecot, User
from tests.servers.moving import environment, mailmove, plain_url, run_arguments, write_accounts
from tests.servers.plain_append import PlainCopy, SourceMessage, append_plainly, read_messages
from tests.servers.wire import Wire

_LEAST_REAL_MAILS = 500
_ODD, _REAL = ("INBOX",), ("Real",)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class OddMailbox:
    """A mailbox of odd mail, and what the destination makes of it plainly."""

    user: User
    messages: dict[FolderPath, list[SourceMessage]]
    plain: PlainCopy

    @property
    def count(self) -> int:
        return sum(len(messages) for messages in self.messages.values())


def _real_mails() -> list[bytes]:
    try:
        return [mail.body for mail in real_mails()]
    except (RealMailsMissingError, CpythonMailsMissingError) as missing:
        pytest.skip(str(missing))


def _mailbox(pair: Pair, path: FolderPath, bodies: Sequence[bytes]) -> OddMailbox:
    user = pair.source.new_user()
    put_on_disk(pair.source, user, path, [Filed(body) for body in bodies])
    messages = read_messages(pair.source, user)
    assert len(messages[path]) == len(bodies)
    return OddMailbox(user, messages, append_plainly(pair.destination, pair.destination.new_user(), messages))


@pytest.fixture(scope="module")
def odd_mailbox(dovecot_pair: Pair) -> OddMailbox:
    return _mailbox(dovecot_pair, _ODD, [mail.body for mail in odd_mails()])


@pytest.fixture(scope="module")
def real_mailbox(dovecot_pair: Pair) -> OddMailbox:
    bodies = _real_mails()
    assert len(set(bodies)) >= _LEAST_REAL_MAILS
    return _mailbox(dovecot_pair, _REAL, bodies)


def _move(
    pair: Pair, mailbox: OddMailbox, new: User, home: Path, state: Path, destination: Dovecot | str | None = None
) -> dict[str, int]:
    """Run `mailmove`, expect what it must say of refusals, and give its numbers."""
    accounts = write_accounts(home / "accounts.csv", [(mailbox.user, new)])
    outcome = mailmove(home, *run_arguments(pair.source, destination or pair.destination, accounts, state))
    assert outcome.status == (1 if mailbox.plain.refusals else 0), outcome.errors
    refused = [event for event in outcome.events if event["event"] == "refusal"]
    assert {event["uid"] for event in refused} == {uid for _, uid in mailbox.plain.refusals}
    assert outcome.summary["verified"] is True
    return {name: outcome.summary[name] for name in ("moved", "already_there", "refused")}


def _assert_as_plainly(pair: Pair, mailbox: OddMailbox, new: User, moved: dict[str, int], state: Path) -> None:
    refused = len(mailbox.plain.refusals)
    assert moved == {"moved": mailbox.count - refused, "already_there": 0, "refused": refused}
    destination = pair.destination
    after = snapshot(destination.host, destination.imap_port, new.name, new.password)
    assert_equal_mailboxes(mailbox.plain.contents, after)
    ledger = open_ledger(state)
    try:
        changes = ledger.change_counts(ledger.accounts()[0].account_id)
    finally:
        ledger.close()
    assert sum(changes.get(change, 0) for change in (Change.LINE_ENDS, Change.REWRITTEN)) == mailbox.plain.changed


def test_servers_change_and_refuse_what_is_expected_of_them(odd_mailbox: OddMailbox) -> None:
    served = [(mail.name, one) for mail, one in zip(odd_mails(), odd_mailbox.messages[_ODD], strict=True)]
    refused = {name for name, one in served if (_ODD, one.uid) in odd_mailbox.plain.refusals}
    assert refused == {mail.name for mail in odd_mails() if mail.fate(ServerKind.DOVECOT) is Fate.REFUSED} == {"empty"}
    stored = Counter(fact.sha256 for fact in odd_mailbox.plain.contents[_ODD])
    changed = {name for name, one in served if not stored[one.fact.sha256]} - refused
    assert odd_mailbox.plain.changed == len(changed)
    by_name = {mail.name: mail for mail in odd_mails()}
    assert all(by_name[name].fate(ServerKind.DOVECOT) is Fate.CHANGED for name in changed)


def test_a_disk_keeps_bytes_that_are_odd(odd_mailbox: OddMailbox) -> None:
    for mail, one in zip(odd_mails(), odd_mailbox.messages[_ODD], strict=True):
        changes_when_read = b"\0" in mail.body or mail.body.count(b"\n") != mail.body.count(b"\r\n")
        assert (one.message.body == mail.body) != changes_when_read, mail.name


@pytest.mark.parametrize("hidden", [(), ("UIDPLUS",), ("UIDPLUS", "MULTIAPPEND", "LITERAL+")], ids=" ".join)
def test_generated_odd_mail(
    dovecot_pair: Pair, odd_mailbox: OddMailbox, tmp_path: Path, hidden: tuple[str, ...]
) -> None:
    new, state = dovecot_pair.destination.new_user(), tmp_path / "state.mailmove"
    destination = dovecot_pair.destination
    with ImapProxy(destination.host, destination.imap_port, hide=hidden) as proxy:
        moved = _move(dovecot_pair, odd_mailbox, new, tmp_path, state, plain_url(proxy.port))
    _assert_as_plainly(dovecot_pair, odd_mailbox, new, moved, state)
    again = _move(dovecot_pair, odd_mailbox, new, tmp_path, tmp_path / "fresh.mailmove")
    assert (again["moved"], again["already_there"]) == (0, moved["moved"])


def test_real_odd_mail(dovecot_pair: Pair, real_mailbox: OddMailbox, tmp_path: Path) -> None:
    new, state = dovecot_pair.destination.new_user(), tmp_path / "state.mailmove"
    moved = _move(dovecot_pair, real_mailbox, new, tmp_path, state)
    assert moved["moved"] >= _LEAST_REAL_MAILS
    _assert_as_plainly(dovecot_pair, real_mailbox, new, moved, state)
    again = _move(dovecot_pair, real_mailbox, new, tmp_path, tmp_path / "fresh.mailmove")
    assert (again["moved"], again["already_there"]) == (0, moved["moved"])


@pytest.mark.parametrize("mails", ["odd_mailbox", "real_mailbox"])
def test_a_message_has_the_key_of_the_fields_that_the_server_finds(
    dovecot_pair: Pair, mails: str, request: pytest.FixtureRequest
) -> None:
    # Where they differ, a message whose answer was lost would not be recognised, and be sent twice.
    mailbox: OddMailbox = request.getfixturevalue(mails)
    ((path, messages),) = [(path, messages) for path, messages in mailbox.messages.items() if messages]
    keys = dict(_keys_by_fields(dovecot_pair.source, mailbox.user, path[0]))
    assert {one.uid: header_key(one.message.body) for one in messages} == keys


def _keys_by_fields(server: Dovecot, user: User, folder: str) -> Iterator[tuple[int, bytes]]:
    names = " ".join(KEY_FIELD_NAMES)
    with Wire(server.host, server.imap_port) as wire:
        wire.login(user.name, user.password)
        wire.run(b"EXAMINE", folder.encode())
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
        ("INBOX",),
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
    ledger = open_ledger(state)
    assert ledger.change_counts(ledger.accounts()[0].account_id) == {Change.DATE_CLAMPED: len(years)}
    ledger.close()


_MEMORY = """
import sys
from pathlib import Path
from mailmove_gui.cli import main
status = main(sys.argv[1:])
words = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()
print("peak", words[0])
sys.exit(status)
"""


def test_a_message_of_100_mb_takes_twice_its_size_in_memory(dovecot_pair: Pair, tmp_path: Path) -> None:
    source, destination = dovecot_pair
    size_bytes = 100_000_000
    peaks_bytes = []
    for size in (1_000, size_bytes):
        old, new = source.new_user(), destination.new_user()
        put_on_disk(source, old, ("INBOX",), [Filed(huge_mail(size))] * 2)
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
