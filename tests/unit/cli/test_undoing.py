"""`mailmove undo` against two servers inside the test."""

from collections.abc import Callable

import pytest

from mailmove_gui.commandline import undoing
from mailmove_gui.demo import EmbeddedServer, Store
from tests.unit.cli.conftest import DESTINATION_PASSWORD, MESSAGES, Answer, Servers

Call = Callable[..., Answer]


def test_undo_asks_first_and_takes_out_what_was_moved(
    servers: Servers, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers.add("anna")
    state, listed = str(servers.folder / "m.mailmove"), servers.accounts()
    assert call("run", *servers.urls, "--accounts", listed, "--state", state, "--quiet").status == 0
    argv = ["undo", "--state", state, "--account", "anna@old.example", "--accounts", listed]
    answer = call(*argv)
    assert answer.status == 2
    assert "add --yes" in answer.err

    class Terminal:
        answer = "no\n"

        @staticmethod
        def isatty() -> bool:
            return True

        @classmethod
        def readline(cls) -> str:
            return cls.answer

        @staticmethod
        def write(text: str) -> None:
            asked.append(text)

        @staticmethod
        def flush() -> None:
            pass

    asked: list[str] = []
    with monkeypatch.context() as terminal:
        terminal.setattr(undoing, "sys", type("Sys", (), {"stdin": Terminal, "stderr": Terminal}))
        assert call(*argv).status == 3
        assert servers.moved("anna") == MESSAGES
        Terminal.answer = "yes\n"
        assert call(*argv).status == 0
    assert (
        asked == ["Remove what was moved (6 messages) from the mailbox anna@new.example at 127.0.0.1? Type yes: "] * 2
    )
    assert servers.moved("anna") == 0
    answer = call(*argv, "--yes", "--json")
    assert answer.objects == [
        {
            "event": "undo",
            "source": "anna@old.example",
            "removed": 0,
            "touched": 0,
            "only_copies": 0,
            "not_found": 0,
        }
    ]


def test_after_undo_the_account_runs_with_a_corrected_destination_only(servers: Servers, call: Call) -> None:
    servers.add("anna")
    state, listed = str(servers.folder / "m.mailmove"), servers.accounts()
    assert call("run", *servers.urls, "--accounts", listed, "--state", state, "--quiet").status == 0
    argv = ["undo", "--state", state, "--account", "anna@old.example", "--accounts", listed, "--yes", "--quiet"]
    assert call(*argv).status == 0
    assert call("run", "--state", state, "--accounts", listed, "--quiet", "--json").objects[-1]["accounts"] == 0
    assert servers.moved("anna") == 0
    with EmbeddedServer(Store()) as right:
        right.store.add_user("anna@new.example", DESTINATION_PASSWORD)
        urls = [*servers.urls[:3], f"imap://127.0.0.1:{right.imap_port}"]
        assert call("run", *urls, "--state", state, "--accounts", listed, "--quiet").status == 0
        folders = right.store.user("anna@new.example").folders
        assert sum(len(folder) for folder in folders.values()) == MESSAGES
    assert servers.moved("anna") == 0


def test_what_was_moved_is_forgotten_where_the_mailbox_is_gone(servers: Servers, call: Call) -> None:
    servers.add("anna")
    state, listed = str(servers.folder / "m.mailmove"), servers.accounts()
    assert call("run", *servers.urls, "--accounts", listed, "--state", state, "--quiet").status == 0
    argv = ["undo", "--state", state, "--account", "anna@old.example", "--forget"]
    assert "add --yes" in call(*argv).err
    with EmbeddedServer(Store()) as right:
        right.store.add_user("anna@new.example", DESTINATION_PASSWORD)
        answer = call(*argv, "--yes", "--json")
        assert (answer.status, answer.objects) == (
            0,
            [{"event": "forgotten", "source": "anna@old.example", "messages": MESSAGES}],
        )
        assert servers.moved("anna") == MESSAGES
        urls = [*servers.urls[:3], f"imap://127.0.0.1:{right.imap_port}"]
        assert call("run", *urls, "--state", state, "--accounts", listed, "--quiet").status == 0
        folders = right.store.user("anna@new.example").folders
        assert sum(len(folder) for folder in folders.values()) == MESSAGES


def test_after_forgetting_the_same_mailbox_is_found_as_it_is(servers: Servers, call: Call) -> None:
    servers.add("anna")
    state, listed = str(servers.folder / "m.mailmove"), servers.accounts()
    assert call("run", *servers.urls, "--accounts", listed, "--state", state, "--quiet").status == 0
    answer = call("undo", "--state", state, "--account", "anna@old.example", "--forget", "--yes")
    assert answer.out == f"anna@old.example: {MESSAGES} messages forgotten, and still where they are.\n"
    summary = call("run", "--state", state, "--accounts", listed, "--quiet", "--json").objects[-1]
    assert (summary["moved"], summary["already_there"]) == (0, MESSAGES)
    assert servers.moved("anna") == MESSAGES


def test_undo_of_nobody(servers: Servers, call: Call) -> None:
    servers.add("anna")
    state = str(servers.folder / "m.mailmove")
    assert call("run", *servers.urls, "--accounts", servers.accounts(), "--state", state, "--quiet").status == 0
    answer = call("undo", "--state", state, "--account", "nobody", "--yes")
    assert answer.status == 2
    assert "--account: nobody is no account of this migration" in answer.err


def test_undo_says_what_it_left(servers: Servers, call: Call) -> None:
    servers.add("anna")
    state, listed = str(servers.folder / "m.mailmove"), servers.accounts()
    assert call("run", *servers.urls, "--accounts", listed, "--state", state, "--quiet").status == 0
    new = servers.destination.store.user("anna@new.example").folder("Work")
    new.expunge([new.messages[0].uid])
    old = servers.source.store.user("anna@old.example").folder("INBOX")
    old.expunge([old.messages[0].uid, old.messages[1].uid])
    answer = call("undo", "--state", state, "--account", "anna@old.example", "--accounts", listed, "--yes")
    assert answer.status == 1
    assert answer.out.splitlines() == [
        "anna@old.example: 3 messages removed.",
        "  2 messages left: not at the source any more",
        "  1 message not found: filed elsewhere or deleted since",
    ]
