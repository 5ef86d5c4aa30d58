"""How late the UI thread is while twenty accounts run in the real window, and a thousand of which fifty do.

A timer of 10 ms on the UI thread notes how late it comes. The embedded servers run in a process of their own, as real
servers do, or inside the window's process, as the demo has them.
"""

import contextlib
import multiprocessing
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from mailmove_gui.app import Program, Samples, Secrets, make_application, make_services
from mailmove_gui.demo import EmbeddedServer, NewMessage, Store
from mailmove_gui.desktop.bridge.open_document import NewMigration
from mailmove_gui.desktop.models.board_model import Column
from mailmove_gui.domain.endpoints import Endpoint, Security
from mailmove_gui.domain.events import AccountChanged, AccountProgressed
from mailmove_gui.domain.plan import Account, Mailbox, MigrationPlan, Options, account_id
from mailmove_gui.domain.progress import Counts
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.secret import Secret, SecretKey
from mailmove_gui.domain.states import RUNNING, AccountState
from mailmove_gui.secrets import Redactor
from tests.bench.watching import GOAL_MAX_MS, GOAL_P99_MS, Watch, memory_mb, run_until

FOLDERS = 4
ROWS = 1000
ROWS_SECONDS = 8.0
PASSWORD = "benchmark"


@dataclass(frozen=True, slots=True)
class Load:
    """What is moved: so many accounts, so many of them at once, so many messages of so many bytes in each."""

    accounts: int
    at_once: int
    messages: int
    body_bytes: int


TWENTY = Load(20, 20, 1200, 6_000)
THOUSAND = Load(1000, 50, 60, 2_000)


@dataclass(frozen=True, slots=True)
class Lateness:
    """Milliseconds by which the timer came late, and what memory the process had before, and at the most."""

    p50: float
    p99: float
    most: float
    ticks: int
    seconds: float
    messages: int
    before_mb: float
    peak_mb: float

    def line(self, name: str) -> str:
        """A row of the table."""
        is_good = self.p99 <= GOAL_P99_MS and self.most <= GOAL_MAX_MS
        return (
            f"| {name} | {self.p50:.1f} | {self.p99:.1f} | {self.most:.1f} | {self.ticks} |"
            f" {self.messages / self.seconds:.0f} | {self.before_mb:.0f} | {self.peak_mb:.0f} |"
            f" {'yes' if is_good else 'NO'} |"
        )


