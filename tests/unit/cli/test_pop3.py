"""`mailmove` with a source that speaks POP3."""

from collections.abc import Callable
from pathlib import Path

from mailmove_gui.demo import EmbeddedServer, ServerOptions, Store
from tests.unit.cli.conftest import MESSAGES, Answer, Servers

Call = Callable[..., Answer]
INBOX_MESSAGES = MESSAGES // 2


def pop3_urls(servers: Servers) -> list[str]:
    source = f"pop3://127.0.0.1:{servers.source.pop3_port}"
    return ["--source", source, "--destination", servers.urls[-1]]


def test_a_check_says_what_stays_behind_and_a_run_moves_the_inbox(call: Call, tmp_path: Path) -> None:
    with EmbeddedServer(Store(), pop3_port=0) as source, EmbeddedServer(Store()) as destination:
        servers = Servers(source, destination, tmp_path)
        servers.add("anna")
        listed = servers.accounts()
        answer = call("check", *pop3_urls(servers), "--accounts", listed)
        assert answer.status == 0
        assert "anna@old.example: By POP3 only the inbox can be read." in " ".join(answer.out.split())
        by_imap = call("check", *servers.urls, "--accounts", listed)
        assert "POP3" not in by_imap.out
        servers.add("bo")
        answer = call("check", *pop3_urls(servers), "--accounts", servers.accounts())
        assert " ".join(answer.out.split()).count("2 accounts: By POP3 only the inbox can be read.") == 1
        state = str(tmp_path / "m.mailmove")
        answer = call("run", *pop3_urls(servers), "--accounts", listed, "--state", state, "--pop3-unread", "--quiet")
        assert answer.status == 0
        moved = destination.store.user("anna@new.example").folder("INBOX").messages
        assert len(moved) == INBOX_MESSAGES
        assert not any("\\Seen" in message.flags for message in moved)


def test_reading_that_deletes_needs_a_yes(call: Call, tmp_path: Path) -> None:
    options = ServerOptions(pop3_expire_days=0)
    with EmbeddedServer(Store(), options, pop3_port=0) as source, EmbeddedServer(Store()) as destination:
        servers = Servers(source, destination, tmp_path)
        servers.add("anna")
        arguments = (*pop3_urls(servers), "--accounts", servers.accounts())
        answer = call("check", *arguments)
        assert answer.status == 1
        assert "--pop3-may-delete" in answer.out
        assert call("check", *arguments, "--pop3-may-delete").status == 0
