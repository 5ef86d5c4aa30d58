"""The connection is cut at every step of a move, one step a run: nothing is lost and nothing is there twice.

All of them with MAILMOVE_EVERY_CUT=1 (`make faults`), else a fixed part. `tests/servers/test_cuts_before_dovecot.py`
does it with real servers.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailmove_gui.domain.reasons import Side
from tests.faults.cutting import cut_at_steps
from tests.faults.pairs import Servers, embedded_servers, proxied

_EXTENSIONS = ("UIDPLUS", "MULTIAPPEND", "LITERAL+")
_MASKS = [tuple(mask) for count in range(4) for mask in itertools.combinations(_EXTENSIONS, count)]


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with embedded_servers() as running:
        yield running


def _name(mask: tuple[str, ...]) -> str:
    return "without-" + "-".join(mask) if mask else "all"


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("side", Side, ids=str)
@pytest.mark.parametrize("masked", _MASKS, ids=_name)
def test_a_cut_at_any_step_loses_and_doubles_nothing(
    servers: Servers, masked: tuple[str, ...], side: Side, tmp_path: Path
) -> None:
    with proxied(servers, masked) as between:
        cut_at_steps(between, side, tmp_path, offset=7 * _MASKS.index(masked))
