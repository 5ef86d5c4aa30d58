from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailmove_gui.demo import NewMessage, Store
from mailmove_gui.demo.folder import OverQuotaError, StoreError

INTERNAL_DATE = datetime(2024, 2, 29, 12, 0, tzinfo=UTC)


def test_messages_get_ascending_uids_and_keep_what_they_came_with(store: Store) -> None:
    inbox = store.user("anna").folder("INBOX")
    inbox.add_message(b"one", flags={"\\Seen", "$Label"}, internal_date=INTERNAL_DATE)
    inbox.add_message(b"two", uid=7)
    first, second = inbox.messages
    assert (first.uid, first.content, first.flags) == (1, b"one", frozenset({"\\Seen", "$Label"}))
    assert first.internal_date == INTERNAL_DATE
    assert (second.uid, inbox.uid_next) == (7, 8)
    with pytest.raises(ValueError, match="UIDNEXT"):
        inbox.add_message(b"three", uid=7)


def test_a_naive_date_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="time zone"):
        store.user("anna").folder("INBOX").add_message(b"x", internal_date=datetime(2024, 1, 1))  # noqa: DTZ001


def test_missing_parents_are_not_selectable_until_created(store: Store) -> None:
    anna = store.user("anna")
    anna.add_folder(("Projects", "2024", "Bridge"))
    assert [(path, folder.selectable) for path, folder in anna.folders.items()] == [
        (("INBOX",), True),
        (("Projects",), False),
        (("Projects", "2024"), False),
        (("Projects", "2024", "Bridge"), True),
    ]
    assert anna.add_folder(("Projects", "2024")).selectable
    with pytest.raises(StoreError, match="already exists"):
        anna.add_folder(("Projects", "2024"))


@pytest.mark.parametrize("name", ["", "a/b", "a\tb", "x" * 256, "中" * 86, "inbox"])
def test_names_that_cannot_be(store: Store, name: str) -> None:
    with pytest.raises(StoreError):
        store.user("anna").add_folder(name)


def test_quota_takes_all_or_none() -> None:
    anna = Store().add_user("anna", "x", quota_bytes=10)
    inbox = anna.folder("INBOX")
    with pytest.raises(OverQuotaError):
        inbox.add_messages([NewMessage(b"12345"), NewMessage(b"678901")])
    assert (len(inbox), inbox.uid_next, anna.used_bytes) == (0, 1, 0)
    inbox.add_messages([NewMessage(b"12345"), NewMessage(b"67890")])
    assert anna.used_bytes == 10
    inbox.expunge([1])
    assert anna.used_bytes == 5


@pytest.mark.parametrize(
    ("separator", "prefix", "path", "name"),
    [
        ("/", "", ("Projects", "2024"), "Projects/2024"),
        ("/", "", ("INBOX", "x"), "INBOX/x"),
        (".", "INBOX.", ("Projects", "2024"), "INBOX.Projects.2024"),
        (".", "INBOX.", ("AR/AP",), "INBOX.AR/AP"),
        (".", "INBOX.", ("INBOX",), "INBOX"),
    ],
)
def test_wire_names_and_back(separator: str, prefix: str, path: tuple[str, ...], name: str) -> None:
    store = Store(separator=separator, prefix=prefix)
    assert store.wire_name(path) == name
    assert store.path_of(name) == path


def test_names_outside_the_prefix_are_refused() -> None:
    with pytest.raises(StoreError, match="should begin with INBOX"):
        Store(separator=".", prefix="INBOX.").path_of("Projects")


def test_rename_takes_what_lies_below(store: Store) -> None:
    anna = store.user("anna")
    anna.add_folder("Old").add_message(b"kept")
    anna.add_folder(("Old", "Sub"))
    validity = anna.folder("Old").uid_validity
    anna.rename_folder("Old", ("New", "Place"))
    assert set(anna.folders) == {("INBOX",), ("New",), ("New", "Place"), ("New", "Place", "Sub")}
    assert anna.folder(("New", "Place")).uid_validity == validity
    assert anna.folder(("New", "Place")).messages[0].content == b"kept"
    assert anna.folder(("New", "Place", "Sub")).path == ("New", "Place", "Sub")


def test_renaming_inbox_moves_its_messages(store: Store) -> None:
    anna = store.user("anna")
    anna.folder("INBOX").add_message(b"old mail", flags={"\\Flagged"}, internal_date=INTERNAL_DATE)
    anna.rename_folder("INBOX", "Before")
    assert len(anna.folder("INBOX")) == 0
    moved = anna.folder("Before").messages[0]
    assert (moved.content, moved.flags, moved.internal_date) == (b"old mail", frozenset({"\\Flagged"}), INTERNAL_DATE)


def test_delete_keeps_a_parent_as_not_selectable(store: Store) -> None:
    anna = store.user("anna")
    anna.add_folder("Parent").add_message(b"x")
    anna.add_folder(("Parent", "Child"))
    anna.delete_folder("Parent")
    assert not anna.folder("Parent").selectable
    assert anna.used_bytes == 0
    with pytest.raises(StoreError, match="children"):
        anna.delete_folder("Parent")
    with pytest.raises(StoreError, match="INBOX"):
        anna.delete_folder("INBOX")


def test_renumber_gives_a_new_uid_validity(store: Store) -> None:
    inbox = store.user("anna").folder("INBOX")
    for content in (b"one", b"two", b"three"):
        inbox.add_message(content)
    inbox.expunge([1])
    before = inbox.uid_validity
    inbox.renumber()
    assert inbox.uid_validity != before
    assert [(message.uid, message.content) for message in inbox.messages] == [(1, b"two"), (2, b"three")]
    assert inbox.uid_next == 3


def test_passwords_are_not_shown(store: Store) -> None:
    store.add_user("cy", "topsecret")
    assert "topsecret" not in repr(store) + repr(store.user("cy"))
