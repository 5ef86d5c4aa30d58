from __future__ import annotations

import imaplib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imapclient import IMAPClient  # type: ignore[import-untyped]

from mailmove_gui.demo import ServerOptions, Store
from mailmove_gui.demo.imap_text import decode_name, encode_name, format_set, parse_set
from tests.unit.demo.conftest import PASSWORD, Connect, Serve

ODD_NAMES = [
    "Projects",
    'with "quotes"',
    "back\\slash",
    "A & B",
    "&-",
    "客户 & 伙伴",
    "草稿箱",
    "trailing space ",
    " leading space",
    "percent % and star *",
    "(brackets) {3}",
    "emoji 📬",
    "a.b",
    "NIL",
]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_survive_every_command(serve: Serve, connect: Connect, store: Store, name: str) -> None:
    client = connect(serve())
    client.create_folder(name)
    assert store.user("anna").folder(name).selectable
    assert [found for _, _, found in client.list_folders("", "*") if found != "INBOX"] == [name]
    client.subscribe_folder(name)
    assert name in {found for _, _, found in client.list_sub_folders()}
    client.append(name, b"Subject: x\r\n\r\n")
    assert client.folder_status(name, ["MESSAGES", "UIDNEXT"]) == {b"MESSAGES": 1, b"UIDNEXT": 2}
    assert client.select_folder(name)[b"EXISTS"] == 1
    client.unselect_folder()
    client.rename_folder(name, "renamed")
    client.delete_folder("renamed")
    assert set(store.user("anna").folders) == {("INBOX",)}


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_modified_utf7_and_back(name: str) -> None:
    raw = encode_name(name)
    assert raw.isascii()
    assert decode_name(raw) == name


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("台北", b"&U,BTFw-"),
        ("~peter/mail/日本語", b"~peter/mail/&ZeVnLIqe-"),
        ("A&B", b"A&-B"),
        ("Ä", b"&AMQ-"),
    ],
)
def test_modified_utf7_examples(name: str, raw: bytes) -> None:
    assert encode_name(name) == raw


@pytest.mark.parametrize("raw", [b"A&B", b"&AMQ", b"\xc3\x84", b"&AEE-", b"&AMQ-&AMQ-", b"&2D0-"])
def test_what_is_not_modified_utf7_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"modified UTF-7|decode"):
        decode_name(raw)


def test_list_shows_special_use_children_and_not_selectable_parents(
    serve: Serve, connect: Connect, store: Store
) -> None:
    anna = store.user("anna")
    anna.add_folder("已发送", special_use="\\Sent")
    anna.add_folder(("项目", "2024", "合同"))
    client = connect(serve())
    assert client.list_folders() == [
        ((b"\\HasNoChildren",), b"/", "INBOX"),
        ((b"\\HasNoChildren", b"\\Sent"), b"/", "已发送"),
        ((b"\\Noselect", b"\\HasChildren"), b"/", "项目"),
        ((b"\\Noselect", b"\\HasChildren"), b"/", "项目/2024"),
        ((b"\\HasNoChildren",), b"/", "项目/2024/合同"),
    ]
    assert client.find_special_folder(b"\\Sent") == "已发送"
    for select in (client.select_folder, client.folder_status):
        with pytest.raises(IMAPClient.Error, match="doesn't exist"):
            select("项目")


def test_special_use_hidden(serve: Serve, connect: Connect, store: Store) -> None:
    store.user("anna").add_folder("Sent", special_use="\\Sent")
    client = connect(serve(ServerOptions(hidden=frozenset({"SPECIAL-USE", "CHILDREN"}))))
    assert client.list_folders() == [((), b"/", "INBOX"), ((), b"/", "Sent")]


@pytest.mark.parametrize(
    ("reference", "pattern", "found"),
    [
        ("", "*", ["INBOX", "a", "a/b", "a/b/c", "ab"]),
        ("", "%", ["INBOX", "a", "ab"]),
        ("", "a/%", ["a/b"]),
        ("a/", "%", ["a/b"]),
        ("a/", "*", ["a/b", "a/b/c"]),
        ("", "%/%", ["a/b"]),
        ("", "*c", ["a/b/c"]),
        ("", "inbox", ["INBOX"]),
        ("", "A", []),
        ("", "a.b", []),
    ],
)
def test_list_patterns(
    serve: Serve, connect: Connect, store: Store, reference: str, pattern: str, found: list[str]
) -> None:
    for path in (("a",), ("a", "b"), ("a", "b", "c"), ("ab",)):
        store.user("anna").add_folder(path)
    assert [name for _, _, name in connect(serve()).list_folders(reference, pattern)] == found


def test_the_separator_is_told_for_an_empty_pattern(serve: Serve) -> None:
    server = serve(store=_courier_like())
    with imaplib.IMAP4(server.host, server.imap_port, timeout=5) as client:
        client.login("anna", "sample-anna")
        assert client.list('""', '""') == ("OK", [b'(\\Noselect) "." ""'])


def _courier_like() -> Store:
    store = Store(separator=".", prefix="INBOX.")
    store.add_user("anna", "sample-anna").add_folder(("Projects", "2024"))
    return store


def test_prefix_and_separator(serve: Serve, connect: Connect) -> None:
    store = _courier_like()
    client = connect(serve(store=store))
    assert client.namespace().personal == (("INBOX.", "."),)
    assert client.list_folders() == [
        ((b"\\HasChildren",), b".", "INBOX"),
        ((b"\\Noselect", b"\\HasChildren"), b".", "INBOX.Projects"),
        ((b"\\HasNoChildren",), b".", "INBOX.Projects.2024"),
    ]
    client.create_folder("INBOX.客户.a/b")
    assert ("客户", "a/b") in store.user("anna").folders
    with pytest.raises(IMAPClient.Error, match="should begin with INBOX"):
        client.create_folder("Outside")