def _stores(load: Load) -> tuple[Store, Store]:
    source, destination = Store(), Store()
    for number in range(load.accounts):
        old = source.add_user(f"user{number}@old.example", PASSWORD)
        destination.add_user(f"user{number}@new.example", PASSWORD)
        for folder in range(FOLDERS):
            path = ("INBOX",) if folder == 0 else (f"Folder {folder}",)
            if folder:
                old.add_folder(path)
            made = [_message(number, folder, one, load.body_bytes) for one in range(load.messages // FOLDERS)]
            old.folder(path).add_messages(made)
    return source, destination


def _message(number: int, folder: int, one: int, body_bytes: int) -> NewMessage:
    head = (
        f"From: a@example.org\r\nTo: b@example.org\r\nSubject: {number} {folder} {one}\r\n"
        f"Message-ID: <{number}.{folder}.{one}@example.org>\r\n\r\n"
    )
    return NewMessage(head.encode() + (b"x" * 70 + b"\r\n") * (body_bytes // 72))


def _serve(pipe: Connection, load: Load) -> None:
    """A process with both servers; it ends when the pipe is closed."""
    source_store, destination_store = _stores(load)
    with EmbeddedServer(source_store) as source, EmbeddedServer(destination_store) as destination:
        pipe.send((source.imap_port, destination.imap_port))
        with contextlib.suppress(EOFError):
            pipe.recv()


@contextlib.contextmanager
def servers(load: Load, *, inside: bool) -> Iterator[tuple[int, int]]:
    if inside:
        source_store, destination_store = _stores(load)
        with EmbeddedServer(source_store) as source, EmbeddedServer(destination_store) as destination:
            yield source.imap_port, destination.imap_port
        return
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, load), daemon=True)
    process.start()
    theirs.close()
    ports: tuple[int, int] = ours.recv()
    try:
        yield ports
    finally:
        ours.close()
        process.join(10)


def _migration(load: Load, folder: Path, source_port: int, destination_port: int) -> NewMigration:
    source = Endpoint("127.0.0.1", source_port, Security.PLAIN)
    destination = Endpoint("127.0.0.1", destination_port, Security.PLAIN)
    accounts = []
    passwords: dict[SecretKey, Secret] = {}
    for number in range(load.accounts):
        pair = Mailbox(source, f"user{number}@old.example"), Mailbox(destination, f"user{number}@new.example")
        accounts.append(Account(account_id(pair[0].user, pair[1].user), *pair))
        passwords[pair[0].secret_key(Side.SOURCE)] = passwords[pair[1].secret_key(Side.DESTINATION)] = Secret(PASSWORD)
    plan = MigrationPlan("Benchmark", tuple(accounts), Options(accounts_at_once=load.at_once))
    start = tuple(account.id for account in accounts)
    return NewMigration(folder / "bench.mailmove", plan, passwords, start=start, is_sample=True)


def measure_rows() -> Lateness:
    """A thousand rows that all change all the time, sorted by one of the columns that change."""
    with tempfile.TemporaryDirectory(prefix="mailmove-bench-") as name:
        folder = Path(name)
        services = make_services(
            Secrets(Redactor()), Samples(), migrations_folder=folder, settings_folder=folder / "settings"
        )
        program = Program(services)
        window = program.open_window()
        endpoint = Endpoint("mail.example", 993)
        accounts = tuple(
            Account(str(number), Mailbox(endpoint, f"user{number}@a"), Mailbox(endpoint, f"user{number}@b"))
            for number in range(ROWS)
        )
        plan = MigrationPlan("Benchmark", accounts)
        window.controller.create(NewMigration(folder / "bench.mailmove", plan, {}, is_sample=True))
        run_until(lambda: window.has_migration)
        window.board.table.sortByColumn(Column.PROGRESS, Qt.SortOrder.DescendingOrder)
        pump, ends, sent = window.controller.pump, threading.Event(), [0]

        def send() -> None:
            random = Random(1)
            for account in accounts:
                pump(AccountChanged(account.id, AccountState.MOVING, Counts(total=100_000)))
            while not ends.wait(0.05):
                sent[0] += 1
                for account in accounts:
                    settled = sent[0] * 100 + random.randrange(90)
                    pump(AccountProgressed(account.id, Counts(total=100_000, moved=settled), ("INBOX",)))

        watch = Watch()
        before_mb = memory_mb()
        thread = program.spawn("events", send)
        watch.start()
        began = time.perf_counter()
        run_until(lambda: time.perf_counter() - began > ROWS_SECONDS)
        watch.stop()
        ends.set()
        assert thread.join(5)
        window.close_for_good()
        run_until(lambda: not program.windows)
        assert program.spawn.join(5)
    return _lateness(watch, ROWS_SECONDS, 0, before_mb)


def measure(load: Load, *, inside: bool) -> Lateness:
    """Move everything once with the window open."""
    with tempfile.TemporaryDirectory(prefix="mailmove-bench-") as name, servers(load, inside=inside) as ports:
        folder = Path(name)
        services = make_services(
            Secrets(Redactor()), Samples(), migrations_folder=folder, settings_folder=folder / "settings"
        )
        program = Program(services)
        window = program.open_window()
        watch = Watch()
        before_mb = memory_mb()
        window.controller.create(_migration(load, folder, *ports))
        run_until(lambda: window.has_migration)
        watch.start()
        began = time.perf_counter()
        busy = RUNNING | {AccountState.NOT_STARTED}
        run_until(lambda: not any(row.state in busy for row in window.board.model.rows))
        seconds = time.perf_counter() - began
        watch.stop()
        moved = sum(row.counts.moved for row in window.board.model.rows)
        assert moved == load.accounts * load.messages, f"{moved} messages moved"
        window.close_for_good()
        run_until(lambda: not program.windows)
        assert program.spawn.join(5)
    return _lateness(watch, seconds, moved, before_mb)


def _lateness(watch: Watch, seconds: float, messages: int, before_mb: float) -> Lateness:
    late = sorted(watch.late_ms)
    p99 = late[min(len(late) - 1, len(late) * 99 // 100)]
    p50, most = late[len(late) // 2], late[-1]
    return Lateness(p50, p99, most, len(late), seconds, messages, before_mb, watch.peak_mb)


def run() -> list[str]:
    """The table."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else make_application([])
    application.setQuitOnLastWindowClosed(False)
    interval_ms = sys.getswitchinterval() * 1000
    lines = [
        "UI thread while accounts run",
        f"(goal: p99 {GOAL_P99_MS:.0f} ms, max {GOAL_MAX_MS:.0f} ms; switch interval {interval_ms:.1f} ms)",
        "",
        "| what runs | late p50 ms | p99 ms | max ms | ticks | messages/s | MB before | MB at most | goal met |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    twenty = f"{TWENTY.accounts} accounts x {TWENTY.messages} messages"
    thousand = f"{THOUSAND.accounts} accounts x {THOUSAND.messages} messages, {THOUSAND.at_once} at once"
    lines.append(measure_rows().line(f"{ROWS} rows that all change, sorted; no servers"))
    lines.append(measure(TWENTY, inside=False).line(f"{twenty}, servers in another process"))
    lines.append(measure(THOUSAND, inside=False).line(f"{thousand}, servers in another process"))
    lines.append(measure(TWENTY, inside=True).line(f"{twenty}, servers in this process, as in the demo"))
    return lines
