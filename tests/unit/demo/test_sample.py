from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from imapclient import IMAPClient  # type: ignore[import-untyped]
from imapclient.exceptions import LoginError  # type: ignore[import-untyped]

from mailmove_gui.demo import Message, Store
from mailmove_gui.demo.sample import REFUSAL_TEXT, Demo, build_demo, running_demo

SCALE = 0.2


@pytest.fixture(scope="module")
def demo() -> Demo:
    """Read only: tests that change mail build their own."""
    return build_demo(scale=SCALE, duration_s=0)


def everything(store: Store) -> Iterator[tuple[str, tuple[str, ...], Message]]:
    for user in store.users:
        for path, folder in user.folders.items():
            for message in folder.messages:
                yield user.name, path, message


def test_the_same_seed_makes_the_same_mail(demo: Demo) -> None:
    again, other = (build_demo(seed=seed, scale=SCALE) for seed in (2026, 1))
    assert list(everything(again.source)) == list(everything(demo.source))
    assert list(everything(again.destination)) == list(everything(demo.destination))
    assert again.accounts == demo.accounts
    assert list(everything(other.source)) != list(everything(demo.source))


def test_the_full_size() -> None:
    full = build_demo()
    assert len(full.accounts) == 6
    assert all(150 <= count <= 601 for count in full.messages.values())
    assert sum(full.messages.values()) == sum(1 for _ in everything(full.source))
    assert full.messages == {user.name: sum(map(len, user.folders.values())) for user in full.source.users}
    paths = {path for user in full.source.users for path in user.folders}
    assert {("项目", "2024", "合同"), ("客户 & 伙伴", "Orders"), ("草稿箱",), ("Sent",), ("AR/AP", "2024")} <= paths
    years = {message.internal_date.year for _, _, message in everything(full.source)}
    assert years == set(range(2012, 2027))
    flags = {flag for _, _, message in everything(full.source) for flag in message.flags}
    assert flags == {"\\Seen", "\\Answered", "\\Flagged", "\\Draft", "$Forwarded", "$Label1"}
    assert max(message.size_bytes for _, _, message in everything(full.source)) > 4_000_000
    rate = full.destination_options.messages_per_s
    assert rate is not None
    assert 20 <= (sum(full.messages.values()) - full.messages["bo@old.example"]) / rate <= 30


def test_messages_are_well_formed_but_for_the_refused_one(demo: Demo) -> None:
    defective = []
    attachments = set()
    for _, path, message in everything(demo.source):
        parsed = email.message_from_bytes(message.content, policy=email.policy.default)
        if any(part.defects for part in parsed.walk()):
            defective.append((path, demo.destination_options.refuse_message))
            continue
        assert all(parsed[name] for name in ("Date", "From", "To", "Subject", "Message-ID"))
        assert all(not value.defects for value in parsed.values())
        body = parsed.get_body(("plain",))
        assert body is not None
        assert "{" not in body.get_content() + parsed["Subject"]
        assert "\ufffd" not in body.get_content()
        assert abs((message.internal_date - parsed["Date"].datetime).total_seconds()) < 10
        assert message.content.replace(b"\r\n", b"").count(b"\n") == 0
        assert max(map(len, message.content.split(b"\r\n"))) < 998
        attachments |= {part.get_content_type() for part in parsed.iter_attachments()}
    assert [path for path, _ in defective] == [("Fax",)]
    assert attachments == {"application/pdf", "image/png", "text/csv", "text/calendar"}


def test_message_ids_are_unique_in_a_mailbox(demo: Demo) -> None:
    for user in demo.source.users:
        ids = [
            email.message_from_bytes(message.content)["Message-ID"]
            for folder in user.folders.values()
            for message in folder.messages
        ]
        assert len(set(ids)) == len(ids)


def test_mail_lies_in_the_order_of_its_dates_and_not_in_the_future(demo: Demo) -> None:
    for user in demo.source.users:
        for folder in user.folders.values():
            dates = [message.internal_date for message in folder.messages]
            assert dates == sorted(dates)
    assert max(message.internal_date for _, _, message in everything(demo.source)) < datetime(2026, 10, 1, tzinfo=UTC)


def test_what_the_destination_already_has(demo: Demo) -> None:
    old, new = demo.source.user("david@old.example"), demo.destination.user("david@new.example")
    old_mail = [(m.content, m.flags, m.internal_date) for m in old.folder("INBOX").messages]
    new_mail = [(m.content, m.flags, m.internal_date) for m in new.folder("INBOX").messages]
    copied = demo.already_there["david@old.example"]
    assert copied > 0
    assert new_mail[:copied] == old_mail[:copied]
    assert len(new_mail) > copied
    assert not set(new_mail[copied:]) & set(old_mail)
    assert {user.name for user in demo.destination.users if sum(map(len, user.folders.values()))} == {new.name}


def test_logins_as_the_account_list_has_them(demo: Demo) -> None:
    with running_demo(demo) as running:
        refused = []
        for account in running.accounts:
            with IMAPClient(running.source.host, running.source.imap_port, ssl=False, timeout=5) as client:
                try:
                    client.plain_login(account.source_user, account.source_password)
                except LoginError:
                    refused.append(account.source_user)
                    client.plain_login(account.source_user, demo.right_password_for[account.source_user])
            with IMAPClient(running.destination.host, running.destination.imap_port, ssl=False, timeout=5) as client:
                client.plain_login(account.destination_user, account.destination_password)
    assert refused == list(demo.right_password_for) == ["bo@old.example"]


def test_the_destination_refuses_what_the_demo_says_and_nothing_else() -> None:
    demo = build_demo(scale=SCALE, duration_s=0)
    assert sum(demo.refused.values()) == demo.refused["office@old.example"] == 1
    with running_demo(demo) as running:
        for account in demo.accounts:
            user = demo.source.user(account.source_user)
            refusals = 0
            with IMAPClient(running.destination.host, running.destination.imap_port, ssl=False, timeout=20) as client:
                client.plain_login(account.destination_user, account.destination_password)
                for folder in user.folders.values():
                    messages: list[dict[str, object]] = [
                        {"msg": m.content, "flags": sorted(m.flags), "date": m.internal_date} for m in folder.messages
                    ]
                    if not messages:
                        continue
                    status, (text, *_) = client.multiappend("INBOX", messages)
                    assert status == "OK" or text == REFUSAL_TEXT.encode()
                    refusals += status == "NO"
            assert refusals == demo.refused[account.source_user]
