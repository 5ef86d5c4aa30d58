"""As `tests/faults/test_cuts.py`, with real servers."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailmove_gui.domain.reasons import Side
from tests.faults.cutting import cut_at_steps
from tests.faults.pairs import DovecotServers, proxied
from tests.servers.conftest import Pair


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("masked", [(), ("UIDPLUS", "MULTIAPPEND", "LITERAL+")], ids=["all", "without-any"])
@pytest.mark.parametrize("side", Side, ids=str)
def test_a_cut_at_any_step_loses_and_doubles_nothing(
    dovecot_pair: Pair, side: Side, masked: tuple[str, ...], tmp_path: Path
) -> None:
    with proxied(DovecotServers(dovecot_pair), masked) as between:
        cut_at_steps(between, side, tmp_path, offset=3)
