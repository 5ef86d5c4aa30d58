import os
import shutil
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from mailmove_gui.domain.plan import MessageOrder
from mailmove_gui.domain.problems import InvalidInput, ProblemKind
from mailmove_gui.domain.reasons import MailError, Reason
from mailmove_gui.domain.records import RefusalRecord
from mailmove_gui.domain.states import AccountState
from mailmove_gui.ledger import SqliteLedger, create_ledger, open_ledger, open_or_create
from mailmove_gui.ledger.migrations import NEWEST
from tests.unit.ledger.mailbox import ANNA, BO, NOW, Mail, plan_of
from tests.unit.ledger.older_file import make_older

WRITER = """
import sys
from pathlib import Path
from mailmove_gui.domain.messages import MessageHead
from mailmove_gui.domain.records import MessageState
from mailmove_gui.ledger import open_ledger

ledger = open_ledger(Path(sys.argv[1]))
folder = ledger.source_folder(sys.argv[2], ("INBOX",), ("INBOX",)).id
print("open", flush=True)
for start in range(1, 1_000_000, 50):
    ledger.add_messages(
        folder, 1, [(MessageHead(uid, 10, None, frozenset()), MessageState.LISTED) for uid in range(start, start + 50)]
    )
    print(start + 49, flush=True)
"""


def problem_of(path: Path) -> ProblemKind:
    with pytest.raises(InvalidInput) as caught:
        open_ledger(path)
    assert caught.value.problem.file == path.name
    return caught.value.problem.kind


def start_writer(path: Path) -> subprocess.Popen[str]:
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path), ANNA], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "open\n"
    return writer


def kill(writer: subprocess.Popen[str]) -> int:
    """Returns the last UID that the writer said was committed."""
    writer.kill()
    said, _ = writer.communicate(timeout=10)
    return int(said.splitlines()[-1]) if said.splitlines() else 0


def test_what_was_written_is_there_after_opening_again(path: Path) -> None:
    ledger = create_ledger(path, plan_of(ANNA, BO))
    Mail(ledger).list(1, 2, 3)
    ledger.close()
    ledger = open_ledger(path)
    assert ledger.plan() == plan_of(ANNA, BO)
    assert ledger.counts(ANNA).total == 3
    ledger.close()


def test_a_closed_ledger_is_one_file_and_refuses_calls(path: Path) -> None:
    ledger = create_ledger(path, plan_of(ANNA))
    Mail(ledger).list(1)
    ledger.close()
    ledger.close()
    assert list(path.parent.iterdir()) == [path]
    with pytest.raises(ValueError, match="closed"):
        ledger.counts(ANNA)


def test_making_leaves_a_file_that_is_there_alone(path: Path) -> None:
    path.write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        create_ledger(path, plan_of(ANNA))
    assert path.read_bytes() == b"mine"


def test_a_draft_of_a_killed_program_does_not_stand_in_the_way(path: Path) -> None:
    path.with_name(f".{path.name}.new").write_bytes(b"half")
    create_ledger(path, plan_of(ANNA)).close()
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_a_disk_error(path: Path) -> None:
    with pytest.raises(MailError) as caught:
        create_ledger(path.parent / "none" / path.name, plan_of(ANNA))
    assert caught.value.reason is Reason.LOCAL_DISK


def test_open_or_create_does_either(path: Path) -> None:
    open_or_create(path, plan_of(ANNA)).close()
    ledger = open_or_create(path, plan_of(ANNA, BO))
    assert [record.account_id for record in ledger.accounts()] == [ANNA, BO]
    ledger.close()


@pytest.mark.skipif(sys.platform == "win32", reason="file modes")
def test_only_its_owner_may_read_it(path: Path) -> None:
    ledger = create_ledger(path, plan_of(ANNA))
    Mail(ledger).list(1)
    assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}
    ledger.close()


def test_a_second_opener_in_this_process_is_refused_and_changes_nothing(path: Path, ledger: SqliteLedger) -> None:
    assert problem_of(path) is ProblemKind.FILE_IN_USE
    Mail(ledger).list(1)
    assert ledger.counts(ANNA).total == 1
    # The refused opener must not have given the first one's lock away.
    assert _problem_elsewhere(path) == "file_in_use"


