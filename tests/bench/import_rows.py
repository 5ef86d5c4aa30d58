"""How long 5,000 accounts take to be imported, and how late the UI thread is meanwhile and while they are edited."""

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mailmove_gui.app import Program, Samples, Secrets, make_application, make_services
from mailmove_gui.batch import ROLES, label_of
from mailmove_gui.desktop.wizard.accounts_model import Column
from mailmove_gui.desktop.wizard.draft import MigrationDraft
from mailmove_gui.desktop.wizard.import_dialog import ImportDialog
from mailmove_gui.desktop.wizard.server_entry import ServerEntry
from mailmove_gui.desktop.wizard.wizard import MigrationWizard, Step
from mailmove_gui.secrets import Redactor
from tests.bench.ui_responsiveness import GOAL_MAX_MS, GOAL_P99_MS
from tests.bench.watching import Watch, run_until
from tests.unit.batch.sheets import write_sheet

ROWS = 5000
GOAL_IMPORT_S = 2.0
_TYPED = "another.example"
_KEY_MS = 60
_SCROLLS = 200


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds that something took, and the milliseconds by which the UI thread was late."""

    name: str
    seconds: float
    late_ms: list[float]

    def line(self) -> str:
        """A row of the table."""
        late = sorted(self.late_ms) or [0.0]
        p99 = late[min(len(late) - 1, len(late) * 99 // 100)]
        good = "yes" if p99 <= GOAL_P99_MS and late[-1] <= GOAL_MAX_MS else "NO"
        return f"| {self.name} | {self.seconds:.2f} | {p99:.1f} | {late[-1]:.1f} | {good} |"


def _rows() -> list[tuple[str, ...]]:
    heads = tuple(map(label_of, ROLES[:4]))
    return [
        heads,
        *((f"user{n}@old.example", f"pass {n}", "" if n % 2 else f"user{n}@new.example", f"q{n}") for n in range(ROWS)),
    ]


def _files(folder: Path) -> list[Path]:
    csv, sheet = folder / "accounts.csv", folder / "accounts.xlsx"
    csv.write_text("\n".join(",".join(row) for row in _rows()), encoding="gb18030")
    write_sheet(sheet, _rows())
    return [csv, sheet]


def _measure(name: str, begin: Callable[[], None], is_over: Callable[[], bool]) -> Measured:
    watch = Watch()
    watch.start()
    began = time.perf_counter()
    begin()
    run_until(is_over)
    seconds = time.perf_counter() - began
    watch.stop()
    return Measured(name, seconds, watch.late_ms)


def _measure_wizard(wizard: MigrationWizard, file: Path) -> list[Measured]:
    page, found = wizard.accounts_page, list[ImportDialog]()

    def dialog_is_there() -> bool:
        found[:] = page.findChildren(ImportDialog)
        return bool(found)

    kind = file.suffix.removeprefix(".").upper()
    steps = [
        _measure(f"{kind}: read until the preview is there", lambda: page.lists.read_file(str(file)), dialog_is_there)
    ]
    steps.append(
        _measure(f"{kind}: accepted until judged", found[0].accept, lambda: page.model.judgement.accounts == ROWS)
    )
    return steps


def _keys(wizard: MigrationWizard) -> Measured:
    """Type a domain: at each key all rows are judged anew."""
    page, left = wizard.accounts_page, list(_TYPED)
    timer = QTimer(page)
    timer.timeout.connect(lambda: QTest.keyClicks(page.domain_field, left.pop(0)) if left else timer.stop())
    return _measure("typing a domain", lambda: timer.start(_KEY_MS), lambda: not left and page.model.is_judged)


def _cells(wizard: MigrationWizard) -> Measured:
    """Change one cell after the other."""
    model, left = wizard.accounts_page.model, list(range(20))
    timer = QTimer(model)

    def change() -> None:
        if left:
            model.setData(model.index(left.pop() * 200, Column.SOURCE_USER), f"changed{len(left)}@old.example")
        else:
            timer.stop()

    timer.timeout.connect(change)
    return _measure("changing 20 cells", lambda: timer.start(_KEY_MS), lambda: not left and model.is_judged)


def _scroll(wizard: MigrationWizard) -> Measured:
    bar, left = wizard.accounts_page.table.verticalScrollBar(), list(range(_SCROLLS))
    timer = QTimer(bar)
    timer.timeout.connect(lambda: bar.setValue(bar.maximum() * left.pop() // _SCROLLS) if left else timer.stop())
    return _measure("scrolling", lambda: timer.start(10), lambda: not left)


def run() -> list[str]:
    """The table."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else make_application([])
    application.setQuitOnLastWindowClosed(False)
    steps: list[Measured] = []
    with tempfile.TemporaryDirectory(prefix="mailmove-bench-") as name:
        folder = Path(name)
        services = make_services(
            Secrets(Redactor()), Samples(), migrations_folder=folder, settings_folder=folder / "settings"
        )
        program = Program(services)
        window = program.open_window()
        draft = MigrationDraft(ServerEntry("imap.old.example"), ServerEntry("imap.new.example"))
        for file in _files(folder):
            wizard = MigrationWizard(window.background, window.checker, window.questions, folder, draft, window)
            wizard.show()
            for _step in range(Step.ACCOUNTS):
                wizard.next()
            steps += _measure_wizard(wizard, file)
        steps += [_keys(wizard), _cells(wizard), _scroll(wizard)]
        window.close_for_good()
        run_until(lambda: not program.windows)
        assert program.spawn.join(5)
    return [
        f"{ROWS} accounts imported and edited",
        f"(goals: {GOAL_IMPORT_S:.0f} s; UI thread late at p99 {GOAL_P99_MS:.0f} ms, max {GOAL_MAX_MS:.0f} ms)",
        "",
        "| what | seconds | late p99 ms | max ms | goal met |",
        "|---|---|---|---|---|",
        *(step.line() for step in steps),
    ]