def test_lsub_with_percent_shows_parents(serve: Serve, connect: Connect, store: Store) -> None:
    store.user("anna").add_folder(("a", "b"), subscribed=True)
    store.user("anna").add_folder("c")
    client = connect(serve())
    assert client.list_sub_folders("", "%") == [((), b"/", "INBOX"), ((b"\\Noselect",), b"/", "a")]
    client.unsubscribe_folder("INBOX")
    assert client.list_sub_folders() == [((), b"/", "a/b")]
    with pytest.raises(IMAPClient.Error, match="doesn't exist"):
        client.subscribe_folder("nowhere")


def test_create_refusals(serve: Serve, connect: Connect) -> None:
    client = connect(serve())
    client.create_folder("Archive/")
    for name, text in (
        ("Archive", "ALREADYEXISTS"),
        ("inbox", "ALREADYEXISTS"),
        ("a//b", "Invalid"),
        ("", "Invalid"),
    ):
        with pytest.raises(IMAPClient.Error, match=text):
            client.create_folder(name)


def test_a_deleted_folder_ends_the_session_that_has_it_open(serve: Serve, connect: Connect, store: Store) -> None:
    store.user("anna").add_folder("Gone")
    client = connect(serve())
    client.select_folder("Gone")
    store.user("anna").delete_folder("Gone")
    with pytest.raises(IMAPClient.AbortError):
        client.noop()


def test_a_new_uid_validity_ends_the_session_and_shows_after_it(serve: Serve, connect: Connect, store: Store) -> None:
    server = serve()
    client = connect(server)
    before = client.select_folder("INBOX")[b"UIDVALIDITY"]
    store.user("anna").folder("INBOX").renumber()
    with pytest.raises(IMAPClient.AbortError):
        client.noop()
    assert connect(server).select_folder("INBOX")[b"UIDVALIDITY"] != before


def test_select_tells_what_there_is(serve: Serve, connect: Connect, store: Store) -> None:
    inbox = store.user("anna").folder("INBOX")
    inbox.add_message(b"x", flags={"\\Seen"})
    inbox.add_message(b"y", flags={"$Label"}, uid=10)
    client = connect(serve())
    told = client.select_folder("INBOX")
    assert told[b"EXISTS"] == 2
    assert told[b"UIDNEXT"] == 11
    assert told[b"UIDVALIDITY"] == inbox.uid_validity
    assert told[b"UNSEEN"] == [b"2"]
    assert b"$Label" in told[b"FLAGS"]
    assert b"\\*" in told[b"PERMANENTFLAGS"]
    assert b"READ-WRITE" in told
    told = client.select_folder("INBOX", readonly=True)
    assert told[b"PERMANENTFLAGS"] == ()
    assert b"READ-ONLY" in told


def test_a_failed_select_leaves_nothing_selected(serve: Serve, connect: Connect) -> None:
    client = connect(serve())
    client.select_folder("INBOX")
    with pytest.raises(IMAPClient.Error, match="doesn't exist"):
        client.select_folder("nowhere")
    client._imap.state = "SELECTED"  # Or imaplib refuses by itself.
    with pytest.raises(IMAPClient.Error, match="No mailbox selected"):
        client.fetch([1], ["FLAGS"])


def test_quota(serve: Serve, connect: Connect) -> None:
    store = Store()
    store.add_user("anna", PASSWORD, quota_bytes=100 * 1024).folder("INBOX").add_message(b"x" * 2000)
    store.add_user("bo", "sample-bo")
    server = serve(store=store)
    client = connect(server)
    roots, quotas = client.get_quota_root("INBOX")
    assert roots.quota_roots == ["User quota"]
    assert [(quota.resource, quota.usage, quota.limit) for quota in quotas] == [("STORAGE", 2, 100)]
    assert client.get_quota("INBOX")[0].limit == 100
    with imaplib.IMAP4(server.host, server.imap_port, timeout=5) as unlimited:
        unlimited.login("bo", "sample-bo")
        assert unlimited.getquotaroot("INBOX") == ("OK", [[b'"INBOX"'], [None]])


@given(st.sets(st.integers(1, 60)))
def test_sets_and_back(uids: set[int]) -> None:
    ordered = sorted(uids)
    if not ordered:
        assert format_set(ordered) == ""
        return
    ranges = [(first or 0, last or 0) for first, last in parse_set(format_set(ordered).encode())]
    assert [uid for first, last in ranges for uid in range(first, last + 1)] == ordered
    assert all(later[0] > earlier[1] + 1 for earlier, later in pairwise(ranges))


def test_status_tells_the_size_unless_that_is_hidden(serve: Serve, connect: Connect, store: Store) -> None:
    inbox = store.user("anna").folder("INBOX")
    expected = sum(len(message.content) for message in inbox.messages) + 13
    inbox.add_message(b"Subject: 1\r\n\r")
    assert connect(serve()).folder_status("INBOX", ["SIZE"]) == {b"SIZE": expected}
    hiding = connect(serve(ServerOptions(hidden=frozenset({"STATUS=SIZE"}))))
    assert not hiding.has_capability("STATUS=SIZE")
    with pytest.raises(IMAPClient.Error, match="Invalid status item"):
        hiding.folder_status("INBOX", ["SIZE"])
