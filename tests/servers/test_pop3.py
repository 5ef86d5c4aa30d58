"""`mailmove run` from POP3, compared by code that shares nothing with the engine."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from tests.mailboxes.fill import fill
from tests.mailboxes.folders import GeneratedFolder, GeneratedMessage
from tests.mailboxes.generate import generate_mailbox
from tests.servers.compare import Snapshot, multiset_of_hashes, snapshot
from tests.servers.conftest import Pair
from tests.servers.dovecot import Dovecot, Scheme, User
from tests.servers.moving import Outcome, mailmove, write_accounts
from tests.servers.wire import Wire

INBOX = ("INBOX",)


def put(server: Dovecot, user: User, folders: Iterable[GeneratedFolder]) -> None:
    with Wire(server.host, server.imap_port) as wire:
        wire.login(user.name, user.password)
        fill(wire, folders)


def look(server: Dovecot, user: User) -> Snapshot:
    return snapshot(server.host, server.imap_port, user.name, user.password)


def inbox(*messages: GeneratedMessage) -> GeneratedFolder:
    return GeneratedFolder(INBOX, messages, is_subscribed=True)


def everyday_mail(count: int) -> list[GeneratedMessage]:
    """Messages of a generated mailbox's folders, odd ones among them, as one inbox."""
    return [message for folder in generate_mailbox(count, 8, seed=6) for message in folder.messages]


def run(pair: Pair, home: Path, accounts: Path, *more: str, scheme: Scheme = "pop3") -> Outcome:
    source, destination = pair
    return mailmove(
        home, "run", "--source", source.url(scheme), "--destination", destination.url("imap"),
        "--accounts", accounts, "--state", home / "state.mailmove", "--json", *more,
    )  # fmt: skip


def deletions(server: Dovecot) -> set[str]:
    """What the server's own log says of deletions at the end of each POP3 session: deleted/there."""
    return set(re.findall(r"pop3\([^)]*\).*? del=(\d+)/", server.log))


def as_read(messages: Iterable[GeneratedMessage]) -> Counter[str]:
    """Hashes of messages as POP3 gives them: every text ends with a line end (RFC 1939 section 3)."""
    bodies = (message.body for message in messages)
    return Counter(sha256(body if body.endswith(b"\r\n") else body + b"\r\n").hexdigest() for body in bodies)


def remove(server: Dovecot, user: User, uids: Iterable[int]) -> None:
    """As the mailbox's owner does it."""
    with Wire(server.host, server.imap_port) as wire:
        wire.login(user.name, user.password)
        wire.run(b"SELECT INBOX")
        for uid in uids:
            wire.run(b"UID STORE %d +FLAGS.SILENT (\\Deleted)" % uid)
        wire.run(b"EXPUNGE")


def test_an_inbox_arrives_and_a_second_run_moves_nothing(dovecot_pair: Pair, tmp_path: Path) -> None:
    source, destination = dovecot_pair
    old, new = source.new_user(), destination.new_user()
    mail = everyday_mail(3000)
    put(source, old, [inbox(*mail), GeneratedFolder(("Projects",), tuple(mail[:3]), is_subscribed=True)])
    accounts = write_accounts(tmp_path / "accounts.csv", [(old, new)])

    first = run(dovecot_pair, tmp_path, accounts)
    assert first.status == 0, first.errors
    before, after = look(source, old), look(destination, new)
    assert len(before[INBOX]) >= 3000
    # POP3 shows the inbox alone.
    assert multiset_of_hashes(after) == multiset_of_hashes({INBOX: after[INBOX]}) == as_read(mail)
    assert {flag for fact in after[INBOX] for flag in fact.flags} == {"\\Seen"}
    assert first.summary["moved"] == len(mail)

    second = run(dovecot_pair, tmp_path, accounts)
    assert second.status == 0, second.errors
    assert second.summary["moved"] == 0
    assert look(destination, new) == after
    assert look(source, old) == before
    assert "pop3(" in source.log
    assert deletions(source) == {"0"}


