from collections.abc import Iterator
from pathlib import Path

import pytest

from mailmove_gui.ledger import SqliteLedger
from mailmove_gui.texts import set_language
from tests.unit.report.sample import sample_ledger


@pytest.fixture(autouse=True)
def _english() -> None:
    set_language("en")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    ledger = sample_ledger(tmp_path / "acme.mailmove")
    yield ledger
    ledger.close()
