"""Writes a migration and waits to be killed: ``python -m tests.desktop.killed_program FILE``.

Reads lines of an account's name and the states it goes through, up to an empty line, and prints ``written``.
"""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.states import AccountState
from mailmove_gui.ledger import create_ledger
from tests.desktop.services import account

_LONGEST_S = 60.0


def main(path: Path) -> None:
    ways = {}
    for line in iter(sys.stdin.readline, "\n"):
        name, *states = line.split()
        ways[account(name)] = [AccountState(state) for state in states]
    ledger = create_ledger(path, MigrationPlan("Acme", tuple(ways)))
    for one, way in ways.items():
        for state in way:
            ledger.set_account_state(one.id, state, at=datetime.now(UTC))
    print("written", flush=True)
    time.sleep(_LONGEST_S)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
