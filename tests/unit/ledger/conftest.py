from collections.abc import Iterator
from pathlib import Path

import pytest

from mailmove_gui.ledger import SqliteLedger, create_ledger
from tests.unit.ledger.mailbox import ANNA, BO, Mail, plan_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "acme.mailmove"


@pytest.fixture
def ledger(path: Path) -> Iterator[SqliteLedger]:
    ledger = create_ledger(path, plan_of(ANNA, BO))
    yield ledger
    ledger.close()


@pytest.fixture
def mail(ledger: SqliteLedger) -> Mail:
    return Mail(ledger)
