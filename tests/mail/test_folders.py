"""LIST in the ways servers answer it."""

from __future__ import annotations

import pytest

from mailmove_gui.domain.folders import Folder, FolderRole, NamingRules
from mailmove_gui.domain.reasons import MailError, Reason
from tests.mail.opening import open_destination, open_source
from tests.mail.scripted_server import Reply, Rules, ScriptedServer

_BASE = "IMAP4rev1 AUTH=PLAIN SASL-IR"
_NO = b"TAG NO no such mailbox\r\n"
_OK = b"TAG OK done\r\n"
_COURIER = b'* NAMESPACE (("INBOX." ".")) NIL (("#shared." ".")("shared." "."))\r\n' + _OK


def _listed(*lines: bytes) -> bytes:
    return b"".join(b"* LIST " + line + b"\r\n" for line in lines) + _OK


def _folders(rules: Rules, capabilities: str = _BASE, **changes: object) -> tuple[tuple[Folder, ...], ScriptedServer]:
    with ScriptedServer(rules, capabilities=capabilities) as server:
        source = open_source(server, **changes)  # type: ignore[arg-type]
        folders = source.folders()
        source.close()
    return folders, server


def _paths(folders: tuple[Folder, ...]) -> list[tuple[str, ...]]:
    return [folder.path for folder in folders]


def test_odd_names() -> None:
    lines = [
        b'() "/" INBOX',
        b'() "/" atom',
        b'() "/" "tail "',
        b'() "/" "quo\\"te\\\\back"',
        b'() "/" {9}\r\nlit(eral) ',
        b'() "/" "R&D"',
        b'() "/" "&U,BTFw-/&ZeVnLIqe-"',
        b'() "/" Sent',
        b'() "/" sent',
        b'() "/" "caf\xe9"',
        b'() "/" 2024',
        b'(\\Noselect) "/" "only a parent/"',
        b'(\\NonExistent) "/" ghost',
        b'() "/" un quoted',
        b'() "/" "inner "quote" marks"',
        b"() NIL flat/name",
        b"garbage that no one can read",
    ]
    folders, _ = _folders({'LIST "" "\\*"': _listed(*lines)})
    selectable = {folder.path: folder.selectable for folder in folders}
    assert selectable == {
        ("INBOX",): True,
        ("atom",): True,
        ("tail ",): True,
        ('quo"te\\back',): True,
        ("lit(eral)",): True,
        ("R&D",): True,
        ("台北", "日本語"): True,
        ("Sent",): True,
        ("sent",): True,
        ("café",): True,
        ("2024",): True,
        ("only a parent",): False,
        ("ghost",): False,
        ("un quoted",): True,
        ('inner "quote" marks',): True,
        ("flat/name",): True,
    }


def test_wire_names_are_sent_back_as_they_came() -> None:
    status = b"* STATUS x (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 3)\r\n" + _OK
    lines = [b'() "/" "R&D"', b'() "/" "caf\xe9"', b'(\\Noselect) "/" "p/"', b'() "/" "quo\\"te\\\\back "']
    with ScriptedServer({'LIST "" "\\*"': _listed(*lines), "STATUS": status}) as server:
        source = open_source(server)
        for path in [("R&D",), ("café",), ('quo"te\\back ',), ("INBOX",)]:
            assert source.status(path).uidvalidity == 3
        source.close()
    names = [command.split(b" ", 1)[1].rsplit(b" (", 1)[0] for command in server.sent("STATUS")]
    assert names == [b'"R&D"', b'"caf\xe9"', b'"quo\\"te\\\\back "', b'"INBOX"']


def test_prefix_is_taken_off_and_other_namespaces_are_left_out() -> None:
    lines = [
        b'(\\HasChildren) "." "INBOX"', b'() "." "INBOX.Sent"', b'() "." "INBOX.a.b"', b'() "." "shared.all"',
        b'() "." "#shared.team"',
    ]  # fmt: skip
    rules: Rules = {"NAMESPACE": _COURIER, 'LIST "" "\\*"': _listed(*lines)}
    folders, _ = _folders(rules, _BASE + " NAMESPACE")
    assert _paths(folders) == [("INBOX",), ("Sent",), ("a", "b")]