@pytest.mark.parametrize("scheme", ["pop3", "pop3+starttls", "pop3s"])
def test_every_kind_of_encryption(dovecot_pair: Pair, tmp_path: Path, scheme: Scheme) -> None:
    source, destination = dovecot_pair
    old, new = source.new_user("pass wörd 密码"), destination.new_user()
    mail = everyday_mail(20)
    put(source, old, [inbox(*mail)])
    accounts = write_accounts(tmp_path / "accounts.csv", [(old, new)])
    outcome = run(dovecot_pair, tmp_path, accounts, "--ca-file", str(source.ca_file), scheme=scheme)
    assert outcome.status == 0, outcome.errors
    assert multiset_of_hashes(look(destination, new)) == as_read(mail)


def test_old_messages_that_vanish_shift_numbers_and_nothing_else(dovecot_pair: Pair, tmp_path: Path) -> None:
    source, destination = dovecot_pair
    old, new = source.new_user(), destination.new_user()
    mail = everyday_mail(60)
    put(source, old, [inbox(*mail[:40])])
    accounts = write_accounts(tmp_path / "accounts.csv", [(old, new)])
    assert run(dovecot_pair, tmp_path, accounts).summary["moved"] == 40

    remove(source, old, [fact.uid for fact in look(source, old)[INBOX][:15]])
    put(source, old, [inbox(*mail[40:])])
    second = run(dovecot_pair, tmp_path, accounts)
    assert second.status == 0, second.errors
    assert second.summary["moved"] == 20
    assert multiset_of_hashes(look(destination, new)) == as_read(mail)


def test_going_on_with_imap_doubles_nothing(dovecot_pair: Pair, tmp_path: Path) -> None:
    source, destination = dovecot_pair
    old, new = source.new_user(), destination.new_user()
    mail = everyday_mail(50)
    other = GeneratedFolder(("Projects", "2020"), tuple(mail[40:]), is_subscribed=True)
    put(source, old, [inbox(*mail[:40]), other])
    accounts = write_accounts(tmp_path / "accounts.csv", [(old, new)])
    assert run(dovecot_pair, tmp_path, accounts).summary["moved"] == 40
    refile(destination, new, [fact.uid for fact in look(destination, new)[INBOX][:7]], b"Filed")

    onward = run(dovecot_pair, tmp_path, accounts, scheme="imap")
    assert onward.status == 0, onward.output + onward.errors
    assert onward.summary["moved"] == 10
    after = look(destination, new)
    assert (len(after[INBOX]), len(after["Filed",]), len(after["Projects", "2020"])) == (33, 7, 10)
    assert multiset_of_hashes({path: after[path] for path in (INBOX, ("Filed",))}) == as_read(mail[:40])
    # POP3 brought them as read; what IMAP says of them follows.
    flags = Counter(fact.flags for path in (INBOX, ("Filed",)) for fact in after[path])
    assert flags == Counter(fact.flags for fact in look(source, old)[INBOX])
    assert len(flags) > 1


def refile(server: Dovecot, user: User, uids: Iterable[int], folder: bytes) -> None:
    """As the mailbox's owner does it."""
    with Wire(server.host, server.imap_port) as wire:
        wire.login(user.name, user.password)
        wire.run(b"CREATE", folder)
        wire.run(b"SELECT INBOX")
        for uid in uids:
            wire.run(b"UID MOVE %d %b" % (uid, folder))


def test_a_wrong_password_is_said_and_not_tried_again(dovecot_pair: Pair, tmp_path: Path) -> None:
    source, destination = dovecot_pair
    old, new = source.new_user(), destination.new_user()
    accounts = write_accounts(tmp_path / "accounts.csv", [(replace(old, password="another"), new)])
    outcome = run(dovecot_pair, tmp_path, accounts)
    assert outcome.status == 1
    failed = [event for event in outcome.events if event["event"] == "account"][-1]
    assert (failed["state"], failed["reason"], failed["side"]) == ("needs_password", "wrong_password", "source")
    assert source.log.count(f"user=<{old.name}>") == 1