def test_another_process_is_refused_until_this_one_closes(path: Path, ledger: SqliteLedger) -> None:
    assert _problem_elsewhere(path) == "file_in_use"
    Mail(ledger).list(1)
    assert _problem_elsewhere(path) == "file_in_use"
    ledger.close()
    assert _problem_elsewhere(path) == "none"


def test_a_kill_in_the_middle_of_writing_loses_nothing_that_was_committed(path: Path) -> None:
    create_ledger(path, plan_of(ANNA)).close()
    for _ in range(3):
        writer = start_writer(path)
        assert problem_of(path) is ProblemKind.FILE_IN_USE
        assert writer.stdout is not None
        for _ in range(20):
            writer.stdout.readline()
        committed = kill(writer)
        assert path.with_name(path.name + "-wal").exists()
        ledger = open_ledger(path)
        folder = ledger.source_folder(ANNA, ("INBOX",), ("INBOX",)).id
        known = ledger.known_uids(folder, 1)
        assert known == set(range(1, len(known) + 1))
        assert len(known) % 50 == 0
        assert len(known) >= committed
        assert ledger.counts(ANNA).total == len(known)
        ledger.close()


def test_a_file_that_lost_its_wal_opens_in_an_earlier_state(path: Path) -> None:
    create_ledger(path, plan_of(ANNA)).close()
    kill(start_writer(path))
    path.with_name(path.name + "-wal").unlink()
    ledger = open_ledger(path)
    assert ledger.plan() == plan_of(ANNA)
    assert ledger.counts(ANNA).total == len(ledger.known_uids(1, 1))
    ledger.close()


def test_a_copy_made_after_closing_is_a_ledger_of_its_own(path: Path, ledger: SqliteLedger) -> None:
    Mail(ledger).list(1, 2)
    ledger.close()
    copy = path.with_name("copy.mailmove")
    shutil.copy(path, copy)
    both = [open_ledger(path), open_ledger(copy)]
    assert [one.counts(ANNA).total for one in both] == [2, 2]
    for one in both:
        one.close()


def test_no_file(path: Path) -> None:
    assert problem_of(path) is ProblemKind.FILE_NOT_FOUND


def test_a_folder(path: Path) -> None:
    path.mkdir()
    assert problem_of(path) is ProblemKind.FILE_NOT_READABLE


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read and write everything")
@pytest.mark.parametrize(
    ("mode", "kind"), [(0o000, ProblemKind.FILE_NOT_READABLE), (0o400, ProblemKind.FILE_NOT_WRITABLE)]
)
def test_a_file_without_the_right_to_it(path: Path, mode: int, kind: ProblemKind) -> None:
    create_ledger(path, plan_of(ANNA)).close()
    path.chmod(mode)
    assert problem_of(path) is kind


