"""The connection is cut at every step of a move, one step a run: nothing is lost and nothing is there twice.

All of them with MAILMOVE_EVERY_CUT=1 (`make faults`), else a fixed part. `tests/servers/test_cuts_before_dovecot.py`
does it with real servers.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from mailmove_gui.domain.reasons import Side
from tests.faults.cutting import MASKS, cut_at_steps, mask_name
from tests.faults.pairs import Servers, proxied


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("side", Side, ids=str)
@pytest.mark.parametrize("masked", MASKS, ids=mask_name)
def test_a_cut_at_any_step_loses_and_doubles_nothing(
    servers: Servers, masked: tuple[str, ...], side: Side, tmp_path: Path
) -> None:
    with proxied(servers, masked) as between:
        cut_at_steps(between, side, tmp_path, offset=7 * MASKS.index(masked))
