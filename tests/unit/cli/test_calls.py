"""Wrong calls and wrong files: status 2 and a sentence that names file, row and field."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mailmove_gui import __version__
from tests.unit.cli.conftest import HEADINGS, Answer

Call = Callable[..., Answer]
URLS = ["--source", "imaps://old.example", "--destination", "imaps://new.example"]
HEAD = ",".join(HEADINGS)
SECRET = "hunter2"

HEAVY = {
    "PySide6",
    "calamine",
    "charset_normalizer",
    "imapclient",
    "keyring",
    "mailmove_gui.engine",
    "mailmove_gui.ledger",
    "mailmove_gui.mail",
    "python_calamine",
    "rich",
    "sqlite3",
    "ssl",
    "wakepy",
}


def accounts(folder: Path, text: str) -> str:
    path = folder / "list.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("argv", "status", "said"),
    [
        (["--version"], 0, f"mailmove {__version__}"),
        (["--help"], 0, "Exit status"),
        (["run", "--help"], 0, "--accounts-at-once"),
        (["run", "--help"], 0, "--no-keep-awake"),
        ([], 2, "COMMAND"),
        (["dance"], 2, "dance"),
        (["run", "--nonsense"], 2, "--nonsense"),
        (["run", "--acc", "x"], 2, "--acc"),
        (["run", "--newest-first", "--oldest-first"], 2, "not allowed"),
        (["verify"], 2, "--state"),
        (["report"], 2, "--state"),
        (["run"], 2, "--accounts"),
        (["run", "--password", SECRET], 2, "--password"),
    ],
)
def test_the_call_itself(call: Call, argv: list[str], status: int, said: str) -> None:
    answer = call(*argv)
    assert answer.status == status
    assert said in (answer.out if status == 0 else answer.err)


@pytest.mark.parametrize("argument", ["--version", "--help"])
def test_a_short_answer_imports_nothing_heavy(argument: str) -> None:
    code = (
        "import sys; from mailmove_gui.cli import main; status = main([sys.argv[1]]);"
        "print(status, *sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, argument], capture_output=True, text=True, timeout=60, check=True
    )
    status, *modules = done.stderr.split()
    assert status == "0"
    assert HEAVY & set(modules) == set()
    assert "mailmove_gui.cli" in modules


def test_a_whole_command_imports_no_qt(tmp_path: Path) -> None:
    code = "import sys; from mailmove_gui.cli import main; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    argv = ["run", *URLS, "--accounts", str(tmp_path / "none.csv")]
    done = subprocess.run([sys.executable, "-c", code, *argv], capture_output=True, text=True, timeout=60, check=True)
    modules = set(done.stderr.split())
    assert "mailmove_gui.engine" in modules
    assert not {module for module in modules if module.startswith(("PySide6", "shiboken6", "mailmove_gui.desktop"))}


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--since", "31.1.2024"], "--since: “31.1.2024” is no date; write it like 2024-01-31."),
        (["--since", "20240131"], "--since: “20240131” is no date"),
        (["--before", "2024-02-30"], "--before: “2024-02-30” is no date"),
        (["--max-size", "25MB"], "--max-size: “25MB” cannot be used here"),
        (["--max-size", "0"], "--max-size: “0” cannot"),
        (["--accounts-at-once", "-1"], "--accounts-at-once: “-1” cannot"),
        (["--exclude-role", "spam"], "--exclude-role: “spam” is no kind of folder"),
        (["--bandwidth", "fast"], "--bandwidth: “fast” is no bandwidth; write bytes a second like 500k or 2M, or off."),
        (["--bandwidth", "0k"], "--bandwidth: “0k” is no bandwidth"),
        (["--quiet-hours", "8-18"], "--quiet-hours: “8-18” are no hours; write them like 08:00-18:00, or off."),
        (["--quiet-hours", "08:00-24:00"], "--quiet-hours: “08:00-24:00” are no hours"),
        (["--quiet-hours", "08:00-18:00", "--quiet-hours", "off"], "--quiet-hours: “off” are no hours"),
        (["--map", "Sent"], "--map: “Sent” maps no folder"),
        (["--map", "=Sent"], "--map: “=Sent” maps no folder"),
        (["--ca-file", "none.pem"], "none.pem, --ca-file: there is no such file"),
    ],
)
def test_option_values(call: Call, tmp_path: Path, argv: list[str], said: str) -> None:
    listed = accounts(tmp_path, f"{HEAD}\na,p,a,p\n")
    answer = call("run", *URLS, "--accounts", listed, *argv)
    assert answer.status == 2
    assert answer.err.startswith(f"mailmove: {said}")
    assert answer.out == ""


@pytest.mark.parametrize(
    ("option", "url", "said"),
    [
        ("--source", "old.example", "--source: “old.example” is no address of a mail server"),
        ("--source", "http://old.example", "--source: “http” is no address"),
        ("--source", "imaps://", "--source: “imaps://” names no server"),
        ("--source", "imaps://old.example:99999", "--source: the port in “imaps://old.example:99999” is none"),
        ("--source", f"imaps://anna:{SECRET}@old.example", "--source: a server's address holds no user name"),
        ("--destination", "pop3s://new.example", "--destination: nothing can be put into a mailbox by POP3"),
        ("--destination", "imaps://new.example/INBOX", "--destination: “imaps://new.example/INBOX” has something"),
    ],
)
def test_servers(call: Call, tmp_path: Path, option: str, url: str, said: str) -> None:
    listed = accounts(tmp_path, f"{HEAD}\na,p,a,p\n")
    answer = call("check", *URLS, option, url, "--accounts", listed)
    assert answer.status == 2
    assert answer.err.startswith(f"mailmove: {said}")
    assert SECRET not in answer.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, ["list.csv: there is no such file; check its name."]),
        ("", ["list.csv: there is nothing in this file"]),
        (f"{HEAD}\n", ["list.csv: there is no account in it"]),
        (
            "source_user,source_password,destination_password\na,b,c\n",
            ["list.csv, destination_user: this column is missing"],
        ),
        (f"{HEAD}\na,{SECRET},a,p\n,{SECRET},b,p\n", ["list.csv, row 3, source_user: this is empty"]),
        (
            f"{HEAD},source\na,p,a,p,\nb,p,b,p,imap:/x.example\n",
            ["list.csv, row 3, source: this is no address"],
        ),
        (f"{HEAD},destination\na,p,a,p,pop3://x.example\n", ["list.csv, row 2, destination: nothing can be put"]),
        (f"{HEAD}\na,p,a,p\nb,p,b,p\nA,p,a,p\n", ["list.csv, row 4: A is in row 2 already"]),
        (
            f"{HEAD},source\na,p,a,p,http://x\na,p,a,p,\n,p,c,p,\n",
            ["list.csv, row 2, source: ", "list.csv, row 4, source_user: "],
        ),
        (f'{HEAD}\n"a,p,a,p\n', ["list.csv, row 2: a quotation mark is not closed"]),
    ],
)
def test_account_lists(call: Call, tmp_path: Path, text: str | None, said: list[str]) -> None:
    listed = accounts(tmp_path, text) if text is not None else str(tmp_path / "list.csv")
    answer = call("run", *URLS, "--accounts", listed, "--json")
    assert answer.status == 2
    assert answer.out == ""
    assert SECRET not in answer.err
    lines = answer.err.splitlines()
    assert len(lines) == len(said)
    for line, words in zip(lines, said, strict=True):
        assert line.startswith(f"mailmove: {words}")


def test_rows_without_servers(call: Call, tmp_path: Path) -> None:
    answer = call("run", "--accounts", accounts(tmp_path, f"{HEAD}\na,p,a,p\n"))
    assert answer.status == 2
    assert "list.csv, row 2, source: it is not said which server this is" in answer.err


@pytest.mark.parametrize("command", ["run", "check", "verify", "report"])
def test_state_files(call: Call, tmp_path: Path, command: str) -> None:
    answer = call(command, "--state", str(tmp_path / "none.mailmove"))
    assert answer.status == 2
    assert answer.err.startswith("mailmove: none.mailmove")
    assert "there is no such file" in answer.err
    bad = tmp_path / "bad.mailmove"
    bad.write_text("this is no migration\n" * 50)
    answer = call(command, "--state", str(bad))
    assert answer.status == 2
    assert answer.err == "mailmove: bad.mailmove: this is no migration file, or it is damaged; choose another one.\n"
    assert bad.read_text().startswith("this is no migration")


def test_a_state_file_that_cannot_be_made(call: Call, tmp_path: Path) -> None:
    listed = accounts(tmp_path, f"{HEAD}\na,p,a,p\n")
    state = tmp_path / "none" / "m.mailmove"
    answer = call("run", *URLS, "--accounts", listed, "--state", str(state))
    assert answer.status == 2
    assert answer.err.startswith("mailmove: m.mailmove: this file cannot be written")
    assert not state.parent.exists()


def test_a_log_file_that_cannot_be_written(call: Call, tmp_path: Path) -> None:
    answer = call("run", "--state", "x.mailmove", "--log-file", str(tmp_path / "none" / "log"))
    assert answer.status == 2
    assert answer.err.startswith("mailmove: log, --log-file: this file cannot be written")