@pytest.mark.parametrize(
    "content", [b"", b"source_user,source_password\n" * 400, os.urandom(8192), b"SQLite format 3\0"]
)
def test_something_else(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert problem_of(path) is ProblemKind.FILE_NOT_A_MIGRATION
    assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


def test_the_database_of_another_program_is_left_as_it_is(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE accounts (id INTEGER PRIMARY KEY)")
        other.execute("PRAGMA user_version = 1")
    other.close()
    before = path.read_bytes()
    assert problem_of(path) is ProblemKind.FILE_NOT_A_MIGRATION
    assert path.read_bytes() == before


def test_a_file_of_a_newer_program(path: Path) -> None:
    create_ledger(path, plan_of(ANNA)).close()
    with sqlite3.connect(path) as other:
        other.execute(f"PRAGMA user_version = {NEWEST + 1}")
    other.close()
    assert problem_of(path) is ProblemKind.FILE_TOO_NEW


@pytest.mark.parametrize("version", range(1, NEWEST))
def test_a_file_of_an_earlier_version_is_brought_up_to_date_with_all_that_is_in_it(path: Path, version: int) -> None:
    ledger = create_ledger(path, plan_of(ANNA))
    mail = Mail(ledger)
    mail.list(1, 2, 3, 4)
    mail.move(3, 4)
    refused = ledger.mark_refused(ANNA, RefusalRecord(mail.rows()[1].id, Reason.MESSAGE_REFUSED, "no"))
    counts = ledger.counts(ANNA)
    ledger.close()
    make_older(path, version)
    ledger = open_ledger(path)
    assert ledger.counts(ANNA) == counts
    assert [folder.counts for folder in ledger.folder_counts(ANNA)] == [counts]
    assert list(ledger.refusals(ANNA)) == [refused]
    ledger.dismiss(ANNA, [refused.message_id])
    assert list(ledger.dismissed(ANNA)) == [refused]
    assert ledger.removing(ANNA) == frozenset()
    ledger.close()
    with sqlite3.connect(path) as other:
        assert other.execute("PRAGMA user_version").fetchone() == (NEWEST,)
    other.close()


def test_a_file_of_the_second_version_tells_when_accounts_were_started(path: Path) -> None:
    ledger = create_ledger(path, plan_of(ANNA, BO))
    ledger.set_account_state(BO, AccountState.CHECKING, at=NOW)
    for minute, state in enumerate((AccountState.CHECKING, AccountState.QUEUED, AccountState.CHECKING)):
        ledger.set_account_state(ANNA, state, at=NOW + timedelta(minutes=minute))
    for minute, state in enumerate((AccountState.PAUSED, AccountState.QUEUED, AccountState.CHECKING), start=3):
        ledger.set_account_state(ANNA, state, at=NOW + timedelta(minutes=minute))
    ledger.close()
    make_older(path, 2)
    ledger = open_ledger(path)
    assert ledger.account(ANNA).started == NOW + timedelta(minutes=2)
    assert ledger.account(BO).started is None
    ledger.close()


@pytest.mark.parametrize(("start", "length"), [(0, 40), (100, 2000)])
def test_a_damaged_file(path: Path, start: int, length: int) -> None:
    create_ledger(path, plan_of(ANNA)).close()
    content = bytearray(path.read_bytes())
    content[start : start + length] = b"\xa5" * length
    path.write_bytes(content)
    assert problem_of(path) is ProblemKind.FILE_NOT_A_MIGRATION


def test_a_file_cut_short(path: Path) -> None:
    ledger = create_ledger(path, plan_of(ANNA))
    Mail(ledger).list(*range(1, 2000))
    ledger.close()
    path.write_bytes(path.read_bytes()[:6000])
    assert problem_of(path) is ProblemKind.FILE_NOT_A_MIGRATION


def test_damage_found_later_is_a_disk_error(path: Path) -> None:
    ledger = create_ledger(path, plan_of(ANNA))
    mail = Mail(ledger)
    mail.list(*range(1, 5000))
    ledger.close()
    content = bytearray(path.read_bytes())
    content[-300_000:] = b"\xa5" * 300_000
    path.write_bytes(content)
    ledger = open_ledger(path)
    with pytest.raises(MailError) as caught:
        ledger.pending(mail.folder, MessageOrder.NEWEST_FIRST, None, 5000)
    assert caught.value.reason is Reason.LOCAL_DISK
    ledger.close()


def test_a_full_disk_keeps_nothing_of_the_call_and_goes_on_when_there_is_room(ledger: SqliteLedger, mail: Mail) -> None:
    mail.list(1)
    with ledger._database.reading() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(MailError) as caught:
        mail.list(*range(2, 5000))
    assert caught.value.reason is Reason.LOCAL_DISK
    assert ledger.counts(ANNA).total == 1
    assert ledger.known_uids(mail.folder, 1) == {1}
    with ledger._database.reading() as connection:
        connection.execute("PRAGMA max_page_count = 1000000")
    mail.list(*range(2, 5000))
    assert ledger.counts(ANNA).total == 4999


def test_a_file_that_became_read_only_is_a_disk_error(ledger: SqliteLedger, mail: Mail) -> None:
    with ledger._database.reading() as connection:
        connection.execute("PRAGMA query_only = ON")
    with pytest.raises(MailError) as caught:
        mail.list(1)
    assert caught.value.reason is Reason.LOCAL_DISK


def test_commits_reach_the_disk_before_they_return(ledger: SqliteLedger) -> None:
    with ledger._database.reading() as connection:
        settings = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "fullfsync")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "fullfsync": 1}


def _problem_elsewhere(path: Path) -> str:
    """What another process is told on opening."""
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from mailmove_gui.domain.problems import InvalidInput\nfrom mailmove_gui.ledger import open_ledger\n"
        "try:\n    open_ledger(Path(sys.argv[1])).close()\n    print('none')\n"
        "except InvalidInput as error:\n    print(error.problem.kind.value)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, timeout=30, check=True
    )
    return done.stdout.strip()