@pytest.mark.parametrize(
    ("answer", "rules"),
    [
        (_COURIER, NamingRules(".", prefix_is_inbox=True)),
        (b'* NAMESPACE (("" "/")) NIL NIL\r\n' + _OK, NamingRules("/")),
        (b'* NAMESPACE (("" "\\\\")("Archive\\\\" "\\\\")) NIL NIL\r\n' + _OK, NamingRules("\\")),
        (b'* NAMESPACE (("" "/" "X-PARAM" ("FLAG1" "FLAG2"))) NIL NIL\r\n' + _OK, NamingRules("/")),
        (b"* NAMESPACE NIL NIL NIL\r\n" + _OK, NamingRules("^")),
        (b"* NAMESPACE ((((\r\n" + _OK, NamingRules("^")),
        (b"TAG NO not today\r\n", NamingRules("^")),
    ],
)
def test_naming_rules(answer: bytes, rules: NamingRules) -> None:
    script: Rules = {"NAMESPACE": answer, 'LIST "" ""': b'* LIST (\\Noselect) "^" ""\r\n' + _OK}
    with ScriptedServer(script, capabilities=_BASE + " NAMESPACE") as server:
        destination = open_destination(server)
        assert destination.naming == rules
        destination.close()


def test_flat_server() -> None:
    script: Rules = {'LIST "" ""': b'* LIST (\\Noselect) NIL ""\r\n' + _OK}
    with ScriptedServer(script) as server:
        destination = open_destination(server)
        assert destination.naming == NamingRules("")
        destination.close()


def test_roles_and_subscriptions_in_one_answer() -> None:
    lines = [
        b'(\\Subscribed) "/" INBOX', b'(\\sent \\Subscribed) "/" "Gesendet"', b'(\\DRAFTS) "/" d', b'(\\Junk) "/" j',
        b'(\\All) "/" "All Mail"', b'(\\Flagged) "/" s', b'(\\Important) "/" i', b'(\\Archive) "/" a',
        b'(\\HasNoChildren) "/" Trash ("CHILDINFO" ("SUBSCRIBED"))',
    ]  # fmt: skip
    folders, server = _folders(
        {'LIST "" "\\*" RETURN': _listed(*lines), "LSUB": b'* LSUB () "/" s\r\n' + _OK},
        _BASE + " LIST-EXTENDED SPECIAL-USE",
        role_names={"trash": FolderRole.TRASH},
    )
    assert server.sent('LIST "" "*"') == [b'LIST "" "*" RETURN (SUBSCRIBED SPECIAL-USE)']
    assert {folder.path[0]: folder.role for folder in folders} == {
        "INBOX": FolderRole.INBOX, "Gesendet": FolderRole.SENT, "d": FolderRole.DRAFTS, "j": FolderRole.JUNK,
        "All Mail": FolderRole.ALL, "s": FolderRole.FLAGGED, "i": FolderRole.IMPORTANT, "a": FolderRole.ARCHIVE,
        "Trash": FolderRole.TRASH,
    }  # fmt: skip
    assert {folder.path[0] for folder in folders if folder.subscribed} == {"INBOX", "Gesendet", "s"}


def test_a_server_that_announces_extended_list_and_cannot() -> None:
    script: Rules = {
        'LIST "" "\\*" RETURN': b"TAG BAD no\r\n",
        'LIST "" "\\*"': _listed(b'() "/" x'),
        "LSUB": b'* LSUB () "/" x\r\n' + _OK,
    }
    folders, _ = _folders(script, _BASE + " LIST-EXTENDED")
    assert [(folder.path, folder.subscribed) for folder in folders] == [(("INBOX",), False), (("x",), True)]


def test_xlist() -> None:
    lines = (
        b'* XLIST (\\HasNoChildren \\Inbox) "/" "Posteingang"\r\n* XLIST (\\X \\Spam) "/" "[Gmail]/Spam"\r\n'
        b'* XLIST (\\AllMail) "/" "[Gmail]/Alle"\r\n* XLIST (\\Noselect) "/" "[Gmail]"\r\n'
    )
    folders, _ = _folders({"XLIST": lines + _OK}, _BASE + " XLIST")
    assert {folder.path: folder.role for folder in folders} == {
        ("INBOX",): FolderRole.INBOX,
        ("[Gmail]",): FolderRole.NONE,
        ("[Gmail]", "Alle"): FolderRole.ALL,
        ("[Gmail]", "Spam"): FolderRole.JUNK,
    }


