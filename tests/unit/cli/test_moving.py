"""`mailmove run`, `check` and `verify` against two servers inside the test."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailmove_gui.commandline import passwords
from mailmove_gui.commandline.moving import resume_command
from mailmove_gui.demo import EmbeddedServer, NewMessage, ServerOptions, Store
from mailmove_gui.domain.states import AccountState
from mailmove_gui.ledger import open_ledger
from tests.session_bus import INHIBIT_SUSPEND, SessionManager, bus, manager, needs_bus
from tests.unit.cli.conftest import DESTINATION_PASSWORD, MESSAGES, SOURCE_PASSWORD, Answer, Servers, message

__all__ = ["bus", "manager"]

Call = Callable[..., Answer]
ACCOUNT_FIELDS = [
    "event",
    "source",
    "destination",
    "state",
    "reason",
    "side",
    "messages_total",
    "moved",
    "already_there",
    "refused",
    "bytes",
]
SUMMARY_FIELDS = [
    "event",
    "accounts",
    "done",
    "failed",
    "moved",
    "already_there",
    "refused",
    "bytes",
    "seconds",
    "verified",
    "refiled",
    "removed",
]


def without_secrets(answer: Answer) -> bool:
    return not any(secret in answer.out + answer.err for secret in (SOURCE_PASSWORD, DESTINATION_PASSWORD, "secret"))


def test_everything_is_moved(servers: Servers, call: Call) -> None:
    servers.add("anna")
    servers.add("bo")
    state = servers.folder / "m.mailmove"
    answer = call("run", *servers.urls, "--accounts", servers.accounts(), "--state", str(state), "--json", "--quiet")
    assert answer.status == 0
    assert answer.err == ""
    assert servers.moved("anna") == servers.moved("bo") == MESSAGES
    *events, summary = answer.objects
    assert all(list(event) == ACCOUNT_FIELDS for event in events)
    states = [event["state"] for event in events if event["source"] == "anna@old.example"]
    assert states[0] == "queued"
    assert states[-1] == "done"
    assert set(states) <= set(AccountState)
    last = next(event for event in reversed(events) if event["source"] == "anna@old.example")
    assert last["destination"] == "anna@new.example"
    assert (last["messages_total"], last["moved"], last["refused"]) == (MESSAGES, MESSAGES, 0)
    assert (last["reason"], last["side"]) == (None, None)
    assert last["bytes"] > 0
    assert list(summary) == SUMMARY_FIELDS
    assert summary["seconds"] >= 0
    assert {name: summary[name] for name in [*SUMMARY_FIELDS[:7], "verified"]} == {
        "event": "summary",
        "accounts": 2,
        "done": 2,
        "failed": 0,
        "moved": 2 * MESSAGES,
        "already_there": 0,
        "refused": 0,
        "verified": True,
    }
    assert without_secrets(answer)


def test_a_second_run_moves_what_is_new_and_nothing_twice(servers: Servers, call: Call) -> None:
    servers.add("anna")
    state = str(servers.folder / "m.mailmove")
    first = ["run", *servers.urls, "--accounts", servers.accounts(), "--state", state, "--quiet"]
    assert call(*first).status == 0
    assert call(*first).status == 0
    assert servers.moved("anna") == MESSAGES
    servers.add("bo")
    old = servers.source.store.user("anna@old.example").folder("INBOX")
    old.add_messages([message(777)])
    answer = call("run", "--state", state, "--accounts", servers.accounts(), "--quiet", "--json")
    assert answer.status == 0
    assert answer.objects[-1]["accounts"] == 2
    assert servers.moved("anna") == MESSAGES + 1
    assert servers.moved("bo") == MESSAGES


def test_without_a_state_file_the_same_call_goes_on(servers: Servers, call: Call) -> None:
    servers.add("anna")
    argv = ["run", *servers.urls, "--accounts", servers.accounts()]
    answer = call(*argv)
    assert answer.status == 0
    said = next(line for line in answer.err.splitlines() if "is kept in" in line)
    path = Path(said.partition("is kept in ")[2].rstrip("."))
    assert path.suffix == ".mailmove"
    assert path.is_relative_to(os.environ["XDG_DATA_HOME"])
    assert call(*argv).err.splitlines()[0] == said
    assert servers.moved("anna") == MESSAGES
    assert [file.name for file in path.parent.glob("*.mailmove")] == [path.name]


def test_a_wrong_password_fails_one_account_only(servers: Servers, call: Call) -> None:
    servers.add("anna")
    servers.add("bo")
    rows = servers.rows()
    rows[1][1] = "wrong-password-3"
    state = str(servers.folder / "m.mailmove")
    argv = ["run", *servers.urls, "--state", state]
    answer = call(*argv, "--accounts", servers.accounts(rows), "--json", "--quiet")
    assert answer.status == 1
    failed = [event for event in answer.objects if event["event"] == "account" and event["reason"]]
    assert [(one["source"], one["state"], one["reason"], one["side"]) for one in failed] == [
        ("bo@old.example", "needs_password", "wrong_password", "source")
    ]
    summary = answer.objects[-1]
    assert (summary["done"], summary["failed"], summary["verified"]) == (1, 1, False)
    assert "wrong-password-3" not in answer.out + answer.err

    answer = call(*argv, "--accounts", servers.accounts(rows))
    assert answer.status == 1
    sentence = "bo@old.example: The source server does not accept this password. Type it again."
    assert sentence in answer.out
    assert sentence in answer.err
    # Corrected in the list: the same migration goes on.
    assert call("run", "--state", state, "--accounts", servers.accounts(), "--quiet").status == 0
    assert servers.moved("bo") == MESSAGES


def test_resumed_without_a_list_a_refused_password_is_not_tried_again(servers: Servers, call: Call) -> None:
    servers.add("anna")
    servers.add("bo")
    rows = servers.rows()
    rows[1][1] = "wrong-password-3"
    state = str(servers.folder / "m.mailmove")
    assert call("run", *servers.urls, "--state", state, "--accounts", servers.accounts(rows), "--quiet").status == 1
    logins = servers.source.commands_seen["AUTHENTICATE"] + servers.source.commands_seen["LOGIN"]
    answer = call("run", "--state", state)
    assert answer.status == 1
    assert "1 account not tried: a password was refused before. Give another one with --accounts." in answer.err
    assert servers.source.commands_seen["AUTHENTICATE"] + servers.source.commands_seen["LOGIN"] == logins
    assert call("run", "--state", state, "--accounts", servers.accounts(), "--quiet").status == 0
    assert servers.moved("bo") == MESSAGES


def test_a_refused_message_is_named(servers: Servers, call: Call) -> None:
    servers.add("anna", poison=True)
    state = str(servers.folder / "m.mailmove")
    answer = call("run", *servers.urls, "--accounts", servers.accounts(), "--state", state, "--json", "--quiet")
    assert answer.status == 1
    (refusal,) = [one for one in answer.objects if one["event"] == "refusal"]
    assert refusal["source"] == "anna@old.example"
    assert refusal["destination"] == "anna@new.example"
    assert refusal["folder"] == "INBOX"
    assert refusal["reason"] == "message_refused"
    assert refusal["subject"] == "poison 999"
    assert "poison" in refusal["server_text"]
    assert answer.objects[-2]["state"] == "done_with_refusals"
    summary = answer.objects[-1]
    assert (summary["moved"], summary["refused"], summary["failed"]) == (MESSAGES, 1, 0)


def test_quiet_says_nothing(servers: Servers, call: Call) -> None:
    servers.add("anna", poison=True)
    answer = call("run", *servers.urls, "--accounts", servers.accounts(), "--quiet")
    assert (answer.status, answer.out, answer.err) == (1, "", "")


def test_options_reach_the_engine(servers: Servers, call: Call) -> None:
    servers.add("anna")
    state = servers.folder / "m.mailmove"
    argv = ["--folder", "work*", "--folder", "Work", "--map", "Work=Archive/Old//New", "--accounts-at-once", "2"]
    argv += ["--bandwidth", "50M"]
    answer = call("run", *servers.urls, "--accounts", servers.accounts(), "--state", str(state), "--quiet", *argv)
    assert answer.status == 0
    folders = servers.destination.store.user("anna@new.example").folders
    assert {path: len(folder) for path, folder in folders.items() if len(folder)} == {
        ("Archive", "Old_New"): MESSAGES // 2
    }
    ledger = open_ledger(state)
    try:
        assert ledger.plan().options.accounts_at_once == 2
        assert ledger.plan().options.bandwidth_bytes_s == 50_000_000
        assert ledger.plan().options.folders == ("work*", "Work")
    finally:
        ledger.close()


def test_a_check_copies_nothing_and_makes_no_file(servers: Servers, call: Call) -> None:
    servers.add("anna")
    servers.add("bo")
    rows = servers.rows()
    rows[1][3] = "wrong"
    state = servers.folder / "m.mailmove"
    for command in (["check"], ["run", "--dry-run"]):
        answer = call(*command, *servers.urls, "--accounts", servers.accounts(rows), "--state", str(state))
        assert answer.status == 1
        assert f"anna@old.example   ok       ok                  2          {MESSAGES}" in answer.out
        assert "bo@old.example: The destination server does not accept this password." in answer.out
    answer = call("check", *servers.urls, "--accounts", servers.accounts(), "--json", "--quiet")
    assert answer.status == 0
    *checks, summary = answer.objects
    assert {one["source"] for one in checks} == {"anna@old.example", "bo@old.example"}
    assert all((one["event"], one["state"], one["messages_total"]) == ("check", "ready", MESSAGES) for one in checks)
    assert [folder["source"] for folder in checks[0]["folders"]] == ["INBOX", "Work"]
    assert (summary["accounts"], summary["done"], summary["failed"]) == (2, 2, 0)
    assert servers.moved("anna") == servers.moved("bo") == 0
    assert not state.exists()
    assert not Path(os.environ["XDG_DATA_HOME"]).exists()


def test_a_check_tells_what_is_to_be_looked_at(servers: Servers, call: Call) -> None:
    servers.add("anna")
    old, new = servers.source.store.user("anna@old.example"), servers.destination.store.user("anna@new.example")
    now = datetime.now(UTC)
    large = NewMessage(b"Subject: large\r\n\r\n" + b"x" * 3000 + b"\r\n", internal_date=now)
    old.folder("Work").add_messages([large])
    new.quota_bytes = 2048
    listed = servers.accounts()
    answer = call("check", *servers.urls, "--accounts", listed, "--json", "--quiet")
    check, summary = answer.objects
    assert (check["quota_used"], check["quota_limit"], check["fits"]) == (0, 2048, False)
    assert check["max_message_bytes"] is None
    assert check["newest"][:10] == now.date().isoformat()
    assert check["hidden_mail"] == "only_recent"
    assert check["estimate_s"] == summary["estimate_s"] >= 0
    assert {one["cause"] for one in check["folders"]} == {"special", "same_name"}
    answer = call("check", *servers.urls, "--accounts", listed, "--map", "Work=Office", "--before", "2001-01-01")
    assert answer.status == 0
    for said in (
        "anna@old.example: Only mail of the last month is visible.",
        f"anna@old.example: {MESSAGES + 1} messages are left out for their date or size.",
        "anna@old.example: folder Work becomes Office. Chosen by you.",
        "Less than a minute for 1 account, ready",
    ):
        assert said in answer.out
    assert "too little for this mailbox" not in answer.out


def test_a_check_holds_the_estimate_against_the_end_of_the_source(servers: Servers, call: Call) -> None:
    servers.add("anna")
    state = str(servers.folder / "m.mailmove")
    check = ("check", *servers.urls, "--accounts", servers.accounts(), "--state", state)
    summary = call(*check, "--json", "--quiet").objects[-1]
    assert (summary["source_ends"], summary["outlook"], summary["ready"], summary["remedies"]) == (None, None, None, [])
    ends = (datetime.now(UTC).astimezone() + timedelta(days=10)).date().isoformat()
    answer = call(*check, "--source-ends", ends)
    assert answer.status == 0
    said = " ".join(answer.out.split())
    assert f"The source ends on {ends}: in time, ready" in said
    assert "10 days are left." in said
    summary = call(*check, "--source-ends", "2020-01-31", "--json", "--quiet").objects[-1]
    assert (summary["source_ends"], summary["outlook"]) == ("2020-01-31", "too_late")
    # A run keeps it, and a later check knows it.
    assert call("run", *check[1:], "--source-ends", "2020-01-31", "--quiet").status == 0
    answer = call("check", "--state", state, "--accounts", servers.accounts())
    assert "The source was to end on 2020-01-31." in " ".join(answer.out.split())


def test_a_check_knows_the_largest_message(call: Call, tmp_path: Path) -> None:
    options = ServerOptions(append_limit_bytes=2000)
    with EmbeddedServer(Store()) as source, EmbeddedServer(Store(), options) as destination:
        servers = Servers(source, destination, tmp_path)
        servers.add("anna")
        body = b"Subject: large\r\n\r\n" + b"x" * 3000 + b"\r\n"
        source.store.user("anna@old.example").folder("Work").add_messages([NewMessage(body)])
        answer = call("check", *servers.urls, "--accounts", servers.accounts(), "--json", "--quiet")
        check = answer.objects[0]
        assert (check["too_large"], check["max_message_bytes"]) == (1, 2000)
        answer = call("check", *servers.urls, "--accounts", servers.accounts())
        assert "1 message is larger than the destination accepts (2 kB)" in answer.out


def test_folders_can_be_left_out_by_what_they_are(servers: Servers, call: Call) -> None:
    servers.add("anna")
    old = servers.source.store.user("anna@old.example")
    old.add_folder(("Spam",), special_use="\\Junk")
    old.folder("Spam").add_messages([message(1000)])
    argv = [*servers.urls, "--accounts", servers.accounts(), "--state", str(servers.folder / "m.mailmove"), "--json"]
    answer = call("run", *argv, "--exclude-role", "Junk", "--quiet")
    assert answer.status == 0
    assert answer.objects[-1]["verified"] is True
    assert servers.moved("anna") == MESSAGES
    check = call("check", *argv, "--exclude-role", "junk", "--quiet").objects[0]
    assert check["folders_left_out"] == ["Spam"]
    # Taken in again, it is brought.
    assert call("run", *argv, "--exclude-role", "trash", "--quiet").status == 0
    assert servers.moved("anna") == MESSAGES + 1


def test_verify_finds_what_is_missing(servers: Servers, call: Call) -> None:
    servers.add("anna")
    state, listed = str(servers.folder / "m.mailmove"), servers.accounts()
    assert call("run", *servers.urls, "--accounts", listed, "--state", state, "--quiet").status == 0
    for deep in ([], ["--deep"]):
        answer = call("verify", "--state", state, "--accounts", listed, "--json", "--quiet", *deep)
        assert answer.status == 0
        found, summary = answer.objects
        assert (found["verified"], found["expected"], found["found"]) == (True, MESSAGES, MESSAGES)
        assert found["deep"] is bool(deep)
        assert summary["verified"] is True
    work = servers.destination.store.user("anna@new.example").folder("Work")
    work.expunge([work.messages[0].uid])
    answer = call("verify", "--state", state, "--accounts", listed)
    assert answer.status == 1
    assert "missing: Work: " in answer.out
    assert without_secrets(answer)


def test_without_a_password_and_a_terminal_the_account_waits_for_one(servers: Servers, call: Call) -> None:
    servers.add("anna")
    state = str(servers.folder / "m.mailmove")
    assert call("run", *servers.urls, "--accounts", servers.accounts(), "--state", state, "--quiet").status == 0
    answer = call("run", "--state", state, "--json", "--quiet")
    assert answer.status == 1
    last = answer.objects[-2]
    assert (last["state"], last["reason"], last["side"]) == ("needs_password", "password_missing", "source")


def test_on_a_terminal_missing_passwords_are_asked_for_once(
    servers: Servers, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers.add("anna")
    rows = servers.rows()
    rows[0][1] = ""
    prompts: list[str] = []

    def answer_prompt(prompt: str) -> str:
        prompts.append(prompt)
        return SOURCE_PASSWORD

    class Terminal:
        @staticmethod
        def isatty() -> bool:
            return True

    monkeypatch.setattr(passwords, "sys", type("Sys", (), {"stdin": Terminal, "stderr": Terminal}))
    monkeypatch.setattr("getpass.getpass", answer_prompt)
    answer = call("run", *servers.urls, "--accounts", servers.accounts(rows))
    assert answer.status == 0
    assert prompts == ["Password of anna@old.example at 127.0.0.1 (source): "]
    assert without_secrets(answer)


def test_the_log_has_no_passwords(servers: Servers, call: Call) -> None:
    servers.add("anna")
    log = servers.folder / "log.txt"
    argv = ["--accounts", servers.accounts(), "--log-file", str(log), "--debug"]
    assert call("run", *servers.urls, *argv, "--quiet").status == 0
    text = log.read_text(encoding="utf-8")
    assert "anna@old.example: Done, verified" in text
    assert "secret" not in text


def test_a_shared_destination_is_remarked_and_moved(servers: Servers, call: Call) -> None:
    servers.add("anna")
    servers.add("bo")
    rows = servers.rows()
    rows[1][2] = rows[0][2]
    answer = call("run", *servers.urls, "--accounts", servers.accounts(rows))
    assert answer.status == 0
    assert "list.csv, row 3: row 2 also goes to anna@new.example" in answer.err
    # Both have the same sample mail; still each message is one of its own.
    assert servers.moved("anna") == 2 * MESSAGES


# Stopping

PROGRAM = [sys.executable, "-m", "mailmove_gui.cli"]


def wait_until(condition: Callable[[], bool], what: str, limit_s: float = 30.0) -> None:
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.02)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_and_resumed(servers: Servers, call: Call, number: signal.Signals) -> None:
    servers.add("anna", messages=400)
    servers.destination.options = replace(servers.destination.options, messages_per_s=100)
    state = str(servers.folder / "m.mailmove")
    argv = ["run", *servers.urls, "--accounts", servers.accounts(), "--state", state]
    with subprocess.Popen(
        [*PROGRAM, *argv, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ.copy()
    ) as process:
        wait_until(lambda: servers.moved("anna") > 0, "something is moved")
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 3
    objects = [json.loads(line) for line in out.splitlines()]
    assert objects[-1]["event"] == "summary"
    assert objects[-1]["verified"] is False
    assert [one["state"] for one in objects if one["event"] == "account"][-1] == "paused"
    assert f"To go on: mailmove run --state {state} --accounts" in err
    assert 0 < servers.moved("anna") < 400
    servers.destination.options = replace(servers.destination.options, messages_per_s=None)
    assert call(*argv, "--quiet").status == 0
    assert servers.moved("anna") == 400


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_second_request_cuts_the_connections(servers: Servers) -> None:
    servers.add("anna", messages=20)
    # The server hangs in the middle of everything.
    servers.destination.options = replace(servers.destination.options, messages_per_s=0.05)
    argv = ["run", *servers.urls, "--accounts", servers.accounts(), "--state", str(servers.folder / "m.mailmove")]
    with subprocess.Popen(
        [*PROGRAM, *argv], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ.copy()
    ) as process:
        assert process.stderr is not None
        wait_until(lambda: servers.destination.commands_seen["APPEND"] > 0, "a message is on its way")
        process.send_signal(signal.SIGINT)
        lines: list[str] = []
        reader = threading.Thread(target=lambda: lines.extend(process.stderr or []))
        reader.start()
        wait_until(lambda: any("Stopping" in line for line in lines), "the first request was heard")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 3
        reader.join(10)
    assert any("Cutting" in line for line in lines)
    assert not any("Traceback" in line for line in lines)


def test_the_call_to_go_on_quotes_what_has_blanks() -> None:
    class Prepared:
        state_file = Path("/tmp/my mail/m.mailmove")

    class Arguments:
        command = "run"
        accounts = "list.csv"

    command = resume_command(Prepared, Arguments)  # type: ignore[arg-type]
    assert command == 'mailmove run --state "/tmp/my mail/m.mailmove" --accounts list.csv'


@needs_bus
@pytest.mark.parametrize(("option", "holds"), [([], [INHIBIT_SUSPEND]), (["--no-keep-awake"], [])])
def test_the_computer_is_kept_awake_meanwhile(
    servers: Servers, call: Call, manager: SessionManager, option: list[str], holds: list[int]
) -> None:
    servers.add("anna")
    state = str(servers.folder / "m.mailmove")
    answer = call("run", *servers.urls, "--accounts", servers.accounts(), "--state", state, "--quiet", *option)
    assert answer.status == 0
    assert manager.flags_ever == holds
    assert manager.holds == {}