def test_subscriptions_by_lsub() -> None:
    script: Rules = {
        'LIST "" "\\*"': _listed(b'() "/" a', b'() "/" b'),
        "LSUB": b'* LSUB () "/" a\r\n* LSUB (\\Noselect) "/" b\r\n' + _OK,
    }
    folders, _ = _folders(script)
    assert {folder.path[0] for folder in folders if folder.subscribed} == {"a"}


def test_roles_by_name_where_the_server_names_none() -> None:
    names = {"已发送": FolderRole.SENT, "drafts": FolderRole.DRAFTS}
    lines = [b'() "/" "&XfJT0ZAB-"', b'() "/" DRAFTS', b'() "/" "x/Drafts"']
    folders, _ = _folders({'LIST "" "\\*"': _listed(*lines)}, role_names=names)
    roles = {folder.path: folder.role for folder in folders}
    assert roles[("已发送",)] is FolderRole.SENT
    assert roles[("DRAFTS",)] is FolderRole.DRAFTS
    assert roles[("x", "Drafts")] is FolderRole.NONE


def test_list_that_fails() -> None:
    rules: dict[str, Reply] = {'LIST "" "\\*"': b"TAG NO [UNAVAILABLE] later\r\n"}
    with ScriptedServer(rules) as server:
        source = open_source(server)
        with pytest.raises(MailError) as caught:
            source.folders()
        assert caught.value.reason is Reason.SERVER_BUSY
        source.close()


# -- making folders


def test_create_and_subscribe() -> None:
    script: Rules = {"NAMESPACE": _COURIER, "CREATE": _OK, "SUBSCRIBE": b"TAG NO never\r\n"}
    with ScriptedServer(script, capabilities=_BASE + " NAMESPACE") as server:
        destination = open_destination(server)
        destination.create_folder(("Projekte", "Ä&B"))
        destination.create_folder(("Projekte", "Ä&B"))
        destination.create_folder(("INBOX",))
        destination.subscribe(("Projekte", "Ä&B"))
        destination.close()
    assert server.sent("CREATE") == [b'CREATE "INBOX.Projekte.&AMQ-&-B"']
    assert server.sent("SUBSCRIBE") == [b'SUBSCRIBE "INBOX.Projekte.&AMQ-&-B"']


def test_parents_are_made_where_the_server_does_not() -> None:
    script: Rules = {'CREATE "a/b/c"': [b"TAG NO no parent\r\n", _OK], "CREATE": _OK, "STATUS": _NO}
    with ScriptedServer(script) as server:
        destination = open_destination(server)
        destination.create_folder(("a", "b", "c"))
        destination.close()
    assert server.sent("CREATE") == [b'CREATE "a/b/c"', b'CREATE "a"', b'CREATE "a/b"', b'CREATE "a/b/c"']


def test_a_folder_that_is_there_after_all() -> None:
    script: Rules = {
        # As Dovecot does where "new" is of its own making and a client has made "new/below".
        'LIST "" "\\*"': _listed(b'(\\Noselect) "/" new'),
        "CREATE": b"TAG NO [ALREADYEXISTS] there\r\n",
        'STATUS "new"': b'* STATUS "new" (UIDNEXT 1)\r\nTAG OK done\r\n',
    }
    with ScriptedServer(script) as server:
        destination = open_destination(server)
        destination.create_folder(("new",))
        destination.close()


def test_a_refused_folder() -> None:
    script: Rules = {"CREATE": b"TAG NO Invalid mailbox name\r\n", "STATUS": _NO}
    with ScriptedServer(script) as server:
        destination = open_destination(server)
        with pytest.raises(MailError) as caught:
            destination.create_folder(("a%",))
        assert caught.value.reason is Reason.FOLDER_REFUSED
        assert caught.value.server_text == "Invalid mailbox name"
        destination.close()


def test_an_unselectable_folder_is_made_selectable() -> None:
    script: Rules = {'LIST "" "\\*"': _listed(b'(\\Noselect) "/" a'), "CREATE": _OK}
    with ScriptedServer(script) as server:
        destination = open_destination(server)
        destination.create_folder(("a",))
        destination.create_folder(("a",))
        destination.close()
    assert server.sent("CREATE") == [b'CREATE "a"']
